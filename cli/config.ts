import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDir } from "../tools/cache.ts";
import { pulumi, type StackRef } from "./pulumi.ts";

/** A stack's whole config by whole key (`bluegreen:minSize`, `aws:region`), each value as Pulumi hands it to a program. */
export interface StackConfig {
  /** Lists and objects are JSON; secrets are in clear, or missing where the backend was not asked. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: ReadonlySet<string>;
}

/**
 * The config of Pulumi.yaml, of the stack's file and of its environments, merged by Pulumi itself: no second reader can know all
 * of its forms. What is not secret is kept for {@link keptConfig}.
 * @throws CliError with the CLI's own words
 */
export async function readConfig(stackRef: StackRef): Promise<StackConfig> {
  const printed = await pulumi(stackRef, ["config", "--json", "--show-secrets"]);
  const entries = Object.entries(JSON.parse(printed) as Record<string, { value?: string; secret: boolean }>);
  const config = {
    values: Object.fromEntries(entries.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]]))),
    secretKeys: new Set(entries.filter(([, { secret }]) => secret).map(([key]) => key)),
  };
  // A copy that can't be written is missed only when the backend is down.
  await keep(stackRef, config).catch(() => undefined);
  return config;
}

/**
 * The config for the time in which the backend can't be asked: what the stack's file says, on top of what was kept when Pulumi
 * was asked last on this machine. Secrets count as not set.
 * @param file what the stack's file says, by whole key; a secret is an object with the member `secure`
 */
export async function keptConfig(stackRef: StackRef, file: Readonly<Record<string, unknown>>): Promise<StackConfig> {
  const kept = await readFile(copyOf(stackRef), "utf8").then(
    (text) => JSON.parse(text) as Record<string, string>,
    () => ({}),
  );
  const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
  const stated = Object.entries(file).filter(([, value]) => value !== null && !isSecret(value));
  const own = stated.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  const secretKeys = new Set(Object.keys(file).filter((key) => isSecret(file[key])));
  return { values: { ...kept, ...(Object.fromEntries(own) as Record<string, string>) }, secretKeys };
}

async function keep(stackRef: StackRef, { values, secretKeys }: StackConfig): Promise<void> {
  const open = Object.entries(values).filter(([key]) => !secretKeys.has(key));
  const copy = copyOf(stackRef);
  await mkdir(path.dirname(copy), { recursive: true });
  const temporary = `${copy}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(Object.fromEntries(open)), { mode: 0o600 });
  await rename(temporary, copy);
}

function copyOf({ folder, stack }: StackRef): string {
  const name = createHash("sha256").update(`${folder}\n${stack}`).digest("hex");
  return path.join(cacheDir("config"), `${name}.json`);
}
