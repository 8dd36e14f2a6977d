/** What is deployed, where, and in which size: all that differs between the services and between the environments. */

/** A service of the shop. Each has an image, a folder and Applications of its own, and is deployed by itself. */
export interface Service {
  readonly name: string;
  /** Whether the load balancer sends requests to it. */
  readonly isPublic: boolean;
  /** Names of the services that it calls; they let it in, and nobody else. */
  readonly calls: readonly string[];
  /** Whether it keeps sessions in Redis. */
  readonly usesRedis: boolean;
}

export const services: readonly Service[] = [
  { name: "api-gateway", isPublic: true, calls: ["user-service", "order-service"], usesRedis: false },
  { name: "user-service", isPublic: false, calls: [], usesRedis: true },
  { name: "order-service", isPublic: false, calls: ["user-service", "notification-service"], usesRedis: true },
  { name: "notification-service", isPublic: false, calls: [], usesRedis: true },
];

/** An environment: a namespace of its own. */
export interface Environment {
  readonly name: string;
  /** Whose image it takes: one that runs there already; undefined: any. */
  readonly after?: string;
  /** Branch that Argo CD follows. Into `production` nothing comes but pull requests. */
  readonly branch: string;
  /** Whether Argo CD also deletes what is no longer declared, and puts back what somebody has changed by hand. */
  readonly repairs: boolean;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

export const environments: readonly Environment[] = [
  { name: "dev", branch: "main", repairs: true, minReplicas: 2, maxReplicas: 3 },
  { name: "staging", after: "dev", branch: "main", repairs: true, minReplicas: 2, maxReplicas: 4 },
  { name: "prod", after: "staging", branch: "production", repairs: false, minReplicas: 3, maxReplicas: 10 },
];

/** Argo CD's project, and what namespaces are called by. */
export const PROJECT = "shop";
export const namespaceOf = ({ name }: Pick<Environment, "name">): string => `${PROJECT}-${name}`;

/** Where Argo CD reads, and nodes pull: put yours here, then `npm run gitops`. */
export const REPOSITORY = "https://github.com/example/bluegreen.git";
export const REGISTRY = "111111111111.dkr.ecr.eu-central-1.amazonaws.com";

/** The folder that is generated, from the repository's root. */
export const FOLDER = "packages/gitops/deploy";
