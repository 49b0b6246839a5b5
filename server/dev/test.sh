#!/usr/bin/env bash
# Runs the tests of build/PRESET and says what was skipped and why:
#   server/dev/test.sh PRESET [CTEST_OPTION]...
# Reports are left in build/PRESET/reports, or in the folder that REPORTS names: ctest.junit, and an XML file for each
# GoogleTest program.
set -euo pipefail
cd "$(dirname "$0")/../.."

preset="$1"
shift
reports="$(realpath -m "${REPORTS:-build/$preset/reports}")"
rm -rf "$reports"
mkdir -p "$reports"
export GTEST_OUTPUT="xml:$reports/"
export SKIP_REPORTS="$reports"
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp"

# Most tests wait more than they compute. Those that must have the machine for themselves say so.
code=0
ctest --test-dir "build/$preset" --parallel 2 --output-on-failure --no-tests=error --output-junit "$reports/ctest.junit" "$@" ||
  code=$?

# Our own scripts leave a file with the reason; GoogleTest says it in its report.
{
  find "$reports" -name '*.skipped' -exec cat {} +
  find "$reports" -name '*.xml' -exec sed -n '
    s/.*<testcase name="\([^"]*\)".*classname="\([^"]*\)".*/\2.\1/; t keep
    s/.*<skipped message="[^&"]*\(&#x0A;\)\{0,1\}\([^"]*\)".*/\2/; t print
    b
    :keep
    h; b
    :print
    G; s/\(.*\)\n\(.*\)/\2: \1/; p' {} +
} | sed "s/^/Skipped: /; s/&quot;/\"/g; s/&apos;/'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g"
exit "$code"
