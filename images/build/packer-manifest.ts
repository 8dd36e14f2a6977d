import { z } from "zod";
import { jsonOf } from "./json.ts";
import type { Layer } from "./layers.ts";

/** https://developer.hashicorp.com/packer/docs/post-processors/manifest; custom_data is what packer/ gives it. */
const schema = z.object({
  builds: z.array(
    z.object({
      build_time: z.number(),
      artifact_id: z.string(),
      packer_run_uuid: z.string(),
      custom_data: z.object({
        layer: z.string(),
        version: z.string(),
        commit: z.string(),
        environment: z.string(),
        parent: z.string(),
        parent_name: z.string(),
      }),
    }),
  ),
  last_run_uuid: z.string(),
});

/** What Packer says of the image that it has made. */
export interface PackerBuild {
  readonly layer: string;
  readonly version: string;
  readonly commit: string;
  readonly environment: string;
  /** Image ids by region. */
  readonly images: Readonly<Record<string, string>>;
  readonly sourceAmi: string;
  readonly sourceAmiName: string;
  /** ISO 8601, UTC. */
  readonly buildTime: string;
}

/**
 * Reads the manifest of Packer's post-processor: the last run's one build.
 * @throws Error when it is none, or of another layer
 */
export function parsePackerManifest(text: string, layer: Layer): PackerBuild {
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) throw new Error(`packer's manifest is none: ${z.prettifyError(parsed.error)}`);
  const builds = parsed.data.builds.filter(({ packer_run_uuid }) => packer_run_uuid === parsed.data.last_run_uuid);
  const [build] = builds;
  if (build === undefined || builds.length > 1) throw new Error(`packer's manifest has ${builds.length} builds, not 1`);
  const { parent, parent_name, ...data } = build.custom_data;
  if (data.layer !== layer) throw new Error(`packer's manifest is of the layer ${data.layer}, not ${layer}`);
  return {
    ...data,
    images: imagesOf(build.artifact_id),
    sourceAmi: parent,
    sourceAmiName: parent_name,
    buildTime: new Date(build.build_time * 1000).toISOString(),
  };
}

/** The amazon plugin's artifact id is `region:ami-…`, several of them joined by commas. */
function imagesOf(artifactId: string): Record<string, string> {
  const images: Record<string, string> = {};
  for (const pair of artifactId.split(",")) {
    const [, region, ami] = /^([a-z0-9-]+):(ami-[0-9a-f]{8,17})$/.exec(pair) ?? [];
    if (region === undefined || ami === undefined) {
      throw new Error(`packer's manifest has the artifact ${artifactId}, not region:ami-…`);
    }
    images[region] = ami;
  }
  return images;
}
