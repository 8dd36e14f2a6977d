import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { ClientOptions } from "./clients.ts";
import { awsTime } from "./clock.ts";

/** An item of the stack's table. */
export type Item = Record<string, AttributeValue>;

/** The table's answer: what it holds, and when, in milliseconds since 1970 by AWS's clock. */
export interface ItemAnswer {
  readonly item?: Item;
  readonly at: number;
}

/** What the program asks the stack's table for: who releases now, and which settings the last command wrote. */
export type ReadItem = (tableName: string, pk: "lock" | "settings") => Promise<ItemAnswer>;

/** Milliseconds for one question: somebody waits for the answer. */
const timeout = 8_000;

/** Both items have the same sort key. */
export const itemKey = (pk: "lock" | "settings") => ({ pk: { S: pk }, sk: { S: "release" } });

/** Reads items as they are now. The SDK's client is loaded with the first question: most runs ask none. AWS's errors pass through. */
export function itemReader(options: ClientOptions): ReadItem {
  const load = async () => {
    const { DynamoDBClient, GetItemCommand } = await import("@aws-sdk/client-dynamodb");
    return { client: new DynamoDBClient(options.of("dynamodb")), GetItemCommand };
  };
  let loaded: ReturnType<typeof load> | undefined;
  return async (TableName, pk) => {
    const { client, GetItemCommand } = await (loaded ??= load());
    const question = new GetItemCommand({ TableName, Key: itemKey(pk), ConsistentRead: true });
    const { Item: item } = await client.send(question, { abortSignal: AbortSignal.timeout(timeout) });
    return { item, at: awsTime(client) };
  };
}
