import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { validationError } from "@bluegreen/query-protocol";
import type { Group, Hook } from "./model.ts";

/** What ends the wait of a lifecycle hook. */
export type HookResult = "CONTINUE" | "ABANDON";

interface Wait {
  readonly group: string;
  readonly hook: Hook;
  readonly instanceId: string;
  readonly token: string;
  timer: NodeJS.Timeout;
  readonly settle: (result: HookResult, how: string) => void;
}

/** Names one wait: by the instance, or by the token that its notification carried. */
export interface WaitReference {
  AutoScalingGroupName: string;
  LifecycleHookName: string;
  InstanceId?: string;
  LifecycleActionToken?: string;
}

/** Lifecycle hooks that really wait: for an answer, or for the heartbeat time-out and the default result. */
export class Hooks {
  private readonly waits = new Set<Wait>();

  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * Waits for all of a group's hooks on a transition; without a hook it settles at once.
   * @returns why one of them gave it up, in AWS's words; undefined: go on.
   */
  async wait(group: Group, instanceId: string, transition: Hook["transition"]): Promise<string | undefined> {
    const hooks = [...group.hooks.values()].filter((hook) => hook.transition === transition);
    const abandoned = await Promise.all(hooks.map((hook) => this.waitFor(group.name, hook, instanceId)));
    return abandoned.find((reason) => reason !== undefined);
  }

  /** CompleteLifecycleAction. */
  complete(reference: WaitReference, result: HookResult): void {
    this.find(reference).settle(result, `Lifecycle Action Completed with ${result} Result`);
  }

  /** RecordLifecycleActionHeartbeat: the time-out starts again. */
  heartbeat(reference: WaitReference): void {
    const wait = this.find(reference);
    clearTimeout(wait.timer);
    wait.timer = this.timer(wait.hook, wait.settle);
  }

  /** Ends the waits of an instance that is taken out: nobody can answer for it any more. */
  forget(instanceId: string): void {
    for (const wait of this.waits) {
      if (wait.instanceId === instanceId) {
        wait.settle("ABANDON", "The instance is gone");
      }
    }
  }

  private waitFor(group: string, hook: Hook, instanceId: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const token = randomUUID();
      const settle: Wait["settle"] = (result, how) => {
        clearTimeout(wait.timer);
        this.waits.delete(wait);
        resolve(result === "ABANDON" ? `Lifecycle Action with token ${token} was abandoned: ${how}` : undefined);
      };
      const wait: Wait = { group, hook, instanceId, token, settle, timer: this.timer(hook, settle) };
      this.waits.add(wait);
    });
  }

  private timer(hook: Hook, settle: Wait["settle"]): NodeJS.Timeout {
    const end = () => settle(hook.defaultResult, "Heartbeat Timeout");
    return setTimeout(end, this.clock.milliseconds(hook.heartbeatTimeout));
  }

  private find({ AutoScalingGroupName, LifecycleHookName, InstanceId, LifecycleActionToken }: WaitReference): Wait {
    const wait = [...this.waits].find(
      (candidate) =>
        candidate.group === AutoScalingGroupName &&
        candidate.hook.name === LifecycleHookName &&
        (LifecycleActionToken ? candidate.token === LifecycleActionToken : candidate.instanceId === InstanceId),
    );
    if (!wait) {
      const by = LifecycleActionToken ? `token ${LifecycleActionToken}` : `instance ID ${InstanceId ?? "null"}`;
      throw validationError(`No active Lifecycle Action found with ${by}`);
    }
    return wait;
  }
}
