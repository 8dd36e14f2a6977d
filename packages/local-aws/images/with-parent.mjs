// @ts-check
/** Imported before a program of its own kind: a cloud that vanished takes its machines with it. */
process.on("disconnect", () => process.exit(0));
if (process.send && !process.connected) process.exit(0);
