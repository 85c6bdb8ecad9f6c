#!/bin/sh
# Makes sure that commands and files (absolute paths) are there, by apt where that is allowed.
#   system_packages.sh PURPOSE command:package [file:package ...]
set -eu

purpose=$1
shift
missing=""
for pair in "$@"; do
    wanted=${pair%%:*}
    [ -e "$wanted" ] || command -v "$wanted" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "$purpose needs$missing: please install (there is no apt-get here)." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "$purpose needs$missing: please run  sudo apt-get install$missing" >&2
    exit 1
fi
echo "Installing$missing for $purpose"
$as_root apt-get update -qq
# shellcheck disable=SC2086  # the packages are words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
