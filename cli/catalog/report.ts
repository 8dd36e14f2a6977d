/** Published and running images as they are told: without a call. */
import Table from "cli-table3";
import { lineageOf, revocationOf, revocationText } from "../../deployment/revocation.ts";
import { ageText } from "../status/words.ts";
import type { Catalog, KnownImage, RunningFleet } from "./read.ts";

/** One image, and what its `--json` prints. */
export interface ImageRow {
  /** What it is published as: a version, or a layer; undefined: it is not, and runs somewhere. */
  readonly published?: string;
  readonly imageId: string;
  readonly version?: string;
  /** ISO 8601; undefined: it is gone, or can't be seen here. */
  readonly createdAt?: string;
  /** What it was built on, the nearest first: the ids. */
  readonly layers: readonly string[];
  readonly runs: readonly RunningFleet[];
  /** What is wrong with it, as words behind its name. */
  readonly revoked?: string;
}

/** Published images, newest first, then those that run and are not published. */
export async function imageRows(catalog: Catalog): Promise<ImageRow[]> {
  const { published, images, fleets } = catalog;
  const names = new Map(published.map(({ name, imageId }) => [imageId, name]));
  const unnamed = fleets.map(({ imageId }) => imageId).filter((id) => !names.has(id));
  const all = [...published.map(({ imageId }) => imageId), ...unnamed];
  const rows = await Promise.all(
    [...new Set(all)].map((id) => rowOf(catalog, names.get(id), images.get(id) ?? { imageId: id })),
  );
  return rows.sort((a, b) => (b.createdAt ?? "").localeCompare(a.createdAt ?? ""));
}

async function rowOf(
  { images, revocations, fleets }: Catalog,
  published: string | undefined,
  image: KnownImage,
): Promise<ImageRow> {
  const lineage = await lineageOf(image, (id) => Promise.resolve(images.get(id)));
  const found = revocationOf(lineage, revocations);
  const { imageId, version, createdAt } = image;
  return {
    published,
    imageId,
    version,
    createdAt,
    layers: lineage.slice(1).map((one) => one.imageId),
    runs: fleets.filter((fleet) => fleet.imageId === imageId),
    revoked: found && revocationText(found),
  };
}

/** The table; revoked images are told below it. @param now milliseconds since 1970 */
export function renderImages(rows: readonly ImageRow[], now: number): string {
  if (rows.length === 0) return "No image is published here: npm run bake -- publish v1.2.3.";
  const grid = new Table({
    head: ["image", "id", "age", "built on", "runs on", ""],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const { published, version, imageId, createdAt, layers, runs, revoked } of rows) {
    const age = createdAt === undefined ? "gone" : ageText(now - Date.parse(createdAt));
    const name = published ?? `${version ?? "?"} (not published)`;
    grid.push([
      name,
      imageId,
      age,
      layers.join(", "),
      runs.map(runText).join(", "),
      revoked === undefined ? "" : "REVOKED",
    ]);
  }
  const whys = rows.flatMap(({ published, version, imageId, revoked }) =>
    revoked === undefined ? [] : [`${published ?? version ?? imageId} ${revoked}`],
  );
  return [grid.toString(), ...whys].join("\n");
}

/** `prod green 100 %`, `prod blue, 2 stand by`. */
export const runText = ({ stack, color, instances, percent }: RunningFleet): string =>
  (percent ?? 0) > 0 ? `${stack} ${color} ${percent} %` : `${stack} ${color}, ${instances} stand by`;
