#!/bin/sh
# What `helm test` runs: makes a real reservation and takes it back. Everything is named helm-test, and is removed at the
# end but for its ledger; what a test that failed has left, the next one uses and removes.
set -eu
umask 077

# inventoryctl takes no key and no token that others can read, and volumes are readable for the pod's group.
private() {
  cat "$1" >"/tmp/$(basename "$1")"
  echo "/tmp/$(basename "$1")"
}
if [ -n "${CLIENT_CERTIFICATE:-}" ]; then
  INVENTORY_TLS_CERT="$CLIENT_CERTIFICATE/tls.crt"
  INVENTORY_TLS_KEY="$(private "$CLIENT_CERTIFICATE/tls.key")"
  export INVENTORY_TLS_CERT INVENTORY_TLS_KEY
fi
if [ -n "${TOKEN:-}" ]; then
  INVENTORY_TOKEN_FILE="$(private "$TOKEN")"
  export INVENTORY_TOKEN_FILE
fi

name=helm-test
order="$name-$(date +%s)-$$"

# What the channel can sell. Fails unless it is $1.
available() {
  inventoryctl availability "$name" "$name" --output json | tee /tmp/availability
  grep -q "\"quantity\": *\"$1\"" /tmp/availability || { echo "not $1 units are available" >&2 && exit 1; }
}

# Makes $1, or brings it back.
make() {
  kind="$1"
  shift
  inventoryctl create "$kind" "$name" --name "helm test" "$@" 2>/tmp/error && return
  grep -q "_EXISTS" /tmp/error || { cat /tmp/error >&2 && exit 1; }
  inventoryctl undelete "$kind" "$name" 2>/tmp/error || true
  inventoryctl update "$kind" "$name" "$@"
}

inventoryctl health
make warehouse --active --location-latitude 52.52 --location-longitude 13.4
make channel --active
inventoryctl attach warehouse "$name" "$name"
inventoryctl set stock "$name" "$name" 10 --reason "helm test"
available 10
inventoryctl reserve "$name" "$name=3" --reservation-id "$order" --ttl 1m
available 7
inventoryctl cancel reservation "$order"
available 10
inventoryctl set stock "$name" "$name" 0 --reason "helm test"
inventoryctl delete channel "$name"
inventoryctl delete warehouse "$name"
echo "reserved and cancelled $order"
