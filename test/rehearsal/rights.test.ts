import { readFileSync } from "node:fs";
import path from "node:path";
import { authorizations, recordedCalls } from "../../bootstrap/rights/authorization.ts";
import { implied } from "../../bootstrap/rights/implied.ts";
import { actionsOfCaller, nobodys, roles } from "../../bootstrap/rights/roles.ts";
import { together, uncovered, unrehearsed, unused } from "../../rehearsal/rights/recording.ts";
import { rightsTable, withRights } from "../../rehearsal/rights/table.ts";

const root = path.resolve(import.meta.dirname, "../..");
const operations = new Set(Object.values(recordedCalls).flat());

test("given a call that is in no table, then it is named with who made it, and what a shell's pulumi calls is not asked for", () => {
  const recorded = { "pulumi-up": ["elbv2:ModifyListener"] };
  const calls = { "bluegreen-status": ["ec2:DescribeHosts", "elbv2:ModifyListener"], bluegreen: ["ec2:DescribeVpcs"] };
  expect(uncovered(calls, recorded)).toEqual(["bluegreen-status called ec2:DescribeHosts"]);
});

test("given a rehearsal in two parts, then their calls are one rehearsal's", () =>
  expect(
    together([{ "pulumi-up": ["ec2:RunInstances"] }, { "bluegreen-plan": [], "pulumi-up": ["acm:GetCertificate"] }]),
  ).toEqual({
    "bluegreen-plan": [],
    "pulumi-up": ["acm:GetCertificate", "ec2:RunInstances"],
  }));

test("given a right that nobody used, then it is named", () => {
  const recorded = { "pulumi-up": ["elbv2:ModifyListener", "ec2:DescribeHosts"] };
  expect(unused({ bluegreen: ["elbv2:ModifyListener"] }, recorded)).toEqual(["nobody called ec2:DescribeHosts"]);
});

test("every operation that was recorded has its rights, and every right that is known comes of one", () => {
  const needed = new Set(Object.values(recordedCalls).flatMap(actionsOfCaller));
  expect([needed.size > 100, Object.keys(authorizations).sort()]).toEqual([true, [...needed].sort()]);
});

test("every right that comes along comes with something that was recorded", () => {
  expect(implied.filter((one) => !operations.has(one.with)).map((one) => one.with)).toEqual([]);
  expect(Object.keys(nobodys).filter((caller) => !(caller in recordedCalls))).toEqual([]);
});

test("given a command that a whole rehearsal has not run, then it is named", () => {
  const main = 'program\n  .command("status")\nprogram\n  .command("history")';
  expect(unrehearsed({ "bluegreen-status": ["ec2:DescribeImages"] }, main)).toEqual(["nobody ran bluegreen history"]);
});

test("every caller that was recorded belongs to a role or to nobody", () => {
  const callers = Object.keys(recordedCalls);
  const homeless = callers.filter((caller) => !(caller in nobodys) && !Object.values(roles).some((of) => of(caller)));
  expect([callers.length > 10, homeless]).toEqual([true, []]);
});

test("the document has the table of these rights", () => {
  const page = readFileSync(path.join(root, "docs/rights.md"), "utf8");
  expect(withRights(page, rightsTable())).toBe(page);
});
