import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import type { Lock } from "../model.ts";
import { Refusal } from "../refusal.ts";

const Key = { pk: { S: "lock" }, sk: { S: "release" } };
// TOKEN is one of DynamoDB's reserved words.
const tokenName = { "#token": "token" };
/** Milliseconds: a renewal has to have ended when the next one is due. */
const timeout = 8_000;

const lock = z.object({
  token: z.string(),
  expires: z.number(),
  holder: z.object({ by: z.string(), host: z.string(), pid: z.number(), birth: z.string().optional() }),
  doing: z.string(),
  since: z.string(),
});

/**
 * The lock as it stands in the stack's table, whether it still counts or not.
 * @throws Refusal when the item is none of ours
 */
export async function readLock(client: DynamoDBClient, TableName: string): Promise<Lock | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (Item === undefined) return undefined;
  const { token, expires, body } = Item;
  try {
    return lock.parse({ ...JSON.parse(body?.S ?? ""), token: token?.S, expires: Number(expires?.N) });
  } catch {
    throw new Refusal(
      "failed",
      `The lock in the table ${TableName} can't be read. When nobody releases, delete its item (pk lock, sk release) and ` +
        "give the same command again.",
    );
  }
}

/**
 * Writes a lock in the place of the one that was found.
 * @param robbing also when its holder has renewed it since
 * @returns false when somebody else was quicker
 */
export function writeLock(
  client: DynamoDBClient,
  TableName: string,
  { token: mine, expires, ...said }: Lock,
  found: Lock | undefined,
  robbing: boolean,
): Promise<boolean> {
  const Item = { ...Key, token: { S: mine }, expires: { N: String(expires) }, body: { S: JSON.stringify(said) } };
  if (found === undefined) {
    return whether(
      client.send(new PutItemCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(pk)" })),
    );
  }
  const theirs = { ":token": { S: found.token } };
  const condition = robbing
    ? { ConditionExpression: "#token = :token", ExpressionAttributeNames: tokenName, ExpressionAttributeValues: theirs }
    : {
        ConditionExpression: "#token = :token AND #expires = :expires",
        ExpressionAttributeNames: { ...tokenName, "#expires": "expires" },
        ExpressionAttributeValues: { ...theirs, ":expires": { N: String(found.expires) } },
      };
  return whether(client.send(new PutItemCommand({ TableName, Item, ...condition })));
}

/** @returns false when the lock is no longer this token's */
export function renewLock(client: DynamoDBClient, TableName: string, mine: string, expires: number): Promise<boolean> {
  const command = new UpdateItemCommand({
    ...{ TableName, Key },
    UpdateExpression: "SET #expires = :expires",
    ConditionExpression: "#token = :token",
    ExpressionAttributeNames: { ...tokenName, "#expires": "expires" },
    ExpressionAttributeValues: { ":token": { S: mine }, ":expires": { N: String(expires) } },
  });
  return whether(client.send(command, { abortSignal: AbortSignal.timeout(timeout) }));
}

/** @returns false when the lock is no longer this token's */
export function deleteLock(client: DynamoDBClient, TableName: string, mine: string): Promise<boolean> {
  const command = new DeleteItemCommand({
    ...{ TableName, Key },
    ConditionExpression: "#token = :token",
    ExpressionAttributeNames: tokenName,
    ExpressionAttributeValues: { ":token": { S: mine } },
  });
  return whether(client.send(command, { abortSignal: AbortSignal.timeout(timeout) }));
}

/** Whether the condition of a write held. */
async function whether(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
