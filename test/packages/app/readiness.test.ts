import { pino } from "pino";
import { degradedPattern } from "../../../components/degraded-alarm.ts";
import { keptIn } from "../../../packages/app/src/kept.ts";
import { Readiness } from "../../../packages/app/src/readiness.ts";

/** What the stack's metric filter looks for. */
const degradedMessage = /"([^"]+)"/.exec(degradedPattern)?.[1];
const silent = pino({ level: "silent" });
const readiness = (check: () => Promise<unknown>, limits = { limit: 1_000, fresh: 0 }) =>
  new Readiness({ redis: check }, silent, keptIn(undefined), limits);

it("is not ready until its checks have passed once, then at most degraded, until it leaves", async () => {
  let up = true;
  const it = readiness(() => (up ? Promise.resolve() : Promise.reject(new Error("down"))));
  await expect(it.look()).resolves.toEqual({ status: "not ready", because: ["starting"] });
  up = false;
  it.started();
  await expect(it.look()).resolves.toEqual({ status: "not ready", because: ["redis"] });
  up = true;
  await expect(it.look()).resolves.toEqual({ status: "ready", because: [] });
  up = false;
  await expect(it.look()).resolves.toEqual({ status: "degraded", because: ["redis"] });
  up = true;
  await expect(it.look()).resolves.toEqual({ status: "ready", because: [] });
  it.leave();
  await expect(it.look()).resolves.toEqual({ status: "not ready", because: ["leaving"] });
  it.started();
  await expect(it.look()).resolves.toEqual({ status: "not ready", because: ["leaving"] });
});

it("given that it was ready, when a check fails, then it logs that it is degraded, and is until the check passes", async () => {
  const lines: string[] = [];
  let up = true;
  const check = () => (up ? Promise.resolve() : Promise.reject(new Error("down")));
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
  const it = new Readiness({ redis: check }, log, keptIn(undefined), { limit: 1_000, fresh: 0 });
  it.started();
  await it.look();
  expect(it.degraded).toBe(false);
  up = false;
  await it.look();
  expect(it.degraded).toBe(true);
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ check: "redis", reason: "down", msg: degradedMessage }),
  ]);
  up = true;
  await it.look();
  expect(it.degraded).toBe(false);
});

it("does not wait for a backing service that hangs", async () => {
  const it = readiness(() => new Promise(() => undefined), { limit: 10, fresh: 0 });
  it.started();
  await expect(it.look()).resolves.toEqual({ status: "not ready", because: ["redis"] });
});

it("asks once for many who ask, and again when the answer is no longer fresh", async () => {
  let asked = 0;
  const check = () => Promise.resolve(asked++);
  const lasting = readiness(check, { limit: 1_000, fresh: 60_000 });
  lasting.started();
  await Promise.all(Array.from({ length: 50 }, () => lasting.look()));
  await lasting.look();
  expect(asked).toBe(1);
  const fleeting = readiness(check);
  fleeting.started();
  await fleeting.look();
  await fleeting.look();
  expect(asked).toBe(3);
});

it("says leaving to those who asked before it left", async () => {
  let answer: () => void = () => undefined;
  const it = readiness(() => new Promise<void>((resolve) => (answer = resolve)));
  it.started();
  const asked = it.look();
  it.leave();
  answer();
  await expect(asked).resolves.toEqual({ status: "not ready", because: ["leaving"] });
});
