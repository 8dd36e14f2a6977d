#!/bin/bash
# Keeps SELinux from being switched off, where the system has it. It stays in the mode that Amazon Linux gives it, permissive:
# enforcing needs a policy for the service. CIS 1.6.1.1 to 1.6.1.4. Needs no environment.
set -euo pipefail

[[ -f /etc/selinux/config ]] || exit 0

sed --in-place --regexp-extended \
  -e 's/^SELINUX=disabled$/SELINUX=permissive/' -e 's/^SELINUXTYPE=.*/SELINUXTYPE=targeted/' /etc/selinux/config
if command -v grubby >/dev/null; then
  grubby --update-kernel ALL --remove-args 'selinux=0 enforcing=0'
fi
if [[ -f /etc/default/grub ]]; then
  sed --in-place --regexp-extended '/^GRUB_CMDLINE_LINUX/s/ ?\b(selinux|enforcing)=0\b//g' /etc/default/grub
fi
