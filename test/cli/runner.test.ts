import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { StateHolder } from "../../cli/store/abandoned.ts";
import type { Engine } from "../../cli/state/model.ts";
import { PulumiRunner, stateHolders, type Engines } from "../../cli/runner.ts";
import type { Progress } from "../../automation/protocol.ts";
import { FakeTools } from "../tools/fake-path.ts";

/** What happens in a second of waiting. */
let eachSecond: () => void = () => undefined;
jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve().then(() => eachSecond()) }));

// As the CLI prints them: a file backend (or a bucket), and Pulumi Cloud.
test.each([
  [
    "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  file:///home/ann/state/.pulumi/locks/organization/bluegreen/dev/ec3a.json: created by ann@desk (pid 478) at 2026-05-16T20:31:35Z",
    [{ host: "desk", pid: 478, at: "2026-05-16T20:31:35Z" }],
  ],
  [
    "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  s3://state?region=eu-central-1&awssdk=v2/.pulumi/locks/organization/x/dev/1.json: created by root@ip-10-0-42-235.us-west-2.compute.internal (pid 1) at 2026-05-16T20:31:35Z",
    [{ host: "ip-10-0-42-235.us-west-2.compute.internal", pid: 1, at: "2026-05-16T20:31:35Z" }],
  ],
  [
    "the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  file:///s/.pulumi/locks/organization/x/dev/1.json?no_tmp_dir=true: created by ann@desk (pid 478) at 2026-05-16T20:31:35Z\n" +
      "  file:///s/.pulumi/locks/organization/x/dev/2.json?no_tmp_dir=true: created by CORP\\Bob Q@pc (pid 9) at 2026-05-16T22:31:36+02:00",
    [
      { host: "desk", pid: 478, at: "2026-05-16T20:31:35Z" },
      { host: "pc", pid: 9, at: "2026-05-16T22:31:36+02:00" },
    ],
  ],
  [
    "the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  file:///s/.pulumi/locks/organization/x/dev/1.json: created by ann@desk (pid 478) at 2026-05-16T20:31:35Z\n" +
      "  file:///s/.pulumi/locks/organization/x/dev/2.json: written by somebody",
    [],
  ],
  [
    "[409] Conflict: Another update is currently in progress.\nTo learn more about possible reasons and resolution, visit https://www.pulumi.com/docs/troubleshooting/#conflict",
    [],
  ],
])("%s says that another update holds the state", (error, holder) => expect(stateHolders(error)).toEqual(holder));

test.each([
  "",
  "The green fleet (app-green-group) is not ready: 2 launches failed",
  "creating Auto Scaling group: ResourceContention: you already have a pending update, created by ann@desk (pid 1)",
])("%j is another error", (error) => expect(stateHolders(error)).toBeUndefined());

describe("an operation", () => {
  // A CLI that refuses as the real one does while there are locks on the state, and whose `cancel` removes all of them.
  const script = `cd "$(dirname "$0")"
echo "$1 pid=$$ lock=$BLUEGREEN_LOCK override=$BLUEGREEN_OVERRIDE revoked=$BLUEGREEN_REVOKED" >> calls
if [ "$1" = cancel ]; then rm -f locks; exit 0; fi
[ -e engine ] || echo "not written down" >> calls
if [ -e locks ]; then
  { echo "error: the stack is currently locked by $(wc -l < locks) lock(s). Either wait or \\\`pulumi cancel\\\`."; cat locks; } >&2
  exit 255
fi
if [ -e own ]; then
  rm own
  { echo "error: the stack is currently locked by 1 lock(s)."; echo "  file:///s/1.json: created by ann@$(uname -n) (pid $$) at 2026-11-21T10:00:00Z"; } >&2
  exit 255
fi
[ ! -e refused ] || { cat refused >&2; exit 255; }
[ ! -e killed ] || kill -s KILL $$
[ ! -e fails ] || { echo '{"diagnosticEvent":{"severity":"error","message":"launch failed"}}'; exit 1; }
`;
  let tools: FakeTools;
  let folder: string;
  let runner: PulumiRunner;
  let left: readonly StateHolder[];
  let told: Progress[];
  let ended: jest.Mock<void, [string]>;
  const file = (name: string) => path.join(folder, name);
  const calls = () => readFileSync(file("calls"), "utf8").trim().split("\n");
  const named = () => calls().map((line) => line.split(" ")[0]);
  const lockedBy = (...holders: StateHolder[]) => {
    const lines = holders.map(
      ({ host, pid, at }) => `  file:///s/1.json: created by ann@${host} (pid ${pid}) at ${at}\n`,
    );
    writeFileSync(file("locks"), lines.join(""));
  };
  const dead = { host: "desk", pid: 478, at: "2026-05-16T20:31:35Z" };
  const living = { host: "desk", pid: 479, at: "2026-05-16T20:31:35Z" };
  const engines: Engines = {
    engineStarts: (engine) => Promise.resolve(writeFileSync(file("engine"), JSON.stringify(engine))),
    engineEnded: (how) => Promise.resolve(ended(how)),
    isLeftLocked: (holder) => left.some(({ pid }) => pid === holder.pid),
  };
  const up = (more: { lock?: string; override?: string; revoked?: string } = {}) =>
    runner.run("up", { onProgress: (progress) => told.push(progress), ...more });

  beforeEach(() => {
    tools = new FakeTools();
    folder = path.dirname(tools.add("bin/pulumi", script));
    runner = new PulumiRunner({ folder, stack: "dev" }, new AbortController().signal);
    runner.engines = engines;
    [left, told] = [[], []];
    ended = jest.fn<void, [string]>();
    eachSecond = () => {
      throw new Error("nothing has to be waited for here");
    };
  });
  afterEach(() => {
    jest.restoreAllMocks();
    tools.remove();
  });

  it("given a lock, is told to the engine by its token, and the engine is written down before it starts", async () => {
    expect(await up({ lock: "t1", override: "night", revoked: "orders get lost" })).toMatchObject({ ok: true });
    const { pid, host, startedAt } = JSON.parse(readFileSync(file("engine"), "utf8")) as Engine;
    expect(calls()).toEqual([`up pid=${pid} lock=t1 override=night revoked=orders get lost`]);
    expect([host, Math.abs(Date.now() - Date.parse(startedAt)) < 20_000]).toEqual([os.hostname(), true]);
    expect(ended.mock.calls).toEqual([["had"]]);
  });

  it("given that it fails with the state in hand, says so", async () => {
    writeFileSync(file("fails"), "");
    expect(await up()).toMatchObject({ ok: false, error: "launch failed" });
    expect(ended.mock.calls).toEqual([["had"]]);
  });

  it("given that its CLI is killed, may have left the state locked", async () => {
    writeFileSync(file("killed"), "");
    expect(await up()).toMatchObject({ ok: false });
    expect(ended.mock.calls).toEqual([["unknown"]]);
  });

  it("given that the CLI refuses by itself, did not have the state", async () => {
    writeFileSync(file("refused"), "error: no stack named 'dev' found\n");
    expect(await up()).toMatchObject({ ok: false });
    expect(ended.mock.calls).toEqual([["unknown"]]);
  });

  it("given that the CLI is refused for its own lock, whose first write got no answer, may have left the state locked", async () => {
    writeFileSync(file("own"), "");
    eachSecond = () => undefined;
    expect(await up()).toMatchObject({ ok: true });
    expect(ended.mock.calls).toEqual([["unknown"], ["had"]]);
  });

  it("given a preview, which locks no state, writes down no engine", async () => {
    await runner.run("preview");
    await runner.run("refresh", { previewOnly: true });
    expect(existsSync(file("engine"))).toBe(false);
    expect(ended).not.toHaveBeenCalled();
  });

  it("given the state in the hands of an engine that was left behind and is dead, releases it and goes on", async () => {
    lockedBy(dead);
    left = [dead];
    expect(await up()).toMatchObject({ ok: true });
    expect(named()).toEqual(["up", "cancel", "up"]);
    expect(ended.mock.calls).toEqual([["refused"], ["had"]]);
  });

  const waits = async (holds: () => void, ends: () => void): Promise<void> => {
    holds();
    let seconds = 0;
    eachSecond = () => ++seconds === 3 && ends();
    expect(await up()).toMatchObject({ ok: true });
    expect(named()).toEqual(["up", "up", "up", "up"]);
  };

  it("given a person's living pulumi up, long after a dead engine was found, waits for it and never cancels it", async () => {
    left = [dead];
    await waits(
      () => lockedBy(living),
      () => rmSync(file("locks")),
    );
    const message =
      "another update holds the state (process 479 on desk, since 2026-05-16T20:31:35Z); waiting for it, ten minutes at most";
    expect(told[0]).toEqual({ kind: "diagnostic", severity: "info", message });
  });

  it("given two locks on the state, one of them a living update's, cancels neither", async () => {
    left = [dead];
    await waits(
      () => lockedBy(dead, living),
      () => rmSync(file("locks")),
    );
  });

  it("given a backend that does not say who holds the state, waits and cancels nothing", async () => {
    left = [dead];
    await waits(
      () => writeFileSync(file("refused"), "error: [409] Conflict: Another update is currently in progress.\n"),
      () => rmSync(file("refused")),
    );
  });

  it("given a stack that no command has locked, cancels nothing", async () => {
    runner.engines = undefined;
    writeFileSync(file("engine"), "");
    await waits(
      () => lockedBy(dead),
      () => rmSync(file("locks")),
    );
  });

  it("given a state that is held for more than ten minutes, is refused with what to do", async () => {
    lockedBy(living);
    const now = Date.now();
    eachSecond = () => void jest.spyOn(Date, "now").mockReturnValue(now + 600_001 + 60_000);
    await expect(up()).rejects.toMatchObject({
      code: "locked",
      message: expect.stringMatching(
        /created by ann@desk \(pid 479\).* pulumi cancel --stack dev.* bluegreen rollback --direct --to blue/,
      ) as string,
    });
    expect(named()).toEqual(["up", "up"]);
  });

  it("given Ctrl-C before the engine is written down, starts none", async () => {
    const interruption = new AbortController();
    runner = new PulumiRunner({ folder, stack: "dev" }, interruption.signal);
    runner.engines = { ...engines, engineStarts: () => Promise.resolve(interruption.abort()) };
    await expect(up()).rejects.toMatchObject({ code: "interrupted" });
    expect(existsSync(file("calls"))).toBe(false);
  });
});
