#!/bin/bash
# Keeps kernel modules that no server needs from being loaded, from the next boot on. Needs no environment.
# CIS 1.1.1.1 squashfs, 1.1.1.2 udf, 1.1.1.3 cramfs, 1.1.1.4 freevxfs, 1.1.1.5 jffs2, 1.1.1.6 hfs, 1.1.1.7 hfsplus, 1.1.9 usb-storage,
# 3.1.2 dccp, 3.1.3 sctp, 3.1.4 rds, 3.1.5 tipc
set -euo pipefail

install -d -m 0755 /etc/modprobe.d
file=/etc/modprobe.d/bluegreen-cis.conf
for module in squashfs udf cramfs freevxfs jffs2 hfs hfsplus usb-storage dccp sctp rds tipc; do
  echo "install $module /bin/false"
  echo "blacklist $module"
done > "$file"
chmod 0644 "$file"
