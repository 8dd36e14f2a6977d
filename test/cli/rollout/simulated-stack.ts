import { gateVerdict } from "../../../deployment/gate-verdict.ts";
import { withCode } from "../../../deployment/error-codes.ts";
import { planUpdate } from "../../../deployment/plan.ts";
import {
  byColor,
  colors,
  servingColor,
  type ByColor,
  type Capacity,
  type Color,
  type LaunchSpec,
  type Plan,
} from "../../../deployment/model.ts";
import { newRecord, type Begun } from "../../../cli/store/record.ts";
import type { FleetFacts, ReleaseRecord, ReleaseSettings, LiveState } from "../../../cli/state/model.ts";
import { settingsOf, type Outputs } from "../../../cli/state/stack-state.ts";
import { stackOutputsOf } from "../../stack-outputs.ts";
import { instance, v1, v2 } from "../worlds.ts";

/** The process was killed: nothing that it does from then on has any effect. */
export class Killed extends Error {}

const v0 = { ...v1, imageId: "ami-00000000000000000", version: "v0.9.0" };
export const goalImage = { ...v2, gossReport: "sha256:1" };
const images = [v0, v1, goalImage];

export interface Scenario {
  /** Who serves v1 at the beginning, and with how many instances. */
  readonly serving: Color;
  readonly size: number;
  readonly standby: "off" | "warm";
  /** The new image's instances never get healthy. */
  readonly neverHealthy: boolean;
  /** What each look at the new colour finds in turn; after the last one all is well. */
  readonly looks: readonly boolean[];
  /** Whether an instance joins the serving fleet, look at the world by look; after the last one none does. */
  readonly growth: readonly boolean[];
  /** At which of its moments each run is killed; the run after the last one lives. */
  readonly kills: readonly number[];
}

export const bounds = { minSize: 2, maxSize: 6 } as const;

interface Group extends Capacity {
  imageId: string;
  desired: number;
  healthy: number;
}

/**
 * A stack whose updates are planned, guarded and gated by the program's own rules, in its order, on fleets and a listener
 * that are mere numbers. It notes what harm comes to traffic or to a fleet that has some.
 */
export class SimulatedStack {
  live: ByColor<number>;
  recorded: ByColor<number>;
  groups: ByColor<Group>;
  file: ReleaseSettings;
  pending: string[] = [];
  readonly records: ReleaseRecord[] = [];
  readonly harm: string[] = [];
  /** Whether the run before was killed. */
  tookOver = false;
  private deployed: Outputs["deployed"];
  private moments = 0;
  private killAt = Infinity;
  dead = false;
  private readonly looks: boolean[];
  private readonly growth: boolean[];

  private readonly scenario: Scenario;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    const { serving, size, standby } = scenario;
    this.looks = [...scenario.looks];
    this.growth = [...scenario.growth];
    const shares = (color: Color) => (color === serving ? 100 : 0);
    [this.live, this.recorded] = [byColor(shares), byColor(shares)];
    const off = { minSize: 0, maxSize: 0, desired: 0, healthy: 0 };
    const on = { ...bounds, desired: size, healthy: size };
    this.groups = byColor((color) =>
      color === serving ? { imageId: v1.imageId, ...on } : { imageId: v0.imageId, ...(standby === "off" ? off : on) },
    );
    const capacity = byColor((color) => ({ minSize: this.groups[color].minSize, maxSize: this.groups[color].maxSize }));
    const machines = byColor((color) => machine(this.groups[color].imageId));
    this.deployed = {
      ...stackOutputsOf().deployed,
      activeColor: serving,
      weights: { ...this.live },
      machines,
      capacity,
      foundation,
    };
    this.file = this.settings();
  }

  /** Another run begins; it is killed at that moment. */
  begin(killAt = Infinity): void {
    this.tookOver = this.dead;
    [this.moments, this.killAt, this.dead] = [0, killAt, false];
  }

  /** Something is about to happen, or has just happened. */
  moment(): void {
    if (this.dead) throw new Killed();
    if (++this.moments > 2_000) this.harm.push("a run goes on for ever");
    if (this.moments !== this.killAt && this.moments <= 2_000) return;
    this.dead = true;
    throw new Killed();
  }

  world(): LiveState {
    this.moment();
    this.grow();
    const { recorded, live, pending } = this;
    return {
      stack: "dev",
      at: Date.now(),
      weights: { live, recorded },
      foreign: [],
      record: this.records.at(-1),
      earlier: this.records.slice(0, -1).reverse(),
      pending,
      unknownGroups: [],
      unknownPolicies: [],
      changedGroups: [],
      fleets: byColor((color) => this.fleet(color)),
      alarms: { blue: [], green: [] },
      loadBalancerAlarms: [],
      settings: { deployed: this.settings(), file: this.file },
    };
  }

  /** What the state says, as far as the commands ask for it. */
  outputs(): Outputs {
    return stackOutputsOf({ deployed: this.deployed });
  }

  /** Whether a look at the new colour finds it well. */
  look(): boolean {
    this.moment();
    return this.looks.shift() ?? true;
  }

  write(settings: ReleaseSettings): void {
    this.moment();
    this.file = { ...settings };
    this.moment();
  }

  openRecord(begun: Begun): ReleaseRecord {
    const record = newRecord(begun, new Date());
    this.saveRecord(record);
    return record;
  }

  saveRecord(record: ReleaseRecord): void {
    this.moment();
    const at = this.records.findIndex(({ id }) => id === record.id);
    if (at >= 0 && this.records[at].outcome !== "running") throw new Error("a record that has ended was written");
    this.records.splice(at < 0 ? this.records.length : at, 1, record);
    this.moment();
  }

  /** Reads the world into the state, as `pulumi refresh --clear-pending-creates` does. */
  refresh(): void {
    this.moment();
    this.recorded = this.live;
    this.pending = [];
    this.moment();
  }

  /** As `pulumi up` does it; returns the names of what it touched. @throws Error as the engine reports it */
  up(): string[] {
    this.moment();
    if (this.pending.length > 0) this.harm.push("an update over pending operations");
    const { blueAmi = "", greenAmi = "", ...rest } = this.file;
    const machines = { blue: machine(blueAmi), green: machine(greenAmi) };
    const before = { ...this.deployed, machines: byColor((color) => machine(this.deployed.machines[color].imageId)) };
    const { plan, refusals } = planUpdate(
      { ...rest, ...bounds, machines, foundation },
      // As components/deployed.ts reads it.
      { ...before, weights: this.live, activeColor: servingColor(this.live, before.activeColor), foundation },
    );
    if (refusals.length > 0) throw new Error(withCode({ code: "update-refused" }, refusals.join("\n")));
    const touched: string[] = [];
    const fleets = (group: readonly Color[]) => {
      for (const color of group) this.updateFleet(color, plan.machines[color].imageId, plan.capacity[color], touched);
    };
    fleets(plan.beforeListener);
    if (colors.some((color) => plan.weights[color] !== this.recorded[color])) {
      this.gate(plan);
      this.resource("app-listener", touched, () => this.setWeights(plan.weights));
      this.recorded = plan.weights;
    }
    fleets(colors.filter((color) => !plan.beforeListener.includes(color)));
    const { weights, capacity } = plan;
    this.deployed = { ...this.deployed, weights, capacity, machines: plan.machines, activeColor: rest.activeColor };
    this.moment();
    return touched;
  }

  private settings(): ReleaseSettings {
    return settingsOf(this.outputs(), this.live, bounds.minSize);
  }

  private updateFleet(color: Color, imageId: string, { minSize, maxSize }: Capacity, touched: string[]): void {
    const now = this.groups[color];
    if (now.imageId !== imageId || now.minSize !== minSize || now.maxSize !== maxSize) {
      this.resource(`app-${color}-group`, touched, () => {
        const desired = Math.min(maxSize, Math.max(minSize, now.desired));
        if (this.live[color] > 0 && imageId !== now.imageId) this.harm.push(`${color}'s image changed under traffic`);
        if (this.live[color] > 0 && desired < now.desired) this.harm.push(`${color} shrank under traffic`);
        const dies = this.scenario.neverHealthy && imageId === goalImage.imageId;
        this.groups[color] = { imageId, minSize, maxSize, desired, healthy: dies ? 0 : desired };
      });
    }
    const { desired, healthy } = this.groups[color];
    if (healthy < desired) throw new Error(withCode({ code: "fleet-not-ready", color }, "no luck"));
  }

  private gate({ weights, capacity, abortTo }: Plan): void {
    const observed = byColor((color) => ({
      ...this.groups[color],
      registered: this.groups[color].desired,
      staleTargets: [],
    }));
    const { recorded, live } = this;
    const reasons = gateVerdict({
      weights,
      recorded,
      live,
      foreign: [],
      capacity,
      abortTo,
      pending: [],
      observed,
      preview: {},
    });
    if (reasons.length > 0) throw new Error(withCode({ code: "gate-closed" }, reasons.join("\n")));
  }

  /** A change of one resource: cut off before or behind it, it stays pending in the state. */
  private resource(name: string, touched: string[], change: () => void): void {
    this.pending = [`urn:pulumi:dev::bluegreen::some:type::${name}`];
    this.moment();
    change();
    this.moment();
    this.pending = [];
    touched.push(name);
  }

  private setWeights(weights: ByColor<number>): void {
    if (weights.blue + weights.green !== 100) this.harm.push(`the weights are ${JSON.stringify(weights)}`);
    for (const color of colors)
      if (weights[color] > 0 && this.groups[color].healthy === 0) this.harm.push(`${color} gets traffic, and is dead`);
    this.live = weights;
  }

  private grow(): void {
    const group = this.groups[servingColor(this.live, this.deployed.activeColor)];
    if (!this.growth.shift() || group.desired >= group.maxSize) return;
    group.desired += 1;
    group.healthy += 1;
  }

  private fleet(color: Color): FleetFacts {
    const { minSize, maxSize, desired, healthy } = this.groups[color];
    // As the commands read it: what a fleet is made of is what the last update that succeeded says.
    const { imageId } = this.deployed.machines[color];
    const image = images.find((candidate) => candidate.imageId === imageId) ?? { imageId };
    return {
      color,
      groupName: `app-${color}-group`,
      image,
      capacity: { minSize, maxSize },
      desired,
      healthy,
      registered: desired,
      staleTargets: [],
      suspended: [],
      instances: Array.from({ length: desired }, (_, index) => instance(color, index)),
    };
  }
}

const foundation = { vpcCidr: "10.0.0.0/16", availabilityZoneCount: 2, appPort: 3000, https: true };

const machine = (imageId: string): LaunchSpec => ({
  imageId,
  instanceType: "t3.small",
  detailedMonitoring: true,
  bootGate: false,
  healthCheckPath: "/readyz",
  versionPath: "/version",
});
