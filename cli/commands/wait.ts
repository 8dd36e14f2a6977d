import { setTimeout as pause } from "node:timers/promises";
import { awsTime } from "../../aws/clock.ts";
import { toCliError } from "../aws-errors.ts";
import { CliError } from "../error.ts";
import { isOver, pointText } from "../rollout/pause-points.ts";
import { formatDuration } from "../analysis/duration.ts";
import { imageName, type Lock, type ReleaseRecord } from "../state/model.ts";
import { currentLock } from "../store/acquire.ts";
import { openPause } from "../store/record.ts";
import { latestRecord } from "../store/records.ts";
import type { Context } from "./context.ts";

/** Milliseconds between two looks at a pause. */
const every = 2_000;
/** Looks without a command at work until whoever went on with the release counts as gone: longer than two commands are apart. */
const patience = 45;

/**
 * Runs a command, and where it ends in a pause stays, without the lock: it follows what others decide to the release's end, and
 * does what was declared when the time is over.
 * @param expire does what was declared
 * @throws CliError with the release's own end
 */
export async function followed(
  context: Context,
  isFollowed: boolean | undefined,
  run: () => Promise<void>,
  expire: () => Promise<void>,
): Promise<void> {
  let next = run;
  for (;;) {
    try {
      return await next();
    } catch (error) {
      if (!isFollowed || !(error instanceof CliError) || error.code !== "paused") throw error;
      context.ui.say(error.message);
    }
    if ((await follow(context)) === "ended") return;
    next = expire;
  }
}

/** What a look tells of a release that is followed. */
export type Look =
  | { readonly kind: "wait"; readonly what: string }
  | { readonly kind: "nobody" }
  | { readonly kind: "expired" }
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly error: CliError };

/** Where a release is that somebody follows, by its record and the lock. */
export function lookAt(first: string, record: ReleaseRecord | undefined, lock: Lock | undefined, now: number): Look {
  if (record?.id !== first) {
    const error = new CliError("failed", `Release ${first} is not the newest one any more. See bluegreen history.`);
    return { kind: "failed", error };
  }
  const what = imageName(record.image);
  const why = record.why ?? "see bluegreen history";
  if (record.outcome === "released") return { kind: "ended" };
  if (record.outcome === "rolled-back")
    return { kind: "failed", error: new CliError("rolledBack", `${what} was taken back: ${why}`) };
  if (record.outcome === "superseded")
    return { kind: "failed", error: new CliError("failed", `The release of ${what} was given up: ${why}.`) };
  const open = openPause(record);
  if (open !== undefined && isOver(open, now)) return lock === undefined ? { kind: "expired" } : working(lock);
  if (open !== undefined) {
    const left = formatDuration((Date.parse(open.until) - now) / 1000);
    return { kind: "wait", what: `paused ${pointText(open.after)}; ${left} left, then: ${open.then}` };
  }
  if (lock !== undefined) return working(lock);
  const isServed = record.pauses?.at(-1)?.request.until === "served" && record.servesSince !== undefined;
  return isServed ? { kind: "ended" } : { kind: "nobody" };
}

const working = ({ holder, doing }: Lock): Look => ({ kind: "wait", what: `${holder.by}: ${doing}` });

async function follow(context: Context): Promise<"ended" | "expired"> {
  const session = await context.open();
  const { ui, signal, clients } = session;
  const table = (await session.readState()).outputs.releases.tableName;
  const record = () => latestRecord(clients.dynamodb, table);
  const first = await record();
  return ui.step("look", "Waiting for a decision", async (tell) => {
    let quiet = 0;
    for (;;) {
      const [newest, lock] = await Promise.all([record(), currentLock(clients.dynamodb, table)]).catch(
        (error: unknown) => {
          throw toCliError(error);
        },
      );
      const look = lookAt(first?.id ?? "", newest, lock, awsTime(clients.dynamodb));
      if (look.kind === "ended" || look.kind === "expired") return look.kind;
      if (look.kind === "failed") throw look.error;
      quiet = look.kind === "nobody" ? quiet + 1 : 0;
      if (quiet > patience)
        throw new CliError(
          "failed",
          "Who went on with the release has ended before it: bluegreen continue goes on from there, bluegreen rollback goes back.",
        );
      if (look.kind === "wait") tell.now(look.what);
      await pause(every, undefined, { signal }).catch(() => {
        throw new CliError("interrupted", "Nobody waits here any more; the pause and the traffic stay as they are.");
      });
    }
  });
}
