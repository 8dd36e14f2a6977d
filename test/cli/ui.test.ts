import { bar, Ui, type Mode } from "../../cli/ui.ts";

/** What a command in this mode writes. */
async function written(mode: Mode, use: (ui: Ui) => unknown): Promise<{ out: string[]; err: string[] }> {
  const lines = { out: [] as string[], err: [] as string[] };
  const log = jest.spyOn(console, "log").mockImplementation((line: string) => void lines.out.push(line));
  const error = jest.spyOn(console, "error").mockImplementation((line: string) => void lines.err.push(line));
  try {
    await use(new Ui(mode));
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
  return lines;
}

const steps = async (ui: Ui) => {
  const result = await ui.step("check", "Checking v2", (tell) => {
    for (const line of ["1 of 2", "1 of 2", "2 of 2"]) tell.now(line);
    tell.keep("ok  ready");
    return Promise.resolve(7);
  });
  ui.say(`got ${result}`);
  ui.result({ a: 1 }, "a is 1");
  ui.error("failed", "no luck");
};

test("without a terminal: plain lines, the same one not twice, errors apart", async () => {
  expect(await written("lines", steps)).toEqual({
    out: [
      "Checking v2 ...",
      "  1 of 2",
      "  2 of 2",
      "  ok  ready",
      expect.stringMatching(/^Checking v2: done, [\d.]+ s$/),
      "got 7",
      "a is 1",
    ],
    err: ["no luck"],
  });
});

test("for machines: one object a line, errors as well", async () => {
  const { out, err } = await written("json", steps);
  expect(err).toEqual([]);
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
  const title = "Checking v2";
  expect(out.map((line) => JSON.parse(line) as object)).toEqual([
    { at, type: "step", step: "check", status: "started", title },
    { at, type: "progress", step: "check", text: "1 of 2" },
    { at, type: "progress", step: "check", text: "2 of 2" },
    { at, type: "progress", step: "check", text: "ok  ready" },
    { at, type: "step", step: "check", status: "done", title, seconds: expect.any(Number) as number },
    { at, type: "message", text: "got 7" },
    { at, type: "result", value: { a: 1 } },
    { at, type: "error", code: "failed", message: "no luck" },
  ]);
  expect(out.every((line) => !line.includes("\n"))).toBe(true);
});

test.each(["lines", "json"] as const)(
  "fails with the step's own error, and says that it failed, as %s",
  async (mode) => {
    const error = new Error("no luck");
    const { out } = await written(mode, (ui) =>
      expect(ui.step("bake", "Baking", () => Promise.reject(error))).rejects.toBe(error),
    );
    expect(out.at(-1)).toMatch(mode === "json" ? /"status":"failed","title":"Baking"/ : /^Baking: failed$/);
  },
);

test.each([
  [0, "░░░░"],
  [0.5, "██░░"],
  [1, "████"],
  [7, "████"],
  [-1, "░░░░"],
])("a bar of %d", (done, text) => expect(bar(done, 4)).toBe(text));
