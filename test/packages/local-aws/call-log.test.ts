import { CallLog, callerOf } from "../../../packages/local-aws/call-log.ts";

const by = (app: string) => ({ "user-agent": `aws-sdk-js/3.1 ua/2.1 os/linux app/${app} md/nodejs#24` });

test("given requests of named applications, then each has its operations, once and in order", () => {
  const log = new CallLog();
  log.add(by("bluegreen-status"), "elbv2:DescribeRules");
  log.add(by("bluegreen-status"), "ec2:DescribeImages");
  log.add(by("bluegreen-status"), "elbv2:DescribeRules");
  expect(log.list()).toEqual({ "bluegreen-status": ["ec2:DescribeImages", "elbv2:DescribeRules"] });
});

test("given the provider's requests, then they are those of whoever called or began last", () => {
  const log = new CallLog();
  log.add(by("bluegreen-rollback"), "elbv2:DescribeListeners");
  log.add(by("provider"), "elbv2:ModifyListener");
  log.begin("pulumi-destroy");
  log.add(by("provider"), "elbv2:DeleteListener");
  expect(log.list()).toEqual({
    "bluegreen-rollback": ["elbv2:DescribeListeners", "elbv2:ModifyListener"],
    "pulumi-destroy": ["elbv2:DeleteListener"],
  });
});

test("given a request without an application's name, then nobody is counted", () => {
  const log = new CallLog();
  log.add({ "user-agent": "aws-sdk-js/3.1 ua/2.1 lang/js md/nodejs#24" }, "ec2:DescribeImages");
  expect([log.list(), callerOf({})]).toEqual([{}, undefined]);
});
