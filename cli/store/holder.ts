import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";
import { isAlive } from "../../tools/claim.ts";
import type { Holder, ProcessId } from "../state/model.ts";

/** This process, on behalf of the pipeline that runs it or of the user. */
export function thisHolder(env: NodeJS.ProcessEnv = process.env): Holder {
  const me = processId(process.pid);
  return { by: pipeline(env) ?? `${userName()}@${me.host}`, ...me };
}

/** A process of this machine that runs now. */
export function processId(pid: number): ProcessId {
  return { host: os.hostname(), pid, birth: birthOf(pid) };
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

/** What this machine can tell of a process. */
export type ProcessState = "alive" | "dead" | "unknown";

/**
 * Whether a process runs, where that is certain: it was one of this boot and of this PID namespace (a host's name is no
 * proof, containers share it); it is dead when none with its number has its start time. Without /proc the host's name and the
 * number must do.
 */
export function processState({ host, pid, birth }: ProcessId): ProcessState {
  const here = machine();
  if (here === undefined) {
    if (birth !== undefined || host !== os.hostname()) return "unknown";
    return isAlive(pid) ? "alive" : "dead";
  }
  if (birth?.startsWith(`${here}/`) !== true) return "unknown";
  return birth === birthOf(pid) ? "alive" : "dead";
}

/** Whether a holder's process may still run. */
export const isHolderAlive = (holder: Holder): boolean => processState(holder) !== "dead";

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
