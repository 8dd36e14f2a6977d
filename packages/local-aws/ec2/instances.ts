import type { Tag } from "@aws-sdk/client-ec2";
import type { Script } from "@bluegreen/machines";
import { environmentOf } from "./user-data.ts";

/** The app port of an image without the tag `rehearsal:port`. */
const defaultAppPort = 3000;

/** What an instance runs on. */
export interface Machine {
  /** Process id on this computer; undefined while there is none. */
  readonly pid: number | undefined;
  /** True for a machine that died: nothing will start it again. */
  readonly dead: boolean;
  /** Dies as by a hardware fault: nothing is closed gracefully. */
  die(): void;
  /** Shuts down as an operating system does, services first. */
  shutDown(): Promise<void>;
  /** Runs a shell script as root, as an agent on the machine would; it ends with the machine at the latest. */
  execute(script: string): Script;
}

/** What is needed to bring an EC2 instance to life. */
export interface InstanceArgs {
  id: string;
  imageId: string;
  privateIp: string;
  /** Base64, as EC2 gives it to the instance. */
  userData?: string;
  /** Tags of its image: `Version`, `Commit`, `SchemaMin`, `SchemaMax`, and the rehearsal's own (`rehearsal:...`). */
  imageTags: Record<string, string>;
  /** The Auto Scaling group that launched it, if one did. */
  group?: string;
  /** Its Availability Zone. Default: nobody asks for it. */
  zone?: string;
  /** Its subnet. Default: nobody asks for it. */
  subnetId?: string;
}

/** A machine, and where this computer reaches its app's port. */
interface Placed {
  machine: Machine;
  host: string;
  port: number;
}

/** Brings an instance's machine to life. */
export type Hardware = (args: InstanceArgs, appPort: number) => Promise<Placed>;

/** An instance as this cloud runs it. */
export interface Instance {
  readonly id: string;
  readonly imageId: string;
  readonly group?: string;
  readonly zone?: string;
  readonly subnetId?: string;
  readonly privateIp: string;
  /** Base64; absent where it was launched without. */
  readonly userData?: string;
  readonly color: string;
  readonly version: string;
  /** The port that the app listens on in AWS's world. */
  readonly appPort: number;
  /** Where it really listens. */
  readonly host: string;
  readonly port: number;
  readonly machine: Machine;
  /** EC2's state of it. A machine that died stays `running`: EC2 doesn't know yet. */
  state: "running" | "stopped" | "terminated";
  /** When the machine died, for EC2's status checks; undefined for a living one. */
  diedAt?: number;
}

/** All instances with a machine behind them. */
export class Instances {
  private readonly byId = new Map<string, Instance>();
  private readonly ending = new Map<string, Promise<void>>();

  private readonly hardware: Hardware;

  constructor(hardware: Hardware) {
    this.hardware = hardware;
  }

  /** Boots an instance; it is listed once its machine was started. */
  async start(args: InstanceArgs): Promise<Instance> {
    const appPort = Number(args.imageTags["rehearsal:port"] ?? defaultAppPort);
    const instance: Instance = {
      id: args.id,
      imageId: args.imageId,
      group: args.group,
      zone: args.zone,
      subnetId: args.subnetId,
      privateIp: args.privateIp,
      userData: args.userData,
      color: environmentOf(args.userData).BLUEGREEN_COLOR ?? "unknown",
      version: args.imageTags.Version ?? "unknown",
      appPort,
      ...(await this.hardware(args, appPort)),
      state: "running",
    };
    this.byId.set(args.id, instance);
    return instance;
  }

  get(id: string): Instance | undefined {
    return this.byId.get(id);
  }

  /** The living instance that has a private address. */
  byAddress(privateIp: string): Instance | undefined {
    return this.list().find((instance) => instance.privateIp === privateIp);
  }

  /** Instances that EC2 still lists as running or stopped. */
  list(): Instance[] {
    return [...this.byId.values()].filter((instance) => instance.state !== "terminated");
  }

  /** Where a request to an instance's port really goes; undefined when nothing can listen there. */
  addressOf(id: string, port: number): { host: string; port: number } | undefined {
    const instance = this.byId.get(id);
    if (!instance) {
      return undefined;
    }
    return { host: instance.host, port: port === instance.appPort ? instance.port : port };
  }

  /** Resolves when an instance that was stopped or terminated has shut down. */
  async stopped(id: string): Promise<void> {
    await this.ending.get(id);
  }

  /** EC2 terminates or stops it: the operating system shuts down gracefully. */
  shutDown(id: string, state: "stopped" | "terminated"): void {
    const instance = this.byId.get(id);
    if (instance && instance.state !== "terminated") {
      instance.state = state;
      this.ending.set(id, instance.machine.shutDown());
    }
  }

  /** The machine dies without a word; EC2 finds out by its status checks. False when there is no such instance. */
  kill(id: string): boolean {
    const instance = this.byId.get(id);
    if (!instance || instance.state !== "running") {
      return false;
    }
    instance.machine.die();
    instance.diedAt = Date.now();
    return true;
  }

  /** Ends every process at once: the cloud itself ends. */
  end(): void {
    for (const instance of this.byId.values()) {
      instance.machine.die();
    }
  }
}

/** Tags by key, of an image or an instance. */
export function tagsByKey(image: { Tags?: Tag[] } | undefined): Record<string, string> {
  return Object.fromEntries((image?.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}
