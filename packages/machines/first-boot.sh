#!/bin/bash
# Stands in for cloud-init, which knows EC2 by its firmware, and a machine without firmware has none. Does what the images
# need of it. keys: host keys, and the key that the instance was launched with for the user LOGIN. user-data: runs user
# data that is a script.
set -euo pipefail

metadata=http://169.254.169.254/latest
request() { curl --silent --show-error --fail --max-time 5 --retry 5 --retry-all-errors --retry-delay 1 "$@"; }
token=$(request --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/api/token")
# What an instance was launched without is no fault: nothing, then.
get() { curl --silent --fail --max-time 5 --header "X-aws-ec2-metadata-token: $token" "$metadata/$1" || true; }

case "$1" in
  keys)
    ssh-keygen -A
    key=$(get meta-data/public-keys/0/openssh-key)
    [ -n "$key" ] || exit 0
    install -d -o "$LOGIN" -g "$LOGIN" -m 0700 "/home/$LOGIN/.ssh"
    install -o "$LOGIN" -g "$LOGIN" -m 0600 /dev/stdin "/home/$LOGIN/.ssh/authorized_keys" <<<"$key"
    ;;
  user-data)
    get user-data >/run/user-data
    if head -c 2 /run/user-data | grep -q '^#!'; then bash /run/user-data; fi
    ;;
esac
