import { readProjectFile } from "../analysis/project-file.ts";
import { requirePausesIn } from "../analysis/pauses.ts";
import { CliError } from "../error.ts";
import { objections } from "../plan/objections.ts";
import { planOf, type ReleasePlan } from "../plan/plan.ts";
import { previewUpdate } from "../plan/preview.ts";
import { renderPlan } from "../plan/render.ts";
import { foresee, type PlannedStep } from "../plan/steps.ts";
import { requireImageName, resolveImage } from "../rollout/image.ts";
import type { Session } from "../session.ts";
import { imageName } from "../state/model.ts";
import { readLiveState, type Reading } from "../state/read.ts";
import { readingWidth } from "../status/render.ts";
import type { Context } from "./context.ts";
import { goalOf, type ReleaseOptions } from "./release.ts";

/**
 * What a release would do, without doing it: it takes no lock, and neither AWS nor a file is changed.
 * @throws CliError "refused" when something stands against the release now
 */
export async function plan(context: Context, wanted: string, options: ReleaseOptions): Promise<void> {
  requireImageName(wanted);
  const asked = goalOf(options);
  const { ui } = context;
  const session = await context.open();
  const { pauses, freeze, rollbackCheck, standbyHours } = readProjectFile(session.stackRef.folder);
  requirePausesIn(asked.strategy, pauses);
  const provesRollback = rollbackCheck?.release;
  const goal = { ...asked, pauses, provesRollback, until: "ended" as const };
  const made = await ui.step(
    "look",
    `Asking what a release of ${wanted} would do`,
    async (tell): Promise<ReleasePlan> => {
      const reading = await readLiveState(session);
      const image = await resolveImage(session, wanted);
      const { world } = reading;
      const foreseen = foresee(world, { ...goal, imageId: image.imageId }, image, session.settings);
      const first = firstUpdate(foreseen.steps);
      const [found, previewed] = await Promise.all([
        objections({ ...reading, session, image, freeze }),
        first && previewUpdate(session, tableOf(reading), { ...world.settings.deployed, ...first }, tell),
      ]);
      return planOf({ world, image, foreseen, settings: session.settings, standbyHours, previewed, ...found });
    },
  );
  ui.result(made, renderPlan(made, readingWidth(process.stdout.columns ?? 100)));
  refuseIfAgainst(session, made);
}

/** The settings of the first update; undefined: there is none, or what was cut off must be put in order before. */
function firstUpdate(steps: readonly PlannedStep[]): PlannedStep["change"] {
  return steps[0]?.kind === "recover" ? undefined : steps.find(({ change }) => change !== undefined)?.change;
}

const tableOf = ({ recorded }: Reading): string => recorded.outputs.releases.tableName;

function refuseIfAgainst({ stackRef: { stack } }: Session, { image, against }: ReleasePlan): void {
  if (against.length === 0) return;
  const sources = [...new Set(against.map(({ by }) => by))].join(", ");
  throw new CliError(
    "refused",
    `A release of ${imageName(image)} on ${stack} would be refused now: ${sources}. See above.`,
  );
}
