import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { logGroupName, systemLogGroupName } from "../../components/log-groups.ts";

const script = path.resolve(import.meta.dirname, "../../packer/files/configure-cloudwatch-agent");

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => path.join(folder, "amazon-cloudwatch-agent.json");

async function configure(environment: string): Promise<void> {
  writeFileSync(path.join(folder, "environment"), environment);
  await promisify(execFile)(script, { env: { PATH: process.env.PATH, RUNTIME_DIRECTORY: folder } });
}

const self = "BLUEGREEN_INSTANCE_ID=i-0123456789abcdef0\nAWS_REGION=eu-central-1\n";

it.each(["blue", "green"] as const)(
  "sends the lines of a %s instance to its colour's group, and its system's to that of all, as the stack names them",
  async (color) => {
    await configure(`BLUEGREEN_COLOR=${color}\nBLUEGREEN_ENVIRONMENT=dev\nBLUEGREEN_SETTINGS=/bluegreen/dev\n${self}`);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
      logs: {
        logs_collected: {
          files: {
            collect_list: [
              {
                file_path: "/var/log/bluegreen/service.log",
                log_group_name: logGroupName("/bluegreen/dev", color),
                log_stream_name: "{instance_id}",
              },
              ...[
                ["/var/log/bluegreen/system.log", "journal"],
                ["/var/log/audit/audit.log", "audit"],
                ["/var/log/sudo.log", "sudo"],
              ].map(([file_path, stream]) => ({
                file_path,
                log_group_name: systemLogGroupName("/bluegreen/dev"),
                log_stream_name: `{instance_id}/${stream}`,
              })),
            ],
          },
        },
      },
    });
    expect(statSync(file()).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder).sort()).toEqual(["amazon-cloudwatch-agent.json", "environment"]);
  },
);

it("takes every sign that the user data may have", async () => {
  await configure(`BLUEGREEN_COLOR=blue\nBLUEGREEN_SETTINGS=/aZ09._:@%+,=-\n${self}`);
  expect(readFileSync(file(), "utf8")).toContain('"log_group_name": "/aZ09._:@%+,=-/blue"');
});

it.each([
  ["a builder, which has no user data of a stack", self],
  ["an instance without a colour", `BLUEGREEN_SETTINGS=/bluegreen/dev\n${self}`],
  ["an instance without a stack's path", `BLUEGREEN_COLOR=blue\nBLUEGREEN_ENVIRONMENT=dev\n${self}`],
])("leaves %s without a log group, also where one was written before", async (_, environment) => {
  writeFileSync(file(), "{}");
  await configure(environment);
  expect(existsSync(file())).toBe(false);
});
