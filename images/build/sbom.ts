import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import type { BundledPackage } from "./bundled.ts";
import type { Package, System } from "./contents.ts";

/** What a bill of materials is made of. */
export interface SbomArgs {
  /** Name of the bake, such as app-v1.2.3. */
  readonly name: string;
  readonly version?: string;
  readonly system: System;
  readonly packages: readonly Package[];
  readonly bundled: readonly BundledPackage[];
}

/** Scanners know distributions by these names (CycloneDX component of the type operating-system). */
const OS_NAMES: Readonly<Record<string, string>> = { amzn: "amazon" };

/**
 * The bill of materials of an image as CycloneDX 1.6, in JSON: the operating system, its packages, and what the release was bundled from.
 * The same contents give the same text, so that its digest means something.
 */
export function sbomOf({ name, version, system, packages, bundled }: SbomArgs): string {
  const image = new Models.Component(Enums.ComponentType.OperatingSystem, name, { version, bomRef: name });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: image }) });
  const os = OS_NAMES[system.distro] ?? system.distro;
  // A scanner looks for the main version alone: advisories are of 2023, not of a release.
  const [main = system.release] = system.release.split(".");
  bom.components.add(
    new Models.Component(Enums.ComponentType.OperatingSystem, os, { version: main, bomRef: `os-${os}` }),
  );
  const type = system.distro === "debian" ? "deb" : "rpm";
  for (const one of packages) {
    const purl = `pkg:${type}/${system.distro}/${encodeURIComponent(one.name)}@${encodeURIComponent(one.version)}?arch=${one.architecture}&distro=${system.distro}-${main}`;
    bom.components.add(
      new Models.Component(Enums.ComponentType.Library, one.name, { version: one.version, purl, bomRef: purl }),
    );
  }
  for (const one of bundled) {
    const purl = `pkg:npm/${one.name.replace("@", "%40")}@${one.version}`;
    bom.components.add(
      new Models.Component(Enums.ComponentType.Library, one.name, { version: one.version, purl, bomRef: purl }),
    );
  }
  const normalizer = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(normalizer).serialize(bom, { sortLists: true, space: 1 })}\n`;
}
