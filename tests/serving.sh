# For test scripts: a folder to work in, and a server that serves a sample. To be sourced, after the line
#   build=BUILD_FOLDER
# Sets `source`, the project's folder, and `work`, a temporary one; both the folder and the server go when the script
# ends.
# shellcheck shell=bash
source="$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")"
work="$(mktemp -d "/tmp/inventory-$(basename "$0" .sh)-XXXXXX")"
runner=0

clean_up() {
  ((runner == 0)) || { kill -TERM "$runner" && wait "$runner"; } 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

# Ends the test; $1 says why. Shows the end of every output that was kept as $work/*.out.
fail() {
  echo "FAILED: $1" >&2
  tail -n 50 "$work"/*.out >&2 2>/dev/null || true
  exit 1
}

# Ends the test without a result, for the reason $1; in a run that wants all results this is a failure.
skip() {
  [[ -z "${INVENTORY_NO_SKIPS:-}" ]] || fail "can't be skipped here: $1"
  echo "$(basename "$0" .sh): $1" | tee "${SKIP_REPORTS:-$work}/$(basename "$0" .sh).skipped"
  exit 77
}

progress() { printf '%3ds %s\n' "$SECONDS" "$1"; }

# Starts the command $2... in the background, with what it prints in the file $1, and sets `started` to its process. The
# file is empty once this returns, so that nobody takes what an earlier process wrote for what this one says.
start_into() {
  : >"$1"
  "${@:2}" >>"$1" 2>&1 &
  started=$!
}

# Returns once the process $3 has written a line that matches $2 into the file $1. Ends the test if the process ends
# before, or does not within $5 minutes, by default one; $4 says what it is.
await_line() {
  local minutes="${5:-1}"
  for ((i = 0; i < minutes * 600; ++i)); do
    ! grep -qs "$2" "$1" || return 0
    kill -0 "$3" 2>/dev/null || fail "$4 does not start"
    sleep 0.1
  done
  fail "$4 is not there within $minutes min"
}

# Starts run.sh with its output in $1 and returns when it serves.
start_serving() {
  DATA_DIR="$work/data" LISTEN=127.0.0.1:0 METRICS_LISTEN= start_into "$1" "$source/server/dev/run.sh" "$build"
  runner=$started
  await_line "$1" '^Serving on' "$runner" "what run.sh serves" 10
}

# The address of what start_serving wrote into $1.
address_in() { sed -n 's/^Serving on \([^ ,]*\),.*/\1/p' "$1"; }

# The port of a server that has written its log into $1.
port_in() { sed -n 's/.* listening .*port=\([0-9]*\).*/\1/p' "$1"; }

stop_serving() {
  local code=0
  kill -TERM "$runner"
  wait "$runner" || code=$?
  runner=0
  ((code == 0)) || fail "the server ended with $code after it was asked to stop"
  ! grep -qs . "$work/data/database.pid" || fail "the database still runs"
}

# Fails unless the command $2... ends with $1 and prints what the pattern $expected says. One that ran out of time, as
# anything may on a busy machine, is run again: use only what may be repeated. Leaves the output in `printed`.
expect() {
  local code
  for ((i = 0; i < 100; ++i)); do
    code=0
    printed="$("${@:2}" 2>&1)" || code=$?
    [[ "$code" != "$1" || ! "$printed" =~ ^$expected$ ]] || return 0
    [[ "$printed" =~ DEADLINE_EXCEEDED|UNAVAILABLE|'Please try again' ]] || break
  done
  fail "${*:2} ended with $code and printed: $printed"
}
