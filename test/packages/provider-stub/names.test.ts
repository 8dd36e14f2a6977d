import {
  type AutoName,
  generatedName,
  mustDeleteFirst,
  nameFault,
  withName,
} from "../../../packages/provider-stub/names.ts";
import { LB_NAME } from "../../../packages/provider-stub/handlers/lb-tags.ts";

const seed = Buffer.from("seed");
const plain: AutoName = { max: 32 };

describe("generatedName", () => {
  it("is the logical name and 7 hex digits, the same for the same seed", () => {
    expect(generatedName("blue", seed, plain)).toMatch(/^blue-[0-9a-f]{7}$/);
    expect(generatedName("blue", seed, plain)).toBe(generatedName("blue", seed, plain));
    expect(generatedName("blue", Buffer.from("other"), plain)).not.toBe(generatedName("blue", seed, plain));
  });
  it("has no capitals where AWS takes none", () => {
    expect(generatedName("Logs", seed, { ...plain, lower: true })).toMatch(/^logs-/);
  });
});

describe("withName", () => {
  const named = withName({}, {}, "blue", seed, plain);
  it("keeps the generated name on an update", () => {
    expect(withName({}, named, "blue", Buffer.from("other"), plain)).toEqual(named);
  });
  it("takes the program's name over a generated one", () => {
    expect(withName({ name: "mine" }, named, "blue", seed, plain)).toEqual({ name: "mine" });
  });
  it("generates one when the program's own name is taken away", () => {
    expect(withName({}, { name: "mine" }, "blue", seed, plain)).toEqual(named);
  });
});

describe("nameFault", () => {
  it.each([
    ["a".repeat(24) + "-1234567", undefined],
    ["a".repeat(25) + "-1234567", /33 characters, at most 32 .* shorten the name by 1/],
    ["internal-front", /"internal-" in front/],
    ["front_1", /letters, digits and hyphens/],
    ["front-", /hyphen at an end/],
  ])("%s", (name, fault) => {
    const found = nameFault(name, LB_NAME);
    if (fault) expect(found).toMatch(fault);
    else expect(found).toBeUndefined();
  });
});

describe("mustDeleteFirst", () => {
  it.each([
    ["a fixed name that stays", { name: "x" }, { name: "x" }, true],
    ["a fixed name that changes", { name: "x" }, { name: "y" }, false],
    ["a generated name", { name: "x", __defaults: ["name"] }, { name: "x", __defaults: ["name"] }, false],
  ])("%s", (_what, olds, news, expected) => {
    expect(mustDeleteFirst(olds, news, plain)).toBe(expected);
  });
});
