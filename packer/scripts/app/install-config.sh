#!/bin/bash
# Installs /tmp/config.yaml as /etc/app/config.yaml. It holds no secret, only references to some: everybody may read it,
# root alone may change it. Needs no environment.
set -euo pipefail

install -d -o root -g root -m 0755 /etc/app
install -o root -g root -m 0644 /tmp/config.yaml /etc/app/config.yaml
