import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { predicateOf, type RequestFacts } from "../../../../packages/local-aws/elb/conditions.ts";

const facts: RequestFacts = {
  method: "GET",
  host: "app.example.com",
  path: "/a/b.html",
  query: "version=v2&x=1",
  headers: { "x-color": "Green", "set-many": ["one", "two"] },
  sourceIp: "::ffff:10.1.2.3",
};

const cases: [RuleCondition, boolean][] = [
  [{ Field: "host-header", Values: ["APP.example.com"] }, true],
  [{ Field: "host-header", HostHeaderConfig: { Values: ["x", "*.example.com"] } }, true],
  [{ Field: "host-header", Values: ["example.com"] }, false],
  [{ Field: "path-pattern", Values: ["/a/*"] }, true],
  [{ Field: "path-pattern", Values: ["/a/b?html"] }, true],
  [{ Field: "path-pattern", Values: ["/A/*"] }, false],
  [{ Field: "path-pattern", PathPatternConfig: { Values: ["/a/b\\*html"] } }, false],
  [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Color", Values: ["green"] } }, true],
  [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "set-many", Values: ["two"] } }, true],
  [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "absent", Values: ["*"] } }, false],
  [{ Field: "http-request-method", HttpRequestMethodConfig: { Values: ["POST", "GET"] } }, true],
  [{ Field: "http-request-method", HttpRequestMethodConfig: { Values: ["POST"] } }, false],
  [{ Field: "query-string", QueryStringConfig: { Values: [{ Key: "version", Value: "v*" }] } }, true],
  [{ Field: "query-string", QueryStringConfig: { Values: [{ Value: "1" }] } }, true],
  [{ Field: "query-string", QueryStringConfig: { Values: [{ Key: "x", Value: "v2" }] } }, false],
  [{ Field: "source-ip", SourceIpConfig: { Values: ["192.168.0.0/16", "10.1.2.0/24"] } }, true],
  [{ Field: "source-ip", SourceIpConfig: { Values: ["10.1.2.4/32"] } }, false],
  [{ Field: "source-ip", SourceIpConfig: { Values: ["0.0.0.0/0"] } }, true],
];

test.each(cases)("%j is %p", (condition, expected) => {
  expect(predicateOf(condition)(facts)).toBe(expected);
});

test("fails for a field that it doesn't know, naming the file to extend", () => {
  expect(() => predicateOf({})).toThrow("packages/local-aws/elb/conditions.ts");
});
