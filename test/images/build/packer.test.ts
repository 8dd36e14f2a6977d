import { TEMPLATES } from "../../../images/build/layers.ts";
import { commandOf, reasonIn } from "../../../images/build/packer.ts";

const run = {
  packer: "packer",
  pluginPath: "/plugins",
  layer: "base" as const,
  variables: { region: "x", commit: "" },
};

test.each([
  [undefined, "packer", []],
  [["nsenter", "--net", "--"], "nsenter", ["--net", "--", "packer"]],
])("behind %j Packer gets files first, then what beats them", (prefix, command, before) => {
  const after = ["-var", "region=x", "-var", "commit=", TEMPLATES];
  const args = [...before, "build", "-color=false", "-only=base.*", "-var-file=a", "-var-file=b", ...after];
  expect(commandOf({ ...run, varFiles: ["a", "b"], prefix })).toEqual([command, ...args]);
});

const errored = ["Build 'app.amazon-ebs.layer' errored after 4 s: no subnet", "  more of it"];
const many = Array.from({ length: 40 }, (_, i) => `line ${i}`);
test.each<[string, string[], string[]]>([
  ["what it says of the build", ["==> begun", ...errored, "==> Wait completed after 4 s", "==> none"], errored],
  ["its last lines", many, many.slice(-12)],
  ["12 lines of a long reason", ["x", ...errored, ...many], [...errored, ...many.slice(0, 10)]],
  ["nothing", [], []],
])("the reason is %s", (_, lines, reason) => expect(reasonIn(lines)).toEqual(reason));
