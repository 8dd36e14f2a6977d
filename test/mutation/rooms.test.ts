import { globSync } from "node:fs";
import path from "node:path";
import { chosen, rooms } from "./rooms.ts";

const root = path.join(import.meta.dirname, "..", "..");
const found = (pattern: string) => globSync(pattern, { cwd: root });

test.each(rooms)("given the room $name, then all that it names is there", ({ files, tests, slow = [] }) => {
  const missing = files.filter((pattern) => found(pattern.replace("!", "")).length === 0);
  expect(missing).toEqual([]);
  const all = found(`${tests}/**/*.test.ts`);
  expect(all).not.toEqual([]);
  expect(slow.filter((part) => !all.some((file) => file.includes(part)))).toEqual([]);
});

test("given no argument, then all rooms are changed", () => expect(chosen([])).toEqual(rooms));

test("given a room and a file, then those are", () =>
  expect(chosen(["cli/drift", "cli/store/lock.ts"])).toMatchObject([
    { name: "cli/drift", files: ["cli/drift/*.ts"] },
    { name: "cli/store/lock.ts", files: ["cli/store/lock.ts"], tests: "test/cli/store" },
  ]));

test.each(["cli/store/lock", "rehearsal", "cli/main.ts"])("fails for %s, and says what is allowed", (name) =>
  expect(() => chosen([name])).toThrow(/no room .*: allowed are config, deployment, .* or a file below one of them/),
);
