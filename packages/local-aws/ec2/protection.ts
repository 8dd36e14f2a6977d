import { reply, type Call, type Reply } from "../call.ts";
import { AwsError, ec2AnswerXml, textOf } from "@bluegreen/query-protocol";
import { notRehearsed } from "../errors.ts";
import type { Ec2Directory } from "./directory.ts";

/** Protection of images from being deregistered, which moto doesn't know. */
export class Protection {
  private readonly images = new Set<string>();

  private readonly ec2: Pick<Ec2Directory, "image">;

  constructor(ec2: Pick<Ec2Directory, "image">) {
    this.ec2 = ec2;
  }

  /** Answers EnableImageDeregistrationProtection and DisableImageDeregistrationProtection. */
  async answer({ action, params }: Call): Promise<Reply> {
    const id = textOf(params.ImageId);
    if (id === undefined) throw new AwsError("MissingParameter", "The request must contain the parameter ImageId");
    if (!(await this.ec2.image(id))) {
      throw new AwsError("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
    }
    if (textOf(params.WithCooldown) === "true") {
      throw notRehearsed(`${action} with a cool-down`, "packages/local-aws/ec2/protection.ts");
    }
    if (textOf(params.DryRun) === "true") {
      throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
    }
    const enables = action === "EnableImageDeregistrationProtection";
    if (enables) this.images.add(id);
    else this.images.delete(id);
    // The API reference speaks of `true`; this is what the CLI's own examples show.
    return reply(ec2AnswerXml(action, { return: enables ? "enabled-without-cooldown" : "disabled" }));
  }

  /** What DeregisterImage says of a protected image: the code is AWS's for all such protections, its words are ours. */
  refuseIfProtected(id: string | undefined): void {
    if (id === undefined || !this.images.has(id)) return;
    throw new AwsError(
      "OperationNotPermitted",
      `The image '${id}' may not be deregistered. Disable its deregistration protection and try again.`,
    );
  }
}
