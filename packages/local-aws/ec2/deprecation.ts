import { reply, type Call, type Reply } from "../call.ts";
import { AwsError, ec2AnswerXml, textOf } from "@bluegreen/query-protocol";
import type { Ec2Directory } from "./directory.ts";

/**
 * Answers EnableImageDeprecation and DisableImageDeprecation, which moto doesn't know. Owners see a deprecated image as before, so
 * nothing is kept of it. EC2 takes no time that is over (API reference, EnableImageDeprecation).
 */
export async function answerDeprecation({ action, params }: Call, ec2: Pick<Ec2Directory, "image">): Promise<Reply> {
  const id = textOf(params.ImageId);
  if (id === undefined) throw new AwsError("MissingParameter", "The request must contain the parameter ImageId");
  if (!(await ec2.image(id))) throw new AwsError("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
  if (action === "EnableImageDeprecation") {
    const at = Date.parse(textOf(params.DeprecateAt) ?? "");
    if (Number.isNaN(at)) throw new AwsError("MissingParameter", "The request must contain the parameter DeprecateAt");
    if (at < Date.now()) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${textOf(params.DeprecateAt)}) for DeprecateAt is in the past.`,
      );
    }
  }
  return reply(ec2AnswerXml(action, { return: "true" }));
}
