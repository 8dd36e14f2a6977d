import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type * as z from "zod";
import { type Config, REFERENCE, schema, SECRETS, VARIABLES } from "./config-schema.ts";
import { type Fault, messageOf, Refusal, refusal } from "./fault.ts";
import type { Parameters } from "./parameters.ts";

/** Where an image has its file. APP_CONFIG names another one. */
const DEFAULT_FILE = "/etc/app/config.yaml";

/** The configuration file as it was read. */
export interface ConfigFile {
  path: string;
  text: string;
}

/** Where there is no Parameter Store, or nobody has asked it. */
const NONE: Parameters = new Map();

type Tree = { [key: string]: unknown };

/**
 * Reads the file and puts the parameters and the environment over it. Throws a Refusal that names all faults.
 * @param env May name another file by APP_CONFIG; that one must exist, the default one need not.
 */
export function loadConfig(env: NodeJS.ProcessEnv, parameters = NONE): Config {
  const path = env.APP_CONFIG ?? DEFAULT_FILE;
  try {
    return parseConfig(env, { path, text: readFileSync(path, "utf8") }, parameters);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing && env.APP_CONFIG === undefined) return parseConfig(env, undefined, parameters);
    throw new Refusal(`APP_CONFIG names ${path}, which can't be read: ${messageOf(error)}. Name a file that can`);
  }
}

/**
 * The environment over the parameters over the file over the defaults. Throws a Refusal that names all faults; it never
 * shows a secret.
 */
export function parseConfig(env: NodeJS.ProcessEnv, file?: ConfigFile, parameters = NONE): Config {
  const tree = file === undefined ? {} : parseFile(file);
  const faults = file === undefined ? [] : secretsInClear(tree, file);
  overlay(tree, env, parameters);
  const origins = originsOf(env, parameters);
  const originOf = (path: string) => origins.get(path) ?? (valueAt(tree, path) === undefined ? undefined : file?.path);
  const result = schema.safeParse(tree);
  if (!result.success) faults.push(...result.error.issues.flatMap((issue) => issueFaults(issue, tree, originOf)));
  if (faults.length > 0 || !result.success) throw refusal(faults);
  return result.data;
}

function parseFile({ path, text }: ConfigFile): Tree {
  const lineCounter = new LineCounter();
  // Pretty errors quote the line, which may hold a secret.
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lines = document.errors.map(({ pos, code }) => `  line ${lineCounter.linePos(pos[0]).line}: ${code}`);
  if (lines.length > 0) throw new Refusal(`${path} is no YAML. Correct it:\n${lines.join("\n")}`);
  const tree: unknown = document.toJS() ?? {};
  if (isTree(tree)) return tree;
  throw new Refusal(`${path} must hold settings by name, such as "port: 3000"; it holds something else`);
}

/** The file is part of the image: what stands there is known to everybody who may start one. */
function secretsInClear(tree: Tree, { path }: ConfigFile): Fault[] {
  const names = SECRETS.filter((name) => {
    const value = valueAt(tree, name);
    return typeof value === "string" && !REFERENCE.test(value);
  });
  if (/^rediss?:\/\/[^/@]*:[^/@]*@/.test(String(valueAt(tree, "redis.url")))) names.push("redis.url");
  const allowed =
    "a reference to where it is kept: ssm:/PATH, ssm:NAME (below BLUEGREEN_SETTINGS) or secretsmanager:ID";
  return names.map((name) => ({ name, origin: path, came: "a secret in clear (not shown)", allowed }));
}

/** Names of the environment variables and parameters that set something, by the setting. */
export function originsOf(env: NodeJS.ProcessEnv, parameters: Parameters): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  for (const [variable, { path }] of Object.entries(VARIABLES)) {
    const origin = env[variable] === undefined ? parameters.get(variable)?.name : variable;
    if (origin !== undefined) origins.set(path, origin);
  }
  return origins;
}

/** Sets what the environment and the parameters say. */
function overlay(tree: Tree, env: NodeJS.ProcessEnv, parameters: Parameters): void {
  for (const [variable, { path, scalar }] of Object.entries(VARIABLES)) {
    const text = env[variable] ?? parameters.get(variable)?.value;
    if (text === undefined) continue;
    const keys = path.split(".");
    const last = keys.pop() ?? path;
    // A parent in the file that is no mapping is a fault of its own, which the schema names.
    const parent = keys.reduce<unknown>((node, key) => (isTree(node) ? (node[key] ??= {}) : undefined), tree);
    if (isTree(parent)) parent[last] = scalar ? scalarOf(text) : text;
  }
}

function scalarOf(text: string): unknown {
  if (/^-?\d+$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}

function issueFaults(issue: z.core.$ZodIssue, tree: Tree, originOf: (path: string) => string | undefined): Fault[] {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      // Where one character is amiss, YAML takes a value for a key.
      const name = path === "" ? key : `${path}.${key}`;
      const shownName = holdsSecrets(path) ? `${path}.(not shown)` : name;
      return {
        name: shownName,
        origin: originOf(name),
        came: "no such setting",
        allowed: `one of ${known(path).join(", ")}`,
      };
    });
  }
  const allowed = issue.code === "invalid_type" && issue.expected === "object" ? "settings by name" : issue.message;
  return [{ name: path, origin: originOf(path), came: shown(path, valueAt(tree, path)), allowed }];
}

function shown(path: string, value: unknown): string {
  if (value === undefined) return "not set";
  return holdsSecrets(path) ? "another value (not shown)" : JSON.stringify(value);
}

/** A secret may stand in the wrong place, too, so nothing at or below these is ever shown. */
const holdsSecrets = (path: string): boolean => /^(redis|session)(\.|$)/.test(path);

/** The settings' names below a path, each stated once, by the schema. */
function known(path: string): string[] {
  const shapes: Record<string, object> = {
    "": schema.shape,
    log: schema.shape.log.unwrap().shape,
    redis: schema.shape.redis.unwrap().shape,
    session: schema.shape.session.unwrap().shape,
    "session.cookie": schema.shape.session.unwrap().shape.cookie.unwrap().shape,
    shutdown: schema.shape.shutdown.unwrap().shape,
  };
  return Object.keys(shapes[path] ?? {});
}

function valueAt(tree: Tree, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
