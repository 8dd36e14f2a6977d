/**
 * Launch lifecycle hook of a group whose image carries a boot gate: an instance comes into service, and so before the
 * load balancer, only when the gate in it answers CONTINUE. Silence is no: what doesn't get as far as its gate is given up.
 * AWS takes 30 to 7200 seconds; an instance boots in one or two minutes, and the gate itself gives up after three.
 */
export const bootGateHook = {
  name: "boot-gate",
  lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
  defaultResult: "ABANDON",
  heartbeatTimeout: 300,
} as const;

/** Tag by which an image says that it answers that hook; its value is the hook's name. */
const bootGateTag = "BootGate";

/** Whether an image with these tags answers the hook. Without an answer every launch would be given up. */
export const answersBootGate = (tags: Record<string, string>): boolean => tags[bootGateTag] === bootGateHook.name;

/** What an update says of an image without a gate. */
export const withoutBootGate = (imageId: string): string =>
  `${imageId} has no tag ${bootGateTag}: ${bootGateHook.name}, so its instances come into service without a boot gate`;
