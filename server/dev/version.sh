#!/usr/bin/env bash
# Prints the version, which CMakeLists.txt alone decides. With --epoch: the seconds since 1970 of the release, by the
# first entry of the Debian changelog, for everything that is made reproducibly.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ "${1:-}" == --epoch ]]; then
  date --utc --date "$(sed -n 's/^ -- .*>  //p' server/dist/debian/changelog | head -n 1)" +%s
else
  sed -n 's/^project(inventory VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt
fi
