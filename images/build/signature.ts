import type { KMSClient } from "@aws-sdk/client-kms";

/** What a signature is of: an image in a region, and the digests of its papers, all of which stand in its tags. */
export interface Statement {
  readonly region: string;
  readonly image: string;
  /** Of an app image. */
  readonly version?: string;
  readonly report: string;
  readonly packages: string;
  readonly sbom: string;
}

/** Tags that make up an image's statement, and the one of its signature. */
export const TAGS = { report: "GossReport", packages: "Packages", sbom: "Sbom", signature: "Signature" } as const;

const ALGORITHM = "ECDSA_SHA_256";

/** The text that is signed: each field on a line of its own, in this order. */
export function statementText({ region, image, version, report, packages, sbom }: Statement): string {
  const fields = { region, image, version: version ?? "", report, packages, sbom };
  return `bluegreen image 1\n${Object.entries(fields)
    .map(([name, value]) => `${name} ${value}\n`)
    .join("")}`;
}

/** The statement that an image's tags make; undefined where one of them is missing. */
export function statementIn(
  region: string,
  image: string,
  tags: Readonly<Record<string, string | undefined>>,
): (Statement & { readonly signature: string }) | undefined {
  const { [TAGS.report]: report, [TAGS.packages]: packages, [TAGS.sbom]: sbom, [TAGS.signature]: signature } = tags;
  if (report === undefined || packages === undefined || sbom === undefined || signature === undefined) return undefined;
  return { region, image, version: tags.Version, report, packages, sbom, signature };
}

/**
 * Signs with a KMS key of the kind ECC_NIST_P256 for SIGN_VERIFY.
 * @returns the signature in base64, which fits in a tag
 */
export async function sign(kms: KMSClient, key: string, statement: Statement): Promise<string> {
  const { SignCommand } = await import("@aws-sdk/client-kms");
  const Message = Buffer.from(statementText(statement));
  const input = { KeyId: key, Message, MessageType: "RAW", SigningAlgorithm: ALGORITHM } as const;
  const { Signature } = await kms.send(new SignCommand(input));
  if (Signature === undefined) throw new Error(`KMS gave no signature by ${key}`);
  return Buffer.from(Signature).toString("base64");
}

/** Whether the signature is the key's, of this very statement. AWS's other errors pass through. */
export async function isSigned(kms: KMSClient, key: string, statement: Statement, signature: string): Promise<boolean> {
  const { KMSInvalidSignatureException, VerifyCommand } = await import("@aws-sdk/client-kms");
  const input = {
    KeyId: key,
    Message: Buffer.from(statementText(statement)),
    MessageType: "RAW",
    Signature: Buffer.from(signature, "base64"),
    SigningAlgorithm: ALGORITHM,
  } as const;
  try {
    return (await kms.send(new VerifyCommand(input))).SignatureValid === true;
  } catch (error) {
    if (error instanceof KMSInvalidSignatureException) return false;
    throw error;
  }
}

/** The region that a key's ARN names; undefined for an id or an alias, which are of the caller's. */
export function regionOfKey(key: string): string | undefined {
  return /^arn:[\w-]+:kms:([a-z0-9-]+):/.exec(key)?.[1];
}
