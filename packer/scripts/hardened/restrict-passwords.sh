#!/bin/bash
# Sets the password policy. No account of the images has a password: this holds for one that a user may get by hand.
# CIS 4.4.2, 4.5.1, 4.5.2, 4.5.3, 4.5.4, 4.6.1.1 to 4.6.1.4. Needs no environment.
set -euo pipefail

# set_key FILE KEY VALUE SEPARATOR: the key stands in the file once, with this value.
set_key() {
  sed --in-place "/^[[:space:]#]*$2\([[:space:]=]\|$\)/d" "$1"
  echo "$2$4$3" >> "$1"
}

for setting in PASS_MAX_DAYS:365 PASS_MIN_DAYS:1 PASS_WARN_AGE:7 ENCRYPT_METHOD:SHA512; do
  set_key /etc/login.defs "${setting%:*}" "${setting#*:}" ' '
done
touch /etc/default/useradd
set_key /etc/default/useradd INACTIVE 30 '='
for setting in minlen:14 minclass:4; do
  set_key /etc/security/pwquality.conf "${setting%:*}" "${setting#*:}" ' = '
done
touch /etc/security/faillock.conf /etc/security/pwhistory.conf
for setting in deny:5 unlock_time:900; do
  set_key /etc/security/faillock.conf "${setting%:*}" "${setting#*:}" ' = '
done
set_key /etc/security/pwhistory.conf remember 24 ' = '
chmod 0644 /etc/login.defs /etc/default/useradd /etc/security/{pwquality,faillock,pwhistory}.conf

# The PAM stacks belong to the system's own tool; a line put in by hand would be lost, or break it.
if command -v authselect >/dev/null; then
  authselect current >/dev/null 2>&1 || authselect select minimal --force
  authselect enable-feature with-faillock
  # Younger than the tool itself: an authselect that does not know it leaves CIS 4.5.3 to the file above.
  profile=$(authselect current --raw | cut --delimiter ' ' --fields 1)
  if authselect list-features "$profile" | grep --quiet --line-regexp with-pwhistory; then
    authselect enable-feature with-pwhistory
  fi
elif command -v pam-auth-update >/dev/null; then
  cat > /usr/share/pam-configs/bluegreen-faillock <<'PAM'
Name: Lock an account after failed logins
Default: yes
Priority: 0
Auth-Type: Primary
Auth:
	[default=die] pam_faillock.so authfail
PAM
  cat > /usr/share/pam-configs/bluegreen-faillock-notify <<'PAM'
Name: Refuse a locked account, and forget failures after a good login
Default: yes
Priority: 1024
Auth-Type: Primary
Auth:
	requisite pam_faillock.so preauth
Account-Type: Primary
Account:
	required pam_faillock.so
PAM
  cat > /usr/share/pam-configs/bluegreen-pwhistory <<'PAM'
Name: Refuse earlier passwords
Default: yes
Priority: 1000
Password-Type: Primary
Password:
	requisite pam_pwhistory.so remember=24 use_authtok
PAM
  DEBIAN_FRONTEND=noninteractive pam-auth-update --package
fi
