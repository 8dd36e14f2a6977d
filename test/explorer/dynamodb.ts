import { copyOf } from "./copy.ts";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DeleteItemCommandInput,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItemsCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";

type Item = Record<string, AttributeValue>;
type Operand = AttributeValue | undefined;

interface Terms {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

interface Conditional extends Terms {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly KeyConditionExpression?: string;
}

/** DynamoDB refuses names and values that no expression uses. */
function requireUsed({ ConditionExpression, UpdateExpression, KeyConditionExpression, ...terms }: Conditional): void {
  const text = [ConditionExpression, UpdateExpression, KeyConditionExpression].join(" ");
  const given = { ...terms.ExpressionAttributeNames, ...terms.ExpressionAttributeValues };
  for (const name of Object.keys(given)) if (!new RegExp(`${name}\\b`).test(text)) fail(`${name} is unused in ${text}`);
}

/** One table with `pk` and `sk`. Conditions are evaluated; what nobody has taught this throws. */
export class Table {
  readonly items = new Map<string, Item>();
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  readonly handlers: Record<string, (input: never) => object> = {
    GetItemCommand: ({ TableName, Key }: GetItemCommandInput) => ({ Item: this.at(TableName, Key) }),
    PutItemCommand: (input: PutItemCommandInput) => {
      this.require(input.TableName, input.Item, input);
      this.put(input.Item);
      return {};
    },
    UpdateItemCommand: (input: UpdateItemCommandInput) => {
      this.require(input.TableName, input.Key, input);
      this.update(input);
      return {};
    },
    DeleteItemCommand: (input: DeleteItemCommandInput) => {
      this.require(input.TableName, input.Key, input);
      this.items.delete(idOf(input.Key));
      return {};
    },
    QueryCommand: (input: QueryCommandInput) => {
      requireUsed(input);
      if (input.FilterExpression !== undefined || input.IndexName !== undefined) throw new Error("no such query here");
      const found = [...this.items.values()].filter((item) => holds(input.KeyConditionExpression ?? "", item, input));
      const up = (one: Item, another: Item) => ((one.sk.S ?? "") < (another.sk.S ?? "") ? -1 : 1);
      found.sort(up);
      if (input.ScanIndexForward === false) found.reverse();
      return { Items: copyOf(found.slice(0, input.Limit)) };
    },
    TransactWriteItemsCommand: ({ TransactItems = [] }: TransactWriteItemsCommandInput) => {
      const ids = TransactItems.map(({ ConditionCheck, Put, Update, Delete }) =>
        idOf(Put?.Item ?? (ConditionCheck ?? Update ?? Delete)?.Key),
      );
      if (new Set(ids).size < ids.length)
        throw new Error("Transaction request cannot include multiple operations on one item");
      const reasons = TransactItems.map(({ ConditionCheck, Put, Update, Delete }) => {
        const one = ConditionCheck ?? Put ?? Update ?? Delete;
        if (one === undefined) throw new Error("an empty part of a transaction");
        const key = "Item" in one ? one.Item : one.Key;
        const held = this.whether(one.TableName, key, one);
        return held ? { Code: "None" } : { Code: "ConditionalCheckFailed" };
      });
      if (reasons.some(({ Code }) => Code !== "None")) {
        const Message = `Transaction cancelled, reasons [${reasons.map(({ Code }) => Code).join(", ")}]`;
        throw new TransactionCanceledException({
          Message,
          message: Message,
          $metadata: {},
          CancellationReasons: reasons,
        });
      }
      for (const { Put, Update, Delete } of TransactItems) {
        if (Put) this.put(Put.Item);
        if (Update) this.update(Update);
        if (Delete) this.items.delete(idOf(Delete.Key));
      }
      return {};
    },
  };

  private at(table: string | undefined, key: Item | undefined): Item | undefined {
    if (table !== this.name) throw new Error(`no table ${table}`);
    return copyOf(this.items.get(idOf(key)));
  }

  private put(item: Item | undefined): void {
    this.items.set(idOf(item), requireSize(copyOf(item ?? {})));
  }

  private whether(table: string | undefined, key: Item | undefined, input: Conditional) {
    requireUsed(input);
    return (
      input.ConditionExpression === undefined || holds(input.ConditionExpression, this.at(table, key) ?? {}, input)
    );
  }

  private require(table: string | undefined, key: Item | undefined, input: Conditional) {
    if (this.whether(table, key, input)) return;
    throw new ConditionalCheckFailedException({
      message: "The conditional request failed",
      $metadata: {},
      Item: this.at(table, key),
    });
  }

  /** `SET a = b, c = d REMOVE e ADD f :one`: what the commands use. */
  private update(input: { Key?: Item; UpdateExpression?: string } & Terms): void {
    const item = copyOf(this.items.get(idOf(input.Key)) ?? input.Key ?? {});
    const parts = (input.UpdateExpression ?? "").split(/\b(SET|REMOVE|ADD)\b/).slice(1);
    for (let index = 0; index < parts.length; index += 2) {
      for (const part of parts[index + 1].split(/,(?![^(]*\))/)) {
        const [target, source] = part.trim().split(parts[index] === "ADD" ? " " : / *= */);
        const name = nameOf(target, input);
        if (parts[index] === "ADD") {
          const sum = Number(item[name]?.N ?? 0) + Number(valueOf(source, item, input)?.N);
          item[name] = { N: String(sum) };
        } else if (parts[index] === "REMOVE") delete item[name];
        else item[name] = valueOf(source, item, input) ?? fail(`nothing to set ${target} to`);
      }
    }
    this.items.set(idOf(input.Key), requireSize(item));
  }
}

/** DynamoDB takes 400 KB an item. */
function requireSize(item: Item): Item {
  const size = Object.values(item).reduce((sum, value) => sum + (value.S?.length ?? 0), 0);
  if (size > 400 * 1024) throw new Error("ValidationException: Item size has exceeded the maximum allowed size");
  return item;
}

const idOf = (key: Item | undefined): string => `${key?.pk?.S ?? fail("no pk")}|${key?.sk?.S ?? fail("no sk")}`;

function fail(why: string): never {
  throw new Error(`The simulated table does not know it: ${why}`);
}

function nameOf(text: string, { ExpressionAttributeNames: names = {} }: Terms): string {
  if (!text.startsWith("#")) return text;
  return names[text] ?? fail(text);
}

function valueOf(text: string, item: Item, terms: Terms): Operand {
  const [, name, otherwise] = /^if_not_exists\(([^,]+),(.+)\)$/.exec(text) ?? [];
  if (name !== undefined) return item[nameOf(name.trim(), terms)] ?? valueOf(otherwise.trim(), item, terms);
  const [left, right] = text.split(" + ");
  if (right !== undefined) {
    const sum = Number(valueOf(left, item, terms)?.N) + Number(valueOf(right, item, terms)?.N);
    return { N: String(sum) };
  }
  if (text.startsWith(":")) return terms.ExpressionAttributeValues?.[text] ?? fail(text);
  return item[nameOf(text, terms)];
}

const token = /\s*(attribute_not_exists|attribute_exists|begins_with|AND\b|OR\b|NOT\b|[(),]|<>|<=|>=|=|<|>|[#:]?\w+)/gy;

/** Whether a condition holds for an item. */
function holds(expression: string, item: Item, terms: Terms): boolean {
  const tokens = [...expression.matchAll(token)].map(([, text]) => text);
  if (tokens.join("").length !== expression.replace(/\s/g, "").length) fail(expression);
  let at = 0;
  const take = (wanted?: string): string => {
    const text = tokens[at++];
    if (wanted !== undefined && text !== wanted) fail(`${expression}: ${wanted} expected`);
    return text;
  };
  const value = (): Operand => valueOf(take(), item, terms);
  const either = (): boolean => {
    let held = both();
    while (tokens[at] === "OR") {
      take();
      const right = both();
      held = held || right;
    }
    return held;
  };
  const both = (): boolean => {
    let held = one();
    while (tokens[at] === "AND") {
      take();
      const right = one();
      held = held && right;
    }
    return held;
  };
  const one = (): boolean => {
    const next = tokens[at];
    if (next === "NOT") return (take(), !one());
    if (next === "(") {
      take();
      const held = either();
      take(")");
      return held;
    }
    if (next === "attribute_not_exists" || next === "attribute_exists") {
      take();
      take("(");
      const there = value() !== undefined;
      take(")");
      return there === (next === "attribute_exists");
    }
    if (next === "begins_with") {
      take();
      take("(");
      const whole = value();
      take(",");
      const start = value();
      take(")");
      return whole?.S?.startsWith(start?.S ?? fail("begins_with what?")) ?? false;
    }
    const left = value();
    const operator = take();
    return compare(left, operator, value());
  };
  const held = either();
  if (at !== tokens.length) fail(expression);
  return held;
}

function compare(left: Operand, operator: string, right: Operand): boolean {
  if (left === undefined || right === undefined) return operator === "<>" && left !== right;
  if (operator === "=") return JSON.stringify(left) === JSON.stringify(right);
  if (operator === "<>") return JSON.stringify(left) !== JSON.stringify(right);
  const [one, another] = left.N === undefined ? [left.S ?? "", right.S ?? ""] : [Number(left.N), Number(right.N)];
  if (operator === "<") return one < another;
  if (operator === "<=") return one <= another;
  if (operator === ">") return one > another;
  if (operator === ">=") return one >= another;
  return fail(operator);
}
