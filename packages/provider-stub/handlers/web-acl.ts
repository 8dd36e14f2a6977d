import * as waf from "@aws-sdk/client-wafv2";
import { codeOf } from "../errors.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { fromAws, type Props, shape, tagList, tagMap, toAws } from "../shape.ts";
import { retrying } from "../wait.ts";
import { characters, faultsOf, oneOf } from "./rules.ts";

const MINUTES = { acl: 5, association: 10 };
const VISIBILITY =
  "visibilityConfig{cloudwatchMetricsEnabled=CloudWatchMetricsEnabled metricName sampledRequestsEnabled}";

const args = shape(`name description scope defaultAction{allow{} block{}} ${VISIBILITY}
  rules{name priority action{allow{} block{} count{}} overrideAction{count{} none{}} ${VISIBILITY}
    statement{
      managedRuleGroupStatement{name vendorName version ruleActionOverrides{name actionToUse{allow{} block{} count{}}}}
      rateBasedStatement{aggregateKeyType evaluationWindowSec limit}}}
  tags:own`);

/** AWS WAF's words for what is not there. */
async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codeOf(error) === "WAFNonexistentItemException") return undefined;
    throw error;
  }
}

async function aclOf(Id: string, state: Props, cloud: Cloud): Promise<waf.GetWebACLCommandOutput | undefined> {
  const request = { Id, Name: String(state.name), Scope: state.scope as waf.Scope };
  return ifThere(cloud.wafv2.send(new waf.GetWebACLCommand(request)));
}

async function arnOf(id: string, cloud: Cloud): Promise<string> {
  const { WebACLs = [] } = await cloud.wafv2.send(new waf.ListWebACLsCommand({ Scope: "REGIONAL" }));
  return WebACLs.find((one) => one.Id === id)?.ARN ?? "";
}

const aclTagging: Tagging = {
  async tag(id, tags, cloud) {
    const ResourceARN = await arnOf(id, cloud);
    await cloud.wafv2.send(new waf.TagResourceCommand({ ResourceARN, Tags: tagList(tags) }));
  },
  async untag(id, TagKeys, cloud) {
    const ResourceARN = await arnOf(id, cloud);
    await cloud.wafv2.send(new waf.UntagResourceCommand({ ResourceARN, TagKeys }));
  },
};

/** Web ACLs of a region; changes and deletions carry the lock token that was read last. */
const webAcl: Row = {
  type: "aws:wafv2/webAcl:WebAcl",
  args,
  replace: "name scope",
  name: { max: 128, pattern: { test: /^[0-9A-Za-z_-]+$/, says: "use letters, digits, hyphens and underscores only" } },
  tagging: aclTagging,
  check: (inputs) => faultsOf({ description: characters(1, 256), scope: oneOf("REGIONAL") }, inputs),
  async create(inputs, cloud) {
    const Tags = tagList(inputs.tags);
    const request = {
      ...toAws<waf.CreateWebACLCommandInput>(args, inputs),
      ...(Tags.length > 0 ? { Tags } : {}),
    };
    const made = await retrying(/^WAFUnavailableEntity/, MINUTES.acl, cloud, () =>
      cloud.wafv2.send(new waf.CreateWebACLCommand(request)),
    );
    return made.Summary?.Id ?? "";
  },
  async read(id, cloud, state) {
    const found = await aclOf(id, state, cloud);
    const acl = found?.WebACL;
    if (!acl) return undefined;
    const tags = await cloud.wafv2.send(new waf.ListTagsForResourceCommand({ ResourceARN: acl.ARN }));
    return {
      ...fromAws(args, acl),
      scope: state.scope,
      tags: tagMap(tags.TagInfoForResource?.TagList),
      arn: acl.ARN,
      capacity: acl.Capacity,
      lockToken: found.LockToken,
    };
  },
  async update({ id, news, state, changed }, cloud) {
    if (!changed("description", "defaultAction", "visibilityConfig", "rules")) return;
    const request = toAws<waf.CreateWebACLCommandInput>(args, { ...news, name: state.name });
    const go = async () => {
      const LockToken = (await aclOf(id, state, cloud))?.LockToken;
      return cloud.wafv2.send(new waf.UpdateWebACLCommand({ ...request, Id: id, LockToken }));
    };
    await retrying(/^(WAFUnavailableEntity|WAFOptimisticLock)/, MINUTES.acl, cloud, go);
  },
  async remove(id, state, cloud) {
    const { Name, Scope } = { Name: String(state.name), Scope: state.scope as waf.Scope };
    const go = async () => {
      const LockToken = (await aclOf(id, state, cloud))?.LockToken;
      if (LockToken === undefined) return;
      await ifThere(cloud.wafv2.send(new waf.DeleteWebACLCommand({ Id: id, Name, Scope, LockToken })));
    };
    // What it was taken from a moment ago may still count.
    await retrying(/^(WAFAssociatedItem|WAFUnavailableEntity|WAFOptimisticLock)/, MINUTES.acl, cloud, go);
  },
};

const associationArgs = shape("resourceArn=ResourceArn webAclArn=WebACLArn");

/** Which web ACL a load balancer has; the id is both ARNs. */
const association: Row = {
  type: "aws:wafv2/webAclAssociation:WebAclAssociation",
  args: associationArgs,
  replace: "resourceArn webAclArn",
  async create(inputs, cloud) {
    const request = toAws<waf.AssociateWebACLCommandInput>(associationArgs, inputs);
    await retrying(/^WAFUnavailableEntity/, MINUTES.association, cloud, () =>
      cloud.wafv2.send(new waf.AssociateWebACLCommand(request)),
    );
    return `${String(inputs.webAclArn)},${String(inputs.resourceArn)}`;
  },
  async read(id, cloud) {
    const ResourceArn = id.split(",")[1];
    const found = await ifThere(cloud.wafv2.send(new waf.GetWebACLForResourceCommand({ ResourceArn })));
    return found?.WebACL ? { resourceArn: ResourceArn, webAclArn: found.WebACL.ARN } : undefined;
  },
  async remove(id, _state, cloud) {
    await ifThere(cloud.wafv2.send(new waf.DisassociateWebACLCommand({ ResourceArn: id.split(",")[1] })));
  },
};

/** AWS WAF: web ACLs and what they stand before. */
export const wafRows: Row[] = [webAcl, association];
