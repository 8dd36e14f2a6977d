/**
 * The rehearsal's stand-in for the official AWS provider, as a process: it prints the port it listens on, serves any
 * number of engine runs, and ends with the process that started it. It only talks to an AWS API on this machine.
 * `REHEARSAL_TIME_SCALE` says how many AWS seconds pass in a second (default 1).
 */
import sdk from "@pulumi/aws/package.json" with { type: "json" };
import { endWithParent } from "../../tools/process.ts";
import { INVOKES } from "./invokes.ts";
import { ROWS } from "./handlers/index.ts";
import { serve } from "./server.ts";
import { Sessions } from "./session.ts";

async function main(): Promise<void> {
  const sessions = new Sessions(process.env, Number(process.env.REHEARSAL_TIME_SCALE ?? 1));
  const server = await serve({ version: sdk.version, rows: ROWS, invokes: INVOKES }, sessions);
  endWithParent(() => server.stop());
  console.log(String(server.port));
}

void main();
