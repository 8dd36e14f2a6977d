/**
 * Calls that are under way and do not land: a network, or the process that made them, stands still. AWS's calls carry no
 * condition, so one that is let go later lands later, also when nobody waits for its answer any more.
 */
export class HeldCalls {
  private wanted: string | undefined;
  private waiting: { readonly action: string; readonly letGo: () => void }[] = [];

  /** The next call of an action is held. */
  hold(action: string): void {
    this.wanted = action;
  }

  /** Actions of the calls that are held now. */
  get held(): string[] {
    return this.waiting.map(({ action }) => action);
  }

  /** Lets all go that are held, and holds none any more. */
  release(): void {
    this.wanted = undefined;
    for (const { letGo } of this.waiting.splice(0)) letGo();
  }

  /** Resolves when a call may land. */
  async pass(action: string): Promise<void> {
    if (action !== this.wanted) return;
    this.wanted = undefined;
    await new Promise<void>((letGo) => this.waiting.push({ action, letGo }));
  }
}
