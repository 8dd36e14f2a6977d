/** Machines of this host, and the root file systems that they boot from. */
export { addresses } from "./addresses.ts";
export { ImageStore, rootTag } from "./image-store.ts";
export { awsEnvironment, BootedMachine } from "./machine.ts";
export { Network } from "./network.ts";
export { debianRoot, packageHost, parentName } from "./parent-image.ts";
export { requireMachines } from "./requirements.ts";
export { endScript, type Script, startScript } from "./script.ts";
