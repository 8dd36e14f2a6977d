import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { predicateOf, type Predicate, type RequestFacts } from "./conditions.ts";
import { forwardsOf, type Listener } from "./topology.ts";

/** What a listener does with a request. */
export type Route =
  | { kind: "forward"; groups: { arn: string; weight: number }[]; total: number }
  | { kind: "fixed-response"; status: number; contentType: string; body: string }
  | { kind: "redirect"; status: number; url: RedirectUrl };

/** Parts of a redirect's URL; each may hold `#{protocol}`, `#{host}`, `#{port}`, `#{path}`, `#{query}`. */
export interface RedirectUrl {
  protocol: string;
  host: string;
  port: string;
  path: string;
  query: string;
}

/** A listener's rules by priority, ready for requests. */
export interface RoutingTable {
  rules: { predicates: Predicate[]; route: Route }[];
  fallback: Route;
}

function routeOf(actions: Action[]): Route {
  const last = [...actions].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0)).at(-1);
  switch (last?.Type) {
    case "forward": {
      const groups = forwardsOf(last);
      return { kind: "forward", groups, total: groups.reduce((sum, group) => sum + group.weight, 0) };
    }
    case "fixed-response": {
      const config = last.FixedResponseConfig;
      return {
        kind: "fixed-response",
        status: Number(config?.StatusCode ?? 200),
        contentType: config?.ContentType ?? "text/plain",
        body: config?.MessageBody ?? "",
      };
    }
    case "redirect": {
      const config = last.RedirectConfig;
      return {
        kind: "redirect",
        status: config?.StatusCode === "HTTP_302" ? 302 : 301,
        url: {
          protocol: config?.Protocol ?? "#{protocol}",
          host: config?.Host ?? "#{host}",
          port: config?.Port ?? "#{port}",
          path: config?.Path ?? "/#{path}",
          query: config?.Query ?? "#{query}",
        },
      };
    }
    case "authenticate-cognito":
    case "authenticate-oidc":
    case "jwt-validation":
    case undefined:
    default:
      throw new Error(`A listener has the action type '${last?.Type}'; extend packages/local-aws/elb/routing.ts.`);
  }
}

/** Compiles a listener once, so that a request costs no lookups. */
export function routingTable(listener: Listener): RoutingTable {
  return {
    rules: [...listener.rules]
      .sort((a, b) => Number(a.Priority) - Number(b.Priority))
      .map((rule) => ({ predicates: (rule.Conditions ?? []).map(predicateOf), route: routeOf(rule.Actions ?? []) })),
    fallback: routeOf(listener.defaultActions),
  };
}

/** The route for a request: the first rule all of whose conditions hold, else the default action's. */
export function routeFor(table: RoutingTable, facts: () => RequestFacts): Route {
  if (table.rules.length === 0) {
    return table.fallback;
  }
  const request = facts();
  return table.rules.find((rule) => rule.predicates.every((holds) => holds(request)))?.route ?? table.fallback;
}

/**
 * Chooses a target group by weight.
 * @param draw A number from 0 (inclusive) to 1 (exclusive).
 * @returns Its ARN; undefined when all weights are 0: AWS accepts that and answers 503.
 */
export function chooseGroup(route: Extract<Route, { kind: "forward" }>, draw: number): string | undefined {
  let mark = draw * route.total;
  for (const { arn, weight } of route.groups) {
    if (mark < weight) {
      return arn;
    }
    mark -= weight;
  }
  return undefined;
}

/** What the choice of a target looks at. */
export interface TargetChoice<T> {
  healthy: readonly T[];
  open: readonly T[];
  /** Counter of the round robin; the choice moves it on. */
  turn: number;
}

/**
 * Chooses a target: among the healthy ones, or among all registered ones when none is healthy (fail-open), in turn or
 * the one with the fewest requests in hand.
 * @returns Undefined when the group has no target at all: the load balancer answers 503.
 */
export function chooseTarget<T extends { inFlight: number }>(
  pool: TargetChoice<T>,
  algorithm: string | undefined,
): T | undefined {
  const candidates = pool.healthy.length > 0 ? pool.healthy : pool.open;
  if (candidates.length === 0) {
    return undefined;
  }
  pool.turn = (pool.turn + 1) % candidates.length;
  if (algorithm !== "least_outstanding_requests") {
    return candidates[pool.turn];
  }
  return candidates.reduce((best, target) => (target.inFlight < best.inFlight ? target : best));
}

/** The Location of a redirect: AWS's placeholders filled in, a default port left out. */
export function redirectLocation(
  url: RedirectUrl,
  from: { protocol: string; host: string; port: number; path: string; query: string },
): string {
  const fill = (text: string): string =>
    text
      .replaceAll("#{protocol}", from.protocol)
      .replaceAll("#{host}", from.host)
      .replaceAll("#{port}", String(from.port))
      .replaceAll("#{path}", from.path.replace(/^\//, ""))
      .replaceAll("#{query}", from.query);
  const protocol = fill(url.protocol).toLowerCase();
  const query = fill(url.query);
  return `${protocol}://${fill(url.host)}:${fill(url.port)}${fill(url.path)}${query ? `?${query}` : ""}`;
}
