import { readFileSync } from "node:fs";
import path from "node:path";
import {
  commandBlocks,
  statedRefusals,
  touchedIn,
  withExamples,
} from "../../../rehearsal/scenarios/readme-commands.ts";

describe("commandBlocks", () => {
  it("gives the marked blocks alone, in their order, without the document's indentation", () => {
    const text = [
      "<!-- run: a -->",
      "```sh",
      "one",
      "```",
      "```sh",
      "unmarked",
      "```",
      "   <!-- run: b -->",
      "   ```sh",
      "   two",
      "     three",
      "   ```",
    ].join("\n");
    expect(commandBlocks(text)).toEqual([
      { name: "a", script: "one\n" },
      { name: "b", script: "two\n  three\n" },
    ]);
  });

  it("fails where a mark has no block below it", () =>
    expect(() => commandBlocks("<!-- run: a -->\n\n```sh\none\n```\n")).toThrow('the mark "run: a" has no block'));

  it("finds those of the README, each once", () => {
    const text = readFileSync(path.resolve(import.meta.dirname, "../../../README.md"), "utf8");
    const names = commandBlocks(text).map(({ name }) => name);
    expect(names).toEqual(["up", "warm", "try", "canary", "flip", "rollback", "shrink", "end"]);
  });
});

describe("statedRefusals", () => {
  it("reads the table of guards in docs/safety.md, colours and numbers as examples", () => {
    const stated = statedRefusals(readFileSync(path.resolve(import.meta.dirname, "../../../docs/safety.md"), "utf8"));
    const said = "blue has 2 healthy targets and needs 3";
    expect(stated.filter(({ words }) => words.test(said))).toEqual([expect.objectContaining({ byGate: true })]);
    expect(stated.filter(({ byGate }) => !byGate)).toHaveLength(9);
  });

  it("leaves out what an ellipsis stands for", () => {
    const [{ words }] = statedRefusals("| it says | because |\n|-|-|\n| `blue would (…) serve` | x |\n");
    expect(words.test("green would (ami-1 to ami-2) serve")).toBe(true);
    expect(words.test("green would not serve")).toBe(false);
  });
});

it("replaces the examples and nothing else", () =>
  expect(withExamples("set blueAmi ami-1\nset greenAmi ami-2\n", { "ami-1": "ami-a" })).toBe(
    "set blueAmi ami-a\nset greenAmi ami-2\n",
  ));

describe("touchedIn", () => {
  const printed = [
    "Previewing update (dev):",
    " ~  aws:lb:Listener app-listener update [diff: ~defaultActions]",
    " +  aws:ec2:LaunchTemplate app-green-template created (0.1s)",
    "Updating (dev):",
    " ~  aws:lb:Listener app-listener updating (0s) [diff: ~defaultActions]",
    " ~  aws:lb:Listener app-listener updated (0.5s) [diff: ~defaultActions]",
    " ++ aws:autoscaling:Group app-green-group created replacement (1s)",
    " -- aws:autoscaling:Group app-green-group deleted original (1s)",
    "    bluegreen:index:BlueGreen app  ",
    "Resources:",
    "    ~ 1 updated",
  ].join("\n");

  it("names what the update has finished, and nothing of the preview", () =>
    expect(touchedIn(printed)).toEqual(["app-listener", "app-green-group"]));

  it("names nothing where nothing was changed", () =>
    expect(touchedIn("Updating (dev):\n\n    1 unchanged\n")).toEqual([]));
});
