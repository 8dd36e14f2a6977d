import { Router } from "express";
import type { About } from "../about.ts";
import type { Readiness } from "../readiness.ts";

/**
 * `/`: a page for people. `/version`: what this is, for the health gate and whoever asks, and the schema that the backing
 * store has, where there is one.
 * @param storeSchema The number that readiness has seen last.
 */
export function aboutRoutes(about: About, readiness: Readiness, storeSchema: () => number | undefined): Router {
  const { version, color, instanceId } = about;
  const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${text(version)}</title>
<h1>${text(color)} ${text(version)}</h1>
<p>${text(instanceId)}</p></html>
`;
  return Router()
    .get("/", (_, response) => {
      response.set("content-security-policy", "default-src 'none'").type("html").send(page);
    })
    .get("/version", async (_, response) => {
      await readiness.look();
      const schema = storeSchema();
      response.json(schema === undefined ? about : { ...about, store: { schema } });
    });
}

const text = (value: string) => value.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
