#!/bin/bash
# Masks servers that other packages may bring along. Needs no environment.
# CIS 2.2.16 (NFS), 2.2.17 (rpcbind), 2.2.18 (rsync)
set -euo pipefail

systemctl mask nfs-server.service rpcbind.service rpcbind.socket rsyncd.service
