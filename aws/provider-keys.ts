import { z } from "zod";

/** A text from the CLI, or a value from the settings' file: lists and objects come as JSON in the first case. */
const json = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (typeof value === "string" ? parsedJson(value) : value), schema);

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// An account id of digits alone is a number in a settings' file, and none without its leading zeros.
const text = z.union([z.string(), z.number().transform(String)]);
const texts = json(z.array(text));
const flag = json(z.boolean());

/** Seconds of a duration in Go's notation, `1h30m`: 15 minutes to 12 hours, which STS allows. */
const duration = text.transform((value, context) => {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit], 0);
  if (parts.map(([part]) => part).join("") === value && seconds >= 900 && seconds <= 43_200) return Math.round(seconds);
  context.addIssue({ code: "custom", message: "must be between 15m and 12h, for example 1h30m" });
  return z.NEVER;
});

const role = {
  roleArn: text,
  duration: duration.optional(),
  policy: text.optional(),
  policyArns: z.array(text).optional(),
  sessionName: text.optional(),
};
const assumeRole = z.strictObject({
  ...role,
  externalId: text.optional(),
  sourceIdentity: text.optional(),
  tags: z.record(z.string(), text).optional(),
  transitiveTagKeys: z.array(text).optional(),
});
const webIdentity = z
  .strictObject({ ...role, webIdentityToken: text.optional(), webIdentityTokenFile: text.optional() })
  .refine(({ webIdentityToken: token, webIdentityTokenFile: file }) => (token === undefined) !== (file === undefined), {
    message: "needs either webIdentityToken or webIdentityTokenFile",
  });

/** Each file beyond the first would have to be merged as Go's SDK merges them; JavaScript's reads one. */
const oneFile = json(z.array(text).max(1, "may name one file: the gate and the commands read one"));
const proxy = text.refine((value) => value === "" || proxyUrl(value) !== undefined, {
  message: "must be the URL of an HTTP proxy, for example http://proxy.example:3128",
});

/** The first of these that is set: for the provider, a variable or a setting without text is none. */
export const filled = (...values: (string | undefined)[]): string | undefined =>
  values.find((value) => value !== undefined && value !== "");

/** A proxy's URL as Go reads it: without a scheme it is http. undefined: none that our clients can go through. */
export function proxyUrl(value: string): string | undefined {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  return URL.canParse(url) && /^https?:/i.test(url) ? url : undefined;
}

/** What our own clients take from the provider's config, each value as they need it. */
const honoured = {
  accessKey: text,
  allowedAccountIds: texts,
  assumeRoleWithWebIdentity: json(webIdentity),
  assumeRoles: json(z.array(assumeRole)),
  customCaBundle: text,
  endpoints: json(z.array(z.record(z.string(), text))),
  forbiddenAccountIds: texts,
  httpProxy: proxy,
  httpsProxy: proxy,
  insecure: flag,
  maxRetries: json(z.number().int().min(1)),
  noProxy: text,
  profile: text,
  region: text,
  retryMode: z.enum(["standard", "adaptive"]),
  secretKey: text,
  sharedConfigFiles: oneFile,
  sharedCredentialsFiles: oneFile,
  skipCredentialsValidation: flag,
  skipMetadataApiCheck: flag,
  stsRegion: text,
  token: text,
  useDualstackEndpoint: flag,
  useFipsEndpoint: flag,
};

/** What makes no difference to our own calls, and why. */
export const irrelevant: Readonly<Record<string, string>> = {
  defaultTags: "we make no resources",
  ignoreTags: "we compare no tags",
  pluginDownloadURL: "the engine's own: where it gets the provider",
  s3UsEast1RegionalEndpoint: "we don't call S3",
  s3UsePathStyle: "we don't call S3",
  skipRegionValidation: "we check no region's name",
  skipRequestingAccountId: "we ask for the account only where a list restricts it",
  tagPolicyCompliance: "we make no resources",
  tokenBucketRateLimiterCapacity: "it paces the provider's own retries",
  userAgents: "they only name the caller in logs",
  version: "the engine's own: the version of the provider",
};

/** What our own clients can't follow, and what does the same for both. */
export const refused: Readonly<Record<string, string>> = {
  assumeRole: "The provider knows it as a list: aws:assumeRoles",
  ec2MetadataServiceEndpoint: "Set AWS_EC2_METADATA_SERVICE_ENDPOINT in the environment: the provider follows it, too",
  ec2MetadataServiceEndpointMode:
    "Set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE in the environment: the provider follows it, too",
};

const schema = z.object(honoured).partial();

/** Where and as whom the default AWS provider of this stack works, as its config (`aws:...`) says. */
export type ProviderConfig = z.output<typeof schema>;
export type AssumeRole = z.output<typeof assumeRole>;
export type WebIdentity = z.output<typeof webIdentity>;

/** Keys by what becomes of them; the table has all that the provider has. */
export const honouredKeys: readonly string[] = Object.keys(honoured);

/**
 * The provider's config, from its keys without the namespace.
 * @returns all that is wrong with it, in one line, when our own clients could not do as the provider does.
 */
export function parseProviderConfig(
  values: Readonly<Record<string, unknown>>,
): { config: ProviderConfig } | { fault: string } {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
  const keys = Object.keys(given);
  const faults = [
    ...keys.filter((key) => key in refused).map((key) => `aws:${key} can't be followed here. ${refused[key]}`),
    ...keys
      .filter((key) => !(key in honoured || key in irrelevant || key in refused))
      .map(
        (key) =>
          `aws:${key} is no setting of the AWS provider that is known here. Remove it: pulumi config rm aws:${key}`,
      ),
    ...(keys.includes("secretKey") === keys.includes("accessKey")
      ? []
      : ["aws:accessKey and aws:secretKey go together: set both, or none"]),
  ];
  const result = schema.safeParse(given);
  const wrong = (result.error?.issues ?? []).map(({ path, message }) => `aws:${place(path)}: ${message}`);
  if (!result.success || faults.length > 0) return { fault: `${[...faults, ...wrong].join(". ")}.` };
  return { config: result.data };
}

/** `assumeRoles[0].duration`; a key may be a secret, so the value is not said. */
const place = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
