import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ConfigValue } from "../engine/settings.ts";
import { touchedResources, type OperationResult, type Progress } from "../../automation/protocol.ts";
import type { Color } from "../../deployment/model.ts";
import { fleetPartName, fleetParts } from "../../deployment/names.ts";
import type { RehearsalStack, RunOptions } from "../engine/stack.ts";
import type { Load, LoadWindow } from "../load/load.ts";
import type { Session } from "../session.ts";
import { autoScaling, elb } from "./aws.ts";

/** Settings of the stack with which a step begins or goes on, without the namespace; undefined: unset. */
export type Fixture = Readonly<Record<string, ConfigValue | undefined>>;

/** What a step has to tell for the table. Times in seconds from the command. */
export interface Findings {
  /** Logical names of the resources that were touched. */
  touched?: string[];
  /** From the command to the first answer of the colour that gains, and to the last of the one that loses. */
  firstNew?: number;
  lastOld?: number;
  /** Whole length of the step's own update. */
  updateSeconds?: number;
  /** Requests that no blue/green system could have saved, in a step that takes a machine away by force. */
  lostWithMachine?: number;
  /** Requests that a bad image failed by itself, with the share of the traffic that was to find that out. */
  lostToCanary?: number;
  note?: string;
}

/** One step of the scenario. */
export interface Step {
  name: string;
  title: string;
  /** The settings that the stack must have before it; undefined: any. */
  from?: (context: Context) => Fixture;
  /** Rejects when anything is off, with what was expected and what came. */
  run(context: Context): Promise<Findings>;
}

/** What the steps share: the session, the load, and what they need to say in one line. */
export class Context {
  load: Load | undefined;
  /** The settings of the last update that succeeded. */
  fixture: Fixture | undefined;
  /** The settings as the release commands have left them; undefined: the last update was a step's own. */
  handed: Fixture | undefined;
  private applied: Fixture = {};

  readonly session: Session;
  /** Requests a second of the constant load. */
  readonly rate: number;
  /** Seconds that a step watches the traffic after it moved. */
  readonly watchSeconds: number;

  constructor(session: Session, rate: number, watchSeconds: number) {
    this.session = session;
    this.rate = rate;
    this.watchSeconds = watchSeconds;
  }

  /** Gets what is going on, a line at a time. */
  onLine: (line: string) => void = () => undefined;

  say(line: string): void {
    this.onLine(line);
  }

  /** Sets all settings and updates; says each resource as it is touched. */
  async update(fixture: Fixture, options: RunOptions = {}): Promise<OperationResult> {
    this.apply(fixture);
    this.handed = undefined;
    const result = await this.session.stack.up({ onProgress: this.progress, ...options });
    if (result.ok) this.fixture = fixture;
    return result;
  }

  /** Sets all settings for an operation that the caller starts. */
  apply(fixture: Fixture): void {
    const unset = Object.fromEntries(Object.keys(this.applied).map((key) => [key, undefined]));
    this.session.set({ ...unset, ...fixture });
    this.applied = fixture;
  }

  /** Takes the settings over that the release commands have written, for the updates to come. */
  async adopt(): Promise<void> {
    const fixture: Fixture = { ...this.applied, ...(await releasedSettings(this.session.stack)) };
    this.apply(fixture);
    this.fixture = this.handed = fixture;
  }

  /** Updates and expects success. */
  async updated(fixture: Fixture): Promise<OperationResult> {
    const result = await this.update(fixture);
    if (!result.ok) throw new Error(`the update was expected to succeed, but: ${result.error}`);
    return result;
  }

  /** Updates, expects a refusal that says `words`, and that nothing but what `mayTouch` names was touched. */
  async refused(fixture: Fixture, words: RegExp, mayTouch: string[] = []): Promise<OperationResult> {
    const result = await this.update(fixture);
    if (result.ok) throw new Error(`the update was expected to be refused with ${words}, but it succeeded`);
    if (!words.test(result.error ?? ""))
      throw new Error(`expected a refusal with ${words}, but it said: ${result.error}`);
    const others = touchedResources(result).filter((name) => !mayTouch.includes(name));
    if (others.length > 0) throw new Error(`a refused update touched ${others.join(", ")}`);
    return result;
  }

  readonly progress = (progress: Progress): void => {
    if (progress.kind === "resource" && progress.status !== "done") this.say(`${progress.op} ${progress.name}`);
    if (progress.kind === "diagnostic") this.say(progress.message.split("\n")[0]);
  };

  /** The load since a mark, or between two; rejects when there is none. */
  async traffic(since: number, to?: number): Promise<LoadWindow> {
    if (!this.load) throw new Error("no load is running: begin with a step that brings the stack up");
    if (!this.load.running) throw new Error("the load ended by itself; give it more time");
    return this.load.window(since, to);
  }

  /** Where the main listener really listens, and the preview listener. */
  async urls(): Promise<{ main: string; preview: string }> {
    const own = `bluegreen-${this.session.stack.stackRef.stack}-`;
    const balancer = (await this.session.state()).loadBalancers.find(({ name }) => name.startsWith(own));
    const at = (port: number) => balancer?.listeners.find((listener) => listener.port === port)?.url ?? "";
    return { main: at(80), preview: at(9090) };
  }

  /** Sets a fleet's desired capacity, as Auto Scaling does under more or less load, and waits for the instances. */
  async scaleTo(color: Color, count: number): Promise<void> {
    const { fleets } = await this.session.stack.outputs();
    const client = autoScaling(this);
    const AutoScalingGroupName = fleets[color].groupName;
    await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: count }));
    await until(`${color} serves with ${count} instances`, 60, async () => (await this.healthy(color)) === count);
  }

  /** How many targets of a colour get requests. */
  async healthy(color: Color): Promise<number> {
    const { targetGroupArns } = await this.session.stack.outputs();
    const asked = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArns[color] });
    const { TargetHealthDescriptions = [] } = await elb(this).send(asked);
    return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length;
  }

  async instances(color: string) {
    return (await this.session.state()).instances.filter((instance) => instance.color === color);
  }
}

/** Settings that the release commands write. */
const releaseSettings = [
  ...["activeColor", "blueAmi", "greenAmi", "standby"],
  ...["standbyWeight", "capacityFloor", "previewSize"],
];

/** What the release commands have written into a stack's settings. */
export async function releasedSettings({ stackRef }: Pick<RehearsalStack, "stackRef">): Promise<Fixture> {
  const file = path.join(stackRef.folder, `Pulumi.${stackRef.stack}.yaml`);
  const { config } = parse(await readFile(file, "utf8")) as { config: Fixture };
  return Object.fromEntries(releaseSettings.map((name) => [name, config[`bluegreen:${name}`]]));
}

/** What a new image on a colour changes: its fleet, and the dashboard, which names the group. */
export const touchedByImage = (color: Color): string[] => [
  ...fleetParts.map((part) => fleetPartName(color, part)),
  "monitoring-dashboard",
];

/** Rejects unless the very resources were touched. */
export function expectTouched(result: OperationResult, expected: string[]): void {
  const names = touchedResources(result).sort();
  if (names.join() !== [...expected].sort().join()) {
    throw new Error(
      `expected ${expected.join(", ") || "nothing"} to be touched, but it was: ${names.join(", ") || "nothing"}`,
    );
  }
}

export const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/** Asks until `holds` or the time is over. */
export async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(0.1);
  }
}
