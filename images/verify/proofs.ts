import type { Layer } from "../build/layers.ts";
import type { Bakery } from "./bakery.ts";
import type { Breakage } from "./breakages.ts";
import type { Instance } from "./instance.ts";
import type { BakeReport, BreakageReport } from "./report.ts";
import { runSpec } from "./spec-run.ts";

/** Launches a root, looks at it, and terminates it whatever comes. */
async function lookAt<T>(bakery: Bakery, root: string, look: (instance: Instance) => Promise<T>): Promise<T> {
  const instance = await bakery.launch(root);
  try {
    return await look(instance);
  } finally {
    await instance.terminate();
  }
}

/** Boots an image and runs its specs on the instance; of the app layer also those of a start, and the boot gate's verdict. */
export function proveBooted(bakery: Bakery, layer: Layer, root: string): Promise<BakeReport["booted"]> {
  return lookAt(bakery, root, async (instance) => {
    const own = await runSpec(instance, layer);
    if (layer !== "app") return own;
    const start = await runSpec(instance, "boot");
    const gate = await verdictOf(instance);
    const failed = [...own.failed, ...start.failed, ...(gate === "passed" ? [] : [`boot gate: ${gate}`])];
    return { tests: own.tests + start.tests, failed, gate };
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

/** Breaks an image, boots it, and asks whether the specs that must see it do. */
export async function proveCaught(
  bakery: Bakery,
  root: string,
  breakage: Breakage,
  id: string,
): Promise<BreakageReport> {
  const { name, spec, script, caughtBy } = breakage;
  await bakery.store.derive({ id, parent: root, tags: {} }, script);
  const { failed } = await lookAt(bakery, id, (instance) => runSpec(instance, spec));
  return { name, spec, caughtBy, failed, caught: failed.some((test) => test.startsWith(caughtBy)) };
}
