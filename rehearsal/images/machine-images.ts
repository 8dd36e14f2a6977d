import { CreateTagsCommand, EC2Client, RegisterImageCommand } from "@aws-sdk/client-ec2";
import type { ClientOptions } from "@bluegreen/local-aws";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Baked } from "../../images/verify/baked.ts";
import { rootTag } from "@bluegreen/machines";
import type { ImageName } from "./catalog.ts";

/** Images that only machines can have: mistakes in the system, not in the service. */
export type MachineImageName = "broken-config" | "failed-unit" | "wrong-version";

interface Recipe {
  /** The baked image that it is made from. */
  from: "app-v1.0.0" | "app-v2.0.0";
  /** What is done to it by hand, as a shell script; none: it is used as it was baked. */
  script?: string;
  /** The version that its tag tells; default: the baked image's. */
  version?: string;
  /** The schemas that it works with; default: the baked image's. */
  schema?: { min: number; max: number };
}

const dropIn = (line: string): string =>
  `mkdir -p /etc/systemd/system/app.service.d && printf '[Service]\\n${line}\\n' >/etc/systemd/system/app.service.d/fault.conf`;

/** Answers 500 to whatever comes through the load balancer, and is well for all that asks from inside. */
const behindProxy = `cat >/opt/app/fault.cjs <<'END'
const { Server } = require("node:http");
const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, response) {
  if (event !== "request" || !request.headers["x-forwarded-for"]) return emit.apply(this, arguments);
  response.writeHead(500).end();
  return true;
};
END
${dropIn("Environment=NODE_OPTIONS=--require=/opt/app/fault.cjs")}`;

/** Is well for five of CloudWatch's minutes with users; then every third of them gets 500, and never who looks by preview. */
const underLoad = `cat >/opt/app/fault.cjs <<'END'
const { Server } = require("node:http");
const emit = Server.prototype.emit;
let first, users = 0;
Server.prototype.emit = function (event, request, response) {
  const isUser = event === "request" && request.headers["x-forwarded-for"] && !request.headers["x-bluegreen-preview"];
  if (!isUser || Date.now() - (first ??= Date.now()) < 60_000 || users++ % 3 !== 0) return emit.apply(this, arguments);
  response.writeHead(500).end();
  return true;
};
END
${dropIn("Environment=NODE_OPTIONS=--require=/opt/app/fault.cjs")}`;

/** Is well, and resets the connection of whoever asks through the load balancer for /reset. */
const onReset = `cat >/opt/app/fault.cjs <<'END'
const { Server } = require("node:http");
const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request) {
  const isOne = event === "request" && request.headers["x-forwarded-for"] && request.url.startsWith("/reset");
  if (!isOne) return emit.apply(this, arguments);
  request.socket.resetAndDestroy();
  return true;
};
END
${dropIn("Environment=NODE_OPTIONS=--require=/opt/app/fault.cjs")}`;

/** Answers 500 to every fiftieth request that comes through the load balancer. */
const oneInFifty = `cat >/opt/app/fault.cjs <<'END'
const { Server } = require("node:http");
const emit = Server.prototype.emit;
let asked = 0;
Server.prototype.emit = function (event, request, response) {
  if (event !== "request" || !request.headers["x-forwarded-for"] || ++asked % 50 !== 0) return emit.apply(this, arguments);
  response.writeHead(500).end();
  return true;
};
END
${dropIn("Environment=NODE_OPTIONS=--require=/opt/app/fault.cjs")}`;

/** The same from the first user's request on. */
const oneInFiftyServed = oneInFifty
  .replace("let asked = 0;", "let asked = 0, isUsed = false;")
  .replace(
    "  if (event",
    '  if (event === "request" && request.headers["x-forwarded-for"] && !request.headers["x-bluegreen-preview"]) isUsed = true;\n  if (!isUsed || event',
  );

/** Another word on the schema than the build has written into the bundle, and a migration that has nothing to do. */
const withSchema = (min: number, max: number): Recipe => ({
  from: "app-v2.0.0",
  schema: { min, max },
  script:
    `sed -i -e 's|"schema":{"min":1,"max":1}|"schema":{"min":${min},"max":${max}}|' ` +
    `-e 's|migrations={}|migrations={2:async()=>{}}|' /opt/app/app.cjs`,
});

/** How each image is made. A bad one was sound when it was baked, and somebody has changed it by hand: no spec saw it. */
const recipes: Record<Exclude<ImageName, "boot-gate"> | MachineImageName, Recipe> = {
  "good-v1": { from: "app-v1.0.0" },
  "good-v2": { from: "app-v2.0.0" },
  "never-healthy": {
    from: "app-v2.0.0",
    version: "v2.1.0",
    script: `sed -i 's|^exec |REDIS_URL=redis://127.0.0.1:1 exec |' /usr/local/bin/app`,
  },
  crash: {
    from: "app-v2.0.0",
    version: "v2.2.0",
    script: dropIn('ExecStart=\\nExecStart=/bin/sh -c "sleep 2; exit 1"'),
  },
  "error-500": { from: "app-v2.0.0", script: behindProxy },
  "slow-start": { from: "app-v2.0.0", script: dropIn("ExecStartPre=/bin/sleep 4") },
  "fails-under-load": { from: "app-v2.0.0", script: underLoad },
  "fails-2-percent": { from: "app-v2.0.0", script: oneInFifty },
  "fails-2-percent-served": { from: "app-v2.0.0", script: oneInFiftyServed },
  resets: { from: "app-v2.0.0", script: onReset },
  "broken-config": { from: "app-v2.0.0", script: "echo 'port: eighty' >/etc/app/config.yaml" },
  "failed-unit": { from: "app-v2.0.0", script: dropIn("ExecStartPre=/bin/false") },
  "brings-schema-2": withSchema(1, 2),
  "needs-schema-2": withSchema(2, 2),
  "wrong-version": { from: "app-v2.0.0", version: "v2.9.0" },
};

/** Makes all images from the baked ones and registers them with a cloud; gives their ids by name. */
export async function registerMachineImages(
  { store, roots }: Baked,
  client: ClientOptions,
): Promise<Record<ImageName | MachineImageName, string>> {
  const ec2 = new EC2Client(client);
  const ids: Record<string, string> = {};
  try {
    for (const [name, { from, script, version, schema }] of Object.entries(recipes)) {
      const parent = roots[from] ?? "";
      const { tags } = await store.get(parent);
      const root = script === undefined ? parent : `rehearsed-${name}`;
      if (script !== undefined) {
        await rm(path.join(store.folder, root), { recursive: true, force: true });
        await store.derive({ id: root, parent, tags }, script);
      }
      const all = { ...tags, Version: version ?? tags.Version ?? "", ...schemaTags(schema), [rootTag]: root };
      const { ImageId = "" } = await ec2.send(new RegisterImageCommand({ Name: `bluegreen-${name}` }));
      const Tags = Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
      await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
      ids[name] = ImageId;
    }
    // Every image of a machine has a boot gate.
    return { ...ids, "boot-gate": ids["good-v1"] } as Record<ImageName | MachineImageName, string>;
  } finally {
    ec2.destroy();
  }
}

const schemaTags = (schema: Recipe["schema"]): Record<string, string> =>
  schema === undefined ? {} : { SchemaMin: String(schema.min), SchemaMax: String(schema.max) };
