import type { Alarms } from "./cloudwatch/alarms";
import type { StateValue } from "./cloudwatch/missing-data";
import type { Instances } from "./ec2/instances";
import type { ServiceStore } from "./ec2/store";
import type { Addresses } from "./elb/addresses";
import type { Balancer } from "./elb/balancer";
import type { ElbService } from "./elb/service";

/** A load balancer as it really runs here. */
export interface LoadBalancerState {
  name: string;
  arn: string;
  /** Its address on this machine. */
  dnsName: string;
  /** `port` is the listener's in AWS's world, `url` where it really listens. */
  listeners: { arn: string; port: number; url: string }[];
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
  /** States of the alarms, by name. */
  alarms: Record<string, StateValue>;
  /** Number of the schema that the backing store of services that are processes has; absent before any has started. */
  storeSchema?: number;
}

/** What the control paths tell about and act on. */
export interface ControlArgs {
  elb: Pick<ElbService, "topology">;
  balancer: Pick<Balancer, "url">;
  addresses: Addresses;
  instances: Instances;
  alarms: Pick<Alarms, "list">;
  serviceStore: Pick<ServiceStore, "schema">;
}

function stateOf({ elb, balancer, addresses, instances, alarms, serviceStore }: ControlArgs): CloudState {
  return {
    loadBalancers: elb.topology.loadBalancers.map(({ name, arn }) => ({
      name,
      arn,
      dnsName: addresses.of(name),
      listeners: elb.topology.listeners
        .filter((listener) => listener.loadBalancerArn === arn)
        .flatMap((listener) => {
          const url = balancer.url(listener.arn);
          return url ? [{ arn: listener.arn, port: listener.port, url }] : [];
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
    alarms: Object.fromEntries(alarms.list().map(({ name, state }) => [name, state.value])),
    storeSchema: serviceStore.schema,
  };
}

/**
 * The paths that AWS doesn't have: `GET /rehearsal/state`; `POST /rehearsal/instances/ID/kill`, which lets a machine die;
 * and `POST /rehearsal/store/schema/N`, after which the services' store has that schema. Undefined for an unknown path or
 * instance.
 */
export function controlPaths(args: ControlArgs): (method: string, path: string) => unknown {
  return (method, path) => {
    if (method === "GET" && path === "/rehearsal/state") {
      return stateOf(args);
    }
    const schema = /^\/rehearsal\/store\/schema\/([1-9]\d*)$/.exec(path)?.[1];
    if (method === "POST" && schema) {
      args.serviceStore.schema = Number(schema);
      return { schema: Number(schema) };
    }
    const id = /^\/rehearsal\/instances\/([^/]+)\/kill$/.exec(path)?.[1];
    return method === "POST" && id && args.instances.kill(id) ? { killed: id } : undefined;
  };
}
