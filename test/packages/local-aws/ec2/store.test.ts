import { execFile } from "node:child_process";
import { ServiceStore } from "../../../../packages/local-aws/ec2/store.ts";

let store: ServiceStore;
beforeEach(() => void (store = new ServiceStore()));
afterEach(() => store.remove());

const app = (job: string, min: number, max: number): Promise<{ code: number; said: string }> =>
  new Promise((resolve) => {
    const schema = { SCHEMA_MIN: String(min), SCHEMA_MAX: String(max) };
    const env = { PATH: process.env.PATH, STORE: store.file, VERSION: "v9", ...schema };
    execFile("packages/local-aws/images/bin/app", [job], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, said: (stdout + stderr).trim() }),
    );
  });

it.each([
  [undefined, 1, 2, { code: 0, said: "schema 1 -> 2" }, 2],
  [1, 1, 1, { code: 0, said: "schema 1: nothing to do" }, 1],
  [2, 1, 3, { code: 0, said: "schema 2 -> 3" }, 3],
  [1, 2, 2, { code: 1, said: "the store's schema is 1, and v9 works with 2 to 2" }, 1],
  [3, 1, 2, { code: 1, said: "the store's schema is 3, and v9 works with 1 to 2" }, 3],
])("a store of schema %s, and migrate of a release for %i to %i", async (before, min, max, answer, after) => {
  if (before !== undefined) store.schema = before;
  await expect(app("migrate", min, max)).resolves.toEqual(answer);
  expect(store.schema).toBe(after);
});

it("knows no other job", async () => {
  await expect(app("dance", 1, 1)).resolves.toEqual({ code: 2, said: "no such command: dance" });
});
