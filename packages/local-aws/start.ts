import { fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { stop, whenReady } from "../../tools/process.ts";
import { providerName } from "./call-log.ts";
import type { ClientOptions } from "./cloud.ts";
import type { CloudState } from "./control.ts";
import { controlService, signedHeaders } from "./door/sign.ts";
import { ownEnvironment } from "./environment.ts";
import type { Fault } from "./fault-injection.ts";
import type { CloudMessage, CloudProcessOptions } from "./main.ts";

export type { ClientOptions } from "./cloud.ts";
export type { CloudState } from "./control.ts";
export type { Fault } from "./fault-injection.ts";
export type { MachineOptions } from "./host.ts";

/** What `startLocalAws` takes; `timeScale` is 10 by default: ten AWS seconds pass in a real one. */
export type StartOptions = Omit<CloudProcessOptions, "timeScale"> & { timeScale?: number };

/** A cloud in a process of its own. */
export interface LocalAws {
  /** Endpoint, region and credentials: all of AWS, and the control paths below `/rehearsal/`. */
  client: ClientOptions;
  /** File with the certificate of the authority that signs the certificates of ACM, while the cloud runs. */
  certificateAuthority: string;
  /** The process that runs it. */
  pid: number;
  /** The name by which a provider calls, one process for all commands (`AWS_SDK_UA_APP_ID`). */
  providerName: string;
  /** With machines: the process whose network namespace is theirs. */
  gateway?: number;
  /** With machines: the process of the services' backing store. */
  backingStore?: number;
  /** What really runs now. */
  state(): Promise<CloudState>;
  /** Ends an instance as a machine ends that loses power. Rejects where no such instance runs. */
  killInstance(id: string): Promise<void>;
  /** Lets the next `calls` calls of AWS's API fail, whoever makes them; 0: none any more. */
  injectFault(fault: Fault, calls: number): Promise<void>;
  /** Holds the next call of an action, for example `ModifyListener`: it lands when it is let go. */
  holdCall(action: string): Promise<void>;
  /** Lets the held calls go, and holds none any more. */
  releaseCalls(): Promise<void>;
  /** Lets alarms come late by so many AWS seconds, as CloudWatch's do; 0: at once. */
  delayAlarms(seconds: number): Promise<void>;
  /** Who called what, so far: operations (`elbv2:ModifyListener`) by caller. Whoever gives no `AWS_SDK_UA_APP_ID` is not counted. */
  calls(): Promise<Record<string, string[]>>;
  /** The provider's calls are this caller's from now on; a caller that calls by itself says so by that. */
  begin(caller: string): Promise<void>;
  /** Ends the cloud and everything that it started. */
  stop(): Promise<void>;
}

/** Starts the local cloud. It also ends by itself when this process goes, in whatever way. */
export async function startLocalAws(options: StartOptions): Promise<LocalAws> {
  const log = openSync(options.log, "a");
  const child = fork(join(import.meta.dirname, "main.ts"), [JSON.stringify({ timeScale: 10, ...options })], {
    stdio: ["ignore", log, log, "ipc"],
    env: ownEnvironment(),
  });
  closeSync(log);
  const message = await whenReady(child, "The local cloud", (said) => said as CloudMessage);
  if ("error" in message) {
    throw new Error(
      `The local cloud could not start: ${message.error}. Look into ${options.log}, and check that ` +
        `${options.motoPython} has moto[server].`,
    );
  }
  const { client, certificateAuthority, gateway, backingStore } = message;
  return {
    client,
    certificateAuthority,
    pid: child.pid ?? 0,
    providerName,
    gateway,
    backingStore,
    state: async () => (await control(client, "GET", "state")) as CloudState,
    killInstance: async (id) => void (await control(client, "POST", `instances/${id}/kill`)),
    injectFault: async (fault, calls) => void (await control(client, "POST", `faults/${fault}/${calls}`)),
    holdCall: async (action) => void (await control(client, "POST", `hold/${action}`)),
    releaseCalls: async () => void (await control(client, "POST", "release")),
    delayAlarms: async (seconds) => void (await control(client, "POST", `alarm-lag/${seconds}`)),
    calls: async () => (await control(client, "GET", "calls")) as Record<string, string[]>,
    begin: async (caller) => void (await control(client, "POST", `callers/${caller}`)),
    stop: () => stop(child),
  };
}

async function control(
  { endpoint, region, credentials }: ClientOptions,
  method: string,
  path: string,
): Promise<unknown> {
  const url = new URL(`/rehearsal/${path}`, endpoint);
  const headers = await signedHeaders(method, url, { region, service: controlService, credentials });
  const answer = await fetch(url, { method, headers });
  if (!answer.ok) throw new Error(`The local cloud refused ${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
