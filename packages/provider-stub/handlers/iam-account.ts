import * as iam from "@aws-sdk/client-iam";
import { ifThere } from "../errors.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { fromAws, shape, tagList, tagMap, toAws } from "../shape.ts";
import { characters, faultsOf, JSON_OBJECT } from "./rules.ts";

const policyArgs = shape("name=PolicyName path description policy=PolicyDocument tags:own");

const policyTagging: Tagging = {
  tag: (PolicyArn, tags, cloud) => cloud.iam.send(new iam.TagPolicyCommand({ PolicyArn, Tags: tagList(tags) })),
  untag: (PolicyArn, TagKeys, cloud) => cloud.iam.send(new iam.UntagPolicyCommand({ PolicyArn, TagKeys })),
};

/** IAM keeps five versions of a policy; the official provider removes the oldest to make room (iam/policy.go). */
const VERSIONS = 5;

async function olderVersions(PolicyArn: string, cloud: Cloud): Promise<iam.PolicyVersion[]> {
  const found = await ifThere(cloud.iam.send(new iam.ListPolicyVersionsCommand({ PolicyArn })));
  return (found?.Versions ?? []).filter(({ IsDefaultVersion }) => !IsDefaultVersion);
}

/** Policies of the account, which roles are given by their ARN. */
const policy: Row = {
  type: "aws:iam/policy:Policy",
  args: policyArgs,
  replace: "name path description",
  name: { max: 128 },
  tagging: policyTagging,
  defaults: (inputs) => ({ path: "/", ...inputs }),
  // Its size is IAM's to judge, blanks not counted.
  check: (inputs) => faultsOf({ policy: JSON_OBJECT, description: characters(0, 1000) }, inputs),
  async create(inputs, cloud) {
    const request = { ...toAws<iam.CreatePolicyCommandInput>(policyArgs, inputs), Tags: tagList(inputs.tags) };
    return (await cloud.iam.send(new iam.CreatePolicyCommand(request))).Policy?.Arn ?? "";
  },
  async read(PolicyArn, cloud) {
    const found = (await ifThere(cloud.iam.send(new iam.GetPolicyCommand({ PolicyArn }))))?.Policy;
    if (!found) return undefined;
    const VersionId = found.DefaultVersionId;
    const { PolicyVersion } = await cloud.iam.send(new iam.GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return {
      ...fromAws(policyArgs, found),
      policy: decodeURIComponent(PolicyVersion?.Document ?? ""),
      arn: found.Arn,
      policyId: found.PolicyId,
      attachmentCount: found.AttachmentCount,
      tags: tagMap(found.Tags),
    };
  },
  async update({ id: PolicyArn, news, changed }, cloud) {
    if (!changed("policy")) return;
    const older = await olderVersions(PolicyArn, cloud);
    const oldest = older.sort((one, other) => Number(one.CreateDate) - Number(other.CreateDate)).at(0);
    if (older.length === VERSIONS - 1)
      await cloud.iam.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest?.VersionId }));
    const PolicyDocument = String(news.policy);
    await cloud.iam.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
  },
  async remove(PolicyArn, _state, cloud) {
    for (const { VersionId } of await olderVersions(PolicyArn, cloud))
      await cloud.iam.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await ifThere(cloud.iam.send(new iam.DeletePolicyCommand({ PolicyArn })));
  },
};

const issuerArgs = shape("url clientIdLists=ClientIDList thumbprintLists=ThumbprintList tags:own");

const issuerTagging: Tagging = {
  tag: (OpenIDConnectProviderArn, tags, cloud) =>
    cloud.iam.send(new iam.TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: tagList(tags) })),
  untag: (OpenIDConnectProviderArn, TagKeys, cloud) =>
    cloud.iam.send(new iam.UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys })),
};

/** Whose tokens the account knows: an OpenID Connect issuer (iam/openid_connect_provider.go). */
const issuer: Row = {
  type: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  args: issuerArgs,
  replace: "url",
  tagging: issuerTagging,
  async create(inputs, cloud) {
    const request = {
      ...toAws<iam.CreateOpenIDConnectProviderCommandInput>(issuerArgs, inputs),
      Tags: tagList(inputs.tags),
    };
    return (await cloud.iam.send(new iam.CreateOpenIDConnectProviderCommand(request))).OpenIDConnectProviderArn ?? "";
  },
  async read(OpenIDConnectProviderArn, cloud) {
    const asked = new iam.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
    const found = await ifThere(cloud.iam.send(asked));
    return (
      found && {
        // IAM answers the URL without its scheme, and the provider takes it as it came.
        url: `https://${found.Url}`,
        clientIdLists: found.ClientIDList,
        thumbprintLists: found.ThumbprintList,
        arn: OpenIDConnectProviderArn,
        tags: tagMap(found.Tags),
      }
    );
  },
  async update({ id: OpenIDConnectProviderArn, news, olds, changed }, cloud) {
    if (changed("thumbprintLists")) {
      const ThumbprintList = news.thumbprintLists as string[];
      await cloud.iam.send(
        new iam.UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }),
      );
    }
    if (!changed("clientIdLists")) return;
    const [before, after] = [olds.clientIdLists as string[], news.clientIdLists as string[]];
    for (const ClientID of after.filter((id) => !before.includes(id)))
      await cloud.iam.send(new iam.AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }));
    for (const ClientID of before.filter((id) => !after.includes(id)))
      await cloud.iam.send(
        new iam.RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }),
      );
  },
  async remove(OpenIDConnectProviderArn, _state, cloud) {
    await ifThere(cloud.iam.send(new iam.DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })));
  },
};

/** What the account has, apart from roles. */
export const iamAccountRows: Row[] = [policy, issuer];
