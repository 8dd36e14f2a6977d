import http from "node:http";
import type { AddressInfo } from "node:net";
import { answerFault, askGate, type GateArgs } from "../../aws/gate.ts";
import { byColor } from "../../deployment/model.ts";
import { arns, fakeClients, forwarding, groupOf, inService, type World } from "./fake-aws.ts";

describe("an answer through the preview listener", () => {
  const answer = (status: number, body = "") => ({ status, body });
  test.each<[string, { status: number; body: string }, string | undefined, string | undefined]>([
    ["the image's version", answer(200, '{"version":"v2.0.0"}'), "v2.0.0", undefined],
    ["without the v", answer(200, '{"version":"2.0.0"}'), "v2.0.0", undefined],
    ["a tag without the v", answer(204, '{"version":"v2.0.0"}'), "2.0.0", undefined],
    ["an image without a tag", answer(200, "anything"), undefined, undefined],
    [
      "another version",
      answer(200, '{"version":"v1.0.0"}'),
      "v2.0.0",
      "GET /v answered version v1.0.0; the image is tagged v2.0.0",
    ],
    ["no version", answer(200, "{}"), "v2.0.0", "GET /v names no version; the image is tagged v2.0.0"],
    ["a version that is no text", answer(200, '{"version":2}'), "2", "GET /v names no version; the image is tagged 2"],
    ["no JSON", answer(200, "<html>"), "v2.0.0", "GET /v names no version; the image is tagged v2.0.0"],
    [
      "a version that steers the terminal",
      answer(200, JSON.stringify({ version: "v1\u001b[2J\nNext: bluegreen retire" })),
      "v2.0.0",
      "GET /v answered version v1?[2J Next: bluegreen retire; the image is tagged v2.0.0",
    ],
    ["null", answer(200, "null"), "v2.0.0", "GET /v names no version; the image is tagged v2.0.0"],
    ["500 with the right version", answer(500, '{"version":"v2.0.0"}'), "v2.0.0", "GET /v answered 500"],
    ["a redirect", answer(301), undefined, "GET /v answered 301"],
    ["the last status that is good", answer(299), undefined, undefined],
    ["the first that is not", answer(300), undefined, "GET /v answered 300"],
    ["no answer yet", answer(199), undefined, "GET /v answered 199"],
    [
      "a version with a v within",
      answer(200, '{"version":"1v0"}'),
      "10",
      "GET /v answered version 1v0; the image is tagged 10",
    ],
    [
      "a tag with a v within",
      answer(200, '{"version":"10"}'),
      "1v0",
      "GET /v answered version 10; the image is tagged 1v0",
    ],
    ["no healthy target", answer(503), undefined, "GET /v answered 503"],
  ])("%s", (_, given, version, fault) => expect(answerFault("/v", given, version)).toBe(fault));
});

describe("what the gate asks", () => {
  let server: http.Server;
  let respond: http.RequestListener;
  let requests: http.IncomingMessage[];
  beforeAll(async () => {
    server = http.createServer((request, response) => {
      requests.push(request);
      respond(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    requests = [];
    respond = (_, response) => response.end('{"version":"v2.0.0"}');
  });

  const world: World = {
    listeners: { "arn:l": forwarding({ blue: 100, green: 0 }) },
    targets: { [arns.blue]: ["i-1 healthy", "i-2 healthy"], [arns.green]: ["i-3 healthy", "i-4 healthy"] },
    groups: { green: groupOf(["i-3", "i-4"]) },
  };

  async function ask(
    args: Partial<GateArgs> = {},
    changed: World = {},
  ): Promise<{ reasons: string[]; notes: string[] }> {
    const notes: string[] = [];
    const { port } = server.address() as AddressInfo;
    const reasons = await askGate({
      clients: fakeClients(() => ({ ...world, ...changed })),
      weights: { blue: 0, green: 100 },
      capacity: byColor(() => ({ minSize: 2, maxSize: 4 })),
      targetGroupArns: arns,
      groupNames: { green: "green" },
      pending: [],
      versions: { blue: "v1.0.0", green: "v2.0.0" },
      paths: { blue: "/old", green: "/version" },
      preview: { protocol: "http", host: "127.0.0.1", port },
      listener: { arn: "arn:l", weights: { blue: 100, green: 0 } },
      lock: () => Promise.resolve({}),
      note: (message) => notes.push(message),
      ...args,
    });
    return { reasons, notes };
  }

  test("given questions that took longer than 15 s, then all are asked again, and what they told before counts no more", async () => {
    let clock = 0;
    const now = jest.spyOn(Date, "now").mockImplementation(() => clock);
    try {
      const faults = [undefined, "the lock was taken meanwhile"];
      const lock = () => {
        clock += faults.length > 1 ? 40_000 : 0;
        return Promise.resolve({ fault: faults.shift() });
      };
      const { reasons, notes } = await ask({ lock });
      expect(reasons).toEqual(["the lock was taken meanwhile"]);
      expect(notes).toEqual(["The health gate's questions took 40 s: what they told is too old, so it asks again."]);

      const late = jest.fn(() => Promise.resolve(((clock += 40_000), { fault: "not yours" })));
      expect((await ask({ lock: late })).reasons).toEqual(["not yours"]);
      expect(late).toHaveBeenCalledTimes(1);

      const slow = jest.fn(() => Promise.resolve(((clock += 16_000), {})));
      expect((await ask({ lock: slow })).reasons).toEqual([
        "the health gate's questions took more than 15 s, 3 times: what they told is too old",
      ]);
      expect(slow).toHaveBeenCalledTimes(3);
      const soon = () => Promise.resolve(((clock += 15_000), {}));
      expect(await ask({ lock: soon })).toEqual({ reasons: [], notes: [] });
    } finally {
      now.mockRestore();
    }
  });

  test("a good answer opens the gate, and every request named the colour and the path", async () => {
    expect(await ask()).toEqual({ reasons: [], notes: [] });
    expect(requests).toHaveLength(5);
    for (const { url, headers } of requests) {
      expect(url).toBe("/version");
      expect(headers["x-bluegreen-preview"]).toBe("green");
    }
  });

  test("the service's own name is asked for where there is a domain", async () => {
    const { port } = server.address() as AddressInfo;
    await ask({ preview: { protocol: "http", host: "127.0.0.1", port, domain: "app.example.com" } });
    expect(new Set(requests.map(({ headers }) => headers.host))).toEqual(new Set(["app.example.com"]));
  });

  test("in a preview, a fleet that is not there yet is not asked", async () => {
    respond = (_, response) => response.writeHead(503).end();
    const notYet = { pending: ["green" as const], groupNames: {} };
    expect((await ask(notYet, { targets: { ...world.targets, [arns.green]: [] } })).reasons).toEqual([]);
    expect(requests).toEqual([]);
  });

  test("given no colour that gains traffic, then nothing is asked", async () => {
    expect((await ask({ weights: { blue: 100, green: 0 }, groupNames: {} })).reasons).toEqual([]);
    expect(requests).toEqual([]);
  });

  describe("the release lock", () => {
    test.each<[string, Partial<GateArgs>, World, boolean]>([
      ["a flip moves traffic", {}, {}, true],
      ["other tags don't", { weights: { blue: 100, green: 0 }, groupNames: {} }, {}, false],
      [
        "what is live counts, not the state",
        { weights: { blue: 100, green: 0 }, groupNames: {} },
        { listeners: { "arn:l": forwarding({ blue: 50, green: 50 }) } },
        true,
      ],
      [
        "of a listener that is gone, what it was",
        { weights: { blue: 100, green: 0 }, groupNames: {} },
        { listeners: {} },
        false,
      ],
    ])("is asked last, and told whether traffic moves: %s", async (_, args, changed, moves) => {
      const lock = jest.fn(() => {
        // All requests through the preview listener are over by then.
        if (moves && !args.weights) expect(requests.length).toBeGreaterThan(1);
        return Promise.resolve({});
      });
      await ask({ ...args, lock }, changed);
      expect(lock.mock.calls).toEqual([[moves]]);
    });

    test("fails when another command holds it, also where all else is well", async () => {
      const lock = () => Promise.resolve({ fault: "not yours" });
      expect((await ask({ lock })).reasons).toEqual(["not yours"]);
      respond = (_, response) => response.writeHead(500).end();
      expect((await ask({ lock })).reasons).toEqual([expect.stringContaining("answered 500"), "not yours"]);
    });

    test("given a table that can't be asked, then that is noted", async () => {
      expect(await ask({ lock: () => Promise.resolve({ note: "no answer" }) })).toEqual({
        reasons: [],
        notes: ["no answer."],
      });
    });

    test("given traffic that moved while the gate asked, then the gate sees it", async () => {
      const moved: World = {};
      respond = (_, response) => {
        moved.listeners = { "arn:l": forwarding({ blue: 0, green: 100 }) };
        response.end('{"version":"v2.0.0"}');
      };
      expect((await ask({}, moved)).reasons).toEqual([expect.stringContaining("somebody moved traffic by hand")]);
    });
  });

  describe("whom the serving colour counts", () => {
    const four = (prefix: string, state: string) => [1, 2, 3, 4].map((index) => `${prefix}${index} ${state}`);
    const ids = (prefix: string) => [1, 2, 3, 4].map((index) => `${prefix}${index}`);
    const back: Partial<GateArgs> = { groupNames: { blue: "blue", green: "green" } };
    const groups = { blue: groupOf(ids("i-b")), green: groupOf(ids("i-g")) };
    const targets = (serving: string[], other = four("i-g", "healthy")) => ({
      [arns.blue]: serving,
      [arns.green]: other,
    });
    const healthy = four("i-b", "healthy");

    test.each<[string, World]>([
      ["four healthy, and as many here", { targets: targets(healthy) }],
      [
        "four unhealthy and one initial",
        {
          targets: targets([...four("i-b", "unhealthy"), "i-b5 initial"]),
          groups: { ...groups, blue: groupOf([...ids("i-b"), "i-b5"]) },
        },
      ],
      ["none healthy, and one here", { targets: targets(four("i-b", "unhealthy"), ["i-g1 healthy", "i-g2 initial"]) }],
      ["one beside its own, registered by hand", { targets: targets([...healthy, "i-9 healthy"]) }],
      ["one that drains", { targets: targets([...healthy, "i-8 draining"]) }],
      [
        "one that is on its way out of the group",
        {
          targets: targets([...healthy, "i-b5 healthy"]),
          groups: {
            ...groups,
            blue: {
              ...groups.blue,
              Instances: [...ids("i-b").map((id) => inService(id)), inService("i-b5", "Terminating")],
            },
          },
        },
      ],
      [
        "one more than it wants",
        {
          targets: targets([...healthy, "i-b5 healthy"]),
          groups: { ...groups, blue: groupOf([...ids("i-b"), "i-b5"], 4) },
        },
      ],
    ])("given %s, then the gate is open", async (_, changed) =>
      expect((await ask(back, { groups, ...changed })).reasons).toEqual([]),
    );

    test("fails for one healthy target too few", async () =>
      expect((await ask(back, { groups, targets: targets(healthy, four("i-g", "healthy").slice(1)) })).reasons).toEqual(
        [expect.stringContaining("green has 3 healthy targets and needs 4")],
      ));

    test("fails by all that are healthy there when nobody can tell which are its own", async () => {
      const world = { groups: { green: groups.green }, targets: targets([...healthy, "i-9 healthy"]) };
      expect((await ask(back, world)).reasons).toEqual([
        expect.stringContaining("green has 4 healthy targets and needs 5"),
      ]);
    });
  });

  test("a first listener asks the first colour", async () => {
    const first = { weights: { blue: 100, green: 0 }, groupNames: { blue: "blue" }, listener: undefined };
    respond = (_, response) => response.end('{"version":"v1.0.0"}');
    const none = { listeners: {}, groups: { blue: groupOf(["i-1", "i-2"]) } };
    const lock = jest.fn(() => Promise.resolve({}));
    expect((await ask({ ...first, lock }, none)).reasons).toEqual([]);
    expect(lock.mock.calls).toEqual([[true]]);
    expect(requests.every(({ headers }) => headers["x-bluegreen-preview"] === "blue")).toBe(true);
  });

  test.each<[string, http.RequestListener, string]>([
    ["it answers 500", (_, response) => response.writeHead(500).end(), "GET /version answered 500"],
    ["it runs another version", (_, response) => response.end('{"version":"v1.0.0"}'), "answered version v1.0.0"],
    ["it names no version", (_, response) => response.end("hello"), "names no version"],
    ["it hangs up", (request) => request.socket.destroy(), "GET /version failed: socket hang up"],
    [
      "it breaks off",
      (request, response) =>
        response.writeHead(200, { "content-length": 9 }).write("{", () => request.socket.destroy()),
      "GET /version failed: aborted",
    ],
  ])("fails when %s, and says so once", async (_, answer, expected) => {
    respond = answer;
    const { reasons, notes } = await ask();
    expect(reasons).toEqual([expect.stringContaining(expected)]);
    expect(reasons[0]).toMatch(/^green through the preview listener: /);
    expect(notes).toEqual([]);
  });

  test.each<[string, http.RequestListener]>([
    ["never", () => jest.advanceTimersByTime(5_000)],
    ["with a first byte only", (_, response) => response.write("{", () => jest.advanceTimersByTime(5_000))],
  ])("fails when it answers %s", async (_, answer) => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
    respond = answer;
    try {
      expect((await ask()).reasons).toEqual([expect.stringMatching(/GET \/version failed: no answer within 5 s$/)]);
    } finally {
      jest.useRealTimers();
    }
  });

  test("fails when one instance of several is bad", async () => {
    respond = (_, response) => response.writeHead(requests.length === 2 ? 502 : 200).end('{"version":"v2.0.0"}');
    expect((await ask()).reasons).toEqual(["green through the preview listener: GET /version answered 502"]);
  });

  describe("where the preview listener can't be reached", () => {
    let preview: GateArgs["preview"];
    beforeAll(async () => {
      const closed = http.createServer();
      await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
      preview = { protocol: "http", host: "127.0.0.1", port: (closed.address() as AddressInfo).port };
      await new Promise((resolve) => closed.close(resolve));
    });

    test("that is noted, and health alone decides", async () => {
      const { reasons, notes } = await ask({ preview });
      expect(reasons).toEqual([]);
      expect(notes).toEqual([
        expect.stringMatching(/can't be reached from here \(.*ECONNREFUSED.*green was judged by/),
      ]);
    });

    test("fails when health says no", async () => {
      const { reasons } = await ask(
        { preview },
        { targets: { ...world.targets, [arns.green]: ["i-3 healthy", "i-4 initial"] } },
      );
      expect(reasons).toEqual([expect.stringContaining("green has 1 healthy targets and needs 2")]);
    });
  });

  const nothing = "green has 0 healthy targets and needs 2";
  test.each<[string, World, string[]]>([
    [
      "somebody moved the weights",
      { listeners: { "arn:l": forwarding({ blue: 50, green: 50 }) } },
      ["the live weights are blue 50 %, green 50 %"],
    ],
    [
      "somebody added a rule",
      {
        rules: [
          { Priority: "5", Conditions: [{ Field: "path-pattern", Values: ["/a"] }], Actions: [{ Type: "redirect" }] },
        ],
      },
      ["the listener also sends path-pattern /a to a redirect (rule 5)"],
    ],
    [
      "instances of an earlier fleet are left",
      { targets: { ...world.targets, [arns.green]: ["i-3 healthy", "i-4 healthy", "i-9 healthy"] } },
      ["also holds i-9, which its group does not have"],
    ],
    [
      "the group is empty",
      { groups: { green: groupOf([]) } },
      [nothing, "also holds i-3, i-4, which its group does not have"],
    ],
    ["the group is gone", { groups: {} }, [nothing, "also holds i-3, i-4, which its group does not have"]],
  ])("fails when %s", async (_, changed, expected) =>
    expect((await ask({}, changed)).reasons).toEqual(
      expected.map((reason) => expect.stringContaining(reason) as string),
    ),
  );
});
