import { toCliError } from "../../cli/aws-errors.ts";
import { CliError } from "../../cli/error.ts";

const named = (name: string, more: object = {}, message = "words of AWS") =>
  Object.assign(new Error(message), { name }, more);

test.each([
  [
    named("ExpiredTokenException"),
    /credentials have expired: get new ones, and give the same command again \(ExpiredTokenException: words of AWS\)\.$/,
  ],
  [named("RequestExpired"), /expired/],
  [named("CredentialsProviderError"), /no AWS credentials: set AWS_PROFILE, or log in/],
  [named("UnrecognizedClientException"), /does not know these credentials/],
  [named("AuthFailure"), /does not know these credentials/],
  [named("AccessDenied"), /lack a right/],
  [named("UnauthorizedOperation"), /lack a right/],
  [named("ThrottlingException"), /throttled/],
  [named("RequestLimitExceeded"), /throttled/],
  [named("Error", { code: "ECONNREFUSED" }), /can't be reached from here: check the network/],
  [named("TimeoutError"), /can't be reached/],
  [named("Error", { cause: { code: "ENOTFOUND" } }), /can't be reached/],
  // Node tries every address of a host, and its error has no words of its own.
  [named("AggregateError", { code: "ECONNREFUSED" }, ""), /can't be reached .*\(AggregateError: ECONNREFUSED\)\.$/],
])("%s", (error, message) => {
  expect(toCliError(error)).toMatchObject({ code: "failed", message: expect.stringMatching(message) as string });
  expect(toCliError(error)).toBeInstanceOf(CliError);
});

test.each([new TypeError("a bug"), named("ValidationError"), new CliError("refused", "no"), "a text", undefined])(
  "%s is given back as it is",
  (error) => expect(toCliError(error)).toBe(error),
);
