#!/bin/bash
# Brings every package of the system to its newest version (CIS 1.8). Needs no environment.
set -euo pipefail

if command -v dnf >/dev/null; then
  # --releasever=latest: Amazon Linux is locked to the release of its image, and would find no updates otherwise.
  dnf --assumeyes --releasever=latest upgrade
else
  export DEBIAN_FRONTEND=noninteractive
  apt-get --quiet update
  apt-get --quiet --assume-yes --option Dpkg::Options::=--force-confold dist-upgrade
fi
