#!/bin/bash
# Runs a script in an image that is not booted, and prints what it prints. What the script changes is gone afterwards.
#
#   LOWER    the image: read-only folders, topmost first, with colons between
#   INPUT    a folder whose files the script finds in /run
#   SCRIPT   what to run, by sh
set -euo pipefail

work=$(mktemp -d)
trap 'rmdir "$work"' EXIT
export work

# Nothing of these mounts is seen outside, and all of them go with the process.
# shellcheck disable=SC2016 # expanded by the inner shell
unshare --mount --pid --fork --kill-child=SIGKILL bash -euo pipefail -c '
  mount --make-rprivate /
  mount -t tmpfs -o mode=0755 tmpfs "$work"
  mkdir "$work"/{upper,work,root}
  root=$work/root
  mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$work/upper,workdir=$work/work" "$root"
  mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
  mount -t tmpfs -o mode=0755 tmpfs "$root/run"
  mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
  for device in null zero full random urandom; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  cp -a "$INPUT/." "$root/run/"
  chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -c "$SCRIPT"
'
