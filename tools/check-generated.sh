#!/usr/bin/env bash
# Fails if a generated file is not what `go generate` makes of this tree now: changed by hand, out of date, missing, or
# left over from an earlier contract. It works on copies, so it changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

copies=$(mktemp -d)
trap 'rm -rf "$copies"' EXIT
mkdir "$copies/present"

git ls-files --cached --others --exclude-standard | while read -r file; do
  if [ -f "$file" ]; then echo "$file"; fi # deleted, but still in the index
done >"$copies/files"
tar -cf - -T "$copies/files" | tar -C "$copies/present" -xf -
cp -R "$copies/present" "$copies/regenerated"

cd "$copies/regenerated"
grep -rlE '^// Code generated .* DO NOT EDIT\.$' --include='*.go' . | while read -r file; do rm "$file"; done
grep -rl '^//go:generate ' --include='*.go' . | sort | while read -r file; do
  echo "go generate $file"
  (cd "$(dirname "$file")" && go generate "$(basename "$file")")
done

cd "$copies"
if ! diff -ru present regenerated; then
  echo "generated files are not current (above: - is here, + is what would be made): run make generate" >&2
  exit 1
fi
