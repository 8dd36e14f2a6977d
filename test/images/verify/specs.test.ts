import { closure, duplicates, includes, unknownKinds } from "../../../images/verify/specs.ts";

test.each([
  ["file:\n  /x: {exists: true}\n# comment\nkernel-param:\n  a: {value: 1}\n", []],
  ["sevice:\n  app: {enabled: true}\nport: {}\n", ["sevice"]],
  ["{{ if .Vars.own_kernel }}\nmont:\n  /tmp: {exists: true}\n{{ end }}\n", ["mont"]],
])("of %j goss does not know %j", (spec, kinds) => expect(unknownKinds(spec)).toEqual(kinds));

const files: Record<string, string> = {
  "g/bake.yaml": 'gossfile:\n  "{{ .Vars.layer }}.yaml": {}\n  parts/clean.yaml: {}\n',
  "g/hardened.yaml": "# why\ngossfile:\n  base.yaml: {}\n\n  parts/ssh.yaml: {}\nport:\n  tcp:22: {listening: false}\n",
  "g/base.yaml": "gossfile:\n  parts/tools.yaml: {}\n",
  "g/parts/clean.yaml": "file: {}\n",
  "g/parts/ssh.yaml": "{{ range .Vars.units }}\nservice:\n{{ end }}\n",
  "g/parts/tools.yaml": "",
};
const read = (file: string): string => files[file] ?? "";

it("follows what a spec includes, down to the parts, for the layer", () => {
  expect(includes("g/bake.yaml", read("g/bake.yaml"), "base")).toEqual(["g/base.yaml", "g/parts/clean.yaml"]);
  expect(includes("g/parts/ssh.yaml", read("g/parts/ssh.yaml"), "base")).toEqual([]);
  expect(closure("g/bake.yaml", "hardened", read)).toEqual([
    "g/bake.yaml",
    "g/hardened.yaml",
    "g/base.yaml",
    "g/parts/tools.yaml",
    "g/parts/ssh.yaml",
    "g/parts/clean.yaml",
  ]);
});

test.each<[string, [string, unknown][], string[]]>([
  [
    "nothing",
    [
      ["a.yaml", null],
      ["b.yaml", {}],
      ["c.yaml", { file: null }],
    ],
    [],
  ],
  [
    "other names, other kinds",
    [
      ["a.yaml", { file: { x: {}, y: {} } }],
      ["b.yaml", { file: { z: {} }, group: { x: {} } }],
    ],
    [],
  ],
  [
    "one name twice",
    [
      ["g/a.yaml", { file: { x: {} } }],
      ["g/b.yaml", { file: { x: {} } }],
    ],
    ["file x (a.yaml, b.yaml)"],
  ],
])("with %s", (_, rendered, shared) => expect(duplicates(new Map(rendered))).toEqual(shared));
