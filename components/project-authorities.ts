import { readFile } from "node:fs/promises";
import path from "node:path";
import { projectFileName, readAuthorities } from "../aws/authorities.ts";

/** The private authorities that the project file names, or what is wrong with them; neither: it names none. */
export interface ProjectAuthorities {
  /** PEM. */
  readonly certificates?: string;
  readonly fault?: string;
}

/**
 * Reads what the health gate believes beside public certificates: the file that `caFile` in the project file names. The rest of
 * that file is the commands' own.
 * @param folder of the Pulumi project
 */
export async function projectAuthorities(folder: string): Promise<ProjectAuthorities> {
  let text: string;
  try {
    text = await readFile(path.join(folder, projectFileName), "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? {} : { fault: `${projectFileName} can't be read: ${message}.` };
  }
  // The parser is loaded for those who need it.
  if (!text.includes("caFile")) return {};
  const { parse } = await import("yaml");
  let caFile: unknown;
  try {
    ({ caFile } = (parse(text) ?? {}) as { caFile?: unknown });
  } catch (error) {
    const [line] = (error as Error).message.split("\n");
    return { fault: `${projectFileName} is no YAML: ${line}. Correct it.` };
  }
  if (caFile === undefined) return {};
  if (typeof caFile !== "string")
    return { fault: `caFile in ${projectFileName} is ${JSON.stringify(caFile)}. Allowed: the path of a file.` };
  return readAuthorities(path.resolve(folder, caFile), Date.now());
}
