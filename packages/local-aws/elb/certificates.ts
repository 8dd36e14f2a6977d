import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** PEM text with a private key, its certificate and the chain. */
export type Pem = string;

/** The folder through which ACM hands issued certificates, with their keys, to the load balancers. */
export class Certificates {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-certificates-"));
  /** File with the certificate of the authority that signs them all, for clients to trust. */
  readonly authority = path.join(this.folder, "ca.pem");

  /** Key and certificate by ARN. It throws for a certificate that was never issued. */
  readonly pem = (arn: string): Pem => readFileSync(path.join(this.folder, `${arn.split("/").at(-1)}.pem`), "utf8");

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
