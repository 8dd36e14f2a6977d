import { isTruncated, Output } from "../../../cli/jobs/output.ts";
import { awsError, fakeAws, type World } from "./fake-aws.ts";

function outputOf(world: World) {
  const { clients, calls } = fakeAws(world);
  const lines: string[] = [];
  const line = (stream: string, text: string): void => void lines.push(`${stream} ${text}`);
  const output = new Output({ logs: clients.logs, logGroup: "/g", commandId: "c", instanceId: "i", line });
  return { output, lines, calls };
}

it("tells each line once: from the logs while the job runs, the rest from its end", async () => {
  const { output, lines } = outputOf({ events: { stdout: [["one"], ["two\nthree\n"]] } });
  await output.follow();
  expect(lines).toEqual(["stdout one", "stdout two", "stdout three"]);
  await output.follow();
  await output.finish({ stdout: "one\n\ntwo\nthree\nfour\n", stderr: "bad\n" });
  expect(lines.slice(3)).toEqual(["stdout four", "stderr bad"]);
});

it("tells all at the end where the logs can't be read, and asks for them no more", async () => {
  const { output, lines, calls } = outputOf({ errors: { GetLogEvents: awsError("AccessDeniedException") } });
  await output.follow();
  await output.finish({ stdout: "one\ntwo", stderr: "" });
  expect(lines).toEqual(["stdout one", "stdout two"]);
  expect(calls).toHaveLength(1);
});

it.each([
  ["", "", false],
  ["x".repeat(23_999), "x".repeat(7_999), false],
  ["x".repeat(24_000), "", true],
  ["", "x".repeat(8_000), true],
  ["x\n---Output truncated---", "", true],
])("truncated: case %#", (stdout, stderr, truncated) => {
  expect(isTruncated({ stdout, stderr })).toBe(truncated);
});
