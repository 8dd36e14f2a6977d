import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsClients } from "../aws/clients.ts";
import type { DeployedStack } from "./deployed.ts";
import { deletionFault, preemptedFault } from "./fleet-guards.ts";
import { fleetHooks } from "./fleet-hooks.ts";
import { Fleet, type FleetArgs } from "./fleet.ts";
import { askGate } from "../aws/gate.ts";
import { known } from "./known.ts";
import type { PreviewEndpoint } from "../aws/preview.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { InstanceRole } from "./instance-role.ts";
import { refuseFault, refuseUnlessOverridden, warnOfRefusal } from "./override.ts";
import { PreviewListener } from "./preview-listener.ts";
import { askLock } from "../aws/release-lock.ts";
import type { ReadItem } from "../aws/releases-item.ts";
import { createRedirectListener } from "./redirect-listener.ts";
import { weightsIn } from "../deployment/listener-weights.ts";
import type { RollbackReadiness } from "../deployment/rollback-readiness.ts";
import { rollbackReady } from "./rollback-ready.ts";
import { createTargetGroup, type TargetGroupArgs } from "./target-group.ts";
import { byColor, colors, shares, type ByColor, type Color, type Plan } from "../deployment/model.ts";

type SharedFleetArgs = Pick<
  FleetArgs,
  | "environment"
  | "settingsPath"
  | "spotPercentage"
  | "subnetIds"
  | "securityGroupId"
  | "keyArn"
  | "healthCheckGracePeriod"
  | "deregistrationDelay"
  | "tags"
>;

export interface BlueGreenArgs {
  clients: AwsClients;
  /** Asks the stack's table. */
  readItem: ReadItem;
  plan: Plan;
  /** The colour that is declared to serve. */
  activeColor: Color;
  deployed?: DeployedStack;
  /** Root device and tagged version of each colour's image. */
  images: ByColor<{ rootDeviceName: string; version?: string }>;
  /** What is wrong with a colour's image where it is revoked, as words behind its name; default: none is. */
  revoked?: ByColor<string | undefined>;
  loadBalancer: LoadBalancer;
  previewPort: number;
  domain?: string;
  /** Certificates (PEM) of private authorities that the health gate believes beside the public ones. */
  authorities?: string;
  /** Seconds. */
  readinessTimeout: number;
  targetGroup: Omit<TargetGroupArgs, "color" | "healthCheckPath">;
  fleet: SharedFleetArgs;
  /** What each colour's instances may do. */
  roles: ByColor<InstanceRole>;
  /** What must stand before an instance starts. */
  prerequisites: pulumi.Resource[];
}

/**
 * Blue and green behind one weighted listener. The order is the safety: fleets that are to get requests first, then the
 * listener behind its health gate, then the fleet that gets none. The direction turns with `activeColor`.
 */
export class BlueGreen extends pulumi.ComponentResource {
  readonly listener: aws.lb.Listener;
  readonly targetGroups: ByColor<aws.lb.TargetGroup>;
  readonly fleets: ByColor<Fleet>;
  /** Percent of the requests, as the listener has it once its update is through. */
  readonly weights: pulumi.Output<ByColor<number>>;
  readonly rollbackReady: pulumi.Output<RollbackReadiness>;
  /**
   * Rejects as soon as a fleet that is waited for is given up. The program must wait for it and so end with it: what
   * depends on such a fleet is never registered.
   */
  readonly settled: Promise<unknown>;

  constructor(name: string, args: BlueGreenArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:BlueGreen", name, {}, opts);
    const { clients, readItem, plan, deployed, loadBalancer } = args;
    const { tags } = args.fleet;
    this.targetGroups = byColor((color) =>
      createTargetGroup(
        { ...args.targetGroup, color, healthCheckPath: plan.machines[color].healthCheckPath },
        { parent: this },
      ),
    );
    const preview = new PreviewListener(
      `${name}-preview`,
      {
        loadBalancerArn: loadBalancer.arn,
        listenerProtocol: loadBalancer.listenerProtocol,
        port: args.previewPort,
        targetGroups: this.targetGroups,
        tags,
      },
      { parent: this },
    );

    const since = Date.now();
    const fleets: Partial<ByColor<Fleet>> = {};
    const addFleet = (color: Color, after: pulumi.Resource[]) =>
      (fleets[color] = new Fleet(
        `${name}-${color}`,
        {
          ...args.fleet,
          color,
          machine: plan.machines[color],
          capacity: plan.capacity[color],
          rootDeviceName: args.images[color].rootDeviceName,
          instanceProfileArn: args.roles[color].instanceProfileArn,
          targetGroup: this.targetGroups[color],
          loadBalancerArnSuffix: loadBalancer.arnSuffix,
          awaited: plan.awaited.includes(color)
            ? {
                clients: args.clients,
                serves: Boolean(args.deployed?.weights[color]),
                timeout: args.readinessTimeout,
                since,
              }
            : undefined,
          prerequisites: [...args.roles[color].policies, ...args.prerequisites, preview.rules[color], ...after],
          guards: deployed && fleetHooks(`${name}-${color}`, { color, clients, readItem, plan, deployed }),
        },
        { parent: this },
      ));

    const serving = plan.beforeListener.map((color) => addFleet(color, []));
    this.listener = this.createListener(name, args, serving);
    if (loadBalancer.listenerProtocol.protocol === "HTTPS") {
      createRedirectListener(
        `${name}-redirect`,
        { loadBalancerArn: loadBalancer.arn, tags },
        { parent: this, dependsOn: [this.listener] },
      );
    }
    for (const color of colors) if (!fleets[color]) addFleet(color, [this.listener]);
    this.fleets = byColor((color) => fleets[color] as Fleet);

    this.settled = Promise.all(colors.map((color) => this.fleets[color].settled)).then(() =>
      this.beforeDeletions(args),
    );
    this.weights = this.listenerWeights();
    this.rollbackReady = rollbackReady({
      clients: args.clients,
      plan,
      activeColor: args.activeColor,
      revoked: args.revoked,
      targetGroups: this.targetGroups,
      fleets: this.fleets,
      weights: this.weights,
    });
    this.registerOutputs({ weights: this.weights });
  }

  private createListener(name: string, args: BlueGreenArgs, serving: Fleet[]): aws.lb.Listener {
    const { loadBalancer, plan } = args;
    const gate = this.healthGate(name, args, serving);
    return new aws.lb.Listener(
      `${name}-listener`,
      {
        loadBalancerArn: loadBalancer.arn,
        port: loadBalancer.port,
        ...loadBalancer.listenerProtocol,
        defaultActions: [
          {
            type: "forward",
            forward: {
              targetGroups: colors.map((color) => ({ arn: this.targetGroups[color].arn, weight: plan.weights[color] })),
              // Stated with its duration even though it is off: AWS reports one, and an unstated one shows as a change.
              stickiness: { enabled: false, duration: 3600 },
            },
          },
        ],
        tags: args.fleet.tags,
      },
      {
        parent: this,
        dependsOn: serving.map((fleet) => fleet.ready),
        hooks: { beforeCreate: [gate], beforeUpdate: [gate] },
      },
    );
  }

  /**
   * Runs right before the listener is created or updated; when it throws, nothing has moved. A preview asks it, too, of all
   * that the update will find as it is now, and warns.
   */
  private healthGate(name: string, args: BlueGreenArgs, serving: Fleet[]): pulumi.ResourceHook {
    const { clients, plan, loadBalancer } = args;
    const arns = pulumi.output(byColor((color) => this.targetGroups[color].arn));
    const dryRun = pulumi.runtime.isDryRun();
    const gate = async ({ oldOutputs, newInputs }: pulumi.ResourceHookArgs) => {
      const pending = dryRun ? await this.changedFirst(clients, plan.beforeListener, newInputs) : [];
      if (pending.length > 0) {
        const message = `This update changes ${pending.join(" and ")} first; the health gate will be asked once that is done.`;
        void pulumi.log.info(message, this);
      }
      if (dryRun && pulumi.containsUnknowns(newInputs)) return;
      const groupNames: Partial<ByColor<string>> = { ...args.deployed?.groupNames };
      for (const [index, color] of plan.beforeListener.entries()) {
        if (!pending.includes(color)) groupNames[color] = await known(serving[index].groupName);
      }
      const [targetGroupArns, host] = await Promise.all([known(arns), known(loadBalancer.dnsName)]);
      const preview: PreviewEndpoint = {
        protocol: loadBalancer.listenerProtocol.protocol === "HTTPS" ? "https" : "http",
        host,
        port: args.previewPort,
        domain: args.domain,
        authorities: args.authorities,
      };
      const old = oldOutputs as ListenerOutputs | undefined;
      const reasons = await askGate({
        clients,
        weights: plan.weights,
        capacity: plan.capacity,
        abortTo: plan.abortTo,
        targetGroupArns,
        groupNames,
        pending,
        versions: byColor((color) => args.images[color].version),
        paths: byColor((color) => plan.machines[color].versionPath),
        preview,
        lock: (moves) => askLock(args.readItem, args.deployed?.releasesTable, moves),
        listener: old?.arn ? { arn: old.arn, weights: weightsIn(old.defaultActions, targetGroupArns) } : undefined,
        note: (message) => void pulumi.log.info(message, this),
      });
      if (reasons.length === 0) return;
      if (dryRun)
        return warnOfRefusal(
          "gate-closed",
          `The health gate would let no listener change to ${shares(plan.weights)}`,
          reasons,
        );
      refuseUnlessOverridden(
        "gate-closed",
        `The health gate keeps the listener as it is; ${shares(plan.weights)} was asked for`,
        reasons,
      );
    };
    return new pulumi.ResourceHook(`${name}-health-gate`, gate, { onDryRun: true });
  }

  /** In a preview: the colours whose fleets the update will have changed by the time that it asks the gate. */
  private async changedFirst(clients: AwsClients, candidates: Color[], listener: unknown): Promise<Color[]> {
    if (pulumi.containsUnknowns(listener)) return candidates;
    const groups = await Promise.all(candidates.map((color) => this.fleets[color].unchanged(clients)));
    return candidates.filter((_, index) => groups[index] === undefined);
  }

  /**
   * The engine deletes replaced groups when the program has ended well, so the program looks once more before it ends. A
   * beforeDelete hook would do it, too, but the engine then refuses every `pulumi destroy` that does not run the program.
   */
  private async beforeDeletions({ clients, deployed, plan, readItem }: BlueGreenArgs): Promise<void> {
    if (!deployed || pulumi.runtime.isDryRun()) return;
    for (const color of colors) {
      const groupName = await this.fleets[color].newGroup();
      if (groupName === undefined) continue;
      refuseFault(await preemptedFault(readItem, deployed, `The earlier group of ${color} would be deleted`));
      refuseFault(await deletionFault({ clients, deployed, plan }, color, groupName));
    }
  }

  private listenerWeights(): pulumi.Output<ByColor<number>> {
    const arns = byColor((color) => this.targetGroups[color].arn);
    return pulumi.all([this.listener.defaultActions, arns]).apply(([actions, known]) => weightsIn(actions, known));
  }
}

interface ListenerOutputs {
  arn: string;
  defaultActions: aws.types.output.lb.ListenerDefaultAction[];
}
