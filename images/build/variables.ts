import type { Layer } from "./layers.ts";

/** Files that a bake gives to Packer, or gets from it. */
export interface BakeFiles {
  readonly manifest: string;
  readonly report: string;
  /** Folder of what says what the image is. */
  readonly contents: string;
  readonly goss: string;
  readonly nodeArchive?: string;
  /** Of an app image. */
  readonly release?: string;
  readonly bootGate?: string;
}

/** Variables of packer/ that the bake itself sets; nobody else may. */
const OWN_VARIABLES = [
  "version",
  "commit",
  "schema_min",
  "schema_max",
  "goss",
  "node_archive",
  "release",
  "boot_gate",
  "manifest",
  "report",
  "contents",
] as const;

/** All variables of a build: those that were given, and the bake's own, of which a layer gets what it uses. */
export function variablesOf(args: {
  layer: Layer;
  given: Readonly<Record<string, string>>;
  commit: string;
  version?: string;
  schema?: { min: number; max: number };
  endpoint?: string;
  files: BakeFiles;
}): Record<string, string> {
  const { layer, given, commit, version, schema, endpoint, files } = args;
  const own: Partial<Record<(typeof OWN_VARIABLES)[number] | "custom_endpoint_ec2", string>> = {
    custom_endpoint_ec2: endpoint,
    commit,
    manifest: files.manifest,
    report: files.report,
    contents: files.contents,
    ...(layer === "base" && { goss: files.goss, node_archive: files.nodeArchive }),
    ...(layer === "app" && {
      version,
      release: files.release,
      boot_gate: files.bootGate,
      schema_min: schema && String(schema.min),
      schema_max: schema && String(schema.max),
    }),
  };
  return { ...given, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
}

/** Takes `name=value` apart; names what is no pair, or not the caller's to set. */
export function parseVariables(pairs: readonly string[]): { variables: Record<string, string>; faults: string[] } {
  const variables: Record<string, string> = {};
  const faults: string[] = [];
  for (const pair of pairs) {
    const [, name, value] = /^([a-z][a-z0-9_]*)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) faults.push(`--var ${pair}: it must be name=value`);
    else if ([...OWN_VARIABLES, "parent_ami", "region", "environment"].includes(name)) {
      faults.push(`--var ${name}: the bake sets it itself${OPTION[name] ?? ""}`);
    } else variables[name] = value;
  }
  return { variables, faults };
}

const OPTION: Readonly<Record<string, string>> = {
  version: "; use --version",
  parent_ami: "; use --parent",
  region: "; use --region",
  environment: "; use --environment",
};
