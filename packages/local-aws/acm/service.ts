import { ACMClient, DescribeCertificateCommand, ResourceNotFoundException } from "@aws-sdk/client-acm";
import type { PassOn, Reply } from "../call.ts";
import { notRehearsed } from "../errors.ts";
import type { JsonCall } from "../json.ts";

/**
 * ACM: moto's, which `moto_acm.py` has taught to sign and to look for proofs. A certificate that is imported anew under its
 * ARN reaches the listeners that have it.
 * @param renewed lets the load balancers take it
 */
export async function answerAcm(
  { action, input }: JsonCall,
  passOn: PassOn,
  renewed: () => Promise<void>,
): Promise<Reply> {
  const { ValidationMethod = "EMAIL" } = input as { ValidationMethod?: unknown };
  if (action === "RequestCertificate" && ValidationMethod !== "DNS") {
    throw notRehearsed(`certificates that are proved by ${String(ValidationMethod)}`, "packages/local-aws/moto_acm.py");
  }
  const answer = await passOn();
  if (action === "ImportCertificate" && answer.status === 200) await renewed();
  return answer;
}

/** A certificate's status; undefined: there is none. */
export async function certificateStatus(acm: ACMClient, CertificateArn: string): Promise<string | undefined> {
  try {
    return (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate?.Status;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
