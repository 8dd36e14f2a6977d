#!/bin/bash
# Makes an image from another one by running a script in it. What the script changes is the new image's layer.
#
#   LOWER    the other image: read-only folders, topmost first, with colons between
#   LAYER    a new, empty folder: the layer
#   SCRIPT   what to run in it, by sh
set -euo pipefail

work=$(mktemp -d "$LAYER.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{work,root}
export work

# Nothing of these mounts is seen outside, and all of them go with the process.
# shellcheck disable=SC2016 # expanded by the inner shell
unshare --mount --pid --fork --kill-child=SIGKILL bash -euo pipefail -c '
  mount --make-rprivate /
  mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$LAYER,workdir=$work/work" "$work/root"
  mount -t proc -o nosuid,nodev,noexec proc "$work/root/proc"
  chroot "$work/root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -ec "$SCRIPT"
'
