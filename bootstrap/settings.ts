import { RunError } from "@pulumi/pulumi";

/** One environment of the stack, as `bootstrap:environments` has it by name. */
export interface Environment {
  readonly name: string;
  /** The claim `sub` of the tokens that may deploy: `repo:acme/shop:environment:prod`. */
  readonly subject: string;
  /** The claim of those that may roll back and nothing else; undefined: there is no such role. */
  readonly rollbackSubject?: string;
  /** Route 53 zones in which the stack may write; default: none. */
  readonly hostedZoneIds: readonly string[];
  /** The stack's own setting of that name; default: none. */
  readonly instancePolicyArns: readonly string[];
  /** An existing VPC that the stack uses; default: it makes its own. */
  readonly vpcId?: string;
  /** The environment whose images come here: its state and its releases are read, too. */
  readonly promoteFrom?: string;
  /** Whether the deploying role may also destroy the stack; default: false. */
  readonly mayDestroy: boolean;
}

export interface Settings {
  /** Name of the stack's project. */
  readonly project: string;
  /** Host (and path) of the pipeline's OpenID Connect issuer. */
  readonly issuer: string;
  /** The claim `aud` of its tokens. */
  readonly audience: string;
  /** The account's identity provider for the issuer, where there is one: an account has one at most. */
  readonly oidcProviderArn?: string;
  readonly environments: Readonly<Record<string, Environment>>;
}

/** GitHub's issuer, and the audience that its action for AWS asks for. */
const github = { issuer: "token.actions.githubusercontent.com", audience: "sts.amazonaws.com" };

/** Longest `<project>-<environment>`: with more, components/names.ts cuts names, and rights by name miss them. */
const longest = 17;

/** A subject names one repository, and of it one branch, tag or environment (the issuers' documents on their claims). */
const subjects: Readonly<Record<string, { readonly pattern: RegExp; readonly allowed: string }>> = {
  [github.issuer]: {
    pattern: /^repo:[\w.@-]+\/[\w.@-]+:(environment:[^*?:]+|ref:refs\/(heads|tags)\/[^*?:]+)$/,
    allowed: "repo:OWNER/NAME:environment:ENVIRONMENT or repo:OWNER/NAME:ref:refs/heads/BRANCH, without wildcards",
  },
  "gitlab.com": {
    pattern: /^project_path:[\w.-]+(\/[\w.-]+)+:ref_type:(branch|tag):ref:[^*?:]+$/,
    allowed: "project_path:GROUP/PROJECT:ref_type:branch:ref:BRANCH, without wildcards",
  },
};
const anySubject = { pattern: /^[^*?]+$/, allowed: "the whole claim, without wildcards" };

/** Policies that hand out the account. */
const administrator = /:iam::aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

interface Values {
  get(name: string): string | undefined;
}

type Given = Partial<Record<string, unknown>>;

const texts = (value: unknown): readonly string[] | undefined =>
  value === undefined ? [] : Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined;
const text = (value: unknown): value is string => typeof value === "string" && value !== "";
const known = [
  ...["subject", "rollbackSubject", "hostedZoneIds", "instancePolicyArns", "vpcId", "promoteFrom", "mayDestroy"],
];

/**
 * Reads the settings. @param environments `bootstrap:environments`, whatever it is
 * @throws RunError with all faults at once: what came, and what is allowed
 */
export function readSettings(environments: unknown, config: Values): Settings {
  const { issuer, audience } = { issuer: config.get("issuer") ?? github.issuer, audience: config.get("audience") };
  const project = config.get("project") ?? "bluegreen";
  const given = (environments ?? {}) as Readonly<Record<string, Given | null>>;
  const names = typeof given === "object" && !Array.isArray(given) ? Object.keys(given) : [];
  const faults: string[] = [];
  if (names.length === 0)
    faults.push("environments is empty: pulumi config set --path environments.dev.subject repo:OWNER/NAME:...");
  if (audience === undefined && issuer !== github.issuer)
    faults.push(`audience is missing: with the issuer ${issuer} it must be said, for example https://${issuer}`);
  const read = names.map((name) => {
    const at = `environments.${name}`;
    const value = given[name] ?? {};
    const { pattern, allowed } = subjects[issuer] ?? anySubject;
    for (const key of Object.keys(value).filter((key) => !known.includes(key)))
      faults.push(`${at}.${key} is no setting; allowed: ${known.join(", ")}`);
    const { subject, rollbackSubject, vpcId, promoteFrom, mayDestroy = false } = value;
    for (const [key, claim] of Object.entries({ subject, rollbackSubject })) {
      if (claim === undefined && key === "rollbackSubject") continue;
      if (!text(claim) || !pattern.test(claim))
        faults.push(`${at}.${key} is ${JSON.stringify(claim)}; allowed: ${allowed}`);
    }
    if (subject !== undefined && subject === rollbackSubject)
      faults.push(
        `${at}.rollbackSubject is the deploying one: whoever has that rolls back already; name another one, or none`,
      );
    if (!/^[A-Za-z0-9-]+$/.test(name) || `${project}-${name}`.length > longest)
      faults.push(`${at}: allowed are letters, digits and hyphens, at most ${longest - project.length - 1} of them`);
    for (const other of names.filter((other) => other.startsWith(`${name}-`)))
      faults.push(`${at}: the names of what is ${other}'s begin with ${name}'s own; call one of the two otherwise`);
    if (promoteFrom !== undefined && (!text(promoteFrom) || !names.includes(promoteFrom) || promoteFrom === name))
      faults.push(`${at}.promoteFrom is ${JSON.stringify(promoteFrom)}; allowed: another one of ${names.join(", ")}`);
    if (vpcId !== undefined && !(text(vpcId) && /^vpc-[0-9a-f]{8,17}$/.test(vpcId)))
      faults.push(`${at}.vpcId is ${JSON.stringify(vpcId)}; allowed: a VPC's id (vpc-...)`);
    if (typeof mayDestroy !== "boolean")
      faults.push(`${at}.mayDestroy is ${JSON.stringify(mayDestroy)}; allowed: true or false`);
    const [hostedZoneIds, instancePolicyArns] = [texts(value.hostedZoneIds), texts(value.instancePolicyArns)];
    if (!hostedZoneIds?.every((id) => /^Z[A-Z0-9]+$/.test(id)))
      faults.push(`${at}.hostedZoneIds is ${JSON.stringify(value.hostedZoneIds)}; allowed: a list of zone ids (Z...)`);
    if (
      !instancePolicyArns?.every(
        (arn) => /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/\S+$/.test(arn) && !administrator.test(arn),
      )
    )
      faults.push(
        `${at}.instancePolicyArns is ${JSON.stringify(value.instancePolicyArns)}; ` +
          "allowed: a list of IAM policy ARNs, none of which hands out the account",
      );
    return [
      name,
      {
        name,
        subject: String(subject),
        rollbackSubject: rollbackSubject as string | undefined,
        hostedZoneIds: hostedZoneIds ?? [],
        instancePolicyArns: instancePolicyArns ?? [],
        vpcId: vpcId as string | undefined,
        promoteFrom: promoteFrom as string | undefined,
        mayDestroy: mayDestroy === true,
      },
    ] as const;
  });
  if (faults.length > 0) throw new RunError(`The settings are wrong. Nothing was changed.\n- ${faults.join("\n- ")}`);
  return {
    project,
    issuer,
    audience: audience ?? github.audience,
    oidcProviderArn: config.get("oidcProviderArn"),
    environments: Object.fromEntries(read),
  };
}
