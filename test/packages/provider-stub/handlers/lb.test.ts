import { actionsFromAws, actionsToAws } from "../../../../packages/provider-stub/handlers/lb-actions.ts";
import {
  attributeSetting,
  attributesRead,
  attributesToSend,
  attributeTable,
} from "../../../../packages/provider-stub/handlers/lb-attributes.ts";
import type { Cloud } from "../../../../packages/provider-stub/row.ts";

const table = attributeTable(`
  idleTimeout        idle_timeout.timeout_seconds  number  60
  dropInvalid        routing.drop_invalid          boolean false
  accessLogs.enabled access_logs.s3.enabled        boolean false
  accessLogs.bucket  access_logs.s3.bucket         text`);

describe("attributesToSend", () => {
  const all = ["idleTimeout", "dropInvalid", "accessLogs"];
  it.each([
    ["what is given, false and all", all, { dropInvalid: false }, {}, { "routing.drop_invalid": "false" }],
    [
      "of the changed arguments only",
      ["idleTimeout"],
      { idleTimeout: 30, dropInvalid: true },
      {},
      { "idle_timeout.timeout_seconds": "30" },
    ],
    [
      "an argument taken away at AWS's own value",
      all,
      {},
      { idleTimeout: 30 },
      { "idle_timeout.timeout_seconds": "60" },
    ],
    [
      "nested ones",
      all,
      { accessLogs: { enabled: true, bucket: "b" } },
      {},
      { "access_logs.s3.enabled": "true", "access_logs.s3.bucket": "b" },
    ],
    [
      "a block taken away",
      all,
      {},
      { accessLogs: { enabled: true, bucket: "b" } },
      { "access_logs.s3.enabled": "false", "access_logs.s3.bucket": "" },
    ],
    ["nothing", all, {}, {}, {}],
  ])("sends %s", (_what, args, news, olds, expected) => {
    const sent = attributesToSend(table, args, news, olds);
    expect(Object.fromEntries(sent.map(({ Key, Value }) => [Key, Value]))).toEqual(expected);
  });
});

describe("attributeSetting", () => {
  const modify = jest.fn().mockResolvedValue(undefined);
  const setting = attributeSetting(table, modify);
  const cloud = {} as Cloud;
  const update = (...touched: string[]) =>
    setting.update(
      { id: "arn", news: { idleTimeout: 30 }, olds: {}, state: {}, changed: (arg) => touched.includes(arg) },
      cloud,
    );
  beforeEach(() => modify.mockClear());

  it("gives the row's shape the arguments with their blocks", () => {
    expect(setting.shape).toBe("idleTimeout:own dropInvalid:own accessLogs:own{enabled bucket}");
  });
  it("settles with all that is given, and updates what changed", async () => {
    await setting.settle("arn", { dropInvalid: true, accessLogs: { bucket: "b" } }, cloud);
    await update("idleTimeout", "name");
    expect(modify.mock.calls).toEqual([
      [
        "arn",
        [
          { Key: "routing.drop_invalid", Value: "true" },
          { Key: "access_logs.s3.bucket", Value: "b" },
        ],
        cloud,
      ],
      ["arn", [{ Key: "idle_timeout.timeout_seconds", Value: "30" }], cloud],
    ]);
  });
  it("asks AWS for nothing where nothing is to be sent", async () => {
    await setting.settle("arn", { name: "lb" }, cloud);
    await update("name");
    expect(modify).not.toHaveBeenCalled();
  });
});

it("attributesRead gives numbers, booleans and blocks, and nothing that AWS did not name", () => {
  const answered = [
    { Key: "idle_timeout.timeout_seconds", Value: "30" },
    { Key: "access_logs.s3.enabled", Value: "false" },
    { Key: "something.else", Value: "x" },
  ];
  expect(attributesRead(table, answered)).toEqual({ idleTimeout: 30, accessLogs: { enabled: false } });
});

describe("actions", () => {
  const forward = {
    type: "forward",
    forward: {
      targetGroups: [
        { arn: "b", weight: 0 },
        { arn: "g", weight: 100 },
      ],
      stickiness: { enabled: false, duration: 1 },
    },
  };
  it("send an explicit weight of 0", () => {
    expect(actionsToAws([forward])).toEqual([
      {
        Type: "forward",
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: "b", Weight: 0 },
            { TargetGroupArn: "g", Weight: 100 },
          ],
          TargetGroupStickinessConfig: { Enabled: false, DurationSeconds: 1 },
        },
      },
    ]);
  });
  it("come back as they went, in their order", () => {
    const sent = actionsToAws<{ Order?: number }>([
      { ...forward, order: 2 },
      { type: "redirect", order: 1, redirect: { statusCode: "HTTP_301" } },
    ]);
    expect(actionsFromAws(sent)).toEqual([
      { type: "redirect", order: 1, redirect: { statusCode: "HTTP_301" } },
      { ...forward, order: 2 },
    ]);
  });
});
