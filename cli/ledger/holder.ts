import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";
import { isAlive } from "../../tools/claim.ts";
import type { Holder } from "../model.ts";

/** A holder that its own machine can tell from every other process. */
export interface ProcessHolder extends Holder {
  /** Boot, PID namespace and start time of the process, where the system has /proc. */
  readonly birth?: string;
}

/** This process, on behalf of the pipeline that runs it or of the user. */
export function thisHolder(env: NodeJS.ProcessEnv = process.env): ProcessHolder {
  const host = os.hostname();
  return { by: pipeline(env) ?? `${userName()}@${host}`, host, pid: process.pid, birth: birthOf(process.pid) };
}

/** Who began a pipeline's run, and which run it is, in the variables of the pipeline's own system. */
function pipeline(env: NodeJS.ProcessEnv): string | undefined {
  if (env.GITHUB_ACTIONS) return `${env.GITHUB_ACTOR} (${env.GITHUB_REPOSITORY}, run ${env.GITHUB_RUN_ID})`;
  if (env.GITLAB_CI) return `${env.GITLAB_USER_LOGIN} (${env.CI_PROJECT_PATH}, pipeline ${env.CI_PIPELINE_ID})`;
  if (env.CODEBUILD_BUILD_ID) return `${env.CODEBUILD_INITIATOR} (${env.CODEBUILD_BUILD_ID})`;
  return env.BUILD_TAG;
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A container may run as a user that its system has no entry for.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/**
 * Whether a holder's process may still run. False only where that is certain: it was a process of this boot and of this PID
 * namespace (a host's name is no proof, containers share it), and none with its number has its start time any more. Without
 * /proc the host's name and the number must do.
 */
export function isHolderAlive(holder: ProcessHolder): boolean {
  const here = machine();
  if (here === undefined) {
    return holder.birth !== undefined || holder.host !== os.hostname() || isAlive(holder.pid);
  }
  return holder.birth?.startsWith(`${here}/`) !== true || holder.birth === birthOf(holder.pid);
}

/** Undefined where there is no such process, or no /proc. */
function birthOf(pid: number): string | undefined {
  const here = machine();
  const stat = here === undefined ? undefined : read(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === undefined) return undefined;
  // proc(5): the name may hold spaces and brackets, so it counts from the last one; then come state (3) and, as 22, start time.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  // A zombie does nothing any more; only its parent has not asked yet.
  return state === "Z" || state === "X" ? undefined : `${here}/${startTime}`;
}

/** One boot and one PID namespace: within it a process number means one process at a time. */
function machine(): string | undefined {
  return read(() => {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
  });
}

function read(attempt: () => string): string | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}
