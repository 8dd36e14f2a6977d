import { askLock, lockFault } from "../../aws/release-lock.ts";
import type { Item, ReadItem } from "../../aws/releases-item.ts";
import { lockVariable } from "../../deployment/variables.ts";

const now = 1_000_000;
const body = { holder: { by: "alice@desk", host: "desk", pid: 7 }, doing: "release v2", since: "2026-11-27T12:00:00Z" };
const answer = (item?: Item) => Promise.resolve({ item, at: now });
const held = (token: string, expires = now + 60_000, text = JSON.stringify(body)): Item => ({
  pk: { S: "lock" },
  sk: { S: "release" },
  token: { S: token },
  expires: { N: String(expires) },
  body: { S: text },
});

describe("given a command's own update", () => {
  test.each<[string, Item]>([
    ["its lock is there", held("mine")],
    ["its lock is there, and its lease over: nobody has taken it", held("mine", now - 1)],
  ])("when %s, then the listener may change", (_, item) => expect(lockFault(item, "mine", now)).toBeUndefined());

  test.each<[string, Item | undefined, RegExp]>([
    [
      "a rollback has taken it",
      held("theirs"),
      /^the command that runs this update has lost its lock: alice@desk works/,
    ],
    ["another's lease is over, too", held("theirs", now - 1), /has lost its lock: alice@desk/],
    ["it is gone", undefined, /has lost its lock: it is no longer in the stack's table/],
    ["it was given back", { ...held("nobody", 0), released: { BOOL: true } }, /it is no longer in the stack's table/],
    ["it says nothing", {}, /has lost its lock: somebody else works on this stack/],
    ["nobody can read who has it", held("theirs", now, "{"), /has lost its lock: somebody else works on this stack/],
  ])("fails when %s", (_, item, message) => expect(lockFault(item, "mine", now)).toMatch(message));
});

describe("given a person's own update", () => {
  test.each<[string, Item | undefined]>([
    ["there is no lock", undefined],
    ["the lease is over", held("theirs", now)],
  ])("when %s, then traffic may move", (_, item) => expect(lockFault(item, undefined, now)).toBeUndefined());

  test("fails on an item that says nothing: somebody may be at work", () =>
    expect(lockFault({}, undefined, now)).toMatch(/^somebody else works on this stack\. Wait/));

  test("fails while somebody releases, with who and what to do", () =>
    expect(lockFault(held("theirs"), undefined, now)).toMatch(
      /^alice@desk works on this stack since 2026-11-27T12:00:00Z \(release v2\)\. Wait .*bluegreen rollback/,
    ));
});

describe("asking", () => {
  const nobody = () => Promise.reject(new Error("nobody may ask"));
  const down = () => Promise.reject(new Error("it is down"));
  beforeEach(() => delete process.env[lockVariable]);
  afterAll(() => delete process.env[lockVariable]);

  test.each<[string, string | undefined, boolean]>([
    ["nothing moves", "table", false],
    ["the stack has no table", undefined, true],
  ])("given a person's own update, when %s, then nobody is asked", async (_, table, moves) =>
    expect(await askLock(nobody, table, moves)).toEqual({}),
  );

  test("given a person's own update, when the table can't be asked, then that is noted", async () =>
    expect(await askLock(down, "table", true)).toEqual({
      note: "the stack's table can't be asked who releases now: it is down",
    }));

  test.each([
    ["its lease is not over by AWS's clock, and is by this host's", now + 1, /works on this stack/],
    ["its lease is over by AWS's clock", now, undefined],
  ])(
    "given a person's own update that moves traffic, when there is a lock and %s, then that counts",
    async (_, expires, fault) => {
      const found = await askLock(() => answer(held("theirs", expires)), "table", true);
      expect(found.fault ?? "").toMatch(fault ?? /^$/);
    },
  );

  describe("given a command's own update", () => {
    beforeEach(() => (process.env[lockVariable] = "mine"));

    test("when its lock is there, then nothing is against it", async () => {
      const read = jest.fn(() => answer(held("mine")));
      expect(await askLock(read, "table", false)).toEqual({ fault: undefined });
      expect(read.mock.calls).toEqual([["table", "lock"]]);
    });

    test.each<[string, ReadItem, string | undefined, RegExp]>([
      ["the table can't be asked", down, "table", /who releases now: it is down\. .*BLUEGREEN_OVERRIDE/],
      ["no table is known", nobody, undefined, /the stack's outputs name no table/],
      ["the lock is another's", () => answer(held("theirs")), "table", /has lost its lock/],
    ])("fails when %s, also when nothing moves", async (_, read, table, message) =>
      expect((await askLock(read, table, false)).fault).toMatch(message),
    );
  });
});
