#!/bin/bash
# Keeps the SSH server from starting with the system, and from being started by a socket. Needs no environment.
# Disabled, not masked: the builder of the next layer starts it. Not stopped: Packer is connected through it.
set -euo pipefail

for unit in sshd.service sshd.socket ssh.service ssh.socket; do
  if systemctl cat "$unit" >/dev/null 2>&1; then
    systemctl disable "$unit"
  fi
done
