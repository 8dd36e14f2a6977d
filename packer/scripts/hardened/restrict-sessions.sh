#!/bin/bash
# Ends idle shells after 15 minutes, and makes new files private to their owner and group. Needs no environment.
# CIS 4.6.3 (time-out), 4.6.4 (root's group), 4.6.5 (umask)
set -euo pipefail

cat > /etc/profile.d/bluegreen-cis.sh <<'PROFILE'
umask 027
# Once read-only it can't be set again, as a shell within a shell would. bash alone knows the rest of the line.
if [ -n "${BASH_VERSION:-}" ] && [ -z "${TMOUT:-}" ]; then
  declare -xr TMOUT=900
fi
PROFILE
chmod 0644 /etc/profile.d/bluegreen-cis.sh

sed --in-place '/^[[:space:]#]*UMASK[[:space:]]/d' /etc/login.defs
sed --in-place '/^[[:space:]#]*USERGROUPS_ENAB[[:space:]]/d' /etc/login.defs
printf 'UMASK 027\nUSERGROUPS_ENAB no\n' >> /etc/login.defs
# Amazon Linux's own files set another one first.
for file in /etc/bashrc /etc/profile /etc/csh.cshrc; do
  [[ ! -f $file ]] || sed --in-place --regexp-extended 's/^([[:space:]]*umask[[:space:]]+)[0-7]+/\1027/' "$file"
done
usermod --gid 0 root
