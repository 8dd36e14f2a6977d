import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ended, isRunning, whenPrinted } from "../../tools/process.ts";
import { addresses, bridge } from "./addresses.ts";
import { makeCgroup, removeCgroup } from "./cgroup.ts";
import { startScript, type Script } from "./script.ts";

/** What a machine needs to boot. */
export interface BootArgs {
  /** Unique on this computer, at most 15 characters: of its cgroup and of its port on the network. */
  name: string;
  /** The image: read-only folders, topmost first. */
  layers: readonly string[];
  /** The machine's own folder, which holds what it writes. */
  folder: string;
  /** Private IPv4 address. */
  address: string;
  /** Process id of the network's gateway. */
  gateway: number;
  /** Environment of all services, as the rehearsal's settings of systemd. */
  environment: Record<string, string>;
  /** Names that the machine resolves beside its own: address and name, a line each. Default: none. */
  hosts?: readonly string[];
}

const bootScript = path.join(import.meta.dirname, "boot.sh");
/** systemd's signal that starts a power-off: SIGRTMIN+4 of the C library's real-time signals. */
const powerOff = 38;
/** Whoever runs scripts on a machine is a service of it, and so runs none before systemd takes orders. */
const onceUp = 'until [ -S /run/systemd/private ]; do sleep 0.1; done; exec sh -c "$0"';
/** systemd's own default for services. */
const servicePath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A booted machine: a root file system with its own systemd. It ends with this process, in whatever way that ends. */
export class BootedMachine {
  private state: "on" | "off" | "dead" = "on";
  /** Resolves when nothing of the machine runs any more. */
  readonly ended: Promise<void>;

  /** Process id of the machine's init, as this computer sees it. */
  private readonly init: number;
  private readonly child: ChildProcess;
  private readonly environment: Record<string, string>;

  private constructor(init: number, child: ChildProcess, environment: Record<string, string>, cgroup: string) {
    this.init = init;
    this.child = child;
    this.environment = environment;
    // A cgroup that can't be removed is empty all the same.
    this.ended = ended(child).then(() => removeCgroup(cgroup).catch(() => undefined));
  }

  /** Boots it; resolves as soon as its init runs. */
  static async boot(args: BootArgs): Promise<BootedMachine> {
    const cgroup = await makeCgroup(args.name);
    await mkdir(args.folder, { recursive: true });
    const environment = Object.entries(args.environment).map(([name, value]) => `${name}=${value}`);
    // As EC2 names instances by their address.
    const hostname = `ip-${args.address.replaceAll(".", "-")}`;
    // The kernel ends the machine when this process ends, SIGKILL included.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "bash", bootScript], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env.PATH,
        CGROUP: cgroup,
        LOWER: args.layers.join(":"),
        FOLDER: args.folder,
        ADDRESS: args.address,
        BRIDGE: bridge,
        GATEWAY: String(args.gateway),
        PORT: args.name,
        MANAGER: `[Manager]\nDefaultEnvironment=${environment.join(" ")}`,
        HOSTS: [`${args.address} ${hostname}`, ...(args.hosts ?? [])].join("\n"),
        NAME: hostname,
      },
    });
    try {
      const pid = await whenPrinted(child, `The machine ${args.name}`);
      return new BootedMachine(Number(pid), child, args.environment, cgroup);
    } catch (error) {
      await removeCgroup(cgroup).catch(() => undefined);
      const said = await readFile(path.join(args.folder, "console.log"), "utf8").catch(() => "");
      throw new Error(`${error instanceof Error ? error.message : String(error)}: ${said.trim()}`, { cause: error });
    }
  }

  /** Process id of its init; undefined once it has ended. */
  get pid(): number | undefined {
    return isRunning(this.child) ? this.init : undefined;
  }

  /** True for a machine that died: nothing will start it again. */
  get dead(): boolean {
    return this.state === "dead";
  }

  /** A power cut: nothing is closed gracefully. */
  die(): void {
    this.state = "dead";
    this.signal("SIGKILL");
  }

  /** Powers it off as an operating system does, services first; cuts the power after `timeoutMs` (milliseconds). */
  async shutDown(timeoutMs: number): Promise<void> {
    if (this.state === "on") this.state = "off";
    const timer = setTimeout(() => this.signal("SIGKILL"), timeoutMs);
    this.signal(powerOff);
    await this.ended;
    clearTimeout(timer);
  }

  /** Runs a shell script as root with a service's environment; the machine's end is its end. */
  execute(script: string): Script {
    const inside = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup"];
    const environment = Object.entries(this.environment).map(([name, value]) => `${name}=${value}`);
    const shell = ["env", "--ignore-environment", servicePath, ...environment, "sh", "-c", onceUp, script];
    return startScript("nsenter", ["--target", String(this.init), ...inside, ...shell], { PATH: process.env.PATH });
  }

  private signal(signal: NodeJS.Signals | number): void {
    try {
      if (this.pid !== undefined) process.kill(this.pid, signal);
    } catch {
      // It has ended in this moment.
    }
  }
}

/** Where all of a machine's AWS clients find the rehearsal's cloud. */
export const awsEnvironment = { AWS_ENDPOINT_URL: `http://${addresses.aws}` };
