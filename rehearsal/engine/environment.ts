import os from "node:os";
import path from "node:path";

/** Folders of a rehearsal's own Pulumi, all below one. */
export function pulumiFolders(workDir: string): { home: string; state: string } {
  return { home: path.join(workDir, "home"), state: path.join(workDir, "state") };
}

/**
 * The environment of everything that talks to the local cloud.
 *
 * Nothing of the caller's AWS or Pulumi set-up may leak in: a profile, a region or an endpoint of a real account would
 * let a rehearsal change it. So all such variables and the shared configuration files are left out, and `extra` says
 * what holds instead.
 */
export function rehearsalEnvironment(
  base: NodeJS.ProcessEnv,
  workDir: string,
  extra: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const { home, state } = pulumiFolders(workDir);
  const kept = Object.fromEntries(Object.entries(base).filter(([name]) => !/^(AWS|PULUMI)_/.test(name)));
  return {
    ...kept,
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_EC2_METADATA_DISABLED: "true",
    PULUMI_HOME: home,
    // Without the sidecar of each file, which is written in place: a CLI that is killed in that moment would leave a
    // state that can't be read any more. The state itself is replaced as a whole.
    PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: "rehearsal",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Providers that already listen need no plugins. Without this, the CLI would download those of the state at each
    // operation: hundreds of megabytes, or, without a network, 2.5 s of vain attempts.
    ...("PULUMI_DEBUG_PROVIDERS" in extra ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
    ...extra,
  };
}
