import {
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  AttachInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  AssociateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  EnableImageDeprecationCommand,
  EnableImageDeregistrationProtectionCommand,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import path from "node:path";
import { type LocalAws, startLocalAws } from "../../../packages/local-aws/start.ts";
import { Aws } from "../../../images/build/aws.ts";
import { networkFault, type NetworkSettings } from "../../../images/build/builder-network.ts";
import { prune } from "../../../images/build/prune-command.ts";
import { readBuilderSubnets } from "../../../images/build/read-network.ts";
import { findMoto } from "../../../tools/moto.ts";

jest.setTimeout(180_000);

const region = "eu-central-1";
const folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
let local: LocalAws;
let ec2: EC2Client;

beforeAll(async () => {
  const motoPython = await findMoto(() => undefined);
  local = await startLocalAws({ motoPython, region, timeScale: 100, log: path.join(folder, "cloud.log") });
  ec2 = new EC2Client({ ...local.client, maxAttempts: 1 });
});
afterAll(async () => {
  ec2?.destroy();
  await local?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the builder's network", () => {
  const settings: NetworkSettings = {
    ssh_interface: "session_manager",
    subnet_id: "",
    associate_public_ip_address: false,
    instance_profile: "bluegreen-bake",
  };
  const fault = async (subnet_id: string, changes: Partial<NetworkSettings> = {}) =>
    networkFault("base", { ...settings, subnet_id, ...changes }, await readBuilderSubnets(local.client, subnet_id));

  it("is judged by the routes, endpoints and security groups that AWS tells", async () => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.80.0.0/16" }));
    const VpcId = Vpc?.VpcId ?? "";
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.80.1.0/24" }));
    const id = Subnet?.SubnetId ?? "";
    expect(await fault(id)).toMatch(/has no route out, and there is no endpoint for ssm, /);

    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const InternetGatewayId = InternetGateway?.InternetGatewayId ?? "";
    await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
    const RouteTableId = RouteTable?.RouteTableId ?? "";
    await ec2.send(
      new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: InternetGatewayId }),
    );
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: id }));
    expect(await fault(id)).toMatch(/leads out by igw-\w+, which serves public addresses alone/);
    expect(await fault(id, { associate_public_ip_address: true })).toBeUndefined();

    const { GroupId = "" } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName: "endpoints", Description: "endpoints" }),
    );
    for (const service of ["ssm", "ssmmessages"]) {
      await ec2.send(
        new CreateVpcEndpointCommand({
          VpcId,
          VpcEndpointType: "Interface",
          ServiceName: `com.amazonaws.${region}.${service}`,
          SubnetIds: [id],
          SecurityGroupIds: [GroupId],
          PrivateDnsEnabled: true,
        }),
      );
    }
    await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId,
        VpcEndpointType: "Gateway",
        ServiceName: `com.amazonaws.${region}.s3`,
        RouteTableIds: [RouteTableId],
      }),
    );
    expect(await fault(id)).toMatch(/the endpoint for ssm lets no HTTPS in from 10\.80\.1\.0\/24/);
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "10.80.0.0/16" }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    expect(await fault(id)).toBeUndefined();
    expect(await fault("subnet-00000000000000000")).toMatch(/which is not there/);
  });
});

describe("prune", () => {
  const inAYear = new Date(Date.now() + 365 * 86_400_000);
  let number = 0;
  async function image(Name: string, tags: Record<string, string> = {}): Promise<string> {
    const BlockDeviceMappings = [{ DeviceName: "/dev/xvda", Ebs: { VolumeSize: 8 } }];
    const { ImageId = "" } = await ec2.send(
      new RegisterImageCommand({ Name: `${Name}-${++number}`, Architecture: "x86_64", BlockDeviceMappings }),
    );
    const Tags = Object.entries({ Name, ...tags }).map(([Key, Value]) => ({ Key, Value }));
    await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
    await ec2.send(new EnableImageDeregistrationProtectionCommand({ ImageId, WithCooldown: false }));
    await ec2.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt: inAYear }));
    return ImageId;
  }
  const there = async (): Promise<string[]> => {
    const { Images = [] } = await ec2.send(
      new DescribeImagesCommand({ Owners: ["self"], Filters: [{ Name: "tag:Name", Values: ["bluegreen-*"] }] }),
    );
    return Images.map(({ ImageId = "" }) => ImageId).sort();
  };

  it("retires old images in a region, and none that a stack has, that was built on, shared, published, or is of the newest", async () => {
    const served = await image("bluegreen-app-v1.0.0");
    const rollback = await image("bluegreen-app-v1.1.0");
    const planned = await image("bluegreen-app-v1.2.0");
    const shared = await image("bluegreen-app-v1.3.0");
    const old = await image("bluegreen-app-v1.4.0");
    const hardened = await image("bluegreen-hardened");
    const child = await image("bluegreen-app-v1.5.0", { SourceAMI: hardened });
    const base = await image("bluegreen-base");
    // Creation dates are in whole seconds here.
    await pause(1_100);
    const newest = await image("bluegreen-app-v1.6.0");
    await ec2.send(new RunInstancesCommand({ ImageId: served, MinCount: 1, MaxCount: 1, InstanceType: "t3.micro" }));
    await ec2.send(
      new CreateLaunchTemplateCommand({ LaunchTemplateName: "off", LaunchTemplateData: { ImageId: rollback } }),
    );
    const LaunchPermission = { Add: [{ UserId: "111122223333" }] };
    await ec2.send(new ModifyImageAttributeCommand({ ImageId: shared, LaunchPermission }));
    await new Aws(local.client).putImage("/bluegreen/images/base/latest", base, true);
    writeFileSync(path.join(folder, "Pulumi.dev.yaml"), `config:\n  bluegreen:greenAmi: ${planned}\n`);
    const all = await there();

    const lines: string[] = [];
    const go = (changes: object) =>
      prune(
        { region, olderThan: "180", keep: "1", ...changes },
        (line) => lines.push(line),
        () => local.client,
        inAYear,
        folder,
      );
    await go({});
    const told = (id: string) => lines.find((line) => line.includes(id));
    expect(await there()).toEqual(all);
    expect(told(served)).toMatch(/^keep .* i-\w+ runs on it$/);
    expect(told(rollback)).toMatch(/^keep .* the launch template off names it$/);
    expect(told(planned)).toMatch(/^keep .* Pulumi\.dev\.yaml names it$/);
    expect(told(shared)).toMatch(/^keep .* shared with 111122223333/);
    expect(told(base)).toMatch(/^keep .*base\/latest stands for it$/);
    expect(told(newest)).toMatch(/^keep .* one of the 1 newest of app/);
    expect(lines.find((line) => line.includes(` ${hardened} `))).toMatch(/^keep .*was built on it$/);
    expect(told(old)).toMatch(/^retire .* 36[45] days old$/);
    expect(lines.at(-1)).toBe(`2 of ${all.length} images in ${region} would be retired. To do it: --apply`);

    await go({ apply: true });
    expect(await there()).toEqual(all.filter((id) => id !== old && id !== child));
    const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] }));
    expect(Snapshots.filter(({ Description = "" }) => Description.includes(old))).toEqual([]);
    await expect(go({ keep: "some" })).rejects.toThrow("--keep is some; it must be a whole number from 0");
  });
});
