import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PipelineRoles } from "./pipeline-roles.ts";
import { readSettings } from "./settings.ts";
import { StateStore } from "./state-store.ts";

/** What comes before the stack: one state bucket for all environments, and for each a secrets key and its roles. */
export default async () => {
  const settings = readSettings(new pulumi.Config().getObject("environments"), new pulumi.Config());
  const { project, issuer, audience, oidcProviderArn, environments } = settings;
  const [{ accountId }, { partition }, { region }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getPartition(),
    aws.getRegion(),
  ]);
  const tags = { Project: pulumi.getProject(), ManagedBy: "pulumi" };
  const state = new StateStore("state", { accountId, partition, tags });
  const issuerArn =
    oidcProviderArn ??
    new aws.iam.OpenIdConnectProvider("issuer", { url: `https://${issuer}`, clientIdLists: [audience], tags }).arn;
  const roles = Object.entries(environments).map(
    ([name, environment]) =>
      new PipelineRoles(name, {
        environment,
        place: { accountId, partition, region, project },
        issuer,
        issuerArn,
        audience,
        state,
        tags,
      }),
  );
  return {
    backendUrl: pulumi.interpolate`s3://${state.bucketName}?region=${region}&awssdk=v2`,
    stateBucket: state.bucketName,
    environments: Object.fromEntries(roles.map(({ name, given }) => [name, given])),
  };
};
