#!/usr/bin/env bash
# Prints what each index costs that a reservation writes to, besides those of primary keys: reservations are measured
# with all indexes, without each of them in turn, and with none.
#   tests/bench/index_costs.sh BUILD_FOLDER [ROUNDS]
# Takes over two minutes for each round; 3 by default. Pages and bytes hardly differ between rounds. CPU time does, by
# more than a single index costs, so it is shown for all of them only.
set -euo pipefail

build="$(realpath "$1")"
rounds="${2:-3}"
# shellcheck source=tests/serving.sh
. "$(dirname "$0")/../serving.sh"
cd "$work"

indexes='
reservation       reservation_by_order
reservation       reservation_by_expiry
reservation       reservation_by_channel
reservation_line  reservation_line_by_sku
allocation        allocation_by_expiry
allocation        allocation_by_warehouse
movement          movement_by_level
movement          movement_by_document
request_record    request_record_by_time
'

# A server, as a program, that first carries out $1 in its database.
server_after() {
  cat >server <<END
#!/usr/bin/env bash
set -euo pipefail
for argument in "\$@"; do case "\$argument" in --database-url=*) url="\$argument" ;; esac; done
"$build/server/inventory-server" migrate "\$url" 2>>"$work/migrate.out"
mariadb --no-defaults --user=root --socket="\${url#*socket=}" inventory --execute="$1" >>"$work/migrate.out" 2>&1
exec "$build/server/inventory-server" "\$@"
END
  chmod +x server
}

# Measures once with the server as it is, and keeps: name, case, CPU time, pages, bytes. Some reads name
# the index that they are to use, so that without it the bench can't verify the stock at the end.
measure() {
  "$build/tests/bench/inventory_bench" --server "$work/server" --cases d-hot-256,d-uniform-256 --rounds 1 --seconds 2 \
    >bench.out 2>&1 || grep -q ': VerifyStockRequest: the read could not' bench.out || fail "the bench failed"
  awk -v name="$1" '
    /^comparison: hot SKU/ {of = "hot"} /^comparison: 10,000/ {of = "uniform"}
    /ReserveStock, 256 in flight/ {cpu = $(NF - 1)}
    /pages for one/ && cpu {sub(";", "", $4); print name, of, cpu, $4, $NF; cpu = ""}' bench.out >>figures.txt
}

for ((round = 1; round <= rounds; ++round)); do
  progress "round $round of $rounds" >&2
  server_after 'SELECT 1'
  measure all
  drop_all=
  while read -r table index; do
    [[ -n "$table" ]] || continue
    server_after "ALTER TABLE $table DROP KEY $index"
    measure "$index"
    drop_all+="ALTER TABLE $table DROP KEY $index; "
  done <<<"$indexes"
  server_after "$drop_all"
  measure none
done

echo 'medians for one reservation, 256 in flight: pages, bytes of redo log, us of CPU time of the database'
for of in hot uniform; do
  echo "$([[ "$of" == hot ]] && echo 'one SKU' || echo '10,000 SKUs'), with all indexes, and less without:"
  /usr/bin/python3 - "$of" figures.txt <<'END'
import statistics, sys
figures = {}
for line in open(sys.argv[2]):
    name, of, *numbers = line.split()
    if of == sys.argv[1]:
        figures.setdefault(name, []).append([float(number.replace(",", "")) for number in numbers])
medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in figures.items()}
for name, values in medians.items():
    if name != "all":
        values = [all - value for all, value in zip(medians["all"], values)]
    cpu, pages, redo = values
    time = f"{cpu:8.0f}" if name in ("all", "none") else ""
    print(f"  {'all of them' if name == 'none' else name:26}{pages:8.1f}{redo:8.0f}{time}")
END
done
