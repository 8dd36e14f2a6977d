import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectAuthorities } from "../../components/project-authorities.ts";
import { authority, expiredAuthority } from "../aws/private-authority.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "project-authorities-"))));
afterEach(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

test("given no project file, then there are none", async () => expect(await projectAuthorities(folder)).toEqual({}));

test.each(["checks: []\n", "# caFile: ca.pem\n", ""])(
  "given a project file that names none (%j), then there are none",
  async (text) => {
    write("bluegreen.yaml", text);
    expect(await projectAuthorities(folder)).toEqual({});
  },
);

test("given a file beside the project file, then its certificates are read", async () => {
  write("bluegreen.yaml", "checks: [{ name: a, url: / }]\ncaFile: ca.pem\n");
  write("ca.pem", authority);
  expect(await projectAuthorities(folder)).toEqual({ certificates: authority.trim() });
});

test.each<[string, string, string | undefined, RegExp]>([
  ["the file is gone", "caFile: ca.pem", undefined, /ca\.pem can't be read: ENOENT/],
  ["its certificate is over", "caFile: ca.pem", expiredAuthority, /holds no certificate that is valid now/],
  [
    "no path is named",
    "caFile: [ca.pem]",
    authority,
    /^caFile in bluegreen\.yaml is \["ca\.pem"\]\. Allowed: the path of a file\.$/,
  ],
  ["the project file is no YAML", "caFile: [", authority, /^bluegreen\.yaml is no YAML: .* Correct it\.$/],
])("fails when %s, in one line", async (_, text, certificates, fault) => {
  write("bluegreen.yaml", text);
  if (certificates !== undefined) write("ca.pem", certificates);
  const read = await projectAuthorities(folder);
  expect(read).toEqual({ fault: expect.stringMatching(fault) as string });
  expect(read.fault).not.toContain("\n");
});

test("fails when the project file can't be read", async () => {
  mkdirSync(path.join(folder, "bluegreen.yaml"));
  expect((await projectAuthorities(folder)).fault).toMatch(/^bluegreen\.yaml can't be read: EISDIR/);
});
