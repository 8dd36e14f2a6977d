import type { BootedBreakage } from "./breakage.ts";

const dropIn = (unit: string, name: string, ...lines: string[]): string =>
  `mkdir -p /etc/systemd/system/${unit}.d && printf '%s\\n' '[Service]' ${lines.map((line) => `'${line}'`).join(" ")} >/etc/systemd/system/${unit}.d/${name}.conf`;

/** What an image can't show before it runs. Each letter is a boot. */
export const bootedBreakages: readonly BootedBreakage[] = [
  {
    boot: "a",
    name: "sshd is on",
    script: "ssh-keygen -A && rm /etc/systemd/system/ssh*.service.d/bluegreen.conf && systemctl enable -q ssh",
    spec: "boot",
    caughtBy: ["Port: tcp:22", "Port: tcp6:22", "Process: sshd", "Service: ssh.service: running"],
  },
  {
    boot: "a",
    name: "a unit that matters fails",
    script:
      "printf '%s\\n' '[Service]' 'ExecStart=/bin/false' '[Install]' 'WantedBy=multi-user.target' >/etc/systemd/system/bluegreen-broken.service && systemctl enable -q bluegreen-broken",
    spec: "boot",
    caughtBy: ["Command: failed-units"],
  },
  {
    boot: "a",
    name: "log lines that go nowhere",
    script: "systemctl disable -q bluegreen-logs",
    spec: "boot",
    caughtBy: ["Service: logs-are-written", "File: /var/log/bluegreen/service.log: exists", "Command: service-logs"],
  },
  {
    boot: "a",
    name: "what happens to the system stays on it",
    script: "systemctl disable -q bluegreen-system-logs",
    spec: "boot",
    caughtBy: [
      "Service: system-logs-are-written",
      "File: /var/log/bluegreen/system.log: exists",
      "Command: system-logs",
    ],
  },
  {
    boot: "a",
    name: "connections close before the load balancer's do",
    script:
      "sed -i -E 's/keepAliveTimeout ?= ?[A-Za-z0-9_.]+/keepAliveTimeout=5000/' /opt/app/app.cjs && grep -q keepAliveTimeout=5000 /opt/app/app.cjs",
    spec: "boot",
    caughtBy: ["Command: app-keep-alive"],
  },
  {
    boot: "a",
    name: "the service left its sandbox",
    script: dropIn("app.service", "sandbox", "ProtectSystem=no"),
    spec: "boot",
    caughtBy: ["Command: app-unit"],
  },
  {
    boot: "a",
    name: "the CloudWatch agent starts before it knows its log group",
    script: "sed -i '/^Before=/s/ amazon-cloudwatch-agent.service//' /etc/systemd/system/bluegreen-user-data.service",
    spec: "boot",
    caughtBy: ["Command: agent-after-user-data"],
  },
  {
    boot: "a",
    name: "a server that nobody asked for",
    script:
      "printf '[Socket]\\nListenStream=4444\\nAccept=yes\\n[Install]\\nWantedBy=sockets.target\\n' >/etc/systemd/system/other.socket && printf '[Service]\\nExecStart=/bin/cat\\n' >/etc/systemd/system/other@.service && systemctl enable -q other.socket",
    spec: "app",
    caughtBy: ["Command: listening"],
  },
  {
    boot: "b",
    name: "the service runs as root",
    script: dropIn("app.service", "root", "User=root", "Group=root"),
    spec: "boot",
    caughtBy: ["Command: app-users"],
  },
  {
    boot: "b",
    name: "the service's files are for everybody",
    script: dropIn("app.service", "umask", "UMask=0022"),
    spec: "boot",
    caughtBy: ["Command: app-process"],
  },
  {
    boot: "b",
    name: "another version than the one baked",
    script: "sed -i 's/^version: .*/version: v9.9.9/' /etc/goss/vars.yaml",
    spec: "boot",
    caughtBy: ["Command: app-version: stdout", "HTTP: http://127.0.0.1:3000/version"],
  },
  {
    boot: "b",
    name: "the journal is switched off",
    script: "systemctl mask -q systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket",
    spec: "app",
    caughtBy: ["Service: systemd-journald"],
  },
  {
    boot: "c",
    name: "the service can't start",
    script: dropIn("app.service", "broken", "ExecStartPre=/bin/false"),
    spec: "boot",
    caughtBy: ["Port: tcp:3000", "HTTP: http://127.0.0.1:3000/readyz", "Service: app: running"],
  },
  {
    boot: "c",
    name: "the service is given up after some starts",
    script:
      "mkdir -p /etc/systemd/system/app.service.d && printf '%s\\n' '[Unit]' 'StartLimitIntervalSec=60' >/etc/systemd/system/app.service.d/limit.conf",
    spec: "boot",
    caughtBy: ["Command: app-unit"],
  },
  {
    boot: "d",
    name: "an instance that does not know who it is",
    script: "rm /usr/local/libexec/read-user-data",
    spec: "boot",
    caughtBy: [
      "File: /run/bluegreen/environment",
      "File: /run/bluegreen/amazon-cloudwatch-agent.json",
      "File: /var/log/bluegreen: exists",
      "HTTP: http://127.0.0.1:3000/healthz",
      "Service: user-data-was-read",
    ],
  },
];
