#!/bin/bash
# Installs the Goss specs as /etc/goss, with one vars file for this system, layer and release.
# LAYER: base, hardened or app. VERSION: version of the release, vX.Y.Z; the app layer's alone. Uploaded: /tmp/goss.
set -euo pipefail

# In a shell of its own: the file sets VERSION, too.
# shellcheck source=/dev/null
case "$(. /etc/os-release && echo "$ID:$VERSION_ID")" in
  amzn:2023) system=al2023 ;;
  debian:12) system=debian ;;
  *)
    echo "No specs for this system (/etc/os-release): the images are made from Amazon Linux 2023, and rehearsed on Debian 12." >&2
    exit 1
    ;;
esac

rm -rf /etc/goss
install -d -o root -g root -m 0755 /etc/goss /etc/goss/parts
install -o root -g root -m 0644 /tmp/goss/*.yaml /etc/goss/
install -o root -g root -m 0644 /tmp/goss/parts/*.yaml /etc/goss/parts/
{
  cat "/tmp/goss/vars/$system.yaml" /tmp/goss/vars/cis.yaml
  echo "layer: $LAYER"
  [[ -z ${VERSION:-} ]] || echo "version: $VERSION"
} > /etc/goss/vars.yaml
chmod 0644 /etc/goss/vars.yaml
