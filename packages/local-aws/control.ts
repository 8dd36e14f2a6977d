import type { CallLog } from "./call-log.ts";
import type { Group } from "./autoscaling/model.ts";
import type { Alarms } from "./cloudwatch/alarms.ts";
import type { RunningCloudWatch } from "./cloudwatch/start.ts";
import type { StateValue } from "./cloudwatch/missing-data.ts";
import type { Instances } from "./ec2/instances.ts";
import type { Addresses } from "./elb/addresses.ts";
import type { Balancer } from "./elb/balancer.ts";
import type { ElbService } from "./elb/service.ts";
import { forwardsOf } from "./elb/topology.ts";
import { type Fault, type FaultInjection, faults } from "./fault-injection.ts";
import type { HeldCalls } from "./held-calls.ts";

/** A load balancer as it really runs here. */
export interface LoadBalancerState {
  name: string;
  arn: string;
  /** Its address on this machine. */
  dnsName: string;
  /**
   * `port` is the listener's in AWS's world, `url` where it really listens; `weights` are those of its default action, by
   * the target group's ARN.
   */
  listeners: { arn: string; port: number; url: string; weights: Record<string, number> }[];
}

/** An Auto Scaling group as it is now. */
export interface GroupState {
  name: string;
  targetGroups: string[];
  /** Ids of its instances that are InService. */
  inService: string[];
}

/** An instance as it really runs here. */
export interface InstanceState {
  id: string;
  group?: string;
  color: string;
  version: string;
  /** Absent while no process runs: it crashed and starts again, or its machine died. */
  pid?: number;
  address: string;
  port: number;
  state: "running" | "stopped" | "dead";
}

/** What `GET /rehearsal/state` answers. */
export interface CloudState {
  loadBalancers: LoadBalancerState[];
  instances: InstanceState[];
  groups: GroupState[];
  /** States of the alarms, by name. */
  alarms: Record<string, StateValue>;
  /** Actions of the calls that are held. */
  held: string[];
}

/** What the control paths tell about and act on. */
export interface ControlArgs {
  elb: Pick<ElbService, "topology">;
  balancer: Pick<Balancer, "url">;
  addresses: Addresses;
  instances: Instances;
  groups: ReadonlyMap<string, Group>;
  faults: FaultInjection;
  heldCalls: HeldCalls;
  alarms: Pick<Alarms, "list">;
  cloudWatch: Pick<RunningCloudWatch, "delayAlarms">;
  calls: Pick<CallLog, "list" | "begin">;
}

function stateOf({ elb, balancer, addresses, instances, groups, alarms, heldCalls }: ControlArgs): CloudState {
  return {
    loadBalancers: elb.topology.loadBalancers.map(({ name, arn }) => ({
      name,
      arn,
      dnsName: addresses.of(name),
      listeners: elb.topology.listeners
        .filter((listener) => listener.loadBalancerArn === arn)
        .flatMap((listener) => {
          const url = balancer.url(listener.arn);
          const weights = Object.fromEntries(
            listener.defaultActions.flatMap(forwardsOf).map(({ arn, weight }) => [arn, weight]),
          );
          return url ? [{ arn: listener.arn, port: listener.port, url, weights }] : [];
        }),
    })),
    instances: instances.list().map((instance) => ({
      id: instance.id,
      group: instance.group,
      color: instance.color,
      version: instance.version,
      pid: instance.machine.pid,
      address: instance.host,
      port: instance.port,
      state: instance.machine.dead ? "dead" : instance.state === "stopped" ? "stopped" : "running",
    })),
    groups: [...groups.values()].map(({ name, targetGroups, members }) => ({
      name,
      targetGroups,
      inService: [...members.values()].flatMap(({ id, lifecycle }) => (lifecycle === "InService" ? [id] : [])),
    })),
    alarms: Object.fromEntries(alarms.list().map(({ name, state }) => [name, state.value])),
    held: heldCalls.held,
  };
}

/**
 * The paths that AWS doesn't have: `GET /rehearsal/state`; `GET /rehearsal/calls`, who called what; `POST /rehearsal/callers/NAME`, after
 * which the provider's calls are that caller's; `POST /rehearsal/alarm-lag/N`, after which alarms come N AWS seconds late;
 * `POST /rehearsal/instances/ID/kill`, which lets a machine die;
 * `POST /rehearsal/hold/ACTION`, after which the next call of that action does not land before `POST /rehearsal/release`;
 * and `POST /rehearsal/faults/FAULT/N`,
 * after which the next N calls of AWS's API fail so. Undefined for an unknown path, instance or fault.
 */
export function controlPaths(args: ControlArgs): (method: string, path: string) => unknown {
  return (method, path) => {
    if (method === "GET" && path === "/rehearsal/state") {
      return stateOf(args);
    }
    if (method === "GET" && path === "/rehearsal/calls") {
      return args.calls.list();
    }
    const caller = /^\/rehearsal\/callers\/([a-z-]+)$/.exec(path)?.[1];
    if (method === "POST" && caller) {
      args.calls.begin(caller);
      return { caller };
    }
    const lag = /^\/rehearsal\/alarm-lag\/(\d+)$/.exec(path)?.[1];
    if (method === "POST" && lag) {
      args.cloudWatch.delayAlarms(Number(lag));
      return { lag: Number(lag) };
    }
    const action = /^\/rehearsal\/hold\/(\w+)$/.exec(path)?.[1];
    if (method === "POST" && action) {
      args.heldCalls.hold(action);
      return { hold: action };
    }
    if (method === "POST" && path === "/rehearsal/release") {
      const { held } = args.heldCalls;
      args.heldCalls.release();
      return { released: held };
    }
    const [, name, calls] = /^\/rehearsal\/faults\/([a-z]+)\/(\d+)$/.exec(path) ?? [];
    const fault = faults.find((known): known is Fault => known === name);
    if (method === "POST" && fault) {
      args.faults.inject(fault, Number(calls));
      return { fault, calls: Number(calls) };
    }
    const id = /^\/rehearsal\/instances\/([^/]+)\/kill$/.exec(path)?.[1];
    return method === "POST" && id && args.instances.kill(id) ? { killed: id } : undefined;
  };
}
