import { groupStart, pipelineOf, plainJson, plainText } from "../../cli/pipeline.ts";

test.each([
  [{ GITHUB_ACTIONS: "true", CI: "true" }, "github"],
  [{ GITLAB_CI: "true", CI: "true" }, "gitlab"],
  [{ CI: "true" }, undefined],
  [{ GITHUB_ACTIONS: "false" }, undefined],
])("given the variables %j, then the pipeline is %s", (env, pipeline) => expect(pipelineOf(env)).toBe(pipeline));

test("a group's title is data of a workflow command: its percent signs are escaped", () => {
  expect(groupStart("github", "x", "Giving green 10 %0A::set-env", 0)).toBe("::group::Giving green 10 %250A::set-env");
});

test("a section has its time in seconds, its name, and its title behind the codes that hide both", () => {
  expect(groupStart("gitlab", "bluegreen_check_1", "Checking", 1_560_896_352_900)).toBe(
    "\u001b[0Ksection_start:1560896352:bluegreen_check_1\r\u001b[0KChecking",
  );
});

test.each([
  ["v1::2", "v1::2"],
  ["::error::x", ": :error::x"],
  [" \t::error::x", " \t: :error::x"],
  ["\u0085::error::x", "\u0085: :error::x"],
  ["a\n::error::x", "a\n: :error::x"],
  ["a ##[error]x", "a ## [error]x"],
  ["section_start:1:a\r\u001b[0Kx", "section_start:1:a \u001b[0Kx"],
])("%j is shown as %j", (text, shown) => expect(plainText(text)).toBe(shown));

test("a line of JSON stays what it is", () => {
  const value = { text: "##[group]x" };
  const line = plainJson(JSON.stringify(value));
  expect(line).not.toContain("##[");
  expect(JSON.parse(line)).toEqual(value);
});
