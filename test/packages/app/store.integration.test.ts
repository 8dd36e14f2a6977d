import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { pino } from "pino";
import { Store, type Target } from "../../../packages/app/src/store.ts";
import { type Endpoint, startEndpoint, startRedis, type TestRedis } from "./redis.ts";

/** The connection to the backing service against real servers that misbehave. */
let lines: string[];
const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });

let redis: TestRedis;
let endpoint: Endpoint;
let stores: Store[];
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  lines = [];
  stores = [];
  endpoint = await startEndpoint(redis.port);
});
afterEach(() => {
  for (const store of stores) store.destroy();
  endpoint.close();
});
afterAll(() => redis.stop());

function storeAt(port: number, more: Partial<Target> = {}): Store {
  const store = new Store(() => ({ host: "127.0.0.1", port, tls: false, database: 0, ...more }), log);
  stores.push(store);
  return store;
}

/** Resolves once the store takes writes; rejects after the seconds. */
async function writable(store: Store, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    try {
      return await store.writes();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(50);
    }
  }
}

it("given a server that stalls longer than every time-out, when it goes on, then so does the store", async () => {
  const store = storeAt(redis.port);
  await writable(store, 5);
  redis.signal("SIGSTOP");
  const begun = performance.now();
  await expect(store.get("app:x")).rejects.toThrow("no answer within 2000 ms");
  await pause(13_000 - (performance.now() - begun));
  // Whoever asks now waits for nothing.
  const asked = performance.now();
  await expect(store.get("app:x")).rejects.toThrow("not connected");
  expect(performance.now() - asked).toBeLessThan(500);
  redis.signal("SIGCONT");
  await writable(store, 8);
}, 40_000);

it("given a failover, when the old primary is a replica now, then its connection is left for the new primary's", async () => {
  const other = await startRedis();
  const store = storeAt(endpoint.port);
  await writable(store, 5);
  endpoint.target = other.port;
  await redis.run("REPLICAOF", "127.0.0.1", String(other.port));
  try {
    await writable(store, 5);
    await store.set("app:after", "failover");
    await expect(other.run("GET", "app:after")).resolves.toBe("failover");
  } finally {
    await redis.run("REPLICAOF", "NO", "ONE");
    await other.stop();
  }
});

it("given a password that was changed, when the target tells the new one, then the store connects with it", async () => {
  const own = await startRedis(["--requirepass", "first"]);
  let password = "first";
  const store = new Store(() => ({ host: "127.0.0.1", port: own.port, tls: false, database: 0, password }), log);
  stores.push(store);
  await writable(store, 5);
  await store.set("app:x", "1");
  await own.stop();
  const back = await startRedis(["--requirepass", "second"], own.port);
  await expect(writable(store, 3)).rejects.toThrow("WRONGPASS");
  password = "second";
  await writable(store, 5);
  await back.stop();
  expect(lines.join()).not.toMatch(/first|second/);
});

it("given an answer that is none of Redis', then the connection is left, and no answer goes to another question", async () => {
  const store = storeAt(endpoint.port);
  await writable(store, 5);
  await Promise.all(Array.from({ length: 20 }, (_, i) => store.set(`app:${i}`, String(i))));
  for (const garbage of ["HTTP/1.1 400 Bad Request\r\n\r\n", "+OK\r\n", "$3\r\nabc\r\n", "\0\0\0"]) {
    endpoint.inject(garbage);
    // What looks like an answer is known by having no question.
    await pause(100);
    const asked = Array.from({ length: 20 }, async (_, i) =>
      expect([String(i), "lost"]).toContain(await read(store, i)),
    );
    await Promise.all(asked);
    await writable(store, 5);
  }
});

const read = (store: Store, i: number) => store.get(`app:${i}`).catch(() => "lost");

it("given a server that is something else, then the store tries on, and says no password that it was sent", async () => {
  const echo = createServer((socket) => {
    socket.on("data", (data) => socket.write(`-ERR unknown command: ${data.toString().replace(/\r\n/g, " ")}\r\n`));
    socket.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(echo, "listening");
  endpoint.target = (echo.address() as AddressInfo).port;
  const store = storeAt(endpoint.port, { password: "hunter2" });
  await expect(writable(store, 2)).rejects.toThrow(/ERR unknown command.*\[not shown\]/);
  const own = await startRedis(["--requirepass", "hunter2"]);
  try {
    endpoint.target = own.port;
    await writable(store, 5);
  } finally {
    echo.close();
    await own.stop();
  }
  expect(lines.join()).not.toContain("hunter2");
});

it.each([
  ["has no memory left", ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"], "OOM"],
  ["forbids the write", ["ACL", "SETUSER", "default", "-set"], ["ACL", "SETUSER", "default", "+set"], "NOPERM"],
])("given a server that %s, then reads go on, and writes fail with its reason", async (_, spoil, mend, reason) => {
  await redis.run("SET", "app:x", "1");
  await redis.run(...spoil);
  try {
    const store = storeAt(redis.port);
    await store.connected();
    await expect(store.writes()).rejects.toThrow(reason);
    await expect(store.get("app:x")).resolves.toBe("1");
    await redis.run(...mend);
    await store.writes();
  } finally {
    await redis.run(...mend);
  }
});
