import type { ImageStore } from "@bluegreen/machines";
import type { Call, PassOn, Reply } from "../call.ts";
import type { Targets } from "../elb/targets.ts";
import { AwsError, textOf, textsOf } from "@bluegreen/query-protocol";
import { notRehearsed } from "../errors.ts";
import { rootTag } from "@bluegreen/machines";
import { writtenBy } from "./booted.ts";
import { answerDeprecation } from "./deprecation.ts";
import type { Ec2Directory } from "./directory.ts";
import { tagsByKey, type Instances } from "./instances.ts";
import type { NetworkAcls } from "./network-acls.ts";
import type { Protection } from "./protection.ts";
import type { TemplateLaunches } from "./run-instances.ts";
import { splitTags } from "./tag-specifications.ts";

/** What EC2 needs from the rest of the cloud. */
export interface Ec2Args {
  ec2: Ec2Directory;
  instances: Instances;
  targets: Targets;
  protection: Protection;
  acls: NetworkAcls;
  templateLaunches: TemplateLaunches;
  /** Where images are root file systems, and what machines write; undefined: images are processes. */
  roots?: { store: ImageStore; folder: string };
}

/**
 * EC2: moto's, except that ends of instances reach their processes, that a deregistered image launches nothing, and that
 * a protected one can't be deregistered.
 */
export async function answerEc2(call: Call, passOn: PassOn, args: Ec2Args): Promise<Reply> {
  const { action, params } = call;
  const ids = textsOf(params.InstanceId);
  switch (action) {
    case "RunInstances": {
      if (params.LaunchTemplate !== undefined) return args.templateLaunches.answer(call, passOn);
      const image = textOf(params.ImageId);
      if (image && !(await args.ec2.image(image))) {
        throw new AwsError("InvalidAMIID.NotFound", `The image id '[${image}]' does not exist`);
      }
      const answer = await passOn();
      if (answer.status === 200) await startFrom(answer.body, args);
      return answer;
    }
    case "CreateImage":
      return createImage(call, passOn, args);
    case "EnableImageDeregistrationProtection":
    case "DisableImageDeregistrationProtection":
      return args.protection.answer(call);
    case "EnableImageDeprecation":
    case "DisableImageDeprecation":
      return answerDeprecation(call, args.ec2);
    case "DeregisterImage":
      args.protection.refuseIfProtected(textOf(params.ImageId));
      return passOn();
    case "StartInstances":
    case "RebootInstances":
      if (ids.some((id) => args.instances.get(id))) {
        throw notRehearsed(`${action} for instances of a group`, "packages/local-aws/ec2/service.ts");
      }
      return passOn();
    case "TerminateInstances":
    case "StopInstances": {
      const answer = await passOn();
      if (answer.status === 200) {
        const terminated = action === "TerminateInstances";
        ids.forEach((id) => args.instances.shutDown(id, terminated ? "terminated" : "stopped"));
        if (terminated) {
          ids.forEach((id) => args.targets.forget(id));
        } else {
          args.targets.refreshAll();
        }
      }
      return answer;
    }
    default: {
      const answer = await passOn();
      if (answer.status === 200) await args.acls.after(action);
      return answer;
    }
  }
}

/** Boots what a caller launched by itself, as Packer does. Images without a root file system stay moto's alone. */
async function startFrom(launched: string, { ec2, instances }: Ec2Args): Promise<void> {
  for (const [, id] of launched.matchAll(/<instanceId>(i-[0-9a-f]+)<\/instanceId>/g)) {
    const instance = await ec2.instance(id);
    const image = instance?.ImageId ? await ec2.image(instance.ImageId) : undefined;
    const tags = tagsByKey(image);
    if (!instance || tags[rootTag] === undefined) continue;
    const [imageId, privateIp] = [instance.ImageId ?? "", instance.PrivateIpAddress ?? ""];
    await instances.start({ id, imageId, privateIp, userData: await ec2.userData(id), imageTags: tags });
  }
}

/** An image of a booted instance is what that instance has written, over its own image. */
async function createImage({ params, body }: Call, passOn: PassOn, { ec2, instances, roots }: Ec2Args): Promise<Reply> {
  const instance = instances.get(textOf(params.InstanceId) ?? "");
  if (roots && instance?.state === "running") {
    throw notRehearsed("CreateImage of a running instance (stop it first)", "packages/local-aws/ec2/service.ts");
  }
  // moto tags the image alone.
  const { snapshot, others } = splitTags(body);
  const answer = await passOn(others);
  const id = /<imageId>(ami-[0-9a-f]+)<\/imageId>/.exec(answer.body)?.[1];
  if (answer.status !== 200 || id === undefined) return answer;
  const image = await ec2.image(id);
  const volumes = (image?.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
  if (Object.keys(snapshot).length > 0) await Promise.all(volumes.map((volume) => ec2.tag(volume, snapshot)));
  const parent = instance && tagsByKey(await ec2.image(instance.imageId))[rootTag];
  if (!instance || parent === undefined || !roots) return answer;
  await instances.stopped(instance.id);
  await roots.store.addFrom({ id, parent, tags: {} }, writtenBy(roots.folder, instance.id));
  await ec2.tag(id, { [rootTag]: id });
  return answer;
}
