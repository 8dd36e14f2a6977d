import type { AwsClients } from "./clients.ts";
import { gateVerdict, type PreviewFinding } from "../deployment/gate-verdict.ts";
import { outsideText } from "../deployment/outside-text.ts";
import { autoScalingGroup, listenerTraffic, observe, targetHealth } from "./describe.ts";
import { askPreview, NoConnection, type PreviewEndpoint } from "./preview.ts";
import type { LockFinding } from "./release-lock.ts";
import { colors, gaining, type ByColor, type Capacity, type Color } from "../deployment/model.ts";

/** Requests sent through the preview listener; all must be answered well. A colour has several instances to hit. */
const probes = 5;

/**
 * Seconds from the gate's first question to its last, after which it asks all of them again: a process that was frozen in between
 * (a paused runner, a laptop that slept) must trust nothing that it was told before.
 */
const greatestAge = 15;

/** How often it asks; when AWS itself is that slow, the listener stays as it is. */
const rounds = 3;

export interface GateArgs {
  clients: AwsClients;
  weights: ByColor<number>;
  capacity: ByColor<Capacity>;
  /** The colour that takes back what it had given to its canary. */
  abortTo?: Color;
  targetGroupArns: ByColor<string>;
  /**
   * Names of the colours' present groups; needed of those that gain traffic, which are registered before the gate. Of the
   * others as the last update left them.
   */
  groupNames: Partial<ByColor<string>>;
  /** Colours that can't be judged yet: in a preview, those that the update changes before it asks. */
  pending: Color[];
  /** Versions that the colours' images are tagged with. */
  versions: Partial<ByColor<string>>;
  /** Paths that answer with the version. */
  paths: ByColor<string>;
  preview: PreviewEndpoint;
  /** The listener as the state has it; undefined when it is about to be created. */
  listener?: { arn: string; weights: ByColor<number> };
  /** Asks whose turn it is to change the listener; `moves`: whether the change moves traffic. */
  lock: (moves: boolean) => Promise<LockFinding>;
  /** Told what the gate could not ask. */
  note: (message: string) => void;
}

/** Asks AWS whether the listener may change. @returns reasons against it; empty: it may. */
export async function askGate(args: GateArgs): Promise<string[]> {
  for (let round = 1; round <= rounds; round++) {
    const begun = Date.now();
    const reasons = await askOnce(args);
    const seconds = Math.round((Date.now() - begun) / 1000);
    if (reasons.length > 0 || seconds <= greatestAge) return reasons;
    args.note(`The health gate's questions took ${seconds} s: what they told is too old, so it asks again.`);
  }
  return [`the health gate's questions took more than ${greatestAge} s, ${rounds} times: what they told is too old`];
}

async function askOnce(args: GateArgs): Promise<string[]> {
  const { clients, weights, listener, targetGroupArns } = args;
  const recorded = listener?.weights;
  const gains = gaining(weights, recorded);
  const groupOf = async (color: Color) => {
    const name = args.groupNames[color];
    if (name === undefined) return undefined;
    // A group that is gone holds nothing. Of a colour that loses traffic an update that failed may have made another one since:
    // then all of its healthy targets count.
    return (await autoScalingGroup(clients, name)) ?? (gains.includes(color) ? {} : undefined);
  };
  const look = async (color: Color) =>
    observe(await targetHealth(clients, targetGroupArns[color]), await groupOf(color));
  const [blue, green] = await Promise.all([look("blue"), look("green")]);
  const preview: Partial<ByColor<PreviewFinding>> = {};
  for (const color of gains) {
    if (args.pending.includes(color)) continue;
    const answer = await probe(args.preview, color, args.paths[color], args.versions[color]);
    preview[color] = answer;
    if ("unreachable" in answer) {
      args.note(
        `The preview listener can't be reached from here (${answer.unreachable}); ${color} was judged by its target health alone.`,
      );
    }
  }
  // The last questions: what they answer may change at any moment, and the listener changes right after.
  const traffic = listener && (await listenerTraffic(clients, listener.arn, targetGroupArns));
  const live = traffic?.weights;
  const { fault, note } = await args.lock(colors.some((color) => weights[color] !== (live ?? recorded)?.[color]));
  if (note) args.note(`${note}.`);
  const reasons = gateVerdict({
    weights,
    recorded,
    live,
    foreign: traffic?.foreign ?? [],
    capacity: args.capacity,
    abortTo: args.abortTo,
    pending: args.pending,
    observed: { blue, green },
    preview,
  });
  return fault === undefined ? reasons : [...reasons, fault];
}

async function probe(
  endpoint: PreviewEndpoint,
  color: Color,
  path: string,
  version: string | undefined,
): Promise<PreviewFinding> {
  const faults = new Set<string>();
  for (let index = 0; index < probes; index++) {
    let answer: Answer;
    try {
      answer = await askPreview(endpoint, color, path);
    } catch (error) {
      if (error instanceof NoConnection) return { unreachable: error.message };
      faults.add(`GET ${path} failed: ${(error as Error).message}`);
      continue;
    }
    const fault = answerFault(path, answer, version);
    if (fault) faults.add(fault);
  }
  return { faults: [...faults] };
}

interface Answer {
  status: number;
  body: string;
}

/** What is wrong with an answer: its status, or a version other than the image's tag; undefined when it is good. */
export function answerFault(path: string, { status, body }: Answer, version: string | undefined): string | undefined {
  if (status < 200 || status > 299) return `GET ${path} answered ${status}`;
  if (version === undefined) return undefined;
  const answered = versionIn(body);
  if (answered === undefined) return `GET ${path} names no version; the image is tagged ${version}`;
  if (answered.replace(/^v/, "") === version.replace(/^v/, "")) return undefined;
  return `GET ${path} answered version ${answered}; the image is tagged ${version}`;
}

function versionIn(body: string): string | undefined {
  try {
    const { version } = JSON.parse(body) as { version?: unknown };
    return typeof version === "string" ? outsideText(version) : undefined;
  } catch {
    return undefined;
  }
}
