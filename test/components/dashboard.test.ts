import * as pulumi from "@pulumi/pulumi";
import { Dashboard } from "../../components/dashboard.ts";
import { byColor } from "../../deployment/model.ts";
import { named, register } from "../program.ts";

const args = {
  loadBalancerName: "bluegreen-dev-alb-1234567",
  dimensions: byColor((color) => ({ LoadBalancer: "app/alb/1", TargetGroup: `targetgroup/${color}/2` })),
  groupNames: byColor((color) => pulumi.output(`group-${color}`)),
  alarmArns: [pulumi.output("arn:a")],
  alarmErrorPercent: 1,
  alarmP95Seconds: 1,
  alarmP99Seconds: 3,
};

test.each([
  ["aws", "eu-central-1", "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"],
  ["aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1"],
  ["aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-"],
])("is named after the load balancer, and has a page in the console: %s", async (partition, region, page) => {
  let url: string | undefined;
  const resources = await register(() => {
    new Dashboard("d", { ...args, partition, region }).url.apply((told) => (url = told));
  });
  const { dashboardName, dashboardBody } = named(resources, "d-dashboard").inputs;
  expect(dashboardName).toBe("bluegreen-dev-alb-1234567");
  expect(url).toMatch(/#dashboards\/dashboard\/bluegreen-dev-alb-1234567$/);
  expect(url?.startsWith(page)).toBe(true);
  for (const part of ["arn:a", "group-blue", "group-green", "targetgroup/green/2", region])
    expect(dashboardBody).toContain(`"${part}"`);
});
