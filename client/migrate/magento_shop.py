"""Sources, stocks and sales channels of Magento as warehouses and channels; and its catalogue."""

from __future__ import annotations

import argparse
from typing import Any

from catalogue import Catalogue
from export_file import Export, Row
from plan import Channel, Plan, place, usable_code, usable_id, usable_text

NO_COUNTERPART = "its contact, e-mail, phone, fax, carriers and names for store pickup stay in Magento"


class MagentoShop:
    """Fills warehouses and channels of the plan."""

    def __init__(self, export: Export, arguments: argparse.Namespace, plan: Plan) -> None:
        self.plan = plan
        self.config = _configuration(export.tables["core_config_data"], plan)
        self.warehouse_ids: dict[str, str] = {}  # By source code.
        self.channel_ids: dict[str, str] = {}  # By code of the website.
        self.sources_of: dict[int, list[tuple[int, str]]] = {}  # By stock: priority and warehouse.
        self.stock_of: dict[str, int] = {}  # By channel.
        skus = export.tables["cataloginventory_stock_item"] + export.tables["inventory_source_item"]
        self.catalogue = Catalogue(skus, plan.report)
        for row in export.tables["inventory_source"]:
            self._add_source(row, dict(arguments.warehouse_id), dict(arguments.location))
        self._link(export.tables["inventory_source_stock_link"])
        self._add_channels(export, dict(arguments.channel_id))

    def _add_source(self, row: Row, ids: dict[str, str], locations: dict[str, tuple[float, float]]) -> None:
        report = self.plan.report
        code: str = row["source_code"]
        where = f"inventory_source {code}"
        warehouse_id = usable_id(report, where, ids.get(code, code), f"--warehouse-id {code}=ID")
        point = locations.get(code, (row["latitude"], row["longitude"]))
        location = place(report, where, code, row["enabled"], point)
        if not warehouse_id or (row["enabled"] and not location):
            return
        warehouse: dict[str, Any] = {
            "warehouse_id": warehouse_id,
            "name": usable_text(report, where, "name", row["name"], 255) or code,
            "description": usable_text(report, where, "description", row["description"] or "", 2000),
            "active": row["enabled"],
            "address": self._address(where, row),
            "external_reference_code": usable_code(report, where, code),
        }
        if location:
            warehouse["location"] = location
        self.warehouse_ids[code] = warehouse_id
        self.plan.warehouses[warehouse_id] = warehouse
        report.leave_out(where, NO_COUNTERPART)

    def _address(self, where: str, row: Row) -> dict[str, Any]:
        """The region is its name: Magento has no code for those that are typed in."""

        def text(name: str) -> str:
            return usable_text(self.plan.report, where, name, row[name] or "", 255)

        street = text("street")
        return {
            "street_lines": [street] if street else [],
            "city": text("city"),
            "postal_code": text("postcode"),
            "region_code": text("region"),
            "country_code": text("country_id").upper(),
        }

    def _link(self, rows: list[Row]) -> None:
        for row in rows:
            warehouse_id = self.warehouse_ids.get(row["source_code"])
            if warehouse_id:
                self.sources_of.setdefault(row["stock_id"], []).append((row["priority"], warehouse_id))
            else:
                self.plan.report.error(
                    f"inventory_source_stock_link of stock {row['stock_id']}",
                    f"its source {row['source_code']} is not carried over",
                )

    def _add_channels(self, export: Export, ids: dict[str, str]) -> None:
        report = self.plan.report
        for row in export.tables["inventory_stock_sales_channel"]:
            code: str = row["code"]
            where = f"inventory_stock_sales_channel {row['type']} {row['code']}"
            if row["type"] != "website":
                report.error(where, "only websites are known as sales channels")
                continue
            channel_id = usable_id(report, where, ids.get(code, code), f"--channel-id {code}=ID")
            if not channel_id:
                continue
            name = usable_text(report, where, "name", row["website_name"] or code, 255)
            request = {
                "channel_id": channel_id,
                "name": name,
                "external_reference_code": usable_code(report, where, code),
            }
            priorities = {warehouse: priority for priority, warehouse in self.sources_of.get(row["stock_id"], [])}
            self.plan.channels[channel_id] = Channel(request, priorities)
            self.channel_ids[code] = channel_id
            self.stock_of[channel_id] = row["stock_id"]
        used = set(self.stock_of.values())
        for row in export.tables["inventory_stock"]:
            if row["stock_id"] not in used:
                report.leave_out(f"inventory_stock {row['stock_id']}", "no website sells from it, so it has no channel")


def _configuration(rows: list[Row], plan: Plan) -> dict[str, str]:
    """By path, of the default scope."""
    values = {}
    for row in rows:
        if row["scope"] == "default":
            values[row["path"]] = row["value"] or ""
        else:
            plan.report.leave_out(
                f"core_config_data {row['path']} of {row['scope']} {row['scope_id']}",
                "only the default of the whole shop is carried over",
            )
    return values
