/**
 * The machines' private network, as a process: it runs in a network namespace of its own, which holds a bridge that every
 * machine is plugged into. Nothing of this computer is reachable from there but what the cloud asks to `listen` for,
 * and nobody outside reaches a machine but through the sockets that the cloud hands over to `forward`.
 */
import { execFileSync } from "node:child_process";
import { connect, createServer, type Server, type Socket } from "node:net";
import { endWithParent } from "../../tools/process.ts";
import { addresses, bridge } from "./addresses.ts";
import type { GatewayAnswer, GatewayRequest } from "./protocol.ts";

interface Forwarding {
  server: Server;
  /** Both sides of all connections that are open. */
  sockets: Set<Socket>;
}

const forwardings = new Map<number, Forwarding>();

function answer(message: GatewayAnswer, server?: Server): void {
  if (process.connected) process.send?.(message, server);
}

/** A link-local address for the bridge, the services' addresses, and every other address straight behind the bridge. */
function plug(): void {
  const ip = (line: string): unknown => execFileSync("ip", line.split(" "), { stdio: ["ignore", "ignore", "pipe"] });
  ip("link set lo up");
  // A bridge takes the lowest of its ports' addresses for its own, so that it would change with the machines, and those
  // that have asked for it before would talk to nobody.
  ip(`link add ${bridge} address 02:00:00:00:00:01 type bridge`);
  for (const address of Object.values(addresses)) ip(`address add ${address}/32 dev ${bridge}`);
  ip(`link set ${bridge} up`);
  ip(`route add default dev ${bridge} src ${addresses.gateway}`);
}

/** Passes bytes both ways until both sides have ended; a side that breaks off breaks the other off. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ]) {
    from.setNoDelay(true);
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
}

function listen({ id, host, port }: GatewayRequest & { kind: "listen" }): void {
  const server = createServer();
  server.once("error", ({ message }) => answer({ kind: "failed", id, reason: message }));
  server.listen(port, host, () => {
    answer({ kind: "done", id }, server);
    // The cloud answers on it from now on; here it would only take connections away.
    server.close();
  });
}

function forward({ id, host, port }: GatewayRequest & { kind: "forward" }, server: Server): void {
  const sockets = new Set<Socket>();
  forwardings.set(id, { server, sockets });
  server.on("connection", (socket: Socket) => {
    const other = connect({ host, port, allowHalfOpen: true });
    for (const side of [socket, other]) {
      sockets.add(side);
      side.once("close", () => sockets.delete(side));
    }
    join(socket, other);
  });
  answer({ kind: "done", id });
}

/** Breaks all connections off: a machine that is gone would leave them waiting for an answer for minutes. */
function close(id: number): void {
  const forwarding = forwardings.get(id);
  forwardings.delete(id);
  forwarding?.server.close();
  for (const socket of forwarding?.sockets ?? []) socket.destroy();
}

process.on("message", (message: GatewayRequest, handle?: Server) => {
  if (message.kind === "listen") listen(message);
  else if (message.kind === "forward" && handle) forward(message, handle);
  else close(message.id);
});
endWithParent();
plug();
answer({ kind: "ready" });
