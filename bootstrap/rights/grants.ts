import type { Authorization, AuthorizedResource } from "./authorization.ts";
import { namedResources, tagged, type Scope } from "./scope.ts";

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** On which resources, and when, an action is allowed. */
export interface Grant {
  readonly resources: readonly string[];
  readonly condition?: Condition;
}

/** Services whose calls name no region. */
const global = ["iam", "route53", "sts"];

/** What every one of the account's resources of a service is called. */
const anyOf = (service: string, { partition, region, accountId }: Scope) =>
  `arn:${partition}:${service}:${region}:${accountId}:*`;

const owned = (scope: Scope): Condition => ({ StringEquals: tagged("aws:ResourceTag", scope) });
const made = (scope: Scope): Condition => ({ StringEquals: tagged("aws:RequestTag", scope) });
const boundary = ({ instanceBoundaryArn }: Scope) => ({
  StringEquals: { "iam:PermissionsBoundary": instanceBoundaryArn },
});

function rolesOf(scope: Scope): readonly string[] {
  return namedResources(scope)["iam:role"] ?? [];
}

/** Tags for what the stack makes, and for what has its tags: nobody's things become the stack's by a tag. */
const tagging = (action: string, service: string) => (scope: Scope) => {
  const resources = service === "iam" ? [] : [anyOf(service, scope)];
  const named = namedResources(scope);
  if (action === "iam:TagRole") resources.push(...(named["iam:role"] ?? []));
  if (action === "iam:TagInstanceProfile") resources.push(...(named["iam:instance-profile"] ?? []));
  return [
    { resources, condition: owned(scope) },
    { resources, condition: { ...made(scope), Null: { "aws:ResourceTag/Environment": "true" } } },
  ];
};

/** Actions for which the reference's resources and tags say too little or too much. */
const special: Readonly<Record<string, (scope: Scope) => readonly Grant[]>> = {
  // A role without the boundary could be given everything, and an instance would have it.
  "iam:CreateRole": (scope) => [{ resources: rolesOf(scope), condition: boundary(scope) }],
  "iam:PutRolePolicy": (scope) => [{ resources: rolesOf(scope), condition: boundary(scope) }],
  "iam:PutRolePermissionsBoundary": (scope) => [{ resources: rolesOf(scope), condition: boundary(scope) }],
  "iam:AttachRolePolicy": (scope) => [
    {
      resources: rolesOf(scope),
      condition: { ...boundary(scope), ArnEquals: { "iam:PolicyARN": attachable(scope) } },
    },
  ],
  "iam:PassRole": (scope) => [
    {
      resources: rolesOf(scope),
      condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
  ],
  "iam:CreateServiceLinkedRole": ({ partition, accountId }) => {
    const services = ["autoscaling", "elasticloadbalancing", "spot"].map((service) => `${service}.amazonaws.com`);
    return [
      {
        resources: services.map((service) => `arn:${partition}:iam::${accountId}:role/aws-service-role/${service}/*`),
        condition: { StringEquals: { "iam:AWSServiceName": services } },
      },
    ];
  },
  "iam:TagRole": tagging("iam:TagRole", "iam"),
  "iam:TagInstanceProfile": tagging("iam:TagInstanceProfile", "iam"),
  "autoscaling:CreateOrUpdateTags": tagging("autoscaling:CreateOrUpdateTags", "autoscaling"),
  "kms:TagResource": tagging("kms:TagResource", "kms"),
  "acm:AddTagsToCertificate": tagging("acm:AddTagsToCertificate", "acm"),
  "ec2:CreateTags": (scope) => [
    { resources: [anyOf("ec2", scope)], condition: owned(scope) },
    // The tags that come with a call which makes something (Amazon EC2 user guide, tag on creation).
    { resources: [anyOf("ec2", scope)], condition: { ...made(scope), Null: { "ec2:CreateAction": "false" } } },
  ],
  // An instance is made of images, templates and networks of which not all have the stack's tags.
  "ec2:RunInstances": (scope) => {
    const { partition, region, accountId } = scope;
    const ec2 = (account: string, type: string) => `arn:${partition}:ec2:${region}:${account}:${type}/*`;
    const others = ["image", "snapshot"].map((type) => ec2("*", type));
    const parts = ["key-pair", "launch-template", "network-interface", "security-group", "subnet", "volume"];
    return [
      { resources: [...others, ...parts.map((type) => ec2(accountId, type))] },
      {
        resources: [ec2(accountId, "instance")],
        condition: { StringEquals: { "ec2:MetadataHttpTokens": "required" } },
      },
    ];
  },
  "ec2:CreateSecurityGroup": (scope) => {
    const { partition, region, accountId, vpcId } = scope;
    const ec2 = (type: string) => `arn:${partition}:ec2:${region}:${accountId}:${type}`;
    return [
      { resources: [ec2("security-group/*")], condition: made(scope) },
      { resources: [ec2("vpc/*")], condition: owned(scope) },
      ...(vpcId ? [{ resources: [ec2(`vpc/${vpcId}`)] }] : []),
    ];
  },
  "ssm:SendCommand": (scope) => {
    const { partition, region, accountId, project, environment } = scope;
    return [
      { resources: namedResources(scope)["ssm:document"] ?? [] },
      {
        resources: [`arn:${partition}:ec2:${region}:${accountId}:instance/*`],
        condition: {
          StringEquals: { "ssm:resourceTag/Project": project, "ssm:resourceTag/Environment": environment },
        },
      },
    ];
  },
  // Only as the topic's publisher: nothing of the stack is deciphered by hand.
  ...Object.fromEntries(
    ["kms:Decrypt", "kms:GenerateDataKey"].map((action) => [
      action,
      (scope: Scope) => [
        {
          resources: [`arn:${scope.partition}:kms:${scope.region}:${scope.accountId}:key/*`],
          condition: {
            StringEquals: {
              ...tagged("aws:ResourceTag", scope),
              "kms:ViaService": `sns.${scope.region}.amazonaws.com`,
            },
          },
        },
      ],
    ]),
  ),
};

/** Policies that the stack gives to its instances, and those that it was told to. */
function attachable({ partition, instancePolicyArns }: Scope): readonly string[] {
  return [`arn:${partition}:iam::aws:policy/AmazonSSMManagedInstanceCore`, ...instancePolicyArns];
}

/** The reference's ARN with what is known of it; the rest is any. */
const filled = (arn: string, { partition, region, accountId }: Scope) =>
  arn
    .replace("${Partition}", partition)
    .replace("${Region}", region)
    .replace("${Account}", accountId)
    .replace(/\$\{\w+\}/g, "*");

function grantOn(
  type: string,
  resource: AuthorizedResource,
  taggedAtOnce: boolean,
  action: string,
  scope: Scope,
): Grant[] {
  const service = action.slice(0, action.indexOf(":"));
  const named = namedResources(scope)[`${service}:${type}`];
  if (named !== undefined) {
    // The instances' roles have names that every stack's have: their tags tell them apart.
    const condition = service !== "iam" ? undefined : taggedAtOnce ? made(scope) : owned(scope);
    return named.length > 0 ? [{ resources: named, condition }] : [];
  }
  const isNew = resource.made || (service !== "ec2" && taggedAtOnce);
  if (isNew && !resource.required) {
    // A rule of a security group may come without tags.
    return [
      {
        resources: [filled(resource.arn, scope)],
        condition: { StringEqualsIfExists: tagged("aws:RequestTag", scope) },
      },
    ];
  }
  if (isNew) return [{ resources: [filled(resource.arn, scope)], condition: made(scope) }];
  if (resource.owned) return [{ resources: [anyOf(service, scope)], condition: owned(scope) }];
  return resource.required ? [{ resources: [filled(resource.arn, scope)] }] : [];
}

/**
 * Where an action is allowed: on what has the stack's name, else on what has its tags; anywhere in the region where AWS knows
 * no resource.
 */
export function grantsOf(action: string, { resources, taggedAtOnce }: Authorization, scope: Scope): readonly Grant[] {
  const own = special[action];
  if (own !== undefined) return own(scope);
  const service = action.slice(0, action.indexOf(":"));
  const kinds = Object.entries(resources);
  if (kinds.length === 0) {
    const region = { StringEquals: { "aws:RequestedRegion": scope.region } };
    if (taggedAtOnce) return [{ resources: ["*"], condition: made(scope) }];
    return [{ resources: ["*"], condition: global.includes(service) ? undefined : region }];
  }
  // Where a service's things have the stack's name, those of its other types are none of the stack's.
  const named = kinds.filter(([type]) => `${service}:${type}` in namedResources(scope));
  return (named.length > 0 ? named : kinds).flatMap(([type, resource]) =>
    grantOn(type, resource, taggedAtOnce, action, scope),
  );
}
