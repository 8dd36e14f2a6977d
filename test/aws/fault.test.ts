import { AwsFault, meaningOf } from "../../aws/fault.ts";

const named = (name: string, message = "AWS's words") => Object.assign(new Error(message), { name });

/** What each name means, by the first words of its meaning. */
const meanings: [string, string[]][] = [
  ["The credentials have expired", ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"]],
  ["There are no AWS credentials", ["CredentialsProviderError", "CredentialsError"]],
  [
    "AWS does not know these credentials",
    [
      ...["UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "AuthFailure"],
      ...["SignatureDoesNotMatch", "InvalidSignatureException"],
    ],
  ],
  [
    "The credentials lack a right",
    [
      ...["AccessDenied", "AccessDeniedException", "AccessDeniedFault", "UnauthorizedOperation"],
      "AuthorizationErrorException",
    ],
  ],
  [
    "AWS has throttled the calls",
    [
      ...[
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
      ],
      ...["RequestThrottled", "SlowDown", "ProvisionedThroughputExceededException"],
    ],
  ],
  [
    "AWS can't be reached from here",
    [
      ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EPIPE"],
      ...["TimeoutError", "NetworkingError", "AggregateError"],
    ],
  ],
];
const names = meanings.flatMap(([meaning, all]) => all.map((name): [string, string] => [name, meaning]));

test.each(names)("%s means: %s", (name, meaning) => {
  expect(meaningOf(named(name))).toEqual({
    meaning: expect.stringContaining(meaning) as string,
    said: `${name}: AWS's words`,
  });
});

test.each(names)("another name with %s in it is another fault", (name) => {
  expect(meaningOf(named(`No${name}`))).toBeUndefined();
  expect(meaningOf(named(`${name}NotFound`))).toBeUndefined();
});

test("the code counts, and that of the cause: what fetch throws has its reason there", () => {
  expect(meaningOf(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }))).toMatchObject({
    said: "Error: connect",
  });
  const cause = Object.assign(new Error(), { code: "ENOTFOUND" });
  expect(meaningOf(new TypeError("fetch failed", { cause }))?.meaning).toContain("can't be reached");
});

test("an error without a message is told by the code that explains it", () =>
  expect(meaningOf(Object.assign(named("AggregateError", ""), { code: "ECONNREFUSED" }))?.said).toBe(
    "AggregateError: ECONNREFUSED",
  ));

test("of several codes the innermost is the reason", () => {
  const cause = Object.assign(new Error(), { code: "ECONNREFUSED" });
  const error = Object.assign(new Error("", { cause }), { code: "UND_ERR" });
  expect(meaningOf(error)?.said).toBe("Error: ECONNREFUSED");
});

test.each([
  ["a text", "AccessDenied"],
  ["nothing", undefined],
  ["another error", new TypeError("a bug")],
])("%s means nothing that is known", (_, thrown) => expect(meaningOf(thrown)).toBeUndefined());

test("a fault is one line", () => {
  const fault = new AwsFault("access", "It said:\n   no\n\n  way. Log in");
  expect([fault.kind, fault.message]).toEqual(["access", "It said: no way. Log in"]);
});
