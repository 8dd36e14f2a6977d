import { DeleteParameterCommand, ParameterAlreadyExists, PutParameterCommand } from "@aws-sdk/client-ssm";
import { isVersion, LAYERS, type Layer } from "../../images/build/layers.ts";
import { revocationParameter, revocationValue, revokedPath, type Revocation } from "../../deployment/revocation.ts";
import { toCliError } from "../aws-errors.ts";
import type { Catalog } from "../catalog/read.ts";
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
 * Revokes an image for every stack of the account in this region, or takes that back. What was built on it is revoked with it.
 * @throws CliError when there is no such image, or when it is revoked already
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
  const { clients, holder, ui } = session;
  const key = keyOf(catalog, what);
  const layer = isLayer(what) ? what : undefined;
  const revocation: Revocation = { key, reason, by: holder.by, at: new Date().toISOString(), layer };
  const Name = revocationParameter(key);
  const put = new PutParameterCommand({ Name, Value: revocationValue(revocation), Type: "String", Overwrite: false });
  await clients.ssm.send(put).catch((error: unknown) => {
    if (!(error instanceof ParameterAlreadyExists)) throw error;
    throw new CliError(
      "refused",
      `${key} is revoked already (${Name}). bluegreen images tells why; --undo takes it back.`,
    );
  });
  const rows = await imageRows({ ...catalog, revocations: [revocation] });
  const hit = rows.filter(({ revoked }) => revoked !== undefined);
  const names = hit.map(({ published, version, imageId }) => published ?? version ?? imageId);
  const runs = hit.flatMap((row) => row.runs.map(runText));
  const text = [
    `${what === key ? what : `${what} (${key})`} is revoked: ${reason}`,
    `Not to be released any more: ${names.length === 0 ? key : names.join(", ")}.`,
    runs.length === 0 ? "No stack runs it." : `It runs on ${runs.join("; ")}: release another image there.`,
  ].join("\n");
  ui.result({ revocation, images: names, runs: hit.flatMap((row) => row.runs) }, text);
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

async function takeBack({ clients, ui }: Session, { revocations }: Catalog, what: string): Promise<void> {
  const found = revocations.filter(({ key, layer }) => key === what || layer === what);
  if (found.length === 0) throw new CliError("refused", `${what} is not revoked here. bluegreen images tells what is.`);
  if (found.length > 1)
    throw new CliError(
      "refused",
      `${what} was revoked ${found.length} times. Name the one that is meant: ${found.map(({ key }) => key).join(", ")}.`,
    );
  const [{ key, reason }] = found;
  await clients.ssm.send(new DeleteParameterCommand({ Name: revocationParameter(key) }));
  ui.result({ undone: key, path: revokedPath }, `${key} is not revoked any more (it was: ${reason}).`);
}
