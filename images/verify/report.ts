import Table from "cli-table3";

/** A bake, and what an instance of its image showed. */
export interface BakeReport {
  name: string;
  image: string;
  /** Tests of the bake's own report. */
  tests: number;
  seconds: number;
  /** Tests that were run on a booted instance, and those that failed there. */
  booted: { tests: number; failed: string[]; gate?: string };
}

/** A mistake made on purpose, and what became of it. */
export interface BreakageReport {
  name: string;
  spec: string;
  caughtBy: string;
  caught: boolean;
  /** Tests that failed. */
  failed: string[];
}

export interface ImagesReport {
  ok: boolean;
  startedAt: string;
  seconds: number;
  bakes: BakeReport[];
  breakages: BreakageReport[];
}

const plain = {
  style: { head: [], border: [] },
  chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
};

/** The tables that end a run. */
export function tables({ bakes, breakages }: ImagesReport): string {
  const images = new Table({
    head: ["image", "id", "tests in the bake", "tests once booted", "boot gate", "seconds"],
    colAligns: ["left", "left", "right", "right", "left", "right"],
    ...plain,
  });
  for (const { name, image, tests, booted, seconds } of bakes) {
    const { failed } = booted;
    const once = failed.length === 0 ? String(booted.tests) : `${failed.length} of ${booted.tests} FAILED`;
    images.push([name, image, tests, once, booted.gate ?? "", seconds.toFixed(1)]);
  }
  const broken = new Table({ head: ["broken on purpose", "caught", "by"], ...plain });
  for (const { name, caught, caughtBy, spec } of breakages) {
    broken.push([name, caught ? "yes" : "NO", `${spec}.yaml, ${caughtBy}`]);
  }
  return [images.toString(), ...(breakages.length > 0 ? [broken.toString()] : [])].join("\n");
}

/** What the tables mean, in a line and one more for each fault. */
export function verdict({ bakes, breakages, seconds }: ImagesReport): string {
  const sound = bakes.filter(({ booted }) => booted.failed.length === 0).length;
  const caught = breakages.filter((breakage) => breakage.caught).length;
  const faults = [
    ...bakes.flatMap(({ name, booted }) => booted.failed.map((test) => `${name}, booted: ${test}`)),
    ...breakages
      .filter((breakage) => !breakage.caught)
      .map(({ name, caughtBy, failed }) => `${name}: ${caughtBy} did not fail, but ${failed.join("; ") || "nothing"}`),
  ];
  const counts = `${sound} of ${bakes.length} images prove sound, ${caught} of ${breakages.length} broken ones are caught`;
  return [`${counts}, ${seconds.toFixed(1)} s.`, ...faults].join("\n");
}
