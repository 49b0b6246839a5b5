#!/usr/bin/env bash
# Configures build/PRESET and builds targets in it (all if none is named):
#   server/dev/build.sh PRESET [TARGET]...
# WERROR=ON makes warnings errors. Uses ccache if it is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

preset="$1"
shift
folder="build/$preset"
mkdir -p "$folder"

options=(-D "INVENTORY_WARNINGS_AS_ERRORS=${WERROR:-OFF}")
if command -v ccache >/dev/null; then
  # Without these the cache refuses every file that uses the precompiled header.
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_ctime,include_file_mtime
  options+=(-D CMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # What GCC needs to write down that a precompiled header was used; clang, which is for fuzzing, uses none.
  [[ "$preset" == fuzz ]] || options+=(-D CMAKE_CXX_FLAGS=-fpch-preprocess)
fi

log="$folder/configure.log"
if ! cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
targets=()
for target in "$@"; do
  targets+=(--target "$target")
done
echo "Building $preset in $folder"
cmake --build "$folder" "${targets[@]}"
