/** Certificates of a private authority, by which the preview listener is believed beside the public ones. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** Name of the project file, beside Pulumi.yaml: its key `caFile` names the file. */
export const projectFileName = "bluegreen.yaml";

const block = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/**
 * Reads a file of certificates (PEM, one or more).
 * @param now milliseconds since 1970
 * @returns its certificates, or what is wrong with it and what to do, as a sentence
 */
export function readAuthorities(
  file: string,
  now: number,
): { readonly certificates: string } | { readonly fault: string } {
  const faulty = (what: string) => ({ fault: `caFile in ${projectFileName}: ${file} ${what}` });
  let blocks: string[];
  try {
    blocks = readFileSync(file, "utf8").match(block) ?? [];
  } catch (error) {
    return faulty(`can't be read: ${(error as Error).message}. Correct the path, or remove caFile.`);
  }
  if (blocks.length === 0)
    return faulty("holds no certificate. Name a file with your authority's certificate in PEM (BEGIN CERTIFICATE).");
  const read = blocks.map(certificateIn);
  const broken = read.findIndex((certificate) => certificate === undefined);
  if (broken >= 0) return faulty(`can't be read at its certificate ${broken + 1}. Export it again as PEM.`);
  const certificates = read.filter((certificate) => certificate !== undefined);
  // A bundle may keep an old one beside its successor.
  if (certificates.every(({ validFromDate, validToDate }) => now < +validFromDate || now > +validToDate)) {
    const [{ subject, validFrom, validTo }] = certificates;
    const name = subject.split("\n").join(", ");
    return faulty(
      `holds no certificate that is valid now: ${name} is from ${validFrom} to ${validTo}. Put the new one there.`,
    );
  }
  return { certificates: blocks.join("\n") };
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
