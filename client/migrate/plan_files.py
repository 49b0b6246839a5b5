"""Writes a plan as a folder of files that inventoryctl takes, and reads back what move_in.py and check.py need."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from availability import Expected, expect_waiting
from export_file import format_time
from plan import Channel, Level, Order, Plan

# In the order in which they are carried out. "import": rows for `inventoryctl import KIND`; "call": a line each for the
# command, one after another; "calls": the same, in any order.
STEPS = [
    ("warehouses.jsonl", "import", "warehouses"),
    ("estimates.jsonl", "call", "create availability-estimate"),
    ("channels.jsonl", "call", "create channel"),
    ("attachments.jsonl", "call", "attach warehouse"),
    ("items-while-moving.jsonl", "import", "items"),
    ("stock.csv", "import", "stock-levels"),
    ("replenishments.jsonl", "call", "create replenishment"),
    ("reservations-in-order.jsonl", "call", "reserve stock"),
    ("reservations.jsonl", "calls", "reserve stock"),
    ("safety-stock-freed.csv", "import", "stock-levels"),
    ("safety-stock-back.csv", "import", "stock-levels"),
    ("items.jsonl", "import", "items"),
    ("low-stock-rules.jsonl", "call", "create low-stock-rule"),
]


def write_plan(plan: Plan, expected: list[Expected], folder: Path) -> None:
    """Fills the folder, which must be empty. The same plan makes the same bytes."""
    _write_steps(plan, folder)
    _write_checks(plan, expected, folder)
    digest = hashlib.sha256()
    for name, _, _ in STEPS:
        digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    summary = {"source": plan.source, "taken_at": format_time(plan.taken_at), "digest": digest.hexdigest()[:16]}
    (folder / "plan.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    plan.report.write(folder / "report.csv")


def _write_steps(plan: Plan, folder: Path) -> None:
    channels = sorted(plan.channels.items())
    _lines(folder / "warehouses.jsonl", (plan.warehouses[key] for key in sorted(plan.warehouses)))
    _lines(folder / "estimates.jsonl", ({"availability_estimate": estimate} for estimate in plan.estimates))
    _lines(folder / "channels.jsonl", ({"channel": channel.request} for _, channel in channels))
    _lines(folder / "attachments.jsonl", _attachments(channels))
    _lines(folder / "items-while-moving.jsonl", (_lenient(plan, sku) for sku in sorted(plan.promised())))
    _lines(folder / "replenishments.jsonl", plan.replenishments)
    contended, orders = plan.contended(), plan.orders_to_make()
    in_order = [order for order in orders if order.lines.keys() & contended]
    _lines(folder / "reservations-in-order.jsonl", (_reservation(order) for order in in_order))
    others = (_reservation(order) for order in orders if not order.lines.keys() & contended)
    _lines(folder / "reservations.jsonl", others)
    # Also SKUs that the catalogue does not have: what was made for their orders goes back to all defaults.
    skus = sorted(plan.items.keys() | plan.promised().keys())
    _lines(folder / "items.jsonl", (plan.items.get(sku, {"sku": sku}) for sku in skus))
    _lines(folder / "low-stock-rules.jsonl", ({"rule": rule} for rule in plan.rules))
    _write_stock(plan, folder)


def _attachments(channels: list[tuple[str, Channel]]) -> Iterable[dict[str, Any]]:
    for channel_id, channel in channels:
        for warehouse_id, priority in sorted(channel.priorities.items()):
            yield {"channel_id": channel_id, "warehouse_id": warehouse_id, "priority": priority}


def _lenient(plan: Plan, sku: str) -> dict[str, Any]:
    """The item as it is while orders come in, which were placed under rules of their own time."""
    item = plan.items.get(sku, {})
    lenient: dict[str, Any] = {"sku": sku, "max_order_quantity": "0"}
    for name in ("tracking", "units_of_measure"):
        if name in item:
            lenient[name] = item[name]
    if plan.tracked(sku):
        lenient["backorder_policy"] = "BACKORDER_POLICY_UNLIMITED"
    return lenient


def _reservation(order: Order) -> dict[str, Any]:
    request: dict[str, Any] = {
        "reservation_id": order.reservation_id,
        "channel_id": order.channel_id,
        "order_reference": order.reference,
        "lines": [{"sku": sku, "quantity": str(quantity)} for sku, quantity in sorted(order.lines.items())],
        "on_shortfall": "SHORTFALL_POLICY_BACKORDER",
    }
    if order.code:
        request["external_reference_code"] = order.code
    if order.warehouse_id:
        request["warehouse_ids"] = [order.warehouse_id]
    if order.ttl_seconds is None:
        request["commit"] = True
    else:
        request["ttl"] = f"{order.ttl_seconds}s"
    return request


def _write_stock(plan: Plan, folder: Path) -> None:
    """Counts and safety stock; and for SKUs that are short the safety stock taken away and put back, in between which
    waiting orders get what the source has promised them of it."""
    reason = f"moved in from {plan.source}"
    time = format_time(plan.taken_at)
    levels = sorted(plan.levels.items())
    _table(
        folder / "stock.csv",
        ["sku", "warehouse_id", "on_hand", "safety_stock", "as_of_time", "reason"],
        ([sku, warehouse, level.on_hand, level.safety_stock, time, reason] for (sku, warehouse), level in levels),
    )
    short = plan.short()
    freed = [entry for entry in levels if entry[0][0] in short and _can_be_freed(plan, entry[0][1], entry[1])]
    header = ["sku", "warehouse_id", "safety_stock", "reason"]
    _table(folder / "safety-stock-freed.csv", header, ([*key, 0, reason] for key, _ in freed))
    _table(folder / "safety-stock-back.csv", header, ([*key, level.safety_stock, reason] for key, level in freed))


def _can_be_freed(plan: Plan, warehouse_id: str, level: Level) -> bool:
    return level.sellable and level.safety_stock > 0 and plan.active(warehouse_id)


def _write_checks(plan: Plan, expected: list[Expected], folder: Path) -> None:
    incoming: dict[tuple[str, str], int] = {}
    for request in plan.replenishments:
        key = request["sku"], request["warehouse_id"]
        incoming[key] = incoming.get(key, 0) + int(request["quantity"])
    keys = sorted(plan.levels.keys() | incoming.keys())
    none = Level(0, 0)
    _table(
        folder / "check-levels.csv",
        ["sku", "warehouse_id", "on_hand", "safety_stock", "incoming"],
        (
            [*key, plan.levels.get(key, none).on_hand, plan.levels.get(key, none).safety_stock, incoming.get(key, 0)]
            for key in keys
        ),
    )
    _table(
        folder / "check-orders.csv",
        ["reservation_id", "channel_id", "order_reference", "state", "sku", "quantity"],
        (
            [order.reservation_id, order.channel_id, order.reference, _state(order), sku, quantity]
            for order in sorted(plan.orders_to_make(), key=lambda order: order.reservation_id)
            for sku, quantity in sorted(order.lines.items())
            if plan.tracked(sku)
        ),
    )
    _table(folder / "check-waiting.csv", ["sku", "waiting"], ([*entry] for entry in expect_waiting(plan).items()))
    _table(
        folder / "check-availability.csv",
        ["channel_id", "sku", "source_shows", "expected", "why"],
        (
            [one.channel_id, one.sku, one.source_shows, "" if one.quantity is None else one.quantity, one.why]
            for one in expected
        ),
    )


def _state(order: Order) -> str:
    return "RESERVATION_STATE_COMMITTED" if order.ttl_seconds is None else "RESERVATION_STATE_HELD"


def _lines(path: Path, objects: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for one in objects:
            file.write(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n")


def _table(path: Path, header: list[str], rows: Iterable[list[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def read_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
