import { FixedCloud } from "../../../rehearsal/preview/fixed-cloud.ts";
import { bring, changed, first, transitions, type Condition } from "../../../rehearsal/preview/transition.ts";

const images = new Map([["ami-00000001", { version: "v1.0.0", good: true }]]);

/** Blue with two instances and all traffic, green with two and none. */
function cloud(): FixedCloud {
  const made = new FixedCloud(images);
  for (const color of ["blue", "green"]) {
    const group = { arn: color, color, imageId: "ami-00000001", targetGroupArn: `tg-${color}`, instances: [] };
    made.groups.set(color, { ...group, minSize: 0, maxSize: 0 });
    made.resize(made.groups.get(color) ?? fail(), 2, 4);
  }
  made.listeners.set("l", { "tg-blue": 100, "tg-green": 0 });
  return made;
}
const fail = (): never => {
  throw new Error("no such group");
};

/** All that a condition may touch. */
const seen = ({ groups, listeners, unhealthy, stale, failing, items, rootDeviceName }: FixedCloud) => ({
  sizes: [...groups.values()].map(({ instances }) => instances.length),
  weights: listeners.get("l"),
  unhealthy: unhealthy.size,
  stale: stale.size,
  failing: [...failing],
  items: [...items.keys()],
  rootDeviceName,
});

test("the same seed gives the same transitions, another seed others", () => {
  const ids = [...images.keys()];
  expect(transitions(ids, 1, 50)).toEqual(transitions(ids, 1, 50));
  expect(transitions(ids, 1, 50)).not.toEqual(transitions(ids, 2, 50));
});

test("changes build upon each other", () => {
  expect(
    changed(first, [
      { kind: "image", of: "standby", imageId: "ami-00000002" },
      { kind: "standby", standby: "warm" },
      { kind: "flip" },
      { kind: "image", of: "standby", imageId: "ami-00000003" },
      { kind: "set", name: "minSize", value: 3 },
    ]),
  ).toEqual({
    ...first,
    activeColor: "green",
    standby: "warm",
    greenAmi: "ami-00000002",
    blueAmi: "ami-00000003",
    minSize: 3,
  });
});

test.each<[Condition, object]>([
  [{ kind: "unhealthy", color: "blue", all: false }, { unhealthy: 1 }],
  [{ kind: "unhealthy", color: "blue", all: true }, { unhealthy: 2 }],
  [{ kind: "scaled out", color: "green" }, { sizes: [2, 4] }],
  [{ kind: "weights moved by hand", blue: 30 }, { weights: { "tg-blue": 30, "tg-green": 70 } }],
  [{ kind: "a target of an earlier fleet", color: "green" }, { stale: 1 }],
  [{ kind: "errors through the preview listener", color: "green" }, { failing: ["green"] }],
  [{ kind: "a program that makes other templates" }, { rootDeviceName: "/dev/sda1" }],
  [{ kind: "a command releases" }, { items: ["lock"] }],
  [{ kind: "a command wrote newer settings", activeColor: "green" }, { items: ["settings"] }],
])("%j is brought about, and ends without a trace", (condition, difference) => {
  const made = cloud();
  const before = seen(made);
  const end = bring([condition], made);
  expect(seen(made)).toEqual({ ...before, ...difference });
  end();
  expect(seen(made)).toEqual(before);
});

test("weights that an update set stay when the condition ends", () => {
  const made = cloud();
  const end = bring([{ kind: "weights moved by hand", blue: 30 }], made);
  made.listeners.set("l", { "tg-blue": 0, "tg-green": 100 });
  end();
  expect(made.listeners.get("l")).toEqual({ "tg-blue": 0, "tg-green": 100 });
});
