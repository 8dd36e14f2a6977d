import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { ReleaseRecord } from "../state/model.ts";
import { CliError } from "../error.ts";
import { putWhileHeld } from "./fenced.ts";
import { type Begun, newRecord } from "./record.ts";

const pk = { S: "release" };

/**
 * Begins the record of a release. AWS's errors pass through, here and below.
 * @param token of the lock that the writer holds
 */
export async function openRecord(
  client: DynamoDBClient,
  table: string,
  begun: Begun,
  token: string,
): Promise<ReleaseRecord> {
  const record = newRecord(begun, new Date(), await latestRecord(client, table));
  await saveRecord(client, table, record, token);
  return record;
}

/** A record was not written, because the lock is another command's by now. */
export class LockLost extends CliError {
  constructor(message: string) {
    super("failed", message);
  }
}

/**
 * Keeps a record as it is now, the whole of it, as long as the writer holds the lock.
 * @throws CliError when the lock is another's, or when the record that the table has has ended
 */
export async function saveRecord(
  client: DynamoDBClient,
  TableName: string,
  record: ReleaseRecord,
  token: string,
): Promise<void> {
  const body = { S: JSON.stringify(record) };
  const item = {
    TableName,
    Item: { pk, sk: { S: record.id }, outcome: { S: record.outcome }, body },
    // The last: the same end again, when the first answer to it was lost.
    ConditionExpression: "attribute_not_exists(pk) OR #outcome = :running OR #body = :body",
    ExpressionAttributeNames: { "#outcome": "outcome", "#body": "body" },
    ExpressionAttributeValues: { ":running": { S: "running" }, ":body": body },
  };
  await putWhileHeld(client, token, item, {
    lost: () =>
      new LockLost(
        `The record of release ${record.id} was not written: another command holds the lock by now. See bluegreen status.`,
      ),
    refused: () =>
      new CliError(
        "failed",
        `The record of release ${record.id} was ended by somebody else, and stays as it is. See bluegreen history.`,
      ),
  });
}

/** The newest record, ended or not. */
export async function latestRecord(client: DynamoDBClient, table: string): Promise<ReleaseRecord | undefined> {
  return (await listRecords(client, table, 1))[0];
}

/**
 * Records, newest first.
 * @param limit at most so many
 * @param prefix only those whose id begins so: `2026-11-21`, or a whole id; default: all
 */
export async function listRecords(
  client: DynamoDBClient,
  TableName: string,
  limit: number,
  prefix = "",
): Promise<ReleaseRecord[]> {
  const records: ReleaseRecord[] = [];
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  // begins_with takes no empty text.
  const narrowed: Record<string, AttributeValue> = prefix === "" ? {} : { ":prefix": { S: prefix } };
  do {
    const page = await client.send(
      new QueryCommand({
        TableName,
        ExclusiveStartKey,
        Limit: limit - records.length,
        ConsistentRead: true,
        ScanIndexForward: false,
        KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": pk, ...narrowed },
      }),
    );
    records.push(...(page.Items ?? []).map(({ body }) => JSON.parse(body?.S ?? "") as ReleaseRecord));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && records.length < limit);
  return records;
}
