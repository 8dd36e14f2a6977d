import { isBlock } from "./shape.ts";

/** AWS's error code, or the error's name. */
export function codeOf(error: unknown): string {
  if (!isBlock(error)) return "Error";
  const code = error.Code ?? error.name;
  return typeof code === "string" ? code : "Error";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const GONE = /NotFound(Exception|Error)?$|^NoSuch/;

/** Whether AWS says that the resource does not exist. */
function isGone(error: unknown): boolean {
  return GONE.test(codeOf(error));
}

/** What AWS has, or undefined where AWS says that there is none. */
export async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** One line: what was tried on which resource, AWS's code, AWS's words. */
export function explain(action: string, type: string, name: string, error: unknown): string {
  const code = codeOf(error);
  const words = messageOf(error).replace(/\s*\n\s*/g, " ");
  return `${action} ${type} "${name}": ${code === "Error" ? "" : `${code}: `}${words}`;
}
