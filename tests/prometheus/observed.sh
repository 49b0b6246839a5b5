# For scripts: a server with everything that has metrics of its own, orders that come and go there, and a Prometheus
# that looks at it every second and judges the alerts. To be sourced after tests/serving.sh, tests/certificates.sh and
# tests/database.sh, with the programs of server/dev/prometheus.sh in the folder `programs`; works in the current
# folder. Who uses it calls stop_observed at the end.
# shellcheck shell=bash
# shellcheck disable=SC2154  # source, build, programs and database_port are set by whom it is sourced after.
observers=()

# TLS, a policy, keys of tokens, a replica (its own database) and a receiver of events.
start_observed_server() {
  make_authority
  make_certificate server DNS:localhost,IP:127.0.0.1
  make_certificate anna URI:spiffe://shop.example/operators/anna
  make_token_keys
  echo '{"bindings": [{"identity": "spiffe://shop.example/operators/*", "role": "admin"}]}' >policy.json
  /usr/bin/python3 "$source/tests/prometheus/receiver.py" >receiver.out 2>receiver.err &
  observers+=($!)
  await_line receiver.out . "${observers[-1]}" "the receiver of events"
  start_database
  metrics_port="$(free_port)"
  local url="mysql://inventory@127.0.0.1:$database_port/inventory"
  INVENTORY_DATABASE_PASSWORD=secret "$build/server/inventory-server" serve --database-url "$url" \
    --read-database-url "$url" --listen 127.0.0.1:0 --metrics-listen "127.0.0.1:$metrics_port" \
    --tls-cert-file server.pem --tls-key-file server.key --tls-client-ca-file ca.pem \
    --auth-policy-file policy.json --jwt-keys keys.json --jwt-issuer shop --jwt-audience inventory \
    --event-feed-url "http://127.0.0.1:$(<receiver.out)/events" 2>server.out &
  observers+=($!)
  await_line server.out ' serving$' "${observers[-1]}" "the server"
  INVENTORY_ADDRESS="localhost:$(port_in server.out)"
  export INVENTORY_ADDRESS INVENTORY_TLS_CA=ca.pem INVENTORY_TLS_CERT=anna.pem INVENTORY_TLS_KEY=anna.key
}

# Sets `prometheus_url`.
start_prometheus() {
  cat >prometheus.yml <<END
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: ["$source/helm/inventory/files/alerts.yaml"]
scrape_configs:
  - job_name: inventory
    static_configs: [{targets: ["127.0.0.1:$metrics_port"], labels: {namespace: shop}}]
END
  "$programs/prometheus" --config.file=prometheus.yml --storage.tsdb.path=prometheus --web.listen-address=127.0.0.1:0 \
    2>prometheus.out &
  observers+=($!)
  await_line prometheus.out 'Server is ready' "${observers[-1]}" "Prometheus"
  prometheus_url="http://$(sed -n 's/.*msg="Listening on" address=//p' prometheus.out)"
}

ctl() { "$build/client/cli/inventoryctl" "$@"; }

# Two warehouses, a channel, $1 SKUs with stock, one that runs low, and one that may wait for stock.
make_observed_shop() {
  ctl create warehouse ber-1 --name Berlin --active --location-latitude 52.52 --location-longitude 13.405
  ctl create warehouse rtm-1 --name Rotterdam --active --location-latitude 51.92 --location-longitude 4.48
  ctl create channel web-eu --name Europe
  ctl attach warehouse web-eu ber-1 --priority 1
  ctl attach warehouse web-eu rtm-1 --priority 2
  { echo sku,warehouse_id,on_hand && for ((i = 1; i <= $1; ++i)); do echo "SKU-$i,ber-1,1000000"; done; } >stock.csv
  ctl import stock-levels stock.csv
  ctl create item LATER --backorder-policy unlimited
  ctl set stock LOW ber-1 20
  ctl create low-stock-rule low --sku LOW --threshold 10 --activity log
} >shop.out

# The life of order $1, and what goes on around it. Refusals are part of it.
live_through() {
  ctl reserve web-eu "SKU-$(($1 % 20 + 1))=2" SKU-1=1 --reservation-id "R-$1"
  ctl availability web-eu SKU-1 "SKU-$(($1 % 20 + 1))"
  ctl confirm "R-$1"
  ctl create shipment "R-$1" ber-1 --shipment-id "S-$1"
  ctl ship "S-$1"
  ctl return "R-$1" SKU-1=1 --warehouse-id rtm-1 --disposition restock
  ctl list reservations --limit 5
  ctl reserve web-eu SOLD-OUT=1
  ctl reserve web-eu LATER=1 --on-shortfall backorder --ttl 1s
  ctl adjust LOW ber-1 $(($1 / 10 % 2 ? 15 : -15))
  ctl transfer ber-1 rtm-1 SKU-2=1
  ctl verify
} >>orders.out 2>&1

# Orders of caller $1, from 0 to 9, one after another, for $2 seconds.
place_orders() {
  local n end=$((SECONDS + $2))
  for ((n = 10 + $1; SECONDS < end; n += 10)); do live_through "$n" || true; done
}

# Ends the server's sessions with the database, so that it connects again.
end_sessions() {
  mariadb --no-defaults --socket="$work/database/socket" --user=root --execute "KILL USER inventory@'127.0.0.1'" \
    >sessions.out 2>&1 || fail "the server's sessions can't be ended"
}

stop_observed() {
  for ((i = ${#observers[@]} - 1; i >= 0; --i)); do
    { kill -TERM "${observers[i]}" && wait "${observers[i]}"; } 2>/dev/null || true
  done
  observers=()
  stop_database
}
