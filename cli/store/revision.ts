import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import { setTimeout as pause } from "node:timers/promises";
import { type ReleaseRevision, revisionIn, revisionItem } from "../../components/release-revision.ts";
import { itemKey } from "../../aws/releases-item.ts";
import type { ReleaseSettings } from "../state/model.ts";
import { CliError } from "../error.ts";

const Key = itemKey("settings");

/** Milliseconds for all calls of a write: a way back waits for it. */
const timeout = 8_000;

/** The release settings that a command wrote last; undefined: none has. AWS's errors pass through, here and below. */
export async function lastRevision(
  client: DynamoDBClient,
  TableName: string,
  abortSignal = AbortSignal.timeout(timeout),
): Promise<ReleaseRevision | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { abortSignal });
  return revisionIn(Item);
}

/**
 * Writes down which release settings a command is about to write into its file, before it does so: the program takes older
 * files for what they are from then on.
 * @param by who gave the command
 * @param token of the lock that the command holds: nothing is written once it is another's
 * @returns the revision, which belongs into the file as `releaseRevision`
 * @throws Refusal when the lock is lost, or when another command has written meanwhile
 */
export async function writeRevision(
  client: DynamoDBClient,
  TableName: string,
  settings: ReleaseSettings,
  by: string,
  token: string,
): Promise<number> {
  const signal = AbortSignal.timeout(timeout);
  const before = (await lastRevision(client, TableName, signal))?.revision;
  const revision = (before ?? 0) + 1;
  const item = revisionItem({ revision, settings, by, at: new Date().toISOString() });
  const held: TransactWriteItem = {
    ConditionCheck: {
      TableName,
      Key: itemKey("lock"),
      ConditionExpression: "#token = :token",
      ExpressionAttributeNames: { "#token": "token" },
      ExpressionAttributeValues: { ":token": { S: token } },
    },
  };
  const condition =
    before === undefined
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : {
          ConditionExpression: "revision = :before",
          ExpressionAttributeValues: { ":before": { N: String(before) } },
        };
  const written: TransactWriteItem = { Put: { TableName, Item: { ...Key, ...item }, ...condition } };
  await atOnce(client, [held, written], signal);
  return revision;
}

/** Tries of a transaction that meets a renewal of the lock, which is over in milliseconds. */
const tries = 5;

/** Writes all or nothing; a try whose answer was lost counts once, by the token that the SDK sends with it. */
async function atOnce(
  client: DynamoDBClient,
  TransactItems: TransactWriteItem[],
  abortSignal: AbortSignal,
): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems }), { abortSignal });
      return;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
      const [lock, written] = codes.map((code) => code === "ConditionalCheckFailed");
      if (lock) throw taken("The lock is another's by now: the release settings stay as they are");
      if (written) throw taken("Another command wrote the release settings at the same time");
      if (left === 1 || !codes.includes("TransactionConflict")) throw error;
      await pause(50 * (tries - left + 1));
    }
  }
}

const taken = (what: string): CliError => new CliError("locked", `${what}. See bluegreen status.`);
