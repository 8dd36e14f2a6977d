import fc from "fast-check";
import { Counters } from "../../../cli/analysis/counters.ts";
import { readExposition } from "../../../cli/analysis/exposition.ts";
import { closedEndpoint, PreviewServer } from "./preview-server.ts";

const started = "process_start_time_seconds 1700000000.5\n";

test.each<[string, string, ReturnType<typeof readExposition>]>([
  [
    "all labels and methods together",
    `# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\nhttp_requests_total{code="200",method="GET"} 1027 1395066363000\nhttp_requests_total{method="post",code="503"} 3\nhttp_requests_total{code="404"} 2\n${started}`,
    { sent: 1032, failed: 3, startedAt: 1_700_000_000.5 },
  ],
  [
    "a class of statuses, and a label with quotes and braces",
    `http_requests_total{path="/a\\"}{",status="5xx"} 1e2\r\n${started}`,
    { sent: 100, failed: 100, startedAt: 1_700_000_000.5 },
  ],
  [
    "a histogram's count, which counts only where the other is missing",
    `http_request_duration_seconds_count{status_code="200"} 7\nhttp_request_duration_seconds_bucket{le="1",status_code="200"} 6\n${started}`,
    { sent: 7, failed: 0, startedAt: 1_700_000_000.5 },
  ],
  [
    "a histogram of all labels together, without what failed",
    `http_request_duration_seconds_bucket{code="200",le="0.1"} 7\nhttp_request_duration_seconds_bucket{code="404",le="0.1"} 1\nhttp_request_duration_seconds_bucket{code="200",le="+Inf"} 9\nhttp_request_duration_seconds_bucket{code="404",le="+Inf"} 1\nhttp_request_duration_seconds_bucket{code="500",le="0.1"} 3\nhttp_request_duration_seconds_bucket{code="500",le="+Inf"} 3\nhttp_requests_total{code="200"} 9\n${started}`,
    {
      sent: 9,
      failed: 0,
      startedAt: 1_700_000_000.5,
      buckets: new Map([
        [0.1, 8],
        [Infinity, 10],
      ]),
    },
  ],
  [
    "a histogram that counts backwards as none",
    `http_request_duration_seconds_bucket{le="0.1"} 7\nhttp_request_duration_seconds_bucket{le="+Inf"} 6\nhttp_requests_total{code="200"} 9\n${started}`,
    { sent: 9, failed: 0, startedAt: 1_700_000_000.5 },
  ],
  [
    "values that no counter has",
    `http_requests_total{code="200"} 5\nhttp_requests_total{code="500"} NaN\nhttp_requests_total{code="500"} -1\nhttp_requests_total{code="500"} +Inf\nhttp_requests_total{code="500"\n${started}`,
    { sent: 5, failed: 0, startedAt: 1_700_000_000.5 },
  ],
  ["no counter", started, expect.stringContaining("no counter http_requests_total or") as string],
  [
    "nothing that tells processes apart",
    'http_requests_total{code="200"} 5\n',
    expect.stringContaining("no process_start_time_seconds") as string,
  ],
])("reads %s", (_, text, expected) => expect(readExposition(text)).toEqual(expected));

test("given any text, then it is read without an error, in time", () =>
  fc.assert(
    fc.property(fc.string({ maxLength: 2_000 }), (text) => {
      readExposition(`http_requests_total{${text}`);
    }),
  ));

test("given 64 KiB of quotes and braces, then it is read within a second", () => {
  const begun = performance.now();
  for (const piece of ['"', '\\"', "{", "a", ","])
    readExposition(`http_requests_total{${piece.repeat(65_000 / piece.length)}`);
  expect(performance.now() - begun).toBeLessThan(1_000);
});

describe("counters of both colours", () => {
  const server = new PreviewServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  const notes: string[] = [];
  beforeEach(() => void notes.splice(0));
  const counters = () =>
    new Counters({ preview: server.endpoint, path: "/metrics", note: (line) => void notes.push(line) });
  const answering = (...bodies: string[]) =>
    void (server.respond = (_, response) => response.end(bodies.length > 1 ? bodies.shift() : bodies[0]));
  const counted = (sent: number, failed: number, process: number) =>
    `http_requests_total{code="200"} ${sent - failed}\nhttp_requests_total{code="500"} ${failed}\nprocess_start_time_seconds ${process}\n`;

  test("given two processes behind a colour, then each joins with what it has counted since its last answer", async () => {
    answering(counted(1000, 10, 1), counted(50, 0, 2), counted(1010, 12, 1), counted(60, 0, 2), counted(5, 0, 3));
    const both = counters();
    const tallies = [];
    for (let look = 0; look < 5; look++) tallies.push(await both.of("green"));
    const none = { sent: 0, failed: 0 };
    expect(tallies).toEqual([none, none, { sent: 10, failed: 2 }, { sent: 10, failed: 0 }, none]);
    expect(notes).toEqual([]);
  });

  test.each<[string, () => void, string]>([
    [
      "it is no path of the service",
      () => (server.respond = (_, response) => response.writeHead(404).end()),
      "it answered 404",
    ],
    ["it answers something else", () => answering("<html>"), "it has no counter"],
    ["it answers without end", () => answering("x".repeat(70_000)), "an answer of more than 64 KiB"],
  ])("given that %s, then that is noted, and it counts as nothing", async (_, arrange, why) => {
    arrange();
    expect(await counters().of("green")).toEqual({ sent: 0, failed: 0 });
    expect(notes).toEqual([
      expect.stringMatching(
        new RegExp(`^green's counters can't be read \\(GET /metrics: ${why}.*without them`),
      ) as string,
    ]);
  });

  test("given no connection, then it counts as nothing", async () => {
    const closed = new Counters({
      preview: await closedEndpoint(),
      path: "/metrics",
      note: (line) => void notes.push(line),
    });
    expect(await closed.of("blue")).toEqual({ sent: 0, failed: 0 });
    expect(notes[0]).toContain("no connection");
  });
});
