import { Router } from "express";
import type { Readiness } from "../readiness.ts";

/** `/healthz`: the process lives. `/readyz`: it may get requests, perhaps degraded; the load balancer's check. */
export function healthRoutes(readiness: Readiness): Router {
  return Router()
    .get("/healthz", (_, response) => {
      response.json({ status: "alive" });
    })
    .get("/readyz", async (_, response) => {
      const { status, because } = await readiness.look();
      response.status(status === "not ready" ? 503 : 200);
      response.json(because.length === 0 ? { status } : { status, because });
    });
}
