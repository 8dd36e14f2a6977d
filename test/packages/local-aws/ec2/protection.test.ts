import { parseQuery } from "../../../../packages/query-protocol/query.ts";
import { Protection } from "../../../../packages/local-aws/ec2/protection.ts";

const ec2 = { image: (id: string) => Promise.resolve(id === "ami-1" || id === "ami-2" ? { ImageId: id } : undefined) };
let protection: Protection;
beforeEach(() => (protection = new Protection(ec2)));

const ask = async (action: "Enable" | "Disable", body: string) => {
  const name = `${action}ImageDeregistrationProtection`;
  const call = { service: "ec2", action: name, params: parseQuery(body), headers: {}, body };
  return (await protection.answer(call)).body.replace(/<requestId>[0-9a-f-]{36}<\/requestId>/, "<requestId/>");
};
const deregister = (id: string) => () => protection.refuseIfProtected(id);
const refusal = expect.objectContaining({ code: "OperationNotPermitted", status: 400 }) as Error;

it("is off at first, and answers as EC2 does when it is switched on and off", async () => {
  expect(deregister("ami-1")).not.toThrow();
  expect(await ask("Enable", "ImageId=ami-1&WithCooldown=false")).toBe(
    '<EnableImageDeregistrationProtectionResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId/>' +
      "<return>enabled-without-cooldown</return></EnableImageDeregistrationProtectionResponse>",
  );
  expect(deregister("ami-1")).toThrow(refusal);
  expect(deregister("ami-2")).not.toThrow();
  expect(await ask("Disable", "ImageId=ami-1")).toContain("<return>disabled</return>");
  expect(deregister("ami-1")).not.toThrow();
});

test.each([
  ["an unknown image", "ImageId=ami-3", "InvalidAMIID.NotFound", 400],
  ["no image", "", "MissingParameter", 400],
  ["a cool-down", "ImageId=ami-1&WithCooldown=true", "NotImplemented", 400],
  ["a dry run", "ImageId=ami-1&DryRun=true", "DryRunOperation", 412],
])("refuses %s, and protects nothing", async (_, body, code, status) => {
  await expect(ask("Enable", body)).rejects.toMatchObject({ code, status });
  expect(deregister("ami-1")).not.toThrow();
});
