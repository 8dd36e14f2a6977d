/** What the commands use where nothing is said; their help tells it, too. */
export const defaults = { strategy: "canary=10%,5m", bake: "10m" } as const;
