import {
  AttachInternetGatewayCommand,
  CreateNetworkAclCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteNetworkAclCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeSubnetsCommand,
  DetachInternetGatewayCommand,
  ReplaceNetworkAclAssociationCommand,
} from "@aws-sdk/client-ec2";
import { ListCertificatesCommand } from "@aws-sdk/client-acm";
import type { ConfigValue } from "../engine/settings.ts";
import { acm, ec2 } from "./aws.ts";
import { alone } from "./census.ts";
import type { Context, Findings, Step } from "./context.ts";
import { makeZone, recordsIn, removeZone } from "./domains.ts";
import { ask, expectHttps } from "./https.ts";
import { fixtures } from "./release.ts";

/** What every variant has beside what it is about: as small as it gets, and open to this machine alone. */
const small = { minSize: 1, maxSize: 2, deletionProtection: false, accessLogs: false, allowedCidrs: ["127.0.0.0/8"] };

/** Brings a stack of its own up, looks at it, and destroys it. */
async function tryVariant(
  context: Context,
  name: string,
  settings: Readonly<Record<string, ConfigValue>>,
  look: (url: string) => Promise<void>,
): Promise<void> {
  context.say(`${name} comes up`);
  const blueAmi = context.session.images["good-v1"];
  const stack = context.session.stackOf(name, { ...small, blueAmi, ...settings });
  const up = await alone(context, name, () => stack.up({ onProgress: context.progress }));
  if (!up.ok) throw new Error(`the variant ${name} was to come up, but: ${up.error}`);
  await look(String(up.outputs.url));
  context.say(`${name} is destroyed`);
  const gone = await alone(context, name, () => stack.destroy({ onProgress: context.progress }));
  if (!gone.ok) throw new Error(`the variant ${name} was to be destroyed, but: ${gone.error}`);
}

/** Expects that a stack is refused before the first resource; its stack is there then, and holds nothing. */
async function refusedVariant(
  context: Context,
  name: string,
  settings: Readonly<Record<string, ConfigValue>>,
  words: RegExp,
): Promise<void> {
  context.say(`${name} is refused: ${words.source}`);
  const blueAmi = context.session.images["good-v1"];
  const stack = context.session.stackOf(name, { ...small, blueAmi, ...settings });
  const { ok, error = "" } = await alone(context, name, () => stack.up({ onProgress: context.progress }));
  if (ok || !words.test(error)) throw new Error(`the variant ${name} was to be refused with ${words}, but: ${error}`);
}

/** A network that somebody else has made: public and private subnets in zones a and b, and a private one in c. */
async function makeNetwork(context: Context) {
  const client = ec2(context);
  const vpcCidr = "10.20.0.0/16";
  const VpcId = (await client.send(new CreateVpcCommand({ CidrBlock: vpcCidr }))).Vpc?.VpcId ?? "";
  const { InternetGateway } = await client.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId;
  await client.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const subnet = async (zone: string, part: number) => {
    const asked = { VpcId, AvailabilityZone: `eu-central-1${zone}`, CidrBlock: `10.20.${part}.0/24` };
    return (await client.send(new CreateSubnetCommand(asked))).Subnet?.SubnetId ?? "";
  };
  const publicSubnetIds = [await subnet("a", 0), await subnet("b", 1)];
  const privateSubnetIds = [await subnet("a", 2), await subnet("b", 3)];
  const stranded = await subnet("c", 4);
  const subnets = [...publicSubnetIds, ...privateSubnetIds, stranded];
  /** Gives a subnet another network ACL. @returns the one that it had */
  const placeUnder = async (NetworkAclId: string | undefined, id: string): Promise<string | undefined> => {
    const Filters = [{ Name: "association.subnet-id", Values: [id] }];
    const { NetworkAcls = [] } = await client.send(new DescribeNetworkAclsCommand({ Filters }));
    const association = NetworkAcls[0]?.Associations?.find(({ SubnetId }) => SubnetId === id);
    const AssociationId = association?.NetworkAclAssociationId;
    await client.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
    return NetworkAcls[0]?.NetworkAclId;
  };
  return {
    settings: { vpcId: VpcId, vpcCidr, publicSubnetIds, privateSubnetIds },
    stranded,
    /** Does something while a new network ACL, which lets nothing through, is over the first private subnet. */
    async shut(work: () => Promise<void>): Promise<void> {
      const { NetworkAcl } = await client.send(new CreateNetworkAclCommand({ VpcId }));
      const before = await placeUnder(NetworkAcl?.NetworkAclId, privateSubnetIds[0]);
      await work();
      await placeUnder(before, privateSubnetIds[0]);
      await client.send(new DeleteNetworkAclCommand({ NetworkAclId: NetworkAcl?.NetworkAclId }));
    },
    /** Rejects unless all of it is still there, and removes it: with anything left in it, AWS would refuse. */
    async remove(): Promise<void> {
      const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({ SubnetIds: subnets }));
      if (Subnets.length !== subnets.length) throw new Error(`destroy took subnets that are not the stack's`);
      for (const SubnetId of subnets) await client.send(new DeleteSubnetCommand({ SubnetId }));
      await client.send(new DetachInternetGatewayCommand({ VpcId, InternetGatewayId }));
      await client.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
      await client.send(new DeleteVpcCommand({ VpcId }));
    },
  };
}

async function existingVpc(context: Context): Promise<void> {
  const network = await makeNetwork(context);
  const settings = { ...network.settings, allowHttp: true };
  const { privateSubnetIds } = network.settings;
  const refused = (change: Readonly<Record<string, ConfigValue>>, words: RegExp) =>
    refusedVariant(context, "vpc", { ...settings, ...change }, words);
  await refused(
    { privateSubnetIds: [privateSubnetIds[0], network.stranded] },
    /privateSubnetIds has subnet-\w+ in eu-central-1c, where the load balancer has no subnet/,
  );
  await refused({ instanceType: "g7.2xlarge" }, /not offered in eu-central-1b.*use subnets of zones that offer it/);
  await network.shut(() => refused({}, /the network ACL acl-\w+ of subnet-\w+ lets no TCP in from 10\.20\.0\.0\/24/));
  await tryVariant(context, "vpc", settings, async (url) => {
    const { status, body } = await ask(context, `${url}/version`, new URL(url).hostname);
    if (status !== 200 || !body.includes("v1.0.0"))
      throw new Error(`${url} was to answer v1.0.0, but: ${status} ${body}`);
  });
  await network.remove();
}

/** The domain's records are asked of Route 53, as a resolver does in the end. */
async function ownDomain(context: Context): Promise<void> {
  const zone = await makeZone(context, "rehearsal.test");
  const domain = "shop.rehearsal.test";
  await tryVariant(context, "domain", { domain, hostedZoneId: zone }, async (url) => {
    if (url !== `https://${domain}`) throw new Error(`the URL was to be https://${domain}, but it is ${url}`);
    const records = await recordsIn(context, zone);
    const alias = records.find(({ Type, Name }) => Type === "A" && Name === `${domain}.`)?.AliasTarget?.DNSName;
    if (alias === undefined) throw new Error(`${domain} has no alias record: ${JSON.stringify(records)}`);
    await expectHttps(context, domain, alias.replace(/\.$/, ""), "v1.0.0");
  });
  const left = await recordsIn(context, zone);
  if (left.length > 0) throw new Error(`destroy left ${left.map(({ Name }) => Name).join(", ")} in the zone`);
  const { CertificateSummaryList = [] } = await acm(context).send(new ListCertificatesCommand({}));
  const kept = CertificateSummaryList.filter(({ DomainName }) => DomainName === domain);
  if (kept.length > 0) throw new Error(`destroy left the certificate of ${domain}`);
  await removeZone(context, zone);
}

export const variants: Step = {
  name: "variants",
  title: "an existing VPC by its ids, and a domain with its zone: each comes up, answers and goes",
  from: (context) => context.handed ?? context.fixture ?? fixtures.blue(context),
  async run(context): Promise<Findings> {
    try {
      await existingVpc(context);
      await ownDomain(context);
    } finally {
      await context.session.stack.select();
    }
    return { touched: [], note: "3 of 3 networks refused; 2 of 2 answered over their URL and left nothing behind" };
  },
};
