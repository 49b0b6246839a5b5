#!/usr/bin/env bash
# Draws main panels of the dashboard from what a real Prometheus sees of a server that gets more and more to do for three
# minutes: `make dashboard-picture`.
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

# Calls $2 with the request $3 for $4 seconds, from $1 callers at once, each as soon as it has an answer.
flood() {
  "$ghz" --call "inventory.v1.InventoryService/$2" --data "$3" --concurrency "$1" --connections 2 --duration "$4s" \
    --duration-stop ignore --timeout 10s --cacert ca.pem --cert anna.pem --key anna.key "$INVENTORY_ADDRESS" >>ghz.out 2>&1 || fail "ghz failed"
}

# From $1 callers who reserve, and half as many who look, for $2 seconds. Two of a hundred want what is sold out.
flood_with() {
  progress "$1 callers"
  flood "$1" ReserveStock '{"request_id": "{{newUUID}}", "channel_id": "web-eu",
    "lines": [{"sku": "SKU-{{randomInt 1 103}}", "quantity": 1}]}' "$2" &
  local reserving=$!
  flood "$(($1 / 2))" GetAvailability '{"channel_id": "web-eu", "skus": ["SKU-{{randomInt 1 101}}"]}' "$2"
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
flood_with 4 40
flood_with 16 40
flood_with 64 40
progress "One order after another"
sleep 19
/usr/bin/python3 "$source/tests/prometheus/picture.py" "$prometheus_url" "$start" "$(date +%s)" "$picture"
progress "$picture"
