/** Set for one run, to a reason, it turns guards and gate into warnings. It is no config, so that it can't stay behind. */
export const overrideVariable = "BLUEGREEN_OVERRIDE";
