import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { SettingsFile } from "../../cli/settings-file.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-settings-"));
  file = path.join(folder, "Pulumi.dev.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const dev = () => new SettingsFile(folder, "dev", "bluegreen");

const secret = `v1:${"AAAA bbbb/+".repeat(12)}==`;
const text = `# Who owns this: the shop's team, which can be reached at any hour of the day and the night by its pager
encryptionsalt: v1:abc=:v1:def
config:
  aws:region: eu-central-1 # Frankfurt
  # pinned: see the run book
  bluegreen:blueAmi: ami-00000001
  bluegreen:activeColor: "blue"
  bluegreen:capacityFloor: 3
  bluegreen:allowedCidrs: [192.0.2.0/24, "198.51.100.0/24"]
  bluegreen:slackWebhook:
    secure: ${secret}
`;

test("settings are read by their whole keys, a secret as it is kept", async () => {
  writeFileSync(file, text);
  expect(await dev().read()).toEqual({
    "aws:region": "eu-central-1",
    "bluegreen:blueAmi": "ami-00000001",
    "bluegreen:activeColor": "blue",
    "bluegreen:capacityFloor": 3,
    "bluegreen:allowedCidrs": ["192.0.2.0/24", "198.51.100.0/24"],
    "bluegreen:slackWebhook": { secure: secret },
  });
});

test("what is written changes its own lines and no others: comments, lists and secrets stay as they are", async () => {
  writeFileSync(file, text);
  await dev().write({ activeColor: "green", greenAmi: "ami-00000002", capacityFloor: 0, blueAmi: undefined });
  expect(readFileSync(file, "utf8")).toBe(
    text
      .replace('activeColor: "blue"', 'activeColor: "green"')
      .replace("capacityFloor: 3", "capacityFloor: 0")
      .replace("  # pinned: see the run book\n  bluegreen:blueAmi: ami-00000001\n", "") +
      "  bluegreen:greenAmi: ami-00000002\n",
  );
});

test("given settings with their revision, when they are written, then it stands beside them, until it is the next one", async () => {
  writeFileSync(file, text);
  await dev().write({ activeColor: "green" }, 4);
  await dev().write({ activeColor: "blue" });
  expect(await dev().read()).toMatchObject({ "bluegreen:activeColor": "blue", "bluegreen:releaseRevision": 4 });
  await dev().write({}, 5);
  expect(await dev().read()).toMatchObject({ "bluegreen:releaseRevision": 5 });
});

test("nothing is written when all is said already, and nothing is left beside the file", async () => {
  writeFileSync(file, text);
  const { ino } = statSync(file);
  await dev().write({ activeColor: "blue", capacityFloor: 3, greenAmi: undefined });
  expect(statSync(file).ino).toBe(ino);
  await dev().write({ activeColor: "green" });
  expect(readdirSync(folder)).toEqual(["Pulumi.dev.yaml"]);
});

test("the file is replaced as a whole: whoever reads the old one goes on with it", async () => {
  writeFileSync(file, text);
  const { ino } = statSync(file);
  await dev().write({ activeColor: "green" });
  expect(statSync(file).ino).not.toBe(ino);
});

test("where it can't be written, it stays as it was", async () => {
  writeFileSync(file, text);
  // In the place of the temporary file: neither can root write to a folder.
  mkdirSync(`${file}.${process.pid}`);
  await expect(dev().write({ activeColor: "green" })).rejects.toThrow(/EISDIR/);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("a file without config has none, and gets it", async () => {
  writeFileSync(file, "encryptionsalt: v1:abc\n");
  expect(await dev().read()).toEqual({});
  await dev().write({ activeColor: "green" });
  expect(await dev().read()).toEqual({ "bluegreen:activeColor": "green" });
});

test.each([
  [
    ["Pulumi.yaml"],
    /There is no stack "dev" here: .*Pulumi.dev.yaml is missing. Name the project's folder with --cwd.$/,
  ],
  [["Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.staging.yaml"], /is missing. Stacks with settings: prod, staging.$/],
])("fails without a file beside %j, and names the stacks that are there", async (names, message) => {
  for (const name of names) writeFileSync(path.join(folder, name), "");
  const refused = { code: "usage", message: expect.stringMatching(message) as string };
  await expect(dev().read()).rejects.toMatchObject(refused);
  await expect(dev().write({ activeColor: "green" })).rejects.toMatchObject(refused);
});

test("fails for what is no YAML", async () => {
  writeFileSync(file, "config: [");
  await expect(dev().read()).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining("is no YAML") as string,
  });
});
