import { services } from "../services.ts";
import { Registry } from "./registry.ts";

/** A program of its own, before any cluster: pulumi up -C packages/gitops/registry. */
const registry = new Registry("registry", { repositories: services.map(({ name }) => name) });

export const { urls, signingProfileArn } = registry;
