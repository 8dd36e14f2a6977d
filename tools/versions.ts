/** A version of a tool: major, minor, patch. */
export type Version = readonly [number, number, number];

/** The first version in what a tool says of itself (`Python 3.11.7`, `go version go1.26.8 linux/amd64`, `v3.250.0`). */
export function versionIn(text: string): Version | undefined {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

/** Whether the version is the minimum or a later one. */
export function atLeast(version: Version, minimum: Version): boolean {
  const difference = version.map((part, i) => part - (minimum[i] ?? 0)).find((part) => part !== 0);
  return (difference ?? 0) >= 0;
}

export function written(version: Version): string {
  return version.join(".");
}
