import { SSMClient } from "@aws-sdk/client-ssm";
import { clientOptions } from "../../aws/clients.ts";
import { revocationReader, revocationRight } from "../../aws/revocations.ts";
import { revocationParameter, revocationValue } from "../../deployment/revocation.ts";

const read = revocationReader(clientOptions({ region: "eu-central-1", accessKey: "k", secretKey: "s" }));
const parameter = (key: string) => ({ Name: revocationParameter(key), Value: revocationValue({ reason: key }) });

/** The requests, and the answers to them one after the other. */
function answering(...pages: object[]) {
  const asked: object[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  jest.spyOn(SSMClient.prototype, "send").mockImplementation(((
    { input }: { input: object },
    { abortSignal }: { abortSignal?: AbortSignal } = {},
  ) => {
    asked.push(input);
    signals.push(abortSignal);
    return Promise.resolve(pages.shift() ?? {});
  }) as never);
  return { asked, signals };
}
afterEach(() => jest.restoreAllMocks());

test("all pages of the list are read, with the path that the right is for", async () => {
  const { asked } = answering(
    { Parameters: [parameter("ami-1")], NextToken: "more" },
    { Parameters: [parameter("v2")] },
  );
  expect((await read(8_000)).map(({ key, reason }) => [key, reason])).toEqual([
    ["ami-1", "ami-1"],
    ["v2", "v2"],
  ]);
  expect(asked).toEqual([
    { Path: "/bluegreen/images/revoked", NextToken: undefined },
    { Path: "/bluegreen/images/revoked", NextToken: "more" },
  ]);
  expect(revocationRight).toBe("ssm:GetParametersByPath on /bluegreen/images/revoked");
});

test("given nothing is revoked, then the list is empty", async () => {
  answering({});
  expect(await read(8_000)).toEqual([]);
});

test("given a parameter without a name or a value, then it is read all the same", async () => {
  answering({ Parameters: [{}] });
  expect(await read(8_000)).toEqual([{ key: "", reason: "" }]);
});

test("it waits no longer than it is told to", async () => {
  const { signals } = answering({});
  await read(20);
  const [signal] = signals;
  expect(signal?.aborted).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(signal?.aborted).toBe(true);
});
