import fc from "fast-check";
import {
  chooseGroup,
  chooseTarget,
  redirectLocation,
  routeFor,
  routingTable,
} from "../../../../packages/local-aws/elb/routing.ts";
import type { RequestFacts } from "../../../../packages/local-aws/elb/conditions.ts";
import { listener, targetGroupArn } from "./fixtures.ts";

function request(over: Partial<RequestFacts> = {}): () => RequestFacts {
  return () => ({ method: "GET", host: "a", path: "/", query: "", headers: {}, sourceIp: "127.0.0.1", ...over });
}

describe("routeFor", () => {
  const fixed = (StatusCode: string) => [{ Type: "fixed-response" as const, FixedResponseConfig: { StatusCode } }];
  const table = routingTable({
    ...listener("main", 80, { blue: 1 }),
    rules: [
      { Priority: "20", Conditions: [{ Field: "path-pattern", Values: ["/a*"] }], Actions: fixed("420") },
      {
        Priority: "3",
        Conditions: [
          { Field: "path-pattern", Values: ["/a*"] },
          { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Preview", Values: ["green"] } },
        ],
        Actions: fixed("403"),
      },
    ],
  });
  test.each([
    ["priority as a number, all conditions", { path: "/ab", headers: { "x-preview": "green" } }, 403],
    ["the next rule when one condition fails", { path: "/ab", headers: { "x-preview": "blue" } }, 420],
  ])("follows %s", (_name, facts, status) => {
    expect(routeFor(table, request(facts))).toMatchObject({ kind: "fixed-response", status });
  });

  test("falls back to the default action", () => {
    expect(routeFor(table, request({ path: "/b" }))).toMatchObject({ kind: "forward", total: 1 });
  });
});

describe("chooseGroup", () => {
  const route = (weights: Record<string, number>) => {
    const { fallback } = routingTable(listener("main", 80, weights));
    if (fallback.kind !== "forward") {
      throw new Error("no forward action");
    }
    return fallback;
  };
  test.each([
    [{ blue: 90, green: 10 }, 0, "blue"],
    [{ blue: 90, green: 10 }, 0.8999, "blue"],
    [{ blue: 90, green: 10 }, 0.9, "green"],
    [{ blue: 90, green: 10 }, 0.9999, "green"],
    [{ blue: 0, green: 1 }, 0, "green"],
    [{ blue: 999, green: 0 }, 0.9999, "blue"],
  ])("%p drawn %p gives %p", (weights, draw, expected) => {
    expect(chooseGroup(route(weights), draw)).toBe(targetGroupArn(expected));
  });

  test("gives none when all weights are 0", () => {
    expect(chooseGroup(route({ blue: 0, green: 0 }), 0.5)).toBeUndefined();
  });

  test("never chooses weight 0 and always chooses something else", () => {
    const weight = fc.integer({ min: 0, max: 999 });
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.record({ a: weight, b: weight, c: weight }), draw, (weights, drawn) => {
        fc.pre(weights.a + weights.b + weights.c > 0);
        const chosen = chooseGroup(route(weights), drawn);
        const name = Object.keys(weights).find((key) => targetGroupArn(key) === chosen);
        return name !== undefined && weights[name as keyof typeof weights] > 0;
      }),
    );
  });
});

describe("chooseTarget", () => {
  const [a, b, c] = [{ inFlight: 3 }, { inFlight: 0 }, { inFlight: 1 }];
  test("takes healthy targets in turn", () => {
    const pool = { healthy: [a, b], open: [a, b, c], turn: 0 };
    const chosen = [1, 2, 3, 4].map(() => chooseTarget(pool, "round_robin"));
    expect(chosen.filter((target) => target === a)).toHaveLength(2);
    expect(chosen.filter((target) => target === b)).toHaveLength(2);
  });
  test("fails open to all registered targets when none is healthy", () => {
    const pool = { healthy: [], open: [a, c], turn: 0 };
    expect(new Set([chooseTarget(pool, undefined), chooseTarget(pool, undefined)])).toEqual(new Set([a, c]));
  });
  test("takes the one with the fewest requests where the group says so", () => {
    expect(chooseTarget({ healthy: [a, b, c], open: [], turn: 0 }, "least_outstanding_requests")).toBe(b);
  });
  test("gives none when nothing is registered", () => {
    expect(chooseTarget({ healthy: [], open: [], turn: 0 }, undefined)).toBeUndefined();
  });
});

test.each([
  [
    { protocol: "HTTPS", host: "#{host}", port: "443", path: "/#{path}", query: "#{query}" },
    "https://a.example:443/x/y?q=1",
  ],
  [
    { protocol: "#{protocol}", host: "b", port: "#{port}", path: "/new", query: "from=#{path}" },
    "http://b:80/new?from=x/y",
  ],
])("redirectLocation(%p)", (url, expected) => {
  const from = { protocol: "http", host: "a.example", port: 80, path: "/x/y", query: "q=1" };
  expect(redirectLocation(url, from)).toBe(expected);
});
