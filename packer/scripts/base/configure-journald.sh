#!/bin/bash
# Keeps the journal on the disk, compressed and bounded, for this system alone. Needs no environment.
# CIS 5.1.2.3 (compress), 5.1.2.4 (persistent), 5.1.2.5 (not to rsyslog), 5.1.2.6 (rotation)
set -euo pipefail

install -d -m 0755 /etc/systemd/journald.conf.d
cat > /etc/systemd/journald.conf.d/bluegreen.conf <<'CONF'
[Journal]
Storage=persistent
Compress=yes
ForwardToSyslog=no
SystemMaxUse=512M
SystemKeepFree=1G
MaxFileSec=1week
CONF
chmod 0644 /etc/systemd/journald.conf.d/bluegreen.conf
systemctl restart systemd-journald.service
