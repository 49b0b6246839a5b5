"""Source items of Magento as stock levels, and its stock configuration as items and low-stock rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from export_file import Export, Row
from magento_shop import MagentoShop
from plan import Level, Shown, rule_id, usable_count, usable_sku
from quantities import QuantityError, decimals, to_count, to_decimal

DECIMALS = 4  # Of every quantity in Magento's tables.
DEFAULTS = {
    "manage_stock": "1",
    "min_qty": "0",
    "backorders": "0",
    "min_sale_qty": "1",
    "max_sale_qty": "10000",
    "enable_qty_increments": "0",
    "qty_increments": "0",
}
USES_DEFAULT = {name: "use_config_" + name for name in DEFAULTS} | {
    "enable_qty_increments": "use_config_enable_qty_inc"
}
IN_CONFIGURATION = "cataloginventory/item_options/"


@dataclass
class Settings:
    """How a SKU is stocked and sold, with the shop's defaults filled in."""

    managed: bool = True
    out_of_stock_threshold: Decimal = Decimal(0)
    backorders: bool = False
    smallest: Decimal = Decimal(1)
    largest: Decimal = Decimal(10000)
    increment: Decimal = Decimal(0)


class MagentoStock:
    """Fills items, levels and low-stock rules of the plan."""

    def __init__(self, export: Export, shop: MagentoShop, base_unit: str) -> None:
        self.plan = shop.plan
        self.reserved: dict[tuple[int, str], int] = {}  # Sums of inventory_reservation by stock and SKU, below zero.
        self._shop = shop
        self._base_unit = base_unit
        self._settings: dict[str, Settings] = {}
        self._thresholds: dict[str, int] = {}  # Out-of-stock thresholds that are not 0.
        self._decimal = self._find_decimal(export)
        for row in export.tables["cataloginventory_stock_item"]:
            self._add_item(row)
        for row in export.tables["inventory_source_item"]:
            self._add_level(row)
        for row in export.tables["inventory_low_stock_notification_configuration"]:
            self._add_rule(row)

    def count(self, where: str, sku: str, name: str, value: Decimal) -> int | None:
        """The quantity in the SKU's smallest unit; none after a word if it is no good."""
        try:
            return to_count(value, DECIMALS if sku in self._decimal else 0)
        except QuantityError as error:
            self.plan.report.error(where, f"{name} {error}")
            return None

    def managed(self, sku: str) -> bool:
        return self._settings.get(sku, Settings()).managed

    def _find_decimal(self, export: Export) -> set[str]:
        """SKUs that are sold in fractions, or have one anywhere."""
        found = set()
        for row in export.tables["cataloginventory_stock_item"]:
            if row["is_qty_decimal"]:
                found.add(row["sku"])
        for table, name in (
            ("inventory_source_item", "quantity"),
            ("inventory_reservation", "quantity"),
            ("sales_order_item", "qty_ordered"),
        ):
            for row in export.tables[table]:
                if decimals(row[name]):
                    found.add(self._shop.catalogue.sku(table, row["sku"]))
        return found

    def _add_item(self, row: Row) -> None:
        sku, where = row["sku"], f"cataloginventory_stock_item {row['sku']}"
        if not usable_sku(self.plan.report, where, sku):
            return
        settings = self._read_settings(where, row)
        self._settings[sku] = settings
        item: dict[str, Any] = {"sku": sku, "display_availability": self._displays()}
        if sku in self._decimal:
            item["units_of_measure"] = {"base_unit": self._base_unit, "precision": DECIMALS}
            self.plan.report.note(
                where,
                f"its quantities count 10^-{DECIMALS} of a {self._base_unit}, unless a request says "
                f"that they are in {self._base_unit}",
            )
        if settings.managed:
            self._allow_backorders(where, sku, settings, item)
        else:
            item["tracking"] = "TRACKING_UNTRACKED"
        self._add_order_rules(where, sku, settings, item)
        self.plan.items[sku] = item

    def _displays(self) -> bool:
        return self._shop.config.get("cataloginventory/options/display_product_stock_status", "1") == "1"

    def _read_settings(self, where: str, row: Row) -> Settings:
        values: dict[str, Decimal] = {}
        for name, default in DEFAULTS.items():
            value: Any = int(row[name]) if isinstance(row[name], bool) else row[name]
            if row[USES_DEFAULT[name]]:
                value = self._shop.config.get(IN_CONFIGURATION + name, default)
            try:
                values[name] = to_decimal(value)
            except QuantityError:
                self.plan.report.leave_out(
                    where, f"{name} is {value!r}, which depends on customers: {default} is taken"
                )
                values[name] = Decimal(default)
        increment = values["qty_increments"] if values["enable_qty_increments"] else Decimal(0)
        return Settings(
            bool(values["manage_stock"]),
            values["min_qty"],
            bool(values["backorders"]),
            values["min_sale_qty"],
            values["max_sale_qty"],
            increment,
        )

    def _allow_backorders(self, where: str, sku: str, settings: Settings, item: dict[str, Any]) -> None:
        """With backorders a threshold below zero is how many units may wait."""
        threshold = settings.out_of_stock_threshold
        if settings.backorders and threshold >= 0:
            item["backorder_policy"] = "BACKORDER_POLICY_UNLIMITED"
        elif settings.backorders:
            limit = self.count(where, sku, "the number of its backorders, min_qty,", -threshold)
            if limit is not None:
                item["backorder_policy"] = "BACKORDER_POLICY_LIMITED"
                item["backorder_limit"] = str(limit)
        elif threshold < 0:
            self.plan.report.leave_out(
                where, f"its out-of-stock threshold {threshold} means nothing without backorders"
            )

    def _add_order_rules(self, where: str, sku: str, settings: Settings, item: dict[str, Any]) -> None:
        for name, value in (
            ("min_order_quantity", settings.smallest),
            ("max_order_quantity", settings.largest),
            ("multiple_order_quantity", settings.increment),
        ):
            count = self.count(where, sku, name, value)
            if count is not None and count >= 0:
                item[name] = str(count if name == "max_order_quantity" else max(1, count))

    def _add_level(self, row: Row) -> None:
        report, where = self.plan.report, f"inventory_source_item {row['source_item_id']}"
        sku = self._shop.catalogue.sku(where, row["sku"])
        warehouse_id = self._shop.warehouse_ids.get(row["source_code"])
        if not warehouse_id:
            report.error(where, f"its source {row['source_code']} is not carried over, so {sku} has no warehouse")
        if not self.managed(sku):
            report.leave_out(where, f"{sku} is not managed: its quantity {row['quantity']} means nothing")
            return
        on_hand = self.count(where, sku, f"the quantity of {sku}", row["quantity"])
        good = [usable_sku(report, where, sku), usable_count(report, where, f"the quantity of {sku}", on_hand)]
        if not warehouse_id or on_hand is None or not all(good):
            return
        sellable = row["status"]
        if not sellable and on_hand:
            report.note(where, f"{sku} is out of stock by hand: its {row['quantity']} units arrive as safety stock")
        self.plan.levels[sku, warehouse_id] = Level(on_hand, 0 if sellable else on_hand, sellable)

    def keep_back(self) -> None:
        """The out-of-stock threshold, which Magento takes off the sum of a stock's sources, as safety stock of them:
        from the last that is drawn from on, as far as orders to be picked up there leave it, and what is left of it
        where orders are served from first. To be called when all orders are known."""
        picked_up = self.plan.picked_up()
        for sku, settings in self._settings.items():
            where = f"cataloginventory_stock_item {sku}"
            threshold = self.count(where, sku, "min_qty", settings.out_of_stock_threshold)
            if not settings.managed or not threshold or (threshold < 0 and not settings.backorders):
                continue
            self._thresholds[sku] = threshold
            for stock in sorted(set(self._shop.stock_of.values())) if threshold > 0 else ():
                self._keep_back_in(sku, stock, threshold, picked_up.get(sku, {}))

    def _keep_back_in(self, sku: str, stock: int, threshold: int, picked_up: dict[str, int]) -> None:
        levels = {
            source: self.plan.levels[sku, source]
            for _, source in sorted(self._shop.sources_of.get(stock, []))
            if (sku, source) in self.plan.levels and self.plan.active(source) and self.plan.levels[sku, source].sellable
        }
        missing = threshold - sum(level.safety_stock for level in levels.values())
        for source, level in reversed(levels.items()):
            more = max(0, min(missing, level.on_hand - level.safety_stock - picked_up.get(source, 0)))
            level.safety_stock += more
            missing -= more
        if levels and missing > 0:
            next(iter(levels.values())).safety_stock += missing

    def _add_rule(self, row: Row) -> None:
        where = f"inventory_low_stock_notification_configuration {row['source_code']} {row['sku']}"
        sku = self._shop.catalogue.sku(where, row["sku"])
        warehouse_id = self._shop.warehouse_ids.get(row["source_code"])
        if row["notify_stock_qty"] is None:
            return  # The default of the shop, of which MIGRATING.md says what to do.
        below = self.count(where, sku, "notify_stock_qty", row["notify_stock_qty"])
        if not warehouse_id or below is None:
            self.plan.report.error(where, "its source or its quantity is not carried over")
        elif below > 0 and self.managed(sku):
            self.plan.rules.append(
                {
                    "rule_id": rule_id("magento", sku, warehouse_id),
                    "sku": sku,
                    "warehouse_id": warehouse_id,
                    "threshold": str(below - 1),
                    "activity": "log",
                }
            )
            self.plan.report.note(where, f"watches what is available (at {below - 1} or less), not what lies there")

    def show(self) -> None:
        """What Magento shows: the quantity of the enabled sources that are in stock, with the reservations of the
        stock, less the threshold; InventorySales/Model/GetProductSalableQty.php."""
        for channel_id in self.plan.channels:
            stock = self._shop.stock_of[channel_id]
            for sku in sorted({sku for sku, _ in self.plan.levels}):
                levels = [self.plan.levels[sku, one] for one in self.plan.sold_from(channel_id, sku)]
                if not levels:
                    continue
                threshold = self._thresholds.get(sku, 0)
                stocked = sum(level.on_hand for level in levels if level.sellable)
                salable = stocked + self.reserved.get((stock, sku), 0) - threshold
                self.plan.shown.append(Shown(channel_id, sku, salable, max(0, -threshold)))
