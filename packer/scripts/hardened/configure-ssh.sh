#!/bin/bash
# Sets the rules of the SSH server, which runs on a builder alone.
# CIS 4.2.1, 4.2.4 to 4.2.13, 4.2.15 to 4.2.20. SSH_USERNAME: the one user who may log in.
set -euo pipefail

# Of each setting sshd takes the first, and it reads this folder before its own file.
install -d -o root -g root -m 0755 /etc/ssh/sshd_config.d
cat > /etc/ssh/sshd_config.d/00-bluegreen-cis.conf <<CONF
AllowUsers $SSH_USERNAME
LogLevel VERBOSE
UsePAM yes
PermitRootLogin no
HostbasedAuthentication no
PasswordAuthentication no
PermitEmptyPasswords no
PermitUserEnvironment no
IgnoreRhosts yes
X11Forwarding no
AllowTcpForwarding no
Banner /etc/issue.net
MaxAuthTries 4
MaxStartups 10:30:60
MaxSessions 10
LoginGraceTime 60
ClientAliveInterval 300
ClientAliveCountMax 1
CONF
# What another file says of these is not in force, and misleads whoever reads it.
keywords=$(sed --quiet 's/^\([A-Z][A-Za-z0-9]*\) .*/\1/p' /etc/ssh/sshd_config.d/00-bluegreen-cis.conf | paste --serial --delimiters '|')
find /etc/ssh/sshd_config /etc/ssh/sshd_config.d -type f ! -name 00-bluegreen-cis.conf \
  -exec sed --in-place --regexp-extended "s/^[[:space:]]*($keywords)[[:space:]]/#&/I" {} +
chown root:root /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*
chmod 0600 /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*

install -d -m 0755 /run/sshd
sshd -t
