import type { Breakage } from "./breakage.ts";

/** Mistakes with the release, its settings, and what is installed to run it. */
export const serviceBreakages: readonly Breakage[] = [
  {
    name: "somebody's key is let in",
    script:
      "install -D -m 0600 /dev/null /home/admin/.ssh/authorized_keys && echo ssh-ed25519 AAAA >/home/admin/.ssh/authorized_keys",
    spec: "boot",
    caughtBy: ["Command: authorized-keys"],
  },
  {
    name: "settings with a mistake",
    script: "echo 'prot: 3000' >>/etc/app/config.yaml",
    spec: "boot",
    caughtBy: ["Command: app-settings"],
  },
  {
    name: "a secret in the settings",
    script: "echo '# AKIAIOSFODNN7EXAMPLE' >>/etc/app/config.yaml",
    spec: "app",
    caughtBy: ["Command: secrets-in-settings"],
  },
  {
    name: "settings of the wrong owner",
    script: "chown appuser /etc/app/config.yaml",
    spec: "app",
    caughtBy: ["File: /etc/app/config.yaml: owner"],
  },
  {
    name: "code that its user may change",
    script: "chown -R appuser /opt/app",
    spec: "boot",
    caughtBy: ["File: /opt/app/app.cjs: owner", "File: /opt/app: owner"],
  },
  {
    name: "a release that does not say which it is",
    script: "printf '#!/bin/sh\\necho v0.0.0\\n' >/usr/local/bin/app",
    spec: "app",
    caughtBy: ["Command: app-version: stdout"],
  },
  {
    name: "the service's user can log in",
    script: "usermod -s /bin/bash appuser",
    spec: "app",
    caughtBy: ["User: appuser: shell"],
  },
  {
    name: "the service is not enabled",
    script: "systemctl disable -q app",
    spec: "boot",
    caughtBy: ["Service: app: enabled"],
  },
  {
    name: "an instance that does not check itself",
    script: "systemctl disable -q bluegreen-boot-gate",
    spec: "app",
    caughtBy: ["Service: bluegreen-boot-gate: enabled"],
  },
  {
    name: "a Node that nobody supports any more",
    script:
      "rm -f /usr/local/bin/node && printf '#!/bin/sh\\necho v18.20.0\\n' >/usr/local/bin/node && chmod 0755 /usr/local/bin/node",
    spec: "app",
    caughtBy: ["Command: node-runs"],
  },
  {
    name: "a Goss that the specs were not written for",
    script: "printf '#!/bin/sh\\necho goss version v0.3.23\\n' >/usr/local/bin/goss",
    spec: "app",
    caughtBy: ["Command: goss-runs"],
  },
];
