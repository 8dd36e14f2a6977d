#!/bin/bash
# Makes the user that the service runs as: a system user without a home, a password or a shell. Needs no environment.
set -euo pipefail

nologin=$(command -v nologin || echo /usr/sbin/nologin)
if ! getent passwd appuser > /dev/null; then
  useradd --system --user-group --no-create-home --home-dir /nonexistent --shell "$nologin" appuser
fi
usermod --home /nonexistent --shell "$nologin" --lock appuser
