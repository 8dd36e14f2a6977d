import { Refusal } from "./refusal.ts";

/** What AWS's and the SDK's errors mean for who runs the command, by the name or the code that they come with. */
const meanings: readonly [RegExp, string][] = [
  [
    /^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/,
    "The credentials have expired: get new ones",
  ],
  [/^(CredentialsProviderError|CredentialsError)$/, "There are no AWS credentials: set AWS_PROFILE, or log in"],
  [
    /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|AuthFailure|SignatureDoesNotMatch|InvalidSignatureException)$/,
    "AWS does not know these credentials: check the profile and the account",
  ],
  [
    /^(AccessDenied|AccessDeniedException|AccessDeniedFault|UnauthorizedOperation|AuthorizationErrorException)$/,
    "The credentials lack a right: allow it to who releases",
  ],
  [
    /^(Throttling|ThrottlingException|ThrottledException|RequestLimitExceeded|TooManyRequestsException|RequestThrottled|SlowDown|ProvisionedThroughputExceededException)$/,
    "AWS has throttled the calls, also after several tries: wait a minute",
  ],
  [
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|TimeoutError|NetworkingError|AggregateError)$/,
    "AWS can't be reached from here: check the network",
  ],
];

/**
 * An error of a call to AWS as one line: what it means, AWS's own words, and what to do. Anything else is given back as it
 * is.
 */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Refusal) return error;
  const { code, cause } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  const names = [error.name, code, cause?.code].filter((name) => name !== undefined);
  const meaning = meanings.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  if (meaning === undefined) return error;
  const said = error.message || names.at(-1);
  return new Refusal("failed", `${meaning}, and give the same command again (${names[0]}: ${said}).`);
}
