#!/bin/bash
# Installs what the rules need from the system's packages, where it is missing. Needs no environment.
# CIS 1.6.1.1 (SELinux), 4.5.1 (pwquality), 5.2.1.1 (auditd), 5.3 (logrotate)
set -euo pipefail

if command -v dnf >/dev/null; then
  dnf --assumeyes install audit authselect libpwquality libselinux logrotate selinux-policy-targeted
elif ! dpkg --status libpam-pwquality logrotate >/dev/null 2>&1; then
  # Without auditd: on the rehearsal's shared kernel no audit daemon can run.
  export DEBIAN_FRONTEND=noninteractive
  apt-get --quiet update
  apt-get --quiet --assume-yes --no-install-recommends install libpam-pwquality logrotate
fi
