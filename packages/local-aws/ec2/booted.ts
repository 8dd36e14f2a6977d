import path from "node:path";
import { awsEnvironment, BootedMachine, type ImageStore, type Network, rootTag } from "@bluegreen/machines";
import type { Clock } from "../clock.ts";
import { addressOf } from "../loopback.ts";
import type { Hardware, Machine } from "./instances.ts";

/** AWS seconds that a machine has to power off before EC2 cuts it off. */
const powerOffTimeout = 120;

/** AWS seconds after which the boot gate gives up: its own default. */
const bootDeadline = 180;

/** What booting instances needs. */
export interface BootedArgs {
  clock: Clock;
  network: Network;
  store: ImageStore;
  /** Where machines keep what they write, a folder each. */
  folder: string;
  /** More lines of the machines' /etc/hosts. */
  hosts: string[];
  /** Gets every machine, until nothing of it runs any more. */
  running: Set<BootedMachine>;
}

/** The folder with what a machine has written. */
export const writtenBy = (folder: string, instanceId: string): string => path.join(folder, instanceId, "upper");

/** Hardware that boots an image's root file system, and leaves images without one to `others`. */
export function booted({ clock, network, store, folder, hosts, running }: BootedArgs, others: Hardware): Hardware {
  return async (args, appPort) => {
    const root = args.imageTags[rootTag];
    if (root === undefined) return others(args, appPort);
    const from = await addressOf(args.privateIp, appPort);
    const forwarding = await network.forward(from, { host: args.privateIp, port: appPort });
    const machine = await BootedMachine.boot({
      // The kernel lets a network port's name have 15 characters.
      name: `bg-${args.id.slice(-12)}`,
      layers: await store.layers(root),
      folder: path.join(folder, args.id),
      address: args.privateIp,
      gateway: network.pid,
      // The boot gate must have said its no before the hook's own time is over, which runs as fast as the cloud's clocks.
      environment: { ...awsEnvironment, BLUEGREEN_BOOT_DEADLINE: String(Math.ceil(bootDeadline / clock.timeScale)) },
      hosts,
    });
    running.add(machine);
    void machine.ended.then(() => {
      running.delete(machine);
      forwarding.close();
    });
    return { machine: poweredBy(machine, clock), ...from };
  };
}

function poweredBy(machine: BootedMachine, clock: Clock): Machine {
  return {
    get pid() {
      return machine.pid;
    },
    get dead() {
      return machine.dead;
    },
    die: () => machine.die(),
    execute: (script) => machine.execute(script),
    shutDown: () => machine.shutDown(clock.milliseconds(powerOffTimeout)),
  };
}
