import { Listr, type ListrTask } from "listr2";
import { ImageAtRest } from "./at-rest.ts";
import type { Bakery } from "./bakery.ts";
import {
  accountBreakages,
  type BootedBreakage,
  bootedBreakages,
  type Breakage,
  serviceBreakages,
  systemBreakages,
  traceBreakages,
} from "./breakages/index.ts";
import { proveCaughtAtRest, proveCaughtBooted, proveGenerated } from "./proofs.ts";
import type { BreakageReport, ImagesReport } from "./report.ts";
import { isOf, resourceNames, type Spec } from "./spec.ts";

/** Instances that boot beside each other, and images that are broken at rest: the machine's cores are what it takes. */
const atOnce = 3;

const atRest: readonly Breakage[] = [...serviceBreakages, ...accountBreakages, ...systemBreakages, ...traceBreakages];
const boots = [...new Set(bootedBreakages.map(({ boot }) => boot))].map((boot) =>
  bootedBreakages.filter((breakage) => breakage.boot === boot),
);

type Specs = Readonly<Record<Breakage["spec"], Spec>>;

/** All mistakes in an image. Each is shown, caught or not: one that is missed does not hide another. */
export function brokenTask(bakery: Bakery, root: () => string, report: ImagesReport): ListrTask {
  return {
    title: "mistakes, made on purpose",
    task: async () => {
      const image = new ImageAtRest(bakery.store, root());
      const specs = await specsOf(image);
      const all = mergeSpecs(Object.values(specs));
      const sound = new Set((await image.validate(all)).passed);
      return new Listr(
        [
          ...boots.map((breakages) => bootTask(bakery, root(), breakages, report.breakages)),
          ...atRest.map((breakage) => restTask(image, specs, sound, breakage, report.breakages)),
          {
            title: "each file, user, group, service and package",
            task: async (_: unknown, task: { title: string }) => {
              report.generated = await proveGenerated(image, all, sound);
              const { caughtBy, missed } = report.generated;
              if (missed.length > 0) throw new Error(`nothing caught ${missed.join("; ")}`);
              task.title = `each file, user, group, service and package, otherwise: ${caughtBy.length} tests see it`;
            },
          },
        ],
        { concurrent: atOnce, exitOnError: false },
      );
    },
  };
}

/** Whether each spec of the image has been seen to fail; after all mistakes. */
export function unbrokenTask(bakery: Bakery, root: () => string, report: ImagesReport): ListrTask {
  return {
    title: "each spec can fail",
    task: async () => {
      const specs = await specsOf(new ImageAtRest(bakery.store, root()));
      report.unbroken = unbroken(mergeSpecs(Object.values(specs)), report);
      if (report.unbroken.length > 0) throw new Error(`no mistake is made with ${report.unbroken.join(", ")}`);
    },
  };
}

async function specsOf(image: ImageAtRest): Promise<Specs> {
  return { app: await image.spec("app"), boot: await image.spec("boot"), image: await image.spec("image") };
}

function bootTask(bakery: Bakery, root: string, breakages: readonly BootedBreakage[], into: BreakageReport[]) {
  return {
    title: breakages.map(({ name }) => name).join("; "),
    task: async (): Promise<void> => {
      const reports = await proveCaughtBooted(bakery, root, breakages, `broken-${breakages[0]?.boot}`).catch(
        (error: Error) => breakages.map((breakage) => failedReport(breakage, error)),
      );
      into.push(...reports);
      throwMissed(reports);
    },
  };
}

function restTask(
  image: ImageAtRest,
  specs: Specs,
  sound: ReadonlySet<string>,
  breakage: Breakage,
  into: BreakageReport[],
) {
  return {
    title: breakage.name,
    task: async (_: unknown, task: { title: string }): Promise<void> => {
      const report = await proveCaughtAtRest(image, specs, sound, breakage).catch((error: Error) =>
        failedReport(breakage, error),
      );
      into.push(report);
      throwMissed([report]);
      task.title = `${breakage.name}: caught by ${breakage.caughtBy.join(", ")}`;
    },
  };
}

const failedReport = ({ name, spec, caughtBy }: Breakage, error: Error): BreakageReport => ({
  name,
  spec,
  caughtBy,
  missed: [...caughtBy],
  failed: [error.message],
});

function throwMissed(reports: readonly BreakageReport[]): void {
  const missed = reports.filter((report) => report.missed.length > 0);
  if (missed.length === 0) return;
  throw new Error(missed.map(({ name, failed }) => `${name}: failed: ${failed.join("; ") || "none"}`).join("\n"));
}

/** Resources of several specs; of two of one name, with what both ask. */
export function mergeSpecs(specs: readonly Spec[]): Spec {
  const merged: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const spec of specs) {
    for (const [kind, resources] of Object.entries(spec)) {
      for (const [id, resource] of Object.entries(resources)) {
        (merged[kind] ??= {})[id] = { ...merged[kind]?.[id], ...resource };
      }
    }
  }
  return merged;
}

/** Resources of a spec that no mistake has made fail. */
export function unbroken(
  spec: Spec,
  { breakages, generated }: Pick<ImagesReport, "breakages" | "generated">,
): string[] {
  const seen = [
    ...breakages.flatMap(({ caughtBy, missed }) => caughtBy.filter((named) => !missed.includes(named))),
    ...(generated?.caughtBy ?? []),
  ];
  return resourceNames(spec).filter((name) => !seen.some((test) => isOf(test, name)));
}
