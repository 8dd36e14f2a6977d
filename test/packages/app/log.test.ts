import type { About } from "../../../packages/app/src/about.ts";
import { createLog, requestId } from "../../../packages/app/src/log.ts";

const about: About = {
  version: "v1.2.3",
  commit: "c".repeat(40),
  schema: { min: 1, max: 1 },
  color: "green",
  environment: "dev",
  instanceId: "i-1",
};

function written(work: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> {
  let line = "";
  work(createLog(about, "info", { write: (text) => void (line += text) }));
  return JSON.parse(line) as Record<string, unknown>;
}

it("says who wrote it on each line", () => {
  expect(written((log) => log.info("hello"))).toMatchObject({
    level: "info",
    color: "green",
    version: "v1.2.3",
    commit: about.commit,
    instanceId: "i-1",
    msg: "hello",
  });
});

it("does not show what an error carries beside its message", () => {
  const error = Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: "redis://:hunter2@" });
  const line = written((log) => log.error({ err: error }, "failed"));
  expect(line.err).toMatchObject({ type: "TypeError", message: "Invalid URL", code: "ERR_INVALID_URL" });
  expect(JSON.stringify(line)).not.toContain("hunter2");
});

const ids: [headers: Record<string, string>, expected: RegExp][] = [
  [{ "x-request-id": "abc-1" }, /^abc-1$/],
  [{ "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678" }, /^Root=1-67891233-abcdef012345678912345678$/],
  [{ "x-request-id": "a", "x-amzn-trace-id": "b" }, /^a$/],
  [{ "x-request-id": "a b\n", "x-amzn-trace-id": "b" }, /^b$/],
  [{ "x-request-id": "x".repeat(201) }, /^[0-9a-f-]{36}$/],
  [{}, /^[0-9a-f-]{36}$/],
];
it.each(ids)("names a request with %j", (headers, expected) => expect(requestId(headers)).toMatch(expected));
