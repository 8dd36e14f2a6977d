/**
 * The rooms and their floors (docs/architecture.md). Imports run downwards only, and in no circle.
 * A room of packages/ knows nothing of the product; the product knows nothing of the rehearsal.
 */
export const floors = [
  ["rehearsal"],
  ["images/verify"],
  ["cli"],
  ["images/build"],
  ["automation"],
  ["index.ts"],
  ["components"],
  ["aws"],
  ["deployment"],
  ["config"],
  ["packages"],
  ["tools"],
];
const below = (index) => floors.slice(index + 1).flat();
const pattern = (names) => `^(${names.map((name) => name.replace(".", "\\.")).join("|")})(/|$)`;

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circle",
      comment: "Two files that import each other have no order to be read in.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...floors.map(([room], index) => ({
      name: `${room}-imports-downwards`,
      comment: `${room} may import from ${below(index).join(", ") || "nothing"} alone.`,
      severity: "error",
      from: { path: pattern([room]) },
      to: { path: pattern(floors.flat().concat("test")), pathNot: pattern([room, ...below(index)]) },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
