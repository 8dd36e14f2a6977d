import { setTimeout as sleep } from "node:timers/promises";
import { askPreview, NoConnection, type PreviewAnswer, type PreviewEndpoint } from "../../aws/preview.ts";
import { other, type Color } from "../../deployment/model.ts";
import type { CheckResult, ImageFacts } from "../state/model.ts";
import {
  builtInChecks,
  errorsFinding,
  latencyFinding,
  readyFinding,
  versionFinding,
  type Finding,
} from "./built-in.ts";
import { runCommand, type CommandRun } from "./command.ts";
import type { Sample } from "./evidence.ts";
import { defaultRules, type Rules } from "./limits.ts";
import { sample } from "./probes.ts";
import type { ProjectCheck, UrlCheck } from "./project-schema.ts";
import { askInRounds, type Rounds } from "./rounds.ts";

/** Requests for one path: a colour has several instances to hit. */
const times = 5;
/** Requests for `errors` and `latency`: of so many that fail in 2 % of cases, one fails nearly always. */
const defaultRequests = 200;
/** Requests under way at once to each colour. */
const atOnce = 5;

export interface ChecksArgs {
  readonly preview: PreviewEndpoint;
  /** The colour that is tried, and what its image is tagged with. */
  readonly color: Color;
  readonly image: Pick<ImageFacts, "version" | "commit">;
  readonly healthCheckPath: string;
  readonly versionPath: string;
  /** Version path of the other colour, whose latency and errors are the measure; undefined: it is off. */
  readonly baselinePath?: string;
  /** Requests for `errors` and `latency`; default 200, and more where some of them fail. */
  readonly requests?: number;
  readonly rules?: Rules;
  /** Milliseconds between two rounds of requests for `errors`; default 1000. */
  readonly pace?: number;
  /** The team's own. */
  readonly checks: readonly ProjectCheck[];
  /** How the team's commands are run. */
  readonly run: Pick<CommandRun, "cwd" | "env" | "onLine">;
  readonly signal?: AbortSignal;
  /** Told of each result as it comes. */
  readonly onResult?: (result: CheckResult) => void;
}

/**
 * Tries a colour before it gets traffic: `ready`, `version`, `errors`, `latency`, then the team's own. All are tried, also
 * when one fails, so that all that is wrong is known.
 * @throws the signal's reason when it is aborted
 */
export async function runChecks(args: ChecksArgs): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const take = (name: string, { ok, detail }: Finding): void => {
    const result = { at: new Date().toISOString(), name, ok, detail };
    results.push(result);
    args.onResult?.(result);
  };
  for (const { name, find } of [...builtIn(args), ...args.checks.map((check) => own(check, args))]) {
    take(name, await finding(find));
    args.signal?.throwIfAborted();
  }
  return results;

  async function finding(find: () => Promise<Finding>): Promise<Finding> {
    try {
      return await find();
    } catch (error) {
      args.signal?.throwIfAborted();
      return { ok: false, detail: saidBy(error) };
    }
  }
}

interface Check {
  readonly name: string;
  readonly find: () => Promise<Finding>;
}

function builtIn(args: ChecksArgs): Check[] {
  const { healthCheckPath, versionPath, image, requests = defaultRequests, rules: given = defaultRules } = args;
  const { pace = 1_000, signal } = args;
  // Whoever asks for fewer means to judge by fewer.
  const limits = { ...given.limits, requests: Math.min(given.limits.requests, requests) };
  const rules = { ...given, limits };
  // The same requests tell both.
  let both: Promise<Rounds> | undefined;
  const count = () =>
    (both ??= askInRounds({
      rules,
      requests,
      ask: (number) => counted(args, number),
      pause: () => sleep(pace, undefined, { signal }),
    }));
  const find: Record<(typeof builtInChecks)[number], () => Promise<Finding>> = {
    ready: async () => readyFinding(healthCheckPath, await answers(args, healthCheckPath)),
    version: async () => versionFinding(versionPath, await answers(args, versionPath), image),
    errors: async () => errorsFinding(await count(), rules),
    latency: async () => latencyFinding(await count()),
  };
  return builtInChecks.map((name) => ({ name, find: find[name] }));
}

function own(check: ProjectCheck, args: ChecksArgs): Check {
  if ("url" in check) return { name: check.name, find: () => urlFinding(check, args) };
  const { name, command, timeout } = check;
  const { run, signal } = args;
  return { name, find: () => runCommand({ ...run, command, signal, timeoutSeconds: timeout }) };
}

async function urlFinding({ url, status, contains }: UrlCheck, args: ChecksArgs): Promise<Finding> {
  const answer = await asked(args, url);
  if (answer.status !== status)
    return { ok: false, detail: `GET ${url} answered ${answer.status}; it must be ${status}` };
  if (contains === undefined || answer.body.includes(contains)) return { ok: true, detail: `${status} from ${url}` };
  return { ok: false, detail: `GET ${url} answered ${status} without ${JSON.stringify(contains)}` };
}

const answers = (args: ChecksArgs, path: string): Promise<PreviewAnswer[]> =>
  Promise.all(Array.from({ length: times }, () => asked(args, path)));

async function asked({ preview, color, signal }: ChecksArgs, path: string): Promise<PreviewAnswer> {
  try {
    return await askPreview(preview, color, path, signal);
  } catch (error) {
    if (error instanceof NoConnection) throw error;
    throw new Error(`GET ${path} failed: ${(error as Error).message}`, { cause: error });
  }
}

/** Both colours are asked at the same time, so under the same load. */
async function counted(args: ChecksArgs, requests: number): Promise<{ own: Sample[]; old?: Sample[] }> {
  const { color, versionPath, baselinePath } = args;
  const [own, old] = await Promise.all([
    samplesAt(args, color, versionPath, requests),
    baselinePath === undefined ? undefined : samplesAt(args, other(color), baselinePath, requests),
  ]);
  return { own, old };
}

async function samplesAt(
  { preview, signal }: ChecksArgs,
  color: Color,
  path: string,
  requests: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < requests) {
      begun += 1;
      samples.push(await sample(preview, color, path, signal));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return samples;
}

const saidBy = (error: unknown): string =>
  error instanceof NoConnection
    ? `the preview listener can't be reached from here (${error.message}): let this address in with previewCidrs`
    : (error as Error).message;
