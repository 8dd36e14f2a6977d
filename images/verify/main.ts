import { Command } from "commander";
import { Listr } from "listr2";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ImageManifest } from "../build/manifest.ts";
import { judge } from "../build/report.ts";
import { readTable } from "../cis/rules.ts";
import { judgeScan, scan } from "../cis/scan.ts";
import { requireMachines } from "@bluegreen/machines";
import { claim } from "../../tools/claim.ts";
import { CleanUp } from "../../tools/clean-up.ts";
import { bakeNext, bakes, freshBakery, IMAGES, keepBaked, versions } from "./baked.ts";
import { ImageAtRest } from "./at-rest.ts";
import type { Bakery } from "./bakery.ts";
import { brokenTask, unbrokenTask } from "./broken.ts";
import { proveAtRest, proveBooted } from "./proofs.ts";
import { openscapLayer } from "./scanner.ts";
import { type ImagesReport, tables, verdict } from "./report.ts";

const program = new Command("images")
  .description(
    "Bakes the images of the rehearsal with Packer on machines that really boot, and proves each: its specs hold, and broken ones are caught. Root on Linux.",
  )
  .option("--no-breakages", "leave out the images that are broken on purpose");

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
    unbroken: [],
  };
  try {
    const bakery = await freshBakery(cleanUp, console.log);
    const manifests = new Map<string, ImageManifest>();
    const root = (): string => rootOf(bakery, manifests, `app-${versions[0]}`);
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
            const image = bakery.rootOf(manifest);
            const atRest = await proveAtRest(bakery, image);
            const booted = await proveBooted(bakery, bake.layer, image);
            const seconds = (Date.now() - started) / 1000;
            report.bakes.push({ name: bake.name, image, tests, seconds, atRest, booted });
            task.title = `${bake.name}: ${tests} tests in the bake, ${atRest.tests} at rest, ${booted.tests} once booted`;
            if (atRest.failed.length > 0) throw new Error(`failed at rest: ${atRest.failed.join("; ")}`);
            if (booted.failed.length > 0) throw new Error(`failed once booted: ${booted.failed.join("; ")}`);
          },
        })),
        {
          title: "hardened: let OpenSCAP judge it",
          // What it finds does not keep the mistakes from being tried.
          exitOnError: false,
          task: async (_: unknown, task: { title: string }) => {
            const image = new ImageAtRest(
              bakery.store,
              rootOf(bakery, manifests, "hardened"),
              await openscapLayer(console.log),
            );
            report.scan = judgeScan(readTable(), await scan(image));
            const { passed, excepted, faults } = report.scan;
            task.title = `hardened: OpenSCAP passes ${passed} of its rules, ${excepted} have a reason why not`;
            if (faults.length > 0) throw new Error(faults.join("\n"));
          },
        },
        ...(options.breakages ? [brokenTask(bakery, root, report), unbrokenTask(bakery, root, report)] : []),
      ],
      {
        renderer: process.stdout.isTTY ? "default" : "simple",
        rendererOptions: { collapseErrors: false, collapseSubtasks: false },
      },
    ).run();
    await keepBaked(bakery, manifests);
    report.ok =
      report.breakages.every(({ missed }) => missed.length === 0) &&
      (report.generated?.missed ?? []).length === 0 &&
      (report.scan?.faults ?? []).length === 0 &&
      report.unbroken.length === 0;
  } finally {
    for (const error of await cleanUp.run()) console.log(error.message);
    report.seconds = (Date.now() - begun) / 1000;
    await writeFile(path.join(IMAGES, "proof.json"), `${JSON.stringify(report, undefined, 2)}\n`);
  }
  console.log(tables(report));
  console.log(verdict(report));
  return report.ok ? 0 : 1;
}

function rootOf(bakery: Bakery, manifests: ReadonlyMap<string, ImageManifest>, name: string): string {
  const manifest = manifests.get(name);
  if (!manifest) throw new Error(`there is no image ${name}`);
  return bakery.rootOf(manifest);
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
