#!/bin/bash
# Installs Node as /usr/local/bin/node, and shows that it runs.
# NODE_ARCHIVE: path of a .tar.gz that holds package/bin/node; empty: Node 22 from Amazon Linux's packages.
set -euo pipefail

if [[ -n $NODE_ARCHIVE ]]; then
  work=$(mktemp --directory --tmpdir=/var/tmp)
  trap 'rm -rf "$work"' EXIT
  tar --extract --gzip --file "$NODE_ARCHIVE" --directory "$work" --no-same-owner package/bin/node
  install -o root -g root -m 0755 "$work/package/bin/node" /usr/local/bin/node
elif command -v dnf >/dev/null; then
  dnf --assumeyes install nodejs22
  # The name with the version: /usr/bin/node is a link that another installed Node can take over.
  ln --symbolic --force /usr/bin/node-22 /usr/local/bin/node
else
  echo "This system has no package of Node 22: give the bake a node_archive." >&2
  exit 1
fi
/usr/local/bin/node --version
