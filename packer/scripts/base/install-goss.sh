#!/bin/bash
# Installs Goss as /usr/local/bin/goss, after it has shown that it runs on this system.
# GOSS: path of the uploaded binary.
set -euo pipefail

install -o root -g root -m 0755 "$GOSS" /usr/local/bin/goss.new
if ! version=$(/usr/local/bin/goss.new --version); then
  rm -f /usr/local/bin/goss.new
  echo "The Goss binary does not run here: give the bake one for linux/amd64." >&2
  exit 1
fi
mv /usr/local/bin/goss.new /usr/local/bin/goss
echo "$version"
