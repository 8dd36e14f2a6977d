import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** PEM text that holds both the private key and the certificate. */
export type Pem = string;

/**
 * Makes a self-signed certificate for HTTPS listeners, with the library that moto brings along.
 * @param python The Python executable of moto's virtual environment.
 */
export async function selfSigned(python: string): Promise<Pem> {
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, "certificate.py"), "localhost"]);
  return stdout;
}
