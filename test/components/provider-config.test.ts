import * as pulumi from "@pulumi/pulumi";
import { connectAws, inBackground, onceTried, readProviderConfig } from "../../components/provider-config.ts";

const never = (): Promise<never> => Promise.reject(new Error("nobody expected a read"));
const passed = Promise.resolve();
const failed = (why: string): Promise<never> => Promise.reject(new Error(why));

describe("what is read while the credentials are tried", () => {
  test("counts once the trial has passed", async () =>
    expect(await onceTried(passed, Promise.resolve("read"))).toBe("read"));

  test("fails with the trial's own words, which say more than those of the read that fails with it", async () =>
    expect(onceTried(failed("no credentials"), failed("access denied"))).rejects.toThrow("no credentials"));

  test("fails with the trial, also when the read has come through", async () =>
    expect(onceTried(failed("another account"), Promise.resolve("read"))).rejects.toThrow("another account"));

  test("fails with the read's words when the trial has passed", async () =>
    expect(onceTried(passed, failed("throttled"))).rejects.toThrow("throttled"));
});

describe("what the provider reads in the background", () => {
  test("begins when the trial has passed, and not before", async () => {
    let pass: () => void = () => undefined;
    const read = jest.fn(() => Promise.resolve("region"));
    const reading = inBackground(new Promise<void>((resolve) => (pass = resolve)), read);
    await new Promise(setImmediate);
    expect(read).not.toHaveBeenCalled();
    pass();
    expect(await reading).toBe("region");
  });

  test("is never begun when the trial fails", async () =>
    expect(inBackground(failed("no credentials"), never)).rejects.toThrow("no credentials"));

  test("may fail before anybody waits for it", async () => {
    const unhandled = jest.fn();
    process.on("unhandledRejection", unhandled);
    const reading = inBackground(passed, () => failed("no such image"));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    process.removeListener("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    await expect(reading).rejects.toThrow("no such image");
  });
});

describe("the provider's config", () => {
  const given = (config: Record<string, string>) => pulumi.runtime.setAllConfig(config);
  afterEach(() => given({}));

  test("is read from the namespace aws: alone", () => {
    given({ "aws:region": "eu-central-1", "bluegreen:region": "us-east-1", "awsx:profile": "other" });
    expect(readProviderConfig()).toMatchObject({ region: "eu-central-1" });
    expect(readProviderConfig()).not.toHaveProperty("profile");
  });

  const keys = { "aws:region": "eu-central-1", "aws:accessKey": "AKID", "aws:secretKey": "secret" };

  test("makes clients, and what reads with them; their trial is under way already", async () => {
    given({ ...keys, "aws:skipCredentialsValidation": "true" });
    const { clients, tried, ...readers } = connectAws();
    await expect(tried).resolves.toBeUndefined();
    expect(await clients.elb.config.region()).toBe("eu-central-1");
    const kinds = Object.entries(readers).map(([name, reader]) => [name, typeof reader]);
    expect(Object.fromEntries(kinds)).toEqual({
      readItem: "function",
      readNetwork: "function",
      readRevocations: "function",
    });
  });

  test("fails by its trial in words that say that nothing was changed", async () => {
    const gone = '["/nowhere/file"]';
    given({ ...keys, "aws:region": "", "aws:sharedConfigFiles": gone, "aws:sharedCredentialsFiles": gone });
    const region = [process.env.AWS_REGION, process.env.AWS_DEFAULT_REGION];
    delete process.env.AWS_REGION;
    delete process.env.AWS_DEFAULT_REGION;
    const { tried } = connectAws();
    await expect(tried).rejects.toThrow(/^There is no AWS region: .*\. Nothing was changed\.$/);
    await expect(tried).rejects.toBeInstanceOf(pulumi.RunError);
    if (region[0] !== undefined) process.env.AWS_REGION = region[0];
    if (region[1] !== undefined) process.env.AWS_DEFAULT_REGION = region[1];
  });

  test("fails with certificates that can't be read, before anything is asked", () => {
    given({ ...keys, "aws:customCaBundle": "/nowhere/ca.pem" });
    expect(() => connectAws()).toThrow(pulumi.RunError);
    expect(() => connectAws()).toThrow(/\/nowhere\/ca\.pem.*\. Nothing was changed\.$/);
  });

  test("fails with what our own clients can't follow, before any resource", () => {
    given({ "aws:region": "eu-central-1", "aws:maxRetries": "many" });
    expect(() => connectAws()).toThrow(pulumi.RunError);
    expect(() => connectAws()).toThrow(/^aws:maxRetries: /);
  });
});
