import { atLeast, type Version, versionIn } from "../../tools/versions.ts";

describe("versionIn", () => {
  test.each<[string, Version | undefined]>([
    ["Python 3.11.7", [3, 11, 7]],
    ["go version go1.26.8 linux/amd64", [1, 26, 8]],
    ["go version go1.24 darwin/arm64", [1, 24, 0]],
    ["v3.250.0", [3, 250, 0]],
    ["3.251.0-alpha.x1234", [3, 251, 0]],
    ["", undefined],
    ["command not found", undefined],
  ])("reads %j as %j", (text, version) => expect(versionIn(text)).toEqual(version));
});

describe("atLeast", () => {
  test.each<[Version, Version, boolean]>([
    [[3, 214, 0], [3, 214, 0], true],
    [[3, 250, 0], [3, 214, 9], true],
    [[3, 99, 99], [3, 214, 0], false],
    [[4, 0, 0], [3, 214, 0], true],
    [[3, 214, 0], [3, 214, 1], false],
  ])("%j is at least %j: %s", (version, minimum, expected) => expect(atLeast(version, minimum)).toBe(expected));
});
