import * as pulumi from "@pulumi/pulumi";
import { awsClients, clientOptions, type AwsClients } from "../aws/clients.ts";
import { tryAccess } from "../aws/access.ts";
import { AwsFault } from "../aws/fault.ts";
import { networkReader, type ReadNetwork } from "../aws/network.ts";
import { itemReader, type ReadItem } from "../aws/releases-item.ts";
import { revocationReader, type ReadRevocations } from "../aws/revocations.ts";
import { parseProviderConfig, type ProviderConfig } from "../aws/provider-keys.ts";

const namespace = "aws:";

/**
 * Reads `aws:...`. Call it before any hook runs: a hook is called outside the program's own context.
 * @throws RunError that names what our own clients can't follow
 */
export function readProviderConfig(): ProviderConfig {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(namespace));
  const parsed = parseProviderConfig(
    Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length), value])),
  );
  if ("fault" in parsed) throw new pulumi.RunError(parsed.fault);
  return parsed.config;
}

/**
 * The program's own clients, and their trial, which is under way already: it costs no time beside the engine's first reads.
 * @throws RunError; `tried` rejects with one
 */
export function connectAws(): {
  clients: AwsClients;
  readItem: ReadItem;
  readNetwork: ReadNetwork;
  readRevocations: ReadRevocations;
  tried: Promise<void>;
} {
  const config = readProviderConfig();
  try {
    const options = clientOptions(config);
    const clients = awsClients(options);
    const readItem = itemReader(options);
    const readNetwork = networkReader(options);
    const readRevocations = revocationReader(options);
    return {
      clients,
      readItem,
      readNetwork,
      readRevocations,
      tried: tryAccess(config, options, clients).catch(refuse),
    };
  } catch (error) {
    return refuse(error);
  }
}

/** What `read` gives, once the trial has passed: a trial that fails says more than a read that fails with it. */
export async function onceTried<T>(tried: Promise<void>, read: Promise<T>): Promise<T> {
  const [trial, result] = await Promise.allSettled([tried, read]);
  if (trial.status === "rejected") throw trial.reason;
  if (result.status === "rejected") throw result.reason;
  return result.value;
}

/**
 * A read by the provider, which begins once the trial has passed (the provider tells of the same faults, and less) and is
 * awaited later: until then its failure is no unhandled rejection.
 */
export function inBackground<T>(tried: Promise<void>, read: () => Promise<T>): Promise<T> {
  const reading = tried.then(read);
  reading.catch(() => undefined);
  return reading;
}

function refuse(error: unknown): never {
  throw error instanceof AwsFault ? new pulumi.RunError(`${error.message}. Nothing was changed.`) : error;
}
