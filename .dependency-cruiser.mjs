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
  ["tools"],
];

const packages = readdirSync(path.join(import.meta.dirname, "packages"));
/** Files that the packages give to others: the targets of `exports` in their package.json. */
const exported = packages
  .map((name) => [`packages/${name}`, path.join(import.meta.dirname, "packages", name, "package.json")])
  .filter(([, file]) => existsSync(file))
  .flatMap(([folder, file]) =>
    Object.values(JSON.parse(readFileSync(file, "utf8")).exports).map((target) => path.posix.join(folder, target)),
  );

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
      name: `${name}-knows-no-other-package`,
      comment: "Each package stands by itself.",
      severity: "error",
      from: { path: pattern([`packages/${name}`]) },
      to: { path: pattern(["packages"]), pathNot: pattern([`packages/${name}`]) },
    })),
    {
      name: "product-knows-no-stand-in",
      comment: "The product meets the local AWS through `aws:endpoints` alone, and the provider through its engine.",
      severity: "error",
      from: { pathNot: pattern(["rehearsal", "images/verify", "packages", "test"]) },
      to: { path: pattern(["packages/local-aws", "packages/provider-stub"]) },
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
