import { renderHistory, renderRecord } from "../../../cli/store/history.ts";
import type { ReleaseRecord } from "../../../cli/state/model.ts";
import { record } from "./facts.ts";

const now = Date.parse("2026-11-21T10:12:30.000Z");
const at = (time: string): string => `2026-11-21T${time}.000Z`;
const released: ReleaseRecord = {
  ...record,
  stage: "bake",
  outcome: "released",
  endedAt: at("11:30:05"),
  servesSince: at("10:20:00"),
  weights: [
    { at: at("10:05:10"), blue: 90, green: 10 },
    { at: at("10:15:10"), blue: 67, green: 33 },
    { at: at("10:20:00"), blue: 0, green: 100 },
  ],
  checks: [
    { at: at("10:04:00"), name: "ready", ok: true, detail: "/readyz answered 200" },
    { at: at("10:04:01"), name: "latency", ok: false, detail: "p95 1.2 s of 50 requests; at most 1 s" },
  ],
};
const back: ReleaseRecord = {
  ...record,
  id: "2026-11-20T09:00:00.000Z-cd34",
  startedAt: "2026-11-20T09:00:00.000Z",
  endedAt: "2026-11-20T09:03:00.000Z",
  by: "somebody-with-a-long-name (a/b, run 7)",
  image: { imageId: "ami-0123456789abcdef0" },
  weights: [
    { at: "2026-11-20T09:01:00.000Z", blue: 99, green: 1 },
    { at: "2026-11-20T09:02:59.000Z", blue: 100, green: 0 },
  ],
  outcome: "rolled-back",
  why: "5xx share 8 % of 1200 requests, 1 % allowed",
};

test("a table, in the order in which they come, and why each ended", () => {
  expect(renderHistory([record, released, back], now)).toBe(`\
┌──────────────────┬─────────────┬─────────┬───────────────────────┬──────────────────────┐
│ release          │ outcome     │    took │ image                 │ by                   │
│ 2026-11-21T10:00 │ running     │  12m30s │ v2.0.0                │ ann@laptop           │
│ 2026-11-21T10:00 │ released    │ 1h30m5s │ v2.0.0                │ ann@laptop           │
│ 2026-11-20T09:00 │ rolled back │      3m │ ami-0123456789abcdef0 │ somebody-with-a-lon… │
└──────────────────┴─────────────┴─────────┴───────────────────────┴──────────────────────┘
2026-11-20T09:00 rolled back: 5xx share 8 % of 1200 requests, 1 % allowed`);
});

test("no record yet", () => {
  expect(renderHistory([], now)).toBe("No release yet: bluegreen release <ami | version> makes the first.");
});

test.each<[string, ReleaseRecord, string]>([
  [
    "that went well",
    released,
    `\
release     2026-11-21T10:00:00.000Z-ab12
stack       prod
image       v2.0.0 (ami-0b, commit 222222222222), on green
instead of  ami-0a, on blue
by          ann@laptop
outcome     released
took        1h30m5s
all traffic since 2026-11-21 10:20:00 UTC

traffic of green
  2026-11-21 10:05:10 UTC    +5m10s  ██░░░░░░░░░░░░░░░░░░  10 %
  2026-11-21 10:15:10 UTC   +15m10s  ███████░░░░░░░░░░░░░  33 %
  2026-11-21 10:20:00 UTC      +20m  ████████████████████ 100 %

checks
  2026-11-21 10:04:00 UTC  ✔ ready: /readyz answered 200
  2026-11-21 10:04:01 UTC  ✖ latency: p95 1.2 s of 50 requests; at most 1 s`,
  ],
  [
    "that went back",
    back,
    `\
release     2026-11-20T09:00:00.000Z-cd34
stack       prod
image       ami-0123456789abcdef0, on green
instead of  ami-0a, on blue
by          somebody-with-a-long-name (a/b, run 7)
outcome     rolled back
why         5xx share 8 % of 1200 requests, 1 % allowed
took        3m
all traffic never

traffic of green
  2026-11-20 09:01:00 UTC       +1m  ░░░░░░░░░░░░░░░░░░░░   1 %
  2026-11-20 09:02:59 UTC    +2m59s  ░░░░░░░░░░░░░░░░░░░░   0 %

no checks`,
  ],
  [
    "under way",
    {
      ...record,
      stage: "cutover",
      color: "blue",
      from: { color: "green", image: { imageId: "ami-0a", version: "v1" } },
    },
    `\
release     2026-11-21T10:00:00.000Z-ab12
stack       prod
image       v2.0.0 (ami-0b, commit 222222222222), on blue
instead of  v1 (ami-0a), on green
by          ann@laptop
outcome     running: cutover
took        12m30s
all traffic never

no traffic was moved

no checks`,
  ],
  [
    "that was judged by evidence",
    {
      ...record,
      verdict: {
        at: at("10:11:00"),
        kind: "back",
        why: "it fails",
        observed: true,
        evidence: [
          {
            source: "requests",
            evidence: 512,
            threshold: 333,
            release: { sent: 600, failed: 12 },
            baseline: { sent: 5400, failed: 5 },
          },
        ],
      },
    },
    expect.stringContaining(`verdict at 2026-11-21 10:11:00 UTC, observed: it changed nothing
  back: it fails
  requests: 12 of 600 beside 5 of 5400 of all requests, by CloudWatch; evidence 510, 330 needed

no checks`),
  ],
])("one release %s", (_, one, text) => expect(renderRecord(one, now)).toEqual(text));

test("given a release waited for people and went on in a freeze, then its record says who decided what, and why", () => {
  const pause = {
    after: "check",
    since: at("10:04:00"),
    until: at("12:04:00"),
    then: "rollback",
    request: { strategy: "all-at-once", bakeSeconds: 0, previewSize: 0, until: "ended" },
  } as const;
  const ended = { how: "continued", at: at("10:34:00"), by: "ann@laptop", why: "the checks are well" } as const;
  const override = { at: at("10:00:00"), by: "bob@ci", why: "a hole", reason: "Christmas", until: at("23:00:00") };
  const one = { ...released, pauses: [{ ...pause, ended }, pause], duringFreeze: [override] };
  const lines = renderRecord(one, now).split("\n");
  expect(lines).toContain(
    "paused      after check, 2026-11-21 10:04:00 UTC: continued after 30m by ann@laptop: the checks are well",
  );
  expect(lines).toContain("paused      after check, 2026-11-21 10:04:00 UTC: nobody has decided");
  expect(lines).toContain("in a freeze 2026-11-21 10:00:00 UTC (Christmas): a hole, by bob@ci");
});
