/** A resource's properties, as Pulumi names them. */
export type Props = Record<string, unknown>;

type Kind = "same" | "own" | "bool" | "csv" | "tags" | "map" | "listed";

interface Arg {
  readonly name: string;
  readonly aws: string;
  readonly kind: Kind;
  readonly parts?: Shape;
}

/** The arguments that a resource type, or one of its nested blocks, knows. */
export type Shape = ReadonlyMap<string, Arg>;

const KINDS: readonly string[] = ["own", "bool", "csv", "tags", "map", "listed"];

/**
 * Reads a list of arguments: `name`, `name=AwsName` where AWS's name is not the capitalised one, `name:kind`, and
 * `name{nested ...}` for blocks and lists of blocks. Kinds: `own` (the row sends and reads it itself), `bool` (text in
 * Pulumi, boolean in AWS), `csv` (list / comma-separated text), `tags` (map / list of Key and Value), `map` (free keys,
 * the same on both sides), `listed` (one block in Pulumi, a list of one in AWS).
 */
export function shape(list: string): Shape {
  const words = list.match(/[{}]|[^\s{}]+/g) ?? [];
  let at = 0;
  const block = (): Shape => {
    const args = new Map<string, Arg>();
    for (; at < words.length && words[at] !== "}"; at++) {
      const [naming, kind = "same"] = words[at].split(":");
      const [name, aws = name[0].toUpperCase() + name.slice(1)] = naming.split("=");
      if (kind !== "same" && !KINDS.includes(kind)) throw new Error(`shape: unknown kind "${kind}" of "${name}"`);
      let parts: Shape | undefined;
      if (words[at + 1] === "{") {
        at += 2;
        parts = block();
      }
      args.set(name, { name, aws, kind: kind as Kind, parts });
    }
    return args;
  };
  const result = block();
  if (at < words.length) throw new Error(`shape: unexpected "}" in "${list}"`);
  return result;
}

export function isBlock(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A plain value as text. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Paths of all properties in `value` that the shape does not know. */
export function unknownArguments(known: Shape, value: Props, path = ""): string[] {
  return Object.keys(value)
    .filter((name) => !name.startsWith("__") && value[name] !== undefined && value[name] !== null)
    .flatMap((name) => {
      const here = path + name;
      const arg = known.get(name);
      if (!arg) return [here];
      if (arg.kind === "tags" || arg.kind === "map" || (arg.kind === "own" && !arg.parts)) return [];
      const items = Array.isArray(value[name]) ? value[name] : [value[name]];
      return items
        .filter(isBlock)
        .flatMap((item) => (arg.parts ? unknownArguments(arg.parts, item, here + ".") : [here]));
    });
}

function each(value: unknown, change: (item: Props) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => each(item, change));
  return isBlock(value) ? change(value) : value;
}

function argToAws(arg: Arg, value: unknown): unknown {
  if (arg.kind === "bool") return typeof value === "string" ? value === "true" : value;
  if (arg.kind === "csv") return Array.isArray(value) ? value.join(",") : value;
  if (arg.kind === "tags") return tagList(value);
  const nested = arg.parts;
  const sent = nested ? each(value, (item) => toAws(nested, item)) : value;
  return arg.kind === "listed" ? [sent] : sent;
}

/** Pulumi's arguments as AWS's request has them; what is not given is not sent, and `own` arguments are left out. */
export function toAws<T = Props>(known: Shape, props: Props): T {
  const request: Props = {};
  for (const arg of known.values()) {
    const value = props[arg.name];
    if (arg.kind !== "own" && value !== undefined && value !== null) request[arg.aws] = argToAws(arg, value);
  }
  return request as T;
}

function argFromAws(arg: Arg, value: unknown): unknown {
  if (arg.kind === "bool") return String(value);
  if (arg.kind === "csv") return String(value) === "" ? [] : String(value).split(",");
  if (arg.kind === "tags") return tagMap(value as Tag[]);
  const answer: unknown = arg.kind === "listed" && Array.isArray(value) ? value[0] : value;
  const nested = arg.parts;
  return nested ? each(answer, (item) => fromAws(nested, item)) : answer;
}

/** AWS's answer as Pulumi's properties: those that the shape knows and AWS gave. */
export function fromAws(known: Shape, answer: object | undefined): Props {
  const props: Props = {};
  const given = (answer ?? {}) as Props;
  for (const arg of known.values()) {
    const value = given[arg.aws];
    if (arg.kind !== "own" && value !== undefined && value !== null) props[arg.name] = argFromAws(arg, value);
  }
  return props;
}

export interface Tag {
  Key?: string;
  Value?: string;
}

/** Tags as most of AWS's requests have them. */
export function tagList(tags: unknown): { Key: string; Value: string }[] {
  return isBlock(tags) ? Object.entries(tags).map(([Key, Value]) => ({ Key, Value: String(Value) })) : [];
}

/** AWS's tags as a map, without those that AWS itself sets. */
export function tagMap(tags: readonly Tag[] | undefined): Record<string, string> {
  const own = (tags ?? []).filter((tag) => !tag.Key?.startsWith("aws:"));
  return Object.fromEntries(own.map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
}
