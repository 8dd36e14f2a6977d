import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What a rule's conditions look at in a request. */
export interface RequestFacts {
  method: string;
  /** Without port, lower case. */
  host: string;
  /** Without query. */
  path: string;
  /** Undecoded, without the question mark. */
  query: string;
  headers: Record<string, string | string[] | undefined>;
  sourceIp: string;
}

/** One condition, ready to be asked. */
export type Predicate = (request: RequestFacts) => boolean;

/** A pattern of the load balancer's: `*` is any text, `?` any one character; a backslash takes the next one literally. */
function wildcard(pattern: string, caseSensitive: boolean): RegExp {
  const source = pattern.replace(/\\([*?])|[*?]|[.+^${}()|[\]\\]/g, (match, literal: string | undefined) =>
    literal ? `\\${literal}` : match === "*" ? ".*" : match === "?" ? "." : `\\${match}`,
  );
  return new RegExp(`^${source}$`, caseSensitive ? "s" : "is");
}

function anyOf(patterns: string[], caseSensitive: boolean): (text: string) => boolean {
  const expressions = patterns.map((pattern) => wildcard(pattern, caseSensitive));
  return (text) => expressions.some((expression) => expression.test(text));
}

function ipv4(address: string): number {
  return address
    .replace(/^::ffff:/, "")
    .split(".")
    .reduce((sum, part) => sum * 256 + Number(part), 0);
}

function inCidr(cidr: string): (address: string) => boolean {
  const [base = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  const block = Math.floor(ipv4(base) / size);
  return (address) => Math.floor(ipv4(address) / size) === block;
}

function queryString(condition: RuleCondition): Predicate {
  const pairs = (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value }) => ({
    key: Key === undefined ? undefined : wildcard(Key, false),
    value: wildcard(Value ?? "", false),
  }));
  return ({ query }) =>
    [...new URLSearchParams(query)].some(([name, value]) =>
      pairs.some((pair) => (pair.key?.test(name) ?? true) && pair.value.test(value)),
    );
}

function httpHeader(condition: RuleCondition): Predicate {
  const name = (condition.HttpHeaderConfig?.HttpHeaderName ?? "").toLowerCase();
  const matches = anyOf(condition.HttpHeaderConfig?.Values ?? [], false);
  return ({ headers }) => {
    const value = headers[name];
    return value !== undefined && (Array.isArray(value) ? value.some(matches) : matches(value));
  };
}

/** Turns a rule's condition into a question; the values of one condition are alternatives. */
export function predicateOf(condition: RuleCondition): Predicate {
  switch (condition.Field) {
    case "host-header": {
      const matches = anyOf(condition.HostHeaderConfig?.Values ?? condition.Values ?? [], false);
      return ({ host }) => matches(host);
    }
    case "path-pattern": {
      const matches = anyOf(condition.PathPatternConfig?.Values ?? condition.Values ?? [], true);
      return ({ path }) => matches(path);
    }
    case "http-header":
      return httpHeader(condition);
    case "http-request-method": {
      const methods = condition.HttpRequestMethodConfig?.Values ?? [];
      return ({ method }) => methods.includes(method);
    }
    case "query-string":
      return queryString(condition);
    case "source-ip": {
      const blocks = (condition.SourceIpConfig?.Values ?? []).map(inCidr);
      return ({ sourceIp }) => blocks.some((contains) => contains(sourceIp));
    }
    case undefined:
    default:
      throw new Error(
        `A rule has the condition field '${condition.Field}'; extend packages/local-aws/elb/conditions.ts.`,
      );
  }
}
