import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { connect, type NetConnectOpts } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { ownEnvironment } from "./environment.ts";
import { messageOf } from "./errors.ts";

/** moto's server, a process of its own. */
export interface Moto {
  /** Connects to it, whatever the host of a request. */
  readonly agent: Agent;
  stop(): Promise<void>;
}

/** What the SDK's clients need to ask moto itself: it asks for no signature. */
export const motoClient = (agent: Agent) => ({
  endpoint: "http://127.0.0.1",
  requestHandler: { httpAgent: agent },
  credentials: { accessKeyId: "moto", secretAccessKey: "moto" },
});

/** An agent whose requests all go one way: the host that they name is a name alone. */
export function agentTo(place: NetConnectOpts): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  agent.createConnection = () => connect(place);
  return agent;
}

/**
 * Starts moto on a Unix socket, which no browser reaches and no other user, and waits until it listens.
 * @param python The Python executable of the virtual environment that holds moto.
 * @param onLine Gets each line that moto writes.
 * @param certificates Folder in which ACM's authority and its issued certificates with their keys are put; undefined: ACM
 * is moto's own.
 */
export async function startMoto(python: string, onLine: (line: string) => void, certificates?: string): Promise<Moto> {
  const child = spawn(python, [join(import.meta.dirname, "moto_server.py")], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...ownEnvironment(),
      MOTO_DISABLE_GLOBAL_CORS: "true",
      MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
      MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
      MOTO_ENABLE_AMI_VALIDATION: "true",
      MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: "true",
      BLUEGREEN_CERTIFICATES: certificates ?? "",
      PYTHONUNBUFFERED: "1",
      NO_COLOR: "1",
    },
  });
  createInterface({ input: child.stderr }).on("line", onLine);
  const exit = once(child, "exit");
  const failure = Promise.race([
    once(child, "error").then(([error]) => {
      throw new Error(`moto could not start: ${messageOf(error)}`);
    }),
    exit.then(([code]) => {
      throw new Error(`moto ended with exit code ${code} before it listened; its words stand in the log.`);
    }),
  ]);
  // A moto that ends later, when nobody waits for its socket any more, is no unhandled rejection.
  failure.catch(() => undefined);
  const line = await Promise.race([once(createInterface({ input: child.stdout }), "line"), failure]);
  const agent = agentTo({ path: String(line[0]) });
  return {
    agent,
    async stop() {
      agent.destroy();
      child.stdin.end();
      await exit;
    },
  };
}
