import type { Image } from "@aws-sdk/client-ec2";
import { judgeImages } from "../../../images/build/prune.ts";

const now = new Date("2026-11-21T00:00:00Z");
const image = (id: string, Name: string, days: number, tags: Record<string, string> = {}): Image => ({
  ImageId: id,
  Name: `${Name}-x`,
  Architecture: "x86_64",
  CreationDate: new Date(now.getTime() - days * 86_400_000).toISOString(),
  BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { SnapshotId: `snap-${id}` } }, { DeviceName: "/dev/sdb" }],
  Tags: Object.entries({ Name, ...tags }).map(([Key, Value]) => ({ Key, Value })),
});
const terms = { olderThan: 100, keep: 1, now };
const stays = (images: Image[], uses = new Map<string, string>(), changes = {}) =>
  Object.fromEntries(judgeImages(images, uses, { ...terms, ...changes }).map((one) => [one.id, one.stays]));

it("given old images, then all but the newest of each layer and architecture are retired, with their snapshots", () => {
  const arm = { ...image("arm", "bluegreen-base", 300), Architecture: "arm64" as const };
  const images = [image("new", "bluegreen-base", 200), image("old", "bluegreen-base", 250), arm];
  expect(stays(images)).toEqual({
    new: "it is one of the 1 newest of base x86_64",
    old: undefined,
    arm: "it is one of the 1 newest of base arm64",
  });
  const [, old] = judgeImages(images, new Map(), terms);
  expect(old).toEqual({ id: "old", name: "bluegreen-base-x", days: 250, stays: undefined, snapshots: ["snap-old"] });
});

it("given an age on the limit, then the image stays, and goes a day later", () => {
  const of = (days: number) => stays([image("a", "bluegreen-app-v1.0.0", days)], new Map(), { keep: 0 });
  expect([of(100), of(101)]).toEqual([{ a: "it is 100 days old" }, { a: undefined }]);
});

it("given an old image that is used, or that another was built on, then it stays, whatever its age and place", () => {
  const images = [
    image("app", "bluegreen-app-v1.0.0", 400, { SourceAMI: "hardened" }),
    image("hardened", "bluegreen-hardened", 401, { SourceAMI: "base" }),
    image("base", "bluegreen-base", 402, { SourceAMI: "amazon" }),
  ];
  expect(stays(images, new Map([["app", "i-1 runs on it"]]), { keep: 0 })).toEqual({
    app: "i-1 runs on it",
    hardened: "app was built on it",
    base: "hardened was built on it",
  });
});

it("given images of others with such a name, then they are left alone", () => {
  expect(stays([image("x", "bluegreen-bastion", 900), image("y", "bluegreen-base-test", 900)])).toEqual({});
});
