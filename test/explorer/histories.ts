import type { History, Part } from "./play.ts";
import type { Beginning } from "./stack.ts";

const fresh: Beginning = { serving: "blue", size: 2, standby: "off" };
const warm: Beginning = { serving: "blue", size: 3, standby: "warm" };
const green: Beginning = { serving: "green", size: 2, standby: "warm" };
const stepwise = "--preview-size=1 --strategy=canary=5%,2s,50%,2s";

/** Each on a host and in a checkout of its own, as pipelines are. */
function cast(...lines: string[]): Part[] {
  const [hosts, checkouts] = [
    ["ci1", "ci2", "ci3"],
    ["one", "two", "three"],
  ];
  return lines.map((line, index) => ({ who: "ABC"[index], line, host: hosts[index], checkout: checkouts[index] }));
}

/** A file with pauses after these, each with a time-out and what happens then. */
const pausing = (...pauses: string[]): string =>
  ["pauses:", ...pauses.map((pause) => `  - { ${pause} }`), ""].join("\n");
const [checks, share, flipped] = ["check", "10%", "cutover"].map((point) => `after: ${point}, timeout: 2h`);

/** A file that makes the proof of its rollback a part of each release. */
const proving = "rollbackCheck: { command: ./check, timeout: 60s, release: true }\n";

const again = (line: string, times: number): string[] => Array.from({ length: times }, () => line);

/** What is explored. */
export const histories: readonly History[] = [
  { name: "release", beginning: fresh, before: [], cast: cast("release X") },
  { name: "canary", beginning: warm, before: [], cast: cast("release X --canary") },
  { name: "release-retire", beginning: warm, before: [], cast: cast("release X --retire") },
  { name: "bad-release", beginning: fresh, before: [], cast: cast("release Bad --canary") },
  { name: "dead-release", beginning: fresh, before: [], cast: cast("release Dead") },
  { name: "tried-release", beginning: fresh, before: [], cast: cast("release X --preview-size=1") },
  { name: "broken-release", beginning: warm, before: [], cast: cast("release Broken") },
  { name: "stepwise", beginning: green, before: [], cast: cast(`release X ${stepwise} --bake=0s --retire=3s`) },
  {
    name: "release-again",
    beginning: green,
    before: [],
    cast: cast(...again("release X --strategy=linear=50%/2s", 3)),
  },
  { name: "bad-release-again", beginning: fresh, before: [], cast: cast(...again("release Bad", 2)) },
  { name: "rollback", beginning: fresh, before: ["release X"], cast: cast("rollback") },
  { name: "retire", beginning: fresh, before: ["release X"], cast: cast("retire") },
  { name: "release-rollback", beginning: fresh, before: [], cast: cast("release X", "rollback") },
  { name: "next-release-rollback", beginning: fresh, before: ["release X"], cast: cast("release Y", "rollback") },
  { name: "two-releases", beginning: fresh, before: [], cast: cast("release X", "release Y") },
  { name: "retire-rollback", beginning: fresh, before: ["release X"], cast: cast("retire", "rollback") },
  { name: "cutover", beginning: warm, before: ["stage X"], cast: cast("cutover --canary") },
  { name: "shift-rollback", beginning: warm, before: ["stage X", "check"], cast: cast("shift 30", "rollback") },
  { name: "release-up", beginning: fresh, before: [], cast: cast("release X", "up") },
  { name: "rollback-up", beginning: fresh, before: ["release X"], cast: cast("rollback", "up") },
  { name: "two-rollbacks", beginning: fresh, before: ["release X"], cast: cast("rollback", "rollback") },
  {
    name: "up-direct",
    beginning: fresh,
    before: ["release X"],
    cast: cast("up blueAmi=Y", "rollback --direct --to=blue"),
  },
  {
    name: "canary-direct",
    beginning: warm,
    before: [],
    cast: cast("release X --canary", "rollback --direct --to=blue"),
  },
  {
    name: "pause-continue",
    beginning: fresh,
    before: [],
    cast: cast("release X --canary", "continue", "continue"),
    project: pausing(`${checks}, then: rollback`, `${share}, then: rollback`),
  },
  {
    name: "pause-abort",
    beginning: warm,
    before: [],
    cast: cast("release X", "rollback"),
    project: pausing("after: stage, timeout: 2h, then: continue", `${checks}, then: rollback`),
  },
  {
    name: "pause-race",
    beginning: warm,
    before: ["release X --canary"],
    cast: cast("continue", "rollback"),
    project: pausing(`${share}, then: rollback`),
  },
  {
    name: "pause-two-continue",
    beginning: fresh,
    before: ["release X"],
    cast: cast("continue", "continue"),
    project: pausing(`${flipped}, then: rollback`),
  },
  {
    name: "pause-bad",
    beginning: fresh,
    before: ["release Bad --canary"],
    cast: cast("continue", "release Bad --canary"),
    project: pausing(`${checks}, then: continue`),
  },
  {
    name: "pause-expires",
    beginning: fresh,
    before: [],
    cast: cast("release X --canary", "continue --expired", "release X --canary"),
    project: pausing("after: 10%, timeout: 1s, then: rollback"),
  },
  {
    name: "pause-of-another",
    beginning: warm,
    before: ["release X"],
    cast: cast("release Y", "rollback"),
    project: pausing(`${checks}, then: rollback`),
  },
  {
    name: "pause-expires-unserved",
    beginning: warm,
    before: [],
    cast: cast("release X", "release X"),
    project: pausing("after: check, timeout: 1s, then: rollback"),
  },
  {
    name: "pause-goes-on",
    beginning: green,
    before: [],
    cast: cast("release X --canary", "continue --expired", "continue --expired"),
    project: pausing("after: 10%, timeout: 1s, then: continue", "after: cutover, timeout: 1s, then: continue"),
  },
  {
    name: "pause-up",
    beginning: warm,
    before: ["release X --canary"],
    cast: cast("up", "continue"),
    project: pausing(`${share}, then: rollback`),
  },
  {
    name: "proved-release",
    beginning: fresh,
    before: [],
    cast: cast("release X --canary", "rollback"),
    project: proving,
  },
  { name: "unproved-release", beginning: warm, before: [], cast: cast("release Alien"), project: proving },
  {
    name: "proved-again",
    beginning: green,
    before: [],
    cast: cast(...again("release X --preview-size=1", 2)),
    project: proving,
  },
  {
    name: "proved-paused",
    beginning: fresh,
    before: ["release X"],
    cast: cast("check --rollback", "continue"),
    project: `${proving}${pausing(`${checks}, then: rollback`)}`,
  },
];

export function historyOf(name: string): History {
  const found = histories.find((history) => history.name === name);
  if (found === undefined)
    throw new Error(`There is no history ${name}. Known: ${histories.map((one) => one.name).join(", ")}.`);
  return found;
}
