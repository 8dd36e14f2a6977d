import { cp, rm } from "node:fs/promises";
import path from "node:path";
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
} from "@aws-sdk/client-s3";
import { stateStatements } from "../../bootstrap/rights/state.ts";
import { actionsOf } from "../../bootstrap/rights/operations.ts";
import { callerVariable } from "../../deployment/variables.ts";
import { s3 } from "./aws.ts";
import type { Context, Step } from "./context.ts";
import { shell } from "./shell.ts";

const repository = path.resolve(import.meta.dirname, "../..");

const settings = {
  "bluegreen-bootstrap:environments": {
    dev: { subject: "repo:acme/shop:ref:refs/heads/main" },
    prod: {
      subject: "repo:acme/shop:environment:prod",
      rollbackSubject: "repo:acme/shop:environment:prod-rollback",
      promoteFrom: "dev",
      hostedZoneIds: ["Z0123456789ABC"],
    },
  },
};

interface Outputs {
  readonly stateBucket: string;
  readonly backendUrl: string;
  readonly environments: Record<string, { secretsProvider: string; deployRoleArn: string; rollbackRoleArn?: string }>;
}

/** The name by which Pulumi's CLI asks for its state here. */
const stateCaller = "state";

/**
 * The local AWS speaks plain HTTP, which the bucket's policy refuses: that is expected, and then the policy is taken away for
 * what is tried.
 */
async function withoutTls(context: Context, Bucket: string, probe: string, work: () => Promise<void>): Promise<void> {
  const refused = await shell(context, probe).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (!/StatusCode: 403/.test(refused ?? ""))
    throw new Error(`without TLS the bucket was to refuse, but: ${refused ?? "it let Pulumi in"}`);
  const client = s3(context);
  const { Policy } = await client.send(new GetBucketPolicyCommand({ Bucket }));
  await client.send(new DeleteBucketPolicyCommand({ Bucket }));
  await work();
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

/** A stack whose state is in the bucket and whose secret is under the key: made, read and removed by the CLI. */
async function tryBackend(context: Context, outputs: Outputs, folder: string): Promise<void> {
  const { backendUrl, stateBucket, environments } = outputs;
  const { endpoint } = context.session.client;
  const url = `${backendUrl}&endpoint=${endpoint}&use_path_style=true`;
  const begin = `cd ${folder}
export AWS_ENDPOINT_URL=${endpoint} ${callerVariable}=${stateCaller} PULUMI_BACKEND_URL='${url}'`;
  const script = `${begin}
pulumi stack init dev --secrets-provider '${environments.dev?.secretsProvider}'
pulumi config set --secret token secret-word --stack dev
test "$(pulumi config get token --stack dev)" = secret-word
! grep -q secret-word Pulumi.dev.yaml
pulumi stack export --stack dev > exported.json
pulumi stack import --stack dev --file exported.json
pulumi stack rm --yes dev`;
  await withoutTls(context, stateBucket, `${begin}\npulumi stack ls`, async () => void (await shell(context, script)));
  const allowed = stateStatements({
    partition: "aws",
    region: "",
    accountId: "",
    project: "",
    environment: "",
    bucketArn: "",
    stateKeyArn: "",
    secretsKeyArn: "",
  }).flatMap(({ Action = [] }) => Action);
  const called = (await context.session.calls())[stateCaller] ?? [];
  const lacking = called.filter((operation) => actionsOf(operation).some((action) => !allowed.includes(action)));
  if (called.length === 0 || lacking.length > 0)
    throw new Error(`Pulumi asked its backend for ${lacking.join(", ") || "nothing"}, which no role may`);
}

/** What a versioned bucket keeps of what was deleted goes, too; without the policy, by which plain HTTP may not even list it. */
async function empty(context: Context, Bucket: string): Promise<void> {
  const client = s3(context);
  await client.send(new DeleteBucketPolicyCommand({ Bucket }));
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const found = [...Versions, ...DeleteMarkers];
    if (found.length === 0) return;
    for (const { Key, VersionId } of found) await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
}

/** What comes before the stack: by the real CLI, with its state then used by the real CLI. */
export const bootstrap: Step = {
  name: "bootstrap",
  title:
    "bootstrap: the state's bucket, keys and roles come up, Pulumi keeps a stack's state there, a second update touches nothing",
  async run(context) {
    const { stackRef } = context.session.stack;
    const folder = path.join(stackRef.folder, "..", "bootstrap");
    await rm(folder, { recursive: true, force: true });
    await cp(path.join(repository, "bootstrap"), folder, { recursive: true });
    const stack = context.session.stack.beside("account", folder, settings);
    const up = await stack.up({ onProgress: context.progress });
    if (!up.ok) throw new Error(`bootstrap was to come up, but: ${up.error}`);
    const outputs = up.outputs as unknown as Outputs;
    await tryBackend(context, outputs, folder);
    const again = await stack.up({ onProgress: context.progress });
    if (!again.ok || again.changes.length > 0)
      throw new Error(`a second update was to touch nothing, but: ${again.error ?? JSON.stringify(again.changes)}`);
    const refused = await stack.destroy({ preview: true });
    if (refused.ok || !/protected/.test(refused.error ?? ""))
      throw new Error(`destroy was to be refused, but: ${refused.error ?? "it went through"}`);
    await shell(context, `cd ${folder} && pulumi state unprotect --all --yes --stack account`);
    await empty(context, outputs.stateBucket);
    const gone = await stack.destroy({ onProgress: context.progress });
    if (!gone.ok) throw new Error(`bootstrap was to go, but: ${gone.error}`);
    await context.session.stack.prepare();
    await context.session.stack.select();
    return { touched: [], note: `${up.changes.length} resources; state and a secret kept in the bucket` };
  },
};
