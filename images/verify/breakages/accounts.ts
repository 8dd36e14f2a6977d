import type { Breakage } from "./breakage.ts";

const breakage = (name: string, script: string, ...commands: string[]): Breakage => ({
  name,
  script,
  spec: "app",
  caughtBy: commands.map((command) => `Command: ${command}`),
});

/** Mistakes with accounts, and with who may become whom. */
export const accountBreakages: readonly Breakage[] = [
  breakage("a password in /etc/passwd", "sed -i 's/^games:x:/games:abc:/' /etc/passwd", "passwords-shadowed"),
  breakage("an account that asks for no password", "sed -i 's/^games:[^:]*:/games::/' /etc/shadow", "no-passwords"),
  breakage(
    "an account of a group that is none",
    "echo 'x:x:2000:2999::/:/usr/sbin/nologin' >>/etc/passwd",
    "groups-known",
  ),
  breakage("one id for two accounts", "echo 'x:x:1:1::/:/usr/sbin/nologin' >>/etc/passwd", "no-duplicates"),
  breakage("one name for two groups", "echo 'root:x:2999:' >>/etc/group", "no-duplicates"),
  breakage("a second root", "echo 'toor:x:0:0::/root:/bin/sh' >>/etc/passwd", "one-root"),
  breakage("root in another group", "sed -i 's/^root:x:0:0:/root:x:0:1:/' /etc/passwd", "one-root"),
  breakage("a shell for the system's account", "usermod -s /bin/sh games", "system-accounts"),
  breakage("sudo that asks nobody", "echo 'Defaults !authenticate' >/etc/sudoers.d/easy", "sudo-rules"),
  breakage(
    "rules of sudo that are none",
    "echo 'nonsense nonsense' >/etc/sudoers.d/typo && chmod 0440 /etc/sudoers.d/typo",
    "sudo-rules",
  ),
  breakage("somebody who may use su", "usermod -aG sugroup games", "su-for-nobody"),
  breakage("jobs of cron that others may write", "chmod 0777 /etc/cron.d", "cron-folders"),
];
