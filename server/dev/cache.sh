#!/usr/bin/env bash
# Makes and prints the folder that keeps what tests fetch, apart for each use:
#   server/dev/cache.sh USE
set -euo pipefail

if ((EUID == 0)); then
  folder="/var/cache/inventory/$1"
else
  folder="${XDG_CACHE_HOME:-$HOME/.cache}/inventory/$1"
fi
mkdir -p "$folder"
realpath "$folder"
