import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { itemKey } from "../../aws/releases-item.ts";
import { outsideText } from "../../deployment/outside-text.ts";
import type { Abandoned, Engine, Lock } from "../state/model.ts";
import { CliError } from "../error.ts";
import { retryConflicts } from "./conflicts.ts";

const Key = itemKey("lock");
// TOKEN is one of DynamoDB's reserved words.
const tokenName = { "#token": "token" };
/** Milliseconds: a renewal has to have ended when the next one is due. */
const timeout = 8_000;

const processId = z.object({ host: z.string(), pid: z.number(), birth: z.string().optional() });
/** Whoever may write to the table may write anything. */
const text = z.string().transform((written) => outsideText(written));
const holder = processId.extend({ by: text });
const engine = processId.extend({ startedAt: z.string() });
const lock = z.object({
  token: z.string(),
  kind: z.enum(["change", "rollback"]),
  expires: z.number(),
  holder,
  doing: text,
  since: text,
  engine: engine.optional(),
  abandoned: z.array(z.object({ holder, engine, heard: z.number(), ended: z.boolean().optional() })),
  version: z.number(),
  released: z.literal(true).optional(),
});

/** Engines that a lock tells of: the one that its holder runs, and those that were left behind. */
export type Engines = Pick<Lock, "engine" | "abandoned">;

/**
 * The lock as it stands in the stack's table, whether it still counts or not.
 * @throws CliError when the item is none of ours
 */
export async function readLock(client: DynamoDBClient, TableName: string): Promise<Lock | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (Item === undefined) return undefined;
  const { token, expires, version, released, body } = Item;
  try {
    return lock.parse({
      kind: "change",
      ...JSON.parse(body?.S ?? ""),
      token: token?.S,
      expires: Number(expires?.N),
      engine: Item.engine?.S === undefined ? undefined : (JSON.parse(Item.engine.S) as Engine),
      abandoned: JSON.parse(Item.abandoned?.S ?? "[]") as Abandoned[],
      version: Number(version?.N ?? 0),
      released: released?.BOOL,
    });
  } catch {
    throw new CliError(
      "failed",
      `The lock in the table ${TableName} can't be read. When nobody releases, delete its item (pk lock, sk release) and ` +
        "give the same command again.",
    );
  }
}

/**
 * Writes a lock in the place of the one that was found.
 * @param preempting also when its holder has renewed it since; never when its engines have changed
 * @returns false when somebody else was quicker
 */
export function writeLock(
  client: DynamoDBClient,
  TableName: string,
  { token: mine, expires, engine, abandoned, kind, holder, doing, since }: Omit<Lock, "version">,
  found: Lock | undefined,
  preempting: boolean,
): Promise<boolean> {
  const Item = {
    ...Key,
    token: { S: mine },
    expires: { N: String(expires) },
    body: { S: JSON.stringify({ kind, holder, doing, since }) },
    abandoned: { S: JSON.stringify(abandoned) },
    ...(engine && { engine: { S: JSON.stringify(engine) } }),
  };
  if (found === undefined) {
    return whether(() =>
      client.send(new PutItemCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(pk)" })),
    );
  }
  // What an engine's start or end has written since would be forgotten.
  const unchanged = found.version === 0 ? "attribute_not_exists(#version)" : "#version = :version";
  return whether(() =>
    client.send(
      new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: `#token = :token AND ${unchanged}${preempting ? "" : " AND #expires = :expires"}`,
        ExpressionAttributeNames: {
          ...tokenName,
          "#version": "version",
          ...(!preempting && { "#expires": "expires" }),
        },
        ExpressionAttributeValues: {
          ":token": { S: found.token },
          ...(found.version > 0 && { ":version": { N: String(found.version) } }),
          ...(!preempting && { ":expires": { N: String(found.expires) } }),
        },
      }),
    ),
  );
}

/** @returns false when the lock is no longer this token's */
export function renewLock(client: DynamoDBClient, TableName: string, mine: string, expires: number): Promise<boolean> {
  const command = new UpdateItemCommand({
    TableName,
    Key,
    UpdateExpression: "SET #expires = :expires",
    ConditionExpression: "#token = :token",
    ExpressionAttributeNames: { ...tokenName, "#expires": "expires" },
    ExpressionAttributeValues: { ":token": { S: mine }, ":expires": { N: String(expires) } },
  });
  return whether(() => client.send(command, { abortSignal: AbortSignal.timeout(timeout) }));
}

/**
 * Writes down which engine the holder runs now, and which were left behind.
 * @returns false when the lock is no longer this token's
 */
export function noteEngines(
  client: DynamoDBClient,
  TableName: string,
  mine: string,
  { engine, abandoned }: Engines,
): Promise<boolean> {
  const now = engine === undefined ? " REMOVE #engine" : ", #engine = :engine";
  const command = new UpdateItemCommand({
    TableName,
    Key,
    UpdateExpression: `SET #abandoned = :abandoned${now} ADD #version :one`,
    ConditionExpression: "#token = :token",
    ExpressionAttributeNames: { ...tokenName, "#abandoned": "abandoned", "#engine": "engine", "#version": "version" },
    ExpressionAttributeValues: {
      ":token": { S: mine },
      ":abandoned": { S: JSON.stringify(abandoned) },
      ":one": { N: "1" },
      ...(engine && { ":engine": { S: JSON.stringify(engine) } }),
    },
  });
  return whether(() => client.send(command, { abortSignal: AbortSignal.timeout(timeout) }));
}

/**
 * Gives a lock back: its item goes, or stays for what has to be remembered of abandoned engines, with a token that is nobody's.
 * @returns false when the lock is no longer this token's
 */
export function giveLockBack(
  client: DynamoDBClient,
  TableName: string,
  mine: string,
  abandoned: readonly Abandoned[],
): Promise<boolean> {
  const condition = {
    TableName,
    Key,
    ConditionExpression: "#token = :token",
    ExpressionAttributeValues: { ":token": { S: mine } },
  };
  const options = { abortSignal: AbortSignal.timeout(timeout) };
  if (abandoned.length === 0)
    return whether(() =>
      client.send(new DeleteItemCommand({ ...condition, ExpressionAttributeNames: tokenName }), options),
    );
  const names = { "#expires": "expires", "#released": "released", "#abandoned": "abandoned", "#engine": "engine" };
  const command = new UpdateItemCommand({
    ...condition,
    UpdateExpression:
      "SET #token = :nobody, #expires = :over, #released = :true, #abandoned = :abandoned REMOVE #engine ADD #version :one",
    ExpressionAttributeNames: { ...tokenName, ...names, "#version": "version" },
    ExpressionAttributeValues: {
      ...condition.ExpressionAttributeValues,
      ":nobody": { S: randomUUID() },
      ":over": { N: "0" },
      ":true": { BOOL: true },
      ":abandoned": { S: JSON.stringify(abandoned) },
      ":one": { N: "1" },
    },
  });
  return whether(() => client.send(command, options));
}

/** Whether the condition of a write held. */
async function whether(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await retryConflicts(write);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
