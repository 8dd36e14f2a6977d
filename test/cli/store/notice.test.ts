import fc from "fast-check";
import { type Notice, noticeText } from "../../../cli/store/notice.ts";

const notice: Notice = {
  kind: "released",
  stack: "prod",
  color: "green",
  image: { imageId: "ami-0b", version: "v2.0.0", commit: "2222222" },
  by: "ann@laptop",
};

test.each<[Partial<Notice> & Pick<Notice, "kind">, string, string]>([
  [
    { kind: "cut-over" },
    "prod: cut-over done (v2.0.0 on green)",
    `v2.0.0 has all the traffic of prod, on green. blue stays ready for a rollback.

Stack: prod
Image: ami-0b, version v2.0.0, commit 2222222, on green
By: ann@laptop
Next: watch it: bluegreen status --watch --stack prod; back at once: bluegreen rollback --stack prod`,
  ],
  [
    { kind: "released" },
    "prod: released (v2.0.0 on green)",
    `v2.0.0 is released on prod: green serves, and its bake went well.

Stack: prod
Image: ami-0b, version v2.0.0, commit 2222222, on green
By: ann@laptop
Next: when the rollback target is not needed any more: bluegreen retire --stack prod; until then: bluegreen rollback --stack prod`,
  ],
  [
    { kind: "rolled-back", why: "5xx share 8 % of 1200 requests" },
    "prod: rolled back (v2.0.0 on green)",
    `v2.0.0 was taken back on prod: blue has all the traffic again.

Stack: prod
Image: ami-0b, version v2.0.0, commit 2222222, on green
By: ann@laptop
Why: 5xx share 8 % of 1200 requests
Next: see how it went: bluegreen history --stack prod; then release a better image`,
  ],
  [
    { kind: "failed", why: "connect ECONNREFUSED", image: { imageId: "ami-0b" } },
    "prod: release failed (ami-0b on green)",
    `The release of ami-0b on prod failed. Traffic stays where it is.

Stack: prod
Image: ami-0b, on green
By: ann@laptop
Why: connect ECONNREFUSED
Next: see where it is: bluegreen status --stack prod; give the same command again, or go back: bluegreen rollback --stack prod`,
  ],
  [
    {
      kind: "paused",
      why: "after its checks, until 2026-11-21T16:00:00.000Z; then: rollback",
      freeze: { at: "", by: "ann@laptop", why: "a hole", reason: "Christmas", until: "2027-01-06T23:00:00.000Z" },
    },
    "prod: release is paused (v2.0.0 on green)",
    `The release of v2.0.0 on prod is paused, and waits for a decision. Traffic stays where it is.

Stack: prod
Image: ami-0b, version v2.0.0, commit 2222222, on green
By: ann@laptop
Why: after its checks, until 2026-11-21T16:00:00.000Z; then: rollback
During a freeze: a hole (Christmas, until 2027-01-06T23:00:00.000Z)
Next: see what it is: bluegreen status --stack prod; go on: bluegreen continue --stack prod; go back: bluegreen rollback --stack prod`,
  ],
  [
    { kind: "waiting", why: "too few requests to judge", image: { imageId: "ami-0b", commit: "2222222" } },
    "prod: release waits for somebody (ami-0b on green)",
    `The release of ami-0b on prod waits for somebody. Traffic stays where it is.

Stack: prod
Image: ami-0b, commit 2222222, on green
By: ann@laptop
Why: too few requests to judge
Next: see where it is: bluegreen status --stack prod; go on with the same command, or go back: bluegreen rollback --stack prod`,
  ],
  [
    { kind: "retired", color: "blue" },
    "prod: old fleet retired (v2.0.0 on blue)",
    `green of prod holds no instances any more; blue serves v2.0.0.

Stack: prod
Image: ami-0b, version v2.0.0, commit 2222222, on blue
By: ann@laptop
Next: nothing; a rollback is a release of the old image now`,
  ],
])("%j", (changed, subject, body) => expect(noticeText({ ...notice, ...changed })).toEqual({ subject, body }));

test.each([
  ["a line break", "v1\r\nv2", "prod: released (v1 v2 on green)"],
  ["what is no ASCII", "vé🚀\u0007", "prod: released (v??? on green)"],
  ["too much", "v".repeat(200), `prod: released (${"v".repeat(80)}...`],
])("a subject holds no more of %s", (_, version, subject) => {
  expect(noticeText({ ...notice, image: { imageId: "ami-0b", version } }).subject).toBe(subject);
});

test("any subject is one that SNS takes", () => {
  const text = fc.string({ unit: "binary", maxLength: 150 });
  fc.assert(
    fc.property(text, text, (stack, version) => {
      const { subject } = noticeText({ ...notice, stack: `s${stack}`, image: { imageId: "ami-0b", version } });
      expect(subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
    }),
  );
});
