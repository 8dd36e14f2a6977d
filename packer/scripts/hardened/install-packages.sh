#!/bin/bash
# Installs what the rules need from the system's packages, where it is missing. Needs no environment.
# CIS 4.5.1 (pwquality), 5.2.1.1 (auditd)
set -euo pipefail

if command -v dnf >/dev/null; then
  dnf --assumeyes install audit authselect libpwquality
elif [[ $(dpkg-query --show --showformat '${db:Status-Status}' libpam-pwquality 2>/dev/null) != installed ]]; then
  # Without auditd: on the rehearsal's shared kernel no audit daemon can run.
  export DEBIAN_FRONTEND=noninteractive
  apt-get --quiet update
  apt-get --quiet --assume-yes --no-install-recommends install libpam-pwquality
fi
