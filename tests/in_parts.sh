#!/usr/bin/env bash
# Runs a GoogleTest program in several processes at once, each of which has its part of the tests: they wait more than
# they compute.
#   tests/in_parts.sh PARTS PROGRAM
# Reports go where GTEST_OUTPUT says, as PROGRAM.xml, PROGRAM.part-2.xml and so on.
set -euo pipefail

parts="$1"
program="$2"
folder="$(mktemp -d)"
# Whoever stops this stops its parts.
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$folder"' EXIT

running=()
for ((part = 1; part <= parts; ++part)); do
  own="$folder/$part"
  mkdir "$own"
  output="${GTEST_OUTPUT:-}"
  # By itself it would look for a name that is free, at the same time as the others.
  if [[ "$output" == xml:*/ ]]; then
    output+="$(basename "$program")"
    ((part == 1)) || output+=".part-$part"
    output+=.xml
  fi
  GTEST_TOTAL_SHARDS="$parts" GTEST_SHARD_INDEX=$((part - 1)) GTEST_OUTPUT="$output" TEST_TMPDIR="$own" \
    "$program" >"$folder/$part.log" 2>&1 &
  running+=($!)
done

code=0
for ((part = 1; part <= parts; ++part)); do
  wait "${running[part - 1]}" || code=$?
  echo "== part $part of $parts"
  cat "$folder/$part.log"
done
exit "$code"
