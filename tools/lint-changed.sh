#!/usr/bin/env bash
# Runs golangci-lint over the packages whose files have changed since the branch left main, uncommitted and new files
# included. On main it is what is not committed yet.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

base=$(git merge-base HEAD main 2>/dev/null || git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
dirs=$({ git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } |
  grep '\.go$' | grep -v '/testdata/' | xargs -r -n 1 dirname | sort -u)

module_of() { # the nearest folder at or above $1 that has a go.mod
  local dir=$1
  while [ ! -f "$dir/go.mod" ]; do dir=$(dirname "$dir"); done
  echo "$dir"
}

code=0
for module in $(for dir in $dirs; do module_of "$dir"; done | sort -u); do
  packages=$(for dir in $dirs; do if [ "$(module_of "$dir")" = "$module" ]; then echo "$root/$dir"; fi; done)
  echo "golangci-lint run: $module," $(wc -w <<<"$packages") "packages"
  # shellcheck disable=SC2086 # a word for each package
  (cd "$module" && go tool -modfile="$root/tools/lint/go.mod" golangci-lint run --allow-parallel-runners $packages) || code=1
done
exit $code
