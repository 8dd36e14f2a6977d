import { writeFileSync } from "node:fs";
import path from "node:path";
import { builderSettings } from "../../../images/build/builder-settings.ts";
import { TEMPLATES } from "../../../images/build/layers.ts";
import { findPacker } from "../../../tools/packer.ts";
import { runFolder } from "../../run-folder.ts";

jest.setTimeout(600_000);

const environment = (name: string) => path.join(TEMPLATES, "environments", `${name}.pkrvars.hcl`);

it("given files and options, then the real Packer puts them together, defaults included", async () => {
  const packer = await findPacker(() => undefined);
  const prod = await builderSettings(packer, { variables: {}, varFiles: [environment("prod")] });
  expect(prod).toEqual({
    architecture: "arm64",
    ssh_interface: "session_manager",
    subnet_id: "",
    associate_public_ip_address: false,
    instance_profile: "bluegreen-bake",
    signing_key: "",
    evidence_bucket: "",
  });
  const own = path.join(runFolder(), "own.pkrvars.hcl");
  writeFileSync(own, 'subnet_id = "subnet-01234567"\narchitecture = "x86_64"\n');
  const variables = { associate_public_ip_address: "true" };
  const dev = await builderSettings(packer, { variables, varFiles: [environment("dev"), own] });
  expect(dev).toMatchObject({
    subnet_id: "subnet-01234567",
    associate_public_ip_address: true,
    architecture: "x86_64",
  });
  const wrong = builderSettings(packer, { variables: { architecture: "mips" }, varFiles: [environment("dev")] });
  await expect(wrong).rejects.toThrow(/not what packer\/ takes: [^]*"x86_64"\|"arm64"[^]*at architecture/);
});
