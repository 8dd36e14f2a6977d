import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { HOST } from "../../tools/go-tool.ts";
import { built, cached, downloaded, findPulumi, onPath, RELEASE, TOOL } from "../../tools/pulumi-cli.ts";
import { written } from "../../tools/versions.ts";
import { fakeGo, FakeTools } from "./fake-path.ts";

const silent = (): void => undefined;

let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

describe("the CLI on PATH", () => {
  test.each(["3.214.0", "v3.250.0", "v3.999.1"])("takes %s", async (version) => {
    tools.add("bin/pulumi", `echo ${version}`);
    expect((await onPath(silent)).command).toBe("pulumi");
  });

  test.each([
    ["v3.213.9", /pulumi on PATH is 3\.213\.9; it must be 3\.214\.0 or later/],
    ["2.25.2", /is 2\.25\.2; it must be/],
    ["what", /of an unknown version/],
  ])("fails with %s", async (version, message) => {
    tools.add("bin/pulumi", `echo ${version}`);
    await expect(onPath(silent)).rejects.toThrow(message);
  });

  it("fails when there is none", async () => {
    tools.hideSystem();
    await expect(onPath(silent)).rejects.toThrow("PATH has no pulumi");
  });
});

describe("building", () => {
  it("builds once, says how long that takes, and is found in the cache afterwards", async () => {
    tools.add("bin/go", fakeGo(`echo v${written(TOOL.version)}`));
    await expect(cached(silent)).rejects.toThrow("has none");
    const said: string[] = [];
    const command = await built((message) => said.push(message));
    expect(said).toEqual([expect.stringContaining("about 4 minutes")]);
    expect(command.version?.version).toBe(written(TOOL.version));
    expect((await cached(silent)).command).toBe(command.command);
  });
});

describe("downloading", () => {
  const target = `${HOST.system}-${HOST.arch}`;

  /** An archive as the project publishes them, and a server that has it. */
  async function published(): Promise<{ url: string; digest: string; asked: string[]; close: () => void }> {
    const folder = path.join(tools.root, "archive");
    mkdirSync(path.join(folder, "pulumi"), { recursive: true });
    writeFileSync(path.join(folder, "pulumi", "pulumi"), `#!/bin/sh\necho v${written(RELEASE.version)}\n`, {
      mode: 0o755,
    });
    execFileSync("tar", ["-czf", "a.tar.gz", "pulumi"], { cwd: folder });
    const archive = readFileSync(path.join(folder, "a.tar.gz"));
    const asked: string[] = [];
    const server = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.end(archive);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pulumi-v1`;
    const close = (): void => {
      server.close();
      server.closeAllConnections();
    };
    return { url, digest: createHash("sha256").update(archive).digest("hex"), asked, close };
  }

  it("takes the archive whose digest is known, and finds it in the cache afterwards", async () => {
    const { url, digest, asked, close } = await published();
    const command = await downloaded({ ...RELEASE, url, sha256: { [target]: digest } })(silent);
    close();
    expect(command.version?.version).toBe(written(RELEASE.version));
    expect(asked).toEqual([`/pulumi-v1-${target}.tar.gz`]);
    expect((await cached(silent)).command).toBe(command.command);
  });

  it("fails with another archive, and keeps nothing of it", async () => {
    const { url, close } = await published();
    const source = downloaded({ ...RELEASE, url, sha256: { [target]: "0".repeat(64) } });
    await expect(source(silent)).rejects.toThrow(
      /has the digest [0-9a-f]{64}, not 0{64}: it is not what was published/,
    );
    close();
    await expect(cached(silent)).rejects.toThrow("has none");
  });

  it("fails where no digest is known", async () =>
    expect(downloaded({ ...RELEASE, sha256: {} })(silent)).rejects.toThrow(`for ${target} is known`));
});

describe("findPulumi", () => {
  const absent = (reason: string) => () => Promise.reject(new Error(reason));

  it("takes the first source that has one", async () => {
    tools.add("bin/pulumi", "echo v3.250.0");
    const never = jest.fn();
    expect((await findPulumi(silent, [absent("a"), onPath, never])).command).toBe("pulumi");
    expect(never).not.toHaveBeenCalled();
  });

  it("fails with every reason and what to install", async () => {
    const message = await findPulumi(silent, [absent("PATH is bare"), absent("no network")]).catch(
      (e: Error) => e.message,
    );
    expect(message).toMatch(/3\.214\.0[^]*- PATH is bare\n[^]*- no network\n[^]*download-install[^]*go\.dev\/dl/);
  });
});
