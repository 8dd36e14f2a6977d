export { type BootedBreakage, type Breakage } from "./breakage.ts";
export { bootedBreakages } from "./booted.ts";
export { accountBreakages } from "./accounts.ts";
export { serviceBreakages } from "./service.ts";
export { systemBreakages } from "./system.ts";
export { traceBreakages } from "./traces.ts";
