#!/bin/bash
# Keeps the SSH server from starting, with the system, by a socket, or because another unit wants it, as cloud-init does
# at each boot. Needs no environment. A condition, no mask: the builder of the next layer fulfils it, by its user data, and
# leaves no trace of that. Not stopped: Packer is connected through it.
set -euo pipefail

for unit in sshd.service sshd.socket ssh.service ssh.socket; do
  if systemctl cat "$unit" >/dev/null 2>&1; then
    systemctl disable "$unit"
    install -d -o root -g root -m 0755 "/etc/systemd/system/$unit.d"
    printf '[Unit]\nConditionPathExists=/run/bluegreen-bake/ssh\n' > "/etc/systemd/system/$unit.d/bluegreen.conf"
    chmod 0644 "/etc/systemd/system/$unit.d/bluegreen.conf"
  fi
done
systemctl daemon-reload
