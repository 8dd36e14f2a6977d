import type { RequestListener } from "node:http";
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
  region: string;
  log(line: string): void;
}

/** The instance metadata service of all machines: who asks is known by the address that the question comes from. */
export function metadataListener({ ec2, region, ...args }: MetadataArgs): RequestListener {
  const known = new Map<string, Promise<MetadataOf | undefined>>();
  const of = (address: string): Promise<MetadataOf | undefined> => {
    const found = known.get(address) ?? lookUp(ec2, address, region);
    known.set(address, found);
    // A boot asks dozens of times; after that, tags may have changed, and addresses are given to others.
    setTimeout(() => known.delete(address), 2_000).unref();
    return found;
  };
  return (incoming, response) => {
    const address = incoming.socket.remoteAddress ?? "";
    const { method = "GET", url: path = "/", headers } = incoming;
    incoming.resume();
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

async function lookUp(ec2: Ec2, address: string, region: string): Promise<MetadataOf | undefined> {
  const instance = await ec2.living(address);
  if (!instance) return undefined;
  const userData = await ec2.userData(instance.InstanceId ?? "");
  const publicKey = instance.KeyName ? await ec2.publicKey(instance.KeyName) : undefined;
  return metadataOf(instance, { region, accountId, userData, publicKey });
}
