import { toCliError } from "../aws-errors.ts";
import { readCatalog, type Catalog } from "../catalog/read.ts";
import { imageRows, renderImages, type ImageRow } from "../catalog/report.ts";
import type { Session } from "../session.ts";
import type { Context } from "./context.ts";

/** Published images of this account and region: age, layers, where they run, and which are revoked. */
export async function images(context: Context): Promise<void> {
  const rows = await rowsOf(await context.open());
  context.ui.result(rows, renderImages(rows, Date.now()));
}

export const rowsOf = async (session: Session): Promise<ImageRow[]> => imageRows(await catalogOf(session));

/** @throws CliError when AWS can't be asked */
export async function catalogOf({ clients, project }: Session): Promise<Catalog> {
  try {
    return await readCatalog(clients, project);
  } catch (error) {
    throw toCliError(error);
  }
}
