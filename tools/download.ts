import { createHash } from "node:crypto";

/**
 * Downloads a file whose digest is known.
 *
 * @param url where its publisher has it
 * @param sha256 hexadecimal
 * @throws Error when it can't be had, or is another file
 */
export async function download(url: string, sha256: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) }).catch(() => {
    throw new Error(`${new URL(url).host} cannot be reached, so there is no official download`);
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const body = Buffer.from(await response.arrayBuffer());
  const found = createHash("sha256").update(body).digest("hex");
  if (found === sha256) return body;
  throw new Error(`${url} has the digest ${found}, not ${sha256}: it is not what was published`);
}
