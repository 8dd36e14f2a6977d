import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { once } from "node:events";
import { cached, downloaded, findGoss, IMAGE, RELEASE } from "../../tools/goss.ts";
import { run } from "../../tools/run.ts";
import { fakeGo, FakeTools } from "./fake-path.ts";

const silent = (): void => undefined;
const mac = { system: "darwin", arch: "arm64" };
const script = "#!/bin/sh\necho goss version v0.4.9\n";
const sha256 = createHash("sha256").update(script).digest("hex");

let tools: FakeTools;
let server: Server;
beforeEach(async () => {
  tools = new FakeTools();
  server = createServer((request, response) => {
    response.statusCode = request.url === "/goss" ? 200 : 404;
    response.end(script);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.close();
  tools.remove();
});
const url = (file = "goss"): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${file}`;
const inCache = (): string[] => readdirSync(path.join(tools.root, "cache", "goss"));

it("names a published digest", () => expect(RELEASE.sha256).toMatch(/^[0-9a-f]{64}$/));

it("downloads the published one, and finds it in the cache afterwards", async () => {
  await expect(cached(IMAGE)(silent)).rejects.toThrow("has none");
  const goss = await downloaded(IMAGE, { url: url(), sha256 })(silent);
  expect(await run(goss, [])).toContain("v0.4.9");
  expect(await cached(IMAGE)(silent)).toBe(goss);
  await expect(cached(mac)(silent)).rejects.toThrow("has none");
});

test.each([
  [{ file: "goss", sha256: "0".repeat(64) }, /has the digest [0-9a-f]{64}, not 0{64}/],
  [{ file: "missing", sha256 }, /\/missing answered 404/],
])("fails with %j, and leaves nothing in the cache", async ({ file, sha256 }, message) => {
  await expect(downloaded(IMAGE, { url: url(file), sha256 })(silent)).rejects.toThrow(message);
  expect(inCache()).toEqual([]);
});

it("builds it for another platform", async () => {
  tools.add("bin/go", fakeGo("echo $GOOS $GOARCH"));
  const goss = await findGoss(silent, mac);
  expect(readFileSync(goss, "utf8")).toContain("darwin arm64");
  expect(await cached(mac)(silent)).toBe(goss);
});

it("fails without Go with every reason and what to do", async () => {
  tools.hideSystem();
  await expect(findGoss(silent, mac)).rejects.toThrow(
    /^No goss 0\.4\.9 for darwin-arm64 [^]*has none\n[^]*images' platform alone\n[^]*PATH has no go [^]*install Go 1\.24\.0/,
  );
});
