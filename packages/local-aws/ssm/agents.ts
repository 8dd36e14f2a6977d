import type { Instances } from "../ec2/instances.ts";
import type { Ec2Directory } from "../ec2/directory.ts";
import type { Clock } from "../clock.ts";

/** AWS seconds from an instance's launch to its agent's registration. */
const registrationDelay = 20;

/** Policy without which an agent can't register; what the stack gives its instances. */
const corePolicy = "AmazonSSMManagedInstanceCore";

/** A managed node, as Systems Manager knows it. */
export interface Node {
  id: string;
  /** ConnectionLost: the agent has registered once, and its machine is off or dead. */
  status: "Online" | "ConnectionLost";
  privateIp: string;
  registeredAt: Date;
}

/** Who is reached by Systems Manager: instances with a role that lets their agent register, some time after their launch. */
export class Agents {
  private readonly args: {
    clock: Clock;
    ec2: Pick<Ec2Directory, "instance">;
    instances: Pick<Instances, "get" | "list">;
    /** Names of the policies that are attached to an instance profile's role. */
    policiesOf: (instanceProfileArn: string) => Promise<string[]>;
  };

  constructor(args: {
    clock: Clock;
    ec2: Pick<Ec2Directory, "instance">;
    instances: Pick<Instances, "get" | "list">;
    /** Names of the policies that are attached to an instance profile's role. */
    policiesOf: (instanceProfileArn: string) => Promise<string[]>;
  }) {
    this.args = args;
  }

  async list(): Promise<Node[]> {
    const nodes = await Promise.all(this.args.instances.list().map(({ id }) => this.get(id)));
    return nodes.filter((node) => node !== undefined);
  }

  /** Undefined for an instance that has no agent, or not yet. */
  async get(id: string): Promise<Node | undefined> {
    const { clock, ec2, instances, policiesOf } = this.args;
    const instance = instances.get(id);
    if (!instance || instance.state === "terminated") return undefined;
    const { LaunchTime, IamInstanceProfile } = (await ec2.instance(id)) ?? {};
    if (!LaunchTime || IamInstanceProfile?.Arn === undefined) return undefined;
    const registeredAt = new Date(LaunchTime.getTime() + clock.milliseconds(registrationDelay));
    if (registeredAt.getTime() > Date.now()) return undefined;
    if (!(await policiesOf(IamInstanceProfile.Arn)).includes(corePolicy)) return undefined;
    const lost = instance.state === "stopped" || instance.machine.dead;
    return { id, status: lost ? "ConnectionLost" : "Online", privateIp: instance.privateIp, registeredAt };
  }
}
