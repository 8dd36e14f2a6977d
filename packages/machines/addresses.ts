/** Name of the bridge that the machines are plugged into. */
export const bridge = "vpc";

/** Link-local addresses in the machines' network, where AWS has link-local ones, too. No subnet can overlap with them. */
export const addresses = {
  gateway: "169.254.0.1",
  /** The instance metadata service, where EC2 has it. */
  metadata: "169.254.169.254",
  /** All of AWS's API. */
  aws: "169.254.170.1",
  /** The backing store of the service, as ElastiCache would be. */
  store: "169.254.170.2",
  /** The package mirror, for the machines that images are baked on. */
  packages: "169.254.170.3",
} as const;
