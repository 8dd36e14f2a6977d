import fc from "fast-check";
import { elbName } from "../../components/names.ts";

test.each<[string, string, string, string]>([
  ["a short name as it is", "bluegreen-dev", "blue", "bluegreen-dev-blue"],
  ["the longest that fits", "bluegreen-staging1", "green", "bluegreen-staging1-green"],
  ["one character more is cut", "bluegreen-staging12", "green", "bluegreen-sta-10d1-green"],
  ["no two hyphens at the cut", "bluegreen-st-aging-of-it", "green", "bluegreen-st-1829-green"],
  ["several of those in a row are one hyphen", "bluegreen-dev__1", "alb", "bluegreen-dev-1-c909-alb"],
  ["what AWS doesn't take is cleaned", "bluegreen-dev_1", "alb", "bluegreen-dev-1-de9c-alb"],
])("%s", (_, base, part, expected) => expect(elbName(base, part)).toBe(expected));

test("names that are cut alike stay apart", () => {
  const bases = ["", "1", "2", "_", ".", "-"].map((end) => `bluegreen-a-long-name-of-a-stack${end}`);
  expect(new Set(bases.map((base) => elbName(base, "green"))).size).toBe(bases.length);
  expect(elbName("bluegreen-a_b", "blue")).not.toBe(elbName("bluegreen-a.b", "blue"));
});

test("with Pulumi's suffix it fits into AWS's 32 letters, digits and hyphens, for every stack's name", () => {
  const stackName = fc.stringMatching(/^[A-Za-z0-9._-]{1,100}$/);
  fc.assert(
    fc.property(stackName, fc.constantFrom("alb", "blue", "green"), (stack, part) => {
      const name = elbName(`bluegreen-${stack}`, part);
      expect(name).toMatch(/^bluegreen[A-Za-z0-9-]*$/);
      expect(name.endsWith(`-${part}`)).toBe(true);
      expect(name.length + "-1234567".length).toBeLessThanOrEqual(32);
    }),
  );
});
