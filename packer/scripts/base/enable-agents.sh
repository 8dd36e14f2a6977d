#!/bin/bash
# Enables the agents that the system has: Session Manager's, the only way in, and CloudWatch's. Needs no environment.
set -euo pipefail

if systemctl cat amazon-ssm-agent.service >/dev/null 2>&1; then
  systemctl enable --now amazon-ssm-agent.service
fi

if systemctl cat amazon-cloudwatch-agent.service >/dev/null 2>&1; then
  # What EC2 itself can't see. Without a configuration the agent does not start.
  cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<'JSON'
{
  "metrics": {
    "append_dimensions": { "AutoScalingGroupName": "${aws:AutoScalingGroupName}" },
    "aggregation_dimensions": [["AutoScalingGroupName"]],
    "metrics_collected": {
      "mem": { "measurement": ["mem_used_percent"] },
      "disk": { "measurement": ["used_percent"], "resources": ["/"], "drop_device": true }
    }
  }
}
JSON
  systemctl enable --now amazon-cloudwatch-agent.service
fi
