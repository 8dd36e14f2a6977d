import { setTimeout as pause } from "node:timers/promises";
import { paginateListTables } from "@aws-sdk/client-dynamodb";
import { errorMessage } from "../../deployment/error-message.ts";
import { isGeneratedFrom, releasesTableName } from "../../deployment/names.ts";
import { acquireLock } from "../store/acquire.ts";
import type { HeldLock } from "../store/lease.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";

/** Milliseconds that the table gets: a rollback waits for nothing else. */
const patience = 5_000;

/**
 * Takes the stack's lock without the state, which alone knows the table: it is found by its name.
 * @param doing for people: `rollback --direct --to blue`
 * @returns undefined, and says why, where the lock can't be had: the rollback goes on without it
 * @throws CliError "locked" when another rollback has it
 */
export async function tryLock(session: Session, doing: string): Promise<HeldLock | undefined> {
  const { ui, clients, holder, interruption } = session;
  const late = new AbortController();
  const taken = tableOf(session).then((table) =>
    acquireLock(
      clients.dynamodb,
      table,
      { doing, holder, kind: "rollback" },
      { onLost: (why) => interruption.abort(why), onWait: (line) => ui.say(line), signal: interruption.signal },
    ),
  );
  const deadline = pause(patience, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer within ${patience / 1000} s`);
  });
  try {
    return await Promise.race([taken, deadline]);
  } catch (error) {
    if (error instanceof CliError && error.code === "locked") throw error;
    // One that comes after all is given back: nobody renews it.
    taken.then((lock) => lock.release()).catch(() => undefined);
    const why = errorMessage(error);
    ui.say(`The stack's lock can't be had (${why}): a release that is under way is not told to stop.`);
    return undefined;
  } finally {
    late.abort();
    deadline.catch(() => undefined);
  }
}

/** The stack's table, by the name that Pulumi gives it. */
async function tableOf({ clients, project, environment }: Session): Promise<string> {
  const logicalName = releasesTableName(`${project}-${environment}`);
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client: clients.dynamodb }, {}))
    found.push(...TableNames.filter((name) => isGeneratedFrom(logicalName, name)));
  if (found.length === 1) return found[0];
  throw new Error(
    found.length === 0 ? `there is no table ${logicalName}-*` : `there are several tables: ${found.join(", ")}`,
  );
}
