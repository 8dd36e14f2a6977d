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
    file: "deployment/gate-verdict.ts",
    search: "if (needed !== undefined && healthy < needed) {",
    replacement: "if (needed !== undefined && healthy < 0) {",
    breaks: "the gate asks for no healthy targets",
  },
  {
    file: "deployment/plan.ts",
    search: 'if (!serving && standby === "off") return { minSize: 0, maxSize: 0 };',
    replacement: 'if (standby === "off") return { minSize: 0, maxSize: 0 };',
    breaks: "standby: off empties both fleets",
  },
  {
    file: "components/release-revision.ts",
    search: "if (last === undefined || revision >= last.revision) return undefined;",
    replacement: "if (last === undefined || revision >= 0) return undefined;",
    breaks: "an older checkout undoes what a command wrote",
  },
  {
    file: "components/fleet-guards.ts",
    search: "if (traffic === undefined || (await foreign(guarded, color, groupName)) === 0) return undefined;",
    replacement: "if (traffic !== undefined || (await foreign(guarded, color, groupName)) === 0) return undefined;",
    breaks: "a replaced group is deleted though traffic has come to it",
  },
  {
    file: "aws/release-lock.ts",
    search: "if (item?.token?.S === token) return undefined;",
    replacement: "if (token !== undefined) return undefined;",
    breaks: "the gate does not ask whether the command still holds the lock",
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
    file: "cli/store/lock.ts",
    search: 'if (now < found.expires) return "held";',
    replacement: 'if (now < 0) return "held";',
    breaks: "a lease that runs is taken",
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
    search: "if (live[standby] === 0 && !checked) return",
    replacement: "if (live[standby] === 100 && !checked) return",
    breaks: "an image gets traffic unchecked",
  },
  {
    file: "cli/rollout/next.ts",
    search: "if (live.blue !== recorded.blue || live.green !== recorded.green)",
    replacement: "if (live.blue + live.green !== 100)",
    breaks: "a state that is behind the listener is not put in order",
  },
  {
    file: "cli/rollout/next.ts",
    search: 'if (mine?.stage === "rollback") return',
    replacement: 'if (mine?.stage === "retire") return',
    breaks: "a way back that was cut off is not gone on with",
  },
  {
    file: "cli/rollout/recover.ts",
    search: "clearPendingCreates: true",
    replacement: "clearPendingCreates: false",
    breaks: "creations that were cut off stay pending",
  },
  {
    file: "cli/rollout/recover.ts",
    search: "for (const group of unknown) await removeGroup",
    replacement: "for (const group of unknown.slice(1)) await removeGroup",
    breaks: "a group that was left behind is not removed",
  },
  {
    file: "cli/rollout/retire.ts",
    search: 'rollout.change({ standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 }, tell),',
    replacement: 'rollout.change({ standby: "off", standbyWeight: 0, previewSize: 0 }, tell),',
    breaks: "retire does not lift the floor",
  },
  {
    file: "cli/rollout/retire.ts",
    search: "if (live[old] > 0) return",
    replacement: "if (live[old] > 100) return",
    breaks: "retire goes on while the old fleet has traffic",
  },
  {
    file: "cli/rollout/retire.ts",
    search: "if (record !== undefined && isBaking(world, record))",
    replacement: "if (record !== undefined && live[old] > 100)",
    breaks: "retire closes the way back of a bake",
  },
  {
    file: "cli/rollout/traffic.ts",
    search:
      'await rollout.tryNote({ kind: "ended", at: timestamp(), outcome: "rolled-back", why });\n  await rollout.notify({ kind: "rolled-back", color, image, why });',
    replacement: 'await rollout.notify({ kind: "rolled-back", color, image, why });',
    breaks: "a rollback does not end its record",
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
    breaks: "a way back leaves the template that a failed staging has changed",
  },
  {
    file: "cli/rollout/release.ts",
    search: 'const failedStaging = step === "stage" && isFailedFleet(error, other(servingNow(rollout)));',
    replacement:
      "const failedStaging = isFailedFleet(error, servingNow(rollout)) || isFailedFleet(error, other(servingNow(rollout)));",
    breaks: "a retire that fails takes the release back",
  },
  {
    file: "cli/rollout/take-step.ts",
    search: 'await rollout.note({ kind: "ended", at: timestamp(), outcome: "released" });',
    replacement: "",
    breaks: "a release does not end its record",
  },
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
    file: "cli/runner.ts",
    search: "const refused = unwritten !== undefined || (holders !== undefined && !isOwn);",
    replacement: "const refused = unwritten !== undefined || holders !== undefined;",
    breaks: "an engine that was refused for its own lock counts as one that left nothing",
  },
  {
    file: "cli/rollout/context.ts",
    search: 'if (notice.kind !== "rolled-back" || this.lock.isLost) throw error;',
    replacement: "if (notice.kind === undefined) throw error;",
    breaks: "who has lost the lock tells people all the same",
  },
  {
    file: "cli/rollout/update.ts",
    search: "(await deployedNow(session)) ?? unmoved",
    replacement: "(await deployedNow(session)) ?? from",
    breaks: "an update that can't be judged gives the settings back that were there before",
  },
  {
    file: "cli/rollout/release.ts",
    search: "if (!(error instanceof RollbackRequired) && !failedStaging) throw error;",
    replacement: "if (!failedStaging) throw error;",
    breaks: "a release that is judged bad is not taken back",
  },
  {
    file: "cli/store/lease.ts",
    search: "if (this.failure === undefined && !isOver) return;",
    replacement: "if (!isOver) return;",
    breaks: "a change goes on though its renewal got no answer",
  },
  {
    file: "cli/store/acquire.ts",
    search: 'if (found !== undefined && decision === "silent" && kind === "change" && !watch(found)) {',
    replacement: 'if (found !== undefined && decision === "silent" && kind === "rollback" && !watch(found)) {',
    breaks: "a lease that is over by a fast clock is taken without a look whether its holder lives",
  },
];
