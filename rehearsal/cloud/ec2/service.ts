import type { Call, PassOn, Reply } from "../call";
import type { Targets } from "../elb/targets";
import { AwsError, notRehearsed } from "../errors";
import { textOf, textsOf } from "../query";
import type { Ec2Directory } from "./directory";
import type { Instances } from "./instances";

/** What EC2 needs from the rest of the cloud. */
export interface Ec2Args {
  ec2: Ec2Directory;
  instances: Instances;
  targets: Targets;
}

/** EC2: moto's, except that ends of instances reach their processes, and that a deregistered image launches nothing. */
export async function answerEc2({ action, params }: Call, passOn: PassOn, args: Ec2Args): Promise<Reply> {
  const ids = textsOf(params.InstanceId);
  switch (action) {
    case "RunInstances": {
      const image = textOf(params.ImageId);
      if (image && !(await args.ec2.image(image))) {
        throw new AwsError("InvalidAMIID.NotFound", `The image id '[${image}]' does not exist`);
      }
      return passOn();
    }
    case "StartInstances":
    case "RebootInstances":
      if (ids.some((id) => args.instances.get(id))) {
        throw notRehearsed(`${action} for instances of a group`, "rehearsal/cloud/ec2/service.ts");
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
    default:
      return passOn();
  }
}
