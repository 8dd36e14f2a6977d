import { parseDuration } from "../analysis/duration.ts";
import { runJob } from "../jobs/run-job.ts";
import { readLiveState } from "../state/read.ts";
import { other, servingColor } from "../../deployment/model.ts";
import { CliError } from "../error.ts";
import type { Context } from "./context.ts";

export interface RunOptions {
  readonly on: "fresh" | "standby";
  readonly timeout: string;
}

/** A one-off job of the serving release, never on a machine that serves. */
export async function run(context: Context, job: string, args: string[], options: RunOptions): Promise<void> {
  const timeout = parseDuration(options.timeout);
  const session = await context.open();
  const { world, recorded } = await readLiveState(session);
  const serving = servingColor(world.weights.live, world.settings.deployed.activeColor);
  const color = options.on === "fresh" ? serving : other(serving);
  const fleet = { color, groupName: world.fleets[color].groupName, weight: world.weights.live[color] };
  const result = await context.ui.step("job", `Running ${job} of ${color}'s release`, (tell) =>
    runJob(session.clients, {
      job,
      args,
      timeout,
      fleet,
      on: options.on,
      signal: session.signal,
      project: session.project,
      environment: session.environment,
      logGroup: recorded.outputs.logGroups.jobs,
      instanceProfileArn: recorded.outputs.jobs?.instanceProfileArn,
      report: (message) => tell.now(message),
      line: (stream, text) => tell.keep(`${stream === "stderr" ? "! " : ""}${text}`),
    }),
  );
  const log = result.log ? ` Log: ${result.log.group}, ${result.log.stream}.` : "";
  context.ui.result(result, `${job}: ${result.status}, exit code ${result.exitCode}.${log}`);
  if (result.exitCode !== 0) throw new CliError("failed", `${job} ended with exit code ${result.exitCode}.${log}`);
}
