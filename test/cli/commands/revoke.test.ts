import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ParameterAlreadyExists, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import type { Context } from "../../../cli/commands/context.ts";
import { images } from "../../../cli/commands/images.ts";
import { revoke, type RevokeOptions } from "../../../cli/commands/revoke.ts";

const [app, appOld, hardened, base] = ["ami-0000000a", "ami-0000000b", "ami-0000000c", "ami-0000000d"];
const tags = (values: Record<string, string>) => Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
/** Two versions on one hardened image; the newer one serves in prod, the older one stands by there. */
const known: Record<string, object> = {
  [app]: {
    CreationDate: "2026-11-20T00:00:00Z",
    Tags: tags({ Version: "v2.0.0", SourceAMI: hardened, GossReport: "sha256:1" }),
  },
  [appOld]: { CreationDate: "2026-11-10T00:00:00Z", Tags: tags({ Version: "v1.0.0", SourceAMI: hardened }) },
  [hardened]: { CreationDate: "2026-11-05T00:00:00Z", Tags: tags({ SourceAMI: base }) },
  [base]: { CreationDate: "2026-11-01T00:00:00Z", Tags: [] },
};

let parameters: Record<string, string>;
/** Another region's, which the project names or not: its parameters, what fails there, and the copy of the app's image. */
let elsewhere: { parameters: Record<string, string>; fault?: string };
const copy = "ami-0000000f0000000f0";
let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const nameOtherRegion = () =>
  writeFileSync(path.join(folder, "Pulumi.prod.yaml"), "config: { aws:region: us-east-1 }\n");
function answerElsewhere(name: string, { Name, Value, Filters }: Input): object {
  if (elsewhere.fault !== undefined) throw Object.assign(new Error(elsewhere.fault), { name: "AccessDenied" });
  if (name === "DescribeImagesCommand") {
    expect(Filters).toEqual([{ Name: "tag:GossReport", Values: ["sha256:1"] }]);
    return { Images: [{ ImageId: copy }] };
  }
  if (name === "PutParameterCommand") {
    if (Name in elsewhere.parameters) throw new ParameterAlreadyExists({ message: Name, $metadata: {} });
    elsewhere.parameters[Name] = Value;
    return {};
  }
  expect(name).toBe("DeleteParameterCommand");
  if (!(Name in elsewhere.parameters)) throw new ParameterNotFound({ message: Name, $metadata: {} });
  delete elsewhere.parameters[Name];
  return {};
}
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  elsewhere = { parameters: {} };
  parameters = {
    "/bluegreen/images/v2.0.0": app,
    "/bluegreen/images/v1.0.0": appOld,
    "/bluegreen/images/hardened/latest": hardened,
    "/bluegreen/images/base/latest": base,
  };
});

interface Input {
  Path: string;
  Name: string;
  Value: string;
  Overwrite?: boolean;
  InstanceIds: string[];
  Filters: { Name: string; Values: string[] }[];
}

const answers: Record<string, (input: Input) => object> = {
  GetParametersByPathCommand: ({ Path }) => ({
    Parameters: Object.entries(parameters)
      .filter(([name]) => name.startsWith(`${Path}/`))
      .map(([Name, Value]) => ({ Name, Value })),
  }),
  PutParameterCommand: ({ Name, Value, Overwrite }) => {
    expect(Overwrite).toBe(false);
    if (Name in parameters) throw new ParameterAlreadyExists({ message: Name, $metadata: {} });
    parameters[Name] = Value;
    return {};
  },
  DeleteParameterCommand: ({ Name }) => {
    if (!(Name in parameters)) throw new ParameterNotFound({ message: Name, $metadata: {} });
    delete parameters[Name];
    return {};
  },
  DescribeImagesCommand: ({ Filters: [{ Name, Values }] }) => {
    if (Name === "tag:GossReport") return { Images: [{ ImageId: app }] };
    expect(Name).toBe("image-id");
    return { Images: Values.filter((id) => id in known).map((ImageId) => ({ ImageId, ...known[ImageId] })) };
  },
  DescribeAutoScalingGroupsCommand: () => ({
    AutoScalingGroups: [
      ["blue", "i-1"],
      ["green", "i-2"],
    ].map(([color, InstanceId]) => ({
      Tags: tags({ Environment: "prod", Color: color }),
      Instances: [{ InstanceId }],
      TargetGroupARNs: [`tg/${color}`],
    })),
  }),
  DescribeInstancesCommand: ({ InstanceIds: [id] }) => ({
    Reservations: [{ Instances: [{ ImageId: id === "i-1" ? appOld : app }] }],
  }),
  DescribeTargetGroupsCommand: () => ({ TargetGroups: [{ LoadBalancerArns: ["lb"] }] }),
  DescribeListenersCommand: () => ({
    Listeners: [
      { DefaultActions: [{ Type: "fixed-response" }] },
      {
        DefaultActions: [
          {
            Type: "forward",
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: "tg/blue", Weight: 0 },
                { TargetGroupArn: "tg/green", Weight: 100 },
              ],
            },
          },
        ],
      },
    ],
  }),
};

/** What a command printed, or how it was refused. */
async function ran(run: (context: Context) => Promise<void>) {
  const region = "eu-central-1";
  const client = <T extends { send: unknown }>(made: T, elsewhere?: string): T => {
    made.send = (command: { input: Input; constructor: { name: string } }) =>
      Promise.resolve().then(() =>
        elsewhere === undefined
          ? answers[command.constructor.name](command.input)
          : answerElsewhere(command.constructor.name, command.input),
      );
    return made;
  };
  const clients = {
    ssm: client(new SSMClient({ region })),
    ec2: client(new EC2Client({ region })),
    elb: client(new ElasticLoadBalancingV2Client({ region })),
    autoScaling: client(new AutoScalingClient({ region })),
  };
  const printed: string[] = [];
  const values: unknown[] = [];
  const ui = { result: (value: unknown, text: string) => (values.push(value), printed.push(text)) };
  const clientsIn = (region: string) => ({
    ssm: client(new SSMClient({ region }), region),
    ec2: client(new EC2Client({ region }), region),
  });
  const stackRef = { folder, stack: "dev" };
  const holder = { by: "alice@desk" };
  const open = () => Promise.resolve({ clients, clientsIn, stackRef, project: "bluegreen", holder, ui });
  const fault = await run({ ui, open } as unknown as Context).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { text: printed.join("\n"), value: values[0], fault };
}

const revoked = (what: string, options: RevokeOptions = { reason: "CVE-1" }) =>
  ran((context) => revoke(context, what, options));
const written = () => Object.keys(parameters).filter((name) => name.includes("/revoked/"));

test.each([
  ["v2.0.0", "v2.0.0", "v2.0.0", "prod green 100 %"],
  [app, app, "v2.0.0", "prod green 100 %"],
  ["hardened", hardened, "v2.0.0, v1.0.0, hardened", "prod green 100 %; prod blue, 1 stand by"],
  ["base", base, "v2.0.0, v1.0.0, hardened, base", "prod green 100 %; prod blue, 1 stand by"],
])(
  "given %s is revoked, then it is kept as %s, and whoever did it reads what that hits",
  async (what, key, names, runs) => {
    const { text } = await revoked(what);
    expect(written()).toEqual([`/bluegreen/images/revoked/${key}`]);
    expect(text).toContain(`Not to be released any more: ${names}.`);
    expect(text).toContain(`It runs on ${runs}: release another image there.`);
  },
);

test("an image that is none of the published ones is revoked by its id", async () => {
  const { text } = await revoked("ami-0000000f");
  expect(text).toMatch(/Not to be released any more: ami-0000000f\.\nNo stack runs it\.$/);
});

test.each([
  ["latest", { reason: "x" }, "usage", /can't be revoked. Allowed: an image id/],
  ["app", { reason: "x" }, "usage", /a layer \(base, hardened\)/],
  ["v2.0.0", {}, "usage", /Why is v2.0.0 revoked\? Say it: --reason/],
  ["v2.0.0", { reason: " " }, "usage", /Why is v2.0.0 revoked/],
  ["v9.9.9", { reason: "x" }, "refused", /No image of v9.9.9 is published/],
  ["v2.0.0", { undo: true }, "refused", /v2.0.0 is not revoked here/],
])("fails for %s with %j", async (what, options, code, words) => {
  expect((await revoked(what, options)).fault).toMatchObject({ code, message: expect.stringMatching(words) as string });
  expect(written()).toEqual([]);
});

test("fails when it is revoked already, and the first reason stays", async () => {
  await revoked("v2.0.0");
  const before = { ...parameters };
  expect((await revoked("v2.0.0", { reason: "another" })).fault).toMatchObject({ code: "refused" });
  expect(parameters).toEqual(before);
});

test("given a layer that was revoked, when that is undone, then it is by the layer's name, whatever its parameter says by now", async () => {
  await revoked("base");
  parameters["/bluegreen/images/base/latest"] = "ami-0000000e";
  expect((await revoked("base", { undo: true })).text).toBe(`${base} is not revoked any more (it was: CVE-1).`);
  expect(written()).toEqual([]);
});

test("fails when a layer was revoked twice, and names both", async () => {
  await revoked("base");
  parameters["/bluegreen/images/base/latest"] = "ami-0000000e";
  await revoked("base");
  expect((await revoked("base", { undo: true })).fault).toMatchObject({
    message: expect.stringMatching(/revoked 2 times. Name the one that is meant: ami-0000000d, ami-0000000e/) as string,
  });
  expect(written()).toHaveLength(2);
});

test("images: what is published, its age and layers, where it runs, and what is revoked and why", async () => {
  await revoked("hardened");
  const { text, value } = await ran(images);
  expect(value).toMatchObject([
    { published: "v2.0.0", layers: [hardened, base], runs: [{ stack: "prod", color: "green", percent: 100 }] },
    { published: "v1.0.0", layers: [hardened, base], runs: [{ stack: "prod", color: "blue", percent: 0 }] },
    { published: "hardened", layers: [base], runs: [], revoked: expect.stringMatching(/^is revoked/) as string },
    { published: "base", layers: [], runs: [] },
  ]);
  expect(text).toMatch(/v2\.0\.0 was built on the hardened image ami-0000000c, which is revoked \(CVE-1; alice@desk, /);
  expect(text.match(/REVOKED/g)).toHaveLength(3);
});

test("given a fleet whose image is not published and gone, then it is told all the same", async () => {
  delete parameters["/bluegreen/images/v2.0.0"];
  const { [app]: gone } = known;
  delete known[app];
  const { text } = await ran(images);
  known[app] = gone;
  expect(text).toMatch(/\? \(not published\) +│ ami-0000000a +│ gone/);
});

describe("given another region that a stack of the project names", () => {
  beforeEach(nameOtherRegion);
  const there = () => Object.keys(elsewhere.parameters).map((name) => name.split("/").at(-1));

  test("then a version is revoked there by its name, and an image by its own id and its copy's", async () => {
    expect((await revoked("v2.0.0")).text).toContain("\nIt holds in eu-central-1; us-east-1.\n");
    expect(there()).toEqual(["v2.0.0"]);
    expect((await revoked(app)).text).toContain(`\nIt holds in eu-central-1; us-east-1 (${app}, ${copy}).\n`);
    expect(there()).toEqual(["v2.0.0", app, copy]);
  });

  test("when it can't be written there, then what is done stays and is told, and the same command ends it", async () => {
    elsewhere.fault = "not authorized";
    expect((await revoked(app)).fault).toMatchObject({
      code: "failed",
      message: `${app} is revoked in eu-central-1. It is not revoked in us-east-1: AccessDenied: not authorized. Mend that, and give the same command again: what is done stays.`,
    });
    expect(written()).toHaveLength(1);
    elsewhere.fault = undefined;
    expect((await revoked(app)).fault).toBeUndefined();
    expect(there()).toEqual([app, copy]);
    expect((await revoked(app)).fault).toMatchObject({ code: "refused" });
  });

  test("when it is undone, then everywhere, also where a command before has failed", async () => {
    await revoked(app);
    elsewhere.fault = "not authorized";
    expect((await revoked(app, { undo: true })).fault).toMatchObject({
      message: expect.stringMatching(
        /may be released again in eu-central-1. It is still revoked in us-east-1/,
      ) as string,
    });
    elsewhere.fault = undefined;
    expect((await revoked(app, { undo: true })).fault).toBeUndefined();
    expect([...written(), ...there()]).toEqual([]);
  });
});
