import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { type ReleaseRevision, revisionIn, revisionItem } from "../../components/release-revision.ts";
import { itemKey } from "../../aws/releases-item.ts";
import type { ReleaseSettings } from "../state/model.ts";
import { CliError } from "../error.ts";
import { putWhileHeld } from "./fenced.ts";

const Key = itemKey("settings");

/** Milliseconds for all calls of a write: a rollback waits for it. */
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
 * @throws CliError when the lock is lost, or when another command has written meanwhile
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
  const condition =
    before === undefined
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : {
          ConditionExpression: "revision = :before",
          ExpressionAttributeValues: { ":before": { N: String(before) } },
        };
  const written = { TableName, Item: { ...Key, ...item }, ...condition };
  const refusals = {
    lost: () => taken("The lock is another's by now: the release settings stay as they are"),
    refused: () => taken("Another command wrote the release settings at the same time"),
  };
  await putWhileHeld(client, token, written, refusals, signal);
  return revision;
}

const taken = (what: string): CliError => new CliError("locked", `${what}. See bluegreen status.`);
