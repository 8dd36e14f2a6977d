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

  test("fails with what our own clients can't follow, before any resource", () => {
    given({ "aws:region": "eu-central-1", "aws:maxRetries": "many" });
    expect(() => connectAws()).toThrow(pulumi.RunError);
  });
});
