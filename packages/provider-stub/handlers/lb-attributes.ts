import type { Cloud, Update } from "../row.ts";
import { isBlock, type Props, text } from "../shape.ts";

/** One setting that AWS keeps as an attribute: the argument's path, AWS's key, and how its text is read. */
export interface Attribute {
  readonly arg: string;
  readonly key: string;
  readonly as: "boolean" | "number" | "text";
  /** AWS's value where none was ever set; sent when the argument is taken away. */
  readonly unset: string;
}

/** Reads lines of `arg key kind unset`. */
export function attributeTable(list: string): Attribute[] {
  const lines = list
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.map((line) => {
    const [arg, key, as, unset = ""] = line.split(/\s+/);
    return { arg, key, as: as as Attribute["as"], unset };
  });
}

function at(props: Props, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (isBlock(value) ? value[name] : undefined), props);
}

function isTop(path: string, args: readonly string[]): boolean {
  return args.includes(path.split(".")[0]);
}

/** The attributes to send for these arguments: what is given, and what was given before at its unset value. */
export function attributesToSend(table: readonly Attribute[], args: readonly string[], news: Props, olds: Props) {
  return table
    .filter(({ arg }) => isTop(arg, args))
    .flatMap(({ arg, key, unset }) => {
      const value = at(news, arg) ?? (at(olds, arg) === undefined ? undefined : unset);
      return value === undefined ? [] : [{ Key: key, Value: text(value) }];
    });
}

/** AWS's attributes as arguments; those that AWS did not name stay away. */
export function attributesRead(
  table: readonly Attribute[],
  answered: readonly { Key?: string; Value?: string }[] = [],
): Props {
  const props: Props = {};
  for (const { arg, key, as } of table) {
    const found = answered.find((one) => one.Key === key)?.Value;
    if (found === undefined) continue;
    const value = as === "number" ? Number(found) : as === "boolean" ? found === "true" : found;
    const [top, nested] = arg.split(".");
    if (nested) props[top] = { ...(props[top] as Props | undefined), [nested]: value };
    else props[top] = value;
  }
  return props;
}

/** What the rows of load balancers and of target groups share: attributes are set by a call of their own. */
export interface AttributeSetting {
  /** The table's arguments, for the row's shape. */
  readonly shape: string;
  settle(arn: string, inputs: Props, cloud: Cloud): Promise<void>;
  update(update: Update, cloud: Cloud): Promise<void>;
}

/**
 * How a table's attributes are set.
 * @param modify AWS's call; it is not made where there is nothing to send
 */
export function attributeSetting(
  table: readonly Attribute[],
  modify: (arn: string, attributes: { Key: string; Value: string }[], cloud: Cloud) => Promise<unknown>,
): AttributeSetting {
  const parts = partsOf(table);
  const args = [...parts.keys()];
  const set = async (arn: string, changed: string[], news: Props, olds: Props, cloud: Cloud): Promise<void> => {
    const attributes = attributesToSend(table, changed, news, olds);
    if (attributes.length > 0) await modify(arn, attributes, cloud);
  };
  return {
    shape: [...parts].map(([arg, nested]) => `${arg}:own${nested.length > 0 ? `{${nested.join(" ")}}` : ""}`).join(" "),
    settle: (arn, inputs, cloud) => set(arn, args, inputs, {}, cloud),
    update({ id, news, olds, changed }, cloud) {
      const touched = args.filter((arg) => changed(arg));
      return set(id, touched, news, olds, cloud);
    },
  };
}

/** The arguments that a table serves, each with the names in its block. */
function partsOf(table: readonly Attribute[]): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const { arg } of table) {
    const [top, ...nested] = arg.split(".");
    parts.set(top, [...(parts.get(top) ?? []), ...nested]);
  }
  return parts;
}
