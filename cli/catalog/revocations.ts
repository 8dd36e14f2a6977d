import {
  DeleteParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
} from "@aws-sdk/client-ssm";
import { outsideText } from "../../deployment/outside-text.ts";
import { revocationParameter, revocationValue, type Revocation } from "../../deployment/revocation.ts";
import type { Clients } from "../clients.ts";
import { copiesOf } from "./copies.ts";

/** What became of a key in a region. */
export interface Written {
  readonly region: string;
  readonly key: string;
  /** `done`: as it was to be; `kept`: it was so before; `failed`: nobody knows. */
  readonly outcome: "done" | "kept" | "failed";
  /** Why it failed. */
  readonly why?: string;
}

/** A region, and what it is asked with. */
export interface RegionClients {
  readonly region: string;
  readonly clients: Pick<Clients, "ssm" | "ec2">;
}

/**
 * Writes a revocation in each region, by its own key and by the ids of the image's copies there: tags of what was built on a copy
 * name the image that was copied, or the copy. One region's failure leaves the others' done.
 * @param digest what the copies have in common; undefined: there are none
 */
export const writeEverywhere = (
  places: readonly RegionClients[],
  revocation: Revocation,
  digest: string | undefined,
): Promise<Written[]> =>
  inEach(places, revocation.key, digest, async ({ ssm }, key) => {
    const Name = revocationParameter(key);
    try {
      await ssm.send(
        new PutParameterCommand({ Name, Value: revocationValue(revocation), Type: "String", Overwrite: false }),
      );
      return "done";
    } catch (error) {
      if (error instanceof ParameterAlreadyExists) return "kept";
      throw error;
    }
  });

/** Takes it back in each region. */
export const deleteEverywhere = (
  places: readonly RegionClients[],
  key: string,
  digest: string | undefined,
): Promise<Written[]> =>
  inEach(places, key, digest, async ({ ssm }, one) => {
    try {
      await ssm.send(new DeleteParameterCommand({ Name: revocationParameter(one) }));
      return "done";
    } catch (error) {
      if (error instanceof ParameterNotFound) return "kept";
      throw error;
    }
  });

async function inEach(
  places: readonly RegionClients[],
  key: string,
  digest: string | undefined,
  put: (clients: RegionClients["clients"], key: string) => Promise<Written["outcome"]>,
): Promise<Written[]> {
  const written = await Promise.all(
    places.map(async ({ region, clients }): Promise<Written[]> => {
      const done: Written[] = [];
      let at = key;
      try {
        const copies = digest === undefined ? [] : await copiesOf(clients.ec2, digest);
        for (at of new Set([key, ...copies])) done.push({ region, key: at, outcome: await put(clients, at) });
        return done;
      } catch (error) {
        const { name, message } = error as Error;
        return [...done, { region, key: at, outcome: "failed", why: outsideText(`${name}: ${message}`) }];
      }
    }),
  );
  return written.flat();
}

/** Where it stands now, in words: `eu-central-1; us-east-1 (ami-1, ami-2)`. */
export function placesText(written: readonly Written[], key: string): string {
  const regions = [...new Set(written.filter(({ outcome }) => outcome !== "failed").map(({ region }) => region))];
  return regions
    .map((region) => {
      const keys = written.filter((one) => one.region === region && one.outcome !== "failed").map((one) => one.key);
      return keys.join() === key ? region : `${region} (${keys.join(", ")})`;
    })
    .join("; ");
}
