/** A reason why AWS can't be asked, as one line that says what to do. `config`: nothing was asked yet. */
export class AwsFault extends Error {
  readonly kind: "config" | "access";

  constructor(kind: AwsFault["kind"], message: string) {
    super(message.replace(/\s*\n\s*/g, " "));
    this.kind = kind;
  }
}

/** What AWS's and the SDK's errors mean for who runs this, by the name or the code that they come with. */
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

/** What an error of a call to AWS means, with AWS's own words behind it; undefined: nothing that is known here. */
export function meaningOf(error: unknown): { meaning: string; said: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, cause } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  const names = [error.name, code, cause?.code].filter((name) => name !== undefined);
  const meaning = meanings.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  if (meaning === undefined) return undefined;
  return { meaning, said: `${names[0]}: ${error.message || names.at(-1)}` };
}
