#!/bin/bash
# Installs what every image needs from the system's packages, where it is missing. Needs no environment.
set -euo pipefail

if command -v dnf >/dev/null; then
  # curl-minimal comes with Amazon Linux and is enough; asking for curl would conflict with it.
  # From this agent on, Systems Manager needs no ec2messages endpoint, which a private subnet here does not have.
  dnf --assumeyes install 'amazon-ssm-agent >= 3.3.40.0' amazon-cloudwatch-agent chrony openssh-server sudo
else
  # The agents have no Debian package; chrony is left out, since a rehearsed machine shares its clock with its host.
  packages=(ca-certificates curl openssh-server procps sudo)
  missing=()
  for package in "${packages[@]}"; do
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  if ((${#missing[@]} > 0)); then
    export DEBIAN_FRONTEND=noninteractive
    apt-get --quiet update
    apt-get --quiet --assume-yes --no-install-recommends install "${missing[@]}"
  fi
fi
