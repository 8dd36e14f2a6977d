import * as pulumi from "@pulumi/pulumi";
import type { AclFacts, SubnetFacts } from "../deployment/network-fit.ts";
import type { Readiness } from "../aws/readiness.ts";
import type { Color } from "../deployment/model.ts";
import { named, runProgram, type Registered, type Run } from "./program.ts";

export { runProgram, type Run } from "./program.ts";

const live = { weights: undefined as Record<Color, number> | undefined };
/** What a fleet was waited for by. */
type Awaited = Pick<Readiness, "color" | "timeout">;
/** The fleets that the program has waited for in this test, in that order. */
export const awaited: Awaited[] = [];

// Here and not in each test: a mock counts for every module that is loaded after it, and the program is loaded last.
jest.mock("../aws/describe.ts", () => ({
  ...jest.requireActual<object>("../aws/describe.ts"),
  liveWeights: () => Promise.resolve(live.weights),
  listenerTraffic: () => Promise.resolve(live.weights && { weights: live.weights, foreign: [] }),
  targetHealth: () => Promise.resolve([{ Target: { Id: "i-1" }, TargetHealth: { State: "healthy" } }]),
  autoScalingGroup: () =>
    Promise.resolve({ DesiredCapacity: 1, Instances: [{ InstanceId: "i-1", LifecycleState: "InService" }] }),
}));
jest.mock("../aws/network.ts", () => ({
  networkReader: () => (ids: string[]) => {
    const vpcId = pulumi.runtime.allConfig()["bluegreen:vpcId"];
    const facts: NetworkOfTest = { subnets: ids.map((id, index) => soundSubnet(id, index, vpcId)), acls: [] };
    return Promise.resolve().then(() => (network.spoil?.(facts), facts));
  },
}));
jest.mock("../aws/readiness.ts", () => ({
  waitUntilReady: (_: unknown, readiness: Awaited) => Promise.resolve(void awaited.push(readiness)),
}));

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
/** What a test may change of an existing VPC. */
interface NetworkOfTest {
  subnets: Writable<SubnetFacts>[];
  acls?: AclFacts[];
}
/** What is wrong in this test with an existing VPC, whose subnets stand in zones a and b in turn; undefined: nothing. */
export const network = { spoil: undefined as ((facts: NetworkOfTest) => unknown) | undefined };
const soundSubnet = (id: string, index: number, vpcId: string): Writable<SubnetFacts> => ({
  id,
  vpcId,
  zone: `eu-central-1${"ab"[index % 2]}`,
  cidr: `10.0.${index}.0/24`,
  freeAddresses: 250,
});

export const v1 = "ami-11111111";
export const v2 = "ami-22222222";
export const v3 = "ami-33333333";
/** Carries a boot gate. */
export const gated = "ami-44444444";
/** What dev asks for beside an image. */
export const office = { allowedCidrs: ["192.0.2.0/24"] };

/** What the program warned of in this test, and what it told. */
export const warnings: string[] = [];
export const told: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  told.length = 0;
  jest.spyOn(pulumi.log, "info").mockImplementation((message) => Promise.resolve(void told.push(message)));
  jest.spyOn(pulumi.log, "warn").mockImplementation((message) => Promise.resolve(void warnings.push(message)));
  live.weights = undefined;
  network.spoil = undefined;
  awaited.length = 0;
});

/** The resources of a type, by the last part of its token. */
export const ofType = (run: Run, type: string) =>
  run.resources.filter((resource) => resource.type.endsWith(`:${type}`));

/** What the resource of that name was given; there must be one. */
export const inputsOf = (run: Run, name: string) => named(run.resources, name).inputs as Record<string, never>;

/** What a release changes. */
export interface Setting extends Record<string, unknown> {
  activeColor: Color;
  standby: string;
  standbyWeight: number;
  blueAmi: string;
  greenAmi: string;
}

/** Blue serves, green is warm with the next version. */
export const start: Setting = { activeColor: "blue", standby: "warm", standbyWeight: 0, blueAmi: v1, greenAmi: v2 };

/** Names of the resources whose inputs differ between two runs. */
function changed(before: Run, after: Run): string[] {
  const inputs = (resources: Registered[]) =>
    new Map(resources.map(({ name, inputs: given }) => [name, JSON.stringify(given)]));
  const [from, to] = [inputs(before.resources), inputs(after.resources)];
  return [...new Set([...from.keys(), ...to.keys()])].filter((name) => from.get(name) !== to.get(name)).sort();
}

/** Runs dev with one setting and then with another, both on top of `start`; AWS is as the first left it. */
export async function transition(
  from: Partial<Setting>,
  to: Partial<Setting>,
): Promise<{ changes: string[]; waitedFor: string[] }> {
  const fixed = { ...office, ...start };
  const before = await runProgram("dev", { ...fixed, ...from });
  live.weights = before.outputs.weights as Record<Color, number>;
  awaited.length = 0;
  const after = await runProgram("dev", { ...fixed, ...to }, before.outputs);
  return { changes: changed(before, after), waitedFor: [...new Set(awaited.map(({ color }) => color))].sort() };
}
