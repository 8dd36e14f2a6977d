import { Instances, type Hardware } from "./ec2/instances.ts";
import type { NetworkAcls } from "./ec2/network-acls.ts";
import { Balancer, type BalancerArgs } from "./elb/balancer.ts";
import { httpProbe } from "./elb/probe.ts";
import { Targets } from "./elb/targets.ts";

/** All that serves requests: instances, who of them is registered where, and the load balancers in front. */
export interface DataPlane {
  readonly instances: Instances;
  readonly targets: Targets;
  readonly balancer: Balancer;
  /** Ends all of it. */
  end(): void;
}

/** Puts the data plane together; nothing runs until instances are started and a topology is applied. */
export function dataPlane(
  args: Omit<BalancerArgs, "targets"> & { hardware: Hardware; acls: Pick<NetworkAcls, "letThrough"> },
): DataPlane {
  const { clock, log, hardware, acls } = args;
  const instances = new Instances(hardware);
  const targets = new Targets({
    clock,
    probe: httpProbe,
    addressOf: (id, port) => instances.addressOf(id, port),
    zoneOf: (id) => instances.get(id)?.zone,
    isReachable: (id, subnetIds, port) => {
      const subnetId = instances.get(id)?.subnetId;
      return subnetId === undefined || subnetIds.every((from) => acls.letThrough(from, subnetId, port));
    },
    isRunning: (id) => instances.get(id)?.state === "running",
    log,
  });
  const balancer = new Balancer({ ...args, targets });
  return {
    instances,
    targets,
    balancer,
    end() {
      targets.end();
      instances.end();
      balancer.end();
    },
  };
}
