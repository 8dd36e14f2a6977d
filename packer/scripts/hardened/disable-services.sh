#!/bin/bash
# Masks servers that other packages may bring along. Needs no environment.
# CIS 2.2.15 (mail), 2.2.16 (NFS), 2.2.17 (rpcbind), 2.2.18 (rsync), 2.4 (names), 5.1.2.1.4 (a journal for others)
set -euo pipefail

systemctl mask nfs-server.service rpcbind.service rpcbind.socket rsyncd.service systemd-journal-remote.socket

# CIS 2.2.15: a mail server that is there listens to this machine alone.
if [[ -f /etc/postfix/main.cf ]]; then
  sed --in-place '/^[[:space:]#]*inet_interfaces[[:space:]]*=/d' /etc/postfix/main.cf
  echo 'inet_interfaces = loopback-only' >> /etc/postfix/main.cf
fi

# CIS 2.4: nothing on an instance asks its neighbours for names.
if [[ -f /usr/lib/systemd/system/systemd-resolved.service ]]; then
  install -d -m 0755 /etc/systemd/resolved.conf.d
  printf '[Resolve]\nLLMNR=no\nMulticastDNS=no\n' > /etc/systemd/resolved.conf.d/bluegreen-cis.conf
  chmod 0644 /etc/systemd/resolved.conf.d/bluegreen-cis.conf
  systemctl try-restart systemd-resolved.service
fi
