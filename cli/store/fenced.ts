import {
  type DynamoDBClient,
  type Put,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { itemKey } from "../../aws/releases-item.ts";
import { retryConflicts } from "./conflicts.ts";

/** DynamoDB's code of a condition that did not hold, among the reasons of a cancelled transaction. */
const FAILED = "ConditionalCheckFailed";

/** What a write of the lock's holder must not write over: told by the caller, in its own words. */
export interface Refusals {
  /** The lock is another's by now. */
  readonly lost: () => Error;
  /** The item's own condition does not hold. */
  readonly refused: () => Error;
}

/**
 * Writes an item as long as the writer holds the lock: both in one transaction, because a process that was frozen between the
 * two would write over what its successor did. Other errors of AWS's pass through.
 * @param token of the lock that the writer holds
 */
export async function putWhileHeld(
  client: DynamoDBClient,
  token: string,
  item: Put & { TableName: string },
  { lost, refused }: Refusals,
  abortSignal?: AbortSignal,
): Promise<void> {
  const held = {
    TableName: item.TableName,
    Key: itemKey("lock"),
    // TOKEN is one of DynamoDB's reserved words.
    ConditionExpression: "#token = :token",
    ExpressionAttributeNames: { "#token": "token" },
    ExpressionAttributeValues: { ":token": { S: token } },
  };
  const command = new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: held }, { Put: item }] });
  try {
    await retryConflicts(() => client.send(command, { abortSignal }));
  } catch (error) {
    const [lock, own] = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (lock?.Code === FAILED) throw lost();
    if (own?.Code === FAILED) throw refused();
    throw error;
  }
}
