import { z } from "zod";
import { quiet } from "../../tools/packer.ts";
import { run } from "../../tools/run.ts";
import { jsonOf } from "./json.ts";
import { ARCHITECTURES, TEMPLATES } from "./layers.ts";

const schema = z.object({
  architecture: z.enum(ARCHITECTURES),
  ssh_interface: z.enum(["session_manager", "private_ip", "public_ip"]),
  subnet_id: z.string(),
  associate_public_ip_address: z.boolean(),
  instance_profile: z.string(),
  signing_key: z.string(),
  evidence_bucket: z.string(),
});

/** Variables of packer/ that a bake looks at itself, as they are once files, options and defaults are put together. */
export type BuilderSettings = z.infer<typeof schema>;

/**
 * Has Packer itself put the variables together: it knows the defaults, the order of the files, and its own language.
 * @throws Error in Packer's words when a file or a value is wrong
 */
export async function builderSettings(
  packer: string,
  { variables, varFiles }: { variables: Readonly<Record<string, string>>; varFiles: readonly string[] },
): Promise<BuilderSettings> {
  const files = varFiles.map((file) => `-var-file=${file}`);
  const given = Object.entries(variables).flatMap(([name, value]) => ["-var", `${name}=${value}`]);
  const wanted = Object.keys(schema.shape).map((name) => `${name} = var.${name}`);
  const env = { ...quiet(), PACKER_NO_COLOR: "1" };
  const input = `jsonencode({ ${wanted.join(", ")} })\n`;
  const printed = await run(packer, ["console", ...files, ...given, TEMPLATES], { env, input });
  // The console does not judge: a build refuses a wrong value only when it has begun.
  const parsed = schema.safeParse(jsonOf(printed.trim()));
  if (parsed.success) return parsed.data;
  throw new Error(`the variables are not what packer/ takes: ${z.prettifyError(parsed.error)}`);
}
