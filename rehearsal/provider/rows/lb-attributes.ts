import { isBlock, Props, text } from "../shape";

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

/** The arguments that a table serves. */
export function attributeArgs(table: readonly Attribute[]): string[] {
  return [...new Set(table.map(({ arg }) => arg.split(".")[0]))];
}
