import { access } from "./access.ts";
import { bootGate } from "./boot-gate.ts";
import { bootstrap } from "./bootstrap.ts";
import { commandSteps } from "./commands.ts";
import { caughtSteps } from "./commands-caught.ts";
import { commandAlarmSteps } from "./commands-alarms.ts";
import { commandFaultSteps } from "./commands-faults.ts";
import { commandHeldSteps } from "./commands-held.ts";
import { commandLateSteps } from "./commands-late.ts";
import { commandGuardSteps } from "./commands-guards.ts";
import { freezeSteps } from "./commands-freeze.ts";
import { pauseSteps } from "./commands-pauses.ts";
import { logSteps } from "./commands-log.ts";
import { planSteps } from "./commands-plan.ts";
import { rollbackCheckSteps } from "./commands-rollback-check.ts";
import { revokedSteps } from "./commands-revoked.ts";
import { singleSteps } from "./commands-single.ts";
import { verdictSteps } from "./commands-verdict.ts";
import { destroy } from "./destroy.ts";
import { driftSteps } from "./drift.ts";
import { environments } from "./environments.ts";
import { everything } from "./everything.ts";
import { faults } from "./faults.ts";
import { guardSteps } from "./guards.ts";
import { killSteps } from "./kills.ts";
import { interruptions } from "./interruptions.ts";
import { machineFaults, sessions } from "./machines.ts";
import { policy } from "./policy.ts";
import { readme } from "./readme.ts";
import { redisAway } from "./redis-away.ts";
import { release, retire } from "./release.ts";
import { variants } from "./variants.ts";
import type { Step } from "./context.ts";

const hazards = [...guardSteps, ...interruptions, ...driftSteps, ...commandSteps];
const commandHazards = [
  ...caughtSteps,
  ...verdictSteps,
  ...commandGuardSteps,
  ...commandFaultSteps,
  ...commandHeldSteps,
  ...commandLateSteps,
  ...freezeSteps,
  ...pauseSteps,
  ...commandAlarmSteps,
  ...planSteps,
  ...rollbackCheckSteps,
  ...logSteps,
  ...revokedSteps,
  ...singleSteps,
  ...killSteps,
  environments,
  variants,
  everything,
];

/**
 * The whole scenario, in its order.
 * @param machines whether instances are booted machines: they have sessions to keep, mistakes of a whole system, and boot
 * gates that answer by themselves; the release commands' faults are tried with processes, which come up faster
 */
export function scenarioOf({ machines }: { machines: boolean }): Step[] {
  return machines
    ? [
        ...release.slice(0, release.indexOf(retire)),
        sessions,
        retire,
        redisAway,
        ...faults,
        ...machineFaults,
        ...hazards,
        destroy,
      ]
    : [
        readme,
        access,
        ...release,
        ...faults,
        redisAway,
        bootGate,
        policy,
        bootstrap,
        ...hazards,
        ...commandHazards,
        destroy,
      ];
}

/**
 * The steps of a run.
 * @param scenario to choose from
 * @param only names of the steps wanted; none: all. The last one, destroy, always belongs to it.
 * @param except names of steps left out
 * @throws Error that names the steps there are.
 */
export function chosen(scenario: Step[], only: readonly string[], except: readonly string[]): Step[] {
  const unknown = [...only, ...except].filter((name) => !scenario.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `no step is called ${unknown.join(" or ")}; there are ${scenario.map(({ name }) => name).join(", ")}`,
    );
  }
  return scenario.filter(
    (step) => step === destroy || ((only.length === 0 || only.includes(step.name)) && !except.includes(step.name)),
  );
}
