import type { Clock } from "../clock";
import { placeOf } from "../loopback";
import { Machine } from "./machine";
import { environmentOf } from "./user-data";

/** The app port of an image without the tag `rehearsal:port`. */
const defaultAppPort = 3000;

/** What is needed to bring an EC2 instance to life as a process. */
export interface InstanceArgs {
  id: string;
  privateIp: string;
  /** Base64, as EC2 gives it to the instance. */
  userData?: string;
  /** Tags of its image: `Version`, `Commit`, `rehearsal:behaviour`, `rehearsal:port`. */
  imageTags: Record<string, string>;
  /** The Auto Scaling group that launched it, if one did. */
  group?: string;
}

/** An instance as this cloud runs it. */
export interface Instance {
  readonly id: string;
  readonly group?: string;
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

/** All instances with a process behind them. */
export class Instances {
  private readonly byId = new Map<string, Instance>();

  constructor(
    private readonly clock: Clock,
    private readonly log: (line: string) => void,
  ) {}

  /** Boots an instance; it is listed once its process was started. */
  async start(args: InstanceArgs): Promise<Instance> {
    const settings = environmentOf(args.userData);
    const appPort = Number(args.imageTags["rehearsal:port"] ?? defaultAppPort);
    const place = await placeOf(args.privateIp, appPort);
    const version = args.imageTags.Version ?? "unknown";
    const instance: Instance = {
      id: args.id,
      group: args.group,
      color: settings.BLUEGREEN_COLOR ?? "unknown",
      version,
      appPort,
      ...place,
      state: "running",
      machine: new Machine({
        clock: this.clock,
        onLine: (line) => this.log(`${args.id} ${line}`),
        environment: {
          ...settings,
          HOST: place.host,
          PORT: String(place.port),
          VERSION: version,
          COMMIT: args.imageTags.Commit ?? "unknown",
          BEHAVIOUR: args.imageTags["rehearsal:behaviour"] ?? "good",
          INSTANCE_ID: args.id,
          TIME_SCALE: String(this.clock.timeScale),
        },
      }),
    };
    this.byId.set(args.id, instance);
    return instance;
  }

  get(id: string): Instance | undefined {
    return this.byId.get(id);
  }

  /** Instances that EC2 still lists as running or stopped. */
  list(): Instance[] {
    return [...this.byId.values()].filter((instance) => instance.state !== "terminated");
  }

  /** Where a request to an instance's port really goes; undefined when nothing can listen there. */
  placeOf(id: string, port: number): { host: string; port: number } | undefined {
    const instance = this.byId.get(id);
    if (!instance) {
      return undefined;
    }
    return { host: instance.host, port: port === instance.appPort ? instance.port : port };
  }

  /** EC2 terminates or stops it: the operating system shuts down gracefully. */
  shutDown(id: string, state: "stopped" | "terminated"): void {
    const instance = this.byId.get(id);
    if (instance && instance.state !== "terminated") {
      instance.state = state;
      void instance.machine.shutDown();
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
