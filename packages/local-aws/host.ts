import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import { createProxyServer } from "http-proxy-3";
import { stop } from "../../tools/process.ts";
import { addresses, type BootedMachine, ImageStore, Network, packageHost } from "@bluegreen/machines";
import type { Clock } from "./clock.ts";
import { booted } from "./ec2/booted.ts";
import type { Hardware } from "./ec2/instances.ts";

/** Asks for instances that are booted machines. */
export interface MachineOptions {
  /** Folder of the images' root file systems. */
  store: string;
  /** Where machines keep what they write. */
  folder: string;
  /** A Redis server's executable: the service's backing store runs in the machines' network. */
  redis: string;
}

/** The machines' network with what stands in it, and the hardware that boots them. */
export interface MachineRoom {
  readonly hardware: Hardware;
  readonly store: ImageStore;
  readonly folder: string;
  /** The process whose network namespace it is. */
  readonly gateway: number;
  /** The process of the services' backing store. */
  readonly backingStore: number | undefined;
  /**
   * Lets machines reach the metadata service and AWS's API. A program that runs in their network (Packer) finds the API
   * at the same endpoint of 127.0.0.1 as outside.
   */
  serve(metadata: RequestListener, aws: RequestListener, endpoint: string): Promise<void>;
  stop(): Promise<void>;
}

/** Makes the network and its backing store. */
export async function machineRoom(
  options: MachineOptions,
  clock: Clock,
  others: Hardware,
  log: (line: string) => void,
): Promise<MachineRoom> {
  const network = await Network.start();
  const store = new ImageStore(options.store);
  const { folder } = options;
  const hosts = [`${addresses.packages} ${packageHost}`];
  const servers: Server[] = [];
  const running = new Set<BootedMachine>();
  const open = async (address: string, listener: RequestListener, port = 80): Promise<void> => {
    servers.push(createServer(listener).listen(await network.listen(address, port)));
  };
  const redis = startRedis(options.redis, network.pid, log);
  return {
    hardware: booted({ clock, network, store, folder, hosts, running }, others),
    store,
    folder,
    gateway: network.pid,
    backingStore: redis.pid,
    async serve(metadata, aws, endpoint) {
      await open(addresses.metadata, metadata);
      await open(addresses.aws, aws);
      await open("127.0.0.1", aws, Number(new URL(endpoint).port));
      await open(addresses.packages, packages());
    },
    async stop() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      // Their control groups are removed once they have ended.
      for (const machine of running) machine.die();
      await Promise.all([...running].map((machine) => machine.ended));
      await stop(redis);
      await network.stop();
    },
  };
}

/** Debian's packages, and nothing else of the internet: what a NAT gateway is to machines that images are baked on. */
function packages(): RequestListener {
  const proxy = createProxyServer({ target: `http://${packageHost}`, changeOrigin: true });
  proxy.on("error", (error, _, response) => {
    if ("writeHead" in response && !response.headersSent) response.writeHead(502, { "content-type": "text/plain" });
    response.end(`${packageHost}: ${error.message}`);
  });
  return (incoming, response) => void proxy.web(incoming, response);
}

function startRedis(executable: string, gateway: number, log: (line: string) => void): ChildProcess {
  const server = [executable, "--bind", addresses.store, "--port", "6379", "--protected-mode", "no", "--save", ""];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "nsenter", "--target", String(gateway), "--net", ...server], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => log(`store ${text.trimEnd()}`));
  }
  child.once("error", (error) => log(`store could not start: ${error.message}`));
  return child;
}
