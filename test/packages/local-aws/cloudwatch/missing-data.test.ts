import {
  judge,
  type StateValue,
  type TreatMissingData,
} from "../../../../packages/local-aws/cloudwatch/missing-data.ts";

// 0: within the threshold, X: breaching, -: missing; the oldest first. Rows and states are those of CloudWatch's user guide
// ("How alarm state is evaluated when data is missing"); "kept" means that the present state stays.
const columns = ["missing", "ignore", "breaching", "notBreaching"] as const;
type State = StateValue | "kept";

function judged(points: string, m: number, treatMissingData: TreatMissingData): State {
  const range = points.split(" ").map((point) => (point === "-" ? undefined : point === "X" ? 9 : 1));
  const terms = {
    evaluationPeriods: 3,
    datapointsToAlarm: m,
    treatMissingData,
    breaches: (value: number) => value > 5,
  };
  return judge(range, terms) ?? "kept";
}

test.each<[string, State[]]>([
  ["0 - X - X", ["OK", "OK", "OK", "OK"]],
  ["0 - - - -", ["OK", "OK", "OK", "OK"]],
  ["- - - - -", ["INSUFFICIENT_DATA", "kept", "ALARM", "OK"]],
  ["0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["- - - - X", ["INSUFFICIENT_DATA", "kept", "ALARM", "OK"]],
  ["X - - - -", ["ALARM", "kept", "ALARM", "OK"]],
  ["- - X - -", ["ALARM", "kept", "ALARM", "OK"]],
  ["X X X X 0", ["OK", "OK", "OK", "OK"]],
  ["0 0 X X X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
])("3 of 3: %s", (points, states) => {
  expect(columns.map((column) => judged(points, 3, column))).toEqual(states);
});

test.each<[string, State[]]>([
  ["0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["0 - X - -", ["OK", "OK", "ALARM", "OK"]],
  ["- - - - 0", ["OK", "OK", "ALARM", "OK"]],
  ["- - - - X", ["INSUFFICIENT_DATA", "kept", "ALARM", "OK"]],
  ["- - - X -", ["ALARM", "kept", "ALARM", "OK"]],
  ["X X 0 0 X", ["OK", "OK", "OK", "OK"]],
])("2 of 3: %s", (points, states) => {
  expect(columns.map((column) => judged(points, 2, column))).toEqual(states);
});
