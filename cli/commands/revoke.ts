import { isVersion, LAYERS, type Layer } from "../../images/build/layers.ts";
import { revocationParameter, revokedPath, type Revocation } from "../../deployment/revocation.ts";
import { toCliError } from "../aws-errors.ts";
import { digestOf } from "../catalog/copies.ts";
import type { Catalog } from "../catalog/read.ts";
import { namedRegions } from "../catalog/regions.ts";
import {
  deleteEverywhere,
  placesText,
  writeEverywhere,
  type RegionClients,
  type Written,
} from "../catalog/revocations.ts";
import { imageRows, runText } from "../catalog/report.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";
import { catalogOf } from "./images.ts";
import type { Context } from "./context.ts";

export interface RevokeOptions {
  readonly reason?: string;
  readonly undo?: boolean;
}

const layers = LAYERS.filter((layer) => layer !== "app");
const isLayer = (text: string): text is Layer => layers.some((layer) => layer === text);
const isAmi = (text: string): boolean => /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(text);

/**
 * Revokes an image for every stack of the account, in each region that the project's stacks and bakes name, or takes that back.
 * What was built on it is revoked with it.
 * @throws CliError when there is no such image, when it is revoked already, or when a region could not be written to
 */
export async function revoke(context: Context, what: string, { reason, undo }: RevokeOptions): Promise<void> {
  if (!isAmi(what) && !isVersion(what) && !isLayer(what))
    throw new CliError(
      "usage",
      `${JSON.stringify(what)} can't be revoked. Allowed: an image id (ami-...), a published version such as v1.2.3, or a layer (${layers.join(", ")}).`,
    );
  if (undo !== true && (reason ?? "").trim() === "")
    throw new CliError("usage", `Why is ${what} revoked? Say it: --reason "CVE-2026-1234 in openssl".`);
  const session = await context.open();
  const catalog = await catalogOf(session);
  try {
    await (undo === true ? takeBack(session, catalog, what) : write(session, catalog, what, reason ?? ""));
  } catch (error) {
    throw toCliError(error);
  }
}

async function write(session: Session, catalog: Catalog, what: string, reason: string): Promise<void> {
  const { holder, ui } = session;
  const key = keyOf(catalog, what);
  const layer = isLayer(what) ? what : undefined;
  const revocation: Revocation = { key, reason, by: holder.by, at: new Date().toISOString(), layer };
  const places = await placesOf(session);
  const written = await writeEverywhere(places, revocation, await sharedDigest(session, key));
  if (written.every(({ outcome }) => outcome === "kept"))
    throw new CliError(
      "refused",
      `${key} is revoked already (${revocationParameter(key)}). bluegreen images tells why; --undo takes it back.`,
    );
  requireAll(written, key, `${key} is revoked`, "is not revoked");
  const rows = await imageRows({ ...catalog, revocations: [revocation] });
  const hit = rows.filter(({ revoked }) => revoked !== undefined);
  const names = hit.map(({ published, version, imageId }) => published ?? version ?? imageId);
  const runs = hit.flatMap((row) => row.runs.map(runText));
  const text = [
    `${what === key ? what : `${what} (${key})`} is revoked: ${reason}`,
    ...(places.length > 1 ? [`It holds in ${placesText(written, key)}.`] : []),
    `Not to be released any more: ${names.length === 0 ? key : names.join(", ")}.`,
    runs.length === 0 ? "No stack runs it." : `It runs on ${runs.join("; ")}: release another image there.`,
  ].join("\n");
  ui.result({ revocation, written, images: names, runs: hit.flatMap((row) => row.runs) }, text);
}

/** The stack's own region first, and the others that the project names. */
async function placesOf({ clients, clientsIn, stackRef }: Session): Promise<RegionClients[]> {
  const own = await clients.ssm.config.region();
  const others = (await namedRegions(stackRef.folder)).filter((region) => region !== own);
  return [{ region: own, clients }, ...others.map((region) => ({ region, clients: clientsIn(region) }))];
}

/** A version is the same everywhere; an image has another id in each region. */
const sharedDigest = ({ clients }: Session, key: string): Promise<string | undefined> =>
  isAmi(key) ? digestOf(clients, key) : Promise.resolve(undefined);

/** @throws CliError that says where it is done and where it is not, and how to go on */
function requireAll(written: readonly Written[], key: string, done: string, undone: string): void {
  const failed = written.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) return;
  const places = placesText(written, key);
  const where = failed.map((one) => `${one.region}: ${one.why}`).join("; ");
  throw new CliError(
    "failed",
    `${places === "" ? "Nothing was changed" : `${done} in ${places}`}. It ${undone} in ${where}. Mend that, and give the same command again: what is done stays.`,
  );
}

/** The name that it is kept by. */
function keyOf({ published }: Catalog, what: string): string {
  if (isAmi(what)) return what;
  const found = published.find(({ name }) => name === what);
  if (found === undefined)
    throw new CliError(
      "refused",
      `No image of ${what} is published in this account and region. Name the image itself: bluegreen revoke ami-... --reason "why".`,
    );
  // A layer's parameter moves on with each bake; a version keeps its image for ever.
  return isLayer(what) ? found.imageId : what;
}

async function takeBack(session: Session, { revocations }: Catalog, what: string): Promise<void> {
  const places = await placesOf(session);
  const found = revocations.filter(({ key, layer }) => key === what || layer === what);
  if (found.length > 1)
    throw new CliError(
      "refused",
      `${what} was revoked ${found.length} times. Name the one that is meant: ${found.map(({ key }) => key).join(", ")}.`,
    );
  // It may be taken back here already, and not elsewhere, where a command before has failed.
  const [known] = found;
  const key = known?.key ?? what;
  const written = isLayer(key) ? [] : await deleteEverywhere(places, key, await sharedDigest(session, key));
  if (written.every(({ outcome }) => outcome === "kept"))
    throw new CliError("refused", `${what} is not revoked here. bluegreen images tells what is.`);
  requireAll(written, key, `${key} may be released again`, "is still revoked");
  const regions = places.length > 1 ? ` in ${placesText(written, key)}` : "";
  const was = known === undefined ? "" : ` (it was: ${known.reason})`;
  session.ui.result({ undone: key, path: revokedPath, written }, `${key} is not revoked any more${regions}${was}.`);
}
