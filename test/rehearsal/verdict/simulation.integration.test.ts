import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

// In a process of its own: Jest's sandbox makes each use of Math many times slower.
test("given 2,000 good releases of each kind, then at most 1 % of them go back, and the document has the tables", async () => {
  const main = path.join(import.meta.dirname, "../../../rehearsal/verdict/main.ts");
  await expect(promisify(execFile)(process.execPath, [main, "--check"])).resolves.toMatchObject({ stderr: "" });
}, 900_000);
