import schema from "../schema.json" with { type: "json" };

/** What the build writes into a release, and `release.json` says beside it. */
export interface Release {
  /** `vX.Y.Z`, with a pre-release part where there is one. */
  readonly version: string;
  /** The Git commit, 40 hexadecimal digits. */
  readonly commit: string;
  /** The numbers of the backing store's schema that this release can work with, both ends included. */
  readonly schema: { readonly min: number; readonly max: number };
}

/** A Release as JSON, set by the build, see `build.ts`. */
declare const APP_RELEASE: string | undefined;

/** The release that runs; a version of its own says that it runs from source. */
export const release: Release =
  typeof APP_RELEASE === "undefined"
    ? { version: "v0.0.0-source", commit: "0".repeat(40), schema }
    : (JSON.parse(APP_RELEASE) as Release);
