/** Waits until something holds; fails after ten seconds, before the test's own time is over. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`This never came true: ${holds.toString()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
