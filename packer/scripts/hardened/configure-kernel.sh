#!/bin/bash
# Sets the kernel's network and process settings, and switches core dumps off. Needs no environment.
# CIS 1.5.1, 1.5.2, 1.5.3, 1.5.4, 3.2.1, 3.2.2, 3.3.1 to 3.3.9
set -euo pipefail

cat > /etc/sysctl.d/90-bluegreen-cis.conf <<'CONF'
# CIS 1.5.1: addresses are randomised
kernel.randomize_va_space = 2
# CIS 1.5.2: a process traces its own children alone
kernel.yama.ptrace_scope = 1
# CIS 1.5.3: a program that changes its user leaves no core
fs.suid_dumpable = 0
# CIS 3.2.1: no router
net.ipv4.ip_forward = 0
net.ipv6.conf.all.forwarding = 0
# CIS 3.2.2
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
# CIS 3.3.1
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv6.conf.all.accept_source_route = 0
net.ipv6.conf.default.accept_source_route = 0
# CIS 3.3.2
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
# CIS 3.3.3
net.ipv4.conf.all.secure_redirects = 0
net.ipv4.conf.default.secure_redirects = 0
# CIS 3.3.4
net.ipv4.conf.all.log_martians = 1
net.ipv4.conf.default.log_martians = 1
# CIS 3.3.5
net.ipv4.icmp_echo_ignore_broadcasts = 1
# CIS 3.3.6
net.ipv4.icmp_ignore_bogus_error_responses = 1
# CIS 3.3.7: each interface, too, which systemd's own 50-default.conf sets to 2
net.ipv4.conf.all.rp_filter = 1
net.ipv4.conf.default.rp_filter = 1
net.ipv4.conf.*.rp_filter = 1
# CIS 3.3.8
net.ipv4.tcp_syncookies = 1
# CIS 3.3.9: systemd-networkd takes IPv6 routes by itself, whatever the kernel is told
net.ipv6.conf.all.accept_ra = 0
net.ipv6.conf.default.accept_ra = 0
CONF
chmod 0644 /etc/sysctl.d/90-bluegreen-cis.conf

# CIS 1.5.3, 1.5.4
install -d -m 0755 /etc/systemd/coredump.conf.d /etc/security/limits.d
printf '[Coredump]\nStorage=none\nProcessSizeMax=0\n' > /etc/systemd/coredump.conf.d/bluegreen-cis.conf
printf '* hard core 0\n' > /etc/security/limits.d/bluegreen-cis.conf
chmod 0644 /etc/systemd/coredump.conf.d/bluegreen-cis.conf /etc/security/limits.d/bluegreen-cis.conf

# A container shares its kernel with others and may not set it: there the file is all.
if ! systemd-detect-virt --quiet --container; then
  systemctl restart systemd-sysctl.service
fi
