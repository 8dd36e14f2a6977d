#!/bin/bash
# Empties the package manager's caches. Needs no environment.
set -euo pipefail

if command -v dnf >/dev/null; then
  dnf --quiet clean all
  rm -rf /var/cache/dnf
else
  apt-get clean
  rm -rf /var/lib/apt/lists/*
fi
