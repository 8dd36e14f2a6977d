import { ofType, runProgram } from "../whole-program.ts";

test.each([
  ["none", ["endpoints-https", "endpoints-s3", "endpoints-ssm", "endpoints-ssmmessages"]],
  ["single", ["endpoints-s3"]],
])("no instance starts before its way to AWS stands (natGateways: %s)", async (natGateways, ways) => {
  const settings = { blueAmi: "ami-11111111", allowedCidrs: ["192.0.2.0/24"], natGateways };
  const run = await runProgram("dev", settings);
  const groups = ofType(run, "Group");
  expect(groups).toHaveLength(2);
  for (const { options } of groups) expect(options.dependencies).toEqual(expect.arrayContaining(ways));
});
