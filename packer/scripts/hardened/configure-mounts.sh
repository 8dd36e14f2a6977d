#!/bin/bash
# Makes /tmp and /dev/shm file systems of their own on which nothing can be run, from the next boot on.
# CIS 1.1.2.1 to 1.1.2.4 (/tmp), 1.1.8.1 to 1.1.8.4 (/dev/shm). Needs no environment.
set -euo pipefail

# A whole unit, not a drop-in: not every system has one at a place where systemd looks.
cat > /etc/systemd/system/tmp.mount <<'UNIT'
[Unit]
Description=Temporary directory
ConditionPathIsSymbolicLink=!/tmp
DefaultDependencies=no
Conflicts=umount.target
Before=local-fs.target umount.target
After=swap.target

[Mount]
What=tmpfs
Where=/tmp
Type=tmpfs
Options=mode=1777,strictatime,nodev,nosuid,noexec,size=50%,nr_inodes=1m

[Install]
WantedBy=local-fs.target
UNIT
chmod 0644 /etc/systemd/system/tmp.mount
systemctl enable tmp.mount

# systemd mounts /dev/shm before it reads any unit; of fstab it takes the options.
sed --in-place '\#^[^[:space:]]\+[[:space:]]\+/dev/shm[[:space:]]#d' /etc/fstab
echo 'tmpfs /dev/shm tmpfs defaults,nodev,nosuid,noexec 0 0' >> /etc/fstab
