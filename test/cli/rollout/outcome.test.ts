import { CliError } from "../../../cli/error.ts";
import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { notifyOfOutcome } from "../../../cli/rollout/outcome.ts";
import type { ReleaseRecord } from "../../../cli/state/model.ts";
import { record, v2 } from "../worlds.ts";

/** Runs what ends so in a release with this record. @returns the notices that people got, and the error that passed through */
async function ends(
  error: Error | undefined,
  of: ReleaseRecord | undefined = record(),
  { aborted = false, deaf = false } = {},
) {
  const notices: unknown[] = [];
  const rollout = {
    record: of,
    session: { signal: aborted ? AbortSignal.abort() : new AbortController().signal },
    notify: (notice: unknown) => {
      notices.push(notice);
      return deaf ? Promise.reject(new Error("no network")) : Promise.resolve();
    },
  } as unknown as RolloutContext;
  const run = () => (error === undefined ? Promise.resolve() : Promise.reject(error));
  const end: unknown = await notifyOfOutcome(rollout, run).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { notices, end };
}
const notice = (kind: string, why: string) => [{ kind, color: "green", image: v2, why }];

test("given a release that failed, then people are told why, and the error passes through", async () => {
  const error = new Error("expired token");
  expect(await ends(error)).toEqual({ notices: notice("failed", "expired token"), end: error });
});

test("given a release that was refused, then it waits for somebody's decision", async () => {
  const error = new CliError("refused", "green is not whole");
  expect(await ends(error)).toEqual({ notices: notice("waiting", "green is not whole"), end: error });
});

test("given something thrown that is no error, then people are told it as it is", async () =>
  expect((await ends("odd" as unknown as Error)).notices).toEqual(notice("failed", "odd")));

test.each<[string, Error | undefined, ReleaseRecord | undefined, object]>([
  ["it went well", undefined, record(), {}],
  ["it went back, which has been told", new CliError("rolledBack", "taken back"), record(), {}],
  ["somebody pressed Ctrl-C", new CliError("interrupted", "interrupted"), record(), { aborted: true }],
  [
    "its record has ended: who has the lock now speaks for the stack",
    new Error("x"),
    record({ outcome: "superseded" }),
    {},
  ],
])("given that %s, then nobody is told", async (_, error, of, more) => {
  const { notices, end } = await ends(error, of, more);
  expect(notices).toEqual([]);
  expect(end).toBe(error);
});

test("given no record, then nobody is told", async () => {
  const error = new Error("x");
  const notify = jest.fn();
  const rollout = { session: { signal: new AbortController().signal }, notify } as unknown as RolloutContext;
  await expect(notifyOfOutcome(rollout, () => Promise.reject(error))).rejects.toBe(error);
  expect(notify).not.toHaveBeenCalled();
});

test("given people that can't be told, then the release's own error counts", async () => {
  const error = new Error("expired token");
  expect((await ends(error, record(), { deaf: true })).end).toBe(error);
});
