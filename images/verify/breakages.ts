/** A mistake in an image, made on purpose. */
export interface Breakage {
  name: string;
  /** Makes the mistake, as a shell script in the image. */
  script: string;
  /** The specs that must see it: those of a bake, or those of an instance that starts. */
  spec: "app" | "boot";
  /** The test that must fail, as `Type: id: property` begins. */
  caughtBy: string;
}

const dropIn = (unit: string, ...lines: string[]): string =>
  `mkdir -p /etc/systemd/system/${unit}.d && printf '%s\\n' '[Service]' ${lines.map((line) => `'${line}'`).join(" ")} >/etc/systemd/system/${unit}.d/broken.conf`;

/** Each must be caught; none of them is far-fetched: all have been found on servers that somebody had set up by hand. */
export const breakages: readonly Breakage[] = [
  {
    name: "sshd is on",
    script: "ssh-keygen -A && rm /etc/systemd/system/ssh*.service.d/bluegreen.conf && systemctl enable -q ssh",
    spec: "boot",
    caughtBy: "Port: tcp:22",
  },
  {
    name: "sshd is there for whoever wants it",
    script: "rm /etc/systemd/system/ssh*.service.d/bluegreen.conf",
    spec: "app",
    caughtBy: "Command: sshd-for-builders",
  },
  {
    name: "sshd would come back",
    script: "systemctl enable -q ssh",
    spec: "app",
    caughtBy: "Service: ssh.service: enabled",
  },
  {
    name: "somebody's key is let in",
    script:
      "install -D -m 0600 /dev/null /home/admin/.ssh/authorized_keys && echo ssh-ed25519 AAAA >/home/admin/.ssh/authorized_keys",
    spec: "boot",
    caughtBy: "Command: authorized-keys",
  },
  {
    name: "settings of the wrong owner",
    script: "chown appuser /etc/app/config.yaml",
    spec: "app",
    caughtBy: "File: /etc/app/config.yaml: owner",
  },
  {
    name: "settings that anybody may write",
    script: "chmod 0666 /etc/app/config.yaml",
    spec: "boot",
    caughtBy: "File: /etc/app/config.yaml: mode",
  },
  {
    name: "settings with a mistake",
    script: "echo 'prot: 3000' >>/etc/app/config.yaml",
    spec: "boot",
    caughtBy: "Command: app-settings",
  },
  {
    name: "a secret in the settings",
    script: "echo '# AKIAIOSFODNN7EXAMPLE' >>/etc/app/config.yaml",
    spec: "app",
    caughtBy: "Command: secrets-in-settings",
  },
  {
    name: "another version than the one baked",
    script: "sed -i 's/^version: .*/version: v9.9.9/' /etc/goss/vars.yaml",
    spec: "boot",
    caughtBy: "Command: app-version: stdout",
  },
  {
    name: "the service is not enabled",
    script: "systemctl disable -q app",
    spec: "boot",
    caughtBy: "Service: app: enabled",
  },
  {
    name: "the service can't start",
    script: dropIn("app.service", "ExecStartPre=/bin/false"),
    spec: "boot",
    caughtBy: "Port: tcp:3000",
  },
  {
    name: "the service runs as root",
    script: dropIn("app.service", "User=root", "Group=root"),
    spec: "boot",
    caughtBy: "Command: app-users",
  },
  {
    name: "the service left its sandbox",
    script: dropIn("app.service", "ProtectSystem=no"),
    spec: "boot",
    caughtBy: "Command: app-unit",
  },
  {
    name: "the service is given up after some starts",
    script:
      "mkdir -p /etc/systemd/system/app.service.d && printf '%s\\n' '[Unit]' 'StartLimitIntervalSec=60' >/etc/systemd/system/app.service.d/broken.conf",
    spec: "boot",
    caughtBy: "Command: app-unit",
  },
  {
    name: "connections close before the load balancer's do",
    script:
      "sed -i -E 's/keepAliveTimeout ?= ?[A-Za-z0-9_.]+/keepAliveTimeout=5000/' /opt/app/app.cjs && grep -q keepAliveTimeout=5000 /opt/app/app.cjs",
    spec: "boot",
    caughtBy: "Command: app-keep-alive",
  },
  {
    name: "the service's user can log in",
    script: "usermod -s /bin/bash appuser",
    spec: "app",
    caughtBy: "User: appuser: shell",
  },
  {
    name: "code that its user may change",
    script: "chown -R appuser /opt/app",
    spec: "boot",
    caughtBy: "File: /opt/app/app.cjs: owner",
  },
  {
    name: "a file that anybody may write",
    script: "touch /opt/app/notes && chmod 0666 /opt/app/notes",
    spec: "app",
    caughtBy: "Command: world-writable-files",
  },
  {
    name: "a program with root's rights",
    script: "cp /bin/dash /usr/local/bin/helper && chmod 4755 /usr/local/bin/helper",
    spec: "app",
    caughtBy: "Command: setuid",
  },
  {
    name: "an instance that does not check itself",
    script: "systemctl disable -q bluegreen-boot-gate",
    spec: "app",
    caughtBy: "Service: bluegreen-boot-gate: enabled",
  },
  {
    name: "an instance that does not know who it is",
    script: "rm /usr/local/libexec/read-user-data",
    spec: "boot",
    caughtBy: "File: /run/bluegreen/environment",
  },
  {
    name: "some unit fails",
    script:
      "printf '%s\\n' '[Service]' 'ExecStart=/bin/false' '[Install]' 'WantedBy=multi-user.target' >/etc/systemd/system/broken.service && systemctl enable -q broken",
    spec: "boot",
    caughtBy: "Command: failed-units",
  },
  {
    name: "passwords that anybody may read",
    script: "chmod 0644 /etc/shadow",
    spec: "app",
    caughtBy: "File: /etc/shadow: mode",
  },
  {
    name: "a second root",
    script: "echo 'toor:x:0:0::/root:/bin/sh' >>/etc/passwd",
    spec: "app",
    caughtBy: "Command: one-root",
  },
  {
    name: "passwords as short as one likes",
    script: "rm /etc/security/pwquality.conf",
    spec: "app",
    caughtBy: "File: /etc/security/pwquality.conf",
  },
  {
    name: "kernel settings gone",
    script: "rm /etc/sysctl.d/90-bluegreen-cis.conf",
    spec: "app",
    caughtBy: "File: /etc/sysctl.d/90-bluegreen-cis.conf",
  },
  {
    name: "log lines that go nowhere",
    script: "systemctl disable -q bluegreen-logs",
    spec: "boot",
    caughtBy: "Service: logs-are-written",
  },
];
