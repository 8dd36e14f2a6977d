import type { Layer } from "../build/layers.ts";
import { ImageAtRest } from "./at-rest.ts";
import type { Bakery } from "./bakery.ts";
import type { BootedBreakage, Breakage } from "./breakages/index.ts";
import { generate, patternsOf, type Round } from "./generated.ts";
import type { Instance } from "./instance.ts";
import type { BakeReport, BreakageReport, GeneratedReport } from "./report.ts";
import { isOf, type Resource, resourceName, selectFrom, type Spec } from "./spec.ts";
import { type Findings, runSpec } from "./spec-run.ts";

/** Launches a root, looks at it, and terminates it whatever comes. */
async function lookAt<T>(bakery: Bakery, root: string, look: (instance: Instance) => Promise<T>): Promise<T> {
  const instance = await bakery.launch(root);
  try {
    return await look(instance);
  } finally {
    await instance.terminate();
  }
}

/** Seconds that a sound image's services get: it ends when all hold, however busy this computer is. */
const patience = 30;

/** Looks at an image before anything of it has started: nothing of its builder may be left. */
export async function proveAtRest(bakery: Bakery, root: string): Promise<BakeReport["atRest"]> {
  const image = new ImageAtRest(bakery.store, root);
  const { tests, failed } = await image.validate(await image.spec("image"));
  return { tests, failed };
}

/** Boots an image and runs its specs on the instance; of the app layer also those of a start, and the boot gate's verdict. */
export function proveBooted(bakery: Bakery, layer: Layer, root: string): Promise<BakeReport["booted"]> {
  return lookAt(bakery, root, async (instance) => {
    const { tests, failed } = await runSpec(instance, layer, patience);
    if (layer !== "app") return { tests, failed };
    const start = await runSpec(instance, "boot", patience);
    const gate = await verdictOf(instance);
    return {
      tests: tests + start.tests,
      failed: [...failed, ...start.failed, ...(gate === "passed" ? [] : [`boot gate: ${gate}`])],
      gate,
    };
  });
}

/** What the instance's own boot gate has said; it goes on beside the boot. */
async function verdictOf(instance: Instance): Promise<string> {
  const said = await instance.inside(
    "timeout 60 journalctl --follow --lines all --output cat --unit bluegreen-boot-gate | grep --max-count 1 verdict",
  );
  const passed = /"passed":(true|false)/.exec(said)?.[1];
  return passed === undefined ? "no verdict" : passed === "true" ? "passed" : "failed";
}

/** What a run's failures say of a breakage. */
function reportOf({ name, spec, caughtBy }: Breakage, failed: readonly string[]): BreakageReport {
  const missed = caughtBy.filter((named) => !failed.some((test) => isOf(test, named)));
  return { name, spec, caughtBy, failed: [...failed], missed };
}

/**
 * Breaks an image that is not booted, and asks whether the tests that must see it do. They must hold before.
 * @param sound the tests that pass on the image as it is
 */
export async function proveCaughtAtRest(
  image: ImageAtRest,
  specs: Readonly<Record<Breakage["spec"], Spec>>,
  sound: ReadonlySet<string>,
  breakage: Breakage,
): Promise<BreakageReport> {
  const { spec, script, caughtBy } = breakage;
  const asked = selectFrom(specs[spec], (name) => caughtBy.some((named) => isOf(named, name)));
  const { failed } = await image.validate(asked, script);
  return reportOf(
    breakage,
    failed.filter((test) => sound.has(test)),
  );
}

/** Makes the mistakes of one boot in an image, boots it, and asks whether each test that must see one does. */
export async function proveCaughtBooted(
  bakery: Bakery,
  root: string,
  breakages: readonly BootedBreakage[],
  id: string,
): Promise<BreakageReport[]> {
  await bakery.store.derive({ id, parent: root, tags: {} }, breakages.map(({ script }) => `(${script})`).join("\n"));
  return lookAt(bakery, id, async (instance) => {
    const found = new Map<string, Findings>();
    const reports: BreakageReport[] = [];
    for (const breakage of breakages) {
      const findings = found.get(breakage.spec) ?? (await runSpec(instance, breakage.spec));
      found.set(breakage.spec, findings);
      reports.push(reportOf(breakage, findings.failed));
    }
    return reports;
  });
}

/** Makes each mistake that a spec's own words give, many at once, and asks whether each test sees its own. */
export async function proveGenerated(
  image: ImageAtRest,
  spec: Spec,
  sound: ReadonlySet<string>,
): Promise<GeneratedReport> {
  const rounds = generate(spec, sound);
  const missed: string[] = [];
  for (const round of rounds) missed.push(...(await missedIn(image, spec, round)));
  const caughtBy = rounds.flatMap(({ breakages }) => breakages.flatMap((breakage) => breakage.caughtBy));
  return { caughtBy, missed };
}

async function missedIn(image: ImageAtRest, spec: Spec, { name, breakages }: Round): Promise<string[]> {
  const tests = breakages.flatMap(({ caughtBy }) => caughtBy);
  const asked = selectFrom(spec, (resource) => tests.some((test) => isOf(test, resource)));
  const { failed, missing } = await image.validate(asked, breakages.map(({ script }) => `(${script})`).join("\n"));
  const seen = new Set(failed);
  const unseen = tests.filter((test) => !seen.has(test)).map((test) => `${test}, ${name}`);
  // Of an emptied file every line is missing, each by its own pattern.
  const patterns = Object.entries(asked.file ?? {}).flatMap(([id, wanted]) => {
    const test = `${resourceName("file", id)}: contents`;
    return tests.includes(test) ? unseenPatterns(test, wanted, missing[test] ?? []) : [];
  });
  return [...unseen, ...patterns];
}

function unseenPatterns(test: string, wanted: Resource, missing: readonly string[]): string[] {
  if (!Array.isArray(wanted.contents)) return [];
  return (patternsOf(wanted) ?? [])
    .filter((pattern) => !missing.includes(pattern))
    .map((pattern) => `${test}, without ${pattern}`);
}
