import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../../images/build/layers.ts";
import {
  accountBreakages,
  bootedBreakages,
  type Breakage,
  serviceBreakages,
  systemBreakages,
  traceBreakages,
} from "../../../images/verify/breakages/index.ts";
import { closure } from "../../../images/verify/specs.ts";

const read = (file: string): string => readFileSync(file, "utf8");
/** The spec's text with all that it includes and the lists that its templates run over. */
const textOf = (spec: string): string =>
  [
    ...closure(path.join(ROOT, "goss", `${spec}.yaml`), "app", read),
    ...["debian", "cis"].map((vars) => path.join(ROOT, `goss/vars/${vars}.yaml`)),
  ]
    .map(read)
    .join("\n");
const texts = { app: textOf("app"), boot: textOf("boot"), image: textOf("image") };

const all: readonly Breakage[] = [
  ...bootedBreakages,
  ...serviceBreakages,
  ...accountBreakages,
  ...systemBreakages,
  ...traceBreakages,
];

it("are at least forty, each under a name of its own", () => {
  expect(all.length).toBeGreaterThanOrEqual(40);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test.each(all.flatMap(({ name, spec, caughtBy }) => caughtBy.map((test) => [name, spec, test] as const)))(
  "%s: %s.yaml has %s",
  (_, spec, caughtBy) => {
    const [, kind = "", id = ""] = /^([A-Z]\w+): (\S+?)(?:: [a-z-]+)?$/.exec(caughtBy) ?? [];
    expect(texts[spec]).toMatch(new RegExp(`^${kind.toLowerCase()}:`, "m"));
    // Some are made in a list: of modules, units, files or traces.
    const name = id.replace(/^(module|masked|passwords-in|no)-|\.service$/g, "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    expect(texts[spec]).toMatch(new RegExp(`(^|[\\s"[,-])${name}(\\.service)?($|[\\s":,\\]])`, "m"));
  },
);

it("are shell scripts", () => {
  for (const { script } of all) {
    expect(() => execFileSync("sh", ["-n"], { input: script, stdio: ["pipe", "pipe", "pipe"] })).not.toThrow();
  }
});

it("given two mistakes of one boot, then no test is to catch both", () => {
  const claimed = bootedBreakages.flatMap(({ boot, caughtBy }) => caughtBy.map((test) => `${boot} ${test}`));
  expect(new Set(claimed).size).toBe(claimed.length);
});
