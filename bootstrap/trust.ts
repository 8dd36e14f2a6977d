/** Whose tokens may take a role. */
export interface Trust {
  /** Host (and path) of the issuer, as IAM names the claims' keys. */
  readonly issuer: string;
  readonly issuerArn: string;
  readonly audience: string;
  readonly subject: string;
}

/** A trust policy: tokens of this issuer, for this audience, and of this very subject alone. */
export function trustPolicy({ issuer, issuerArn, audience, subject }: Trust): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "PipelineOfOneSubject",
        Effect: "Allow",
        Principal: { Federated: issuerArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: subject } },
      },
    ],
  });
}
