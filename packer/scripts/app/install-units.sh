#!/bin/bash
# Installs and enables the units: user data, logs, service and boot gate. Starts the service, so that the specs can look
# at it while the image is baked. Needs no environment.
set -euo pipefail

readonly units=(bluegreen-user-data.service bluegreen-logs.service bluegreen-system-logs.service app.service bluegreen-boot-gate.service)

install -d -o root -g root -m 0755 /usr/local/libexec
for program in read-user-data configure-cloudwatch-agent export-journal pause-before-start; do
  install -o root -g root -m 0755 "/tmp/files/$program" "/usr/local/libexec/$program"
done
install -D -o root -g root -m 0644 /tmp/boot-gate.cjs /opt/bluegreen/boot-gate.cjs
for unit in "${units[@]}"; do install -o root -g root -m 0644 "/tmp/files/$unit" "/etc/systemd/system/$unit"; done

systemctl daemon-reload
systemctl enable "${units[@]}"
# Gate and logs are not started: they are for the instances of a group, and a bake is none.
systemctl restart app.service
