import type { OperateOptions } from "../../../cli/runner.ts";
import type { OperationResult } from "../../../automation/protocol.ts";
import type { ReleaseSettings } from "../../../cli/state/model.ts";
import { CliError } from "../../../cli/error.ts";
import { update } from "../../../cli/rollout/update.ts";
import type { Session } from "../../../cli/session.ts";
import { settings, world } from "../worlds.ts";

// What is there, or why it can't be read.
const mockRead = jest.fn<Promise<unknown>, []>();
jest.mock("../../../cli/state/read.ts", () => ({ readLiveState: () => mockRead() }));

const from = settings();
const there = settings({ capacityFloor: 3 });
beforeEach(() => mockRead.mockResolvedValue({ world: world({ settings: { deployed: there, file: from } }) }));

interface Case {
  ends: Partial<OperationResult> | CliError;
  ours?: boolean;
  /** What the table answers to who writes settings down; default: 1, 2 and so on. */
  table?: () => Promise<number | undefined>;
}

/** Runs an update that ends so; tells the settings that the engine saw, those of the end, and the result. */
async function attempt({ ends, ours = true, table }: Case) {
  const down: ReleaseSettings[] = [];
  const revisions: (number | undefined)[] = [];
  let file: ReleaseSettings = from;
  let seen: ReleaseSettings | undefined;
  const session = {
    file: {
      write: (written: ReleaseSettings, revision?: number) => {
        // Written down first: a file whose revision the table does not know would count as newer.
        expect(table ? written : down.at(-1)).toEqual(written);
        revisions.push(revision);
        return Promise.resolve(void (file = written));
      },
    },
    runner: {
      run: (operation: string, { lock, revoked }: OperateOptions) => {
        expect([operation, lock, revoked]).toEqual(["up", "token", "orders get lost"]);
        seen = file;
        return ends instanceof CliError ? Promise.reject(ends) : Promise.resolve({ changes: [], ...ends });
      },
    },
  } as unknown as Session;
  const tell = { now: () => undefined, keep: () => undefined };
  const result = await update(session, from, { standbyWeight: 10 }, tell, {
    lock: "token",
    revoked: "orders get lost",
    stillOurs: () => Promise.resolve(ours),
    writeDown: table ?? ((settings) => Promise.resolve(down.push(settings))),
  }).catch((error: unknown) => error);
  return { seen, file, result, revisions };
}

const wanted = settings({ standbyWeight: 10 });
const no = (error: string) => ({ ok: false, error });
const interrupted = new CliError("interrupted", "interrupted");

test("the settings stand in the file before the update, and stay; real resources are told", async () => {
  const change = (name: string, custom: boolean, type: string) =>
    ({ name, custom, type }) as OperationResult["changes"][0];
  const changes = [
    change("app-listener", true, "aws:lb/listener:Listener"),
    change("app", false, "bluegreen:index:BlueGreen"),
    change("dev", true, "pulumi:pulumi:Stack"),
  ];
  expect(await attempt({ ends: { ok: true, changes } })).toEqual({
    seen: wanted,
    file: wanted,
    result: ["app-listener"],
    revisions: [1],
  });
});

test.each<[string, Case, ReleaseSettings, object]>([
  ["a guard said no", { ends: no("[update-refused] No, but:\n  - x") }, there, { code: "refused" }],
  ["the gate said no", { ends: no("error: y\nbefore hook failed: [gate-closed] No") }, there, { code: "refused" }],
  [
    "a fleet did not get ready",
    { ends: no("[fleet-not-ready green] No") },
    there,
    { code: "failed", causes: [{ code: "fleet-not-ready", color: "green" }] },
  ],
  [
    "it failed in words that a refusal has, too",
    { ends: no("This update is refused by the service quota") },
    there,
    { code: "failed", causes: [] },
  ],
  ["it failed", { ends: no("no luck") }, there, { code: "failed", message: "no luck" }],
  ["it was interrupted", { ends: interrupted }, there, interrupted],
  ["somebody took over, and it failed", { ends: no("no luck"), ours: false }, wanted, { code: "failed" }],
  ["somebody took over, and it was interrupted", { ends: interrupted, ours: false }, wanted, interrupted],
])("%s: the file says what is there, unless another command holds the lock", async (_, given, file, error) => {
  const { result, revisions, ...rest } = await attempt(given);
  expect(rest).toEqual({ seen: wanted, file });
  expect(revisions).toEqual(file === there ? [1, 2] : [1]);
  expect(result).toMatchObject(error);
});

test("where what is there can't be read, the file says what was asked for: traffic may have moved", async () => {
  mockRead.mockRejectedValue(new Error("no network"));
  expect(await attempt({ ends: no("no luck") })).toMatchObject({ file: wanted, result: { code: "failed" } });
  expect(await attempt({ ends: interrupted })).toMatchObject({ file: wanted, result: interrupted });
});

test("where what is there can't be read behind a refusal, the file says what was before: nothing has moved", async () => {
  mockRead.mockRejectedValue(new Error("no network"));
  const refused = no("before hook failed: [gate-closed] No");
  expect(await attempt({ ends: refused })).toMatchObject({ file: from, result: { code: "refused" } });
});

test("fails before anything is written or updated when another command has the settings", async () => {
  const table = () => Promise.reject(new CliError("locked", "another command"));
  expect(await attempt({ ends: {}, table })).toEqual({
    seen: undefined,
    file: from,
    revisions: [],
    result: expect.objectContaining({ code: "locked" }) as unknown,
  });
});

test("given a rollback and a table that does not answer, then it goes on, and tries again after the update", async () => {
  const never = await attempt({ ends: { ok: true }, table: () => Promise.resolve(undefined) });
  expect(never).toMatchObject({ seen: wanted, file: wanted, revisions: [undefined, undefined] });
  const answers = [undefined, 7];
  const later = await attempt({ ends: { ok: true }, table: () => Promise.resolve(answers.shift()) });
  expect(later).toMatchObject({ file: wanted, revisions: [undefined, 7] });
});
