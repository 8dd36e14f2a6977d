import { execFile } from "node:child_process";
import path from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";

const script = path.join(import.meta.dirname, "live-screen-process.ts");

const lines = (frame: string) => stripVTControlCharacters(frame).split("\n");

describe("a live screen", () => {
  let high: string[], low: string[];
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, "40", "8"]);
    [high, low] = JSON.parse(stdout) as string[][];
  }, 20_000);

  it("draws over what it drew, and keeps the last good view below a failure", () => {
    const [first, second, third, last] = high;
    expect(lines(first)).toEqual(["The stack can't be read: no network", ""]);
    expect(lines(second)[0]).toBe("dev: blue v1.0.0 serves 100 %, green v2.0.0 stands by, all healthy");
    expect(lines(third).slice(0, 3)).toEqual([
      "The stack can't be read: throttled; below is what it was 1 min ago",
      "",
      lines(second)[0],
    ]);
    expect(last).toBe("");
    // One line up and cleared for each line of the frame before.
    expect(second.split("\u001b[2K")).toHaveLength(lines(first).length + 1);
  });

  it("shows the top of what a low terminal can't hold", () => {
    const [, second] = low;
    expect(lines(second)).toHaveLength(8);
    expect(lines(second)[0]).toMatch(/^dev: blue/);
    expect(lines(second)[6]).toMatch(/^\.\.\. \d+ more lines: make the terminal higher$/);
  });
});
