import { byColor } from "../components/traffic.ts";
import { explained } from "./aws-errors.ts";
import { currentLock } from "./ledger/acquire.ts";
import { latestRecord } from "./ledger/records.ts";
import type { ReleaseSettings, World } from "./model.ts";
import { settingsOf, type Recorded } from "./recorded.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";
import { alarmsNow, fleetsNow, weightsNow } from "./world.ts";

/** A stack as it is, and what its state says of it. */
export interface Reading {
  readonly world: World;
  readonly recorded: Recorded;
}

/**
 * Reads a stack as it is now.
 * @param known the state, where it was read a moment ago
 * @throws Refusal when there is no listener any more, or when AWS can't be asked
 */
export async function readWorld(session: Session, known?: Recorded): Promise<Reading> {
  const recorded = known ?? (await session.recorded());
  const { outputs } = recorded;
  const { clients, place, settings } = session;
  try {
    const [live, fleets, alarms, lock, record] = await Promise.all([
      weightsNow(clients, outputs),
      fleetsNow(clients, outputs),
      alarmsNow(clients, outputs),
      currentLock(clients.dynamodb, outputs.releases.tableName),
      latestRecord(clients.dynamodb, outputs.releases.tableName),
    ]);
    if (live === undefined)
      throw new Refusal(
        "refused",
        `The listener of stack ${place.stack} is gone. Bring it back with pulumi up --refresh.`,
      );
    const world: World = {
      ...{ stack: place.stack, at: Date.now(), weights: { live, recorded: recorded.weights }, fleets, lock, record },
      ...{ alarms: byColor((color) => alarms.byColor[color]), loadBalancerAlarms: alarms.loadBalancer },
      settings: { deployed: settingsOf(outputs, live, settings.minSize), file: fileSettings(session) },
      pending: recorded.pending,
    };
    return { world, recorded };
  } catch (error) {
    throw explained(error);
  }
}

function fileSettings({ settings }: Session): ReleaseSettings {
  const { activeColor, blueAmi, greenAmi, standby, standbyWeight, capacityFloor, previewSize } = settings;
  return { activeColor, blueAmi, greenAmi, standby, standbyWeight, capacityFloor, previewSize };
}
