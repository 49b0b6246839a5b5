#!/usr/bin/env bash
# What server/MIGRATING.md promises, for Liferay Commerce and for Magento: a small shop in a database of its own is
# exported by the SQL script, converted, and moved into a real server. All quantities that the shop shows, by its own
# queries, are then compared with what the service has. Again it changes nothing, and a later sale stays sold.
#   tests/migrating/migrating_test.sh BUILD_FOLDER
set -euo pipefail

build="$1"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/database.sh
. "$(dirname "$0")/../database.sh"
here="$source/tests/migrating" migrate="$source/client/migrate"
export PYTHONDONTWRITEBYTECODE=1
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; stop_database; wait 2>/dev/null || true; clean_up' EXIT

# The database server for shops on MySQL, the program $1, in the folder mysql.
start_mysql() {
  local options=(--no-defaults "--datadir=$work/mysql" "--socket=$work/mysql/socket" --skip-networking --mysqlx=OFF)
  ((EUID != 0)) || options+=(--user=root)
  "$1" "${options[@]}" --initialize-insecure >mysql.out 2>&1 || fail "no database can be made"
  "$1" "${options[@]}" >>mysql.out 2>&1 &
  pids+=($!)
  for ((i = 0; i < 600; ++i)); do
    ! sql mysql --execute 'SELECT 1' >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  fail "MySQL does not start"
}

# As export_*.sql says to run it, on the server whose folder is $1; the rest are options and the name of the database.
sql() {
  mariadb --no-defaults --socket="$work/$1/socket" --user=root --batch --raw --skip-column-names --quick \
    --default-character-set=utf8mb4 "${@:2}"
}

# The shop $2 on the server $1, exported to $1-$2.jsonl.
export_shop() {
  sql "$1" --execute "CREATE DATABASE $2 CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
  sql "$1" "$2" <"$here/$2_shop.sql"
  sql "$1" "$2" <"$migrate/export_$2.sql" >"$1-$2.jsonl"
}

# The server for the shop $1.
start_server() {
  "$build/server/inventory-server" serve --data-dir "$1-data" --listen 127.0.0.1:0 --metrics-listen '' 2>"$1-server.out" &
  pids+=($!)
}

# Sets `address` to that of the server for the shop $1 once it serves.
find_server() {
  for ((i = 0; i < 600; ++i)); do
    ! grep -qs ' serving' "$1-server.out" || break
    sleep 0.1
  done
  grep -q ' serving' "$1-server.out" || fail "the server does not start"
  address="127.0.0.1:$(port_in "$1-server.out")"
}

ctl() { "$build/client/cli/inventoryctl" --timeout 1m --address "$address" "$@"; }
move_in() { "$migrate/move_in.py" "$@" --inventoryctl "$build/client/cli/inventoryctl" --address "$address" >move.out 2>&1; }
check() { "$migrate/check.py" "$1" --inventoryctl "$build/client/cli/inventoryctl" --address "$address" >check.out 2>&1; }

# All that the server has of stock and orders, with the version of each level.
state() {
  ctl export stock-levels - -o csv 2>/dev/null
  ctl list reservations --limit 0 -o json
  ctl list replenishments --limit 0 -o json
  ctl list channels --limit 0 -o json
}

# Everything else that has moved, without times of writing and etags.
facts() {
  local what
  {
    for what in warehouses items; do
      ctl export "$what" - -o json 2>/dev/null
    done
    for what in channels availability-estimates replenishments low-stock-rules; do
      ctl list "$what" --limit 0 -o json
    done
  } | sed -E 's/,"(create_time|update_time|etag)":"[^"]*"//g'
}

on_hand() { ctl get stock-level "$1" "$2" -o json | sed -n 's/.*"on_hand":"\([0-9]*\)".*/\1/p'; }

# Fails unless the command after $1 ends with another code than 0 and move.out or check.out then says $1.
refused() {
  local said="$1"
  shift
  ! "$@" || fail "$* succeeds"
  grep -qE "$said" move.out check.out 2>/dev/null || fail "$* does not say: $said"
}

# $1: the shop. $2: a level as SKU and warehouse, which nothing is reserved of. $3: the channel to sell it in. The rest
# are arguments for the converter.
test_shop() {
  local shop="$1" level=("${@:2:2}") channel="$4" arguments=("${@:5}") count
  export_shop database "$shop"
  "$here/same_rows.py" "$here/$shop.jsonl" "database-$shop.jsonl" >rows.out || fail "$shop.jsonl is not what is exported"
  "$migrate/from_$shop.py" "database-$shop.jsonl" --to plan "${arguments[@]}" >convert.out 2>&1 || fail "no plan was made"
  "$migrate/from_$shop.py" "database-$shop.jsonl" --to again "${arguments[@]}" >convert.out 2>&1
  diff -r plan again >diff.out || fail "the same export makes another plan"
  find_server "$shop"
  move_in plan || fail "$shop does not move in"
  check plan || fail "check.py finds differences"
  [[ -e example.out ]] || cp check.out example.out
  sql database "$shop" <"$here/${shop}_shows.sql" >shown
  "$here/shows.py" "$build/client/cli/inventoryctl" "$address" shown "$here/${shop}_differs.csv" "${keys[@]}" \
    >shows.out || fail "the service has other numbers than $shop"
  ctl list backorders --limit 0 -o csv 2>/dev/null | cut -d , -f 1,4 >waiting
  [[ "$(tail -n +2 waiting)" == "$waits" ]] || fail "other units wait for stock than $waits"
  facts >"$shop.facts"
  diff "$here/${shop}_facts.jsonl" "$shop.facts" >diff.out || fail "other things than ${shop}_facts.jsonl are there"
  test_held
  progress "$shop has moved in: $(tail -n 1 shows.out)"
  test_again
  test_refusals
  test_later_sale "$shop"
  test_check
  "$here/bad_rows.py" "$migrate/from_$shop.py" "database-$shop.jsonl" "$work" "${arguments[@]}" >bad.out ||
    fail "bad rows of $shop are not all reported"
  rm -r plan again older other
  progress "$shop is done"
}

# The order that is only held, $held, and no other ends after $hold.
test_held() {
  local end
  ctl list reservations --state held --limit 0 -o json >holds.out
  [[ "$(sed 's/.*"reservation_id":"\([^"]*\)".*/\1/' holds.out)" == "$held" ]] || fail "$held is not what is held"
  end="$(date -d "$(sed 's/.*"expire_time":"\([^"]*\)".*/\1/' holds.out)" +%s)"
  ((end - $(date -d "$hold" +%s) < 60 && end - $(date -d "$hold" +%s) > -60)) || fail "$held does not end after $hold"
}

# Whoever runs it again, by the same ids or as if for the first time, changes nothing.
test_again() {
  state >before
  move_in plan || fail "a second run fails"
  state >after
  diff before after >diff.out || fail "a second run changes something"
  move_in plan --attempt 2 || fail "another attempt fails"
  check plan || fail "another attempt changes something"
}

# Units that are sold after the export stay sold whoever brings the counts again, and an older export is refused.
test_later_sale() {
  count="$(on_hand "${level[@]}")"
  ctl reserve "$channel" "${level[0]}=$sold" --order later --reservation-id later --commit >sale.out 2>&1 ||
    fail "nothing can be reserved"
  ctl create shipment later "${level[1]}" --shipment-id later >sale.out 2>&1 || fail "no shipment can be made"
  ctl ship later >sale.out 2>&1 || fail "nothing can be shipped"
  (($(on_hand "${level[@]}") == count - sold)) || fail "nothing was sold"
  ctl import stock-levels plan/stock.csv --import-id late-counts >import.out 2>&1 || fail "the counts are refused"
  (($(on_hand "${level[@]}") == count - sold)) || fail "counts as of the export undo a later sale"
  "$migrate/from_$1.py" "database-$1.jsonl" --to older --taken-at "$(date -u -d '1 hour ago' +%FT%TZ)" "${arguments[@]}" \
    >convert.out 2>&1 || fail "no older plan was made"
  state >before
  ! ctl import stock-levels older/stock.csv --import-id old-counts >import.out 2>&1 || fail "older counts are taken"
  local rows
  rows="$(($(wc -l <older/stock.csv) - 1))"
  grep -q "^$rows rows, $rows rejected$" import.out || fail "not all older counts are rejected"
  grep -q COUNT_OUTDATED import.out || fail "older counts are rejected for another reason"
  state >after
  diff before after >diff.out || fail "older counts change something"
  # What the guard is good for: without the moment of the export the same file takes the sale back.
  sed 's/,[^,]*Z,/,,/' plan/stock.csv | ctl import stock-levels - --import-id no-guard >import.out 2>&1
  (($(on_hand "${level[@]}") == count)) || fail "counts without a moment do not set the level"
}

# A reservation that has another order's units is no order that is there already, and an old plan may be forgotten.
test_refusals() {
  cp -r plan other
  sed -i '1s/"quantity": "[0-9]*"/"quantity": "99"/' other/reservations.jsonl
  refused "reservations.jsonl:1: .* RESERVATION_EXISTS" move_in other --attempt 3
  sed -i 's/"taken_at": "[^"]*"/"taken_at": "2026-01-01T00:00:00.000000Z"/' other/plan.json
  refused "Export anew" move_in other
  check plan || fail "what was refused has changed something"
}

# check.py sees what is not as in the plan.
test_check() {
  local order
  order="$(sed -n 's/.*"reservation_id": "\([^"]*\)".*/\1/p' plan/reservations.jsonl | head -n 1)"
  ctl adjust "${level[@]}" 5 >adjust.out 2>&1 || fail "nothing can be adjusted"
  ctl cancel reservation "$order" >cancel.out 2>&1 || fail "no order can be cancelled"
  refused "differs: ${level[0]} in ${level[1]}: on_hand is $((count + 5)), and was $count" check plan
  grep -q "of reservation $order: nothing is reserved" check.out || fail "check.py misses an order"
  ! grep -q "of reservation later" check.out || fail "an order that has been shipped counts as open"
}

command -v mariadb >/dev/null || skip "mariadb-client-core is missing"
cd "$work"
start_server liferay
start_server magento
start_database
waits=STOVE,1  # Of the map, whose safety stock is promised, none.
held=liferay-80005 hold=2days
sold=100
keys=("37010=BER-1" "37020=rtm-1" "37030=liferay-warehouse-37030")
test_shop liferay 'Käse, "alt"' BER-1 web-eu --rates multiples --warehouse-id 'RTM 1=rtm-1' \
  --priority BER-1=1 --priority 'RTM 1=2'
sed '/^```text$/,/^```$/!d; /^```/d' "$source/server/MIGRATING.md" | diff - example.out >diff.out ||
  fail "the example of MIGRATING.md is not what check.py prints"
waits=MAPS,4
sold=1
held=magento-000001004 hold=50minutes  # An hour less the ten minutes that it has waited for its payment.
keys=()
test_shop magento TENT ber base --location default=40.1,-74.2

mysql="$("$source/server/dev/cache.sh" mysql9)/mysqld"
[[ -x "$mysql" || -z "${INVENTORY_NO_SKIPS:-}" ]] || mysql="$("$source/server/dev/mysql9.sh")"
if [[ -x "$mysql" ]]; then
  start_mysql "$mysql"
  for shop in liferay magento; do
    export_shop mysql "$shop"
    "$here/same_rows.py" "database-$shop.jsonl" "mysql-$shop.jsonl" >rows.out || fail "MySQL exports $shop in another way"
  done
  progress "MySQL exports the same"
fi
progress "passed"
