#!/bin/bash
# Warns whoever logs in, and tells nothing about the system. Needs no environment.
# CIS 1.7.1 to 1.7.6, 4.2.15
set -euo pipefail

for file in /etc/motd /etc/issue /etc/issue.net; do
  # Amazon Linux's motd may be a link to a generated one.
  rm -f "$file"
  echo 'Authorized use only. All activity may be monitored and reported.' > "$file"
  chown root:root "$file"
  chmod 0644 "$file"
done
