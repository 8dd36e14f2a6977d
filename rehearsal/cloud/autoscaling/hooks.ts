import { randomUUID } from "node:crypto";
import type { Clock } from "../clock";
import { validationError } from "../errors";
import type { Group, Hook } from "./model";

/** What ends the wait of a lifecycle hook. */
export type HookResult = "CONTINUE" | "ABANDON";

interface Wait {
  readonly hook: Hook;
  readonly instanceId: string;
  readonly token: string;
  timer: NodeJS.Timeout;
  readonly settle: (result: HookResult) => void;
}

/** Names one wait: by the instance, or by the token that its notification carried. */
export interface WaitReference {
  LifecycleHookName: string;
  InstanceId?: string;
  LifecycleActionToken?: string;
}

/** Lifecycle hooks that really wait: for an answer, or for the heartbeat time-out and the default result. */
export class Hooks {
  private readonly waits = new Set<Wait>();

  constructor(private readonly clock: Clock) {}

  /** Waits for all of a group's hooks on a transition; one ABANDON decides. Without a hook it settles at once. */
  async wait(group: Group, instanceId: string, transition: Hook["transition"]): Promise<HookResult> {
    const hooks = [...group.hooks.values()].filter((hook) => hook.transition === transition);
    const results = await Promise.all(hooks.map((hook) => this.waitFor(hook, instanceId)));
    return results.includes("ABANDON") ? "ABANDON" : "CONTINUE";
  }

  /** CompleteLifecycleAction. */
  complete(reference: WaitReference, result: HookResult): void {
    this.find(reference).settle(result);
  }

  /** RecordLifecycleActionHeartbeat: the time-out starts again. */
  heartbeat(reference: WaitReference): void {
    const wait = this.find(reference);
    clearTimeout(wait.timer);
    wait.timer = this.timer(wait.hook, wait.settle);
  }

  private waitFor(hook: Hook, instanceId: string): Promise<HookResult> {
    return new Promise((resolve) => {
      const settle = (result: HookResult): void => {
        clearTimeout(wait.timer);
        this.waits.delete(wait);
        resolve(result);
      };
      const wait: Wait = { hook, instanceId, token: randomUUID(), settle, timer: this.timer(hook, settle) };
      this.waits.add(wait);
    });
  }

  private timer(hook: Hook, settle: (result: HookResult) => void): NodeJS.Timeout {
    return setTimeout(() => settle(hook.defaultResult), this.clock.milliseconds(hook.heartbeatTimeout));
  }

  private find({ LifecycleHookName, InstanceId, LifecycleActionToken }: WaitReference): Wait {
    const wait = [...this.waits].find(
      (candidate) =>
        candidate.hook.name === LifecycleHookName &&
        (candidate.instanceId === InstanceId || candidate.token === LifecycleActionToken),
    );
    if (!wait) {
      throw validationError(
        `No active Lifecycle Action found with instance ID ${InstanceId ?? LifecycleActionToken ?? "(none)"}`,
      );
    }
    return wait;
  }
}
