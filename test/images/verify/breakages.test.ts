import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../../images/build/layers.ts";
import { breakages } from "../../../images/verify/breakages.ts";
import { closure } from "../../../images/verify/specs.ts";

const read = (file: string): string => readFileSync(file, "utf8");
/** The spec's text with all that it includes and the lists that its templates run over. */
const textOf = (spec: string): string =>
  [...closure(path.join(ROOT, "goss", `${spec}.yaml`), "app", read), path.join(ROOT, "goss/vars/debian.yaml")]
    .map(read)
    .join("\n");
const texts = { app: textOf("app"), boot: textOf("boot") };

it("are at least ten, each under a name of its own", () => {
  expect(breakages.length).toBeGreaterThanOrEqual(10);
  expect(new Set(breakages.map(({ name }) => name)).size).toBe(breakages.length);
});

test.each(breakages.map(({ name, spec, caughtBy }) => [name, spec, caughtBy] as const))(
  "%s: %s.yaml has %s",
  (_, spec, caughtBy) => {
    const [, kind = "", id = ""] = /^([A-Z]\w+): (\S+?)(?:: [a-z-]+)?$/.exec(caughtBy) ?? [];
    expect(texts[spec]).toMatch(new RegExp(`^${kind.toLowerCase()}:$`, "m"));
    const name = id.replace(/\.service$/, "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    expect(texts[spec]).toMatch(new RegExp(`(^|[\\s"[,])${name}(\\.service)?($|[\\s":,\\]])`, "m"));
  },
);

it("are shell scripts", () => {
  for (const { script } of breakages) {
    expect(() => execFileSync("sh", ["-n"], { input: script, stdio: ["pipe", "pipe", "pipe"] })).not.toThrow();
  }
});
