import { Command } from "commander";
import { Listr } from "listr2";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ImageManifest } from "../build/manifest.ts";
import { judge } from "../build/report.ts";
import { requireMachines } from "@bluegreen/machines";
import { claim } from "../../tools/claim.ts";
import { CleanUp } from "../../tools/clean-up.ts";
import { bakeNext, bakes, freshBakery, IMAGES, keepBaked, versions } from "./baked.ts";
import type { Bakery } from "./bakery.ts";
import { breakages } from "./breakages.ts";
import { proveBooted, proveCaught } from "./proofs.ts";
import { type ImagesReport, tables, verdict } from "./report.ts";

const program = new Command("images")
  .description(
    "Bakes the images of the rehearsal with Packer on machines that really boot, and proves each: its specs hold, and broken ones are caught. Root on Linux.",
  )
  .option("--no-breakages", "leave out the images that are broken on purpose");

/** Instances that boot beside each other: the machine's cores are what a boot takes. */
const atOnce = 3;

async function main(): Promise<number> {
  const options = program.parse().opts<{ breakages: boolean }>();
  const begun = Date.now();
  // Before anything is touched: what was baked and proved before stays, where nothing can be baked.
  await requireMachines();
  await mkdir(IMAGES, { recursive: true });
  const cleanUp = new CleanUp();
  cleanUp.onSignals(console.log);
  await claim(IMAGES, cleanUp);
  const report: ImagesReport = {
    ok: false,
    startedAt: new Date(begun).toISOString(),
    seconds: 0,
    bakes: [],
    breakages: [],
  };
  try {
    const bakery = await freshBakery(cleanUp, console.log);
    const manifests = new Map<string, ImageManifest>();
    await new Listr(
      [
        ...bakes.map((bake) => ({
          title: `${bake.name}: bake it, boot it`,
          task: async (_: unknown, task: { title: string; output: string }) => {
            const started = Date.now();
            const manifest = await bakeNext(bakery, bake, manifests, (line) => {
              // All of it goes to the log; a pipe gets the steps alone.
              if (process.stdout.isTTY) task.output = line;
            });
            const { tests } = judge(await readFile(path.join(bakery.out, manifest.report), "utf8"), bake.version);
            task.output = "booting an instance of it";
            const booted = await proveBooted(bakery, bake.layer, bakery.rootOf(manifest));
            const seconds = (Date.now() - started) / 1000;
            report.bakes.push({ name: bake.name, image: bakery.rootOf(manifest), tests, seconds, booted });
            task.title = `${bake.name}: ${tests} tests in the bake, ${booted.tests} once booted`;
            if (booted.failed.length > 0) throw new Error(`failed once booted: ${booted.failed.join("; ")}`);
          },
        })),
        ...(options.breakages ? [breakageTask(bakery, manifests, report)] : []),
      ],
      {
        renderer: process.stdout.isTTY ? "default" : "simple",
        rendererOptions: { collapseErrors: false, collapseSubtasks: false },
      },
    ).run();
    await keepBaked(bakery, manifests);
    report.ok = report.breakages.every(({ caught }) => caught);
  } finally {
    for (const error of await cleanUp.run()) console.log(error.message);
    report.seconds = (Date.now() - begun) / 1000;
    await writeFile(path.join(IMAGES, "proof.json"), `${JSON.stringify(report, undefined, 2)}\n`);
  }
  console.log(tables(report));
  console.log(verdict(report));
  return report.ok ? 0 : 1;
}

/** All broken images, some at once. Each is shown, caught or not: one that is missed does not hide another. */
function breakageTask(bakery: Bakery, manifests: Map<string, ImageManifest>, report: ImagesReport) {
  return {
    title: `${breakages.length} images, broken on purpose`,
    task: () => {
      const sound = manifests.get(`app-${versions[0]}`);
      if (!sound) throw new Error("there is no image to break");
      return new Listr(
        breakages.map((breakage, index) => ({
          title: breakage.name,
          task: async (_: unknown, task: { title: string }) => {
            const { name, spec, caughtBy } = breakage;
            const proof = await proveCaught(bakery, bakery.rootOf(sound), breakage, `broken-${index + 1}`).catch(
              (error: Error) => ({ name, spec, caughtBy, caught: false, failed: [error.message] }),
            );
            report.breakages.push(proof);
            if (!proof.caught) throw new Error(`nothing caught it; failed: ${proof.failed.join("; ") || "none"}`);
            task.title = `${breakage.name}: caught by ${breakage.caughtBy}`;
          },
        })),
        { concurrent: atOnce, exitOnError: false },
      );
    },
  };
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
