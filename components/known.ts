import type * as pulumi from "@pulumi/pulumi";

/** The value of an output that is known by now. Of one that only the update will know, in a preview, it never comes. */
export const known = <T>(output: pulumi.Output<T>) =>
  new Promise<pulumi.Unwrap<T>>((resolve) => output.apply((value) => resolve(value as pulumi.Unwrap<T>)));
