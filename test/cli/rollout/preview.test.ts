import type { Outputs } from "../../../cli/state/stack-state.ts";
import { previewOf } from "../../../cli/rollout/preview.ts";

const outputs = (previewUrl: string) => ({ previewUrl }) as Outputs;

test("given a domain, the load balancer is asked by its own name for the domain's certificate", () => {
  const recorded = { outputs: outputs("https://shop.test:9090"), loadBalancerName: "app.elb" };
  expect(previewOf(recorded, { domain: "shop.test" })).toEqual({
    protocol: "https",
    host: "app.elb",
    port: 9090,
    domain: "shop.test",
  });
});

test("given a state without the load balancer, its outputs tell where to ask", () => {
  expect(previewOf({ outputs: outputs("http://app.elb:80") }, {})).toMatchObject({
    protocol: "http",
    host: "app.elb",
    port: 80,
  });
});
