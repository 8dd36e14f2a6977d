import { Router } from "express";
import type { About } from "../about";

/** `/`: a page for people. `/version`: what this is, for the health gate and whoever asks. */
export function aboutRoutes(about: About): Router {
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
    .get("/version", (_, response) => {
      response.json(about);
    });
}

const text = (value: string) => value.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
