#!/bin/bash
# Makes the PAM stacks keep the password policy, by the system's own tool: a line put in by hand would be lost, or break it.
# CIS 4.4.1, 4.4.2, 4.5.1 to 4.5.4. AUTHSELECT_PROFILES: folder of authselect's own profiles; default: /etc/authselect/custom.
set -euo pipefail

if command -v authselect >/dev/null; then
  profile=${AUTHSELECT_PROFILES:-/etc/authselect/custom}/bluegreen
  if [[ ! -d $profile ]]; then
    # "minimal" is called "local" from authselect 1.5 on.
    base=$(authselect list | sed --quiet --regexp-extended 's/^- (minimal|local)[[:space:]].*/\1/p' | head --lines 1)
    authselect create-profile bluegreen --base-on "${base:?authselect has neither the profile minimal nor local}"
  fi
  for stack in "$profile/system-auth" "$profile/password-auth"; do
    # The arguments, since Amazon Linux's Linux-PAM 1.5.1 reads no pwhistory.conf, and scanners look at the stack.
    sed --in-place --regexp-extended \
      -e '/pam_pwhistory\.so/d' \
      -e '/^password.*pam_pwquality\.so/{/retry=/!s/pam_pwquality\.so/& retry=3/}' \
      -e '/^password.*pam_pwquality\.so/a password    requisite    pam_pwhistory.so remember=24 use_authtok enforce_for_root' \
      -e '/^password.*pam_unix\.so/{s/ (yescrypt|gost_yescrypt|blowfish|sha256|sha512|bigcrypt|md5)\b//g;s/pam_unix\.so/& sha512/}' "$stack"
  done
  authselect select custom/bluegreen with-faillock without-nullok --force
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
