#!/usr/bin/env bash
# What `make run` and README.md promise: the sample, a reservation and calls to try; a clean stop; a second start that
# finds its data; a clear word where an address is taken.
#   tests/front_door/front_door_test.sh BUILD_FOLDER
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"

# The rows under the title $2 in the output $1.
stock() { sed -n "/^$2/,/^\$/p" "$1" | sed 1d; }

# Units reserved over all rows.
reserved() { stock "$1" "$2" | awk '{ sum += $4 } END { print sum + 0 }'; }

find_grpcurl() { command -v grpcurl || "$source/server/dev/tool.sh" grpcurl 2>"$work/reason"; }

# The calls that run.sh printed into $1, and those of README.md, against address $2.
try_calls() {
  local program call
  if ! program="$(find_grpcurl)"; then
    [[ -z "${INVENTORY_NO_SKIPS:-}" ]] || fail "grpcurl is missing: $(cat "$work/reason")"
    echo "FrontDoor.CallsWork: $(tail -n 1 "$work/reason")" | tee "${SKIP_REPORTS:-$work}/front_door.skipped"
    return
  fi
  PATH="$(dirname "$program"):$PATH"
  (($(grep -c '^  grpcurl ' "$1") == 3)) || fail "not three calls were printed"
  while read -r call; do
    bash -c "$call" >"$work/call.out" 2>&1 || fail "this printed call fails: $call"
  done < <(grep '^  grpcurl ' "$1")

  local define
  define="$(grep '^call() ' "$source/README.md")"
  (($(grep -c '^call [A-Z]' "$source/README.md") == 10)) || fail "README.md has not ten calls"
  while read -r call; do
    local refused=false
    bash -c "${define/127.0.0.1:50051/$2}; $call" >"$work/call.out" 2>&1 || refused=true
    if [[ "$call" == *'# is refused' ]]; then
      $refused || fail "this call of README.md is not refused: $call"
    else
      ! $refused || fail "this call of README.md fails: $call"
    fi
  done < <(grep '^call [A-Z]' "$source/README.md")
}

first="$work/first.out"
start_serving "$first"
grep -q '^Reserved 12 x TSHIRT-M ' "$first" || fail "no reservation was made"
(($(reserved "$first" "Stock before") == 0)) || fail "a fresh sample has reserved units"
(($(reserved "$first" "Stock after") == 12)) || fail "the reservation is not in the stock"
address="$(address_in "$first")"
try_calls "$first" "$address"

if DATA_DIR="$work/other" LISTEN="$address" METRICS_LISTEN= "$source/server/dev/run.sh" "$build" >"$work/taken.out" 2>&1
then
  fail "a taken address was served"
fi
grep -q "already listens on $address" "$work/taken.out" || fail "a taken address is not named"
stop_serving

# The same over TLS.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=inventory \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$work/tls.key" -out "$work/tls.pem" 2>"$work/openssl.out"
export TLS_CERT_FILE="$work/tls.pem" TLS_KEY_FILE="$work/tls.key"
second="$work/second.out"
start_serving "$second"
grep -q "^  grpcurl -cacert $work/tls.pem " "$second" || fail "the printed calls don't use TLS"
[[ "$(stock "$second" "Stock before")" == "$(stock "$first" "Stock after")" ]] ||
  fail "a second start does not find the stock of the first"
(($(reserved "$second" "Stock after") == 24)) || fail "a second start makes no reservation of its own"
stop_serving
echo "passed"
