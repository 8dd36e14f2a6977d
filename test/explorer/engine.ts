import { copyOf } from "./copy.ts";
import { byColor, colors, type ByColor, type CurrentState } from "../../deployment/model.ts";
import { arns, balancerArn, listenerArn, tableName, type Aws } from "./aws.ts";
import { EngineError, settingsOf, type State, type StateLock, types, urn } from "./engine-state.ts";
import type { Process, Simulation } from "./simulation.ts";
import { Update } from "./update.ts";

/** The state of one stack in a file backend, and the engine that updates it as index.ts declares it. */
export class Backend {
  /** The checkpoint as it was written last. */
  state: State = { resources: [], pending: [] };
  locks: StateLock[] = [];
  private readonly aws: Aws;
  private readonly simulation: Simulation;
  private readonly files: Map<string, string>;

  constructor(aws: Aws, files: Map<string, string>) {
    [this.aws, this.simulation, this.files] = [aws, aws.simulation, files];
  }

  /** A `pulumi` command that is no operation of the engine. */
  async pulumi([command, ...rest]: readonly string[]): Promise<string> {
    if (command === "stack" && rest[0] === "export")
      return this.simulation.call({ label: "stack export", write: false }, () => this.exported());
    if (command === "cancel")
      return this.simulation.call({ label: "pulumi cancel", write: true }, () => {
        for (const { pid, host } of this.locks) {
          const holder = this.simulation.processes.find((one) => one.pid === pid && one.host.name === host);
          if (holder?.alive) this.simulation.fail(`pulumi cancel takes the state from ${holder.name}, which is alive`);
        }
        this.locks = [];
        return "";
      });
    throw new Error(`The simulated pulumi does not know ${command} ${rest.join(" ")}`);
  }

  /**
   * A person whose own `pulumi up` was killed removes its lock: nobody else can know that it is dead.
   * @param all also that of any other dead engine
   */
  forgetPeople(all: boolean): void {
    this.locks = this.locks.filter(({ pid, host }) => {
      const holder = this.simulation.processes.find((one) => one.pid === pid && one.host.name === host);
      return holder?.alive === true || (!all && holder?.root !== holder);
    });
  }

  /** @throws Error as the engine reports it */
  async run(
    process: Process,
    folder: string,
    [operation, ...flags]: readonly string[],
    print: (line: string) => void = () => undefined,
  ): Promise<void> {
    const settings = settingsOf(this.files.get(`${folder}/Pulumi.dev.yaml`) ?? "");
    if (operation === "refresh" && flags.includes("--clear-pending-creates")) await this.clearPendingCreates(process);
    await this.whileLocked(process, async () => {
      try {
        const update = new Update(this, this.aws, process, settings, print);
        if (operation === "refresh") await update.refresh();
        else if (operation === "up") await update.up();
        else throw new Error(`The simulated engine does not know ${operation}`);
      } catch (error) {
        print(JSON.stringify({ diagnosticEvent: { severity: "error", message: (error as Error).message } }));
        throw error;
      }
    });
  }

  /**
   * The state is read, edited and imported before the operation itself locks it: who has changed it between the two is written
   * over (filterMapPendingCreates in pkg/cmd/pulumi/operations/refresh.go, ImportDeployment in pkg/backend/diy/backend.go).
   */
  private async clearPendingCreates(process: Process): Promise<void> {
    const read = await this.simulation.call({ label: "read the state", write: false }, () => copyOf(this.state));
    const pending = read.pending.filter(({ type }) => type !== "creating");
    if (pending.length === read.pending.length) return;
    await this.whileLocked(process, () =>
      this.step("import the state", () => {
        this.state = { ...read, pending };
      }),
    );
  }

  private async whileLocked(process: Process, run: () => Promise<void>): Promise<void> {
    const lock = { host: process.host.name, pid: process.pid, at: this.simulation.time };
    await this.step("state lock", () => {
      const [held] = this.locks;
      if (held) {
        const at = new Date(held.at).toISOString().replace(/\.\d+/, "");
        throw new EngineError(
          "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
            `  file:///state/.pulumi/locks/dev/1.json: created by ci@${held.host} (pid ${held.pid}) at ${at}`,
        );
      }
      this.locks.push(lock);
    });
    try {
      await run();
    } finally {
      const unlock = () => (this.locks = this.locks.filter((one) => one !== lock));
      // A lock that can't be removed is no failure of the update (pkg/backend/diy/lock.go).
      await this.step("state unlock", unlock).catch(() => undefined);
    }
  }

  step<T>(label: string, effect: () => T): Promise<T> {
    return this.simulation.call({ label, write: true }, effect);
  }

  private exported(): string {
    const { resources, outputs, pending } = this.state;
    const entries = resources.map(({ name, id, image, version, weights, ...rest }) => ({
      urn: urn(name),
      type: types[name.split("-").at(-1) ?? ""],
      id,
      delete: rest.delete,
      inputs: { imageId: image },
      outputs: {
        imageId: image,
        latestVersion: version,
        minSize: rest.capacity?.minSize,
        maxSize: rest.capacity?.maxSize,
        name: id,
        autoscalingGroupName: rest.group,
        mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: { version } } },
        defaultActions: weights && [
          {
            type: "forward",
            forward: { targetGroups: colors.map((color) => ({ arn: arns[color], weight: weights[color] })) },
          },
        ],
      },
    }));
    const root = { urn: "urn:pulumi:dev::bluegreen::pulumi:pulumi:Stack::bluegreen-dev", type: "pulumi:pulumi:Stack" };
    const balancer = { type: "aws:lb/loadBalancer:LoadBalancer", outputs: { dnsName: "dev.elb" }, id: balancerArn };
    return JSON.stringify({
      deployment: {
        resources: [
          { ...root, outputs: outputs && exportedOutputs(outputs.deployed, outputs.groupNames) },
          { ...balancer, urn: "urn:pulumi:dev::bluegreen::aws:lb/loadBalancer:LoadBalancer::load-balancer" },
          ...entries,
        ],
        pending_operations: pending.map(({ name, type }) => ({ resource: { urn: urn(name) }, type })),
      },
    });
  }
}

const exportedOutputs = (deployed: CurrentState, groupNames: ByColor<string>) => ({
  url: "http://dev.elb",
  previewUrl: "http://dev.elb:9090",
  listenerArn,
  targetGroupArns: arns,
  fleets: byColor((color) => ({ groupName: groupNames[color], capacity: deployed.capacity[color] })),
  deployed: { ...deployed, listenerArn, targetGroupArns: arns },
  releases: { tableName },
  notifications: { topicArn: "arn:aws:sns:eu-central-1:1:dev" },
  alarms: { ...byColor((color) => ({ composite: `dev-${color}`, parts: [] as string[] })), loadBalancer: [] },
  logGroups: { blue: "blue", green: "green", jobs: "jobs" },
  jobs: { instanceProfileArn: "arn:jobs" },
  dashboard: { name: "dev", url: "http://dashboard" },
});
