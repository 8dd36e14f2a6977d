#!/bin/bash
# Stands in for cloud-init, which knows EC2 by its firmware, and a machine without firmware has none. Does what the images
# need of it: host keys, the key that the instance was launched with for the user LOGIN, and user data that is a script.
set -euo pipefail

metadata=http://169.254.169.254/latest
request() { curl --silent --show-error --fail --max-time 5 --retry 5 --retry-all-errors --retry-delay 1 "$@"; }
token=$(request --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/api/token")
# What an instance was launched without is no fault: nothing, then.
get() { curl --silent --fail --max-time 5 --header "X-aws-ec2-metadata-token: $token" "$metadata/$1" || true; }

ssh-keygen -A
key=$(get meta-data/public-keys/0/openssh-key)
if [ -n "$key" ]; then
  install -d -o "$LOGIN" -g "$LOGIN" -m 0700 "/home/$LOGIN/.ssh"
  printf '%s\n' "$key" >"/home/$LOGIN/.ssh/authorized_keys"
  chown "$LOGIN:$LOGIN" "/home/$LOGIN/.ssh/authorized_keys"
  chmod 0600 "/home/$LOGIN/.ssh/authorized_keys"
fi

get user-data >/run/user-data
if head -c 2 /run/user-data | grep -q '^#!'; then bash /run/user-data; fi
