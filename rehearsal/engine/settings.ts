import { parse, stringify } from "yaml";

/** A value of a stack's config. */
export type ConfigValue = string | number | boolean | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

/** Config by key; a key without a namespace belongs to the project. `undefined` unsets what the repository's file says. */
export type ConfigOverrides = Readonly<Record<string, ConfigValue | undefined>>;

/**
 * The text of a Pulumi.<stack>.yaml: the repository's settings with a rehearsal's own laid over them.
 *
 * @param repository text of the repository's file, empty where there is none
 * @param current text of the file to be replaced: its salt belongs to the rehearsal's state and has to stay, and the revision
 *   that the release commands wrote does, as in a checkout that is up to date
 */
export function stackSettings(
  project: string,
  repository: string,
  current: string,
  overrides: ConfigOverrides,
): string {
  const before = (parse(current) ?? {}) as { encryptionsalt?: string; config?: Record<string, ConfigValue> };
  const { encryptionsalt } = before;
  const revision = `${project}:releaseRevision`;
  const { config } = (parse(repository) ?? {}) as { config?: Record<string, ConfigValue> };
  const merged: Record<string, ConfigValue> = {};
  for (const [key, value] of [...Object.entries(config ?? {}), ...Object.entries(overrides)]) {
    const name = key.includes(":") ? key : `${project}:${key}`;
    if (value === undefined) delete merged[name];
    else merged[name] = value;
  }
  const kept = before.config?.[revision];
  if (merged[revision] === undefined && kept !== undefined) merged[revision] = kept;
  return stringify({ ...(encryptionsalt === undefined ? {} : { encryptionsalt }), config: merged });
}
