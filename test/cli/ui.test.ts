import type { Pipeline } from "../../cli/pipeline.ts";
import { bar, Ui, type Mode, type WatchTeller } from "../../cli/ui.ts";

/** What a command in this mode writes. */
async function written(
  mode: Mode,
  use: (ui: Ui) => unknown,
  pipeline?: Pipeline,
): Promise<{ out: string[]; err: string[] }> {
  const lines = { out: [] as string[], err: [] as string[] };
  const log = jest.spyOn(console, "log").mockImplementation((line: string) => void lines.out.push(line));
  const error = jest.spyOn(console, "error").mockImplementation((line: string) => void lines.err.push(line));
  try {
    await use(new Ui(mode, pipeline));
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

describe("a watch of ten minutes that sees the same all the time, but for one failure after five", () => {
  const start = Date.parse("2026-11-21T14:00:00Z");
  beforeEach(() => jest.useFakeTimers({ now: start }));
  afterEach(() => jest.useRealTimers());

  const watch = async (ui: Ui): Promise<void> => {
    await ui.step("bake", "Baking v2", (tell: WatchTeller) => {
      for (let second = 0; second <= 600; second++) {
        jest.setSystemTime(start + second * 1000);
        tell.watch(`${600 - second} s left`, { verdict: "go", evidence: second < 300 ? "0" : "1" });
      }
      return Promise.resolve();
    });
  };

  test.each<Mode>(["lines", "json"])(
    "without a terminal (%s): a line a minute, the news at once, and the end",
    async (mode) => {
      const { out } = await written(mode, watch);
      const left = out.flatMap((line) => /(\d+) s left/.exec(line)?.[1] ?? []).map(Number);
      expect(left).toEqual([600, 540, 480, 420, 360, 300, 240, 180, 120, 60, 0]);
    },
  );

  test("what was news is kept for the summary, also at a terminal", async () => {
    const ui = new Ui("lines");
    jest.spyOn(console, "log").mockImplementation(() => undefined);
    await watch(ui);
    jest.restoreAllMocks();
    expect(ui.watched).toHaveLength(11);
    expect(ui.watched[0]).toEqual({ at: "2026-11-21T14:00:00.000Z", title: "Baking v2", line: "600 s left" });
  });
});

describe("in a pipeline", () => {
  const nested = (ui: Ui) =>
    ui.step("bake", "Baking v2", async (tell) => {
      tell.now("outside");
      await ui.step("check", "Checking v2", (inner) => Promise.resolve(inner.keep("inside")));
    });

  test("GitHub: a step is a group that ends before its result, and groups do not nest", async () => {
    const { out } = await written("lines", nested, "github");
    expect(out).toEqual([
      "::group::Baking v2",
      "  outside",
      "Checking v2 ...",
      "  inside",
      expect.stringMatching(/^Checking v2: done/),
      "::endgroup::",
      expect.stringMatching(/^Baking v2: done/),
    ]);
  });

  test("GitLab: a step is a section, each with a name of its own", async () => {
    const once = (ui: Ui) => ui.step("check", "Checking", () => Promise.resolve());
    const { out } = await written("lines", async (ui) => [await once(ui), await once(ui)], "gitlab");
    const marks = out.flatMap(
      (line) => /section_(start|end):\d{10}:(bluegreen_check_\d)\r\u001b\[0K/.exec(line)?.slice(1) ?? [],
    );
    expect(marks.join(" ")).toBe(
      "start bluegreen_check_1 end bluegreen_check_1 start bluegreen_check_2 end bluegreen_check_2",
    );
  });

  test("given a step that fails, then its group ends, and the failure stands outside", async () => {
    const { out } = await written(
      "lines",
      (ui) => ui.step("check", "Checking", () => Promise.reject(new Error("no"))).catch(() => undefined),
      "github",
    );
    expect(out).toEqual(["::group::Checking", "::endgroup::", "Checking: failed"]);
  });

  test("given a text of somebody else's that is a workflow command, then no line of the log is one", async () => {
    const hostile = "::set-output name=x::1\n  ::add-mask::y\r::stop-commands::z ##[add-mask]w";
    for (const mode of ["lines", "json"] as const) {
      const { out, err } = await written(
        mode,
        async (ui) => {
          ui.say(hostile);
          ui.error("failed", hostile);
          ui.result({ hostile }, hostile);
          await ui.step("check", `Checking ${hostile}`, (tell) => Promise.resolve(tell.keep(hostile)));
        },
        "github",
      );
      const lines = [...out, ...err].flatMap((text) => text.split(/[\r\n]/));
      // What the runner obeys: actions/runner, ActionCommand.cs.
      const commands = lines.filter((line) => /^\s*::(?!(end)?group::)/.test(line) || line.includes("##["));
      expect(commands).toEqual([]);
    }
  });
});
