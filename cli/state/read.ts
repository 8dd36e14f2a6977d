import { awsTime } from "../../aws/clock.ts";
import { byColor, colors, type Capacity } from "../../deployment/model.ts";
import { toCliError } from "../aws-errors.ts";
import { currentLock } from "../store/acquire.ts";
import { listRecords } from "../store/records.ts";
import type { ReleaseSettings, LiveState } from "./model.ts";
import { settingsOf, type StackState } from "./stack-state.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";
import { alarmsNow, fleetsNow, groupsOf, policiesOf, trafficNow, unknownTo } from "./describe.ts";

/** A stack as it is, and what its state says of it. */
export interface Reading {
  readonly world: LiveState;
  readonly recorded: StackState;
}

/** Records that a decision looks back at: what a fleet holds was released, and perhaps rolled back, not long ago. */
const RECORDS = 20;

/**
 * Reads a stack as it is now.
 * @param known the state, where it was read a moment ago
 * @throws CliError when there is no listener any more, or when AWS can't be asked
 */
export async function readLiveState(session: Session, known?: StackState): Promise<Reading> {
  const recorded = known ?? (await session.readState());
  const { outputs } = recorded;
  const { clients, stackRef, settings } = session;
  try {
    const [traffic, fleets, alarms, groups, policies, lock, [record, ...earlier]] = await Promise.all([
      trafficNow(clients, outputs),
      fleetsNow(clients, outputs, recorded),
      alarmsNow(clients, outputs),
      groupsOf(clients, session.environment, session.project),
      policiesOf(clients, recorded.groupNames),
      currentLock(clients.dynamodb, outputs.releases.tableName),
      listRecords(clients.dynamodb, outputs.releases.tableName, RECORDS),
    ]);
    if (traffic === undefined)
      throw new CliError(
        "refused",
        `The listener of stack ${stackRef.stack} is gone. Bring it back with pulumi up --refresh.`,
      );
    const { weights: live, foreign } = traffic;
    const world: LiveState = {
      stack: stackRef.stack,
      // arn:PARTITION:elasticloadbalancing:REGION:...
      region: outputs.listenerArn.split(":")[3] ?? "",
      at: Date.now(),
      awsTime: awsTime(clients.dynamodb),
      weights: { live, recorded: recorded.weights },
      foreign,
      fleets,
      lock,
      record,
      earlier,
      alarms: byColor((color) => alarms.byColor[color]),
      loadBalancerAlarms: alarms.loadBalancer,
      settings: { deployed: settingsOf(outputs, live, settings.minSize), file: fileSettings(session) },
      pending: recorded.pending,
      changedGroups: colors
        .map((color) => fleets[color])
        .filter(({ groupName, capacity }) => differ(recorded.groupBounds[groupName], capacity))
        .map(({ groupName }) => groupName),
      unknownPolicies: policies.map(({ name }) => name).filter((name) => !recorded.policyNames.includes(name)),
      unknownGroups: unknownTo(recorded, groups).map(({ AutoScalingGroupName = "" }) => AutoScalingGroupName),
    };
    return { world, recorded };
  } catch (error) {
    throw toCliError(error);
  }
}

const differ = (recorded: Capacity | undefined, live: Capacity): boolean =>
  recorded !== undefined && (recorded.minSize !== live.minSize || recorded.maxSize !== live.maxSize);

function fileSettings({ settings }: Session): ReleaseSettings {
  const { activeColor, blueAmi, greenAmi, standby, standbyWeight, capacityFloor, previewSize } = settings;
  return { activeColor, blueAmi, greenAmi, standby, standbyWeight, capacityFloor, previewSize };
}
