import path from "node:path";
import { lintPipelines } from "./lint.ts";

const root = path.resolve(import.meta.dirname, "../..");
const found = await lintPipelines(root, (line) => console.error(line));
for (const name of ["actionlint", "zizmor", "yamllint"]) {
  console.log(found[name] === undefined ? `ok      ${name}` : `failed  ${name}:\n${found[name]}`);
}
process.exitCode = Object.keys(found).length === 0 ? 0 : 1;
