import { TransactionCanceledException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { setTimeout as pause } from "node:timers/promises";

const ATTEMPTS = 5;
/** Milliseconds before the second attempt, and so much more before each further one: a transaction of two items takes less. */
const PAUSE_MS = 50;

/**
 * Writes to an item that a transaction may be at work on, or in one: DynamoDB refuses what meets another transaction on the
 * same item, nothing is written then, and the SDK does not try again by itself. The lock's renewals meet the records' writes.
 */
export async function retryConflicts<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      await pause(attempt * PAUSE_MS);
    }
  }
}

/** A condition that does not hold either stays a refusal: trying again would not change it. */
function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  const codes = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  return (
    codes.some(({ Code }) => Code === "TransactionConflict") &&
    !codes.some(({ Code }) => Code === "ConditionalCheckFailed")
  );
}
