import { readFileSync } from "node:fs";
import path from "node:path";
import { isNode, LineCounter, parseDocument } from "yaml";
import { projectFileName as fileName, readAuthorities } from "../../aws/authorities.ts";
import { CliError } from "../error.ts";
import { builtInChecks } from "./built-in.ts";
import { faultsOf, projectSchema, type Fault, type ProjectFile } from "./project-schema.ts";

export { standbyHoursDefault } from "./project-schema.ts";

/** The project file, and the certificates that its `caFile` holds. */
export type Project = ProjectFile & { readonly authorities?: string };

/**
 * Reads the project file of a folder; without one, there are no checks and no hooks.
 * @throws CliError (usage) that names all faults, or what is wrong with `caFile`
 */
export function readProjectFile(folder: string): Project {
  const file = path.join(folder, fileName);
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT")
      throw new CliError("usage", `${fileName} can't be read: ${message}. Let it be read, or remove it.`);
  }
  const project = parseProjectFile(text);
  if (project.caFile === undefined) return project;
  const read = readAuthorities(path.resolve(folder, project.caFile), Date.now());
  if ("fault" in read) throw new CliError("usage", read.fault);
  return { ...project, authorities: read.certificates };
}

/** @throws CliError (usage) that names all faults, each with its line */
export function parseProjectFile(text: string): ProjectFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const said = document.errors.map(({ pos, message }) => `  line ${lines.linePos(pos[0]).line}: ${message}`);
    throw new CliError("usage", `${fileName} is no YAML. Correct it:\n${said.join("\n")}`);
  }
  const tree: unknown = document.toJS() ?? {};
  const result = projectSchema.safeParse(tree);
  const faults = [...(result.error?.issues ?? []).flatMap(faultsOf), ...nameFaults(tree)];
  if (result.success && faults.length === 0) return result.data;

  const lineOf = (wanted: readonly PropertyKey[]): number => {
    const node: unknown = wanted.length === 0 ? document.contents : document.getIn(wanted, true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    return wanted.length === 0 ? 1 : lineOf(wanted.slice(0, -1));
  };
  const said = faults
    .map((fault) => ({ ...fault, line: lineOf(fault.path) }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, path: at, allowed }) => `  line ${line}: ${nameOf(at)}: ${cameAt(tree, at)}. Allowed: ${allowed}`);
  const count = said.length === 1 ? "1 entry is" : `${said.length} entries are`;
  throw new CliError("usage", `${count} wrong in ${fileName}; nothing was changed:\n${said.join("\n")}`);
}

const nameOf = (at: readonly PropertyKey[]): string => at.map(String).join(".") || "the file";

function cameAt(tree: unknown, at: readonly PropertyKey[]): string {
  const value = valueAt(tree, at);
  return value === undefined ? "not set" : JSON.stringify(value);
}

/** A check is known by its name: it must be the only one, and none of the built-in ones. */
function nameFaults(tree: unknown): Fault[] {
  const checks = valueAt(tree, ["checks"]);
  const seen = new Set<unknown>(builtInChecks);
  return (Array.isArray(checks) ? checks : []).flatMap((check, index) => {
    const name = valueAt(check, ["name"]);
    const isTaken = typeof name === "string" && seen.has(name);
    seen.add(name);
    const allowed = `a name that no other check has; ${builtInChecks.join(", ")} are built in`;
    return isTaken ? [{ path: ["checks", index, "name"], allowed }] : [];
  });
}

function valueAt(tree: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce<unknown>(
    (node, key) =>
      typeof node === "object" && node !== null ? (node as Record<PropertyKey, unknown>)[key] : undefined,
    tree,
  );
}
