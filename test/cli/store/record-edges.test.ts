import { recordAfter, servedBefore } from "../../../cli/store/record.ts";
import type { ReleaseRecord } from "../../../cli/state/model.ts";
import { begun, record } from "./facts.ts";

const share = (green: number) => ({ at: record.startedAt, blue: 57, green });

test("given weights of which one alone has changed, as beside a stranger's group, then they are kept", () =>
  expect(
    recordAfter({ ...record, weights: [share(0)] }, { kind: "weights", ...share(5) }).weights.map(({ green }) => green),
  ).toEqual([0, 5]));

test.each<[string, Partial<ReleaseRecord>]>([
  ["was rolled back before it had any request", { outcome: "rolled-back", weights: [share(0)] }],
  ["is under way, and says nothing yet", { outcome: "running", weights: [share(43)] }],
])("given an image that was released, when a later release of it %s, then the stack has served it", (_, later) =>
  expect(
    servedBefore(
      [
        { ...record, ...later },
        { ...record, outcome: "released" },
      ],
      ({ imageId }) => imageId === begun.image.imageId,
    ),
  ).toBe(true),
);
