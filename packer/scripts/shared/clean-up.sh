#!/bin/bash
# Takes away what must not be in an image: identities, keys, histories, journals, the agents' state, uploads. Needs no
# environment. Packer's connection lives on, but no new one can be made: only validate, download and verdict come after it.
#
# The same is done once more at the power-off, after everything that writes while it ends (the random seed, the audit, the
# agents). What the rest of the bake still writes, sudo's log above all, goes then.
set -euo pipefail

install -d -m 0755 /run/bluegreen-bake
cat > /run/bluegreen-bake/remove-traces <<'SCRIPT'
#!/bin/bash
set -u
shopt -s nullglob dotglob

# Keys, and who is known or let in.
rm -f /etc/ssh/ssh_host_*
for home in /root /home/*; do
  rm -rf "$home"/.ssh/{authorized_keys*,id_*,known_hosts*} "$home"/.aws "$home"/.cache "$home"/.gnupg
  rm -f "$home"/.*_history "$home"/.lesshst "$home"/.viminfo "$home"/.wget-hsts
done

# Identities. The machine id is emptied, not removed: a missing file would mean a first boot, and systemd would reset which
# units are enabled. The host's credential key is made when it is first needed.
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id /var/lib/systemd/{random-seed,credential.secret} /boot/{loader,efi/loader}/random-seed
rm -f /var/lib/dhcp/*.leases /var/lib/dhclient/*.leases /var/lib/NetworkManager/*.lease

# cloud-init: an image that knows its instance runs no first boot. The seed folder is the image's own.
rm -rf /var/lib/cloud/{data,handlers,instance,instances,scripts,sem}

# The agents: instance id, vault, what they ran, how far they have read. Packer's own session runs through some of it.
for entry in /var/lib/amazon/ssm/*; do
  case "$entry" in
    */ipc) ;;
    /var/lib/amazon/ssm/i-* | /var/lib/amazon/ssm/mi-*)
      if [[ ${1:-} == last ]]; then rm -rf "$entry"; else
        # Removed under its agent, a session would end.
        for part in "$entry"/*; do [[ $part == */channels || $part == */session ]] || rm -rf "$part"; done
      fi
      ;;
    *) rm -rf "$entry" ;;
  esac
done
[[ ${1:-} != last ]] || rm -rf /var/lib/amazon/ssm/ipc
rm -rf /opt/aws/amazon-cloudwatch-agent/logs/*

# What package managers remember of what was done, and when; what is installed stands elsewhere.
rm -rf /var/lib/dnf/history.sqlite* /var/cache/dnf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb

# Logs with those that were rotated, core dumps, and what was put away for a while. systemd makes wtmp, btmp and lastlog.
find /var/log -xdev -type f -delete
find /var/log/journal -mindepth 1 -delete 2> /dev/null
rm -rf /var/lib/systemd/coredump/* /var/crash/* /var/spool/mail/*
find /var/tmp -mindepth 1 -maxdepth 1 ! -name 'systemd-private-*' -exec rm -rf {} +
exit 0
SCRIPT
chmod 0700 /run/bluegreen-bake/remove-traces

if command -v cloud-init >/dev/null; then
  cloud-init clean --logs
fi
rm -rf /tmp/tools /tmp/release /tmp/files /tmp/goss /tmp/boot-gate.cjs /tmp/config.yaml

# From here on the journal is in memory. Told before the machine id goes, by which the journal finds its folder.
journalctl --relinquish-var
/run/bluegreen-bake/remove-traces

# Ordered before what writes at its end, a unit is stopped after it. It is in /run and leaves nothing itself. Not before the
# unit that writes wtmp, which ends after all services: a service that ends slowly would keep this from its turn.
if ! systemctl is-active --quiet bluegreen-clean-up.service; then
  systemd-run --quiet --unit=bluegreen-clean-up --property=RemainAfterExit=yes --property=DefaultDependencies=no \
    --property=Conflicts=shutdown.target --property=Before=shutdown.target \
    --property=Before='systemd-random-seed.service auditd.service amazon-ssm-agent.service' \
    --property=Before='amazon-cloudwatch-agent.service cloud-init.service cloud-config.service cloud-final.service' \
    --property=ExecStop='/run/bluegreen-bake/remove-traces last' true
fi
