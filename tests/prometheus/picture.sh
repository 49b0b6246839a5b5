#!/usr/bin/env bash
# Draws main panels of the dashboard from what a real Prometheus sees of a server that gets more and more to do for
# three minutes: `make dashboard-picture`.
#   tests/prometheus/picture.sh BUILD_FOLDER FILE.svg
set -euo pipefail

build="$(realpath "$1")"
picture="$(realpath "$2")"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/certificates.sh
. "$source/tests/certificates.sh"
# shellcheck source=tests/database.sh
. "$source/tests/database.sh"
# shellcheck source=tests/prometheus/observed.sh
. "$source/tests/prometheus/observed.sh"
trap 'stop_observed; clean_up' EXIT
export PYTHONDONTWRITEBYTECODE=1

# Calls $2 with the request $3, $1 times a second for $4 seconds.
calls() {
  "$ghz" --call "inventory.v1.InventoryService/$2" --data "$3" --rps "$1" --concurrency 50 --connections 5 \
    --duration "$4s" --duration-stop ignore --timeout 10s --cacert ca.pem --cert anna.pem --key anna.key \
    "$INVENTORY_ADDRESS" >>ghz.out 2>&1 || fail "ghz failed"
}

# $1 reservations a second, and twice as many looks, for $2 seconds. Two of a hundred want what is sold out.
shop() {
  progress "$1 reservations a second"
  calls "$1" ReserveStock '{"request_id": "{{newUUID}}", "channel_id": "web-eu",
    "lines": [{"sku": "SKU-{{randomInt 1 103}}", "quantity": 1}]}' "$2" &
  local reserving=$!
  calls $((2 * $1)) GetAvailability '{"channel_id": "web-eu", "skus": ["SKU-{{randomInt 1 101}}"]}' "$2"
  wait "$reserving"
}

programs="$("$source/server/dev/prometheus.sh")" || skip "Prometheus can't be had"
ghz="$("$source/server/dev/tool.sh" ghz)" || skip "ghz can't be had"
cd "$work"
start_observed_server
start_prometheus
make_observed_shop 100
start="$(date +%s)"
progress "One order after another"
place_orders 1 160 &
sleep 20
shop 50 40
shop 200 40
shop 500 40
progress "One order after another"
sleep 19
/usr/bin/python3 "$source/tests/prometheus/picture.py" "$prometheus_url" "$start" "$(date +%s)" "$picture"
progress "$picture"
