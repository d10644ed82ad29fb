#!/usr/bin/env bash
# Installs what suites need beside Go and Node, unless it is there: Chromium and redis-server, or those of them that the
# arguments name, by Debian's packages. It needs root or sudo for that.
set -euo pipefail

have() { command -v "$1" >/dev/null; }

exec 9<"${BASH_SOURCE[0]}"
flock 9 # the lanes of CI may come here at once, and apt-get update does not wait

wanted=" ${*:-chromium redis-server} "
packages=()
# test/browser looks for the same names, and takes the file that CHROMIUM names before them.
if [[ $wanted = *' chromium '* ]] && [ -z "${CHROMIUM:-}" ] && ! have chromium && ! have chromium-browser && ! have google-chrome; then
  packages+=(chromium)
fi
[[ $wanted != *' redis-server '* ]] || have redis-server || packages+=(redis-server)
[ "${#packages[@]}" -gt 0 ] || exit 0

fail() {
  echo "install-browser: $1: install ${packages[*]}, or a Chromium whose path is in CHROMIUM, and redis-server in PATH" >&2
  exit 1
}
have apt-get || fail 'no apt-get on this machine'
root=()
if [ "$(id -u)" != 0 ]; then
  have sudo || fail 'neither root nor sudo'
  root=(sudo -n)
fi

# RUNLEVEL keeps the package from starting a Redis: the suite starts one of its own.
install() {
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${packages[@]}"
}
# An index that is missing or old makes the first attempt fail, or not find a file.
install || { "${root[@]}" apt-get update -q && install; } || fail 'apt-get failed'
