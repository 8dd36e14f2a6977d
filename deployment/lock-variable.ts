/** The token of the lock that a command holds, told to the update that it runs: the health gate asks whether it still counts. */
export const lockVariable = "BLUEGREEN_LOCK";
