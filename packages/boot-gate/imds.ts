/** What an instance knows of itself by its metadata service. */
export interface Instance {
  instanceId: string;
  region: string;
  /** Name of its Auto Scaling group. `none`: it is in no group. `unknown`: it is in one, whose name isn't told yet. */
  group: { kind: "named"; name: string } | { kind: "none" } | { kind: "unknown" };
}

/** The SDK's own variable; the address is the same on every instance. */
const endpoint = () => process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? "http://169.254.169.254";

/** Milliseconds that the service, which is on the same host, may take. */
const limitMs = 2_000;

/**
 * Reads the instance's id, region and group with a fresh IMDSv2 token. Rejects when the service does not answer, or not
 * what it should.
 *
 * The group's name is the tag that Auto Scaling gives each of its instances; the launch template has to show tags in
 * the metadata. `autoscaling/target-lifecycle-state` is there for a group's instances alone.
 */
export async function readInstance(signal: AbortSignal): Promise<Instance> {
  const token = await request("api/token", signal, {
    method: "PUT",
    headers: { "X-aws-ec2-metadata-token-ttl-seconds": "60" },
  });
  const get = (path: string) =>
    request(`meta-data/${path}`, signal, { headers: { "X-aws-ec2-metadata-token": required("a token", token) } });
  const instanceId = required("instance-id", await get("instance-id"));
  const region = required("placement/region", await get("placement/region"));
  const name = await get("tags/instance/aws:autoscaling:groupName");
  if (name !== undefined) return { instanceId, region, group: { kind: "named", name } };
  const state = await get("autoscaling/target-lifecycle-state");
  return { instanceId, region, group: { kind: state === undefined ? "none" : "unknown" } };
}

/** The text at a path, or undefined where there is nothing (404). */
async function request(path: string, signal: AbortSignal, init: RequestInit): Promise<string | undefined> {
  const limit = AbortSignal.timeout(limitMs);
  const answer = await fetch(`${endpoint()}/latest/${path}`, { ...init, signal: AbortSignal.any([signal, limit]) });
  const text = await answer.text();
  if (answer.ok) return text.trim();
  if (answer.status === 404) return undefined;
  throw new Error(`the instance metadata service answered ${answer.status} for ${path}`);
}

function required(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new Error(`the instance metadata service does not have ${name}`);
  return value;
}
