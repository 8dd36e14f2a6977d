import { historyOf } from "./histories.ts";
import { installOperatingSystem } from "./operating-system.ts";
import { play, type History } from "./play.ts";
import { faultIn } from "./simulation.ts";
import { images } from "./stack.ts";

/** Traces that did harm once, each as it was found. */
let uninstall: () => void;
beforeAll(() => (uninstall = installOperatingSystem()));
afterAll(() => uninstall());

const fresh = { serving: "blue", size: 2, standby: "off" } as const;
const warm = { serving: "blue", size: 2, standby: "warm" } as const;

/** A history whose commands run each on a host and in a checkout of its own. */
function given(beginning: History["beginning"], before: string[], ...lines: string[]): History {
  const places = ["one", "two", "three"];
  const cast = lines.map((line, index) => ({
    who: "ABC"[index],
    line,
    host: `ci${index + 1}`,
    checkout: places[index],
  }));
  return { name: "scripted", beginning, before, cast };
}

/** Plays it with these faults; nothing that happens may do harm. */
async function when(history: History, ...keys: string[]) {
  const played = await play(history, keys.map(faultIn), true);
  expect({ harm: played.harm, trace: played.harm.length > 0 ? played.trace : [] }).toEqual({ harm: [], trace: [] });
  const { aws } = played.stack;
  const records = played.stack.records().map(({ outcome, image }) => ({
    outcome,
    image: Object.entries(images).find(([, { id }]) => id === image.imageId)?.[0],
  }));
  return { ends: played.ends, weights: aws.weights, records };
}

describe("1: only a stage that stages takes back", () => {
  it("given X is released, when its retire waits for instances that AWS does not have, then X serves on", async () => {
    const history = given(fresh, ["release X"], "release X --retire");
    const { ends, weights } = await when(
      history,
      "A[renew the lock]:world=exhausted",
      "A[renew the lock]:world=scale-green",
    );
    expect(ends.A.code).not.toBe("rolledBack");
    expect(weights).toEqual({ blue: 0, green: 100 });
  });

  it("given X is half staged, when a retire of what serves fails, then X gets no traffic", async () => {
    const history = given(warm, [], "stage X", "release V1 --retire");
    const retires = "B[renew the lock#2]";
    const short = [`${retires}:world=exhausted`, `${retires}:world=scale-blue`];
    const faults = ["A[creating app-green-cpu]:killAfter", "B0:host=ci1", ...short];
    const { weights } = await when(history, ...faults);
    expect(weights).toEqual({ blue: 100, green: 0 });
  });
});

describe("2: pulumi cancel ends no living update", () => {
  it("given a run that was killed, when somebody's pulumi up holds the state, then the next run waits for it", async () => {
    const history = given(warm, [], "release X", "up minSize=3", "release X");
    const faults = [
      "A3:killAfter",
      "B[updating app-blue-group]:slow=30",
      "B[updating app-blue-group]:start=C",
      "C0:host=ci1",
    ];
    const { ends } = await when(history, ...faults);
    expect(ends.B.code).toBe("ok");
  });
});

describe("3: a preempted runner that lives moves nothing", () => {
  it("given a canary, when its runner's renewal before the flip gets no answer and a rollback succeeds, then the flip does not come", async () => {
    const history = given(warm, [], "release X --canary", "rollback");
    const { weights } = await when(history, "A[renew the lock#3]:lose", "A[renew the lock#3]:start=B");
    expect(weights).toEqual({ blue: 100, green: 0 });
  });

  it.each(["renew the lock", "write the settings", "state lock", "note the engine"])(
    "given a canary, when its runner is frozen at %s of the flip and a rollback succeeds, then the flip does not come",
    async (call) => {
      const history = given(warm, [], "release X --canary", "rollback");
      // The calls of the third update, which is the flip.
      const nth = { "renew the lock": 3, "write the settings": 3, "state lock": 3, "note the engine": 5 }[call];
      const faults = [`A[${call}#${nth}]:stall=200`, `A[${call}#${nth}]:start=B`];
      const { weights } = await when(history, ...faults);
      expect(weights).toEqual({ blue: 100, green: 0 });
    },
  );
});

describe("3: the gate trusts nothing that it was told before a freeze", () => {
  it("given a canary, when it is frozen behind the gate's last question and a direct rollback succeeds, then the canary gets nothing", async () => {
    const history = historyOf("canary-direct");
    const begins = ["A[record running]:freeze=40", "A[DescribeAutoScalingGroups#12]:start=B"];
    // The gate's last question is the lock's.
    const { weights } = await when(history, ...begins, "A[GetItem#10]:stall=40");
    expect(weights).toEqual({ blue: 100, green: 0 });
  });

  it("given a rollback that is frozen amid the gate's questions, when its target gets sick meanwhile, then it asks again", async () => {
    const gate = "A[DescribeListeners#3]";
    await when(historyOf("rollback-up"), `${gate}:freeze=900`, `${gate}:world=sick-blue`);
  });
});

describe("4: rollback --direct beside a live update", () => {
  it("given green's group is being replaced, when direct insists on green, then it is not replaced under the requests", async () => {
    const history = given(warm, [], "release X", "rollback --direct --to=green --override=now");
    await when(history, "A[creating app-green-cpu]:start=B");
  });

  it.each(["A[creating app-blue-cpu]:start=B", "A[creating app-blue-cpu]:killAfter"])(
    "given somebody's pulumi up replaces blue's group (%s), when direct asks for blue, then it is refused",
    async (fault) => {
      const { ends } = await when(historyOf("up-direct"), fault);
      expect(ends.B.code).toBe("refused");
    },
  );
});

describe("5: a staging that fails leaves the rollback possible", () => {
  it("given X serves, when Y's staging fails between template and group, then a rollback succeeds", async () => {
    const history = given(fresh, ["release X"], "release Y", "rollback");
    const { ends, weights } = await when(history, "A[creating app-blue-group]:lose");
    expect(ends.B).toMatchObject({ code: "ok" });
    expect(weights).toEqual({ blue: 100, green: 0 });
  });
});

describe("6: a rollback ends the record of the release that it rolls back", () => {
  it("given X serves and Y's run was killed, when a rollback takes X back, then X's record says so", async () => {
    const history = given(fresh, ["release X"], "release Y", "rollback");
    const { ends, records } = await when(history, "A[record running]:killAfter");
    expect(ends.B.code).toBe("ok");
    expect(records.filter(({ image }) => image === "X").at(-1)?.outcome).toBe("rolled-back");
  });

  it("given X was taken back, when a second rollback comes, then it does not return to X", async () => {
    const history = given(fresh, ["release X"], "release Y", "rollback", "rollback");
    const { ends, weights } = await when(history, "A[record running]:killAfter");
    expect([ends.B.code, ends.C.code]).toEqual(["ok", "refused"]);
    expect(weights).toEqual({ blue: 100, green: 0 });
  });
});

describe("7: records and notices are fenced", () => {
  it.each(["0.2", "0.4", "0.6", "0.8"])(
    "given a rollback has begun, when the preempted runner writes its end %s s later, then the rollback's stands",
    async (seconds) => {
      const history = given(fresh, [], "release X", "rollback");
      const end = "A[record released]";
      const { ends, records } = await when(history, `${end}:freeze=${seconds}`, `${end}:start=B`);
      expect(ends.B.code).toBe("ok");
      expect(records.at(-1)).toEqual({ image: "X", outcome: "rolled-back" });
    },
  );
});

describe("8: what serves is judged by its image", () => {
  it("given a stale record of X on green, when green serves Y by hand, then X can be released all the same", async () => {
    const history = given(fresh, [], "release X", "up greenAmi=Y standby=warm", "up activeColor=green");
    const staged = { ...history, cast: history.cast.map((part) => ({ ...part, checkout: "one" })) };
    const { ends, weights } = await when(staged, "A[record running#4]:kill", "B[state unlock]:slow=70");
    expect([ends.B.code, ends.C.code]).toEqual(["ok", "ok"]);
    expect(weights).toEqual({ blue: 100, green: 0 });
  });
});

describe("9: a killed run does not block the next ones for ever", () => {
  it.each(["state lock", "write the state", "updating app-listener"])(
    "given a run was killed at %s, when the command is given again on another host, then it comes to its end",
    async (call) => {
      await when(given(fresh, [], "release X"), "A0:again=elsewhere", `A[${call}]:killAfter`);
    },
  );

  it("given a rollback was killed in its update, when it is given again on another host, then it comes to its end", async () => {
    const history = given(fresh, ["release X"], "rollback");
    const { weights } = await when(history, "A0:again=elsewhere", "A[state lock]:killAfter");
    expect(weights).toEqual({ blue: 100, green: 0 });
  });
});

describe("9: an engine that is not written down does not begin", () => {
  it("given a retire's lock was taken by a rollback, when its note is refused and its renewal gets no answer, then it waits", async () => {
    const taken = ["A[renew the lock]:start=B", "A[write the settings]:stall=1"];
    const lost = ["A[renew the lock#2]:lose", "A[state lock]:killAfter"];
    const { weights } = await when(historyOf("retire-rollback"), ...taken, ...lost);
    expect(weights).toEqual({ blue: 100, green: 0 });
  });
});

describe("9: an engine that began long after it was written down", () => {
  it("given it was frozen before its note, and killed with the state locked, then the next run knows it", async () => {
    const frozen = ["A[note the engine]:freeze=900", "A[write the state#3]:engineDies"];
    await when(historyOf("rollback-up"), ...frozen);
  });
});

describe("10: a group that the state does not know", () => {
  it.each(["release X", "release Dead"])(
    "given the answer to a group's creation was lost, when %s is given again, then it ends, and no group stays behind",
    async (line) => {
      await when(given(fresh, [], line), "A[creating app-green-group]:loseAfter");
    },
  );
});

describe("11: clocks may differ by minutes", () => {
  it("given a rollback by a fast clock, when the next release has its canary, then that goes on", async () => {
    const history = given(fresh, ["release X"], "rollback", "release Y --canary");
    const { ends } = await when(history, "A0:skew=150");
    expect(ends.B.code).toBe("ok");
  });

  it("given a release that lives, when a runner with a fast clock comes, then it is refused", async () => {
    const history = given(fresh, [], "release X", "release Y");
    const { ends } = await when(history, "B0:skew=150", "A[creating app-green-group]:start=B");
    expect([ends.A.code, ends.B.code]).toEqual(["ok", "locked"]);
  });
});

describe("12: a rollback gives way to another rollback alone", () => {
  it("given it read one command's lock, when another command takes it before it writes, then it goes on", async () => {
    const history = given(fresh, ["release X"], "release X", "rollback", "release X");
    const faults = ["A[stack export#2]:start=B", "B[take the lock]:freeze=1.2", "A[give the lock back]:start=C"];
    const { ends, weights } = await when(history, ...faults);
    expect(ends.B.code).toBe("ok");
    expect(weights).toEqual({ blue: 100, green: 0 });
  });
});

describe("a canary goes back to what gave it its share", () => {
  it("given the canary's fleet has grown larger than what serves beside it, when a rollback comes, then it goes", async () => {
    const history = given(warm, ["stage X", "check"], "shift 30", "rollback");
    const { ends, weights } = await when(history, "A[give the lock back]:world=scale-green");
    expect(ends.B.code).toBe("ok");
    expect(weights).toEqual({ blue: 100, green: 0 });
  });
});

describe("a run that goes on from a killed one is killed, too", () => {
  it.each(["record running", "write the settings", "updating app-listener", "state unlock", "record rolled-back"])(
    "given a bad release was killed in its flip, when the next run is killed at %s of its rollback, then it is rolled back",
    async (call) => {
      const history = given(fresh, [], "release Bad", "release Bad");
      const { weights, records } = await when(history, "A[updating app-listener]:killAfter", `B[${call}]:killAfter`);
      expect(weights).toEqual({ blue: 100, green: 0 });
      expect(records.at(-1)).toEqual({ image: "Bad", outcome: "rolled-back" });
    },
  );
});

describe("the settings that were written last lead to what serves", () => {
  it.each([
    ["rollback", "A[DescribeTargetHealth#7]:lose"],
    ["release", "A[DescribeAlarms#4]:lose"],
  ])(
    "given a %s's move of traffic got no answer, when it can't be read what serves, then its settings stay",
    async (name, read) => {
      const { ends } = await when(historyOf(name), "A[updating app-listener]:loseAfter", read);
      expect(ends.A.code).toBe("failed");
    },
  );

  it("given a rollback that could not write down its settings, and failed behind its move, when it is given again, then they are written", async () => {
    const lost = ["A[write the revision]:lose", "A[write the state#3]:lose", "A[write the revision#2]:lose"];
    const { ends } = await when(historyOf("rollback"), ...lost);
    expect(ends.A.code).toBe("failed");
  });
});

describe("a rollback begins one record, whatever becomes of the answer", () => {
  it.each(["A[record running#2]:lose", "A[record running#2]:loseAfter"])(
    "given %s, when it ends, then no other record runs",
    async (fault) => {
      await when(historyOf("rollback"), fault);
    },
  );
});

describe("a rollback that was frozen takes its lock again, and keeps its record", () => {
  it("given a retire took the lock from a rollback that was frozen, when both go on, then the record says rolled back", async () => {
    const frozen = ["A[stack export]:start=B", "B[DescribeAutoScalingGroups#2]:freeze=900", "A[GetItem]:freeze=900"];
    const { records } = await when(historyOf("retire-rollback"), ...frozen);
    expect(records.at(-1)).toEqual({ image: "X", outcome: "rolled-back" });
  });
});

describe("13: a checkout older than a rollback", () => {
  it("given X was rolled back, when pulumi up comes from a checkout in which X serves, then nothing moves", async () => {
    const { ends } = await when(historyOf("rollback-up"));
    expect(ends.B.code).toBe("failed");
  });
});

describe("14: a fleet that got the requests while its template was changed", () => {
  const direct = (to: string) => `rollback --direct --to=${to}`;
  const steps = [direct("blue"), "rollback --to=blue", direct("green"), "rollback --to=blue"];
  const history = given(fresh, ["release X"], "up blueAmi=Y standby=warm");
  const cast = steps.map((line, index) => ({ who: "BCDE"[index], line, host: "ci2", checkout: "one" }));

  it("given an update that failed between template and group, when direct moves the requests there, then the way out that is named works", async () => {
    const whole = { ...history, cast: [...history.cast, ...cast] };
    const { ends } = await when(whole, "A[creating app-blue-group]:lose");
    expect(ends.A.code).toBe("failed");
    expect(ends.B.code).toBe("ok");
    expect(ends.C).toMatchObject({ code: "refused" });
    expect(ends.C.message).toMatch(
      /bluegreen rollback --direct --to green --stack dev\), and then give this command again/,
    );
    expect([ends.D.code, ends.E.code]).toEqual(["ok", "ok"]);
  });
});

it("given a runner stood still while it noted its engine, when both are killed behind the state's lock, then the next rollback goes", async () => {
  const { weights } = await when(historyOf("rollback"), "A[note the engine]:pause=900", "A[state lock]:killAfter");
  expect(weights).toEqual({ blue: 100, green: 0 });
});

describe("a release that waits for people", () => {
  it("given its canary is paused, when a rollback comes amid the continue, then it goes back, and continue is told", async () => {
    const { ends, weights, records } = await when(historyOf("pause-race"), "A[renew the lock#2]:start=B");
    expect([ends.A.code, ends.B.code]).toEqual(["failed", "ok"]);
    expect(ends.A.message).toMatch(/stops here and changes nothing more/);
    expect(weights).toEqual({ blue: 100, green: 0 });
    expect(records.at(-1)).toEqual({ image: "X", outcome: "rolled-back" });
  });

  it("given two continue at once, then the second one is told of the first", async () => {
    const { ends, records } = await when(historyOf("pause-two-continue"), "A[record running]:start=B");
    expect([ends.A.code, ends.B.code]).toEqual(["ok", "locked"]);
    expect(records.at(-1)).toEqual({ image: "X", outcome: "released" });
  });

  it("given the first continue is through, then the second one is told that nothing is paused", async () => {
    const { ends } = await when(historyOf("pause-two-continue"));
    expect(ends.B).toMatchObject({ code: "refused", message: "Nothing is paused on dev; traffic stays as it was." });
  });

  it.each(["record running", "updating app-listener", "state unlock"])(
    "given continue was killed at %s, when it is given again, then it goes on, and nobody is asked twice",
    async (call) => {
      const { weights, records } = await when(historyOf("pause-race"), `A[${call}]:killAfter`, "B0:host=ci1");
      expect(records.filter(({ image }) => image === "X")).toHaveLength(1);
      expect(weights).toEqual({ blue: 100, green: 0 });
    },
  );

  it("given its time is over, when continue comes, then what was declared comes instead", async () => {
    const { ends, weights } = await when(historyOf("pause-expires-unserved"));
    expect(ends.A.code).toBe("paused");
    expect(ends.B).toMatchObject({
      code: "rolledBack",
      message: expect.stringMatching(/nobody decided within 1s/) as string,
    });
    expect(weights).toEqual({ blue: 100, green: 0 });
  });

  it("given a canary is paused, when somebody gives pulumi up, then continue goes on from where it was", async () => {
    const { ends } = await when(historyOf("pause-up"));
    expect([ends.A.code, ends.B.code]).toEqual(["ok", "ok"]);
  });
});
