import { shares } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import { imageName } from "../state/model.ts";
import { columns } from "../status/columns.ts";
import { costText } from "./cost.ts";
import type { Objection } from "./objections.ts";
import type { ReleasePlan, TimedStep } from "./plan.ts";

const labelWidth = 12;

/** A plan as a person reads it. @param width columns of the terminal */
export function renderPlan(plan: ReleasePlan, width: number): string {
  const { stack, image, serving, weights, steps, seconds } = plan;
  const rows: (readonly [string, string])[] = [
    ...steps.map((step, index): [string, string] => [`${String(index + 1).padStart(3)} ${step.kind}`, stepText(step)]),
    ["", ""],
    ["Takes", seconds === 0 ? "as long as its updates" : `${formatDuration(seconds)}, and its updates`],
    ...plan.rollback.map((line, index): [string, string] => [index === 0 ? "Rollback" : "", line]),
    ...(plan.capacity === undefined ? [] : [["Runs", plan.capacity] as const]),
    ...(plan.cost === undefined ? [] : [["Costs", costText(plan.cost)] as const]),
    ...listed("Against it", plan.against, "nothing"),
    ...listed("Not known", plan.unknown),
  ];
  const head = `${stack}: what bluegreen release ${imageName(image)} would do. ${serving.color} ${imageName(serving.image)} serves; ${shares(weights)}.`;
  return [head, "", columns(rows, labelWidth, width)].join("\n");
}

function stepText({ what, seconds, usualSeconds, touches }: TimedStep): string {
  const time =
    seconds !== undefined && seconds > 0
      ? formatDuration(seconds)
      : usualSeconds !== undefined
        ? `about ${formatDuration(usualSeconds)}, as the releases before`
        : undefined;
  const touched = touches && `touches ${touches.length === 0 ? "nothing" : touches.join(", ")}`;
  return [what, time, touched].filter((part) => part !== undefined).join("; ");
}

function listed(label: string, found: readonly Objection[], none?: string): (readonly [string, string])[] {
  if (found.length === 0) return none === undefined ? [] : [[label, none]];
  return found.map(({ by, why }, index) => [index === 0 ? label : "", `${by}: ${why}`]);
}
