#!/usr/bin/env bash
# fuzz.sh TIME DIR...: fuzz each target of the packages in these folders for TIME (such as 2m, 4s or 10000x), and print
# how many executions it had. A failing input is stored in testdata/fuzz, where plain `go test` finds it: commit it with
# the fix.
set -euo pipefail

time=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/log

for dir in "$@"; do
  # One build for all targets, with the instrumentation that fuzzing needs.
  go -C "$dir" test -c -fuzz=. -o "$work/fuzz.test" .
  cache=$(go env GOCACHE)/fuzz/$(go -C "$dir" list .)
  targets=$(cd "$dir" && "$work/fuzz.test" -test.list '^Fuzz')
  [ -n "$targets" ] || { echo "no fuzz target in $dir" >&2; exit 1; }

  for target in $targets; do
    if ! (cd "$dir" && "$work/fuzz.test" -test.run='^$' -test.fuzz="^$target\$" -test.fuzztime="$time" \
      -test.fuzzminimizetime=10s -test.fuzzcachedir="$cache") >"$log" 2>&1; then
      cat "$log"
      exit 1
    fi
    sed -n 's/.*execs: \([0-9]*\) .*(total: \([0-9]*\)).*/\1 \2/p' "$log" | tail -n 1 |
      { read -r execs inputs || execs=no inputs=the # the time was over with the inputs that were there
        printf '%-20s %9s executions, %5s inputs of interest\n' "$target" "$execs" "$inputs"; }
  done
done
