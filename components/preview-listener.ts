import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { previewHeader } from "../aws/preview.ts";
import type { ListenerProtocol } from "./load-balancer.ts";
import { colors, type ByColor } from "../deployment/model.ts";

export interface PreviewListenerArgs {
  loadBalancerArn: pulumi.Input<string>;
  listenerProtocol: ListenerProtocol;
  port: number;
  targetGroups: ByColor<aws.lb.TargetGroup>;
  tags: Record<string, string>;
}

/**
 * A listener whose header names the colour. It stands before the fleets do, so that both target groups are in use and
 * health-checked from the first minute, and no flip ever changes it: a standby is tried over the path it will serve on.
 */
export class PreviewListener extends pulumi.ComponentResource {
  /** One rule a colour; what needs a target group in use depends on them. */
  readonly rules: ByColor<aws.lb.ListenerRule>;

  constructor(name: string, args: PreviewListenerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:PreviewListener", name, {}, opts);
    const listener = new aws.lb.Listener(
      `${name}-listener`,
      {
        loadBalancerArn: args.loadBalancerArn,
        port: args.port,
        ...args.listenerProtocol,
        defaultActions: [
          {
            type: "fixed-response",
            fixedResponse: {
              statusCode: "404",
              contentType: "text/plain",
              messageBody: `This is the preview listener. Name the fleet you want to try in a header: ${previewHeader}: ${colors.join(" or ")}.\n`,
            },
          },
        ],
        tags: args.tags,
      },
      { parent: this },
    );
    const rule = (color: "blue" | "green") =>
      new aws.lb.ListenerRule(
        `${name}-${color}`,
        {
          listenerArn: listener.arn,
          priority: colors.indexOf(color) + 1,
          conditions: [{ httpHeader: { httpHeaderName: previewHeader, values: [color] } }],
          actions: [{ type: "forward", targetGroupArn: args.targetGroups[color].arn }],
          tags: args.tags,
        },
        { parent: this },
      );
    this.rules = { blue: rule("blue"), green: rule("green") };
    this.registerOutputs({});
  }
}
