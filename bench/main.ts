import { cpus } from "node:os";
import Table from "cli-table3";
import { evaluation } from "./evaluation";
import { rehearsed } from "./rehearsed";

async function main(): Promise<number> {
  const say = (line: string) => console.error(line);
  const figures = [...evaluation(say), ...(await rehearsed(say))];
  const grid = new Table({
    head: ["figure", "measured", "limit", ""],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const { name, value, limit, ok } of figures) grid.push([name, value, limit ?? "", ok ? "ok" : "MISSED"]);
  console.log(`Node ${process.version}, ${cpus().length} cores`);
  console.log(grid.toString());
  return figures.every(({ ok }) => ok) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
