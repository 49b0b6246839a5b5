#!/usr/bin/python3
"""Compares what the service has with a plan that move_in.py has brought in, before anything is sold there.

Every level, every open order, what each channel can sell, and all totals. Ends with 0 if all is as the plan says and
the service's own verify finds nothing, otherwise with 1 and says each difference.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inventoryctl import Inventoryctl, Refused, add_options, from_arguments
from plan_files import read_lines, read_table

SKUS_OF_A_CALL = 200
LEVEL_FIELDS = ("on_hand", "safety_stock", "incoming")


class Check:
    def __init__(self, tool: Inventoryctl, folder: Path) -> None:
        self.differences: list[str] = []
        self._tool, self._folder = tool, folder
        self._totals: list[tuple[str, int, int]] = []

    def run(self) -> None:
        self._check_levels()
        self._check_orders()
        self._check_availability()
        try:
            self._tool.run(["verify"])
        except Refused as refused:
            self.differences.append(f"verify: {refused}")

    def print_totals(self) -> None:
        print(f"{'':36}{'shop':>16}{'here':>16}")
        for what, source, here in self._totals:
            print(f"{what:36}{source:16}{here:16}" + ("" if source == here else "  differs"))

    def _compare(self, where: str, what: str, source: object, here: object) -> None:
        if source != here:
            self.differences.append(f"{where}: {what} is {here}, and was {source} in the shop")

    def _total(self, what: str, source: int, here: int) -> None:
        self._totals.append((what, source, here))
        self._compare("total", what, source, here)

    def _check_levels(self) -> None:
        planned = {(row["sku"], row["warehouse_id"]): row for row in read_table(self._folder / "check-levels.csv")}
        exported = csv.DictReader(io.StringIO(self._tool.run(["export", "stock-levels", "-", "-o", "csv"])))
        found = {(row["sku"], row["warehouse_id"]): row for row in exported}
        for key in sorted(planned.keys() | found.keys()):
            where = f"{key[0]} in {key[1]}"
            if key not in found:
                self.differences.append(f"{where}: there is no such level")
            elif key not in planned:
                self.differences.append(f"{where}: the shop has no such level")
            else:
                for name in LEVEL_FIELDS:
                    self._compare(where, name, int(planned[key][name]), int(found[key][name]))
        self._total("stock levels", len(planned), len(found))
        for name in LEVEL_FIELDS:
            self._total(
                f"units {name}",
                sum(int(row[name]) for row in planned.values()),
                sum(int(row[name]) for row in found.values()),
            )

    def _check_orders(self) -> None:
        planned = {
            (row["reservation_id"], row["sku"]): (
                row["channel_id"],
                row["order_reference"],
                row["state"],
                int(row["quantity"]),
            )
            for row in read_table(self._folder / "check-orders.csv")
        }
        found: dict[tuple[str, str], tuple[str, str, str, int]] = {}
        waiting: dict[str, int] = {}
        for one, line in self._open_lines():
            waits = int(line.get("backordered_quantity", 0))
            units = int(line.get("reserved_quantity", 0)) + waits
            waiting[line["sku"]] = waiting.get(line["sku"], 0) + waits
            if units:
                order = one["channel_id"], one.get("order_reference", ""), one["state"], units
                found[one["reservation_id"], line["sku"]] = order
        for key in sorted(planned.keys() | found.keys()):
            where = f"{key[1]} of reservation {key[0]}"
            if key not in found:
                self.differences.append(f"{where}: nothing is reserved")
            elif key not in planned:
                self.differences.append(f"{where}: the shop has no such open order")
            else:
                self._compare(where, "channel, order, state and units", planned[key], found[key])
        self._total("open orders", len({key[0] for key in planned}), len({key[0] for key in found}))
        promised = "units promised to orders"
        self._total(promised, sum(one[3] for one in planned.values()), sum(one[3] for one in found.values()))
        self._check_waiting(waiting)

    def _open_lines(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for request in read_lines(self._folder / "channels.jsonl"):
            channel_id = request["channel"]["channel_id"]
            for one in self._tool.rows(["list", "reservations", "--channel-id", channel_id, "--limit", "0"]):
                for line in one["lines"]:
                    yield one, line

    def _check_waiting(self, found: dict[str, int]) -> None:
        planned = {row["sku"]: int(row["waiting"]) for row in read_table(self._folder / "check-waiting.csv")}
        for sku, units in planned.items():
            self._compare(f"{sku} of all orders", "waiting for stock", units, found.get(sku, 0))
        self._total("units of them that wait", sum(planned.values()), sum(found.get(sku, 0) for sku in planned))

    def _check_availability(self) -> None:
        by_channel: dict[str, list[dict[str, str]]] = {}
        for row in read_table(self._folder / "check-availability.csv"):
            by_channel.setdefault(row["channel_id"], []).append(row)
        for channel_id, rows in sorted(by_channel.items()):
            here = self._available(channel_id, [row["sku"] for row in rows])
            exact = [row for row in rows if row["expected"]]
            for row in exact:
                self._compare(
                    f"{row['sku']} in channel {channel_id}", "available", int(row["expected"]), here[row["sku"]]
                )
            for row in rows:
                if not row["expected"] and here[row["sku"]] > max(0, int(row["source_shows"])):
                    self.differences.append(
                        f"{row['sku']} in channel {channel_id}: {here[row['sku']]} are available, more "
                        f"than the {row['source_shows']} that the shop shows"
                    )
            self._total(
                f"units available in {channel_id}"[:36],
                sum(int(row["expected"]) for row in exact),
                sum(here[row["sku"]] for row in exact),
            )

    def _available(self, channel_id: str, skus: list[str]) -> dict[str, int]:
        found = {}
        for begin in range(0, len(skus), SKUS_OF_A_CALL):
            request = {
                "channel_id": channel_id,
                "skus": skus[begin : begin + SKUS_OF_A_CALL],
                "view": "AVAILABILITY_VIEW_OPERATOR",
            }
            for one in self._tool.call("get availability", request)["availabilities"]:
                found[one["sku"]] = int(one.get("quantity", 0))
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path, help="the folder")
    add_options(parser)
    arguments = parser.parse_args()
    check = Check(from_arguments(arguments), arguments.plan)
    check.run()
    check.print_totals()
    for difference in check.differences:
        print(f"differs: {difference}", file=sys.stderr)
    print(f"{len(check.differences)} differences")
    return 1 if check.differences else 0


if __name__ == "__main__":
    sys.exit(main())
