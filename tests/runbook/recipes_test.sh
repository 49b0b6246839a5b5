#!/usr/bin/env bash
# The recipes of server/RUNBOOK.md do what they say: the real grpcurl runs them one after another against a server with
# TLS, certificates, tokens and a policy, and recipes.py compares what comes out. Then the certificate is rotated
# as the runbook says.
#   tests/runbook/recipes_test.sh BUILD_FOLDER
set -euo pipefail

build="$(realpath "$1")"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/certificates.sh
. "$source/tests/certificates.sh"
server=0

clean_up_server() {
  ((server == 0)) || { kill -TERM "$server" && wait "$server"; } 2>/dev/null || true
  clean_up
}
trap clean_up_server EXIT

start_server() {
  cat >policy.json <<'JSON'
{"bindings": [{"identity": "spiffe://shop.example/operators/*", "role": "admin"},
              {"identity": "jwt:web-shop", "role": "seller", "channels": ["web-eu"]}]}
JSON
  start_into server.out "$build/server/inventory-server" serve --data-dir data --listen 127.0.0.1:0 \
    --metrics-listen '' --channelz --tls-cert-file server.pem --tls-key-file server.key --tls-client-ca-file ca.pem \
    --tls-client-auth request --auth-policy-file policy.json --jwt-keys keys.json --jwt-issuer shop \
    --jwt-audience inventory --low-stock-max-attempts 1 --tls-reload-interval 200ms
  server=$started
  await_line server.out ' serving' "$server" "the server"
  address="localhost:$(port_in server.out)"
}

ctl() { "$build/client/cli/inventoryctl" --timeout 1m "$@" >ctl.out 2>&1 || fail "inventoryctl $* failed"; }

# What the runbook says is there.
make_shop() {
  export INVENTORY_ADDRESS="$address" INVENTORY_TLS_CA=ca.pem INVENTORY_TLS_CERT=anna.pem INVENTORY_TLS_KEY=anna.key
  ctl create warehouse ber-1 --name Berlin --active --location-latitude 52.52 --location-longitude 13.405
  ctl create warehouse rtm-1 --name Rotterdam --active --location-latitude 51.92 --location-longitude 4.48
  ctl create warehouse ham-1 --name Hamburg
  ctl create channel web-eu --name Europe
  ctl create channel web-us --name America
  ctl attach warehouse web-eu ber-1 --priority 1
  ctl attach warehouse web-eu rtm-1 --priority 2
  ctl set stock JEANS-M ber-1 10 --reason 'opening count'
  ctl set stock JEANS-M rtm-1 100 --reason 'opening count'
  ctl reserve web-eu JEANS-M=12 --order 1001 --reservation-id R-1001
  ctl set stock SHIRT-S rtm-1 5
  ctl reserve web-eu SHIRT-S=5 --order 1002 --reservation-id R-1002 --commit
  ctl set stock SHIRT-S ber-1 5
  ctl create item SHIRT-S --backorder-policy unlimited
  ctl reserve web-eu SHIRT-S=4 --order 1003 --reservation-id R-1003 --commit --on-shortfall backorder \
    --warehouse-id rtm-1
  ctl create item CAP-RED --published=false
  ctl set stock CAP-RED ber-1 7
  ctl create low-stock-rule jeans --sku JEANS-M --threshold 98 --activity webhook \
    --parameter url=https://hooks.invalid/stock
  mariadb --no-defaults --socket=data/database.sock --user=root --execute \
    "UPDATE inventory.stock_level SET reserved = 3 WHERE sku = 'CAP-RED'"
}

# Code of the runbook's section on certificates, with the files that this server has.
rotation() {
  /usr/bin/python3 "$source/tests/runbook/markdown.py" "$source/server/RUNBOOK.md" 'Rotate certificates' sh "$1" |
    sed 's# --group=inventory##; s#/etc/inventory/tls.key#server.key#g; s#/etc/inventory/tls.crt#server.pem#g'
}

rotate_certificate() {
  make_certificate new DNS:localhost
  rotation 0 | bash -euo pipefail >rotate.out 2>&1 || fail "the files can't be put in place"
  for ((i = 0; i < 100; ++i)); do
    (($(grep -c ' INFO TLS certificate in use ' server.out) < 2)) || break
    sleep 0.1
  done
  rotation 1 | ADDRESS="$address" bash -euo pipefail >served.out || fail "openssl gets no certificate"
  [[ "$(cat served.out)" == "$(openssl x509 -noout -serial -enddate -in new.pem)" ]] || fail "it is not the new one"
}

command -v mariadb >/dev/null || skip "mariadb-client is missing"
grpcurl="$("$source/server/dev/tool.sh" grpcurl)" || skip "there is no grpcurl"
cd "$work"
make_authority
make_certificate server DNS:localhost
make_certificate anna URI:spiffe://shop.example/operators/anna
make_token_keys
(umask 077 && make_token web-shop >web-shop.token)
start_server
make_shop
progress "Serving $address"
PATH="$(dirname "$grpcurl"):$PATH" \
  /usr/bin/python3 "$source/tests/runbook/recipes.py" "$source/server/RUNBOOK.md" "$address"
progress "Rotating the certificate"
rotate_certificate
progress "passed"
