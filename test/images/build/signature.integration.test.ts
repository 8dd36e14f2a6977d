import { CreateTagsCommand, EC2Client, RegisterImageCommand } from "@aws-sdk/client-ec2";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectLockConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { requireSigned } from "../../../cli/rollout/signed.ts";
import type { Session } from "../../../cli/session.ts";
import { accept } from "../../../images/build/accept.ts";
import { bucketFault } from "../../../images/build/evidence.ts";
import type { ImageManifest } from "../../../images/build/manifest.ts";
import { verify } from "../../../images/build/publish.ts";
import { type LocalAws, startLocalAws } from "../../../packages/local-aws/start.ts";
import { findMoto } from "../../../tools/moto.ts";
import { COMMIT, packages, PARENT, report, system } from "./papers.ts";

jest.setTimeout(180_000);

const region = "eu-central-1";
const folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
let local: LocalAws;
let ec2: EC2Client;
let s3: S3Client;
let keys: string[];

beforeAll(async () => {
  const motoPython = await findMoto(() => undefined);
  local = await startLocalAws({ motoPython, region, timeScale: 100, log: path.join(folder, "cloud.log") });
  ec2 = new EC2Client({ ...local.client, maxAttempts: 1 });
  s3 = new S3Client({ ...local.client, forcePathStyle: true });
  const kms = new KMSClient(local.client);
  const made = await Promise.all(
    [1, 2].map(() => kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }))),
  );
  kms.destroy();
  keys = made.map(({ KeyMetadata }) => KeyMetadata?.Arn ?? "");
});
afterAll(async () => {
  ec2?.destroy();
  s3?.destroy();
  await local?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let number = 0;
/** Accepts a bake of an image that there is, as `npm run bake` does. */
async function baked(proof: { signingKey?: string; evidenceBucket?: string }): Promise<[ImageManifest, string]> {
  const { ImageId = "" } = await ec2.send(new RegisterImageCommand({ Name: `app-${++number}` }));
  await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key: "Version", Value: "v1.2.3" }] }));
  const out = path.join(folder, `out-${number}`);
  const work = path.join(out, ".work");
  mkdirSync(work, { recursive: true });
  writeFileSync(path.join(work, "report.json"), report);
  writeFileSync(path.join(work, "system.json"), JSON.stringify(system));
  writeFileSync(path.join(work, "packages.tsv"), packages);
  const build = {
    layer: "app",
    version: "v1.2.3",
    commit: COMMIT,
    environment: "dev",
    images: { [region]: ImageId },
    sourceAmi: PARENT,
    sourceAmiName: "parent",
    buildTime: "2026-11-21T12:00:00.000Z",
  };
  const made = { layer: "app" as const, version: "v1.2.3", schema: { min: 1, max: 1 }, build, work };
  return [await accept(made, out, () => local.client, proof), out];
}

const retag = (id: string, Key: string, Value: string) =>
  ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));

/** What `bluegreen` says of a release of that image in a stack that asks for a key's signature. */
async function released({ images }: ImageManifest, imageSigningKey: string | undefined): Promise<string> {
  const clients = { ec2, kms: () => Promise.resolve(new KMSClient(local.client)) };
  const session = { settings: { imageSigningKey }, clients } as unknown as Session;
  const image = { imageId: images[region] ?? "", version: "v1.2.3" };
  return requireSigned(session, image).then(
    () => "taken",
    (error: Error) => error.message,
  );
}

it("given a signed image, then publish and stage take it, by the key that signed alone", async () => {
  const [manifest, out] = await baked({ signingKey: keys[0] });
  await expect(verify(manifest, out, () => local.client)).resolves.toBeUndefined();
  await expect(verify(manifest, out, () => local.client, keys[1])).rejects.toThrow(/has a signature that is not arn:/);
  expect(await released(manifest, keys[0])).toBe("taken");
  expect(await released(manifest, undefined)).toBe("taken");
  expect(await released(manifest, keys[1])).toMatch(/has a signature that is not the key's/);
});

it("fails with an image whose tags are all there, and were written by somebody else", async () => {
  const [signed] = await baked({ signingKey: keys[0] });
  const [other, out] = await baked({});
  const id = other.images[region] ?? "";
  expect(await released(other, keys[0])).toMatch(/has not all of the tags GossReport, Packages, Sbom and Signature/);
  await expect(verify(other, out, () => local.client, keys[0])).rejects.toThrow(/is not signed: bake it with/);
  // The signature of another image with the very same papers.
  await retag(id, "Signature", signed.signature?.values[region] ?? "");
  expect(await released(other, keys[0])).toMatch(/not of this image and its papers/);
  await expect(verify(other, out, () => local.client, keys[0])).rejects.toThrow(/not of this image and its papers/);
  await retag(id, "Signature", "AAAA");
  expect(await released(other, keys[0])).toMatch(/not of this image and its papers/);
});

test.each(["GossReport", "Packages", "Sbom", "Version"])(
  "fails with a signed image whose tag %s was changed",
  async (tag) => {
    const [manifest] = await baked({ signingKey: keys[0] });
    await retag(manifest.images[region] ?? "", tag, tag === "Version" ? "v9.9.9" : `sha256:${"0".repeat(64)}`);
    expect(await released(manifest, keys[0])).toMatch(/not of this image and its papers/);
  },
);

it("keeps the papers in a bucket with Object Lock, and says why another will not do", async () => {
  await s3.send(
    new CreateBucketCommand({ Bucket: "plain", CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  await s3.send(
    new CreateBucketCommand({
      Bucket: "proof",
      ObjectLockEnabledForBucket: true,
      CreateBucketConfiguration: { LocationConstraint: region },
    }),
  );
  expect(await bucketFault(local.client, "plain")).toMatch(/which has no Object Lock: switch it on/);
  expect(await bucketFault(local.client, "proof")).toMatch(/locked by no default retention: set one/);
  expect(await bucketFault(local.client, "none")).toMatch(/can't be looked at/);
  const Rule = { DefaultRetention: { Mode: "COMPLIANCE", Days: 1 } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule } as const;
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket: "proof", ObjectLockConfiguration }));
  expect(await bucketFault(local.client, "proof")).toBeUndefined();

  const [manifest, out] = await baked({ signingKey: keys[0], evidenceBucket: "proof" });
  const papers = readdirSync(out).filter((name) => !name.startsWith("."));
  expect(papers).toHaveLength(4);
  for (const name of papers) {
    const Key = `images/${manifest.images[region]}/${name}`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "proof", Key }));
    expect(await Body?.transformToString()).toBe(readFileSync(path.join(out, name), "utf8"));
  }
});
