import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { services, type Service } from "./services.ts";

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
/** A Kubernetes object. */
export type Manifest = { [key: string]: Value };

/** The reference service's manifests, of which each service has a copy: what was made safe there is safe here. */
const REFERENCE = path.join(import.meta.dirname, "../app/kubernetes");
const FILES = [
  "service-account",
  "deployment",
  "service",
  "horizontal-pod-autoscaler",
  "pod-disruption-budget",
  "network-policy",
] as const;

/** What the reference service and its blue half are called there. */
const NAMES = ["app", "app-blue"];
const IMAGE = /^registry\.example\.com\/app@/;

/** A service's manifests by file name, without what an environment decides. */
export function manifestsOf(service: Service): Record<string, Manifest> {
  const read = (file: string) => parse(readFileSync(path.join(REFERENCE, `${file}.yaml`), "utf8")) as Manifest;
  const copies = FILES.map((file): [string, Manifest] => [`${file}.yaml`, renamed(read(file), service.name)]);
  const manifests = Object.fromEntries(copies);
  const { spec } = manifests["network-policy.yaml"] as { spec: { ingress: Manifest[]; egress: Manifest[] } };
  spec.ingress = ingressOf(service, spec.ingress);
  spec.egress = egressOf(service, spec.egress);
  return manifests;
}

/** With the service's name, and without colours: here one Deployment is rolled, and a flip is Argo Rollouts' (examples/). */
function renamed<T extends Value>(value: T, name: string): T {
  const change = (one: Value): Value => {
    if (typeof one === "string") return NAMES.includes(one) ? name : one.replace(IMAGE, `${imageOf(name)}@`);
    if (Array.isArray(one)) return one.filter((item) => !isColor(item)).map(change);
    if (typeof one !== "object" || one === null) return one;
    const entries = Object.entries(one).filter(([key]) => key !== "color");
    return Object.fromEntries(entries.map(([key, item]) => [key, change(item)]));
  };
  return change(value) as T;
}

const isColor = (item: Value): boolean =>
  typeof item === "object" && item !== null && !Array.isArray(item) && item.name === "BLUEGREEN_COLOR";

/** The name that the overlays put the registry, and the digest of an environment, in the place of. */
export const imageOf = (name: string): string => `registry.example.com/${name}`;

/** The load balancer alone, or the services that call this one. */
function ingressOf({ name, isPublic }: Service, fromLoadBalancer: Manifest[]): Manifest[] {
  const callers = services.filter(({ calls }) => calls.includes(name)).map((caller) => peer(caller.name));
  const ports = [{ port: "http", protocol: "TCP" }];
  return [...(isPublic ? fromLoadBalancer : []), ...(callers.length > 0 ? [{ from: callers, ports }] : [])];
}

const REDIS = 6379;

/** What every service may reach, Redis where it is used, and the services that this one calls. */
function egressOf({ calls, usesRedis }: Service, ofReference: Manifest[]): Manifest[] {
  const portOf = ({ ports }: Manifest) => (ports as { port: number }[])[0].port;
  const common = ofReference.filter((rule) => usesRedis || portOf(rule) !== REDIS);
  const called = { to: calls.map(peer), ports: [{ port: "http", protocol: "TCP" }] };
  return [...common, ...(calls.length > 0 ? [called] : [])];
}

const peer = (name: string): Manifest => ({ podSelector: { matchLabels: { "app.kubernetes.io/name": name } } });
