import { toCliError } from "../aws-errors.ts";
import { renderHistory, renderRecord } from "../store/history.ts";
import { listRecords } from "../store/records.ts";
import { CliError } from "../error.ts";
import { wholeNumber } from "./arguments.ts";
import type { Context } from "./context.ts";

/** Releases, newest first; with an id or the beginning of one, that one in detail. */
export async function history(context: Context, id: string | undefined, most: string): Promise<void> {
  const limit = wholeNumber(most, 1, 1000, "--limit");
  const session = await context.open();
  const { outputs } = await session.readState();
  const records = await listRecords(session.clients.dynamodb, outputs.releases.tableName, limit, id).catch(
    (error: unknown) => {
      throw toCliError(error);
    },
  );
  const [first] = records;
  if (id !== undefined && first === undefined)
    throw new CliError("usage", `No release's id begins with ${id}. bluegreen history lists them.`);
  if (id !== undefined && first !== undefined && records.length === 1)
    return context.ui.result(first, renderRecord(first, Date.now()));
  context.ui.result(records, renderHistory(records, Date.now()));
}
