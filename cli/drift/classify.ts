import { colors, shares, type Color } from "../../deployment/model.ts";
import { listenerName } from "../../deployment/names.ts";
import type { Change } from "../../automation/protocol.ts";
import { segments } from "../../automation/values.ts";
import type { LiveState } from "../state/model.ts";
import type { StateResource } from "../state/stack-state.ts";
import type { ExitCode } from "../error.ts";
import { declaredElsewhere, undeclared } from "./declared-elsewhere.ts";
import { ruleFor } from "./rules.ts";

/**
 * `dangerous`: traffic or access is not as declared. `expected`: AWS changes it by itself, and the program leaves it
 * alone. `other`: the rest.
 */
export const driftClasses = ["dangerous", "other", "expected"] as const;
export type DriftClass = (typeof driftClasses)[number];

/** One thing that differs from the declared state. */
export interface DriftItem {
  readonly class: DriftClass;
  /** Type of the resource, for example `aws:lb/listener:Listener`, and its logical name. */
  readonly type: string;
  readonly resource: string;
  /** Path of the property; undefined: the resource itself is gone, or it is no single property. */
  readonly path?: string;
  /** What was declared and what is there; undefined: nothing. */
  readonly from?: unknown;
  readonly to?: unknown;
  /** Whether `drift --repair` puts it back; false: a person does, or nobody has to. */
  readonly repaired: boolean;
  /** What, from, to and what to do, for people. */
  readonly sentence: string;
}

/** Of `automation/protocol.ts`'s result of a `refresh`; its `observed` ones have the op `same`. */
export type Seen = Pick<Change, "op" | "type" | "urn" | "name" | "diff" | "values">;

const listenerType = "aws:lb/listener:Listener";

/**
 * What differs from the declared state, the dangerous first.
 * @param seen changes and observed ones of a refresh that only looks
 * @param world its live weights against the recorded ones count, whatever the refresh saw
 * @param resources of the state: what they declare is no drift of the resource that they are parts of
 */
export function classify(
  seen: readonly Seen[],
  world: LiveState,
  resources: readonly StateResource[] = [],
): DriftItem[] {
  const weights = weightsItem(world);
  const items = [...seen, ...takenIn(seen, resources)].flatMap((change) => {
    if (change.op === "delete") return [deleted(change)];
    const paths =
      weights && change.name === listenerName ? change.diff.filter((path) => !ofWeights(path)) : change.diff;
    if (change.diff.length === 0) return [unnamed(change)];
    return paths.flatMap((path) => withoutDeclared(change, path, world, resources));
  });
  const all = [...(weights ? [weights] : []), ...world.foreign.map(foreignItem), ...items];
  return driftClasses.flatMap((one) => all.filter((item) => item.class === one));
}

/** What was put beside the declared by hand and is in the state since a refresh: no refresh shows it again. */
function takenIn(seen: readonly Seen[], resources: readonly StateResource[]): Seen[] {
  return resources.flatMap(({ type, urn, outputs = {}, delete: leaving }): Seen[] => {
    const beside = leaving ? [] : declaredElsewhere(type).filter((name) => ruleFor(type).beside?.includes(name));
    const shown = seen.filter((change) => change.urn === urn);
    if (shown.some(({ op }) => op === "delete")) return [];
    const diff = beside.filter((name) => !shown.some((one) => name in one.values));
    const values = Object.fromEntries(diff.map((name) => [name, { new: outputs[name] }]));
    return diff.length === 0 ? [] : [{ op: "same", type, urn, name: urn.split("::").at(-1) ?? urn, diff, values }];
  });
}

/** A property whose entries are resources of their own differs only in what none of them declares. */
function withoutDeclared(
  change: Seen,
  path: string,
  world: LiveState,
  resources: readonly StateResource[],
): DriftItem[] {
  const rest = undeclared(change.urn, path, change.values[path]?.new, resources);
  if (rest === undefined) return [differing(change, path, world)];
  if (rest.length === 0) return [];
  return [differing({ ...change, values: { [path]: { new: rest } } }, path, world)];
}

/** What `drift` answers a pipeline with. */
export const driftExit = (items: readonly Pick<DriftItem, "class">[]): ExitCode =>
  items.some((item) => item.class !== "expected") ? "drifted" : "ok";

/** A listener has no other weights than its target groups'. */
const ofWeights = (path: string) => path.endsWith(".weight");

function weightsItem({ weights: { live, recorded } }: LiveState): DriftItem | undefined {
  if (colors.every((color) => live[color] === recorded[color])) return undefined;
  return {
    class: "dangerous",
    type: listenerType,
    resource: listenerName,
    from: recorded,
    to: live,
    repaired: true,
    sentence:
      `The listener's weights: ${shares(recorded)} declared, ${shares(live)} found. ` +
      `Somebody moved traffic by hand: ${repair}.`,
  };
}

const foreignItem = (found: string): DriftItem => ({
  class: "dangerous",
  type: listenerType,
  resource: listenerName,
  to: found,
  repaired: false,
  sentence: `The listener also sends ${found}: nothing declares it. Look who added it, and remove it by hand.`,
});

function deleted({ type, name }: Seen): DriftItem {
  return {
    class: "dangerous",
    type,
    resource: name,
    repaired: true,
    sentence: `${kind(type)} ${name} is gone: ${repair.replace("puts it back", "makes a new one")}.`,
  };
}

/** The engine says that it differs, and not in what. */
function unnamed({ type, name }: Seen): DriftItem {
  return {
    class: ruleFor(type).dangerous === "all" ? "dangerous" : "other",
    type,
    resource: name,
    repaired: true,
    sentence: `${kind(type)} ${name} differs; pulumi refresh --preview-only --diff shows in what. If it is not meant, ${repair}.`,
  };
}

function differing(change: Seen, path: string, world: LiveState): DriftItem {
  const { type, name } = change;
  const { old: from, new: to } = change.values[path] ?? {};
  const found = judge(change, path, world);
  const { repaired, text } = advice(change, path, found, world);
  return {
    class: found,
    type,
    resource: name,
    path,
    from,
    to,
    repaired,
    sentence: `${kind(type)} ${name}, ${path}: ${short(from)} declared, ${short(to)} found. ${text}`,
  };
}

function judge(change: Seen, path: string, world: LiveState): DriftClass {
  const { type, name, op } = change;
  const [property] = segments(path);
  const { dangerous, expected = [], harmless = [], beside = [] } = ruleFor(type);
  if (expected.includes(property)) return "expected";
  if (op === "same") return beside.includes(property) ? "dangerous" : "expected";
  if (isBound(type, property)) return hasTraffic(world, colorOf(name)) ? "dangerous" : "other";
  if (dangerous === "all") return harmless.includes(property) ? "other" : "dangerous";
  return dangerous.includes(property) ? "dangerous" : "other";
}

const groupType = "aws:autoscaling/group:Group";
const templateType = "aws:ec2/launchTemplate:LaunchTemplate";
const isBound = (type: string, property: string) => type === groupType && ["minSize", "maxSize"].includes(property);

/** The colour that a logical name carries: `app-blue-group`. */
const colorOf = (name: string): Color | undefined => colors.find((color) => name.split("-").includes(color));

const hasTraffic = ({ weights: { live, recorded } }: LiveState, color: Color | undefined): boolean =>
  color !== undefined && live[color] + recorded[color] > 0;

const repair = "bluegreen drift --repair puts it back";

interface Advice {
  readonly repaired: boolean;
  readonly text: string;
}

function advice({ type, name }: Seen, path: string, found: DriftClass, world: LiveState): Advice {
  const color = colorOf(name);
  const byHand = (text: string): Advice => ({ repaired: false, text });
  if (found === "expected")
    return byHand(
      segments(path)[0] === "desiredCapacity"
        ? "Auto Scaling moves it between the bounds: nothing to do."
        : "AWS keeps it by itself: nothing to do.",
    );
  if (type === templateType && hasTraffic(world, color))
    return byHand(
      `${color} has traffic and launches from the version that it was made with; a refresh and an update would rebuild it. ` +
        `Release to the other colour first, then repair.`,
    );
  if (ruleFor(type).beside?.includes(segments(path)[0]))
    return byHand("No setting declares it, so no update takes it away: look who added it, and remove it by hand.");
  return { repaired: true, text: `To keep it, declare it; else ${repair}.` };
}

/** The last word of a type, for people: `aws:ec2/launchTemplate:LaunchTemplate` is a `LaunchTemplate`. */
const kind = (type: string): string => type.split(":").at(-1) ?? type;

const longest = 80;

function short(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}
