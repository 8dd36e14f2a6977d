import { spawn } from "node:child_process";
import { once } from "node:events";
import fs, { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import type { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { isHolderAlive, processState, thisHolder } from "../../../cli/store/holder.ts";

describe("who it is", () => {
  test.each([
    [{}, `${os.userInfo().username}@${os.hostname()}`],
    [{ GITHUB_ACTIONS: "true", GITHUB_ACTOR: "ann", GITHUB_REPOSITORY: "a/b", GITHUB_RUN_ID: "7" }, "ann (a/b, run 7)"],
    [
      { GITLAB_CI: "true", GITLAB_USER_LOGIN: "ann", CI_PROJECT_PATH: "a/b", CI_PIPELINE_ID: "7" },
      "ann (a/b, pipeline 7)",
    ],
    [{ CODEBUILD_BUILD_ID: "p:7", CODEBUILD_INITIATOR: "ann" }, "ann (p:7)"],
    [{ BUILD_TAG: "jenkins-b-7" }, "jenkins-b-7"],
  ])("%j", (env, by) => {
    expect(thisHolder(env)).toMatchObject({ by, host: os.hostname(), pid: process.pid });
  });

  it("does without a name where the system knows none", () => {
    jest.spyOn(os, "userInfo").mockImplementation(() => {
      throw new Error("no such user");
    });
    expect(thisHolder({}).by).toMatch(/^uid \d+@/);
    jest.restoreAllMocks();
  });
});

const me = thisHolder({});
/** A number that was a process's and is nobody's any more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid!;
}
const withProc = existsSync("/proc/self/stat") ? describe : describe.skip;

withProc("whether it lives, by /proc", () => {
  it("is this process", () => expect(isHolderAlive(me)).toBe(true));

  it("is none: the process is gone", async () => {
    expect(isHolderAlive({ ...me, pid: await deadPid() })).toBe(false);
  });

  it("is none: another process has its number now", () => {
    expect(isHolderAlive({ ...me, birth: `${me.birth}0` })).toBe(false);
  });

  it.each([
    ["another boot or another container, whatever its host is called", { ...me, birth: `another/${me.birth}` }],
    ["a system that could not say", { ...me, birth: undefined }],
  ])("can't be told: %s", async (_, holder) => {
    expect(processState({ ...holder, pid: await deadPid() })).toBe("unknown");
  });

  it("is none: it has ended, and its parent has not asked yet", async () => {
    // A shell asks for its child between commands; sleep in its place does not. The child ends when its input does.
    const script = "sh -c 'echo $$; exec cat <&3' & exec sleep 60";
    const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit", "pipe"] });
    try {
      const [line] = (await once(parent.stdout!, "data")) as [Buffer];
      const pid = Number(line);
      while (readFileSync(`/proc/${parent.pid}/comm`, "utf8") !== "sleep\n") await setImmediate();
      (parent.stdio[3] as Writable).end();
      const fields = () => readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
      while (fields()[2] !== "Z") await setImmediate();
      const birth = me.birth!.replace(/[^/]+$/, fields()[21]);
      expect(isHolderAlive({ ...me, pid, birth })).toBe(false);
    } finally {
      parent.kill("SIGKILL");
    }
  });
});

describe("whether it lives, without /proc", () => {
  const holder = { by: "ann", host: os.hostname(), pid: process.pid };
  beforeEach(() => {
    jest.spyOn(fs, "readFileSync").mockImplementation(() => {
      throw new Error("ENOENT");
    });
  });
  afterEach(() => jest.restoreAllMocks());

  it("is so while a process of this host has its number", async () => {
    expect(thisHolder({}).birth).toBeUndefined();
    expect(isHolderAlive(holder)).toBe(true);
    expect(isHolderAlive({ ...holder, pid: await deadPid() })).toBe(false);
  });

  it.each([
    ["another host", { ...holder, host: "another" }],
    ["a system with /proc under this host's name", { ...holder, birth: "boot/namespace/7" }],
  ])("can't be told: %s", async (_, other) => {
    expect(isHolderAlive({ ...other, pid: await deadPid() })).toBe(true);
  });
});
