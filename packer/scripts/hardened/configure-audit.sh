#!/bin/bash
# Has the kernel's audit record who changed what, where auditd is there. Needs no environment.
# CIS 5.2.1.4, 5.2.2.1, 5.2.3.1 to 5.2.3.20, 5.2.4.4 to 5.2.4.7
set -euo pipefail

install -d -o root -g root -m 0750 /etc/audit /etc/audit/rules.d

# audit.rules is the name of the system's own file, whose "-a never,task" would switch nearly every rule off.
rules=/etc/audit/rules.d/audit.rules
cat > "$rules" <<'RULES'
-D
-b 8192
-f 1

# CIS 5.2.3.1, 5.2.3.3
-w /etc/sudoers -p wa -k scope
-w /etc/sudoers.d/ -p wa -k scope
-w /var/log/sudo.log -p wa -k sudo_log_file
# CIS 5.2.3.2
-a always,exit -F arch=b64 -S execve -C euid!=uid -F auid!=unset -k user_emulation
-a always,exit -F arch=b32 -S execve -C euid!=uid -F auid!=unset -k user_emulation
# CIS 5.2.3.4
-a always,exit -F arch=b64 -S adjtimex,settimeofday -k time-change
-a always,exit -F arch=b32 -S adjtimex,settimeofday,stime -k time-change
-a always,exit -F arch=b64 -S clock_settime -F a0=0x0 -k time-change
-a always,exit -F arch=b32 -S clock_settime -F a0=0x0 -k time-change
-w /etc/localtime -p wa -k time-change
# CIS 5.2.3.5
-a always,exit -F arch=b64 -S sethostname,setdomainname -k system-locale
-a always,exit -F arch=b32 -S sethostname,setdomainname -k system-locale
-w /etc/issue -p wa -k system-locale
-w /etc/issue.net -p wa -k system-locale
-w /etc/hosts -p wa -k system-locale
-w /etc/hostname -p wa -k system-locale
-w /etc/sysconfig/network -p wa -k system-locale
-w /etc/sysconfig/network-scripts -p wa -k system-locale
-w /etc/systemd/network -p wa -k system-locale
# CIS 5.2.3.7
-a always,exit -F arch=b64 -S creat,open,openat,truncate,ftruncate -F exit=-EACCES -F auid>=1000 -F auid!=unset -k access
-a always,exit -F arch=b64 -S creat,open,openat,truncate,ftruncate -F exit=-EPERM -F auid>=1000 -F auid!=unset -k access
-a always,exit -F arch=b32 -S creat,open,openat,truncate,ftruncate -F exit=-EACCES -F auid>=1000 -F auid!=unset -k access
-a always,exit -F arch=b32 -S creat,open,openat,truncate,ftruncate -F exit=-EPERM -F auid>=1000 -F auid!=unset -k access
# CIS 5.2.3.8
-w /etc/group -p wa -k identity
-w /etc/passwd -p wa -k identity
-w /etc/gshadow -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/security/opasswd -p wa -k identity
# CIS 5.2.3.9
-a always,exit -F arch=b64 -S chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat -F auid>=1000 -F auid!=unset -k perm_mod
-a always,exit -F arch=b32 -S chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat -F auid>=1000 -F auid!=unset -k perm_mod
-a always,exit -F arch=b64 -S setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr -F auid>=1000 -F auid!=unset -k perm_mod
-a always,exit -F arch=b32 -S setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr -F auid>=1000 -F auid!=unset -k perm_mod
# CIS 5.2.3.10
-a always,exit -F arch=b64 -S mount -F auid>=1000 -F auid!=unset -k mounts
-a always,exit -F arch=b32 -S mount -F auid>=1000 -F auid!=unset -k mounts
# CIS 5.2.3.11, 5.2.3.12
-w /var/run/utmp -p wa -k session
-w /var/log/wtmp -p wa -k session
-w /var/log/btmp -p wa -k session
-w /var/log/lastlog -p wa -k logins
-w /var/run/faillock -p wa -k logins
# CIS 5.2.3.13
-a always,exit -F arch=b64 -S unlink,unlinkat,rename,renameat -F auid>=1000 -F auid!=unset -k delete
-a always,exit -F arch=b32 -S unlink,unlinkat,rename,renameat -F auid>=1000 -F auid!=unset -k delete
# CIS 5.2.3.14
-w /etc/selinux/ -p wa -k MAC-policy
-w /usr/share/selinux/ -p wa -k MAC-policy
# CIS 5.2.3.19
-a always,exit -F arch=b32 -S init_module,finit_module,delete_module,create_module,query_module -F auid>=1000 -F auid!=unset -k kernel_modules
-a always,exit -F arch=b64 -S init_module,finit_module,delete_module,create_module,query_module -F auid>=1000 -F auid!=unset -k kernel_modules
RULES

# CIS 5.2.3.6, and with it 5.2.3.15 to 5.2.3.18: each program that gives rights, and those that change them.
{
  find /usr -xdev -type f \( -perm -4000 -o -perm -2000 \) | sort
  for program in /usr/bin/chcon /usr/bin/setfacl /usr/bin/chacl /usr/sbin/usermod /usr/bin/kmod; do
    [[ ! -x $program ]] || echo "$program"
  done
} | while read -r program; do
  echo "-a always,exit -F path=$program -F perm=x -F auid>=1000 -F auid!=unset -k privileged"
done >> "$rules"

# CIS 5.2.3.20: no rule changes before the next boot.
echo '-e 2' > /etc/audit/rules.d/zz-immutable.rules
find /etc/audit -type f -exec chown root:root {} + -exec chmod 0640 {} +

# Of these calls arm64 has only the first three.
if [[ $(uname -m) == aarch64 ]]; then sed --in-place 's/,create_module,query_module//; s/,stime / /' "$rules"; fi

# A watch on what is not there would end the loading of all rules after it.
install -d -o root -g root -m 0755 /etc/sysconfig/network-scripts /usr/share/selinux /etc/systemd/network
[[ -e /etc/sysconfig/network ]] || install -o root -g root -m 0644 /dev/null /etc/sysconfig/network
for file in /etc/hostname /etc/security/opasswd; do
  [[ -e $file ]] || install -o root -g root -m 0600 /dev/null "$file"
done

if command -v auditctl >/dev/null; then
  # CIS 5.2.2.1. A full log is rotated, and no machine halts for it: the benchmark's keep_logs would fill the disk.
  sed --in-place --regexp-extended \
    -e 's/^max_log_file[[:space:]]*=.*/max_log_file = 32/' \
    -e 's/^max_log_file_action[[:space:]]*=.*/max_log_file_action = rotate/' /etc/audit/auditd.conf
  install -d -o root -g root -m 0750 /var/log/audit
  augenrules
  # Started as well: where the package came just now, nobody has.
  systemctl enable --now auditd.service
fi
