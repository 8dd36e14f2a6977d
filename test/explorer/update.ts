import { copyOf } from "./copy.ts";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { DeployedStack } from "../../components/deployed.ts";
import {
  deletionFault,
  groupFault,
  preemptedFault,
  takesInstances,
  templateFault,
  type FleetFault,
} from "../../components/fleet-guards.ts";
import type { Clients } from "../../cli/clients.ts";
import { awsTime } from "../../aws/clock.ts";
import { askGate } from "../../aws/gate.ts";
import { liveWeights } from "../../aws/describe.ts";
import { withCode, type ErrorCode } from "../../deployment/error-codes.ts";
import { lockVariable, overrideVariable } from "../../deployment/variables.ts";
import { planUpdate } from "../../deployment/plan.ts";
import { waitUntilReady } from "../../aws/readiness.ts";
import { askLock } from "../../aws/release-lock.ts";
import { concernsRelease, olderSettingsFault, revisionIn } from "../../components/release-revision.ts";
import { itemKey, type ReadItem } from "../../aws/releases-item.ts";
import {
  byColor,
  colors,
  servingColor,
  shares,
  type ByColor,
  type Capacity,
  type Color,
  type Plan,
} from "../../deployment/model.ts";
import type { Settings } from "../../config/schema.ts";
import { arns, listenerArn, tableName, type Aws } from "./aws.ts";
import type { Process } from "./simulation.ts";
import {
  EngineError,
  foundation,
  machineOf,
  type OperationType,
  type Resource,
  type State,
  type Steps,
  urn,
} from "./engine-state.ts";

/** One operation of the engine. */
export class Update {
  private readonly state: State;
  private readonly backend: Steps;
  private readonly aws: Aws;
  private readonly process: Process;
  private readonly settings: Settings;
  private readonly print: (line: string) => void;
  private readonly clients: Clients;
  /** Colours whose group this update has made anew. */
  private readonly remade: Color[] = [];
  private readonly readItem: ReadItem = async (TableName, pk) => {
    const { dynamodb } = this.clients;
    const { Item: item } = await dynamodb.send(
      new GetItemCommand({ TableName, Key: itemKey(pk), ConsistentRead: true }),
    );
    return { item, at: awsTime(dynamodb) };
  };

  constructor(backend: Steps, aws: Aws, process: Process, settings: Settings, print: (line: string) => void) {
    this.print = print;
    this.clients = aws.clients();
    [this.backend, this.aws, this.process, this.settings] = [backend, aws, process, settings];
    this.state = copyOf(backend.state);
    // What was cut off while it was updated or deleted is forgotten; what was being created stays (pkg/backend/snapshot.go).
    this.state.pending = this.state.pending.filter(({ type }) => type === "creating");
  }

  async refresh(): Promise<void> {
    await this.backend.step("read what is there", () => {
      const there = (id: string) => this.aws.groups.find(({ name }) => name === id);
      this.state.resources = this.state.resources.filter(
        ({ id, capacity, group }) =>
          (capacity === undefined || there(id)) && (group === undefined || there(group)?.policies.includes(id)),
      );
      for (const one of this.state.resources) {
        const group = there(one.id);
        if (group) one.capacity = { minSize: group.min, maxSize: group.max };
        if (one.weights) one.weights = { ...this.aws.weights };
      }
    });
    await this.save();
  }

  async up(): Promise<void> {
    const { clients, settings } = this;
    const last = this.state.outputs?.deployed;
    const live = await liveWeights(clients, listenerArn, arns);
    if (last === undefined) throw new Error("the stack has never been brought up");
    // As components/deployed.ts reads it.
    const deployed: DeployedStack = {
      ...last,
      weights: live ?? last.weights,
      activeColor: servingColor(live ?? last.weights, last.activeColor),
      listenerArn,
      targetGroupArns: arns,
      releasesTable: tableName,
    };
    const images = {
      blue: settings.blueAmi ?? settings.greenAmi ?? "",
      green: settings.greenAmi ?? settings.blueAmi ?? "",
    };
    const machines = byColor((color) => machineOf(images[color]));
    const { plan, refusals } = planUpdate({ ...settings, machines, foundation }, deployed);
    refusals.push(...(await this.olderSettings(plan, deployed)));
    if (refusals.length > 0) this.refuse("update-refused", "This update is refused and nothing was changed", refusals);
    const since = this.simulatedNow();
    const fleets = async (chosen: readonly Color[]) => {
      for (const color of chosen) await this.fleet(color, plan, deployed, since);
    };
    await fleets(plan.beforeListener);
    await this.listener(plan, deployed);
    await fleets(colors.filter((color) => !plan.beforeListener.includes(color)));
    for (const color of this.remade) {
      const groupName = this.resource(`app-${color}-group`)?.id ?? "";
      const what = `The earlier group of ${color} would be deleted`;
      this.refuseFault(await preemptedFault(this.readItem, deployed, what));
      this.refuseFault(await deletionFault({ clients, deployed, plan }, color, groupName));
    }
    const groupNames = byColor((color) => this.resource(`app-${color}-group`)?.id ?? "");
    const capacity = byColor((color) => this.resource(`app-${color}-group`)?.capacity ?? { minSize: 0, maxSize: 0 });
    const made = byColor((color) => machineOf(this.resource(`app-${color}-template`)?.image ?? ""));
    const weights = this.resource("app-listener")?.weights ?? plan.weights;
    this.state.outputs = {
      deployed: { activeColor: settings.activeColor, weights, machines: made, capacity, foundation },
      groupNames,
    };
    await this.save();
    for (const old of this.state.resources.filter((one) => one.delete)) {
      await this.mutate(old.name, "deleting", () => old.capacity && this.deleteGroup(old.id));
      this.state.resources = this.state.resources.filter((one) => one !== old);
      await this.save();
    }
  }

  private simulatedNow = (): number => this.aws.simulation.time + this.process.skew;

  private resource(name: string): Resource | undefined {
    return this.state.resources.find((one) => one.name === name && !one.delete);
  }

  private async fleet(color: Color, plan: Plan, deployed: DeployedStack, since: number): Promise<void> {
    const template = this.resource(`app-${color}-template`);
    const image = plan.machines[color].imageId;
    if (template === undefined) throw new Error(`no template of ${color}`);
    const guarded = { clients: this.clients, deployed, plan };
    if (template.image !== image) {
      const guard = async () => {
        this.refuseFault(await preemptedFault(this.readItem, deployed, `The launch template of ${color} would change`));
        this.refuseFault(await templateFault(guarded, color));
      };
      await this.mutate(template.name, "updating", () => undefined, guard);
      [template.image, template.version] = [image, String(Number(template.version) + 1)];
      await this.save();
    }
    const group = await this.group(color, template, plan.capacity[color], (before) => async () => {
      const change = { before, after: plan.capacity[color] };
      const what = `The group of ${color} would be replaced or cut down`;
      if (takesInstances(change)) this.refuseFault(await preemptedFault(this.readItem, deployed, what));
      this.refuseFault(await groupFault(guarded, color, change));
    });
    await this.policy(color, group.id);
    if (!plan.awaited.includes(color)) return;
    const { minSize } = plan.capacity[color];
    const readiness = { color, groupName: group.id, targetGroupArn: arns[color], minSize, since };
    const serves = Boolean(deployed.weights[color]);
    await waitUntilReady(
      this.clients,
      { ...readiness, serves, timeout: this.settings.readinessTimeout },
      () => undefined,
    );
  }

  private async group(
    color: Color,
    template: Resource,
    capacity: Capacity,
    guard: (before: Capacity | undefined) => () => Promise<void>,
  ): Promise<Resource> {
    const name = `app-${color}-group`;
    const { minSize: min, maxSize: max } = capacity;
    const now = this.resource(name);
    if (now !== undefined && now.version === template.version) {
      if (now.capacity?.minSize !== min || now.capacity.maxSize !== max) {
        await this.mutate(name, "updating", () => this.aws.updateGroup(now.id, min, max), guard(now.capacity));
        now.capacity = capacity;
        await this.save();
      }
      return now;
    }
    const id = `${name}-${this.suffix()}`;
    const [image, version] = [template.image ?? "", template.version ?? ""];
    const create = () => this.aws.createGroup({ name: id, color, image, version, min, max });
    await this.mutate(name, "creating", create, guard(undefined));
    this.remade.push(color);
    if (now) now.delete = true;
    const made = { name, id, version, capacity };
    this.state.resources.push(made);
    await this.save();
    return made;
  }

  private async policy(color: Color, group: string): Promise<void> {
    const name = `app-${color}-cpu`;
    const now = this.resource(name);
    if (now?.group === group) return;
    const id = `${name}-${this.suffix()}`;
    await this.mutate(name, "creating", () => {
      const { policies } = this.aws.groupOf(group);
      if (policies.length > 0)
        throw new Error("Only one TargetTrackingScaling policy for a given metric specification");
      policies.push(id);
    });
    if (now) now.delete = true;
    this.state.resources.push({ name, id, group });
    await this.save();
  }

  private async listener(
    { weights, capacity, abortTo, machines, beforeListener }: Plan,
    deployed: DeployedStack,
  ): Promise<void> {
    const now = this.resource("app-listener");
    if (now?.weights === undefined) throw new Error("no listener");
    const old = now.weights;
    if (colors.every((color) => weights[color] === old[color])) return;
    const groupNames: Partial<ByColor<string>> = {};
    for (const color of beforeListener) groupNames[color] = this.resource(`app-${color}-group`)?.id;
    const versions = byColor((color) => this.aws.images.find(({ id }) => id === machines[color].imageId)?.version);
    const gate = async () => {
      const reasons = await askGate({
        clients: this.clients,
        weights,
        capacity,
        abortTo,
        targetGroupArns: arns,
        groupNames,
        pending: [],
        versions,
        paths: byColor((color) => machines[color].versionPath),
        preview: { protocol: "http", host: "dev.elb", port: 9090 },
        listener: { arn: listenerArn, weights: old },
        lock: (moves) => askLock(this.readItem, deployed.releasesTable, moves),
        note: () => undefined,
      });
      if (reasons.length > 0)
        this.refuse(
          "gate-closed",
          `The health gate keeps the listener as it is; ${shares(weights)} was asked for`,
          reasons,
        );
    };
    await this.mutate(now.name, "updating", () => this.aws.modifyListener(weights), gate);
    now.weights = weights;
    await this.save();
  }

  private async olderSettings(plan: Plan, deployed: DeployedStack): Promise<string[]> {
    if (this.process.env[lockVariable] || !concernsRelease(plan, deployed)) return [];
    try {
      const last = revisionIn((await this.readItem(tableName, "settings")).item);
      return [olderSettingsFault("dev", this.settings.releaseRevision, plan, deployed, last) ?? []].flat();
    } catch {
      return [];
    }
  }

  private refuseFault(fault: FleetFault | undefined): void {
    if (fault) this.refuse("fleet-guarded", fault.what, fault.reasons);
  }

  private deleteGroup(id: string): void {
    if (this.aws.groups.some(({ name }) => name === id)) this.aws.deleteGroup(id);
  }

  private refuse(code: ErrorCode, what: string, reasons: readonly string[]): void {
    if (this.process.env[overrideVariable]) return;
    const text = `${what}, but:\n${reasons.map((reason) => `  - ${reason}`).join("\n")}`;
    throw new EngineError(withCode({ code }, text));
  }

  /**
   * One resource's change: it is pending in the state meanwhile, and stays so where the engine ends in it.
   * @param before the hook of the resource, which the engine asks behind its note in the state (pkg/resource/deploy/step.go)
   */
  private async mutate(
    name: string,
    type: OperationType,
    change: () => unknown,
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    if (this.process.interrupted) throw new EngineError("update canceled");
    const operation = { name, type };
    this.state.pending.push(operation);
    await this.save();
    const over = () => (this.state.pending = this.state.pending.filter((one) => one !== operation));
    try {
      await before();
      await this.backend.step(`${type} ${name}`, change);
    } catch (error) {
      over();
      await this.save();
      throw error;
    }
    over();
    const metadata = {
      op: type.replace("ing", "e"),
      urn: urn(name),
      type: urn(name).split("::")[2],
      new: { custom: true },
    };
    this.print(JSON.stringify({ resOutputsEvent: { metadata } }));
  }

  private async save(): Promise<void> {
    const written = copyOf(this.state);
    await this.backend.step("write the state", () => {
      this.backend.state = written;
    });
  }

  private suffix = (): string => this.aws.simulation.draw().toString(16).padStart(7, "0");
}
