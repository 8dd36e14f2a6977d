import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface RedirectListenerArgs {
  loadBalancerArn: pulumi.Input<string>;
  tags: Record<string, string>;
}

/** Port 80 of an HTTPS stack: sends everybody on to port 443. Give it the main listener to wait for, which may just leave port 80. */
export function createRedirectListener(
  name: string,
  args: RedirectListenerArgs,
  opts: pulumi.CustomResourceOptions,
): aws.lb.Listener {
  return new aws.lb.Listener(
    name,
    {
      ...args,
      port: 80,
      protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }],
    },
    opts,
  );
}
