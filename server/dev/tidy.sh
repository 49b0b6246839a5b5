#!/usr/bin/env bash
# Runs clang-tidy over the project's code:
#   server/dev/tidy.sh [FILE]...       all files if none is named
set -euo pipefail
cd "$(dirname "$0")/../.."

server/dev/build.sh tidy inventory_protos inventory_client
files=("$@")
# In tests/package are projects of their own.
((${#files[@]} > 0)) || mapfile -t files < <(git ls-files '*.cc' ':!tests/package')
printf '%s\0' "${files[@]}" |
  xargs -0 --max-args=4 --max-procs="$(nproc)" clang-tidy --quiet -p build/tidy --warnings-as-errors='*'
echo "clang-tidy: no findings in ${#files[@]} files"
