/** Values that stand in several places, in several languages: here they are held together. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { listen } from "../packages/app/src/server.ts";
import { defaults } from "../cli/defaults.ts";
import { inputsOf, office, runProgram, start } from "./whole-program.ts";

const text = (file: string): string => readFileSync(path.join(import.meta.dirname, "..", file), "utf8");

/** All that a pattern's first group finds in a file; there must be something. */
function found(file: string, pattern: RegExp): string[] {
  const values = [...text(file).matchAll(pattern)].map(([, value]) => value);
  if (values.length === 0) throw new Error(`${file} says nothing of ${pattern.source}`);
  return [...new Set(values)];
}

describe("the service keeps an idle connection longer than the load balancer", () => {
  const idleOf = async (): Promise<number> =>
    inputsOf(await runProgram("dev", { ...office, ...start }), "bluegreen-dev-alb").idleTimeout;

  test("the service itself", async () => {
    const { server } = await listen(() => undefined, 0, "127.0.0.1");
    const { keepAliveTimeout, headersTimeout } = server;
    server.close();
    expect(keepAliveTimeout / 1000).toBeGreaterThan(await idleOf());
    expect(headersTimeout).toBeGreaterThan(keepAliveTimeout);
  });

  test("the rehearsal's image", async () => {
    const [milliseconds] = found("packages/local-aws/images/service.mjs", /keepAliveTimeout = ([\d_]+);/g);
    expect(Number(milliseconds.replaceAll("_", "")) / 1000).toBeGreaterThan(await idleOf());
  });

  test("the check on images takes just those that do", async () => {
    const idleSeconds = await idleOf();
    const [pattern] = found("goss/parts/app-service.yaml", /stdout: \['\/(.*timeout=.*)\/'\]/g);
    const takes = (seconds: number) =>
      new RegExp(pattern.replace("(?i:keep-alive)", "keep-alive")).test(`keep-alive: timeout=${seconds}`);
    expect([5, idleSeconds - 1, idleSeconds, idleSeconds + 1, 65, 120].filter(takes)).toEqual([
      idleSeconds + 1,
      65,
      120,
    ]);
  });
});

describe("the commands' defaults", () => {
  test("stand in the documents as they are", () => {
    expect(found("docs/releases.md", /default\s+`(canary=[^`]+)`/g)).toEqual([defaults.strategy]);
    expect(found("docs/releases.md", /`--bake` \(default (\w+)\)/g)).toEqual([defaults.bake]);
  });

  test("stand in the help by their name alone", () => {
    const help = text("cli/main.ts").match(/default: [^)"]*/g);
    expect(help?.filter((line) => /canary=|\d+m/.test(line))).toEqual([]);
  });
});

describe("the paths of the CloudWatch agent", () => {
  const files = {
    link: "packer/scripts/app/connect-agent.sh",
    writer: "packer/files/configure-cloudwatch-agent",
    exporter: "packer/files/bluegreen-logs.service",
    units: "goss/parts/app-units.yaml",
    boot: "goss/parts/boot-logs.yaml",
  };

  test("the part that an instance writes is the one that the agent's link, the exporter and the checks know", () => {
    const part = /(\/run\/bluegreen\/[\w-]+\.json)/g;
    const [known] = found(files.link, part);
    for (const file of [files.exporter, files.units, files.boot])
      expect([file, found(file, part)]).toEqual([file, [known]]);
    const [name] = found(files.writer, /readonly file="\$\{RUNTIME_DIRECTORY:\?\}\/([^"]+)"/g);
    expect(`/run/bluegreen/${name}`).toBe(known);
    expect(found("packer/files/bluegreen-user-data.service", /^RuntimeDirectory=(.*)$/gm)).toEqual(["bluegreen"]);
  });

  test("the link that the image gets is the one that its check looks for", () => {
    const link = /(\/opt\/aws\/amazon-cloudwatch-agent\/etc\/amazon-cloudwatch-agent\.d\/[\w-]+\.json)/g;
    expect(found(files.units, link)).toEqual(found(files.link, link));
  });

  test("the logs that the exporters write are those that the agent reads and the check looks for, with those of others", () => {
    const logs = [files.exporter, "packer/files/bluegreen-system-logs.service"].map((unit) => {
      const [name] = found(unit, /^ExecStart=\S+export-journal (\S+)/gm);
      const [folder] = found(unit, /^LogsDirectory=(.*)$/gm);
      return `/var/log/${folder}/${name}.log`;
    });
    const [sudo] = found("packer/scripts/hardened/restrict-privileges.sh", /Defaults logfile="([^"]+)"/g);
    const all = [...logs, "/var/log/audit/audit.log", sudo];
    expect(found(files.writer, /"file_path": "([^"]+)"/g)).toEqual(all);
    expect(found(files.boot, /"file_path": "([^"]+)"/g)).toEqual(all);
  });

  test("the configuration that the image gets is the one that its check looks for", () => {
    const file = /(\/opt\/aws\/amazon-cloudwatch-agent\/etc\/amazon-cloudwatch-agent\.json)/g;
    expect(found("goss/parts/agents.yaml", file)).toEqual(found("packer/scripts/base/enable-agents.sh", file));
  });
});
