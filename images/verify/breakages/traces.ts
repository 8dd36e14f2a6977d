import type { Breakage } from "./breakage.ts";

const trace = (what: string, file: string, ...commands: string[]): Breakage => ({
  name: `${what} is left`,
  script: `mkdir -p "$(dirname '${file}')" && echo something >'${file}'`,
  spec: "image",
  caughtBy: commands.map((command) => `Command: ${command}`),
});

/** What a builder may leave behind, one of each kind. */
export const traceBreakages: readonly Breakage[] = [
  {
    name: "the builder's machine id is left",
    script: "echo 0123456789abcdef0123456789abcdef >/etc/machine-id",
    spec: "image",
    caughtBy: ["File: /etc/machine-id: size"],
  },
  trace("a second machine id", "/var/lib/dbus/machine-id", "no-bus-id"),
  trace("a journal", "/var/log/journal/0123456789abcdef0123456789abcdef/system.journal", "no-journals"),
  trace("a log", "/var/log/messages", "no-logs", "no-log-at-all"),
  trace("a rotated log", "/var/log/dnf.log.1.gz", "no-logs", "no-log-at-all"),
  trace("sudo's log", "/var/log/sudo.log", "no-log-at-all"),
  trace("a host key", "/etc/ssh/ssh_host_ed25519_key", "no-host-keys"),
  trace("an authorized key", "/home/admin/.ssh/authorized_keys", "no-user-keys"),
  trace("a user's own key", "/root/.ssh/id_ed25519", "no-user-keys"),
  trace("root's history", "/root/.bash_history", "no-histories"),
  trace("a user's history", "/home/admin/.python_history", "no-histories"),
  trace("a user's cache", "/home/admin/.cache/x", "no-user-caches"),
  trace("the random seed", "/var/lib/systemd/random-seed", "no-random-seed"),
  trace("the boot loader's random seed", "/boot/efi/loader/random-seed", "no-random-seed"),
  trace("a lease", "/var/lib/dhclient/dhclient--eth0.lease", "no-leases"),
  trace("what cloud-init knows of the builder", "/var/lib/cloud/instances/i-1/obj.pkl", "no-cloud-init"),
  trace("cloud-init's log", "/var/log/cloud-init-output.log", "no-logs"),
  trace("the vault of Session Manager's agent", "/var/lib/amazon/ssm/Vault/Store/RegistrationKey", "no-agent-state"),
  trace("a session of it", "/var/lib/amazon/ssm/i-1/session/orchestration/x/ipcTempFile.log", "no-session-state"),
  trace("its log", "/var/log/amazon/ssm/amazon-ssm-agent.log", "no-logs"),
  trace(
    "the CloudWatch agent's reading position",
    "/opt/aws/amazon-cloudwatch-agent/logs/state/_var_log_x",
    "no-agent-logs",
  ),
  trace("the history of dnf", "/var/lib/dnf/history.sqlite", "no-package-history"),
  trace("a package", "/var/cache/apt/archives/x.deb", "no-package-caches"),
  trace("the list of packages", "/var/lib/apt/lists/x_Packages", "no-package-caches"),
  trace("a core dump", "/var/lib/systemd/coredump/core.x", "no-core-dumps"),
  trace("a file that was put away", "/var/tmp/x", "no-leftovers"),
  trace("an upload", "/tmp/release/app.cjs", "no-uploads"),
];
