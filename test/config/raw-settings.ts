import { settingsIn } from "../../config/parse.ts";
import type { Settings } from "../../config/schema.ts";

/** A stack's config as Pulumi keeps it: texts, without the namespace. */
export type Raw = Record<string, string>;

export const v1 = "ami-11111111";
export const v2 = "ami-2222222222222222f";

/** The least that a stack must say. */
export const minimal: Raw = { blueAmi: v1, allowedCidrs: '["192.0.2.0/24"]', allowHttp: "true" };

/** The same in a VPC that exists. */
export const existing: Raw = {
  ...minimal,
  vpcId: "vpc-12345678",
  publicSubnetIds: '["subnet-aaaaaaaa","subnet-bbbbbbbb"]',
  privateSubnetIds: '["subnet-cccccccc","subnet-dddddddd"]',
};
export const certificateArn = "arn:aws:acm:eu-central-1:111111111111:certificate/x";

/** The settings in raw values of a project of the usual name; throws the refusal. */
export function parseSettings(raw: Raw): Settings {
  const parsed = settingsIn("bluegreen", raw);
  if ("faults" in parsed) throw new Error(parsed.faults);
  return parsed.settings;
}

/** The lines of the refusal, one a fault, without the namespace. */
export function faultsOf(raw: Raw): string[] {
  const parsed = settingsIn("bluegreen", raw);
  if (!("faults" in parsed)) return [];
  const [, ...lines] = parsed.faults.split("\n");
  return lines.map((line) => line.replace("  bluegreen:", ""));
}
