import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

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
  ["policy"],
  ["bootstrap"],
  ["tools"],
];

const packages = readdirSync(path.join(import.meta.dirname, "packages"));
const manifestOf = (name) => {
  const file = path.join(import.meta.dirname, "packages", name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { exports: {} };
};
/** Files that a package gives to others: the targets of `exports` in its package.json. */
const exportsOf = (name) =>
  Object.values(manifestOf(name).exports).map((target) => path.posix.join(`packages/${name}`, target));
const exported = packages.flatMap(exportsOf);
/** What a package may use of the others: the exports of those that its package.json names. */
const usedBy = (name) =>
  Object.keys(manifestOf(name).dependencies ?? {})
    .filter((dependency) => dependency.startsWith("@bluegreen/"))
    .flatMap((dependency) => exportsOf(dependency.slice("@bluegreen/".length)));

const below = (index) => floors.slice(index + 1).flat();
const pattern = (names) => `^(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})(/|$)`;

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
    {
      name: "packages-by-their-exports",
      comment: "A package is used by what its package.json exports: what is inside may change with nobody else.",
      severity: "error",
      from: { pathNot: pattern(["packages"]) },
      to: { path: pattern(["packages"]), pathNot: pattern(exported) },
    },
    ...packages.map((name) => ({
      name: `${name}-knows-what-it-declares`,
      comment: "A package stands by itself, with what its package.json names.",
      severity: "error",
      from: { path: pattern([`packages/${name}`]) },
      to: { path: pattern(["packages"]), pathNot: pattern([`packages/${name}`, ...usedBy(name)]) },
    })),
    {
      name: "product-knows-no-stand-in",
      comment: "The product meets the local AWS through `aws:endpoints` alone, and the provider through its engine.",
      severity: "error",
      from: { pathNot: pattern(["rehearsal", "images/verify", "packages", "test"]) },
      to: {
        path: pattern(["packages/local-aws", "packages/machines", "packages/provider-stub", "packages/query-protocol"]),
      },
    },
    {
      name: "declared-dependencies",
      comment: "What a package imports stands in its own package.json, and the root's imports in the root's.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"] },
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
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
