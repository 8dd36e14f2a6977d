import type { ClientOptions } from "@bluegreen/local-aws";
import { Aws } from "../../images/build/aws.ts";
import { parameterOf } from "../../images/build/manifest.ts";
import { catalog, type ImageName } from "./catalog.ts";

/** Publishes the images as `npm run bake -- publish` does: a release can then be named by its version. */
export async function publishImages(ids: Record<ImageName, string>, client: ClientOptions): Promise<void> {
  const aws = new Aws(client);
  await Promise.all(
    catalog.map(({ name, version }) => aws.putImage(parameterOf({ layer: "app", version }), ids[name], false)),
  );
}
