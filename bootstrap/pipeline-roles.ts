import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { instanceBoundary, pipelineBoundary } from "./rights/boundaries.ts";
import { rightsOf, type RoleName } from "./rights/roles.ts";
import type { Scope } from "./rights/scope.ts";
import { stateStatements } from "./rights/state.ts";
import { documentOf, packed } from "./rights/statements.ts";
import type { Environment } from "./settings.ts";
import { accountDecides, type StateStore } from "./state-store.ts";
import { trustPolicy } from "./trust.ts";

export interface PipelineRolesArgs {
  readonly environment: Environment;
  /** Where the stack stands, and its project. */
  readonly place: Pick<Scope, "accountId" | "partition" | "region" | "project">;
  readonly issuer: string;
  readonly issuerArn: pulumi.Input<string>;
  readonly audience: string;
  readonly state: Pick<StateStore, "bucketArn" | "keyArn">;
  readonly tags: Record<string, string>;
}

/** What the pipeline and the stack's own settings are given. */
interface Given {
  /** Role of the pipeline that deploys and releases. */
  readonly deployRoleArn: pulumi.Output<string>;
  /** Role that rolls back and does nothing else; undefined: the environment has none. */
  readonly rollbackRoleArn?: pulumi.Output<string>;
  /** `pulumi stack init --secrets-provider` */
  readonly secretsProvider: pulumi.Output<string>;
  /** The stack's setting `instanceBoundaryArn`. */
  readonly instanceBoundaryArn: pulumi.Output<string>;
}

/**
 * Of one environment: its secrets key (1 USD a month), what its instances can do at most, and the roles of its pipeline. Policies are
 * made of the calls that the rehearsal has recorded (rights/).
 */
export class PipelineRoles extends pulumi.ComponentResource {
  readonly name: string;
  readonly given: Given;

  constructor(name: string, args: PipelineRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:bootstrap:PipelineRoles", name, {}, opts);
    const { environment, place, tags } = args;
    const { accountId, partition, region, project } = place;
    const parent = { parent: this };
    const path = `/${project}-pipeline/`;
    const key = new aws.kms.Key(
      `${name}-secrets`,
      {
        description: `Secrets of ${project}'s stack ${name}`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: accountDecides(place),
        tags,
      },
      { parent: this, protect: true },
    );
    const policy = (part: string, document: pulumi.Input<string>) =>
      new aws.iam.Policy(`${name}-${part}`, { path, policy: document, tags }, parent);
    // Named, and not asked of the policy: each boundary's document forbids to do without the other.
    const instanceBoundaryArn = `arn:${partition}:iam::${accountId}:policy${path}${project}-${name}-instances`;
    const boundaryPlace = { partition, region, accountId, path, instanceBoundaryArn };
    new aws.iam.Policy(
      `${name}-instances`,
      { name: `${project}-${name}-instances`, path, policy: documentOf(instanceBoundary(boundaryPlace)), tags },
      parent,
    );
    const boundary = policy("boundary", documentOf(pipelineBoundary(boundaryPlace)));
    const scope: Scope = {
      partition,
      region,
      accountId,
      project,
      environment: name,
      hostedZoneIds: environment.hostedZoneIds,
      instancePolicyArns: environment.instancePolicyArns,
      instanceBoundaryArn,
      vpcId: environment.vpcId,
    };
    const state = pulumi
      .all([args.state.bucketArn, args.state.keyArn, key.arn])
      .apply(([bucketArn, stateKeyArn, secretsKeyArn]) => {
        const { promoteFrom } = environment;
        const own = { partition, region, accountId, project, environment: name, promoteFrom };
        return documentOf(stateStatements({ ...own, bucketArn, stateKeyArn, secretsKeyArn }));
      });
    const statePolicy = policy("state", state);
    const documents = (roleName: RoleName) =>
      packed(rightsOf(roleName, scope)).map((document, index) => policy(`${roleName}-${index + 1}`, document));
    const role = (part: string, subject: string, policies: readonly aws.iam.Policy[]) => {
      const made = new aws.iam.Role(
        `${name}-${part}`,
        {
          path,
          description: `${project}'s pipeline for ${name}: ${part}`,
          assumeRolePolicy: pulumi
            .output(args.issuerArn)
            .apply((issuerArn) => trustPolicy({ ...args, issuerArn, subject })),
          permissionsBoundary: boundary.arn,
          maxSessionDuration: 3600,
          tags,
        },
        parent,
      );
      policies.forEach(
        ({ arn }, index) =>
          new aws.iam.RolePolicyAttachment(`${name}-${part}-${index + 1}`, { role: made.name, policyArn: arn }, parent),
      );
      return made.arn;
    };
    const { subject, rollbackSubject, mayDestroy } = environment;
    this.name = name;
    this.given = {
      deployRoleArn: role("deploy", subject, [
        statePolicy,
        ...documents("deploy"),
        ...(mayDestroy ? documents("destroy") : []),
      ]),
      rollbackRoleArn: rollbackSubject
        ? role("rollback", rollbackSubject, [statePolicy, ...documents("rollback")])
        : undefined,
      secretsProvider: pulumi.interpolate`awskms://${key.keyId}?region=${region}`,
      instanceBoundaryArn: pulumi.output(instanceBoundaryArn),
    };
    this.registerOutputs({});
  }
}
