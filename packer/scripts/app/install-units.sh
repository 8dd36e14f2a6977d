#!/bin/bash
# Installs and enables the units: user data, service and boot gate. Starts the service, so that the specs can look at it
# while the image is baked. Needs no environment.
set -euo pipefail

readonly units=(bluegreen-user-data.service app.service bluegreen-boot-gate.service)

install -D -o root -g root -m 0755 /tmp/files/read-user-data /usr/local/libexec/read-user-data
install -D -o root -g root -m 0644 /tmp/boot-gate.cjs /opt/bluegreen/boot-gate.cjs
for unit in "${units[@]}"; do install -o root -g root -m 0644 "/tmp/files/$unit" "/etc/systemd/system/$unit"; done

systemctl daemon-reload
systemctl enable "${units[@]}"
# The gate is not started: it is for the instances of a group, and a bake is none.
systemctl restart app.service
