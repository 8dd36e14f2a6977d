import { type Change, changes, hasUnknown, outputsOf, refreshedInputs, same, UNKNOWN } from "./diff.ts";
import { explain } from "./errors.ts";
import { mustDeleteFirst, nameFault, withName } from "./names.ts";
import type { Cloud, Row, Update } from "./row.ts";
import { isBlock, type Props, unknownArguments } from "./shape.ts";

/** The resource exists, but not all of it was done: the engine keeps it with its state and these words. */
export class Unfinished extends Error {
  readonly id: string;
  readonly state: Props;

  constructor(id: string, state: Props, message: string) {
    super(message);
    this.id = id;
    this.state = state;
  }
}

export interface Checked {
  readonly inputs: Props;
  readonly failures: { property: string; reason: string }[];
}

/** Validates and completes the inputs: unknown arguments, names, the official provider's own refusals. */
export function check(
  row: Row,
  news: Props,
  olds: Props,
  logicalName: string,
  seed: Uint8Array,
  region: string,
): Checked {
  const given: Props = { ...news };
  const failures = unknownArguments(row.args, given)
    .filter((path) => path !== "region" || (given.region !== region && !hasUnknown(given.region)))
    .map((path) => ({ property: path, reason: unknownArgument(row, path, region) }));
  if (given.region === region) delete given.region;
  let inputs = row.defaults?.(given) ?? given;
  if (row.name) {
    inputs = withName(inputs, olds, logicalName, seed, row.name);
    const arg = row.name.arg ?? "name";
    const fault = nameFault(String(inputs[arg]), row.name);
    if (fault) failures.push({ property: arg, reason: fault });
  }
  return { inputs, failures: [...failures, ...(row.check?.(inputs) ?? [])] };
}

function unknownArgument(row: Row, path: string, region: string): string {
  if (path === "region") return `the stand-in only serves the provider's own region, ${region}`;
  return (
    `the rehearsal's stand-in for the AWS provider does not know the argument "${path}" of ${row.type} ` +
    `(known: ${[...row.args.keys()].join(", ")}); leave it out, or add it to the row in packages/provider-stub/handlers`
  );
}

export interface Difference {
  readonly changes: Change[];
  readonly deleteFirst: boolean;
}

/** What differs between the inputs of the last operation and the new ones, and what that means for the resource. */
export function difference(row: Row, oldInputs: Props, news: Props): Difference {
  const found = changes(oldInputs, news, row.replace?.split(" ") ?? []);
  const replaced = found.some((change) => change.replace);
  return {
    changes: found,
    deleteFirst: replaced && (row.deleteFirst === true || mustDeleteFirst(oldInputs, news, row.name)),
  };
}

function tagsOf(props: Props): Record<string, string> {
  return isBlock(props.tags) ? (props.tags as Record<string, string>) : {};
}

/** Splits AWS's tags into those the program gave and those the provider's default tags added. */
function withTags(row: Row, state: Props, inputs: Props, defaultTags: Props): Props {
  if (!row.tagging) return state;
  const all = tagsOf(state);
  const own = Object.entries(all).filter(([key, value]) => key in tagsOf(inputs) || defaultTags[key] !== value);
  const tags = own.length > 0 || inputs.tags ? Object.fromEntries(own) : undefined;
  return { ...state, tags, tagsAll: all };
}

export interface Site {
  readonly cloud: Cloud;
  readonly defaultTags: Readonly<Record<string, string>>;
}

async function stateOf(row: Row, id: string, known: Props, inputs: Props, site: Site): Promise<Props | undefined> {
  const state = await row.read(id, site.cloud, known);
  return state && withTags(row, state, inputs, site.defaultTags);
}

export async function create(row: Row, name: string, inputs: Props, site: Site): Promise<{ id: string; state: Props }> {
  const sent = row.tagging ? { ...inputs, tags: { ...site.defaultTags, ...tagsOf(inputs) } } : inputs;
  const id = await row.create(sent, site.cloud).catch((error: unknown) => {
    throw new Error(explain("creating", row.type, name, error));
  });
  try {
    await row.settle?.(id, sent, site.cloud);
    return { id, state: outputsOf(inputs, (await stateOf(row, id, inputs, inputs, site)) ?? {}) };
  } catch (error) {
    const state = await stateOf(row, id, inputs, inputs, site).catch(() => undefined);
    throw new Unfinished(id, outputsOf(inputs, state ?? {}), explain("creating", row.type, name, error));
  }
}

/** What a preview shows of an update: the state with the new inputs, and unknown what the change will make anew. */
export function plannedUpdate(row: Row, state: Props, oldInputs: Props, news: Props): Props {
  const planned: Props = { ...state };
  for (const key of Object.keys(oldInputs)) delete planned[key];
  Object.assign(planned, news);
  const changed = changedArgs(row, oldInputs, news);
  for (const output of row.volatile?.(changed, news) ?? []) planned[output] = UNKNOWN;
  if (row.tagging && changed.includes("tags")) planned.tagsAll = UNKNOWN;
  return planned;
}

function changedArgs(row: Row, olds: Props, news: Props): string[] {
  return [...row.args.keys()].filter((arg) => !same(olds[arg], news[arg]));
}

async function updateTags(row: Row, update: Update, site: Site): Promise<void> {
  if (!row.tagging || !update.changed("tags")) return;
  const wanted = { ...site.defaultTags, ...tagsOf(update.news) };
  const gone = Object.keys(tagsOf(update.olds)).filter((key) => !(key in wanted));
  if (gone.length > 0) await row.tagging.untag(update.id, gone, site.cloud);
  if (Object.keys(wanted).length > 0) await row.tagging.tag(update.id, wanted, site.cloud);
}

export async function update(
  row: Row,
  name: string,
  id: string,
  before: { state: Props; inputs: Props },
  news: Props,
  site: Site,
) {
  const changed = changedArgs(row, before.inputs, news);
  const wanted: Update = {
    id,
    news,
    olds: before.inputs,
    state: before.state,
    changed: (...args) => args.some((arg) => changed.includes(arg)),
  };
  try {
    await updateTags(row, wanted, site);
    await row.update?.(wanted, site.cloud);
    return outputsOf(news, (await stateOf(row, id, { ...before.state, ...news }, news, site)) ?? {});
  } catch (error) {
    // As the official provider does: after a failed update the new inputs are in the state, beside the error.
    throw new Unfinished(id, { ...before.state, ...news }, explain("updating", row.type, name, error));
  }
}

/** A refresh, or an import when there are no inputs yet; undefined when the resource is gone. */
export async function read(row: Row, name: string, id: string, known: { state: Props; inputs: Props }, site: Site) {
  const actual = await stateOf(row, id, { ...known.inputs, ...known.state }, known.inputs, site).catch(
    (error: unknown) => {
      throw new Error(explain("reading", row.type, name, error));
    },
  );
  if (!actual) return undefined;
  const imported = Object.keys(known.inputs).length === 0;
  const given = Object.entries(actual).filter(
    ([key, value]) => row.args.has(key) && value !== undefined && value !== null,
  );
  const inputs = imported ? Object.fromEntries(given) : refreshedInputs(known.inputs, actual);
  // Tags added by hand to a resource without any are drift, too: the program's are all that it should have.
  if (row.tagging && actual.tags && !inputs.tags) inputs.tags = actual.tags;
  return { inputs, state: outputsOf(inputs, actual) };
}

export async function remove(row: Row, name: string, id: string, state: Props, site: Site): Promise<void> {
  await row.remove(id, state, site.cloud).catch((error: unknown) => {
    throw new Error(explain("deleting", row.type, name, error));
  });
}
