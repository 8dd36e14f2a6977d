import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface CertificateArgs {
  domain: string;
  hostedZoneId: string;
  tags: Record<string, string>;
}

/** An ACM certificate for a domain, proved by a record in its Route 53 zone. Free; renewed by ACM while the record stands. */
export class Certificate extends pulumi.ComponentResource {
  /** ARN of the certificate, known once it is issued. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:Certificate", name, {}, opts);
    const parent = { parent: this };
    const certificate = new aws.acm.Certificate(
      `${name}-certificate`,
      { domainName: args.domain, validationMethod: "DNS", tags: args.tags },
      parent,
    );
    const proof = certificate.domainValidationOptions[0];
    const record = new aws.route53.Record(
      `${name}-proof`,
      {
        zoneId: args.hostedZoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 300,
        // A certificate of another stack for the same domain asks for the very same record.
        allowOverwrite: true,
      },
      parent,
    );
    const issued = new aws.acm.CertificateValidation(
      `${name}-issued`,
      { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      parent,
    );
    this.arn = issued.certificateArn;
    this.registerOutputs({ arn: this.arn });
  }
}
