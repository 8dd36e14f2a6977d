import { loadSettings } from "../../config/load.ts";
import { settingsIn, settingsOf } from "../../config/parse.ts";
import { faultsOf, minimal } from "./raw-settings.ts";

test("given green serves, then it is blue that has no instances for a share of the requests", () =>
  expect(faultsOf({ ...minimal, greenAmi: "ami-22222222", activeColor: "green", standbyWeight: "5" })).toEqual([
    expect.stringContaining("0 while blue is the standby and standby is off"),
  ]));

test("given a list with one bad entry, then that entry is shown, and not the list", () =>
  expect(faultsOf({ ...minimal, backendPorts: "[1,0,2]" })).toEqual([
    "backendPorts.1: 0. Allowed: a whole number from 1 to 65535",
  ]));

test("given a bad entry in a list that is kept as a secret, then it is not shown", () => {
  const parsed = settingsIn("shop", { ...minimal, allowedCidrs: '["hunter2"]' }, new Set(["allowedCidrs"]));
  expect(parsed).toEqual({ faults: expect.stringContaining("shop:allowedCidrs.0: (not shown). Allowed: ") as string });
});

test("given secrets and settings of another project, then they are nothing to this one", () => {
  const config = Object.fromEntries(Object.entries(minimal).map(([key, value]) => [`shop:${key}`, value]));
  const parsed = settingsOf(
    "shop",
    { ...config, "shop:minSize": "many", "shopping:cart": "1" },
    new Set(["shopping:minSize"]),
  );
  expect(parsed).toEqual({ faults: expect.stringContaining('shop:minSize: "many". Allowed: ') as string });
});

test.each(["aws:allowedCidrs", "pulumi:standby"])(
  "given %s, a provider's own key, then it is not taken for a setting",
  (key) => {
    const config = Object.fromEntries(Object.entries(minimal).map(([name, value]) => [`shop:${name}`, value]));
    expect(settingsOf("shop", { ...config, [key]: "x" }, new Set())).toHaveProperty("settings");
  },
);

test("without a list of secrets from the language host, settings are loaded all the same", () => {
  delete process.env["PULUMI_CONFIG_SECRET_KEYS"];
  expect(loadSettings).toThrow(/settings are wrong/);
});
