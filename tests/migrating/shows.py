#!/usr/bin/python3
"""Compares what a shop shows with what the service has: every quantity that can be sold, every level, every open order.

    shows.py INVENTORYCTL ADDRESS SHOWN DIFFERS KEY=WAREHOUSE...

SHOWN has what a *_shows.sql script has printed, DIFFERS the available quantities that are another number here, and why.
Knows nothing of the scripts that have moved the shop.
"""

import csv
import json
import subprocess
import sys

FEWEST = 20  # Numbers of a shop: fewer would mean that nothing was compared.


class Service:
    def __init__(self, program: str, address: str) -> None:
        self._command, self._options = [program], ["--address", address, "-o", "json"]

    def rows(self, *arguments: str) -> list[dict]:
        command = [*self._command, *arguments, *self._options]
        output = subprocess.run(command, check=True, capture_output=True)
        return [json.loads(line) for line in output.stdout.splitlines()]

    def levels(self) -> dict:
        """On hand and safety stock; without those that are only there for what is incoming."""
        return {
            ("level", level["warehouse_id"], level["sku"]): [int(level["on_hand"]), int(level["safety_stock"])]
            for level in self.rows("export", "stock-levels")
            if level["on_hand"] != "0" or level["incoming"] == "0"
        }

    def available(self, channel: str, skus: list[str]) -> dict:
        answer = self.rows("availability", channel, *skus)[0]["availabilities"]
        return {("available", channel, one["sku"]): [int(one["quantity"])] for one in answer}

    def orders(self) -> dict:
        return {
            ("order", one["order_reference"], line["sku"].upper()): [
                int(line.get("reserved_quantity", 0)) + int(line.get("backordered_quantity", 0))
            ]
            for one in self.rows("list", "reservations", "--limit", "0")
            for line in one["lines"]
        }


def main() -> int:
    program, address, shown_path, differs_path, *warehouses = sys.argv[1:]
    ids = dict(pair.rsplit("=", 1) for pair in warehouses)
    with open(differs_path, newline="", encoding="utf-8") as file:
        differs = {("available", row["channel_id"], row["sku"]): [int(row["here"])] for row in csv.DictReader(file)}
    expected, channels = {}, {}
    with open(shown_path, encoding="utf-8") as file:
        for line in file:
            what, key, sku, *numbers = line.rstrip("\n").split("\t")
            expected[what, ids.get(key, key), sku] = [None if one == "-" else int(one) for one in numbers]
            if what == "available":
                channels.setdefault(key, []).append(sku)
    unknown = differs.keys() - expected.keys()
    expected.update(differs)

    service = Service(program, address)
    found = service.levels() | service.orders()
    for channel, skus in channels.items():
        found |= service.available(channel, skus)
    wrong = 0
    for key in sorted(expected.keys() | found.keys()):
        shop, here = expected.get(key, []), found.get(key, [])
        if len(shop) != len(here) or any(one not in (None, other) for one, other in zip(shop, here)):
            print(f"{' '.join(key)}: the shop shows {shop}, here it is {here}")
            wrong += 1
    print(f"{len(expected)} numbers compared, {len(unknown)} of {differs_path} not shown")
    return 1 if wrong or unknown or len(expected) < FEWEST else 0


if __name__ == "__main__":
    sys.exit(main())
