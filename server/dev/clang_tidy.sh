#!/usr/bin/env bash
# Runs clang-tidy over files, with the compile commands of build/tidy and the checks of .clang-tidy:
#   server/dev/clang_tidy.sh [--checks=CHECKS] FILE...
set -euo pipefail
cd "$(dirname "$0")/../.."

options=()
while [[ "${1:-}" == --* ]]; do
  options+=("$1")
  shift
done
# An option that clang does not know must stay a warning, whatever the builds beside this one ask for.
WERROR=OFF server/dev/build.sh tidy inventory_protos_code inventory_client_code sample_client_code >/dev/null
# All that it counts are warnings that are not asked for.
printf '%s\0' "$@" |
  xargs -0 --max-args=4 --max-procs="$(nproc)" \
    clang-tidy --quiet -p build/tidy --warnings-as-errors='*' "${options[@]}" \
    2> >(grep -vE '^[0-9]+ warnings? ' >&2 || true)
echo "clang-tidy: no findings in $# files"
