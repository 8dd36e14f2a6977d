#!/bin/bash
# Writes down what the image is: its release, the kernel that it boots, and all packages. For the bake to keep; nothing of it stays in
# the image. Needs no environment.
set -euo pipefail

out=/run/bluegreen-bake
install -d -m 0755 "$out"

# The newest installed one: the builder itself may still run the kernel of its parent.
kernel=$(find /boot -maxdepth 1 -name 'vmlinuz-*' ! -name '*rescue*' -printf '%f\n' 2>/dev/null | sort --version-sort | tail -n 1)
kernel=${kernel#vmlinuz-}

if command -v rpm >/dev/null; then
  distro=amzn
  # /etc/os-release says 2023 alone; this package is of the very release.
  release=$(rpm --query --queryformat '%{VERSION}' system-release)
  rpm --query --all --queryformat '%{NAME}\t%{VERSION}-%{RELEASE}\t%{ARCH}\n' | grep -v '^gpg-pubkey' | sort > "$out/packages.tsv"
else
  distro=debian
  release=$(cat /etc/debian_version)
  dpkg-query --show --showformat '${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n' | sed -n 's/^ii \t//p' | sort > "$out/packages.tsv"
fi
printf '{"distro":"%s","release":"%s","kernel":"%s","architecture":"%s"}\n' \
  "$distro" "$release" "${kernel:-$(uname -r)}" "$(uname -m)" > "$out/system.json"
chmod 0644 "$out/packages.tsv" "$out/system.json"
