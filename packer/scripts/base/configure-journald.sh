#!/bin/bash
# Keeps the journal on the disk, compressed and bounded, for this system alone. Needs no environment.
# CIS 5.1.2.3 (compress), 5.1.2.4 (persistent), 5.1.2.5 (not to rsyslog), 5.1.2.6 (rotation), 5.1.2.7 (permissions)
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
# The same in the file that scanners read.
sed --in-place --regexp-extended -e 's/^#?Storage=.*/Storage=persistent/' -e 's/^#?Compress=.*/Compress=yes/' /etc/systemd/journald.conf

# Journals are for root and the group of the journal to read.
install -d -m 0755 /etc/tmpfiles.d
cat > /etc/tmpfiles.d/bluegreen-journal.conf <<'CONF'
z /var/log/journal 2750 root systemd-journal - -
z /var/log/journal/%m 2750 root systemd-journal - -
z /var/log/journal/%m/system.journal 0640 root systemd-journal - -
CONF
chmod 0644 /etc/tmpfiles.d/bluegreen-journal.conf
systemctl restart systemd-journald.service
