/** What is changed, and which tests must notice: a rule's own, for one that only a test of the whole program holds is held badly. */
export interface Room {
  readonly name: string;
  /** Files that are changed, as globs; with `!` before them, files that are not. */
  readonly files: readonly string[];
  /** Folder of the tests. */
  readonly tests: string;
  /** Tests that are left out, by a part of their path: each change would take seconds. */
  readonly slow?: readonly string[];
  /** Whether sentences for people are changed, too. Default: no. */
  readonly sentences?: boolean;
}

export const rooms: readonly Room[] = [
  { name: "config", files: ["config/*.ts"], tests: "test/config", sentences: true },
  {
    name: "deployment",
    files: ["deployment/*.ts"],
    tests: "test/deployment",
    // It walks all 9,216 pairs of states, and prints them where they fail.
    slow: ["plan-transitions"],
    sentences: true,
  },
  {
    name: "components",
    // What is decided there. Resources and their arguments are looked at in the whole program (test/index.*, npm run lint:aws).
    files: [
      ...["deployed", "endpoint-services", "fleet-guards", "images", "names", "network-refusals", "older-settings"],
      ...["override", "project-authorities", "provider-config", "region-info", "release-revision", "revoked-images"],
    ].map((file) => `components/${file}.ts`),
    tests: "test/components",
    // They play whole updates: seconds each.
    slow: ["blue-green"],
  },
  {
    name: "aws",
    // Connections and credentials are proved against the local AWS.
    files: ["aws/*.ts", "!aws/access.ts", "!aws/clients.ts", "!aws/credentials.ts", "!aws/transport.ts"],
    tests: "test/aws",
  },
  { name: "cli/drift", files: ["cli/drift/*.ts"], tests: "test/cli/drift" },
  // Which reads make a whole is proved by the rehearsal.
  { name: "cli/state", files: ["cli/state/*.ts", "!cli/state/read.ts"], tests: "test/cli/state" },
  {
    name: "cli/store",
    files: [
      "cli/store/*.ts",
      // DynamoDB's conditions: moto's word counts, and it takes a second to start.
      ...["acquire", "fenced", "lock-item", "records", "revision"].map((file) => `!cli/store/${file}.ts`),
    ],
    tests: "test/cli/store",
    slow: ["store.test", "revision.test"],
  },
  {
    name: "cli/status",
    // A live screen is tried in a process of its own, whose coverage nobody sees.
    files: ["cli/status/*.ts", "!cli/status/screen.ts"],
    tests: "test/cli/status",
    slow: ["live-screen"],
  },
  {
    name: "cli/rollout",
    // What joins the decisions to calls is played under every fault by test/explorer/.
    files: ["cli/rollout/*.ts", "!cli/rollout/analyze.ts", "!cli/rollout/context.ts", "!cli/rollout/release.ts"],
    tests: "test/cli/rollout",
  },
  // Which questions a plan asks is proved by the rehearsal.
  { name: "cli/plan", files: ["cli/plan/*.ts", "!cli/plan/preview.ts"], tests: "test/cli/plan" },
  {
    name: "cli/analysis",
    // Processes and servers.
    files: ["cli/analysis/*.ts", "!cli/analysis/command.ts", "!cli/analysis/measure.ts", "!cli/analysis/probes.ts"],
    tests: "test/cli/analysis",
    // It asks a server through whole steps.
    slow: ["measure"],
  },
];

/** The rooms that the arguments name, all without any; of a file, its room as far as that file. */
export function chosen(given: readonly string[]): Room[] {
  if (given.length === 0) return [...rooms];
  return given.map((name) => {
    const whole = rooms.find((room) => room.name === name);
    if (whole !== undefined) return whole;
    const room = rooms.find((one) => name.endsWith(".ts") && name.startsWith(`${one.name}/`));
    if (room === undefined)
      throw new Error(
        `no room ${name}: allowed are ${rooms.map((one) => one.name).join(", ")}, or a file below one of them`,
      );
    return { ...room, name, files: [name] };
  });
}
