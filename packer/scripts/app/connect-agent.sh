#!/bin/bash
# Lets the CloudWatch agent read what an instance learns at its start: where its log lines go. Needs no environment.
set -euo pipefail

systemctl cat amazon-cloudwatch-agent.service >/dev/null 2>&1 || exit 0

# The agent merges this folder with its own file at each start, and passes over a link that leads nowhere.
install -d -m 0755 /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d
ln --symbolic --force --no-dereference /run/bluegreen/amazon-cloudwatch-agent.json \
  /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d/bluegreen-logs.json
