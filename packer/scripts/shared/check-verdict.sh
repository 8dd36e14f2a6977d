#!/bin/bash
# Ends the bake when a spec has failed: no image without a good report. Needs no environment.
set -euo pipefail

code=$(cat /run/bluegreen-bake/exit-code)
case $code in
  0) echo "Every spec holds." ;;
  1)
    echo "Specs failed (see above, and the report): no image is made." >&2
    exit 1
    ;;
  *)
    echo "Goss could not run its specs (exit code $code): a spec has a mistake. No image is made." >&2
    exit 1
    ;;
esac
