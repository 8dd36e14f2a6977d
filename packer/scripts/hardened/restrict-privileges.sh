#!/bin/bash
# Restricts how one user becomes another. Needs no environment.
# CIS 4.3.2 (pty), 4.3.3 (log), 4.3.5 (time-out), 4.3.6 (su for nobody)
set -euo pipefail

rules=$(mktemp)
trap 'rm -f "$rules"' EXIT
printf 'Defaults use_pty\nDefaults logfile="/var/log/sudo.log"\nDefaults timestamp_timeout=15\n' > "$rules"
# A file with a mistake would lock everybody out of sudo, this bake too.
visudo --check --quiet --file "$rules"
install -o root -g root -m 0440 "$rules" /etc/sudoers.d/10-bluegreen-cis
chmod 0750 /etc/sudoers.d

# The group is empty on purpose: su is for root alone, and everybody else uses sudo, which is logged.
getent group sugroup >/dev/null || groupadd --system sugroup
sed --in-place '/^[[:space:]#]*auth[[:space:]].*pam_wheel\.so/d' /etc/pam.d/su
sed --in-place '0,/^auth.*pam_rootok\.so/s//&\nauth required pam_wheel.so use_uid group=sugroup/' /etc/pam.d/su
