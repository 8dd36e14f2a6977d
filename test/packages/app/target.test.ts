import { setTimeout as pause } from "node:timers/promises";
import { pino } from "pino";
import type { Settings } from "../../../packages/app/src/settings.ts";
import { targetOf } from "../../../packages/app/src/target.ts";

const silent = pino({ level: "silent" });
const settings = (url: string, password?: string): Settings => ({
  config: { redis: { url, username: "app" } } as Settings["config"],
  secrets: { redis: { url, password }, sessionSecrets: [] },
  parameters: [],
  remembered: [],
});
const never = () => Promise.reject(new Error("it was not to be asked"));

it("given no backing service, then there is no target", () => {
  const none = { ...settings("redis://r"), secrets: { sessionSecrets: [] } };
  expect(targetOf(none, never, silent)).toBeUndefined();
});

it.each([
  ["redis://r", { host: "r", port: 6379, tls: false, database: 0, username: "app", password: "p" }],
  ["rediss://u:a%2Fb@[::1]:1/2", { host: "::1", port: 1, tls: true, database: 2, username: "u", password: "a/b" }],
])("takes %s apart", (url, target) => {
  expect(targetOf(settings(url, "p"), never, silent)?.()).toEqual({ ...target, ca: undefined });
});

it("given a connection that can't be had, then the settings are read again, but not for each attempt", async () => {
  let reads = 0;
  const reload = () => Promise.resolve(settings("redis://new", `p${++reads}`));
  const target = targetOf(settings("redis://old", "p"), reload, silent, 100);
  expect(target?.()).toMatchObject({ host: "old", password: "p" });
  await pause(120);
  // This attempt waits for nobody; the next one knows.
  expect(target?.()).toMatchObject({ host: "old" });
  await pause(10);
  expect(target?.()).toMatchObject({ host: "new", password: "p1" });
  expect(target?.()).toMatchObject({ password: "p1" });
  expect(reads).toBe(1);
});

it("given settings that can't be read again, then the last ones stand", async () => {
  const target = targetOf(settings("redis://old"), never, silent, 0);
  target?.();
  await pause(10);
  expect(target?.()).toMatchObject({ host: "old" });
});
