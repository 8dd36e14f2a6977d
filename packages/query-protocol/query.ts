/** A parameter of AWS's Query protocol: text, a structure, or a list. */
export type QueryValue = string | QueryStructure | QueryValue[];
/** A structure of the Query protocol, by member name. */
export interface QueryStructure {
  [member: string]: QueryValue;
}

/**
 * Reads a form body of the Query protocol into structures and lists: `Tags.member.1.Key=a` (Auto Scaling, ELB) and
 * `InstanceId.1=a` (EC2) both become lists. An empty list is sent as `Tags=` and stays an empty text (see `listOf`).
 */
export function parseQuery(body: string): QueryStructure {
  const root: QueryStructure = emptyStructure();
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split(".");
    const last = path.pop() ?? name;
    let node = root;
    for (const part of path) {
      const next = node[part];
      node = typeof next === "object" && !Array.isArray(next) ? next : (node[part] = emptyStructure());
    }
    node[last] = value;
  }
  return foldStructure(root);
}

/** Without a prototype: a caller's member named like one of Object's stays a member. */
function emptyStructure(): QueryStructure {
  return Object.create(null) as QueryStructure;
}

function foldStructure(structure: QueryStructure): QueryStructure {
  return Object.fromEntries(Object.entries(structure).map(([member, value]) => [member, fold(value)]));
}

function fold(value: QueryValue): QueryValue {
  if (typeof value === "string" || Array.isArray(value)) {
    return value;
  }
  const members = Object.keys(value);
  if (members.length === 1 && members[0] === "member") {
    return fold(value.member ?? "");
  }
  if (members.every((member) => /^\d+$/.test(member))) {
    return members.sort((a, b) => Number(a) - Number(b)).map((member) => fold(value[member] ?? ""));
  }
  return foldStructure(value);
}

/** The member as a list; an absent one and the protocol's empty text are the empty list. */
function listOf(value: QueryValue | undefined): QueryValue[] {
  return Array.isArray(value) ? value : [];
}

/** The member as a list of texts, structures left out. */
export function textsOf(value: QueryValue | undefined): string[] {
  return listOf(value).filter((item): item is string => typeof item === "string");
}

/** The member as a list of structures, texts left out. */
export function structuresOf(value: QueryValue | undefined): QueryStructure[] {
  return listOf(value).filter((item): item is QueryStructure => typeof item === "object" && !Array.isArray(item));
}

/** The member as a structure; anything else is the empty one. */
export function structureOf(value: QueryValue | undefined): QueryStructure {
  return typeof value === "object" && !Array.isArray(value) ? value : {};
}

/** The member as text, undefined when it is absent or no text. */
export function textOf(value: QueryValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The member as a number, undefined when it is absent. */
export function numberOf(value: QueryValue | undefined): number | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : Number(text);
}

/** The action that a Query body asks for, read without parsing the whole of it. */
export function actionOf(body: string): string {
  return /(?:^|&)Action=([^&]*)/.exec(body)?.[1] ?? "";
}
