#!/bin/bash
# Installs the release from /tmp/release to /opt/app, as root's: what runs must not be able to change itself.
# Environment: VERSION (the version that is baked, vX.Y.Z).
set -euo pipefail

fail() {
  echo "install-release: $*" >&2
  exit 1
}

for file in app.cjs app.cjs.map release.json; do
  [[ -s /tmp/release/$file ]] || fail "/tmp/release/$file is missing; build the release (npm run build --workspace packages/app) and bake again"
done
grep -qF "\"version\":\"$VERSION\"" <(tr -d '[:space:]' < /tmp/release/release.json) ||
  fail "release.json is not of ${VERSION}: $(cat /tmp/release/release.json); build that version and bake again"

# The whole folder is made anew: nothing of an earlier release may stay in it.
rm -rf /opt/app
install -d -o root -g root -m 0755 /opt/app
install -o root -g root -m 0644 -t /opt/app /tmp/release/app.cjs /tmp/release/app.cjs.map /tmp/release/release.json
install -D -o root -g root -m 0755 /tmp/files/app /usr/local/bin/app

said=$(/usr/local/bin/app --version) || fail "the release does not run here: app --version failed"
[[ $said == "$VERSION" ]] || fail "app --version says '$said', not '$VERSION'"
