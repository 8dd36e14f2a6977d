import type { Clock } from "../clock.ts";
import { AwsError } from "@bluegreen/query-protocol";
import { afterCheck, registering, unanswered } from "./health.ts";
import type { Probe } from "./probe.ts";
import {
  describeTarget,
  describeUnregistered,
  isInEnabledZone,
  isWanted,
  type Pool,
  type Target,
  type TargetHealthDescription,
  type WantedTarget,
} from "./target-health.ts";
import { usage, type Topology } from "./topology.ts";

/** A real check may take this many milliseconds however fast AWS's time runs: this machine doesn't run faster. */
const leastProbeTimeout = 1000;

/** AWS seconds from a target's registration to its first health check. */
const registrationTime = 1;

/** What the registry needs from the rest of the cloud. */
export interface TargetsArgs {
  clock: Clock;
  probe: Probe;
  /** Where an instance's port really is. */
  addressOf: (id: string, port: number) => { host: string; port: number } | undefined;
  /** The instance's zone; undefined where nobody knows. */
  zoneOf: (id: string) => string | undefined;
  /** Whether requests from these subnets reach a port of the instance. */
  isReachable: (id: string, subnetIds: readonly string[], port: number) => boolean;
  /** Whether EC2 lists the instance as running. */
  isRunning: (id: string) => boolean;
  log: (line: string) => void;
}

/** Who is registered where, and how well: the truth behind DescribeTargetHealth, the proxy and ELB health checks. */
export class Targets {
  private readonly pools = new Map<string, Pool>();

  private readonly args: TargetsArgs;

  constructor(args: TargetsArgs) {
    this.args = args;
  }

  /** Takes over target groups and their use after a change of Elastic Load Balancing. */
  apply(topology: Topology): void {
    const users = usage(topology);
    const known = new Set(topology.targetGroups.map((group) => group.arn));
    for (const arn of this.pools.keys()) {
      if (!known.has(arn)) {
        this.pools.delete(arn);
      }
    }
    for (const group of topology.targetGroups) {
      const pool = this.pools.get(group.arn);
      const used = users.has(group.arn);
      const balancers = topology.loadBalancers.filter(({ arn }) => users.get(group.arn)?.has(arn));
      const zones = new Set(balancers.flatMap((balancer) => balancer.zones));
      const subnetIds = balancers.flatMap((balancer) => balancer.subnetIds);
      if (!pool) {
        const empty = { targets: new Map<string, Target>(), healthy: [], open: [], turn: 0 };
        this.pools.set(group.arn, { group, used, zones, subnetIds, ...empty });
        continue;
      }
      pool.group = group;
      pool.zones = zones;
      pool.subnetIds = subnetIds;
      if (used !== pool.used) {
        pool.used = used;
        for (const target of pool.targets.values()) {
          target.health = registering;
        }
      }
      this.refresh(pool);
    }
  }

  /** Forgets everything, so that no health check follows. */
  end(): void {
    this.pools.clear();
  }

  pool(arn: string): Pool | undefined {
    return this.pools.get(arn);
  }

  /** Registers targets; ones that were draining serve again. */
  register(arn: string, targets: WantedTarget[]): void {
    const pool = this.require(arn);
    for (const { id, port = pool.group.port } of targets) {
      if (!this.args.isRunning(id)) {
        throw new AwsError(
          "InvalidTarget",
          `The following targets are not in a running state and cannot be registered: '${id}'`,
        );
      }
      const key = `${id}:${port}`;
      const known = pool.targets.get(key);
      if (known && !known.draining) {
        continue;
      }
      const address = this.args.addressOf(id, port);
      const zone = this.args.zoneOf(id);
      const target: Target = { id, port, zone, health: registering, draining: false, inFlight: 0, address };
      pool.targets.set(key, target);
      void this.check(pool, key, target);
    }
    this.refresh(pool);
  }

  /**
   * Deregisters targets: no new requests from now on; those in flight go on.
   * @returns Settles when the deregistration delay is over and the targets are gone.
   */
  async deregister(arn: string, targets: WantedTarget[]): Promise<void> {
    const pool = this.require(arn);
    const leaving = [...pool.targets].filter(([, target]) => targets.some((want) => isWanted(target, want)));
    for (const [, target] of leaving) {
      target.draining = true;
    }
    this.refresh(pool);
    const delay = Number(pool.group.attributes["deregistration_delay.timeout_seconds"] ?? 300);
    await this.args.clock.sleep(pool.used && leaving.length > 0 ? delay : 0);
    for (const [key, target] of leaving) {
      if (target.draining && pool.targets.get(key) === target) {
        pool.targets.delete(key);
      }
    }
  }

  /** EC2 terminated an instance: Elastic Load Balancing deregisters it everywhere by itself. */
  forget(id: string): void {
    for (const arn of this.pools.keys()) {
      void this.deregister(arn, [{ id }]);
    }
  }

  /** EC2 stopped an instance: it gets no more requests. */
  refreshAll(): void {
    this.pools.forEach((pool) => this.refresh(pool));
  }

  /** Health of all targets of a group, or of those asked for. */
  describe(arn: string, wanted: WantedTarget[] = []): TargetHealthDescription[] {
    const pool = this.require(arn);
    const targets = [...pool.targets.values()];
    const describe = (target: Target): TargetHealthDescription =>
      describeTarget(pool, target, this.args.isRunning(target.id));
    if (wanted.length === 0) {
      return targets.map(describe);
    }
    return wanted.map((want) => {
      const target = targets.find((candidate) => isWanted(candidate, want));
      return target ? describe(target) : describeUnregistered(pool.group, want);
    });
  }

  /** Checks one target again and again, as long as it is registered. */
  private async check(pool: Pool, key: string, target: Target): Promise<void> {
    const { clock, probe, addressOf } = this.args;
    await clock.sleep(registrationTime);
    while (pool.targets.get(key) === target && this.pools.get(pool.group.arn) === pool) {
      const { healthCheck } = pool.group;
      const due = clock.sleep(healthCheck.interval);
      if (pool.used && !target.draining && isInEnabledZone(pool, target)) {
        const port = healthCheck.port === "traffic-port" ? target.port : Number(healthCheck.port);
        const timeout = Math.max(clock.milliseconds(healthCheck.timeout), leastProbeTimeout);
        const before = target.health;
        const reachable = this.args.isReachable(target.id, pool.subnetIds, port);
        const result = reachable ? await probe(addressOf(target.id, port), healthCheck, timeout) : unanswered;
        // A target that was reset meanwhile (its group came into or out of use) starts anew.
        if (target.health === before) {
          target.health = afterCheck(before, result, healthCheck);
          if (target.health.state !== before.state) {
            this.args.log(`${pool.group.name} ${target.id} is ${target.health.state}`);
          }
        }
        this.refresh(pool);
      }
      await due;
    }
  }

  private refresh(pool: Pool): void {
    pool.open = [...pool.targets.values()].filter(
      (target) => !target.draining && this.args.isRunning(target.id) && isInEnabledZone(pool, target),
    );
    pool.healthy = pool.used ? pool.open.filter((target) => target.health.state === "healthy") : [];
  }

  private require(arn: string): Pool {
    const pool = this.pools.get(arn);
    if (!pool) {
      throw new AwsError("TargetGroupNotFound", "One or more target groups not found");
    }
    return pool;
  }
}
