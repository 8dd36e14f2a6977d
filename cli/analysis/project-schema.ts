import { z } from "zod";
import type { Stage } from "../state/model.ts";
import { durationForm, secondsOf } from "./duration.ts";
import { freezeKeys, freezeSchema } from "./freeze.ts";
import { pauseKeys, pausesSchema } from "./pauses.ts";
import { defaultRules, type Limits } from "./limits.ts";

/** Keys and values of the project file; each fault's message says what is allowed. */
const text = z.string({ error: "a text" }).min(1, { error: "a text" });
const timeoutForm = `${durationForm}, and more than 0s`;
const timeout = z.string({ error: timeoutForm }).transform((value, context) => {
  const seconds = secondsOf(value) ?? 0;
  if (seconds > 0) return seconds;
  context.addIssue({ code: "custom", message: timeoutForm });
  return z.NEVER;
});
const status = { error: "a status from 200 to 599" };

const urlCheck = z.strictObject({
  name: text,
  url: text.regex(/^\/\S*$/, { error: "a path that begins with /: it is asked through the preview listener" }),
  status: z.int(status).min(200, status).max(599, status).default(200),
  contains: text.optional(),
});
const commandCheck = z.strictObject({ name: text, command: text, timeout: timeout.default(120) });

/** A request through the preview listener: its answer's status, and a text that stands in its body. */
export type UrlCheck = z.output<typeof urlCheck>;
/** A command: exit code 0 is a pass. `timeout` is in seconds, default 120. */
type CommandCheck = z.output<typeof commandCheck>;
export type ProjectCheck = UrlCheck | CommandCheck;

const isCommand = (value: unknown): boolean => typeof value === "object" && value !== null && "command" in value;

/** Its keys tell which kind a check is, so that each fault is told for that kind. */
const check = z.unknown().transform((value, context): ProjectCheck => {
  const kind = isCommand(value) ? commandCheck : urlCheck;
  const result = kind.safeParse(value);
  if (result.success) return result.data;
  for (const { path, allowed } of result.error.issues.flatMap((issue) => allowedBy(issue, kind))) {
    context.addIssue({ code: "custom", path: [...path], message: allowed });
  }
  return z.NEVER;
});

/** Stages that hooks stand around: a rollback waits for nothing. */
export type HookStage = Exclude<Stage, "rollback">;

const commands = z.array(text, { error: "a list of commands" }).default([]);
const byStage = {
  stage: commands,
  check: commands,
  cutover: commands,
  bake: commands,
  retire: commands,
} satisfies Record<HookStage, unknown>;
const hooks = z.strictObject(byStage).prefault({});
const moments = z.strictObject({ before: hooks, after: hooks });

const yesNo = { error: "true or false" };
const rollbackCheck = z.strictObject({
  // A shell takes blanks for nothing to do, which goes well.
  command: text.regex(/\S/, { error: "a command" }),
  timeout: timeout.default(120),
  release: z.boolean(yesNo).default(false),
});

/**
 * The command that proves a rollback: it writes sessions and data with one colour, and reads them with the other. `timeout` is in
 * seconds for each of its runs, default 120; with `release` (default: false) each release runs it before any request moves.
 */
export type RollbackCheck = z.output<typeof rollbackCheck>;

const amount = z.number({ error: "a number from 0 on" }).min(0, { error: "a number from 0 on" }).optional();
const byLimit = {
  requests: amount,
  failures: amount,
  errorPercent: amount,
  errorPoints: amount,
  p95Factor: amount,
  p95Slack: amount,
  quietMinutes: amount,
  alarmSeconds: amount,
} satisfies Record<keyof Limits, unknown>;
const limits = z.strictObject(byLimit);

const alpha = { error: "a chance from 0.0001 to 0.2: that a release goes back though it is no worse" };
const effect = { error: "a number from 1 to 10: times the old colour's failures that are no worse yet" };
const modes = { error: "enforce, or observe: verdicts are told and change nothing" };
const metricsPath = { error: "a path that begins with /, where both colours answer their counters as Prometheus text" };

const variable = z.string({ error: "a list of variables' names" }).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: "a variable's name: letters, digits and _",
});

/** Hours after its release's end that a warm standby, or a capacity floor, is meant to stay: a day to notice what the bake did not. */
export const standbyHoursDefault = 24;
const hours = { error: "a number of hours from 0 on" };

export const projectSchema = z.strictObject({
  checks: z.array(check, { error: "a list of checks" }).default([]),
  hooks: moments.prefault({}),
  rollbackCheck: rollbackCheck.optional(),
  limits: limits.prefault({}),
  alpha: z.number(alpha).min(0.0001, alpha).max(0.2, alpha).default(defaultRules.alpha),
  effect: z.number(effect).min(1, effect).max(10, effect).default(defaultRules.effect),
  mode: z.enum(["enforce", "observe"], modes).default("enforce"),
  metrics: z
    .string(metricsPath)
    .regex(/^\/\S*$/, metricsPath)
    .optional(),
  environment: z.array(variable, { error: "a list of variables' names" }).default([]),
  caFile: text.optional(),
  standbyHours: z.number(hours).min(0, hours).default(standbyHoursDefault),
  pauses: pausesSchema,
  freeze: freezeSchema,
});

/**
 * The team's own checks, the commands before and after a stage, the command that proves a rollback, what a release is judged by instead of the defaults, which
 * variables of the release's own environment checks and hooks get beside the usual ones, the file of a private authority's
 * certificates (PEM, beside the project file), which requests through the preview listener believe, how long a standby is
 * meant to stay, where a release waits for people, and when nothing is released.
 */
export type ProjectFile = z.output<typeof projectSchema>;

/** Where a fault of the file is, and what is allowed there. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly allowed: string;
}

/** The faults that an issue stands for; those of unknown keys are one a key. */
export const faultsOf = (issue: z.core.$ZodIssue): Fault[] => {
  const [first, second] = issue.path;
  if (first === "limits") return allowedBy(issue, limits);
  if (first === "rollbackCheck") return allowedBy(issue, rollbackCheck);
  if (first === "pauses" && second !== undefined) return allowedBy(issue, pauseKeys);
  if (first === "freeze" && second !== undefined) return allowedBy(issue, freezeKeys);
  return allowedBy(issue, first !== "hooks" ? projectSchema : second === undefined ? moments : hooks.unwrap());
};

function allowedBy(issue: z.core.$ZodIssue, { shape }: { readonly shape: object }): Fault[] {
  const keys = Object.keys(shape).join(", ");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...issue.path, key], allowed: `no such key; one of ${keys}` }));
  }
  const isMapping = issue.code === "invalid_type" && issue.expected === "object";
  return [{ path: issue.path, allowed: isMapping ? `a mapping with ${keys}` : issue.message }];
}
