#!/usr/bin/env bash
# Prints what connections, logs, traces, encryption and tokens cost: the server's CPU time for one call, with each of
# them in turn.
#   tests/bench/option_costs.sh BUILD_FOLDER [ROUNDS]
# The call is GetAvailability of one SKU, 4,000 times a second: what is left of the machine doesn't matter much to CPU
# time, unlike to throughput. The load comes from ghz, for which Go is needed. Takes 40 seconds for each round; 3 by
# default.
set -euo pipefail

build="$(realpath "$1")"
rounds="${2:-3}"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/certificates.sh
. "$source/tests/certificates.sh"
ghz="$("$source/server/dev/tool.sh" ghz)" || skip "ghz can't be had"
readonly calls=12000
ticks="$(getconf CLK_TCK)"
cd "$work"

make_authority
make_certificate localhost DNS:localhost
make_token_keys
echo '{"bindings": [{"identity": "jwt:load", "role": "admin"}]}' >policy.json

plain_calls=(--insecure --connections 4)
one_connection=(--insecure --connections 1)
many_connections=(--insecure --connections 32)
tls=(--tls-cert-file=localhost.pem --tls-key-file=localhost.key)
tls_calls=(--connections 4 --cacert ca.pem --cname localhost)
tokens=(--auth-policy-file=policy.json --jwt-keys=keys.json --jwt-issuer=shop --jwt-audience=inventory)
token_calls=(--metadata "{\"authorization\": \"Bearer $(make_token load)\"}")

serve() {
  start_into server.out \
    "$build/server/inventory-server" serve --data-dir=data --listen=127.0.0.1:0 --metrics-listen= "$@"
  runner=$started
  await_line server.out ' serving$' "$runner" "the server"
  address="localhost:$(port_in server.out)"
}

used() { awk '{print $14 + $15}' "/proc/$runner/stat"; }

load() {
  "$ghz" --proto "$source/protos/inventory/v1/inventory_service.proto" --import-paths "$source/protos" \
    --call inventory.v1.InventoryService/GetAvailability --data '{"channel_id": "web", "skus": ["S"]}' \
    --concurrency 32 --total "$1" --rps 4000 "${@:2}" "$address" >ghz.out 2>&1 || fail "ghz failed"
  grep -q "\[OK\] *$1 responses" ghz.out || fail "not all calls were answered"
}

# $1: what is measured; $2: options of ghz as the name of an array; then those of the server.
measure() {
  local -n how="$2"
  serve "${@:3}"
  load 2000 "${how[@]}"
  local before
  before="$(used)"
  load "$calls" "${how[@]}"
  echo "$(($(used) - before)) $1" >>used.txt
  stop_serving
}

make_stock() {
  serve
  local ctl=("$build/client/cli/inventoryctl" --address "$address")
  "${ctl[@]}" create warehouse w1 --name w1 --active --location-latitude 0.5 --location-longitude 0.5 >/dev/null
  "${ctl[@]}" create channel web --name web >/dev/null
  "${ctl[@]}" attach warehouse web w1 >/dev/null
  "${ctl[@]}" set stock S w1 1000 >/dev/null
  stop_serving
}

make_stock
with_token=("${tls_calls[@]}" "${token_calls[@]}")
for ((round = 1; round <= rounds; ++round)); do
  progress "round $round of $rounds" >&2
  measure "nothing of this, 4 connections" plain_calls
  measure "one connection" one_connection
  measure "32 connections" many_connections
  measure "log-level=debug" plain_calls --log-level=debug
  measure "traces of 1 % of calls" plain_calls --otlp-endpoint=http://127.0.0.1:9
  measure "traces of all calls" plain_calls --otlp-endpoint=http://127.0.0.1:9 --trace-ratio=1
  measure "TLS" tls_calls "${tls[@]}"
  measure "TLS, a token and a policy" with_token "${tls[@]}" "${tokens[@]}"
  measure "the same, tokens not remembered" with_token "${tls[@]}" "${tokens[@]}" --jwt-cache-size=0
done

echo 'us of CPU time for one call, median'
while IFS= read -r what; do
  median="$(sed -n "s/^\([0-9]*\) $what\$/\1/p" used.txt | sort -n | sed -n "$(((rounds + 1) / 2))p")"
  printf '%6d  %s\n' "$((median * 1000000 / ticks / calls))" "$what"
done < <(sed -E 's/^[0-9]+ //' used.txt | awk '!seen[$0]++')
