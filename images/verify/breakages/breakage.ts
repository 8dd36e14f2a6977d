/** A mistake in an image, made on purpose. */
export interface Breakage {
  name: string;
  /** Makes the mistake, as a shell script in the image. */
  script: string;
  /** The spec that must see it: of an image in its bake, of an instance that starts, or of an image at rest. */
  spec: "app" | "boot" | "image";
  /** Each test that must fail, as `Type: id` or `Type: id: property`. */
  caughtBy: readonly string[];
}

/** A mistake that shows on a booted instance alone. */
export interface BootedBreakage extends Breakage {
  /** Mistakes of one boot do not interfere: none makes a test fail by which another is caught. */
  boot: string;
}
