import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { CleanUp } from "../../tools/clean-up.ts";
import { findPulumi } from "../../tools/pulumi-cli.ts";
import { rehearsalEnvironment } from "../engine/environment.ts";
import { Engine, serveProgram } from "./engine.ts";
import { FixedCloud, type FixedImage } from "./fixed-cloud.ts";
import { serveFixedProvider } from "./fixed-provider.ts";

const repository = path.resolve(import.meta.dirname, "../..");

/** Images to choose from: three good ones, one with a boot gate, one that never gets healthy. */
export const images: ReadonlyMap<string, FixedImage> = new Map([
  ["ami-00000001", { version: "v1.0.0", good: true }],
  ["ami-00000002", { version: "v2.0.0", good: true }],
  ["ami-00000003", { version: "v3.0.0", good: true }],
  ["ami-00000004", { version: "v4.0.0", good: true, bootGate: true }],
  ["ami-0000bad0", { version: "v5.0.0", good: false }],
]);

/** The whole program on the fixed cloud, driven by the real engine. */
export interface PreviewWorld {
  cloud: FixedCloud;
  engine: Engine;
  /** Writes the stack's settings, without their namespace, on top of what every run has. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Starts cloud, provider and program, with an empty state in `folder`. All of it ends with `cleanUp`. */
export async function openWorld(
  folder: string,
  cleanUp: CleanUp,
  progress: (line: string) => void,
): Promise<PreviewWorld> {
  const pulumi = await findPulumi(progress);
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, "state"), { recursive: true });
  const cloud = new FixedCloud(images);
  const port = await cloud.start();
  cleanUp.add("fixed cloud", () => Promise.resolve(cloud.stop()));
  const provider = await serveFixedProvider(cloud);
  cleanUp.add("provider", () => Promise.resolve(provider.stop()));
  const { default: main } = (await import("../../index.ts")) as { default: () => Promise<Record<string, unknown>> };
  const program = await serveProgram(main);
  cleanUp.add("program", () => Promise.resolve(program.stop()));

  const project = parse(await readFile(path.join(repository, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
  delete project.main;
  const dev = parse(await readFile(path.join(repository, "Pulumi.dev.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const env = rehearsalEnvironment(process.env, folder, { PULUMI_DEBUG_PROVIDERS: `aws:${provider.port}` });
  const engine = new Engine({
    command: pulumi.command,
    folder: path.join(folder, "project"),
    env: { ...env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
    program: program.port,
    projectText: stringify(project),
  });
  await engine.open();
  const endpoint = `http://127.0.0.1:${port}`;
  const services = [
    ...["acm", "autoscaling", "cloudwatch", "dynamodb", "ec2", "elbv2", "iam"],
    ...["kms", "logs", "route53", "s3", "sns", "ssm", "sts"],
  ];
  const fixed = {
    ...dev.config,
    "aws:accessKey": "fixed",
    "aws:secretKey": "fixed",
    "aws:endpoints": [Object.fromEntries(services.map((service) => [service, endpoint]))],
    "bluegreen:previewPort": port,
    "bluegreen:allowedCidrs": ["192.0.2.0/24"],
    // A VPC that is there: the network has no part in what is asked here.
    "bluegreen:vpcId": "vpc-11111111",
    "bluegreen:publicSubnetIds": ["subnet-11111111", "subnet-22222222"],
    "bluegreen:privateSubnetIds": ["subnet-33333333", "subnet-44444444"],
    "bluegreen:natGateways": undefined,
    "bluegreen:availabilityZoneCount": undefined,
  };
  return {
    cloud,
    engine,
    configure: (settings) =>
      engine.configure({
        ...fixed,
        ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`bluegreen:${key}`, value])),
      }),
  };
}
