#!/usr/bin/env bash
# Runs fuzz targets, see tests/fuzz/README.md:
#   server/dev/fuzz.sh BUILD_FOLDER SECONDS [TARGET]...     all targets that are built there if none is named
# Each begins with its corpus in tests/fuzz/corpus/TARGET and keeps what else it finds in BUILD_FOLDER/fuzz/TARGET, where
# it goes on the next time. A finding is left there too, as crash-*, leak-*, oom-* or timeout-*. With SECONDS of 0 the
# corpus alone is run.
set -euo pipefail

source="$(realpath "$(dirname "$0")/../..")"
build="$(realpath "$1")"
seconds="$2"
shift 2
programs="$build/tests/fuzz"
targets=("$@")
((${#targets[@]} > 0)) || mapfile -t targets < <(cd "$programs" && find . -name 'fuzz_*' -type f -executable -printf '%f\n' |
  sed 's/^fuzz_//' | sort)

# What libFuzzer says of its progress while a target runs, and the end of a finding.
run() {
  local target="$1" found="$build/fuzz/$1" corpus="$source/tests/fuzz/corpus/$1" end=(-runs=0) code=0
  ((seconds == 0)) || end=("-max_total_time=$seconds")
  mkdir -p "$found/corpus"
  # 25 s is long for any input, on a slow machine too. Leaks are looked for at the end alone: for each input it is slow.
  "$programs/fuzz_$target" "${end[@]}" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 -max_len=4096 \
    "-artifact_prefix=$found/" "$found/corpus" "$corpus" >"$found/log" 2>&1 || code=$?
  if ((code != 0)); then
    echo "fuzz $target: FAILED, its log is $found/log" >&2
    grep -vE '^#[0-9]+' "$found/log" | tail -n 60 >&2
    return 1
  fi
  awk -v target="$target" '
    /^#[0-9]+/ { for (i = 1; i <= NF; ++i) if ($i == "cov:") coverage = $(i + 1) }
    /number_of_executed_units/ { runs = $2 }
    END { printf "fuzz %-14s no findings in %9d runs, %6d places reached\n", target, runs, coverage }' "$found/log"
}

failed=0
for target in "${targets[@]}"; do
  ((seconds == 0)) || echo "fuzz $target: $seconds seconds"
  run "$target" || failed=1
done
exit "$failed"
