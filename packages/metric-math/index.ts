import jsep, { type CoreExpression, type Expression } from "jsep";
import { validationError } from "@bluegreen/query-protocol";

/** A metric's values, one a period; undefined where the metric has none. */
export type TimeSeries = readonly (number | undefined)[];

/** What an expression's part yields. */
export type Value = number | TimeSeries;

/** A metric math expression, ready to be computed. */
export interface MathExpression {
  /** Ids of the metrics and expressions that it names. */
  names: ReadonlySet<string>;
  /**
   * Computes it.
   * @param valueOf Gives the value of an id.
   */
  compute(valueOf: (id: string) => Value): Value;
}

type Compute = MathExpression["compute"];

const operators: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
};

/**
 * Reads a metric math expression: + - * / ( ), comparisons, IF, FILL, ABS and DIFF.
 * @throws ValidationError for anything else, also for what CloudWatch knows and this cloud doesn't.
 */
export function parseExpression(text: string): MathExpression {
  let tree: Expression;
  try {
    tree = jsep(text);
  } catch (error) {
    throw refusal(text, error instanceof Error ? error.message : String(error));
  }
  const names = new Set<string>();
  return { names, compute: compile(tree, text, names) };
}

function refusal(text: string, why: string): Error {
  return validationError(
    `Error in expression "${text}": ${why}. The rehearsal's cloud knows + - * / ( ), comparisons, IF, FILL, ABS and DIFF ` +
      "(packages/metric-math/index.ts).",
  );
}

function compile(tree: Expression, text: string, names: Set<string>): Compute {
  const node = tree as CoreExpression;
  const part = (child: Expression): Compute => compile(child, text, names);
  let unknown: string = node.type;
  switch (node.type) {
    case "Literal": {
      const { value, raw } = node;
      if (typeof value === "number") return () => value;
      unknown = raw;
      break;
    }
    case "Identifier": {
      const { name } = node;
      if (/^[a-z]/.test(name)) {
        names.add(name);
        return (valueOf) => valueOf(name);
      }
      unknown = name;
      break;
    }
    case "UnaryExpression":
      if (node.operator === "-") {
        const argument = part(node.argument);
        return (valueOf) => combine(0, argument(valueOf), (a, b) => a - b);
      }
      unknown = node.operator;
      break;
    case "BinaryExpression": {
      const operator = operators[node.operator];
      if (operator) {
        const [left, right] = [part(node.left), part(node.right)];
        return (valueOf) => combine(left(valueOf), right(valueOf), operator);
      }
      unknown = node.operator;
      break;
    }
    case "CallExpression": {
      const callee = node.callee as CoreExpression;
      const name = callee.type === "Identifier" ? callee.name : callee.type;
      const call = callOf(name, node.arguments, part);
      if (call) return call;
      unknown = `${name} with ${node.arguments.length} arguments`;
      break;
    }
    case "ArrayExpression":
    case "Compound":
    case "ConditionalExpression":
    case "MemberExpression":
    case "SequenceExpression":
    case "ThisExpression":
      break;
  }
  throw refusal(text, `${unknown} is not known here`);
}

function callOf(name: string, args: Expression[], part: (child: Expression) => Compute): Compute | undefined {
  if (name === "IF" && (args.length === 2 || args.length === 3)) {
    const [condition, yes, no] = args.map(part) as [Compute, Compute, Compute?];
    return (valueOf) => choose(condition(valueOf), yes(valueOf), no?.(valueOf));
  }
  if (name === "FILL" && args.length === 2) {
    const [series, filler] = args;
    const filled = part(series);
    if (filler.name === "REPEAT") return (valueOf) => repeat(filled(valueOf));
    const value = part(filler);
    return (valueOf) => fill(filled(valueOf), value(valueOf));
  }
  if (name === "ABS" && args.length === 1) {
    const value = part(args[0]);
    return (valueOf) => combine(value(valueOf), 0, (one) => Math.abs(one));
  }
  if (name === "DIFF" && args.length === 1) {
    const value = part(args[0]);
    return (valueOf) => differences(value(valueOf));
  }
  return undefined;
}

/** Each value without the one before it; the first has none. */
function differences(series: Value): Value {
  if (typeof series === "number") return 0;
  return series.map((value, index) => {
    const before = index === 0 ? undefined : series[index - 1];
    return value === undefined || before === undefined ? undefined : value - before;
  });
}

/** By CloudWatch's rules a value that one side lacks counts as 0, and what divides by zero is dropped. */
function combine(left: Value, right: Value, operate: (a: number, b: number) => number): Value {
  if (typeof left === "number" && typeof right === "number") return operate(left, right);
  const series = [left, right].filter((side) => typeof side !== "number");
  return Array.from({ length: series[0]?.length ?? 0 }, (_, index) => {
    if (series.every((side) => side[index] === undefined)) return undefined;
    const result = operate(at(left, index) ?? 0, at(right, index) ?? 0);
    return Number.isFinite(result) ? result : undefined;
  });
}

/** IF by CloudWatch's tables: a true moment without a value is 0, a false one without a value is dropped. */
function choose(condition: Value, yes: Value, no: Value | undefined): Value {
  if (typeof condition === "number") return condition !== 0 ? yes : (no ?? []);
  return condition.map((holds, index) => {
    if (holds === undefined) return undefined;
    return holds !== 0 ? (at(yes, index) ?? 0) : no === undefined ? undefined : at(no, index);
  });
}

function fill(series: Value, filler: Value): Value {
  return typeof series === "number" ? series : series.map((value, index) => value ?? at(filler, index));
}

function repeat(series: Value): Value {
  let last: number | undefined;
  return typeof series === "number" ? series : series.map((value) => (last = value ?? last));
}

function at(value: Value, index: number): number | undefined {
  return typeof value === "number" ? value : value[index];
}
