import { histories, historyOf } from "./histories.ts";
import { play, type History, type Played } from "./play.ts";
import { keyOf, type Fault, type FaultKind, type Made } from "./simulation.ts";

/** One run: a history and what goes wrong in it. */
export interface Run {
  readonly history: History;
  readonly faults: readonly Fault[];
}

export const keysOf = ({ history, faults }: Run): string => [history.name, ...faults.map(keyOf)].join(" ");

/** Seconds that a process stands still: within a lease, past it, past what an update may take. */
const stops = ["40", "100", "900"] as const;

const atRead: readonly FaultKind[] = ["kill", "lose", "freeze"];
const atWrite: readonly FaultKind[] = ["kill", "killAfter", "lose", "loseAfter", "retry", "freeze", "stall", "late"];
const atEngine: readonly FaultKind[] = ["engineDies", "pause"];

const timed = (kind: FaultKind): boolean => ["freeze", "stall", "late", "pause", "slow"].includes(kind);

/** Each single fault at a call. */
function faultsAt({ who, number, write, byEngine }: Made): Fault[] {
  // The SDK sends again what the engine's providers would look at first.
  const of = write ? atWrite.filter((kind) => kind !== "retry" || !byEngine) : atRead;
  const kinds = [...of, ...(byEngine && write ? atEngine : [])];
  return kinds.map((kind) => ({ who, call: number, kind, value: timed(kind) ? "100" : undefined }));
}

const base = new Map<string, readonly Made[]>();

/** The calls of a history in which nothing goes wrong, or only these faults. */
async function callsOf(history: History, faults: readonly Fault[] = []): Promise<readonly Made[]> {
  const key = keysOf({ history, faults });
  const known = base.get(key);
  if (known) return known;
  const { calls } = await play(history, faults);
  const own = calls.filter(({ who }) => who !== "Z");
  base.set(key, own);
  return own;
}

/** Where the second command may begin: at each call of the first one. */
async function beginnings(history: History): Promise<Fault[]> {
  const [first, second] = history.cast;
  if (second === undefined) return [];
  const calls = await callsOf(history);
  return calls
    .filter(({ who }) => who === first.who)
    .map(({ number }): Fault => ({ who: first.who, call: number, kind: "start", value: second.who }));
}

/** Calls without the reads of a wait that have been made many times already. */
function withoutPolling(calls: readonly Made[]): Made[] {
  const times = new Map<string, number>();
  return calls.filter(({ who, label, write }) => {
    const key = `${who} ${label}`;
    times.set(key, (times.get(key) ?? 0) + 1);
    return write || (times.get(key) ?? 0) <= 15;
  });
}

const elsewhere = (who: string): Fault => ({ who, call: 0, kind: "again", value: "elsewhere" });

/** Each single fault at each call of each history, given again on the same host and on another. */
export async function* depthOne(): AsyncGenerator<Run> {
  for (const history of histories) {
    yield { history, faults: [] };
    for (const made of withoutPolling(await callsOf(history))) {
      for (const fault of faultsAt(made)) {
        yield { history, faults: [fault] };
        if (/kill|engine/.test(fault.kind)) yield { history, faults: [elsewhere(fault.who), fault] };
      }
    }
    for (const begin of await beginnings(history)) yield { history, faults: [begin] };
  }
}

/** Of the faults at a write those that the others come down to. */
const inPairs: readonly FaultKind[] = ["kill", "killAfter", "loseAfter", "stall", "late"];

/** A rollback that begins at each write of another command, and each fault at each write of either behind that; then twoKills. */
export async function* depthTwo(): AsyncGenerator<Run> {
  for (const history of histories.filter(({ cast }) => cast[1]?.line.startsWith("rollback"))) {
    const writes = new Set((await callsOf(history)).filter(({ write }) => write).map(({ number }) => number));
    for (const begin of await beginnings(history)) {
      if (!writes.has(Number(begin.call))) continue;
      for (const made of await callsOf(history, [begin])) {
        const after = made.who !== begin.who || made.number >= Number(begin.call);
        if (!after || !made.write) continue;
        for (const fault of faultsAt(made).filter(({ kind }) => inPairs.includes(kind)))
          yield { history, faults: [begin, fault] };
      }
    }
  }
  yield* twoKills();
}

/** A bad release that is killed at each write from its flip on, and again at each write of the run that takes it back. */
async function* twoKills(): AsyncGenerator<Run> {
  const history = historyOf("bad-release-again");
  const calls = await callsOf(history);
  const flip = calls.find(({ label }) => label === "updating app-listener")?.number ?? Infinity;
  for (const { number } of calls.filter(({ who, number, write }) => who === "A" && write && number >= flip)) {
    const first: Fault = { who: "A", call: number, kind: "killAfter" };
    for (const made of (await callsOf(history, [first])).filter(({ who, write }) => who === "B" && write))
      for (const kind of ["kill", "killAfter"] as const)
        yield { history, faults: [first, { who: "B", call: made.number, kind }] };
  }
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What Auto Scaling and AWS do by themselves; `short`: a fleet wants one instance more than AWS has machines for. */
const worlds = [
  ...["scale-blue", "scale-green", "sick-blue", "sick-green"],
  ...["short-blue", "short-green", "exhausted", "failing"],
];

/** A run drawn at random. */
export async function randomRun(seed: number): Promise<Run> {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)];
  const history = pick(histories);
  const calls = await callsOf(history);
  // Who gives the same command again makes as many calls as the one that was cut off has left it to do.
  const lineOf = new Map(history.cast.map(({ who, line }) => [who, line]));
  const anybodys = (made: Made): Made => {
    const same = history.cast.filter(({ line }) => line === lineOf.get(made.who));
    return { ...made, who: pick(same).who };
  };
  const writes = calls.filter(({ write }) => write);
  const faults: Fault[] = [];
  for (const { who } of history.cast) {
    if (next() < 0.15) faults.push({ who, call: 0, kind: "skew", value: pick(["-150", "-45", "45", "150"]) });
    if (next() < 0.25) faults.push({ who, call: 0, kind: "host", value: "ci1" });
    if (next() < 0.4) faults.push({ who, call: 0, kind: "again", value: "elsewhere" });
  }
  const begins = await beginnings(history);
  if (begins.length > 0 && next() < 0.85) faults.push(pick(begins));
  for (let left = 1 + Math.floor(next() * 3); left > 0; left--) {
    // Most calls only read, and most of what can go wrong goes wrong at one that writes.
    const made = anybodys(pick(next() < 0.5 ? writes : calls));
    if (next() < 0.15) faults.push({ who: made.who, call: made.number, kind: "world", value: pick(worlds) });
    else {
      const fault = pick(faultsAt(made));
      faults.push(timed(fault.kind) ? { ...fault, value: pick(stops) } : fault);
    }
  }
  return { history, faults };
}

/** The kind of a fault that was found: its words without what differs from run to run. */
const kindOf = (harm: string): string =>
  harm
    .replace(/\d+/g, "N")
    .replace(/blue|green/g, "C")
    .slice(0, 90);

/** The shortest run that does the same harm: without what it does not take, and with what is simplest. */
async function shrink(run: Run, harm: string): Promise<Run> {
  const { history } = run;
  let { faults } = run;
  const does = async (fewer: readonly Fault[]) => {
    const played = await play(history, fewer).catch(() => undefined);
    return played !== undefined && played.harm.some((one) => kindOf(one) === kindOf(harm));
  };
  for (let index = 0; index < faults.length;) {
    const fewer = faults.filter((_, at) => at !== index);
    if (await does(fewer)) faults = fewer;
    else index++;
  }
  return { history, faults };
}

/** What exploring has added up to. */
export interface Counts {
  runs: number;
  steps: number;
  crashes: number;
}

export interface Found {
  readonly run: Run;
  readonly harm: string;
}

/**
 * Plays runs until they are over, or it is late.
 * @param found told of the first run of each kind of harm
 * @param until milliseconds of the real clock
 */
export async function explore(
  runs: AsyncIterable<Run> | Iterable<Promise<Run>>,
  counts: Counts,
  found: (found: Found) => Promise<void>,
  until = Infinity,
): Promise<void> {
  const seen = new Set<string>();
  for await (const run of runs) {
    if (Date.now() > until) return;
    const played = await harmOf(run);
    // A run leaves no room for real timers, such as the one that tells how far it has come.
    await new Promise((resolve) => setImmediate(resolve));
    counts.runs += 1;
    counts.steps += played.steps;
    counts.crashes += played.crashes;
    const [harm] = played.harm;
    if (harm === undefined) continue;
    const kind = `${run.history.name}: ${kindOf(harm)}`;
    if (seen.has(kind)) continue;
    seen.add(kind);
    await found({ run: await shrink(run, harm), harm });
  }
}

async function harmOf(run: Run): Promise<Pick<Played, "harm" | "steps" | "crashes">> {
  try {
    return await play(run.history, run.faults);
  } catch (error) {
    return { harm: [`the explorer failed: ${(error as Error).stack}`], steps: 0, crashes: 0 };
  }
}

export function* randomRuns(seed: number, most: number): Generator<Promise<Run>> {
  for (let next = seed; next < seed + most; next++) yield randomRun(next);
}
