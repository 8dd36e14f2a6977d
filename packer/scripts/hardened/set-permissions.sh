#!/bin/bash
# Sets owners and permissions of the files that matter, and secures whatever is writable by everybody.
# CIS 1.4.1, 5.1.3, 6.1.1 to 6.1.9, 6.1.11, 6.1.12. Needs no environment.
set -euo pipefail

for name in passwd group; do
  for file in "/etc/$name" "/etc/$name-"; do
    [[ ! -e $file ]] || { chown root:root "$file" && chmod u-x,go-wx "$file"; }
  done
done
# The group stays: on Debian it is shadow, with which a helper checks passwords without being root.
for name in shadow gshadow; do
  for file in "/etc/$name" "/etc/$name-"; do
    [[ ! -e $file ]] || { chown root "$file" && chmod u-x,g-wx,o-rwx "$file"; }
  done
done

for file in /boot/grub2/grub.cfg /boot/grub2/grubenv /boot/grub2/user.cfg /boot/grub/grub.cfg; do
  [[ ! -f $file || -L $file ]] || { chown root:root "$file" && chmod go-rwx "$file"; }
done

find /var/log -xdev -type f -exec chmod g-wx,o-rwx {} +
find / -xdev -type f -perm -0002 ! -path '/proc/*' ! -path '/sys/*' -exec chmod o-w {} +
find / -xdev -type d -perm -0002 ! -perm -1000 ! -path '/proc/*' ! -path '/sys/*' -exec chmod +t {} +
find / -xdev \( -nouser -o -nogroup \) ! -path '/proc/*' ! -path '/sys/*' -exec chown --no-dereference root:root {} +
