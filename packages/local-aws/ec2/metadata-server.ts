import type { RequestListener } from "node:http";
import type { Keys } from "../door/keys.ts";
import { ofWebPage } from "../door/web.ts";
import { messageOf } from "../errors.ts";
import type { Ec2Directory } from "./directory.ts";
import { answerMetadata, type MetadataOf } from "./metadata.ts";
import { metadataOf } from "./metadata-of.ts";

/** Account of everything that moto makes. */
const accountId = "123456789012";

type Ec2 = Pick<Ec2Directory, "living" | "publicKey" | "userData">;

/** What the service asks the cloud. */
export interface MetadataArgs {
  ec2: Ec2;
  /** Makes the credentials of the instances' roles. */
  keys: Pick<Keys, "ofRole">;
  region: string;
  /** The values of `Host` that it is reached by. */
  hosts: readonly string[];
  log(line: string): void;
}

/** The instance metadata service of all machines: who asks is known by the address that the question comes from. */
export function metadataListener({ ec2, keys, region, hosts, ...args }: MetadataArgs): RequestListener {
  const names = new Set(hosts);
  const known = new Map<string, Promise<MetadataOf | undefined>>();
  const of = (address: string): Promise<MetadataOf | undefined> => {
    const found = known.get(address) ?? lookUp({ ec2, keys, region }, address);
    known.set(address, found);
    // A boot asks dozens of times; after that, tags may have changed, and addresses are given to others.
    setTimeout(() => known.delete(address), 2_000).unref();
    return found;
  };
  return (incoming, response) => {
    const address = incoming.socket.remoteAddress ?? "";
    const { method = "GET", url: path = "/", headers } = incoming;
    incoming.resume();
    const web = ofWebPage(incoming, names);
    if (web !== undefined) {
      response.writeHead(403, { "content-type": "text/plain" }).end(`${web}\n`);
      return;
    }
    of(address).then(
      (instance) => {
        const answer = instance
          ? answerMetadata({ method, path, headers }, instance)
          : { status: 404, headers: {}, body: "" };
        response.writeHead(answer.status, answer.headers);
        response.end(answer.body);
      },
      (error: unknown) => {
        args.log(`metadata ${method} ${path} of ${address}: ${messageOf(error)}`);
        response.writeHead(500).end();
      },
    );
  };
}

async function lookUp(
  { ec2, keys, region }: Pick<MetadataArgs, "ec2" | "keys" | "region">,
  address: string,
): Promise<MetadataOf | undefined> {
  const instance = await ec2.living(address);
  if (!instance) return undefined;
  const userData = await ec2.userData(instance.InstanceId ?? "");
  const publicKey = instance.KeyName ? await ec2.publicKey(instance.KeyName) : undefined;
  const ofRole = (role: string) => keys.ofRole(instance.InstanceId ?? "", role);
  return metadataOf(instance, { region, accountId, userData, publicKey, ofRole });
}
