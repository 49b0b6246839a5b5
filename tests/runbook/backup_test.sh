#!/usr/bin/env bash
# A backup is worth something: what server/RUNBOOK.md says of backing up and restoring is done, by its commands.
#   tests/runbook/backup_test.sh BUILD_FOLDER
# Method: orders and counts are written all the time, and meanwhile the database is dumped. More orders come, and a
# mistake. Then the service is lost. On another database server it is restored to the moment of the dump, where callers
# repeat what they had sent; and to the moment before the mistake, by the binary log. In the end a private database is
# backed up in both ways.
set -euo pipefail

build="$(realpath "$1")"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
# shellcheck source=tests/database.sh
. "$source/tests/database.sh"
runbook="$source/server/RUNBOOK.md"
PATH="$build/server:$build/client/cli:$PATH"
server=0
databases=()
shop=shop/database/socket
restored=restored/database/socket

stop_server() {
  ((server == 0)) || { kill -TERM "$server" && wait "$server"; } || fail "the server ended badly"
  server=0
}

clean_up_all() {
  local process
  touch "$work/stop"
  for process in "$server" "${databases[@]}"; do
    ((process == 0)) || { kill -TERM "$process" && wait "$process"; } 2>/dev/null || true
  done
  clean_up
}
trap clean_up_all EXIT

# The code of kind $2 in section $1 of the runbook, the first block or that of number $3.
recipe() { /usr/bin/python3 "$source/tests/runbook/markdown.py" "$runbook" "$@"; }

# Runs such code.
follow() { recipe "$@" | bash -euo pipefail >>follow.out 2>&1 || fail "this does not work: $(recipe "$@")"; }

# The same of the section on private databases, for the one in folder $1.
follow_private() {
  recipe 'The private database' "${@:2}" | sed "s#/var/lib/inventory#$work/$1#" | bash -euo pipefail >>follow.out 2>&1
}

# A database server in folder $1, with a binary log.
make_database() {
  local work="$work/$1"
  mkdir "$work"
  start_database --log-bin=binlog --sync-binlog=1
  databases+=("$database")
}

# Lets inventory-server use the database that was made last.
use_database() {
  printf 'database-url = "mysql://inventory@127.0.0.1:%s/inventory"\n' "$database_port" >server.toml
  # Nobody takes its posts, so it only notes where it is.
  printf '%s\n' 'event-feed-url = "http://127.0.0.1:1/"' 'event-feed-timeout = "1s"' \
    'event-feed-lease = "2s"' >>server.toml
}

# SQL $2 on the database server with the socket $1.
sql() { mariadb --no-defaults --socket="$1" --user=root --batch --skip-column-names --execute "$2" inventory; }

# All rows there, but those that a server writes or removes while nobody calls it.
rows() {
  mariadb-dump --no-defaults --socket="$1" --user=root --order-by-primary --skip-comments --hex-blob \
    --skip-extended-insert --no-create-info --ignore-table=inventory.event_feed --ignore-table=inventory.heartbeat \
    --ignore-table=inventory.event_horizon --ignore-table=inventory.event_chunk inventory
  sql "$1" 'SELECT log_id, position, stamp, HEX(payload) FROM event_chunk WHERE position > 0 ORDER BY log_id, position'
}

# Serves the database of server.toml, or a private one in the folder $1, and waits until it does.
serve() {
  local options=(--config server.toml)
  [[ -z "${1:-}" ]] || options=(--data-dir "$1")
  start_into server.out inventory-server serve "${options[@]}" --listen 127.0.0.1:0 --metrics-listen ''
  server=$started
  await_line server.out ' serving' "$server" "the server"
  INVENTORY_ADDRESS="127.0.0.1:$(port_in server.out)"
  export INVENTORY_ADDRESS
}

# Leaves what it prints in $answer, a file of each process.
ctl() {
  answer="ctl.$BASHPID"
  inventoryctl --timeout 1m "$@" >"$answer" 2>ctl.out || fail "inventoryctl $* failed: $(cat "$answer" ctl.out)"
}

# One of each kind of what callers do. Each has an id of its own, so it may be sent again.
reserve() {
  ctl reserve web-eu HOT=1 "SKU-$((${1##*-} % skus))=2" --commit --request-id "$1" --reservation-id "R-$1" -o json
}
adjust() { ctl import stock-levels changes.csv --import-id "$1"; }

# Calls $1 under new ids until told to stop; notes each before it is sent.
keep_calling() {
  for ((n = 0; n < 10000; ++n)); do
    [[ ! -e stop ]] || return 0
    echo "$1 $2-$n" >>"sent.$2"
    "$1" "$2-$n"
  done
}

# Writes into $1 what is in stock, without versions and times.
stock() {
  ctl export stock-levels -o csv -
  cut -d, -f1-7 "$answer" | sort >"$1"
}

# How many levels there have numbers that are not the sum of their movements.
wrong_levels() {
  sql "$1" 'SELECT COUNT(*) FROM stock_level l JOIN (SELECT sku, warehouse_id, SUM(delta_on_hand) AS on_hand,
    SUM(delta_reserved) AS reserved, COUNT(*) AS version FROM movement GROUP BY sku, warehouse_id) m
    USING (sku, warehouse_id) WHERE (l.on_hand, l.reserved, l.version) <> (m.on_hand, m.reserved, m.version)'
}

# Writes into file $1 the token of whoever watches now.
note_place() {
  local watcher
  inventoryctl watch --resume-file "$1" >watch.out 2>&1 &
  watcher=$!
  for ((i = 0; i < 600; ++i)); do
    [[ ! -s "$1" ]] || break
    sleep 0.1
  done
  kill -TERM "$watcher"
  wait "$watcher" || true
  [[ -s "$1" ]] || fail "a watch is given no token"
}

# Fails unless a watch that goes on from the place that file $1 names is told that its events are gone.
expect_gone() {
  cp "$1" place
  timeout 20 inventoryctl watch --resume-file place >watch.out 2>&1 || true
  grep -q EVENTS_GONE watch.out || fail "a token of the lost time is not refused"
}

command -v mariadb-dump >/dev/null || skip "mariadb-client is missing"
command -v mariadbd >/dev/null || skip "mariadb-server-core is missing"
cd "$work"
skus=3000
progress "Starting"
make_database shop
printf '[client]\nhost=127.0.0.1\nport=%s\nuser=inventory_backup\npassword=...\n' "$database_port" >backup.cnf
use_database
export INVENTORY_DATABASE_PASSWORD=secret
sql "$shop" "$(recipe 'A user for it' sql | sed 's/@localhost/@127.0.0.1/g')"
serve
ctl create warehouse ber-1 --name Berlin --active --location-latitude 52.52 --location-longitude 13.405
ctl create channel web-eu --name Europe
ctl attach warehouse web-eu ber-1
{ echo sku,warehouse_id,on_hand; echo HOT,ber-1,1000000; seq -f 'SKU-%g,ber-1,1000000' 0 $((skus - 1)); } >counts.csv
ctl import stock-levels counts.csv
{ echo sku,warehouse_id,adjust_on_hand,reason; seq -f 'SKU-%g,ber-1,1,found' 0 3 $((skus - 1)); } >changes.csv

progress "Dumping under load"
callers=()
for name in a b; do keep_calling reserve "$name" & callers+=($!); done
keep_calling adjust c & callers+=($!)
sleep 2
note_place early.place
reserve before-1
cp "$answer" before.json
cat sent.* >sent-before
follow 'Back up while it serves' sh
cat sent.* >sent-after
sleep 1
touch stop
for caller in "${callers[@]}"; do wait "$caller" || fail "a caller failed"; done
reserve after-1
note_place late.place
stock stock.lost
rows "$shop" >rows.lost
progress "Calls: $(wc -l <sent-before) before the dump, $(($(wc -l <sent-after) - $(wc -l <sent-before))) during it, \
$(cat sent.* | wc -l) in all"

progress "A mistake, and the loss of it all"
sleep 1
moment="$(date '+%F %T')"
sleep 1
ctl set stock HOT ber-1 0
stop_server
sql "$shop" 'FLUSH BINARY LOGS'
cp shop/database/binlog.[0-9]* .
make_database restored
printf '[client]\nhost=127.0.0.1\nport=%s\nuser=root\n' "$database_port" >restore.cnf
use_database

progress "Restoring the moment of the dump"
sql "$restored" 'DROP DATABASE inventory'
follow Restore sh
(($(wrong_levels "$restored") == 0)) || fail "levels are not the sum of their movements"
follow Restore sh 2
serve
stock stock.at-dump
! cmp --quiet stock.at-dump stock.lost || fail "the dump has what came after it"
for place in early.place late.place; do expect_gone "$place"; done
ctl watch --from-beginning --limit 1 -o json
! inventoryctl get reservation R-after-1 >get.out 2>&1 && grep -q RESERVATION_NOT_FOUND get.out ||
  fail "what came after the dump is not gone"
reserve before-1
cmp "$answer" before.json || fail "a repeated request is answered otherwise than before"
reserve after-1
sort -u sent-before | head -5 >/dev/null
while read -r call id; do "$call" "$id"; done < <(cat sent.*)
stock stock.now
cmp stock.now stock.lost || fail "repeating all calls does not give the stock that was lost"
for place in early.place late.place; do expect_gone "$place"; done
grep -q 'events were removed before they were posted' server.out || fail "the feed does not begin anew"
stop_server

progress "Restoring the moment before the mistake"
sql "$restored" 'DROP DATABASE inventory'
follow Restore sh
recipe Restore sh 1 | sed "s/--stop-datetime='[^']*'/--stop-datetime='$moment'/" >later.sh
grep -q "$moment" later.sh || fail "the runbook names no moment"
bash -euo pipefail later.sh >>follow.out 2>&1 || fail "the binary log can't be told again"
rows "$restored" >rows.restored
cmp rows.restored rows.lost || fail "the binary log gives other rows"
follow Restore sh 2

progress "A private database"
unset INVENTORY_DATABASE_PASSWORD
serve data
ctl create warehouse ber-1 --name Berlin --active --location-latitude 52.52 --location-longitude 13.405
ctl import stock-levels counts.csv
stock stock.private
note_place private.place
follow_private data sh || fail "it can't be dumped"
rows data/database.sock >rows.private
sql "$restored" 'DROP DATABASE inventory; CREATE DATABASE inventory CHARACTER SET utf8mb4'
gunzip --stdout private.sql.gz | mariadb --defaults-extra-file=restore.cnf inventory
rows "$restored" | cmp - rows.private || fail "its dump gives other rows"
stop_server
follow_private data sh 1 || fail "it can't be copied"
mkdir copy
follow_private copy sh 2 || fail "the copy can't be restored"
serve copy
stock stock.now
cmp stock.now stock.private || fail "the copy has other stock"
expect_gone private.place
stop_server
progress "passed"
