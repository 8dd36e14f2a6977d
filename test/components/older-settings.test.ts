import * as pulumi from "@pulumi/pulumi";
import type { ReadItem } from "../../aws/releases-item.ts";
import type { DeployedStack } from "../../components/deployed.ts";
import { olderSettings } from "../../components/older-settings.ts";
import { revisionItem } from "../../components/release-revision.ts";
import { lockVariable } from "../../deployment/variables.ts";
import { lastRevision, serving } from "./two-fleets.ts";

const deployed = { ...serving, releasesTable: "releases" } as DeployedStack;
const flip = { weights: { blue: 0, green: 100 }, machines: serving.machines };
const nothing = { weights: serving.weights, machines: serving.machines };
const written = revisionItem(lastRevision);

let read: jest.Mock<ReturnType<ReadItem>, Parameters<ReadItem>>;
let warn: jest.SpyInstance;
beforeEach(() => {
  jest.spyOn(pulumi, "getStack").mockReturnValue("prod");
  warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  read = jest.fn<ReturnType<ReadItem>, Parameters<ReadItem>>(() => Promise.resolve({ item: written, at: 0 }));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env[lockVariable];
});

test("given a checkout from before a command's last settings, when it would flip, then it is refused by the stack's own file", async () => {
  expect(await olderSettings(read, 4, flip, deployed)).toEqual([
    expect.stringMatching(/^these settings are older than the last command's: .* Take the Pulumi\.prod\.yaml/),
  ]);
  expect(read.mock.calls).toEqual([["releases", "settings"]]);
  expect(warn).not.toHaveBeenCalled();
});

test("given a checkout that is as new, when it would flip, then nothing stands against it", async () =>
  expect(await olderSettings(read, 5, flip, deployed)).toEqual([]));

test.each<[string, () => Promise<string[]>]>([
  ["neither traffic nor an image would change", () => olderSettings(read, 4, nothing, deployed)],
  ["the stack has no table yet", () => olderSettings(read, 4, flip, { ...deployed, releasesTable: undefined })],
  [
    "it is a command's own update, which its lock guards",
    () => {
      process.env[lockVariable] = "token";
      return olderSettings(read, 4, flip, deployed);
    },
  ],
])("when %s, then the table is not asked, and nothing is refused", async (_, ask) => {
  expect(await ask()).toEqual([]);
  expect(read).not.toHaveBeenCalled();
});

test.each([
  ["does not answer", () => Promise.reject(new Error("connect ECONNREFUSED")), /can't be asked: connect ECONNREFUSED$/],
  ["holds what is none of ours", () => Promise.resolve({ item: { revision: { N: "x" } }, at: 0 }), /can't be asked: /],
])("given a table that %s, then a rollback by hand goes on with a warning", async (_, answer, warning) => {
  read.mockImplementation(answer);
  expect(await olderSettings(read, 4, flip, deployed)).toEqual([]);
  expect(warn.mock.calls).toEqual([[expect.stringMatching(warning)]]);
});
