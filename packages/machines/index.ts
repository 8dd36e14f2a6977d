/** Root file systems that are booted as instances, for whoever makes images of them. */
export { rootTag } from "../ec2/booted.ts";
export { addresses } from "./addresses.ts";
export { ImageStore } from "./image-store.ts";
export { debianRoot, parentName } from "./parent-image.ts";
export { requireMachines } from "./requirements.ts";
