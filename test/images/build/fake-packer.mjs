// Stands in for packer: strict about how it is called, and it does to files what a build does. FAKE_PACKER says how it goes.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const [command, ...args] = process.argv.slice(2);
const how = process.env.FAKE_PACKER ?? "";

function refuse(message) {
  console.error(`fake packer: ${message}`);
  process.exit(2);
}

if (process.env.CHECKPOINT_DISABLE !== "1") refuse("it would ask for newer versions");
if (command === "--version") {
  console.log("Packer v1.11.2");
} else if (command === "plugins") {
  console.log("/plugins/github.com/hashicorp/amazon/packer-plugin-amazon_v1.8.2_x5.0_linux_amd64");
} else if (command === "console") {
  const unsigned = { signing_key: "", evidence_bucket: "" };
  const settings = { architecture: "x86_64", ssh_interface: "session_manager", subnet_id: "subnet-01234567" };
  console.log(
    JSON.stringify({
      ...settings,
      associate_public_ip_address: false,
      instance_profile: "bluegreen-bake",
      ...unsigned,
    }),
  );
} else if (command === "build") {
  build();
} else refuse(`what is ${command}?`);

function build() {
  if (process.env.PACKER_PLUGIN_PATH !== "/plugins") refuse(`PACKER_PLUGIN_PATH is ${process.env.PACKER_PLUGIN_PATH}`);
  const variables = {};
  const flags = [];
  while (args.length > 1) {
    const arg = args.shift();
    if (arg === "-var") {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(args.shift()) ?? refuse("-var without name=value");
      variables[name] = value;
    } else flags.push(arg);
  }
  if (!existsSync(path.join(args[0], "app.pkr.hcl"))) refuse(`${args[0]} is no folder of templates`);
  const layer = /^-only=(\w+)\.\*$/.exec(flags.find((flag) => flag.startsWith("-only=")) ?? "")?.[1];
  const others = flags.filter((flag) => !/^-(color=false|only=.*|var-file=.*)$/.test(flag));
  if (layer === undefined || others.length > 0) refuse(`flags ${flags.join(" ")}`);
  for (const name of ["goss", "release", "boot_gate"]) {
    if (variables[name] !== undefined && !existsSync(variables[name])) refuse(`no ${name}: ${variables[name]}`);
  }
  if (how === "hangs") {
    process.once("SIGINT", () => {
      console.log("==> Terminating the source AWS instance...");
      process.exit(1);
    });
    // A test that fails must end, too.
    setTimeout(() => process.exit(3), 20_000);
  }
  console.log(`==> ${layer}.amazon-ebs.layer: Launching a source AWS instance...`);
  if (how === "hangs") return;
  if (how === "no-way-in") return refuse("Timeout waiting for SSH.");
  writeFileSync(variables.report, process.env.FAKE_REPORT);
  const system = { distro: "amzn", release: "2023.9", kernel: "6.1.155", architecture: "x86_64" };
  writeFileSync(path.join(variables.contents, "system.json"), JSON.stringify(system));
  writeFileSync(path.join(variables.contents, "packages.tsv"), "bash\t5.2\tx86_64\n");
  if (how === "failed-spec") return refuse("Script exited with non-zero exit status: 1.");
  const { version = "", commit, environment } = variables;
  const custom_data = { layer, version, commit, environment, parent: variables.parent_ami, parent_name: "parent" };
  const images = "eu-central-1:ami-0123456789abcdef0,us-east-1:ami-0bbbbbbbbbbbbbbbb";
  const made = { build_time: 1_795_262_400, artifact_id: images, packer_run_uuid: "run", custom_data };
  writeFileSync(variables.manifest, JSON.stringify({ builds: [made], last_run_uuid: "run" }));
  if (layer === "app") console.log(readFileSync(path.join(variables.release, "release.json"), "utf8"));
  console.log("Build finished.");
}
