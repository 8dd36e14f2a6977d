import { type Request, Router } from "express";
import type { About } from "../about.ts";
import type { Readiness } from "../readiness.ts";

/** Ports of the listeners that everybody may reach; the preview listener can have neither (the stack's setting `previewPort`). */
const PUBLIC_PORTS = ["80", "443"];

/** Whether a request came by a listener for users. The load balancer says so itself: a client's word in this header is replaced. */
export const isPublic = ({ headers }: Request): boolean => PUBLIC_PORTS.includes(String(headers["x-forwarded-port"]));

/** Whether a request came by the stack's preview listener, whose rules want this header. */
export const isPreview = (request: Request): boolean =>
  request.headers["x-bluegreen-preview"] !== undefined && !isPublic(request);

/**
 * `/`: a page for people. `/version`: the version; by the preview listener, for the health gate and the release commands, also
 * commit, colour, instance, and the schema that the backing store has, where there is one.
 * @param storeSchema The number that readiness has seen last.
 */
export function aboutRoutes(about: About, readiness: Readiness, storeSchema: () => number | undefined): Router {
  const { version, color } = about;
  const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${text(version)}</title>
<h1>${text(color)} ${text(version)}</h1>
</html>
`;
  return Router()
    .get("/", (_, response) => {
      response.type("html").send(page);
    })
    .get("/version", async (request, response) => {
      if (!isPreview(request)) return void response.json({ version });
      await readiness.look();
      const schema = storeSchema();
      response.json(schema === undefined ? about : { ...about, store: { schema } });
    });
}

const text = (value: string) => value.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
