/** The provider's configuration, as far as the stand-in follows it. */
export interface Settings {
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** URL by service, as `aws:endpoints` gives them. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly defaultTags: Readonly<Record<string, string>>;
}

const FOLLOWED = ["region", "accessKey", "secretKey", "endpoints", "defaultTags"];
/** Settings that make no difference on a local cloud. */
const HARMLESS = [
  "maxRetries",
  "retryMode",
  "s3UsePathStyle",
  "skipCredentialsValidation",
  "skipMetadataApiCheck",
  "skipRegionValidation",
  "skipRequestingAccountId",
  "token",
  "userAgents",
  "version",
];
const ALIASES: Readonly<Record<string, string[]>> = {
  elbv2: ["elbv2", "elasticloadbalancingv2"],
  logs: ["logs", "cloudwatchlogs", "cloudwatchlog"],
};

function json(variables: ReadonlyMap<string, string>, name: string): unknown {
  const text = variables.get(name);
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`aws:${name} is ${text}; give JSON`);
  }
}

/** Reads the configuration variables (without their namespace), the environment standing in for region and keys. */
export function readSettings(
  variables: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const refused = [...variables.keys()].filter((name) => ![...FOLLOWED, ...HARMLESS].includes(name));
  if (refused.length > 0) {
    throw new Error(
      `aws:${refused.join(", aws:")}: the rehearsal's stand-in for the AWS provider does not follow this setting; ` +
        `it follows ${FOLLOWED.join(", ")}: leave it out, or extend packages/provider-stub/settings.ts`,
    );
  }
  // The engine writes an absent setting as an empty text.
  const first = (...texts: (string | undefined)[]) => texts.find((text) => text !== undefined && text !== "");
  const region = first(variables.get("region"), env.AWS_REGION, env.AWS_DEFAULT_REGION);
  if (!region) throw new Error("no region: set aws:region or AWS_REGION");
  const accessKey = first(variables.get("accessKey"), env.AWS_ACCESS_KEY_ID);
  const secretKey = first(variables.get("secretKey"), env.AWS_SECRET_ACCESS_KEY);
  if (!accessKey || !secretKey) throw new Error("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  const endpoints = Object.assign({}, ...[json(variables, "endpoints") ?? []].flat()) as Record<string, string>;
  const tags = json(variables, "defaultTags") as { tags?: Record<string, string> } | undefined;
  return { region, accessKey, secretKey, endpoints, defaultTags: tags?.tags ?? {} };
}

/** The service's URL; only this machine will do, for a stand-in must never reach a real account. */
export function endpointOf(settings: Settings, service: string): string {
  const names = ALIASES[service] ?? [service];
  const url = names.map((name) => settings.endpoints[name]).find((found) => found);
  if (!url)
    throw new Error(`no endpoint for ${service}: give one in aws:endpoints, [{"${service}": "http://127.0.0.1:PORT"}]`);
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  if (host !== "localhost" && !/^127\.\d+\.\d+\.\d+$/.test(host)) {
    throw new Error(`aws:endpoints has ${url} for ${service}: the stand-in only talks to 127.0.0.0/8`);
  }
  return url;
}
