import { createServer, type Server } from "node:net";

/** Tries to listen on an address; the server that listens, or undefined where it can't. */
export function tryListen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

/** The wanted port if it is free on an address at this moment; 0 wants any. Undefined when it can't be had. */
async function freePort(host: string, wanted: number): Promise<number | undefined> {
  const server = await tryListen(host, wanted);
  if (!server) {
    return undefined;
  }
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : undefined;
}

/** The loopback address that stands for a private one: 10.0.64.4 is 127.0.64.4. */
export function loopbackOf(privateIp: string): string {
  return privateIp.replace(/^\d+/, "127");
}

/**
 * Where an instance's app listens here: its own loopback address and port; another port where that one is taken (by
 * a second rehearsal); 127.0.0.1 where the system has no other loopback addresses (macOS).
 */
export async function addressOf(privateIp: string, appPort: number): Promise<{ host: string; port: number }> {
  const own = loopbackOf(privateIp);
  // Shared by all instances, 127.0.0.1 never gives the app's port: two that start at once would both find it free.
  const tries: [string, number][] = [
    [own, appPort],
    [own, 0],
    ["127.0.0.1", 0],
  ];
  for (const [host, wanted] of tries) {
    const port = await freePort(host, wanted);
    if (port !== undefined) {
      return { host, port };
    }
  }
  throw new Error(`No free port on 127.0.0.1 for the instance ${privateIp}. End programs that hold ports, then retry.`);
}
