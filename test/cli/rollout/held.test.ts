import type { FleetFacts } from "../../../cli/state/model.ts";
import { heldFault, replacementFault } from "../../../cli/rollout/held.ts";
import { fleet, instance, off } from "../worlds.ts";

const terminate = { suspended: ["Launch (me)", "Terminate (User suspended)"] };
const aside = { instances: [instance("green", 1, { lifecycle: "Standby" }), instance("green", 2)] };

test.each<[string, FleetFacts]>([
  ["a whole fleet", fleet("green")],
  ["a fleet without instances, which nothing has to end", off("green", terminate)],
  ["a fleet whose launches are suspended", fleet("green", { suspended: ["Launch (me)"] })],
])("%s can go and be replaced", (_, one) =>
  expect([heldFault(one), replacementFault(one)]).toEqual([undefined, undefined]),
);

test("a fleet whose group ends no instances can neither go nor be replaced, and the command that resumes it is named", () => {
  const fault = heldFault(fleet("green", terminate));
  expect(fault).toMatch(
    /Terminate \(User suspended\) is suspended\. Resume it: aws autoscaling resume-processes --auto-s/,
  );
  expect(replacementFault(fleet("green", terminate))).toBe(fault);
});

test("a fleet with an instance in Standby can't be replaced, and the instance is named", () => {
  expect(heldFault(fleet("green", aside))).toBeUndefined();
  expect(replacementFault(fleet("green", aside))).toMatch(
    /can't be replaced while i-e+1 is in Standby\. Take it out: aws autoscaling exit-standby .* --instance-ids i-e+1$/,
  );
});
