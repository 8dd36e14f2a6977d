#!/bin/bash
# Takes away what must not be in an image: keys, identities, histories, logs, uploads. Needs no environment.
# Packer's connection lives on, but no new one can be made: only validate, download and verdict come after it.
set -euo pipefail

rm -f /etc/ssh/ssh_host_*
rm -f /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys
rm -f /root/.bash_history /home/*/.bash_history /root/.lesshst /home/*/.lesshst /root/.viminfo /home/*/.viminfo

# Emptied, not removed: a missing file would mean a first boot, and systemd would reset which units are enabled.
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id /var/lib/systemd/random-seed
rm -f /var/lib/dhcp/*.leases /var/lib/NetworkManager/*.lease

if command -v cloud-init >/dev/null; then
  cloud-init clean --logs
fi

rm -rf /tmp/tools /tmp/release /tmp/files /tmp/goss /tmp/boot-gate.cjs /tmp/config.yaml
find /var/tmp -mindepth 1 -maxdepth 1 ! -name 'systemd-private-*' -exec rm -rf {} +

journalctl --quiet --rotate
journalctl --quiet --vacuum-time=1s
find /var/log -xdev -type f ! -path '/var/log/journal/*' -exec truncate --size 0 {} +
