import { cpus } from "node:os";
import { evaluation } from "./evaluation.ts";
import { rehearsed, timeScale } from "./rehearsed.ts";
import { strategy, wentWell } from "./releases.ts";
import { figureTable, releaseTable } from "./tables.ts";

async function main(): Promise<number> {
  const say = (line: string) => console.error(line);
  const own = evaluation(say);
  const { figures, releases, compared } = await rehearsed(say);
  console.log(`Node ${process.version}, ${cpus().length} cores`);
  console.log(figureTable([...own, ...figures]));
  console.log(`\nTen releases in a row, under load: bluegreen release <version> ${strategy.join(" ")}`);
  console.log(releaseTable(releases));
  console.log(figureTable(compared, "what teams ask of their deployments, and these releases"));
  console.log(notes);
  return releases.every(wentWell) && [...own, ...figures, ...compared].every(({ ok }) => ok) ? 0 : 1;
}

const notes = `
* Answered by a bad image itself, to users in its canary: nothing but users could unmask it, and this is its price.
The local cloud's clocks run ${timeScale} times faster than AWS's, the commands' own do not. There, staging takes longer by the boot of
an instance (a minute or two) and its health checks, and CloudWatch's minute is a minute, not ${60 / timeScale} s: the canary's 60 s here
are 10 minutes there, and a release within 5 minutes has a canary of 2 or 3. Cut-over and rollback wait for none of that.
`.trim();

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
