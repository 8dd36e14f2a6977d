import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { LiveState } from "../../../cli/state/model.ts";
import { lineScreen, type Screen } from "../../../cli/status/screen.ts";
import { watch } from "../../../cli/status/watch.ts";
import { before, now, settled, weights, world } from "../worlds.ts";

/** Looks at worlds and errors in a row, and ends the watch after the last of them. */
async function watched(looks: (LiveState | Error)[], screen: Screen): Promise<void> {
  const ending = new AbortController();
  const left = [...looks];
  await watch({
    screen,
    standbyHours: 24,
    signal: ending.signal,
    clock: () => now,
    read: () => {
      const look = left.shift();
      return look instanceof Error ? Promise.reject(look) : Promise.resolve(look ?? world());
    },
    pause: () => {
      if (left.length === 0) ending.abort();
      return Promise.resolve();
    },
  });
}

function recorder(): { screen: Screen; calls: string[] } {
  const calls: string[] = [];
  const screen: Screen = {
    show: ({ headline }) => void calls.push(headline),
    fail: (message, last) => void calls.push(`${message} (${last?.headline ?? "nothing yet"})`),
    close: () => void calls.push("closed"),
  };
  return { screen, calls };
}

const calm = "dev: blue v1.0.0 serves 100 %, green v2.0.0 stands by, all healthy";
const canary = "dev: blue v1.0.0 serves 90 %, green v2.0.0 10 % (canary), all healthy";
const sharing = world({ weights: weights(90, 10), settings: settled({ standbyWeight: 10 }) });

describe("a watch", () => {
  it("goes on after a look that failed, and knows the last good one", async () => {
    const { screen, calls } = recorder();
    await watched([new Error("no network\nat x"), world(), new Error("throttled"), sharing], screen);
    expect(calls).toEqual(["no network (nothing yet)", calm, `throttled (${calm})`, canary, "closed"]);
  });

  it("looks at nothing when it has ended before it began", async () => {
    const { screen, calls } = recorder();
    const read = jest.fn<Promise<LiveState>, []>();
    await watch({ read, screen, standbyHours: 24, signal: AbortSignal.abort() });
    expect([calls, read.mock.calls]).toEqual([["closed"], []]);
  });

  it("ends while a look hangs", async () => {
    const { screen, calls } = recorder();
    const ending = new AbortController();
    const read = () => {
      ending.abort();
      return new Promise<LiveState>(() => undefined);
    };
    await watch({ read, screen, standbyHours: 24, signal: ending.signal });
    expect(calls).toEqual(["closed"]);
  });

  it("ends in the default pause", async () => {
    const { screen, calls } = recorder();
    const ending = new AbortController();
    const show = (report: { headline: string }) => {
      calls.push(report.headline);
      setImmediate(() => ending.abort());
    };
    const read = () => Promise.resolve(world());
    await watch({ read, screen: { ...screen, show }, standbyHours: 24, signal: ending.signal });
    expect(calls).toEqual([calm, "closed"]);
  });
});

it("without a terminal, says a line when something changed", async () => {
  const out = new PassThrough();
  const differing = world({ settings: { ...settled(), file: settled({ standby: "off" }).file } });
  const looks = [
    world({ at: Date.parse(before(9)) }),
    world(),
    sharing,
    new Error("throttled"),
    new Error("throttled"),
  ];
  await watched([...looks, differing], lineScreen(out));
  out.end();
  expect(await text(out)).toBe(
    [
      `2026-11-21T14:05:21.000Z ${calm}; rollback ready`,
      `2026-11-21T14:05:30.000Z ${canary}; rollback ready`,
      "2026-11-21T14:05:30.000Z The stack can't be read: throttled",
      `2026-11-21T14:05:30.000Z ${calm}; rollback ready; Pulumi.dev.yaml has standby off, the last update warm`,
      "",
    ].join("\n"),
  );
});
