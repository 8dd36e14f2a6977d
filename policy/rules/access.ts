import { list, object, text, texts, type Props, type Resource, type ResourceRule } from "../rule.ts";

/**
 * Actions that AWS checks against no single resource: for these `*` is as narrow as it gets (Service Authorization
 * Reference, "Actions, resources, and condition keys", entries without resource types).
 */
const needsEveryResource =
  /^(ec2:Describe\w+|autoscaling:Describe\w+|elasticloadbalancing:Describe\w+|cloudwatch:(PutMetricData|GetMetricData|GetMetricStatistics|ListMetrics)|ec2messages:\w+|ssmmessages:\w+|ssm:UpdateInstanceInformation|xray:Put\w+|sts:GetCallerIdentity)$/;

/** Managed policies of AWS that hand out the account. */
const administrator = /:iam::aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

const identityPolicies = [
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
];
const attachments = [
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
];
const role = "aws:iam/role:Role";

/** Types whose `policy` lets nobody in: it says what its bearer may do, or what of others' rights may pass an endpoint. */
const letNobodyIn = [...identityPolicies, "aws:ec2/vpcEndpoint:VpcEndpoint"];

const oneOrMore = (value: unknown): readonly string[] => (typeof value === "string" ? [value] : texts(value));

function statements(document: unknown): readonly Props[] {
  const parsed = typeof document === "string" ? (JSON.parse(document) as unknown) : document;
  const { Statement } = object(parsed);
  return (Array.isArray(Statement) ? (Statement as Props[]) : [object(Statement)]).filter(
    ({ Effect }) => Effect === "Allow",
  );
}

/** Documents that say what their bearer may do. */
function identityDocuments({ type, props }: Resource): readonly unknown[] {
  if (identityPolicies.includes(type)) return [props.policy];
  return type === role ? list(props.inlinePolicies).map(({ policy }) => policy) : [];
}

function statementFaults(statement: Props): readonly string[] {
  const named = statement.Sid === undefined ? "a statement" : `the statement ${text(statement.Sid)}`;
  if (statement.NotAction !== undefined) return [`${named} allows all but some actions; name what is allowed`];
  const actions = oneOrMore(statement.Action);
  const whole = actions.filter((action) => /^(\*|[\w-]+:\*)$/.test(action) && !needsEveryResource.test(action));
  if (whole.length > 0) return [`${named} allows ${whole.join(", ")}; name the actions`];
  if (!oneOrMore(statement.Resource).includes("*")) return [];
  const wide = actions.filter((action) => !needsEveryResource.test(action));
  return wide.length > 0 ? [`${named} allows ${wide.join(", ")} on every resource; name the resources`] : [];
}

/** Whether a statement speaks to everybody, and nothing narrows it. */
const isPublic = ({ Principal, Condition }: Props): boolean =>
  Condition === undefined &&
  (Principal === "*" || Object.values(object(Principal)).some((who) => oneOrMore(who).includes("*")));

export const accessRules: readonly ResourceRule[] = [
  {
    name: "narrow-statements",
    description: "A policy names its actions and resources; * stands only where AWS knows nothing narrower.",
    faults: (resource) =>
      identityDocuments(resource).flatMap((document) => statements(document).flatMap((one) => statementFaults(one))),
  },
  {
    name: "no-administrator",
    description: "Nobody is given one of AWS's policies that hand out the account.",
    faults: ({ type, props }) => {
      const given = attachments.includes(type)
        ? [String(props.policyArn)]
        : type === role
          ? texts(props.managedPolicyArns)
          : [];
      return given
        .filter((arn) => administrator.test(arn))
        .map((arn) => `${arn} hands out the account; name what is needed`);
    },
  },
  {
    name: "no-public-policy",
    description: "No role, bucket, topic, queue or key speaks to everybody without a condition.",
    faults: ({ type, props }) => {
      const documents = type === role ? [props.assumeRolePolicy] : letNobodyIn.includes(type) ? [] : [props.policy];
      return documents
        .filter((document) => document !== undefined)
        .flatMap((document) => statements(document))
        .filter(isPublic)
        .map(({ Sid }) => `the statement ${String(Sid)} lets everybody in; name the principal, or a condition`);
    },
  },
];
