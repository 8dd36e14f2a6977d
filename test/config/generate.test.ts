import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as YAML from "yaml";
import { schema } from "../../config/schema.ts";
import { projectFile, settingsPage } from "../../config/generate.ts";

const read = (file: string) => readFileSync(join(import.meta.dirname, "..", "..", file), "utf8");
const names = Object.keys(schema.shape);

interface Project {
  name: string;
  runtime: unknown;
  config: Record<string, { type: string; description: string; default: unknown; items?: { type: string } }>;
}
const project = YAML.parse(read("Pulumi.yaml")) as Project;

describe("what is made from the schema is as it was made", () => {
  // The text as such is Prettier's: `npm run check` sees to it.
  test("Pulumi.yaml", () => {
    const parsed = (text: string) => JSON.stringify(YAML.parse(text), undefined, 1);
    expect(parsed(read("Pulumi.yaml"))).toBe(parsed(projectFile(read("Pulumi.yaml"))));
  });

  test("the table of docs/settings.md", () =>
    expect(read("docs/settings.md")).toBe(settingsPage(read("docs/settings.md"))));
});

/** Pulumi's config has no type for them: a text, which the program reads as a number. */
const fractions = ["alarmErrorPercent", "alarmP95Seconds", "alarmP99Seconds"];

describe("Pulumi.yaml", () => {
  test("has every setting, in the schema's order, and no other", () =>
    expect(Object.keys(project.config)).toEqual(names));

  test.each(names)("%s has a type, a meaning, and the default that the program takes", (name) => {
    const { type, description, default: value, items } = project.config[name];
    const own = schema.shape[name as keyof typeof schema.shape].safeParse(undefined);
    expect(description).toMatch(/\w{3}.{8}/);
    expect(value).toEqual(fractions.includes(name) ? String(own.data) : (own.data ?? ""));
    const kinds: Record<string, string> = { string: "string", number: "integer", boolean: "boolean" };
    expect(type).toBe(Array.isArray(value) ? "array" : kinds[typeof value]);
    expect(items === undefined).toBe(type !== "array");
  });

  test("keeps what isn't made from the schema", () => {
    const made = projectFile("# why\nname: other\nruntime: nodejs # because\nconfig:\n  old:\n    type: string\n");
    expect(made).toMatch(/^# why\nname: other\nruntime: nodejs # because\nconfig:\n {2}activeColor:\n/);
    expect(made).not.toContain("old:");
  });

  test("quotes what an older YAML would read as something else", () =>
    expect(projectFile("name: x\n")).toMatch(/standby:\n.*\n.*\n {4}default: "off"/));
});

describe("the table of docs/settings.md", () => {
  const [begin, end] = ["<!-- settings: made by npm run settings -->", "<!-- /settings -->"];

  test("says each setting's name, what is allowed, its default and meaning, and leaves the rest alone", () => {
    const made = settingsPage(`before\n${begin}\nold\n${end}\nafter\n`);
    expect(made).toMatch(/^before\n[^]*\nafter\n$/);
    expect(made).not.toContain("\nold\n");
    const rows = made.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.map((row) => row.split("`")[1])).toEqual(names);
    expect(rows[0]).toBe(
      `| \`activeColor\` | \`blue\`, \`green\` | \`blue\` | ${schema.shape.activeColor.description} |`,
    );
    expect(rows.find((row) => row.includes("`standbyWeight`"))).toContain("| 0 to 100 | `0` |");
    expect(rows.find((row) => row.includes("`alarmP95Seconds`"))).toContain("| 0.001 to 60 | `1` |");
    expect(rows.find((row) => row.includes("`logRetention`"))).toContain("| `1`, `3`, `5`, ");
    expect(rows.find((row) => row.includes("`backendPorts`"))).toContain("| list of integers | `[]` |");
    expect(rows.find((row) => row.includes("`vpcId`"))).toContain("| string |  |");
    for (const row of rows) expect(row.split("|")).toHaveLength(6);
  });

  test("made again, it is the same", () => {
    const once = settingsPage(`${begin}\n${end}\n`);
    expect(settingsPage(once)).toBe(once);
  });

  test.each(["no place", begin, `${end}\n${begin}`])("fails without its place: %j", (text) =>
    expect(() => settingsPage(text)).toThrow(
      `docs/settings.md has no place for the settings: a line "${begin}" and a line "${end}"`,
    ),
  );
});
