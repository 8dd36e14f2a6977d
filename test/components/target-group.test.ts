import { createRedirectListener } from "../../components/redirect-listener.ts";
import { createTargetGroup } from "../../components/target-group.ts";
import { named, register } from "../program.ts";

test("a colour's target group checks its instances every 5 s, three times before one is given up, and sticks to nobody", async () => {
  const resources = await register(() => {
    const args = { baseName: "bluegreen-dev", color: "green" as const, vpcId: "vpc-1", port: 3000 };
    createTargetGroup({ ...args, healthCheckPath: "/readyz", deregistrationDelay: 45, tags: { Project: "p" } }, {});
  });
  expect(named(resources, "bluegreen-dev-green").inputs).toEqual({
    vpcId: "vpc-1",
    port: 3000,
    protocol: "HTTP",
    targetType: "instance",
    deregistrationDelay: 45,
    healthCheck: {
      protocol: "HTTP",
      interval: 5,
      timeout: 4,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
      matcher: "200",
      path: "/readyz",
      port: "traffic-port",
    },
    stickiness: { enabled: false, type: "lb_cookie", cookieDuration: 86_400 },
    tags: { Project: "p", Color: "green" },
  });
});

test("port 80 of an HTTPS stack sends everybody on to port 443, for good", async () => {
  const resources = await register(() => {
    createRedirectListener("redirect", { loadBalancerArn: "arn:alb", tags: { Project: "p" } }, {});
  });
  expect(named(resources, "redirect").inputs).toEqual({
    loadBalancerArn: "arn:alb",
    port: 80,
    protocol: "HTTP",
    defaultActions: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }],
    tags: { Project: "p" },
  });
});
