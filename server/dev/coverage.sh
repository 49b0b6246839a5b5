#!/usr/bin/env bash
# Says which lines of the server, the storage and the client the tests of build/coverage have run:
#   server/dev/coverage.sh
# The report for each file is build/coverage/report/index.html. Ends with 1 if one of the three is below the bar.
set -euo pipefail
cd "$(dirname "$0")/../.."

bar=90
report=build/coverage/report
rm -rf "$report"
mkdir -p "$report"

# The demo and the examples are run by tests of their own, against what is shipped.
gcovr --root . --object-directory build/coverage --filter 'server/' --filter 'storage/' --filter 'client/' \
  --exclude 'client/(demo|examples)/' --exclude-throw-branches --exclude-unreachable-branches \
  --gcov-ignore-parse-errors -j "$(nproc)" --json "$report/coverage.json" build/coverage >"$report/gcovr.log" 2>&1 ||
  { tail -n 20 "$report/gcovr.log" >&2; exit 1; }
gcovr --root . --add-tracefile "$report/coverage.json" --html-details "$report/index.html" --html-title inventory \
  --csv "$report/files.csv" >>"$report/gcovr.log" 2>&1

# The fields of a line: filename, line_total, line_covered, and more.
awk -F, -v bar="$bar" -v report="$report" '
  NR > 1 {
    part = $1
    sub(/\/.*/, "", part)
    total[part] += $2
    covered[part] += $3
    printf "%6.1f %5d %s\n", $2 ? 100 * $3 / $2 : 100, $2 - $3, $1 > (report "/files.txt")
  }
  END {
    for (part in total) {
      percent = 100 * covered[part] / total[part]
      met = percent >= bar
      missed += !met
      printf "coverage of %-8s %6d of %6d lines, %5.1f %%: %s\n", part, covered[part], total[part], percent,
        met ? "at or above " bar " %" : "BELOW " bar " %"
    }
    exit missed > 0
  }' "$report/files.csv" || missed=1
echo "The least covered files (percent, lines that were not run, file):"
sort -n "$report/files.txt" | sed -n 1,15p
echo "All of it: $report/index.html"
exit "${missed:-0}"
