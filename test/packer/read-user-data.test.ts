import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { listen, listenAsMetadata, type Listening, type Metadata } from "../packages/boot-gate/servers.ts";

const script = path.resolve(import.meta.dirname, "../../packer/files/read-user-data");
const self: Metadata = { "meta-data/instance-id": "i-0123456789abcdef0", "meta-data/placement/region": "eu-central-1" };
const own = "BLUEGREEN_INSTANCE_ID=i-0123456789abcdef0\nAWS_REGION=eu-central-1\n";

let folder: string;
let service: Listening | undefined;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await service?.close();
});

async function read(metadata: Metadata): Promise<string> {
  service = await listenAsMetadata(metadata);
  return readFrom(service);
}

async function readFrom(service: Listening): Promise<string> {
  await promisify(execFile)(script, {
    env: { PATH: process.env.PATH, RUNTIME_DIRECTORY: folder, AWS_EC2_METADATA_SERVICE_ENDPOINT: service.url },
  });
  return readFileSync(path.join(folder, "environment"), "utf8");
}

it.each<[string, string | number, string]>([
  [
    "what the stack gives",
    "#!/bin/sh\nBLUEGREEN_COLOR=green\nBLUEGREEN_ENVIRONMENT=dev\nBLUEGREEN_SETTINGS=/bluegreen/dev\n",
    "BLUEGREEN_COLOR=green\nBLUEGREEN_ENVIRONMENT=dev\nBLUEGREEN_SETTINGS=/bluegreen/dev\n",
  ],
  [
    "lines with CRLF and none at the end",
    "BLUEGREEN_COLOR=blue\r\nBLUEGREEN_ENVIRONMENT=dev",
    "BLUEGREEN_COLOR=blue\nBLUEGREEN_ENVIRONMENT=dev\n",
  ],
  ["every safe sign", "BLUEGREEN_SETTINGS=/aZ09._:@%+,=-\n", "BLUEGREEN_SETTINGS=/aZ09._:@%+,=-\n"],
  [
    "nothing of other lines",
    "#!/bin/sh\n# BLUEGREEN_A=1\nexport BLUEGREEN_B=2\nPATH=/tmp\nNODE_OPTIONS=--inspect\n",
    "",
  ],
  ["no user data", 404, ""],
])("takes %s", async (_, userData, expected) => {
  expect(await read({ ...self, "user-data": userData })).toBe(expected + own);
  expect(statSync(path.join(folder, "environment")).mode & 0o777).toBe(0o644);
  expect(readdirSync(folder)).toEqual(["environment"]);
});

it("fails on values that would mean something to systemd, names all of them, and writes nothing", async () => {
  const lines = [
    "BLUEGREEN_A=two words",
    'BLUEGREEN_B="quoted"',
    "BLUEGREEN_C=$(id)",
    "BLUEGREEN_D=back\\slash",
    "BLUEGREEN_e=1",
    "BLUEGREEN_F",
  ];
  const failed = read({ ...self, "user-data": ["BLUEGREEN_COLOR=green", ...lines].join("\n") });
  await expect(failed).rejects.toThrow(lines.map((line) => `  ${line}\n`).join(""));
  expect(readdirSync(folder)).toEqual([]);
});

it("takes nothing of an error page that came before an answer", async () => {
  const failed = new Set<string>();
  const metadata: Metadata = { ...self, "user-data": "BLUEGREEN_COLOR=green\n" };
  service = await listen((request, response) => {
    const path = (request.url ?? "").replace("/latest/", "");
    if (!failed.has(path)) {
      failed.add(path);
      return void response.writeHead(503).end("<html>\nBLUEGREEN_COLOR=blue\n");
    }
    if (path === "api/token") return void response.end("AQAEAFN_x.y==");
    const found = metadata[path] ?? 404;
    if (typeof found === "number") return void response.writeHead(found).end("an HTML page");
    response.end(found);
  });
  expect(await readFrom(service)).toBe(`BLUEGREEN_COLOR=green\n${own}`);
  expect(failed.size).toBe(4);
  expect(readdirSync(folder)).toEqual(["environment"]);
}, 40_000);

it.each<[string, Metadata, string]>([
  [
    "tells an instance id that is none",
    { ...self, "meta-data/instance-id": "<html>" },
    "the instance metadata service answered something else for meta-data/instance-id: <html>",
  ],
  [
    "tells a region that is none",
    { ...self, "meta-data/placement/region": "eu-central-1 PATH=/tmp" },
    "the instance metadata service answered something else for meta-data/placement/region: eu-central-1 PATH",
  ],
  ["is refused", { ...self, "user-data": 403 }, "the instance metadata service answered 403 for user-data"],
  [
    "does not know the region",
    { ...self, "meta-data/placement/region": 404 },
    "the instance metadata service does not have meta-data/placement/region",
  ],
])("fails when it %s, and writes nothing", async (_, metadata, message) => {
  await expect(read(metadata)).rejects.toThrow(message);
  expect(readdirSync(folder)).toEqual([]);
});
