#!/bin/bash
# Sets the rules of the SSH server, which runs on a builder alone.
# CIS 4.2.1, 4.2.4 to 4.2.13, 4.2.15 to 4.2.20. SSH_USERNAME: the one user who may log in.
set -euo pipefail

# Of each setting sshd takes the first, and it reads this folder before its own file.
install -d -o root -g root -m 0755 /etc/ssh/sshd_config.d
cat > /etc/ssh/sshd_config.d/00-bluegreen-cis.conf <<CONF
AllowUsers $SSH_USERNAME
LogLevel INFO
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
ClientAliveInterval 15
ClientAliveCountMax 3
CONF
chown root:root /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*
chmod 0600 /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*

install -d -m 0755 /run/sshd
sshd -t
