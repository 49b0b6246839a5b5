#!/usr/bin/env bash
# Runs programs replay_TARGET, all of them whatever comes out, and fails if one does:
#   tests/fuzz/replay.sh PROGRAM...
set -euo pipefail

failed=0
for program in "$@"; do
  "$program" || failed=1
done
exit "$failed"
