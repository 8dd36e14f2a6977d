import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { pino } from "pino";
import { keptIn } from "../../../packages/app/src/kept.ts";
import { Readiness } from "../../../packages/app/src/readiness.ts";
import { listen } from "../../../packages/app/src/server.ts";
import { drain } from "../../../packages/app/src/shutdown.ts";

const silent = pino({ level: "silent" });

/** A server whose answers wait for `finish`, and what it takes to drain it. */
async function slow() {
  const finish: (() => void)[] = [];
  const listening = await listen((_, response) => finish.push(() => response.end("whole")), 0, "127.0.0.1");
  return { ...listening, finish, readiness: new Readiness({}, silent, keptIn(undefined)) };
}

const ask = (port: number) =>
  fetch(`http://127.0.0.1:${port}`).then(
    (response) => response.text(),
    () => "refused",
  );
const asked = (finish: unknown[]) => waitUntil(() => finish.length > 0);
async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5);
}

it("outlives the load balancer's idle connections", async () => {
  const { server } = await slow();
  expect(server.keepAliveTimeout).toBe(65_000);
  expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
  server.close();
});

it("answers what is in flight, and accepts nothing new meanwhile", async () => {
  const it = await slow();
  const inFlight = ask(it.port);
  await asked(it.finish);
  const drained = drain(it, it.readiness, { delay: 0, timeout: 10 }, silent);
  await waitUntil(() => !it.server.listening);
  expect(await ask(it.port)).toBe("refused");
  it.finish[0]();
  expect(await inFlight).toBe("whole");
  expect(await drained).toBe(0);
});

it("cuts off what takes longer than its timeout, and says how much", async () => {
  const it = await slow();
  const inFlight = ask(it.port);
  await asked(it.finish);
  expect(await drain(it, it.readiness, { delay: 0, timeout: 0.05 }, silent)).toBe(1);
  expect(await inFlight).toBe("refused");
});

it("answers a connection whose request was on its way, and ends one that never asks", async () => {
  const it = await slow();
  let accepted = 0;
  it.server.on("connection", () => accepted++);
  const idle = connect(it.port, "127.0.0.1");
  const late = connect(it.port, "127.0.0.1");
  await waitUntil(() => accepted === 2);
  const drained = drain(it, it.readiness, { delay: 0, timeout: 10 }, silent);
  await waitUntil(() => !it.server.listening);
  late.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await asked(it.finish);
  it.finish[0]();
  expect(await text(late)).toContain("whole");
  expect(await text(idle)).toBe("");
  expect(await drained).toBe(0);
});
