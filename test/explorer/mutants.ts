/** A fault seeded on purpose. */
export interface Mutant {
  readonly file: string;
  /** Stands there exactly once. */
  readonly search: string;
  readonly replacement: string;
  readonly breaks: string;
}

/** Faults of the protocol that the explorer must find. */
export const mutants: readonly Mutant[] = [
  {
    file: "cli/rollout/context.ts",
    search: "lock: options.urgent && !this.lock.isProven ? undefined : this.lock.token,",
    replacement: "lock: undefined,",
    breaks: "an update is not told which lock its command holds",
  },
  {
    file: "cli/store/lock.ts",
    search: 'if (found.token === me) return "mine";',
    replacement: "",
    breaks: "a command refuses itself when the answer to its lock was lost",
  },
  {
    file: "aws/release-lock.ts",
    search: "if (item?.token?.S === token) return undefined;",
    replacement: "if (token !== undefined) return undefined;",
    breaks: "the gate does not ask whether the command still holds the lock",
  },
  {
    file: "cli/store/fenced.ts",
    search: '    ConditionExpression: "#token = :token",',
    replacement: '    ConditionExpression: "#token = :token OR #token <> :token",',
    breaks: "a preempted command writes records",
  },
  {
    file: "cli/store/record.ts",
    search: "Date.parse(newest.startedAt) + 1",
    replacement: "0",
    breaks: "a record by a slow clock sorts before an older one",
  },
  {
    file: "components/release-revision.ts",
    search: "if (last === undefined || revision >= last.revision) return undefined;",
    replacement: "if (last === undefined || revision >= 0) return undefined;",
    breaks: "an older checkout undoes what a command wrote",
  },
  {
    file: "cli/runner.ts",
    search: "holders.every((holder) => engines?.isLeftLocked(holder))",
    replacement: "engines !== undefined",
    breaks: "pulumi cancel ends whoever holds the state",
  },
  {
    file: "cli/store/abandoned.ts",
    search: 'state === "dead" || (state === "unknown" && now - heard > SILENCE)',
    replacement: 'state !== "alive"',
    breaks: "an engine on another host counts as dead at once",
  },
  {
    file: "cli/store/abandoned.ts",
    search: "  if (engine === undefined) return abandoned;",
    replacement: "  if (holder !== undefined) return [];",
    breaks: "whoever takes a lock forgets the engines that were left behind",
  },
  {
    file: "cli/rollout/next.ts",
    search: "if (live[standby] === 0 && !checked) return",
    replacement: "if (live[standby] === 100 && !checked) return",
    breaks: "an image gets traffic unchecked",
  },
  {
    file: "deployment/plan.ts",
    search: 'if (!serving && standby === "off") return { minSize: 0, maxSize: 0 };',
    replacement: 'if (standby === "off") return { minSize: 0, maxSize: 0 };',
    breaks: "standby: off empties both fleets",
  },
  {
    file: "components/fleet-guards.ts",
    search: "if (traffic === undefined || (await foreign(guarded, color, groupName)) === 0) return undefined;",
    replacement: "if (groupName.length > 0) return undefined;",
    breaks: "a replaced group is deleted though traffic has come to it",
  },
  {
    file: "cli/rollout/next.ts",
    search: "if (pending.length > 0)",
    replacement: "if (pending.length > 99)",
    breaks: "what a killed run left pending is not put in order",
  },
  {
    file: "cli/rollout/next.ts",
    search: "if (unknownGroups.length > 0)",
    replacement: "if (unknownGroups.length > 99)",
    breaks: "a group that the state does not know is not looked for",
  },
  {
    file: "cli/rollout/next.ts",
    search: "if (live.blue !== recorded.blue || live.green !== recorded.green)",
    replacement: "if (live.blue + live.green !== 100)",
    breaks: "a state that is behind the listener is not put in order",
  },
  {
    file: "cli/rollout/pause-points.ts",
    search: "return pauseDue(world, goal, next) ?? next;",
    replacement: "return next;",
    breaks: "a release passes its pauses by",
  },
  {
    file: "cli/rollout/pause-points.ts",
    search: "if (open !== undefined) return open;",
    replacement: "",
    breaks: "a release that is given again ends its own pause",
  },
  {
    file: "cli/rollout/pause.ts",
    search: 'pause.then === "rollback" ? [{ kind: "stage"',
    replacement: 'pause.then === undefined ? [{ kind: "stage"',
    breaks: "a pause whose time is over goes on, whatever was declared",
  },
  {
    file: "cli/rollout/release.ts",
    search: "if (!(error instanceof RollbackRequired) && !failedStaging) throw error;",
    replacement: "if (!failedStaging) throw error;",
    breaks: "a release that is judged bad is not taken back",
  },
  {
    file: "cli/rollout/traffic.ts",
    search: "if (record.color === begun.color && record.image.imageId === begun.image.imageId) return false;",
    replacement: "if (record.color !== undefined) return false;",
    breaks: "a rollback stamps whatever record runs",
  },
  {
    file: "cli/rollout/traffic.ts",
    search: "      await restoreFleet(rollout, to);",
    replacement: "",
    breaks: "a rollback leaves the template that a failed staging has changed",
  },
  {
    file: "cli/rollout/retire.ts",
    search: "if (record !== undefined && isBaking(world, record))",
    replacement: "if (record !== undefined && live[old] > 100)",
    breaks: "retire empties the rollback target of a bake",
  },
  {
    file: "cli/rollout/retire.ts",
    search: 'rollout.change({ standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 }, tell),',
    replacement: 'rollout.change({ standby: "off", standbyWeight: 0, previewSize: 0 }, tell),',
    breaks: "retire does not lift the floor",
  },
];
