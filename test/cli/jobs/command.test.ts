import { execFileSync } from "node:child_process";
import { jobScript, quoted } from "../../../cli/jobs/command.ts";
import { CliError } from "../../../cli/error.ts";

const request = { job: "migrate", args: [], timeout: 60 };

it.each(["plain", "a b", "it's", "$HOME `id` $(id)", 'say "hi"', "a\nb", "", "-x=1", "{{ssm:secret}}", "{{{", "\\n*?"])(
  "a shell reads back what was quoted: %j",
  (word) => {
    const text = quoted(word);
    expect(text).not.toContain("{{");
    expect(execFileSync("sh", ["-c", `printf %s ${text}`], { encoding: "utf8" })).toBe(word);
  },
);

it("ends with the job itself, so that its exit code is the script's", () => {
  expect(jobScript({ ...request, args: ["--to", "3; reboot"] }).at(-1)).toBe("exec app migrate --to '3; reboot'");
});

it.each([
  [{ job: "Migrate" }, /the job is "Migrate"; allowed are/],
  [{ job: "--version" }, /the job is "--version"/],
  [{ job: "x; reboot" }, /the job is "x; reboot"/],
  [{ args: ["a\0b"] }, /holds a NUL/],
  [{ timeout: 0 }, /the timeout is 0; allowed are whole seconds from 1 to 172800/],
  [{ timeout: 1.5 }, /the timeout is 1.5/],
  [{ timeout: 172_801 }, /the timeout is 172801/],
  [{ job: "", timeout: NaN }, /the job is "".*; the timeout is NaN/],
])("refuses %j", (wrong, message) => {
  const run = () => jobScript({ ...request, ...wrong });
  expect(run).toThrow(CliError);
  expect(run).toThrow(message);
});
