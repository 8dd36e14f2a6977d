import { stripVTControlCharacters } from "node:util";
import { classify, type Seen } from "../../../cli/drift/classify.ts";
import { renderDrift } from "../../../cli/drift/render.ts";
import { driftReport, nextOf } from "../../../cli/drift/report.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import { world } from "../worlds.ts";

const moved = world({ weights: { live: { blue: 50, green: 50 }, recorded: { blue: 100, green: 0 } } });
const seen: Seen[] = [
  {
    op: "update",
    type: "aws:dynamodb/table:Table",
    urn: "bluegreen-dev-releases",
    name: "bluegreen-dev-releases",
    diff: ["tags.who"],
    values: { "tags.who": { new: "me" } },
  },
  {
    op: "same",
    type: "aws:autoscaling/group:Group",
    urn: "app-blue-group",
    name: "app-blue-group",
    diff: ["desiredCapacity"],
    values: { desiredCapacity: { old: 2, new: 3 } },
  },
];

const report = driftReport(moved, classify(seen, moved));

it("counts what it found, and travels as JSON without loss", () => {
  const { items, ...rest } = report;
  expect(rest).toEqual({
    stack: "dev",
    at: "2026-11-21T14:05:30.000Z",
    exit: "drifted",
    counts: { dangerous: 1, other: 1, expected: 1 },
  });
  expect(items).toHaveLength(3);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

describe("for people", () => {
  const text = `
dev: differs from what is declared: 1 dangerous, 1 other, 1 expected

dangerous  The listener's weights: blue 100 %, green 0 % declared, blue 50 %,
           green 50 % found. Somebody moved traffic by hand: bluegreen drift
           --repair puts it back.
other      Table bluegreen-dev-releases, tags.who: nothing declared, me found.
           To keep it, declare it; else bluegreen drift --repair puts it back.
expected   Group app-blue-group, desiredCapacity: 2 declared, 3 found. Auto
           Scaling moves it between the bounds: nothing to do.`;

  it("says what differs", () => expect(`\n${renderDrift(report, { color: false, width: 80 })}`).toBe(text));

  it("is the same text with colours, and has some", () => {
    const colored = renderDrift(report, { color: true, width: 80 });
    expect(`\n${stripVTControlCharacters(colored)}`).toBe(text);
    expect(colored).toContain("\u001b[31mdangerous\u001b[39m");
  });

  it("says that nothing differs", () =>
    expect(renderDrift(driftReport(world(), []), { color: false, width: 80 })).toBe("dev: all is as declared"));
});

describe("what is to be done", () => {
  const opened: Seen = {
    op: "same",
    type: "aws:ec2/securityGroup:SecurityGroup",
    urn: "firewall-fleet",
    name: "firewall-fleet",
    diff: ["ingress"],
    values: { ingress: { new: ["tcp 22 from 0.0.0.0/0"] } },
  };
  const next = (changes: Seen[], of = world()) => nextOf(driftReport(of, classify(changes, of)));

  it.each<[string, string | undefined, Seen[], LiveState]>([
    ["nothing, where AWS alone has changed something", undefined, [seen[1]], world()],
    [
      "a repair, where it puts all back",
      "differs from what was declared. bluegreen drift --repair puts it back.",
      seen,
      moved,
    ],
    [
      "a person, where rules and target groups were added alone",
      "differs from what was declared. No repair takes it away: 2 differences are put back by hand, as is said with each.",
      [opened],
      world({ foreign: ["43 % to target group legacy"] }),
    ],
    [
      "both, where both are needed",
      "bluegreen drift --repair puts back the rest; 1 difference is put back by hand, as is said with each.",
      [...seen, opened],
      world(),
    ],
  ])("%s", (_, expected, changes, of) => {
    if (expected === undefined) expect(next(changes, of)).toBeUndefined();
    else expect(next(changes, of)).toContain(expected);
  });
});
