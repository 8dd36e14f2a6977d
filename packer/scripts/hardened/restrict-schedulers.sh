#!/bin/bash
# Lets root alone use cron and at, where they are there. Needs no environment.
# CIS 4.1.1 (enabled, where it is there), 4.1.2 to 4.1.7 (permissions), 4.1.8 (cron), 4.1.9 (at)
set -euo pipefail

for path in /etc/crontab /etc/cron.{hourly,daily,weekly,monthly,d}; do
  if [[ -e $path ]]; then
    chown root:root "$path"
    chmod u-s,go-rwx "$path"
  fi
done
rm -f /etc/cron.deny /etc/at.deny
for path in /etc/cron.allow /etc/at.allow; do
  echo root > "$path"
  chown root:root "$path"
  chmod 0640 "$path"
done

# Amazon Linux 2023 comes without cron; systemd's timers do its work.
if systemctl cat crond.service >/dev/null 2>&1; then systemctl enable crond.service; fi
