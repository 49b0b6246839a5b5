"""Warehouse items, replenishments and stock settings of Liferay."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from export_file import Export, Row
from liferay_shop import LiferayShop
from liferay_units import LiferayUnits
from plan import Level, Shown, rule_id, usable_code, usable_count, usable_sku

ORDER_RULES = {  # What they are called here, and what they are where a product has no settings.
    "minOrderQuantity": ("min_order_quantity", Decimal(1)),
    "maxOrderQuantity": ("max_order_quantity", Decimal(10000)),
    "multipleOrderQuantity": ("multiple_order_quantity", Decimal(1)),
}
UNPUBLISHES = "default"  # The key of Liferay's own low-stock activity.


class LiferayStock:
    """Fills items, levels, replenishments and low-stock rules of the plan."""

    def __init__(self, export: Export, shop: LiferayShop, units: LiferayUnits) -> None:
        self.plan, self._shop, self._report = shop.plan, shop, shop.plan.report
        self._units = units
        for row in export.tables["CPInstance"]:
            self._add_item(row)
        for sku, of_sku in units.of.items():
            self.plan.items.setdefault(sku, {"sku": sku})["units_of_measure"] = of_sku.message()
        self._parts: dict[tuple[str, str], int] = {}
        for row in export.tables["CIWarehouseItem"]:
            self._add_level(row)
        for row in export.tables["CIReplenishmentItem"]:
            self._add_replenishment(row)

    def _add_item(self, row: Row) -> None:
        sku, where = row["sku"], f"CPInstance {row['sku']}"
        if not usable_sku(self._report, where, sku):
            return
        item: dict[str, Any] = {
            "sku": sku,
            "published": row["published"],
            "display_availability": bool(row["displayAvailability"]),
            "display_stock_quantity": bool(row["displayStockQuantity"]),
        }
        if row["backOrders"]:
            item["backorder_policy"] = "BACKORDER_POLICY_UNLIMITED"
        self._add_order_rules(where, sku, row, item)
        estimate = row["commerceAvailabilityEstimateId"]
        if estimate:
            item["availability_estimate_id"] = self._shop.estimate_ids.get(estimate, "")
        if sku in self.plan.items and self.plan.items[sku] != item:
            self._report.error(where, "two products have this SKU and other settings for it")
        elif sku not in self.plan.items:
            self.plan.items[sku] = item
            self._add_rule(where, sku, row)

    def _add_order_rules(self, where: str, sku: str, row: Row, item: dict[str, Any]) -> None:
        for column, (name, default) in ORDER_RULES.items():
            value = default if row[column] is None else row[column]
            if column == "multipleOrderQuantity" and sku in self._units.of:
                value = self._units.of[sku].increment or Decimal(1).scaleb(-self._units.of[sku].precision)
            count = self._units.count(where, sku, column, value)
            if usable_count(self._report, where, column, count):
                item[name] = str(count if name == "max_order_quantity" else max(1, count or 0))
        self._add_allowed_quantities(where, sku, row["allowedOrderQuantities"] or "", item)

    def _add_allowed_quantities(self, where: str, sku: str, text: str, item: dict[str, Any]) -> None:
        counts = set()
        for one in re.split(r"[,\s]+", text.strip()):
            try:
                count = self._units.count(where, sku, "allowedOrderQuantities", Decimal(one)) if one else None
            except InvalidOperation:
                self._report.error(where, f"allowedOrderQuantities is {text!r}: no numbers")
                return
            if count:
                counts.add(count)
        if counts:
            item["allowed_order_quantities"] = [str(count) for count in sorted(counts)]

    def _add_rule(self, where: str, sku: str, row: Row) -> None:
        activity = row["lowStockActivity"] or ""
        threshold = self._units.count(where, sku, "minStockQuantity", row["minStockQuantity"] or Decimal(0))
        if threshold is None or (not activity and threshold == 0):
            return
        if activity not in ("", UNPUBLISHES):
            self._report.note(where, f"its low-stock activity {activity} is not known here: its low stock is logged")
        self.plan.rules.append(
            {
                "rule_id": rule_id("liferay", sku),
                "sku": sku,
                "threshold": str(threshold),
                "activity": "unpublish" if activity == UNPUBLISHES else "log",
            }
        )

    def _warehouse(self, where: str, row: Row) -> str | None:
        warehouse_id = self._shop.warehouse_ids.get(row["commerceInventoryWarehouseId"])
        if not warehouse_id:
            self._report.error(where, f"its warehouse {row['commerceInventoryWarehouseId']} is not carried over")
        return warehouse_id

    def _add_level(self, row: Row) -> None:
        where = f"CIWarehouseItem {row['CIWarehouseItemId']}"
        sku, unit = self._shop.catalogue.sku(where, row["sku"]), row["unitOfMeasureKey"]
        warehouse_id = self._warehouse(where, row)
        on_hand = self._units.count(where, sku, f"the quantity of {sku}", row["quantity"], unit)
        safety = self._units.count(
            where, sku, f"the reservedQuantity of {sku}", row["reservedQuantity"] or Decimal(0), unit
        )
        good = [
            usable_sku(self._report, where, sku),
            usable_count(self._report, where, f"the quantity of {sku}", on_hand),
            usable_count(self._report, where, f"the reservedQuantity of {sku}", safety),
        ]
        if not warehouse_id or not all(good):
            return
        level = self.plan.levels.setdefault((sku, warehouse_id), Level(0, 0))
        level.on_hand += on_hand or 0
        level.safety_stock += safety or 0
        self._parts[sku, warehouse_id] = self._parts.get((sku, warehouse_id), 0) + 1
        if self._parts[sku, warehouse_id] == 2:
            self._report.note(where, f"{sku} is kept apart by unit of measure in {warehouse_id}: here it is one level")

    def _add_replenishment(self, row: Row) -> None:
        key = row["CIReplenishmentItemId"]
        where = f"CIReplenishmentItem {key}"
        sku, warehouse_id = self._shop.catalogue.sku(where, row["sku"]), self._warehouse(where, row)
        units = self._units.count(where, sku, f"the quantity of {sku}", row["quantity"], row["unitOfMeasureKey"])
        if units is not None and units < 1:
            self._report.error(where, f"its quantity is {row['quantity']}")
        if not usable_sku(self._report, where, sku) or not warehouse_id or not units or units < 1:
            return
        request = {
            "replenishment_id": f"liferay-{key}",
            "sku": sku,
            "warehouse_id": warehouse_id,
            "quantity": str(units),
        }
        if row["availabilityDate"]:
            request["expected_time"] = row["availabilityDate"]
        code = usable_code(self._report, where, row["externalReferenceCode"] or "")
        if code:
            request["external_reference_code"] = code
        self.plan.replenishments.append(request)

    def show(self, booked: dict[tuple[str, str], int]) -> None:
        """What Liferay shows: quantity less reservedQuantity of the channel's active warehouses, less what orders of
        this channel have booked; CommerceInventoryWarehouseItemFinder.countStockQuantityByC_G_S."""
        for channel_id in self.plan.channels:
            for sku in sorted({sku for sku, _ in self.plan.levels}):
                levels = [self.plan.levels[sku, one] for one in self.plan.sold_from(channel_id, sku)]
                if levels:
                    stock = sum(level.on_hand - level.safety_stock for level in levels)
                    self.plan.shown.append(Shown(channel_id, sku, stock - booked.get((channel_id, sku), 0)))
