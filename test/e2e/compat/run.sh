#!/usr/bin/env bash
# Runs the client's checks on each version of Medusa that the arguments name, one after the other, and prints what each took.
# The newest, which has no folder in ../backend/versions, is also tried with its settings.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# took PATTERN prints the sum of the seconds in the lines of the log that begin with it.
took() { awk -v begin="backend: $1 " 'index($0, begin) == 1 { sum += $(NF - 1) } END { printf "%.1f", sum }' "$log"; }

table='' failed=''
for version in "$@"; do
  echo "Medusa $version"
  packages='./compat' older=$version
  [ -d "backend/versions/$version" ] || { packages='./compat ./settings' older=''; }
  since=$EPOCHREALTIME
  # -p 1, as the packages share the backend.
  # shellcheck disable=SC2086
  BACKEND_VERSION=$older node backend/start.mjs --exec go test -p 1 -count=1 -v $packages 2>&1 | tee "$log"
  if [ "${PIPESTATUS[0]}" = 0 ]; then result=ok; else result=FAILED failed=1; fi
  table+=$(awk -v version="$version" -v result="$result" -v install="$(took 'installed in')" -v seed="$(took 'made the seeded database in')" \
    -v ready="$(took 'ready in')" -v since="$since" -v now="$EPOCHREALTIME" \
    'BEGIN { total = now - since; start = ready - seed; printf "%-9s %9.1f %9.1f %9.1f %9.1f %9.1f  %s", version, install, seed, start, total - install - ready, total, result }')$'\n'
done
printf '\nseconds %11s %9s %9s %9s %9s\n%s' install seed start checks all "$table"
[ -z "$failed" ]
