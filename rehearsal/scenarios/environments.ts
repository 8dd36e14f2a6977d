import { parse, stringify } from "yaml";
import { DeleteLoadBalancerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { catalog } from "../images/catalog.ts";
import type { RehearsalStack } from "../engine/stack.ts";
import { startLoad } from "../load/load.ts";
import { dynamodb, elb } from "./aws.ts";
import { alone } from "./census.ts";
import { quick } from "./commands.ts";
import { runCommand } from "./commands-process.ts";
import { commandStep, imageOf, toRelease } from "./commands-step.ts";
import { expectServing, type Stack } from "./commands-watch.ts";
import { releasedSettings, type Context, type Step, type Fixture } from "./context.ts";
import { type Deployed, expectAsDeclared, settingsOf } from "./declared.ts";
import { makeCertificate, makeZone, removeCertificate, removeZone } from "./domains.ts";
import { expectHttps } from "./https.ts";
import { withProjectFile } from "./project-file.ts";
import { fixtures } from "./release.ts";
import { other } from "../../deployment/model.ts";

/** An environment that stands beside dev. */
interface Environment {
  readonly name: string;
  readonly domain: string;
  readonly stack: RehearsalStack;
  readonly outputs: Stack & Deployed;
  /** The load balancer's address on this machine. */
  readonly at: string;
  /** What was compared with its file. */
  readonly shape: string;
}

/** Milliseconds that a new colour's p95 may be above the old one's; 100 is the default. */
const p95Slack = 2000;

const zoneName = "rehearsal.test";

/** Who may use the preview listener: whoever rehearses. Of the files' settings none is replaced. */
const previewCidrs = ["127.0.0.0/8"];

/** Brings an environment up from its file, with what the file asks to be added, and looks whether all is as it says. */
async function bringUp(
  context: Context,
  name: string,
  added: { readonly blueAmi: string; readonly certificateArn: string; readonly domain: string },
): Promise<Environment> {
  context.say(`${name} comes up`);
  const stack = context.session.stackOf(name, { ...added, previewCidrs });
  const result = await alone(context, name, () => stack.up({ onProgress: context.progress }));
  if (!result.ok) throw new Error(`${name} was to come up, but: ${result.error}`);
  const outputs = result.outputs as unknown as Environment["outputs"];
  const shape = await expectAsDeclared(context, await settingsOf(name, added), outputs);
  const { loadBalancers } = await context.session.state();
  const own = loadBalancers.find(({ listeners }) => listeners.some(({ arn }) => arn === outputs.listenerArn));
  const { domain } = added;
  const environment = { name, domain, stack, outputs, at: own?.dnsName ?? "", shape };
  await expectHttps(context, domain, environment.at, versionOf(context, added.blueAmi));
  return environment;
}

function versionOf({ session }: Context, image: string): string {
  const known = catalog.find(({ name }) => session.images[name] === image);
  if (!known) throw new Error(`${image} is no image of the catalog`);
  return known.version;
}

const set = (stack: RehearsalStack, settings: Fixture): void =>
  stack.setConfig(Object.fromEntries(Object.entries(settings).map(([key, value]) => [`bluegreen:${key}`, value])));

/** Runs with another limit for a new colour's latency: 12 processes that start on two cores say nothing of a release. */
function withPatience<T>(context: Context, run: () => Promise<T>): Promise<T> {
  const patient = (text: string): string =>
    stringify({ limits: { ...(parse(text) as { limits: object }).limits, p95Slack } });
  return withProjectFile(context, patient, run);
}

const releaseTo = (context: Context, name: string, version: string, exit = 0, words?: RegExp) =>
  alone(context, name, () => runCommand(context, ["release", version, ...quick, "--stack", name], exit, words));

/** What dev serves goes to prod by the real command; prod takes nothing that staging has not served. */
async function promote(context: Context, image: string, staging: Environment, prod: Environment): Promise<void> {
  const version = versionOf(context, image);
  const early = new RegExp(
    `staging has not served ${version} \\(ami-\\w+\\) and kept it.*bluegreen release ami-\\w+ --stack staging`,
  );
  await releaseTo(context, "prod", version, 3, early);
  for (const { name, domain, at, outputs, stack } of [staging, prod]) {
    await releaseTo(context, name, version);
    // What the command has written is how the stack is, for the operations to come.
    set(stack, await releasedSettings(stack));
    await expectServing(context, outputs, other(outputs.activeColor));
    await expectHttps(context, domain, at, version);
  }
}

/** A protected environment can't be destroyed, by the engine nor by hand, until its setting says so. */
async function refuseDestroy(context: Context, { name, stack, outputs }: Environment): Promise<void> {
  context.say(`${name} is protected`);
  // As a person types it. With --skip-preview the engine would refuse only at the protected resources, when all that
  // depends on them is gone.
  const refused = await stack.destroy({ preview: true });
  if (refused.ok || !/cannot be deleted\s+because it is protected/.test(refused.error ?? "")) {
    throw new Error(`destroy of ${name} was to be refused, but: ${refused.error ?? "it went through"}`);
  }
  const LoadBalancerArn = outputs.listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
  await expectRefusal(elb(context).send(new DeleteLoadBalancerCommand({ LoadBalancerArn })), /deletion protection/);
  const { tableName } = outputs.releases;
  await expectRefusal(dynamodb(context).send(new DeleteTableCommand({ TableName: tableName })), /protect/i);
}

async function expectRefusal(call: Promise<unknown>, words: RegExp): Promise<void> {
  const error = await call.then(
    () => undefined,
    (caught: Error) => caught,
  );
  if (!words.test(error?.message ?? "")) throw new Error(`AWS was to refuse with ${words}, but: ${error?.message}`);
}

async function liftProtection(context: Context, { name, stack }: Environment): Promise<void> {
  set(stack, { deletionProtection: false });
  const lifted = await alone(context, name, () => stack.up({ onProgress: context.progress }));
  if (!lifted.ok) throw new Error(`the protection of ${name} was to be lifted, but: ${lifted.error}`);
}

async function destroy(context: Context, { name, stack }: Environment): Promise<void> {
  context.say(`${name} is destroyed`);
  const gone = await alone(context, name, () => stack.destroy({ onProgress: context.progress }));
  if (!gone.ok) throw new Error(`${name} was to be destroyed, but: ${gone.error}`);
}

/** Rejects unless all of a stack is in AWS as the state has it. */
async function expectUntouched(stack: RehearsalStack): Promise<void> {
  const seen = await stack.refresh({ previewOnly: true });
  const differs = seen.changes.map(({ name, diff }) => `${name} (${diff.join(", ")})`);
  if (!seen.ok || differs.length > 0)
    throw new Error(`${stack.stackRef.stack} differs: ${seen.error ?? differs.join(", ")}`);
}

const step = commandStep(
  "environments",
  "staging and prod come up beside dev as their files say: HTTPS, promotion, protection, and none touches another",
  async (scene) => {
    const { context } = scene;
    const { serving, image: blueAmi } = await toRelease(scene);
    const zone = await makeZone(context, zoneName);
    const domains = { staging: `staging.${zoneName}`, prod: `www.${zoneName}` };
    const certificates = {
      staging: await makeCertificate(context, domains.staging, zone),
      prod: await makeCertificate(context, domains.prod, zone),
    };
    try {
      const settings = (name: "staging" | "prod") => ({
        blueAmi,
        domain: domains[name],
        certificateArn: certificates[name],
      });
      const staging = await bringUp(context, "staging", settings("staging"));
      const prod = await bringUp(context, "prod", settings("prod"));
      const load = await startLoad({ url: `https://${prod.at}:20443/`, rate: 20 });
      const image = await imageOf(context, serving);
      await withPatience(context, () => promote(context, image, staging, prod)).finally(() => load.stop());
      const { sent, failed, errors } = await load.window();
      if (failed > 0) throw new Error(`${failed} of ${sent} requests to prod failed, the first: ${errors[0].failure}`);
      await alone(context, "none", () => refuseDestroy(context, prod));
      await liftProtection(context, prod);
      await destroy(context, prod);
      await expectUntouched(staging.stack);
      await destroy(context, staging);
      await expectUntouched(context.session.stack);
      for (const arn of Object.values(certificates)) await removeCertificate(context, arn);
      await removeZone(context, zone);
      const note = `staging: ${staging.shape}; prod: ${prod.shape}; ${sent} requests to prod by HTTPS, 0 failed`;
      return { touched: [], note };
    } finally {
      await context.session.stack.select();
    }
  },
);

/** It begins with whatever dev serves. */
export const environments: Step = {
  ...step,
  from: (context) => context.handed ?? context.fixture ?? fixtures.blue(context),
};
