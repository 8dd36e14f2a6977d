import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { type ClientOptions, type LocalAws, startLocalAws } from "@bluegreen/local-aws";
import { requireMachines } from "@bluegreen/machines";
import { startProviders } from "@bluegreen/provider-stub";
import type { ConfigOverrides } from "./engine/settings.ts";
import { rehearsalEnvironment } from "./engine/environment.ts";
import { copyProject } from "./engine/project.ts";
import { RehearsalStack } from "./engine/stack.ts";
import { registerImages, type ImageName } from "./images/catalog.ts";
import { publishImages } from "./images/publish.ts";
import { registerMachineImages, type MachineImageName } from "./images/machine-images.ts";
import { machinesRedis, openMachines, putSettings } from "./machines.ts";
import { makePrograms } from "./programs.ts";
import type { CleanUp } from "../tools/clean-up.ts";
import { findMoto } from "../tools/moto.ts";
import { findPulumi } from "../tools/pulumi-cli.ts";
import { callerVariable } from "../deployment/variables.ts";

/** Which AWS provider deploys: the local stand-in, or the official one, which Pulumi downloads. */
export type ProviderChoice = "local" | "official";

export interface SessionArgs {
  /** Where state, logs and results go. What an earlier rehearsal left there is removed. */
  folder: string;
  provider: ProviderChoice;
  /** Whether instances are booted machines; else each is a process. */
  machines: boolean;
  /** How many times faster than AWS's the local cloud's clocks run. */
  timeScale: number;
  cleanUp: CleanUp;
  progress: (message: string) => void;
}

/** The local cloud with its images, and the stack that is rehearsed on it. */
export interface Session {
  stack: RehearsalStack;
  /** Another stack of the same account: the settings of its own file, with `settings` laid over them. */
  stackOf(stackName: string, settings: ConfigOverrides): RehearsalStack;
  /** Endpoint, region and credentials of the local cloud, for the SDK's clients. */
  client: ClientOptions;
  /** File with the certificate of the authority that signs the certificates of ACM: clients must trust it. */
  certificateAuthority: string;
  pulumiVersion: string;
  images: Record<ImageName, string>;
  /** With machines: images that only they can have. */
  machineImages?: Record<MachineImageName, string>;
  state: LocalAws["state"];
  /** How many times faster than AWS's the clocks run. */
  timeScale: number;
  /** With machines: the process of their service's Redis server. */
  backingStore?: number;
  /** Ends an instance's process as a machine ends that loses power. */
  kill: LocalAws["killInstance"];
  injectFault: LocalAws["injectFault"];
  holdCall: LocalAws["holdCall"];
  releaseCalls: LocalAws["releaseCalls"];
  delayAlarms: LocalAws["delayAlarms"];
  calls: LocalAws["calls"];
  /** Ids of the processes that must be gone when all is cleaned up: the cloud and every instance that runs now. */
  processes(): Promise<number[]>;
  /** Writes into the stack's settings where AWS is from now on. */
  reach(endpoint: string): Promise<void>;
  /** Writes a setting of the next update. */
  set(settings: ConfigOverrides): void;
}

const repository = path.resolve(import.meta.dirname, "..");

const region = "eu-central-1";

/** AWS services that the stack talks to, under the official provider's names. */
const services = [
  ...["acm", "autoscaling", "cloudwatch", "dynamodb", "ec2", "elbv2", "iam"],
  ...["kms", "logs", "route53", "s3", "sns", "ssm", "sts", "wafv2"],
];

/** The stack that is rehearsed. */
const stackName = "dev";

/** Finds or makes the tools, then starts cloud and providers. All of it ends with `cleanUp`. */
export async function openSession(args: SessionArgs): Promise<Session> {
  const { folder, provider, timeScale, cleanUp, progress } = args;
  // Before minutes are spent on tools.
  if (args.machines) await requireMachines();
  const pulumi = await findPulumi(progress);
  const motoPython = await findMoto(progress);
  const hardware = args.machines ? await openMachines(folder, cleanUp, progress) : undefined;
  await rm(path.join(folder, "stack"), { recursive: true, force: true });
  await mkdir(folder, { recursive: true });

  progress("starting the local cloud");
  const log = path.join(folder, "cloud.log");
  await rm(log, { force: true });
  const cloud = await startLocalAws({ timeScale, motoPython, log, region, machines: hardware?.options });
  cleanUp.add("local cloud", () => cloud.stop());
  const { client, certificateAuthority, providerName } = cloud;
  const machineImages = hardware && (await registerMachineImages(hardware.baked, client));
  const images = machineImages ?? (await registerImages(client));
  await publishImages(images, client);
  if (hardware) await putSettings(client, `/bluegreen/${stackName}`, { redisUrl: machinesRedis, timeScale });

  const { accessKeyId, secretAccessKey } = client.credentials;
  const workDir = path.join(folder, "stack");
  const env: Record<string, string> = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    NODE_EXTRA_CA_CERTS: certificateAuthority,
  };
  if (provider === "local") {
    progress("starting the local provider");
    const providers = await startProviders({
      env: rehearsalEnvironment(process.env, workDir, {
        ...env,
        REHEARSAL_TIME_SCALE: String(timeScale),
        [callerVariable]: providerName,
      }),
    });
    cleanUp.add("local provider", () => providers.stop());
    env.PULUMI_DEBUG_PROVIDERS = providers.debugProviders;
  }
  const project = path.join(folder, "project");
  await copyProject(repository, project);
  const programs = await makePrograms(path.join(folder, "bin"), pulumi);
  const endpoints = (url: string) => [Object.fromEntries(services.map((service) => [service, url]))];
  const aws = {
    "aws:region": region,
    "aws:accessKey": accessKeyId,
    "aws:secretKey": secretAccessKey,
    "aws:endpoints": endpoints(client.endpoint),
    "aws:skipMetadataApiCheck": true,
    "aws:s3UsePathStyle": true,
  };
  const stackOf = (name: string, settings: ConfigOverrides) => {
    const config = { ...aws, ...named(settings) };
    const onCaller = (caller: string) => cloud.begin(caller);
    return new RehearsalStack({ stackName: name, workDir, project, repository, programs, env, config, onCaller });
  };
  const stack = stackOf(stackName, {});
  // The alarms' minutes are as short as the cloud's clocks are fast.
  const limits = { limits: { alarmSeconds: 60 / timeScale } };
  await writeFile(path.join(project, "bluegreen.yaml"), stringify(limits));
  return {
    stack,
    stackOf,
    client,
    certificateAuthority,
    pulumiVersion: String(pulumi.version),
    images,
    machineImages,
    timeScale,
    backingStore: cloud.backingStore,
    state: () => cloud.state(),
    kill: (id) => cloud.killInstance(id),
    injectFault: (fault, calls) => cloud.injectFault(fault, calls),
    holdCall: (action) => cloud.holdCall(action),
    releaseCalls: () => cloud.releaseCalls(),
    delayAlarms: (seconds) => cloud.delayAlarms(seconds),
    calls: () => cloud.calls(),
    async processes() {
      const { instances } = await cloud.state();
      return [cloud.pid, ...instances.flatMap(({ pid }) => (pid === undefined ? [] : [pid]))];
    },
    async reach(url) {
      stack.setConfig({ "aws:endpoints": endpoints(url) });
      await stack.writeSettings();
    },
    set: (settings) => stack.setConfig(named(settings)),
  };
}

const named = (settings: ConfigOverrides): ConfigOverrides =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [`bluegreen:${key}`, value]));
