/** Environment variables by which a run of the program is told what no setting may say. */

/** The token of the lock that a command holds, told to the update that it runs: the health gate asks whether it still counts. */
export const lockVariable = "BLUEGREEN_LOCK";

/** Why a rollback takes traffic to a revoked image, told to the update that does it: that is a warning then. */
export const revokedVariable = "BLUEGREEN_REVOKED";

/** Set for one run, to a reason, it turns guards and gate into warnings. It is no config, so that it can't stay behind. */
export const overrideVariable = "BLUEGREEN_OVERRIDE";

/** AWS's own variable: the application's name in the user agent of each request (SDKs and tools reference guide, "Application ID"). */
export const callerVariable = "AWS_SDK_UA_APP_ID";
