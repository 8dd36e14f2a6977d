import type { Statement } from "./statements.ts";

export interface BoundaryPlace {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Where this program's own roles and policies stand, with both slashes. */
  readonly path: string;
  readonly instanceBoundaryArn: string;
}

const everything = (place: BoundaryPlace): Statement => ({
  Sid: "NoMoreThanPoliciesSay",
  Effect: "Allow",
  NotAction: ["account:*", "organizations:*", "sso:*"],
  Resource: ["*"],
  Condition: { StringEquals: { "aws:PrincipalAccount": place.accountId } },
});

/** Nobody changes who may do what here: these roles, their policies and boundaries, and the pipeline's issuer. */
const ownRoles = ({ partition, accountId, path }: BoundaryPlace): Statement => ({
  Sid: "NotTheseRoles",
  Effect: "Deny",
  Action: [
    ...["iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"],
    ...["iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"],
    ...["iam:PassRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:SetDefaultPolicyVersion"],
    ...["iam:UpdateAssumeRolePolicy", "iam:UpdateRole"],
  ],
  Resource: ["role", "policy"].map((kind) => `arn:${partition}:iam::${accountId}:${kind}${path}*`),
});

/**
 * The most that a pipeline's role can ever do, whatever is attached to it: in one region, and no role is made or widened that
 * has not the instances' boundary.
 */
export function pipelineBoundary(place: BoundaryPlace): readonly Statement[] {
  const { region, instanceBoundaryArn } = place;
  return [
    everything(place),
    ownRoles(place),
    {
      Sid: "NoRoleWithoutBoundary",
      Effect: "Deny",
      Action: ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
      Resource: ["*"],
      Condition: { StringNotEquals: { "iam:PermissionsBoundary": instanceBoundaryArn } },
    },
    {
      Sid: "NoUsersNoWayIn",
      Effect: "Deny",
      Action: [
        ...["iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:AttachUserPolicy", "iam:CreateAccessKey"],
        ...["iam:CreateLoginProfile", "iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider", "iam:CreateUser"],
        ...["iam:DeleteRolePermissionsBoundary", "iam:PutGroupPolicy", "iam:PutUserPolicy", "iam:UpdateLoginProfile"],
        ...["iam:UpdateOpenIDConnectProviderThumbprint", "iam:AddClientIDToOpenIDConnectProvider", "sts:AssumeRole"],
      ],
      Resource: ["*"],
    },
    {
      Sid: "OneRegion",
      Effect: "Deny",
      NotAction: ["iam:*", "kms:Decrypt", "route53:*", "s3:*", "sts:*"],
      Resource: ["*"],
      Condition: { StringNotEquals: { "aws:RequestedRegion": region } },
    },
  ];
}

/** The most that an instance can ever do, whatever its role is given: nothing about people, roles, or the machinery itself. */
export function instanceBoundary(place: BoundaryPlace): readonly Statement[] {
  return [
    everything(place),
    {
      Sid: "NoIdentities",
      Effect: "Deny",
      Action: ["iam:*", "sts:AssumeRole"],
      Resource: ["*"],
    },
    {
      Sid: "NoMachinery",
      Effect: "Deny",
      Action: [
        ...["autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup", "cloudtrail:DeleteTrail"],
        ...["cloudtrail:StopLogging", "ec2:CreateLaunchTemplateVersion", "ec2:ModifyInstanceAttribute"],
        ...["ec2:RunInstances", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule"],
        ...["ssm:SendCommand", "ssm:StartSession"],
      ],
      Resource: ["*"],
    },
  ];
}
