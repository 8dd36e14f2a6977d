/** The operations of the engine, in the words of the `pulumi` command. */
export type OperationName = "up" | "preview" | "refresh" | "destroy";

/** What one operation may do beyond its defaults. */
export interface OperationOptions {
  /** `up`: run a preview first, as `pulumi up` does without `--skip-preview`. Default: false. */
  preview?: boolean;
  /** `up`, `preview`, `destroy`: refresh the state before the operation (`--refresh`). Default: false. */
  refresh?: boolean;
  /** `refresh`: only show the drift and leave the state alone (`--preview-only`). Default: false. */
  previewOnly?: boolean;
  /** `refresh`: forget what an operation that was killed was creating (`--clear-pending-creates`). Default: false. */
  clearPendingCreates?: boolean;
  /** `preview`: file of the settings, instead of the stack's own (`--config-file`). */
  configFile?: string;
}

/** Where the CLI runs, and on what. */
export interface OperationRequest {
  readonly operation: OperationName;
  readonly options: OperationOptions;
  /** Folder of the Pulumi project: Pulumi.yaml, the stack's settings and the program. */
  readonly folder: string;
  readonly stack: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A resource's step, or a line that the engine printed, as it happens. */
export type Progress =
  | {
      readonly kind: "resource";
      readonly status: "started" | "done" | "failed";
      readonly op: string;
      readonly type: string;
      readonly urn: string;
      readonly name: string;
    }
  | { readonly kind: "diagnostic"; readonly severity: Severity; readonly message: string; readonly urn?: string };

/** The engine's severities; `info#err` is what a program wrote to its standard error. */
export type Severity = "info" | "info#err" | "warning" | "error";

/** What the engine did to one resource in one operation, all its steps taken together. */
export interface Change {
  /**
   * The engine's word for it: `create`, `update`, `delete`, `import`; `replace` stands for the create and the delete that
   * a replacement is made of.
   */
  readonly op: string;
  readonly status: "started" | "done" | "failed";
  /** For example `aws:lb/listener:Listener`. */
  readonly type: string;
  readonly urn: string;
  /** The resource's logical name. */
  readonly name: string;
  /** False for a component, which is a mere grouping. */
  readonly custom: boolean;
  /** Paths of the properties that differ, for example `defaultActions[0].forward`. */
  readonly diff: readonly string[];
  /** What each of those paths was and is, secrets masked; undefined where it is not there. */
  readonly values: Readonly<Record<string, { readonly old?: unknown; readonly new?: unknown }>>;
}

/** A message of the engine, of a provider or of the program. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly message: string;
  readonly urn?: string;
}

/** How an operation went. A failed one is a result, too: rehearsals of faults read it. */
export interface OperationResult {
  readonly operation: OperationName;
  readonly ok: boolean;
  /** True when it failed because it was interrupted or killed. */
  readonly interrupted: boolean;
  /** From the command to its end, start of the processes included. Seconds. */
  readonly seconds: number;
  /**
   * The outputs that this operation registered, secrets masked; empty when it did not get that far. A failed `up` may
   * have registered them all the same.
   */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Resources that were touched, in the order of their first step. Unchanged ones are not listed. */
  readonly changes: readonly Change[];
  /**
   * `refresh`: resources that are as declared, but of which AWS tells something new, with the op `same`: what it computes
   * itself, what the program ignores, and what others put beside the declared (a rule in a security group).
   */
  readonly observed: readonly Change[];
  /** Warnings and errors, without colours, each once. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why it failed, one reason a line; undefined when it did not. */
  readonly error?: string;
}

/** Logical names of the real resources that an operation touched, components left out. */
export const touchedResources = ({ changes }: Pick<OperationResult, "changes">): string[] =>
  changes.filter(({ custom, type }) => custom && !type.startsWith("pulumi:")).map(({ name }) => name);
