import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { keptConfig, readConfig } from "../../cli/config.ts";
import { pulumi } from "../../cli/pulumi.ts";
import { makePulumiProject, projectText, type PulumiProject } from "./pulumi-project.ts";

// The real CLI, language host and SDK: what a program gets of the settings' files is theirs to say.
let project: PulumiProject;
let folder: string;
const stackRef = () => ({ folder, stack: "dev" });

const program = `
import * as pulumi from "@pulumi/pulumi/index.js";
import { writeFileSync } from "node:fs";
const secrets = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
writeFileSync("seen.json", JSON.stringify({ values: pulumi.runtime.allConfig(), secrets }));
`;
const head = projectText("shop");

beforeAll(async () => {
  project = await makePulumiProject("shop", program);
  ({ folder } = project);
  process.env.BLUEGREEN_CACHE = path.join(project.root, "cache");
}, 600_000);
afterAll(() => project.cleanUp());

/** What a program of the project gets in an update. */
async function seenByProgram(): Promise<{ values: Record<string, string>; secretKeys: string[] }> {
  await pulumi(stackRef(), ["preview"]);
  const { values, secrets } = JSON.parse(readFileSync(path.join(folder, "seen.json"), "utf8")) as {
    values: Record<string, string>;
    secrets: string[];
  };
  return { values, secretKeys: secrets.sort() };
}

// The forms of https://www.pulumi.com/docs/iac/concepts/config/: of the project's file, of the stack's, and of both.
test.each<[string, string, string]>([
  [
    "defaults with their types",
    "  minSize: {type: integer, default: 3}\n  allowHttp: {type: boolean, default: true}",
    "",
  ],
  ["a provider's value for all stacks", "  aws:region: {value: eu-central-1}", ""],
  ["plain values", "  minSize: 3\n  domain: shop.example\n  allowHttp: true", ""],
  [
    "a list with its type, and an object",
    "  allowedCidrs: {type: array, items: {type: string}, default: [192.0.2.0/24]}\n" +
      "  aws:defaultTags: {value: {tags: {team: shop}}}",
    "",
  ],
  [
    "a stack that overrides its project",
    "  minSize: {type: integer, default: 3}\n  aws:region: {value: eu-central-1}",
    '  shop:minSize: 5\n  shop:maxSize: "7"\n  aws:region: us-east-1\n  shop:allowHttp: false\n  shop:alarmP95Seconds: 0.25',
  ],
  [
    "lists, objects, texts that look like numbers, and empty ones in a stack",
    '  domain: {type: string, default: ""}',
    '  shop:allowedCidrs:\n    - 192.0.2.0/24\n    - 198.51.100.0/24\n  shop:greenAmi: "007"\n  shop:blueAmi: ""\n' +
      "  aws:endpoints:\n    - ec2: http://127.0.0.1:1\n      elbv2: http://127.0.0.1:2",
  ],
])("given %s, when a command reads the config, then it has what a program gets", async (_, ofProject, stack) => {
  const salt = (parse(readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")) as { encryptionsalt?: string })
    .encryptionsalt;
  writeFileSync(path.join(folder, "Pulumi.yaml"), `${head}config:\n${ofProject}\n`);
  writeFileSync(
    path.join(folder, "Pulumi.dev.yaml"),
    `${salt === undefined ? "" : `encryptionsalt: ${salt}\n`}config:${stack === "" ? " {}" : `\n${stack}`}\n`,
  );
  await pulumi(stackRef(), ["config", "set", "--secret", "slackWebhook", "hidden"]);
  await pulumi(stackRef(), ["config", "set", "--secret", "--path", "nested.token", "hidden, too"]);

  const { values, secretKeys } = await readConfig(stackRef());
  expect({ values, secretKeys: [...secretKeys].sort() }).toEqual(await seenByProgram());
  expect(values).toMatchObject({ "shop:slackWebhook": "hidden", "shop:nested": '{"token":"hidden, too"}' });

  // Without its backend: the same, but for the secrets, and with what the stack's file has said since.
  const { config: stated } = parse(readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")) as { config: object };
  const kept = await keptConfig(stackRef(), { ...stated, "shop:activeColor": "green" });
  const open = Object.entries(values).filter(([key]) => key !== "shop:slackWebhook" && key !== "shop:nested");
  expect(kept.values).toMatchObject({ ...Object.fromEntries(open), "shop:activeColor": "green" });
  expect(JSON.stringify(kept.values)).not.toContain("hidden");
});
