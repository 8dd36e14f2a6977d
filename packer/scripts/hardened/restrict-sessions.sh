#!/bin/bash
# Ends idle shells after 15 minutes, and makes new files private to their owner and group. Needs no environment.
# CIS 4.6.3 (time-out), 4.6.4 (root's group), 4.6.5 (umask)
set -euo pipefail

cat > /etc/profile.d/bluegreen-cis.sh <<'PROFILE'
umask 027
# Once read-only it can't be set again, as a shell within a shell would.
[ -n "${TMOUT:-}" ] || readonly TMOUT=900
export TMOUT
PROFILE
chmod 0644 /etc/profile.d/bluegreen-cis.sh

sed --in-place '/^[[:space:]#]*UMASK[[:space:]]/d' /etc/login.defs
echo 'UMASK 027' >> /etc/login.defs
usermod --gid 0 root
