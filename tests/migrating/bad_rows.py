#!/usr/bin/python3
"""Spoils an export in many ways at once, and checks that a converter says each of them and makes nothing.

bad_rows.py CONVERTER EXPORT FOLDER [ARGUMENT...]
"""

import json
import re
import subprocess
import sys
from pathlib import Path

# What is changed in the first row of the table with these values, and what must be said of it.
LIFERAY = [
    (
        "CIWarehouse",
        {"CIWarehouseId": 37010},
        {"latitude": 0, "longitude": 0},
        r"CIWarehouse 37010: .* --location BER-1=LAT,LON",
    ),
    ("CIWarehouseItem", {"CIWarehouseItemId": 50002}, {"quantity": -3}, r"CIWarehouseItem 50002: .*LAMP-1 is -3"),
    (
        "CIWarehouseItem",
        {"CIWarehouseItemId": 50004},
        {"commerceInventoryWarehouseId": 1},
        r"50004: its warehouse 1 is not",
    ),
    (
        "CIWarehouseItem",
        {"CIWarehouseItemId": 50007},
        {"quantity": 12.345},
        r"50007: .*ROPE 12.345 has more than 2 decimals",
    ),
    (
        "CIBookedQuantity",
        {"CIBookedQuantityId": 60001},
        {"quantity": 2},
        r"CommerceOrder 80001: 2 of TENT-2 are booked .* 4 are",
    ),
    (
        "CIBookedQuantity",
        {"CIBookedQuantityId": 60008},
        {"unitOfMeasureKey": "Box"},
        r"80004: ROPE has no unit of measure Box",
    ),
    (
        "CIBookedQuantity",
        {"CIBookedQuantityId": 60011},
        {"expirationDate": None},
        r"60011: books 2 of BOOK \(telephone\) and no",
    ),
    (
        "CIBookedQuantity",
        {"CIBookedQuantityId": 60010},
        {"expirationDate": "2999-01-01T00:00:00Z"},
        r"80005: .* --max-hold-hours",
    ),
    (
        "CIReplenishmentItem",
        {"CIReplenishmentItemId": 70001},
        {"quantity": 0},
        r"CIReplenishmentItem 70001: its quantity is 0",
    ),
    (
        "CommerceOrder",
        {"commerceOrderId": 80003},
        {"commerceChannelId": None},
        r"CommerceOrder 80003: its channel None is not",
    ),
    (
        "CPInstance",
        {"sku": "STOVE"},
        {"allowedOrderQuantities": "few"},
        r"CPInstance STOVE: allowedOrderQuantities is 'few'",
    ),
    (
        "CPInstance",
        {"sku": "MAP-9"},
        {"sku": " MAP-9 "},
        r"CPInstance  MAP-9 : the SKU ' MAP-9 ' is empty, too long, or has",
    ),
    ("CommerceAvailabilityEstimate", {}, {"title": ""}, r"CommerceAvailabilityEstimate 42001: has no title"),
]
MAGENTO = [
    (
        "inventory_source",
        {"source_code": "ber"},
        {"latitude": None},
        r"inventory_source ber: .* --location ber=LAT,LON",
    ),
    (
        "inventory_source",
        {"source_code": "nyc"},
        {"source_code": "new york"},
        r"'new york' can't be an id .* --warehouse-id",
    ),
    ("inventory_source_item", {"source_item_id": 12}, {"quantity": -1}, r"inventory_source_item 12: .*SHARED is -1"),
    (
        "inventory_source_item",
        {"source_item_id": 14},
        {"source_code": "gone"},
        r"item 14: its source gone is not carried over",
    ),
    ("inventory_stock_sales_channel", {"code": "us"}, {"type": "shop"}, r"channel shop us: only websites are known"),
    (
        "inventory_reservation",
        {"reservation_id": 1},
        {"quantity": -5},
        r"order 000001001: 5 of BACKPACK-M .* 2 are to be sent",
    ),
    (
        "inventory_reservation",
        {"reservation_id": 3},
        {"metadata": '{"event_type'},
        r"order of inventory_reservation 3: -1 of BACK",
    ),
    (
        "inventory_reservation",
        {"reservation_id": 11},
        {"quantity": -3},
        r"order 000001005: 2 of BOTTLE are .* it is not open",
    ),
    (
        "cataloginventory_stock_item",
        {"sku": "TENT"},
        {"min_qty": 1.5, "use_config_min_qty": 0},
        r"TENT: min_qty 1.5 has more",
    ),
    (
        "sales_order",
        {"increment_id": "000001006"},
        {"pickup_location_code": "moon"},
        r"order 000001006: its website base has no",
    ),
    (
        "sales_order_item",
        {"item_id": 5},
        {"qty_canceled": 1},
        r"order 000001002: 2 of CANDLE are reserved for it, .* 1 are to",
    ),
    (
        "inventory_low_stock_notification_configuration",
        {"sku": "TENT"},
        {"source_code": "gone"},
        r"gone TENT: its source or its",
    ),
]
UNREADABLE = [
    (3, '{"table": "inventory', r":3: no JSON"),
    (4, "[]", r":4: no JSON object"),
    (5, '{"table": "secrets"}', r":5: there is no table secrets"),
    (6, None, r":6: .* is 'many': no number"),
    (-1, "", r"the last line, which counts the rows, is missing"),
]


def spoil(lines: list[dict], changes: list) -> None:
    for table, values, change, _ in changes:
        row = next(row for row in lines if row["table"] == table and values.items() <= row.items())
        row.update(change)


def convert(converter: str, path: Path, folder: Path, arguments: list[str]) -> tuple[int, str]:
    command = [converter, str(path), "--to", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def check(name: str, code: int, wanted: int, said: str, patterns: list[str], folder: Path) -> bool:
    missing = [pattern for pattern in patterns if not re.search(pattern, said)]
    if code != wanted or missing or folder.exists() or "Traceback" in said:
        print(f"{name}: ended with {code}, folder made: {folder.exists()}; not said: {missing}\n{said}")
        return False
    return True


def main() -> int:
    converter, export, scratch, *arguments = sys.argv[1:]
    text = Path(export).read_text(encoding="utf-8").splitlines()
    source = json.loads(text[0])["source"]
    changes = LIFERAY if source == "liferay" else MAGENTO
    path, folder = Path(scratch) / f"bad-{source}.jsonl", Path(scratch) / f"bad-{source}"

    lines = [json.loads(line) for line in text]
    spoil(lines, changes)
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    code, said = convert(converter, path, folder, arguments)
    good = check("bad rows", code, 1, said, [pattern for _, _, _, pattern in changes], folder)
    code, said = convert(converter, path, folder, [*arguments, "--skip-broken"])
    report = (folder / "report.csv").read_text(encoding="utf-8") if folder.exists() else ""
    told = sum(line.startswith("broken,") for line in report.splitlines())
    if code != 0 or told != sum(line.startswith("broken: ") for line in said.splitlines()) or told < len(changes):
        print(f"--skip-broken: ended with {code} and {told} broken rows in report.csv:\n{said}{report}")
        good = False

    number = next(number for number, line in enumerate(lines) if "quantity" in line)
    broken = text[:2] + [json.dumps(lines[number] | {"quantity": "many"})] * 4 + text[2:-1]
    for place, line, _ in UNREADABLE[:3]:
        broken[place - 1] = line
    path.write_text("\n".join(broken) + "\n", encoding="utf-8")
    unread = Path(scratch) / f"unread-{source}"
    code, said = convert(converter, path, unread, arguments)
    good = check("unreadable", code, 2, said, [pattern for _, _, pattern in UNREADABLE], unread) and good
    other = "magento" if source == "liferay" else "liferay"
    path.write_text("\n".join([text[0].replace(source, other), *text[1:]]) + "\n", encoding="utf-8")
    code, said = convert(converter, path, unread, arguments)
    return 0 if check("another shop", code, 2, said, [f"no export of {source}"], unread) and good else 1


if __name__ == "__main__":
    sys.exit(main())
