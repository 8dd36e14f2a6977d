#!/bin/bash
# Runs the layer's specs and those of a clean image. The verdict is kept for check-verdict.sh, so that the report
# can be downloaded whether or not it is good. Needs no environment; the layer stands in Goss's vars file.
set -euo pipefail

out=/run/bluegreen-bake
install -d -m 0755 "$out"
specs=(goss -g /etc/goss/bake.yaml --vars /etc/goss/vars.yaml validate)

# Services that were started a moment ago get half a minute to be ready; what counts is the run after that.
"${specs[@]}" --format silent --retry-timeout 30s --sleep 1s >/dev/null 2>&1 || true

code=0
"${specs[@]}" --format json > "$out/report.json" || code=$?
echo "$code" > "$out/exit-code"
chmod 0644 "$out/report.json" "$out/exit-code"
((code == 0)) || "${specs[@]}" --format rspecish --no-color || true
