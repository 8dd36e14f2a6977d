import { execFile } from "node:child_process";
import path from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";

const script = path.join(__dirname, "live-screen-process.ts");

async function frames(rows: number): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["-r", "@swc-node/register", script, String(rows)]);
  return JSON.parse(stdout) as string[];
}

const lines = (frame: string) => stripVTControlCharacters(frame).split("\n");

describe("a live screen", () => {
  it("draws over what it drew, keeps the last good view below a failure, and leaves the cursor alone", async () => {
    const [first, second, third, last] = await frames(40);
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
    expect([first, second, third].join("")).not.toMatch(/\u001b\[\?25[hl]/);
  });

  it("shows the top of what a low terminal can't hold", async () => {
    const [, second] = await frames(8);
    expect(lines(second)).toHaveLength(8);
    expect(lines(second)[0]).toMatch(/^dev: blue/);
    expect(lines(second)[6]).toMatch(/^\.\.\. \d+ more lines: make the terminal higher$/);
  });
});
