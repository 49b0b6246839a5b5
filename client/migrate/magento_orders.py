"""Reservations and open orders of Magento as reservations.

Magento has no counter of what is promised: it appends a row of inventory_reservation for each event of an order, below
zero when it is placed and above when it is shipped or cancelled. What an order has still to get is minus their sum.
"""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from export_file import Export, Row, parse_time
from magento_shop import MagentoShop
from magento_stock import MagentoStock
from plan import ID, Order, usable_sku

WITH_SOURCES = {"simple", "virtual", "downloadable", "giftcard", "grouped"}  # Product types that reservations are for.
SHIPPED_SEPARATELY = "1"
UNPAID = "pending_payment"
SHORTEST_HOLD = timedelta(minutes=15)
HINT = "bin/magento inventory:reservation:list-inconsistencies shows such orders"


class MagentoOrders:
    """Fills orders of the plan, and the sums of reservations that the stock shows."""

    def __init__(self, export: Export, shop: MagentoShop, stock: MagentoStock, trust: str | None) -> None:
        self._shop, self._stock, self._trust = shop, stock, trust
        self._report = shop.plan.report
        self._orders = {row["entity_id"]: row for row in export.tables["sales_order"]}
        self._by_increment = {row["increment_id"]: row["entity_id"] for row in export.tables["sales_order"]}
        booked = self._sum_reservations(export.tables["inventory_reservation"])
        ordered = self._sum_items(export.tables["sales_order_item"])
        for entity_id, order in self._orders.items():
            self._add(order, booked.get(entity_id, {}), ordered.get(entity_id, {}))

    def _sum_reservations(self, rows: list[Row]) -> dict[int, dict[str, int]]:
        """Units by order and SKU. Rows that add up to nothing are of orders that are done."""
        sums: dict[tuple[str, str], int] = {}
        for row in rows:
            where = f"inventory_reservation {row['reservation_id']}"
            sku = self._shop.catalogue.sku(where, row["sku"])
            count = self._stock.count(where, sku, f"the quantity of {sku}", row["quantity"])
            if count is None or not self._stock.managed(sku):
                continue
            key = row["stock_id"], sku
            self._stock.reserved[key] = self._stock.reserved.get(key, 0) + count
            name = self._order_named(where, row["metadata"])
            sums[name, sku] = sums.get((name, sku), 0) + count
        booked: dict[int, dict[str, int]] = {}
        for (name, sku), count in sums.items():
            self._take(booked, name, sku, -count)
        return booked

    def _order_named(self, where: str, metadata: Any) -> str:
        """Its number, or its key where Magento has left the number out."""
        try:
            known = json.loads(metadata or "null") or {}
            name = str(known.get("object_increment_id") or "")
            key = str(known.get("object_id") or "")
        except (ValueError, AttributeError):
            name = key = ""
        if not name and key.isdigit() and int(key) in self._orders:
            name = self._orders[int(key)]["increment_id"]
        return name or key or f"of {where}"

    def _take(self, booked: dict[int, dict[str, int]], name: str, sku: str, units: int) -> None:
        if units == 0:
            return
        entity_id = self._by_increment.get(name)
        if entity_id is None:
            self._report.error(f"order {name}", f"{units} of {sku} are reserved for it, and it is not open; {HINT}")
        else:
            booked.setdefault(entity_id, {})[sku] = units

    def _sum_items(self, rows: list[Row]) -> dict[int, dict[str, int]]:
        by_id = {row["item_id"]: row for row in rows}
        ordered: dict[int, dict[str, int]] = {}
        for row in rows:
            where = f"sales_order_item {row['item_id']}"
            sku = self._shop.catalogue.sku(where, row["sku"])
            if row["product_type"] not in WITH_SOURCES or not self._stock.managed(sku):
                continue
            units = self._outstanding(where, sku, row, by_id.get(row["parent_item_id"]))
            if units:
                of_order = ordered.setdefault(row["order_id"], {})
                of_order[sku] = of_order.get(sku, 0) + units
        return ordered

    def _outstanding(self, where: str, sku: str, row: Row, parent: Row | None) -> int:
        """Ordered and not cancelled, refunded or shipped (for what is virtual: invoiced), as the commands of
        InventoryReservationCli count. Of a configurable product or a bundle that ships together its parent knows."""
        source, share = row, Decimal(1)
        if parent is not None and parent["shipment_type"] != SHIPPED_SEPARATELY and parent["qty_ordered"]:
            source, share = parent, row["qty_ordered"] / parent["qty_ordered"]
        done = "qty_invoiced" if row["is_virtual"] else "qty_shipped"
        gone = sum(source[name] or Decimal(0) for name in ("qty_canceled", "qty_refunded", done))
        return self._stock.count(where, sku, f"what is outstanding of {sku}", row["qty_ordered"] - share * gone) or 0

    def _add(self, order: Row, booked: dict[str, int], ordered: dict[str, int]) -> None:
        where = f"order {order['increment_id']}"
        lines = self._reconcile(where, booked, ordered)
        if not lines:
            return
        channel_id = self._shop.channel_ids.get(order["website_code"])
        pickup = self._pickup(where, order)
        if channel_id is None or pickup is None:
            self._report.error(
                where, f"its website {order['website_code']} has no stock, or its pickup location is unknown"
            )
            return
        number = order["increment_id"]
        reservation_id = (
            f"magento-{number}" if ID.fullmatch(f"magento-{number}.99") else f"magento-{order['entity_id']}"
        )
        self._shop.plan.orders.append(
            Order(reservation_id, channel_id, number, "", order["created_at"], lines, self._ttl(where, order), pickup)
        )

    def _reconcile(self, where: str, booked: dict[str, int], ordered: dict[str, int]) -> dict[str, int]:
        """What the order has still to get; nothing for a SKU whose two sums differ, unless one of them is trusted."""
        lines = {}
        for sku in sorted(booked.keys() | ordered.keys()):
            units, by_items = booked.get(sku, 0), ordered.get(sku, 0)
            if units != by_items and not self._trust:
                self._report.error(
                    where,
                    f"{units} of {sku} are reserved for it, and by its items {by_items} are to be "
                    f"sent; {HINT}; or choose by --trust",
                )
                continue
            units = by_items if self._trust == "orders" else units
            if units > 0 and usable_sku(self._report, where, sku):
                lines[sku] = units
            elif units < 0:
                self._report.error(where, f"{-units} of {sku} are given back more than were reserved for it; {HINT}")
        return lines

    def _pickup(self, where: str, order: Row) -> str | None:
        code = order["pickup_location_code"]
        return self._shop.warehouse_ids.get(code) if code else ""

    def _ttl(self, where: str, order: Row) -> int | None:
        """Magento cancels orders whose payment has not come after some minutes."""
        if order["state"] != UNPAID:
            return None
        minutes = int(self._shop.config.get("sales/orders/delete_pending_after", "480"))
        left = parse_time(order["created_at"]) + timedelta(minutes=minutes) - self._shop.plan.taken_at
        return int(max(left, SHORTEST_HOLD).total_seconds())
