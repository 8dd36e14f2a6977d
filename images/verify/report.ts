import Table from "cli-table3";
import type { ScanReport } from "../cis/scan.ts";

/** A bake, and what an instance of its image showed. */
export interface BakeReport {
  name: string;
  image: string;
  /** Tests of the bake's own report. */
  tests: number;
  seconds: number;
  /** Tests that were run on the image before it started, and those that failed. */
  atRest: { tests: number; failed: string[] };
  /** Tests that were run on a booted instance, and those that failed there. */
  booted: { tests: number; failed: string[]; gate?: string };
}

/** A mistake made on purpose, and what became of it. */
export interface BreakageReport {
  name: string;
  spec: string;
  caughtBy: readonly string[];
  /** Of these, what did not fail; it is caught when there is none. */
  missed: string[];
  /** Tests that failed. */
  failed: string[];
}

/** Mistakes that follow from the specs' own words. */
export interface GeneratedReport {
  /** The tests that must see one each. */
  caughtBy: string[];
  /** Those that did not. */
  missed: string[];
}

export interface ImagesReport {
  ok: boolean;
  startedAt: string;
  seconds: number;
  bakes: BakeReport[];
  breakages: BreakageReport[];
  generated?: GeneratedReport;
  /** What OpenSCAP says of the hardened image. */
  scan?: ScanReport;
  /** Resources of the specs that no mistake was made with; there must be none. */
  unbroken: string[];
}

const plain = {
  style: { head: [], border: [] },
  chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
};

/** The tables that end a run. */
export function tables({ bakes, breakages, generated }: ImagesReport): string {
  const images = new Table({
    head: ["image", "id", "tests in the bake", "at rest", "once booted", "boot gate", "seconds"],
    colAligns: ["left", "left", "right", "right", "right", "left", "right"],
    ...plain,
  });
  const count = ({ tests, failed }: { tests: number; failed: string[] }): string =>
    failed.length === 0 ? String(tests) : `${failed.length} of ${tests} FAILED`;
  for (const { name, image, tests, atRest, booted, seconds } of bakes) {
    images.push([name, image, tests, count(atRest), count(booted), booted.gate ?? "", seconds.toFixed(1)]);
  }
  const broken = new Table({ head: ["broken on purpose", "caught", "by"], ...plain });
  for (const { name, missed, caughtBy, spec } of breakages) {
    const others = caughtBy.length > 1 ? ` and ${caughtBy.length - 1} more` : "";
    broken.push([name, missed.length === 0 ? "yes" : "NO", `${spec}.yaml, ${caughtBy[0]}${others}`]);
  }
  if (generated) {
    const { caughtBy, missed } = generated;
    broken.push([
      "what files, users, groups, services and packages must be, each otherwise",
      missed.length === 0 ? "yes" : "NO",
      `${caughtBy.length} tests, each by its own`,
    ]);
  }
  return [images.toString(), ...(breakages.length > 0 ? [broken.toString()] : [])].join("\n");
}

/** What the tables mean, in a line and one more for each fault. */
export function verdict({ bakes, breakages, generated, scan, unbroken, seconds }: ImagesReport): string {
  const sound = bakes.filter(({ atRest, booted }) => atRest.failed.length + booted.failed.length === 0).length;
  const missed = breakages.filter((breakage) => breakage.missed.length > 0);
  const made = breakages.length + (generated?.caughtBy.length ?? 0);
  const caught = made - missed.length - (generated?.missed.length ?? 0);
  const faults = [
    ...bakes.flatMap(({ name, atRest }) => atRest.failed.map((test) => `${name}, at rest: ${test}`)),
    ...bakes.flatMap(({ name, booted }) => booted.failed.map((test) => `${name}, booted: ${test}`)),
    ...missed.map(
      (breakage) =>
        `${breakage.name}: ${breakage.missed.join(", ")} did not fail, but ${breakage.failed.join("; ") || "nothing"}`,
    ),
    ...(generated?.missed ?? []).map((test) => `${test}: did not fail`),
    ...(scan?.faults ?? []).map((fault) => `OpenSCAP: ${fault}`),
    ...unbroken.map((name) => `${name}: no mistake shows that it can fail; give it one in images/verify/breakages/`),
  ];
  const judged = scan ? `OpenSCAP passes ${scan.passed} rules, ${scan.excepted} have their reason, ` : "";
  const counts = `${sound} of ${bakes.length} images prove sound, ${judged}${caught} of ${made} mistakes are caught`;
  return [`${counts}, ${seconds.toFixed(1)} s.`, ...faults].join("\n");
}
