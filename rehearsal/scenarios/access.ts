import type { ConfigOverrides } from "../engine/settings.ts";
import type { Fault } from "@bluegreen/local-aws";
import { touchedResources } from "../../automation/protocol.ts";
import type { Context, Step } from "./context.ts";
import { fixtures } from "./release.ts";

/** A way to AWS that is closed, and what the update and its preview say. */
interface Closed {
  readonly what: string;
  readonly config?: ConfigOverrides;
  readonly fault?: Fault;
  readonly words: RegExp;
}

const region: ConfigOverrides = { "aws:region": "eu-central-1" };
const noRegion: ConfigOverrides = { "aws:region": undefined };
const closed: readonly Closed[] = [
  { what: "no region", config: noRegion, words: /^There is no AWS region: .* Set it: pulumi config set aws:region / },
  { what: "expired credentials", fault: "expired", words: /^The credentials have expired: get new ones, / },
  {
    what: "a network that is down",
    fault: "unreachable",
    words: /^AWS can't be reached from here: check the network, /,
  },
  {
    what: "the wrong account",
    config: { "aws:allowedAccountIds": ["999999999999"] },
    words: /^These credentials are of account \d+, but aws:allowedAccountIds has 999999999999\. /,
  },
  {
    what: "a setting of the provider that can't be followed",
    config: { "aws:ec2MetadataServiceEndpoint": "http://127.0.0.1:1" },
    words: /^aws:ec2MetadataServiceEndpoint can't be followed here\. Set AWS_EC2_METADATA_SERVICE_ENDPOINT/,
  },
];

const every = 1_000_000;

/** Trips over one closed way: one line, and nothing is made. */
async function expectRefused(context: Context, { what, config = {}, fault, words }: Closed): Promise<void> {
  const { stack } = context.session;
  context.say(what);
  stack.setConfig(config);
  if (fault) await context.session.injectFault(fault, every);
  try {
    const { error = "" } = await context.refused(fixtures.blue(context), words);
    if (error.includes("\n")) throw new Error(`${what} was to give one line, but it said: ${error}`);
  } finally {
    stack.setConfig({ ...unset(config), ...region });
    if (fault) await context.session.injectFault(fault, 0);
  }
}

const unset = (config: ConfigOverrides): ConfigOverrides =>
  Object.fromEntries(Object.keys(config).map((key) => [key, undefined]));

/** Before there is anything, so that anything would be seen. */
export const access: Step = {
  name: "access",
  title: "region, credentials, network or account are wrong: one line each, nothing is made",
  async run(context) {
    const { stack } = context.session;
    stack.setEnv({ AWS_REGION: "" });
    for (const way of closed) await expectRefused(context, way);
    stack.setConfig(noRegion);
    stack.setEnv({ AWS_DEFAULT_REGION: "eu-central-1" });
    context.apply(fixtures.blue(context));
    const preview = await stack.preview();
    if (!preview.ok) throw new Error(`AWS_DEFAULT_REGION alone was to do, but: ${preview.error}`);
    stack.setConfig(region);
    return {
      touched: [],
      note: `${closed.length} of ${closed.length} refused; AWS_DEFAULT_REGION alone will do, ${touchedResources(preview).length} resources planned`,
    };
  },
};
