/**
 * Options of every AWS client: without them the SDK waits for ever for a service that does not answer. Milliseconds, each
 * for one of the SDK's three attempts.
 */
export const bounded = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
