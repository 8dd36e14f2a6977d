import * as pulumi from "@pulumi/pulumi";
import type { DeployedStack } from "./deployed.ts";
import { errorMessage } from "../deployment/error-message.ts";
import { lockVariable } from "../deployment/variables.ts";
import { concernsRelease, olderSettingsFault, revisionIn, type Effect } from "./release-revision.ts";
import type { ReadItem } from "../aws/releases-item.ts";

/**
 * Reasons to refuse an update from a checkout that is older than what a release command wrote last. Asked for only when
 * traffic would move or an image change, and not in a command's own update, which has just written its settings: then the
 * lock decides.
 */
export async function olderSettings(
  read: ReadItem,
  revision: number,
  plan: Effect,
  deployed: DeployedStack,
): Promise<string[]> {
  const { releasesTable } = deployed;
  if (releasesTable === undefined || process.env[lockVariable] || !concernsRelease(plan, deployed)) return [];
  try {
    const last = revisionIn((await read(releasesTable, "settings")).item);
    return [olderSettingsFault(pulumi.getStack(), revision, plan, deployed, last) ?? []].flat();
  } catch (error) {
    // A rollback by hand must not hang on the table.
    void pulumi.log.warn(`Whether a release command has written newer settings can't be asked: ${errorMessage(error)}`);
    return [];
  }
}
