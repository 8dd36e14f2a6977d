import { errorMessage } from "../../deployment/error-message.ts";
import { foreignFault } from "../../deployment/gate-verdict.ts";
import { endText, freezeAt, type FreezeWindow } from "../analysis/freeze.ts";
import { CliError } from "../error.ts";
import { imageFaults, requirePromotion } from "../rollout/image.ts";
import { requireNotRevoked } from "../rollout/revoked.ts";
import { requireSchema } from "../rollout/schema.ts";
import { requireWhole } from "../rollout/whole.ts";
import type { Session } from "../session.ts";
import type { ImageFacts } from "../state/model.ts";
import type { Reading } from "../state/read.ts";

/** What is asked about. */
export interface Asked extends Reading {
  readonly session: Session;
  readonly image: ImageFacts;
  /** Times in which nothing is released, by the project file. */
  readonly freeze: readonly FreezeWindow[];
}

/** Something that stands against a release now. */
export interface Objection {
  /** What says no: `promotion`, `schema`. */
  readonly by: string;
  readonly why: string;
}

/** What asks before a release begins; each throws a CliError "refused", or gives reasons. */
const rows: readonly { by: string; ask: (asked: Asked) => Promise<readonly string[]> }[] = [
  { by: "image", ask: ({ image }) => Promise.resolve(imageFaults(image)) },
  { by: "revocation", ask: ({ session, image }) => requireNotRevoked(session, image).then(() => []) },
  { by: "promotion", ask: ({ session, image }) => requirePromotion(session, image).then(() => []) },
  { by: "schema", ask: (asked) => requireSchema(asked, asked.image).then(() => []) },
  { by: "degraded", ask: (asked) => requireWhole(asked).then(() => []) },
  { by: "freeze", ask: (asked) => Promise.resolve(freezeFaults(asked)) },
  {
    by: "listener",
    ask: ({ world: { foreign } }) => Promise.resolve(foreign.length > 0 ? [foreignFault(foreign)] : []),
  },
  { by: "lock", ask: ({ world }) => Promise.resolve(lockFaults(world)) },
];

/** All that stands against a release now, and what could not be asked. */
export async function objections(asked: Asked): Promise<{ against: Objection[]; unknown: Objection[] }> {
  const found = await Promise.all(rows.map(({ by, ask }) => answered(by, ask(asked))));
  return { against: found.flatMap(({ against }) => against), unknown: found.flatMap(({ unknown }) => unknown) };
}

async function answered(by: string, answer: Promise<readonly string[]>) {
  try {
    return { against: (await answer).map((why) => ({ by, why })), unknown: [] };
  } catch (error) {
    const why = errorMessage(error);
    const isRefusal = error instanceof CliError && (error.code === "refused" || error.code === "usage");
    return isRefusal ? { against: [{ by, why }], unknown: [] } : { against: [], unknown: [{ by, why }] };
  }
}

function freezeFaults({ freeze: windows, world: { stack, awsTime } }: Asked): string[] {
  const freeze = freezeAt(windows, awsTime);
  if (freeze === undefined) return [];
  return [`${stack} is frozen until ${endText(freeze)} (${freeze.reason}); --during-freeze "why" goes on`];
}

function lockFaults({ lock, at }: Asked["world"]): string[] {
  if (lock === undefined || lock.released === true || lock.expires <= at) return [];
  return [`${lock.holder.by} works on this stack since ${lock.since} (${lock.doing})`];
}
