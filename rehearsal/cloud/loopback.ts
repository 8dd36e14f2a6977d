import { createServer, type Server } from "node:net";

/** Tries to listen on an address; the server that listens, or undefined where it can't. */
export function tryListen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

/** A port on an address that is free at this moment, the wanted one if it can be had. */
export async function freePort(host: string, wanted: number): Promise<number | undefined> {
  const server = (await tryListen(host, wanted)) ?? (await tryListen(host, 0));
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
export async function placeOf(privateIp: string, appPort: number): Promise<{ host: string; port: number }> {
  for (const host of [loopbackOf(privateIp), "127.0.0.1"]) {
    const port = await freePort(host, appPort);
    if (port !== undefined) {
      return { host, port };
    }
  }
  throw new Error(`No free port on 127.0.0.1 for the instance ${privateIp}. End programs that hold ports, then retry.`);
}
