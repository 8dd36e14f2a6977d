import { Router } from "express";
import type { Readiness } from "../readiness.ts";

/** `/healthz`: the process lives. `/readyz`: it may get requests; the load balancer's check. */
export function healthRoutes(readiness: Readiness): Router {
  return Router()
    .get("/healthz", (_, response) => {
      response.json({ status: "alive" });
    })
    .get("/readyz", async (_, response) => {
      const because = await readiness.look();
      if (because.length === 0) response.json({ status: "ready" });
      else response.status(503).json({ status: "not ready", because });
    });
}
