/** Which engines may have left the state locked, and when that is certain: without a call. */
import type { Abandoned, Engine, Lock } from "../state/model.ts";
import type { ProcessState } from "./holder.ts";
import { LEASE_SECONDS } from "./lock.ts";

/** Who holds the state of a stack, by the backend's own word. */
export interface StateHolder {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601, by the clock of its host: when it locked the state. */
  readonly at: string;
}

/** Milliseconds of silence after which a holder whose machine can't be asked is dead, and its engine with it: longer than an update takes. */
const SILENCE = 30 * 60_000;
/** Milliseconds around an engine's life in which it locks the state, by clocks that differ: another one has the same number by chance. */
const START = 5 * 60_000;

/** What whoever takes a lock has to remember of those who had it. */
export function leftBy({ holder, engine, expires, abandoned }: Lock): readonly Abandoned[] {
  if (engine === undefined) return abandoned;
  return together(abandoned, [{ holder, engine, heard: expires - LEASE_SECONDS * 1000 }]);
}

/** All of both, each engine once, as it was last heard of. */
export function together(some: readonly Abandoned[], others: readonly Abandoned[]): readonly Abandoned[] {
  const all = new Map<string, Abandoned>();
  for (const one of [...some, ...others].sort((a, b) => a.heard - b.heard)) all.set(nameOf(one.engine), one);
  return [...all.values()];
}

/** Those that are not this engine. */
export function without(abandoned: readonly Abandoned[], engine: Engine | undefined): readonly Abandoned[] {
  return abandoned.filter((one) => engine === undefined || nameOf(one.engine) !== nameOf(engine));
}

/**
 * Whether the state is held by an engine that was left behind and is dead.
 * @param now milliseconds since 1970, by AWS's clock
 */
export function isLeftLocked(
  holder: StateHolder,
  abandoned: readonly Abandoned[],
  now: number,
  stateOf: (engine: Engine) => ProcessState,
): boolean {
  return abandoned.some((one) => isSame(one, holder) && isDead(one, now, stateOf(one.engine)));
}

const nameOf = ({ host, pid, startedAt }: Engine): string => `${host}/${pid}/${startedAt}`;

/**
 * A number comes again, in containers soon: the time at which the state was locked has to fit, too. It lies between the engine's
 * start and the last that was heard of it, which is long after the start where both were frozen in between.
 */
function isSame({ engine, heard }: Abandoned, holder: StateHolder): boolean {
  const [at, begun] = [Date.parse(holder.at), Date.parse(engine.startedAt)];
  const fits = at >= begun - START && at <= Math.max(begun, heard) + START;
  return engine.host === holder.host && engine.pid === holder.pid && fits;
}

/** Who saw it end knows. Else where its own machine is asked, that decides, also for an engine not heard of for long. */
const isDead = ({ heard, ended }: Abandoned, now: number, state: ProcessState): boolean =>
  ended === true || state === "dead" || (state === "unknown" && now - heard > SILENCE);
