import type { Breakage } from "./breakage.ts";

const breakage = (name: string, script: string, ...caughtBy: string[]): Breakage => ({
  name,
  script,
  spec: "app",
  caughtBy,
});

const modules = "squashfs udf cramfs freevxfs jffs2 hfs hfsplus usb-storage dccp sctp rds tipc".split(" ");
const servers = [
  "nfs-server.service",
  "rpcbind.service",
  "rpcbind.socket",
  "rsyncd.service",
  "systemd-journal-remote.socket",
];

/** Mistakes with files, servers and kernel, none of them far-fetched: all have been found on servers that somebody had set up by hand. */
export const systemBreakages: readonly Breakage[] = [
  breakage(
    "sshd is there for whoever wants it",
    "rm /etc/systemd/system/ssh*.service.d/bluegreen.conf",
    "Command: sshd-for-builders",
  ),
  breakage("sshd would come back", "systemctl enable -q ssh", "Service: ssh.service: enabled"),
  breakage(
    "root may come in by SSH",
    "sed -i 's/^PermitRootLogin no/PermitRootLogin yes/' /etc/ssh/sshd_config.d/00-bluegreen-cis.conf",
    "Command: sshd-settings",
  ),
  breakage(
    "a file that anybody may write",
    "touch /opt/app/notes && chmod 0666 /opt/app/notes",
    "Command: world-writable-files",
  ),
  breakage("a folder whose files anybody may remove", "mkdir -m 0777 /opt/shared", "Command: world-writable-folders"),
  breakage("a file of nobody's", "touch /opt/app/x && chown 4711 /opt/app/x", "Command: unowned"),
  breakage(
    "a program with root's rights",
    "cp /bin/dash /usr/local/bin/helper && chmod 4755 /usr/local/bin/helper",
    "Command: setuid",
  ),
  breakage("a log that anybody may read", "install -m 0644 /dev/null /var/log/messages", "Command: logs"),
  breakage("a log that its group may write", "install -m 0660 /dev/null /var/log/messages", "Command: logs"),
  breakage("passwords that anybody may read", "chmod 0644 /etc/shadow", "File: /etc/shadow: mode"),
  breakage("a backup of them that anybody may read", "install -m 0644 /dev/null /etc/shadow-", "Command: backups"),
  breakage(
    "a boot loader that others may read",
    "mkdir -p /boot/grub2 && install -m 0644 /dev/null /boot/grub2/grub.cfg",
    "Command: bootloader",
  ),
  breakage(
    "a boot loader that somebody else may change",
    "mkdir -p /boot/grub2 && install -m 0600 -o games /dev/null /boot/grub2/grub.cfg",
    "Command: bootloader",
  ),
  breakage("passwords as short as one likes", "rm /etc/security/pwquality.conf", "File: /etc/security/pwquality.conf"),
  breakage(
    "kernel settings gone",
    "rm /etc/sysctl.d/90-bluegreen-cis.conf",
    "File: /etc/sysctl.d/90-bluegreen-cis.conf",
  ),
  breakage(
    "kernel modules that may be loaded",
    "rm /etc/modprobe.d/bluegreen-cis.conf",
    ...modules.map((module) => `Command: module-${module}`),
  ),
  breakage("logs that nobody rotates", "systemctl disable -q logrotate.timer", "Command: logrotate-enabled"),
  breakage(
    "a cron that does not start",
    "printf '[Install]\\nWantedBy=multi-user.target\\n' >/usr/lib/systemd/system/crond.service",
    "Command: cron-enabled",
  ),
  breakage(
    "an earlier password is taken again",
    "sed -i '/pam_pwhistory/d' /etc/pam.d/common-password",
    "Command: passwords-in-/etc/pam.d/common-password",
  ),
  breakage(
    "a weak hash of passwords",
    "sed -i 's/yescrypt/md5/' /etc/pam.d/common-password",
    "Command: passwords-in-/etc/pam.d/common-password",
  ),
  breakage("/tmp is not mounted", "systemctl disable -q tmp.mount", "Command: tmp-mount-enabled"),
  breakage(
    "servers that another package may start",
    `systemctl unmask -q ${servers.join(" ")}`,
    ...servers.map((server) => `Command: masked-${server}`),
  ),
];
