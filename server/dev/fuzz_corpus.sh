#!/usr/bin/env bash
# Takes over into tests/fuzz/corpus what fuzz targets have found, as few and small inputs as reach the same:
#   server/dev/fuzz_corpus.sh BUILD_FOLDER [TARGET]...     all targets that are built there if none is named
# An input of more than MOST_BYTES, 2,000 by default, stays out.
set -euo pipefail

source="$(realpath "$(dirname "$0")/../..")"
build="$(realpath "$1")"
shift
targets=("$@")
((${#targets[@]} > 0)) || mapfile -t targets < <(cd "$build/fuzz" && find . -mindepth 1 -maxdepth 1 -type d -printf '%f\n' |
  sort)

for target in "${targets[@]}"; do
  corpus="$source/tests/fuzz/corpus/$target"
  merged="$(mktemp -d "$build/fuzz/$target/merged-XXXXXX")"
  mkdir -p "$corpus"
  # So that each place is reached, however often; a count of its own for each would keep twenty times as much. Files are
  # named by the hash of what they hold: the same finds make the same corpus.
  "$build/tests/fuzz/fuzz_$target" -set_cover_merge=1 -use_counters=0 -max_len="${MOST_BYTES:-2000}" "$merged" \
    "$corpus" "$build/fuzz/$target/corpus" >"$build/fuzz/$target/merge.log" 2>&1
  rm -rf "$corpus"
  mv "$merged" "$corpus"
  chmod 755 "$corpus"
  echo "$target: $(find "$corpus" -type f | wc -l) inputs, $(du -bs "$corpus" | cut -f 1) bytes"
done
