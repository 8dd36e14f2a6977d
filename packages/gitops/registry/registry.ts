import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface RegistryArgs {
  /** Names of the repositories: one for each service. */
  readonly repositories: readonly string[];
}

/** Days that an image without a tag stays: what a push that was cut off has left. */
const UNTAGGED_DAYS = 7;

/**
 * A repository for each service, and a profile of AWS Signer. A tag never moves, so that the version in a record is the image that
 * ran; what has a tag is kept, so that what runs, and what one rolls back to, can always be pulled. 0.10 USD a month for each GB.
 */
export class Registry extends pulumi.ComponentResource {
  /** By name: where to push. */
  readonly urls: Record<string, pulumi.Output<string>>;
  readonly signingProfileArn: pulumi.Output<string>;

  constructor(name: string, { repositories }: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:gitops:Registry", name, {}, opts);
    const lifecycle = {
      rules: [
        {
          rulePriority: 1,
          description: `Images without a tag go after ${UNTAGGED_DAYS} days`,
          selection: {
            tagStatus: "untagged",
            countType: "sinceImagePushed",
            countUnit: "days",
            countNumber: UNTAGGED_DAYS,
          },
          action: { type: "expire" },
        },
      ],
    };
    this.urls = Object.fromEntries(
      repositories.map((service) => {
        const repository = new aws.ecr.Repository(
          `${name}-${service}`,
          {
            name: service,
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            encryptionConfigurations: [{ encryptionType: "KMS" }],
            // A repository with images is deleted by nobody's slip.
            forceDelete: false,
          },
          { parent: this, protect: true },
        );
        new aws.ecr.LifecyclePolicy(
          `${name}-${service}-life-cycle`,
          { repository: repository.name, policy: JSON.stringify(lifecycle) },
          { parent: this },
        );
        return [service, repository.repositoryUrl];
      }),
    );
    const profile = new aws.signer.SigningProfile(
      `${name}-signing`,
      {
        namePrefix: "bluegreen_images_",
        platformId: "Notation-OCI-SHA384-ECDSA",
        // The longest that AWS Signer has for containers: a rollback must still find its image's signature valid.
        signatureValidityPeriod: { type: "MONTHS", value: 135 },
      },
      { parent: this },
    );
    this.signingProfileArn = profile.arn;
    this.registerOutputs({ urls: this.urls, signingProfileArn: this.signingProfileArn });
  }
}
