#!/bin/bash
# Boots a root file system with its own systemd, in namespaces of its own: mounts, processes, network, host name, IPC, cgroups.
# It prints the process id of the machine's init; SIGKILL to that one is a power cut, and nothing of the machine remains.
#
#   CGROUP    a cgroup of its own (version 2), empty
#   LOWER     the image: read-only folders, topmost first, with colons between
#   FOLDER    of the machine: its own layer goes to upper/, its console to console.log
#   ADDRESS   private IPv4 address
#   BRIDGE    in the network namespace of the process GATEWAY: what the machine is plugged into
#   PORT      name of its port on the bridge, at most 15 characters
#   MANAGER   systemd manager settings (system.conf) of this machine
#   HOSTS     more lines of /etc/hosts
#   NAME      its host name
set -euo pipefail

if [ "${1:-}" != inside ]; then
  echo $$ >"$CGROUP/cgroup.procs"
  mkdir -p "$FOLDER"/{upper,work,root}
  # The id goes to our own output: standard output is about to be the machine's console.
  exec 3>&1
  # script gives the machine a terminal as its console, keeps what comes there, and ends with it.
  exec script --quiet --flush --return --command "unshare --mount --pid --net --uts --ipc --cgroup --fork \
    --kill-child=SIGKILL bash '$0' inside" "$FOLDER/console.log" </dev/null >/dev/null
fi

read -r pid _ </proc/self/stat
ip link add eth0 type veth peer name "$PORT" netns "/proc/$GATEWAY/ns/net"
nsenter --net="/proc/$GATEWAY/ns/net" ip link set "$PORT" master "$BRIDGE" up
ip link set lo up
ip address add "$ADDRESS/32" dev eth0
ip link set eth0 up
ip route add default dev eth0
hostname "$NAME"

root=$FOLDER/root
console=$(tty)
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$FOLDER/upper,workdir=$FOLDER/work" "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs "$root/run"
mount -t tmpfs -o nosuid,mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,nosuid,noexec devpts "$root/dev/pts"
mount -t tmpfs -o nosuid,nodev tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
touch "$root/dev/console"
mount --bind "$console" "$root/dev/console"
mkdir -p "$root/run/systemd/system.conf.d"
printf '%s\n' "$MANAGER" >"$root/run/systemd/system.conf.d/machine.conf"
cat "$root/etc/hosts" - <<<"$HOSTS" >"$root/run/hosts"
mount --bind "$root/run/hosts" "$root/etc/hosts"

cd "$root"
mkdir run/host
pivot_root . run/host
echo "$pid" >&3
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=bluegreen chroot . /bin/sh -c '
  umount --lazy /run/host && rmdir /run/host
  exec /lib/systemd/systemd --system </dev/null >/dev/null 2>&1 3>&-'
