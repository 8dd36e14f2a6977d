import { classify, type Seen } from "../../../cli/drift/classify.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import type { StateResource } from "../../../cli/state/stack-state.ts";
import { world } from "../worlds.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::bluegreen::${type}::${name}`;
const seen = (type: string, name: string, properties: string[], change: Partial<Seen> = {}): Seen => ({
  op: "update",
  type,
  urn: urn(type, name),
  name,
  diff: properties,
  values: Object.fromEntries(properties.map((property) => [property, { old: 1, new: 2 }])),
  ...change,
});
const resource = (type: string, name: string, outputs: Record<string, unknown>): StateResource => ({
  urn: urn(type, name),
  type,
  id: name,
  outputs,
});
const found = (changes: Seen[], change: Partial<LiveState> = {}, resources: StateResource[] = []) =>
  classify(changes, world(change), resources).map((item) => [item.class, item.resource, item.path]);

const listener = "aws:lb/listener:Listener";
const role = "aws:iam/role:Role";
const admin = { managedPolicyArns: ["arn:admin"] };

describe("given traffic that somebody has moved by hand", () => {
  const recorded = { blue: 100, green: 0 };
  const moved = { weights: { live: { blue: 57, green: 0 }, recorded } };

  test("when a stranger's group takes a part of one colour alone, then that is dangerous, and of the listener", () => {
    const [item] = classify([], world(moved));
    expect(item).toMatchObject({ class: "dangerous", type: listener, resource: "app-listener" });
  });

  test("when weights of another listener differ, too, then they are told for themselves", () => {
    const path = "defaultActions[0].forward.targetGroups[0].weight";
    expect(found([seen(listener, "app-preview-listener", [path])], moved)).toEqual([
      ["dangerous", "app-listener", undefined],
      ["dangerous", "app-preview-listener", path],
    ]);
  });
});

test("given bounds of something that is no fleet's group, then traffic on a colour does not make them dangerous", () =>
  expect(found([seen("acme:pool/workers:Workers", "app-blue-workers", ["minSize"])])).toEqual([
    ["other", "app-blue-workers", "minSize"],
  ]));

test("given a difference whose values the engine does not tell, then it is told all the same", () => {
  const [item] = classify([seen("aws:kms/key:Key", "key", ["policy"], { values: {} })], world());
  expect(item).toMatchObject({ class: "dangerous", path: "policy" });
  expect(item?.sentence).toContain("policy: nothing declared, nothing found.");
});

describe("given what a refresh has taken into the state", () => {
  const two = [resource(role, "one", admin), resource(role, "two", admin)];

  test("when the same property of another role is seen, then the one's is still drift", () => {
    const others = seen(role, "two", ["managedPolicyArns"], {
      op: "same",
      values: { managedPolicyArns: { new: [] } },
    });
    expect(found([others], {}, two)).toEqual([["dangerous", "one", "managedPolicyArns"]]);
  });

  test("when another role is gone, then the one's is still drift, by its logical name", () => {
    const gone = seen(role, "two", [], { op: "delete" });
    expect(found([gone], {}, two)).toEqual([
      ["dangerous", "two", undefined],
      ["dangerous", "one", "managedPolicyArns"],
    ]);
  });

  test("when another property of it is seen, then it is still drift", () =>
    expect(found([seen(role, "one", ["tags"])], {}, [two[0]])).toEqual([
      ["dangerous", "one", "managedPolicyArns"],
      ["other", "one", "tags"],
    ]));

  test("when it is a route that nothing declares, then it is dangerous although routes are no matter of access", () => {
    const routes = [{ cidrBlock: "10.9.0.0/16" }];
    const type = "aws:ec2/routeTable:RouteTable";
    expect(found([], {}, [resource(type, "table", { routes })])).toEqual([["dangerous", "table", "routes"]]);
  });

  test("when it opens nothing to anybody, then it is no drift", () => {
    const outputs = { lifecycleRules: [{ id: "mine" }], serverSideEncryptionConfiguration: { rules: [] } };
    expect(found([], {}, [resource("aws:s3/bucket:Bucket", "bucket", outputs)])).toEqual([]);
  });
});
