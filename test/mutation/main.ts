// Changes the product one place at a time, and counts the changes that no test notices.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { chosen, type Room } from "./rooms.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Takes over what an earlier run found, where neither the file nor its tests have changed. */
    incremental: { type: "boolean", default: false },
  },
});

/** Percent of the changes that tests must notice. */
const least = 90;

/** How many changes of a room were tried, how many a test noticed, and milliseconds that it took. */
interface Score {
  readonly name: string;
  readonly changes: number;
  readonly noticed: number;
  readonly took: number;
}

/**
 * Tests of a room; of a file, those that import it, or, where none does, what imports it: the others of its room take longer than
 * they find.
 */
function testsOf(name: string, folder: string): string[] {
  const whole = `${folder}/**/*.test.ts`;
  const holds = (file: string, text: string) => readFileSync(file, "utf8").includes(text);
  const importing = (file: string) => globSync(whole).filter((test) => holds(test, `../${file}"`));
  const own = importing(name);
  if (own.length > 0 || !name.endsWith(".ts")) return own.length > 0 ? own : [whole];
  const users = globSync(path.join(path.dirname(name), "*.ts")).filter((file) =>
    holds(file, `"./${path.basename(name)}"`),
  );
  const theirs = [...new Set(users.flatMap(importing))];
  return theirs.length > 0 ? theirs : [whole];
}

async function mutate({ name, files, tests, slow = [], sentences = false }: Room): Promise<Score> {
  console.log(`\n${name}`);
  const begun = Date.now();
  const results = await new Stryker({
    mutate: [...files],
    ignorers: sentences ? [] : ["sentences"],
    incremental: values.incremental,
    incrementalFile: path.join("node_modules/.cache/mutation", `${name.replaceAll("/", "-")}.json`),
    jest: {
      projectType: "custom",
      configFile: "test/mutation/jest.config.mjs",
      // To ask which tests a file concerns takes Jest longer than to run them all.
      enableFindRelatedTests: false,
      config: {
        roots: [`<rootDir>/${tests}`],
        testMatch: testsOf(name, tests).map((pattern) => `<rootDir>/${pattern}`),
        testPathIgnorePatterns: ["\\.integration\\.test\\.ts$", ...slow],
      },
    },
  }).runMutationTest();
  const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length;
  const noticed = count("Killed", "Timeout");
  return { name, changes: noticed + count("Survived", "NoCoverage"), noticed, took: Date.now() - begun };
}

const percent = ({ changes, noticed }: Score): number => (100 * noticed) / changes;

const scores: Score[] = [];
for (const room of chosen(positionals)) scores.push(await mutate(room));
for (const score of scores) {
  const { name, changes, noticed, took } = score;
  const share = percent(score).toFixed(1).padStart(5);
  console.log(
    `${name.padEnd(13)} ${share} %: ${noticed} of ${changes} changes fail a test; ${Math.ceil(took / 60_000)} min`,
  );
}
if (scores.some((score) => percent(score) < least)) {
  console.error(`Tests must notice ${least} % of the changes of each room. What they miss stands above.`);
  process.exitCode = 1;
}
