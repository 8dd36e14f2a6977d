/** Ends the process with the one that started it; Ctrl-C is for that one to act on, since a terminal tells both. */
export function endWithParent(stop: () => void): void {
  const end = () => {
    stop();
    process.exit(0);
  };
  process.on("disconnect", end);
  process.on("SIGTERM", end);
  process.on("SIGINT", () => undefined);
}
