import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { elbName } from "./names.ts";
import type { Color } from "../deployment/model.ts";

export interface TargetGroupArgs {
  baseName: string;
  color: Color;
  vpcId: pulumi.Input<string>;
  port: number;
  healthCheckPath: string;
  /** Seconds. */
  deregistrationDelay: number;
  tags: Record<string, string>;
}

/**
 * Health checks as fast as AWS allows (5 s), of which three in a row must fail before an instance counts as unhealthy:
 * one lost packet or a pause of the garbage collector takes nobody out of service.
 */
const healthCheck = {
  protocol: "HTTP",
  interval: 5,
  timeout: 4,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  matcher: "200",
};

/** A colour's target group. Weights decide who gets what, so stickiness, which beats them, is off. */
export function createTargetGroup(args: TargetGroupArgs, opts: pulumi.CustomResourceOptions): aws.lb.TargetGroup {
  return new aws.lb.TargetGroup(
    elbName(args.baseName, args.color),
    {
      vpcId: args.vpcId,
      port: args.port,
      protocol: "HTTP",
      targetType: "instance",
      deregistrationDelay: args.deregistrationDelay,
      healthCheck: { ...healthCheck, path: args.healthCheckPath, port: "traffic-port" },
      stickiness: { enabled: false, type: "lb_cookie", cookieDuration: 86400 },
      tags: { ...args.tags, Color: args.color },
    },
    opts,
  );
}
