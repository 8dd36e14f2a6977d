import { pulumi, selectedStack } from "../../cli/pulumi.ts";
import { FakeTools } from "../tools/fake-path.ts";

let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

/** A CLI that says this on standard error, and fails. */
const fails = (text: string) => tools.add("bin/pulumi", `cat >&2 <<'END'\n${text}\nEND\nexit 255`);
const stackRef = () => ({ folder: tools.root, stack: "dev" });

test("the CLI works on the stack, in the project's folder, without a question", async () => {
  tools.add("bin/pulumi", `echo "$PWD: $*"`);
  expect(await pulumi(stackRef(), ["stack", "export"])).toBe(
    `${tools.root}: stack export --stack dev --non-interactive\n`,
  );
});

// The texts of the CLI, 3.250.
test.each([
  [
    "error: no stack named 'dev' found",
    "usage",
    "no stack named 'dev' found. Make it with pulumi stack init dev and pulumi up, or log in to the backend that has it.",
  ],
  [
    "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
    "usage",
    "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions. Log in first: pulumi login.",
  ],
  [
    "warning: using pulumi-language-nodejs from $PATH\nerror: could not create secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    "usage",
    "could not create secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
  ],
  [
    "error: unable to open bucket file:///none: no such file or directory",
    "failed",
    "unable to open bucket file:///none: no such file or directory",
  ],
])("%s: in one line, with what to do", async (said, code, message) => {
  fails(said);
  await expect(pulumi(stackRef(), ["stack", "export"])).rejects.toMatchObject({ code, message });
});

test("a command that is cut off was interrupted", async () => {
  tools.add("bin/pulumi", "exec sleep 60");
  await expect(pulumi(stackRef(), ["stack", "export"], AbortSignal.abort())).rejects.toMatchObject({
    code: "interrupted",
  });
});

test("the selected stack is told, also that there is none", async () => {
  tools.add("bin/pulumi", `[ "$*" = "stack --show-name --non-interactive" ] && echo dev`);
  expect(await selectedStack(tools.root)).toBe("dev");
  fails("error: no stack selected; please use `pulumi stack select` or `pulumi stack init` to choose one");
  expect(await selectedStack(tools.root)).toBeUndefined();
});

test("fails where the selected stack can't be told", async () => {
  fails("error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions");
  await expect(selectedStack(tools.root)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining("Log in first") as string,
  });
});

test("fails without a CLI, and says where it comes from", async () => {
  tools.hideSystem();
  const missing = { code: "usage", message: expect.stringMatching(/not on PATH. Install it: https:/) as string };
  await expect(pulumi(stackRef(), ["stack"])).rejects.toMatchObject(missing);
  await expect(selectedStack(tools.root)).rejects.toMatchObject(missing);
});
