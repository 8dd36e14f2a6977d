import { follow, type Invocation } from "../../../../packages/local-aws/ssm/invocation.ts";
import { startScript } from "../../../../packages/machines/script.ts";

const invocation = (): Invocation => ({
  commandId: "c",
  instanceId: "i",
  comment: "",
  requestedAt: new Date(),
  status: "Pending",
  statusDetails: "Pending",
  responseCode: -1,
  stdout: "",
  stderr: "",
});
const sh = (script: string) => startScript("sh", ["-c", script], process.env);

it.each([
  ["echo out; echo err >&2", { status: "Success", responseCode: 0, stdout: "out\n", stderr: "err\n" }],
  ["echo out; exit 3", { status: "Failed", responseCode: 3, stdout: "out\n" }],
])("tells the end of: %s", async (script, end) => {
  const told = invocation();
  const running = follow(told, sh(script), undefined);
  expect(told).toMatchObject({ status: "InProgress", stdout: "" });
  await running.ended;
  expect(told).toMatchObject({ ...end, endedAt: expect.any(Date) as Date });
});

it.each([
  ["timeout", "TimedOut", "ExecutionTimedOut"],
  ["cancel", "Cancelled", "Cancelled"],
] as const)("ends a script with all that it has started: %s", async (why, status, statusDetails) => {
  const told = invocation();
  const script = sh("sleep 600 & echo $!; wait");
  const child = new Promise<number>((resolve) => script.stdout.once("data", (text) => resolve(Number(text))));
  const running = follow(told, script, undefined);
  const pid = await child;
  running.end(why);
  // Its output ends with the last process that holds it.
  await running.ended;
  expect(told).toMatchObject({ status, statusDetails, responseCode: 137, stdout: `${pid}\n` });
});

it("keeps as much of the output as Systems Manager does", async () => {
  const told = invocation();
  await follow(told, sh("x=$(head -c 30000 /dev/zero | tr '\\0' x); printf %s $x; printf %s $x >&2"), undefined).ended;
  expect([told.stdout.length, told.stderr.length]).toEqual([24_000, 8_000]);
  expect(told.stdout).toMatch(/x\n---Output truncated---$/);
  expect(told.stderr).toMatch(/x\n---Error truncated----$/);
});
