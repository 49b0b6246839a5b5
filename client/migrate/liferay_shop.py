"""Warehouses, channels, availability estimates and catalogue of Liferay."""

from __future__ import annotations

import argparse
import xml.etree.ElementTree
from typing import Any

from catalogue import Catalogue
from export_file import Export, Row
from plan import ID, Channel, Plan, place, usable_code, usable_id, usable_text


class LiferayShop:
    """Fills warehouses, channels and estimates of the plan. Warehouses and channels are named in arguments by their
    external reference code, or by their key where they have none."""

    def __init__(self, export: Export, arguments: argparse.Namespace, plan: Plan) -> None:
        self.plan = plan
        self.warehouse_ids: dict[int, str] = {}
        self.channel_ids: dict[int, str] = {}
        self.estimate_ids: dict[int, str] = {}
        self._priorities: dict[str, int] = {}
        self.catalogue = Catalogue(export.tables["CPInstance"] + export.tables["CIWarehouseItem"], plan.report)
        for row in export.tables["CIWarehouse"]:
            self._add_warehouse(row, arguments)
        for row in export.tables["CommerceChannel"]:
            self._add_channel(row, dict(arguments.channel_id))
        for row in export.tables["CommerceChannelRel"]:
            self._attach(row)
        for row in export.tables["CommerceAvailabilityEstimate"]:
            self._add_estimate(row)

    def _id(self, where: str, code: str, key: int, chosen: dict[str, str], kind: str) -> str:
        """The one chosen in the arguments, or the shop's own code, or one made of its key."""
        name = code or str(key)
        if name not in chosen and not ID.fullmatch(code):
            return f"liferay-{kind}-{key}"
        return usable_id(self.plan.report, where, chosen.get(name, code), f"--{kind}-id {name}=ID")

    def _add_warehouse(self, row: Row, arguments: argparse.Namespace) -> None:
        report, key = self.plan.report, row["CIWarehouseId"]
        where, code = f"CIWarehouse {key}", row["externalReferenceCode"] or ""
        name = code or str(key)
        warehouse_id = self._id(where, code, key, dict(arguments.warehouse_id), "warehouse")
        point = dict(arguments.location).get(name, (row["latitude"], row["longitude"]))
        location = place(report, where, name, row["active_"], point)
        if not warehouse_id or (row["active_"] and not location):
            return
        warehouse: dict[str, Any] = {
            "warehouse_id": warehouse_id,
            "name": usable_text(report, where, "name", default_text(row["name"]), 255) or name,
            "description": usable_text(report, where, "description", default_text(row["description"]), 2000),
            "active": row["active_"],
            "address": self._address(where, row),
            "type": usable_text(report, where, "type_", row["type_"] or "", 64),
            "external_reference_code": usable_code(report, where, code),
        }
        if location:
            warehouse["location"] = location
        self._say_languages(where, row["name"])
        self.warehouse_ids[key] = warehouse_id
        self._priorities[warehouse_id] = dict(arguments.priority).get(name, 0)
        self.plan.warehouses[warehouse_id] = warehouse

    def _address(self, where: str, row: Row) -> dict[str, Any]:
        def text(name: str) -> str:
            return usable_text(self.plan.report, where, name, row[name] or "", 255)

        return {
            "street_lines": [line for line in (text("street1"), text("street2"), text("street3")) if line],
            "city": text("city"),
            "postal_code": text("zip"),
            "region_code": text("commerceRegionCode"),
            "country_code": text("countryTwoLettersISOCode").upper(),
        }

    def _say_languages(self, where: str, text: str) -> None:
        if len(texts(text)[1]) > 1:
            self.plan.report.leave_out(where, "its name in other languages than its default")

    def _add_channel(self, row: Row, chosen: dict[str, str]) -> None:
        report, key = self.plan.report, row["commerceChannelId"]
        where, code = f"CommerceChannel {key}", row["externalReferenceCode"] or ""
        channel_id = self._id(where, code, key, chosen, "channel")
        if not channel_id:
            return
        self.channel_ids[key] = channel_id
        self.plan.channels[channel_id] = Channel(
            {
                "channel_id": channel_id,
                "name": usable_text(report, where, "name", row["name"] or code or str(key), 255),
                "external_reference_code": usable_code(report, where, code),
            }
        )

    def _attach(self, row: Row) -> None:
        channel_id = self.channel_ids.get(row["commerceChannelId"])
        warehouse_id = self.warehouse_ids.get(row["CIWarehouseId"])
        if channel_id and warehouse_id:
            self.plan.channels[channel_id].priorities[warehouse_id] = self._priorities[warehouse_id]
        else:
            self.plan.report.error(
                f"CommerceChannelRel of channel {row['commerceChannelId']}",
                f"it or its warehouse {row['CIWarehouseId']} is not carried over",
            )

    def _add_estimate(self, row: Row) -> None:
        report, key = self.plan.report, row["commerceAvailabilityEstimateId"]
        where, estimate_id = f"CommerceAvailabilityEstimate {key}", f"liferay-{key}"
        default, titles = texts(row["title"])
        title = usable_text(report, where, "title", titles.get(default, ""), 255)
        if not title:
            report.error(where, "has no title")
            return
        others = {language.replace("_", "-").lower(): text for language, text in titles.items() if language != default}
        self.plan.estimates.append(
            {
                "availability_estimate_id": estimate_id,
                "title": title,
                "localized_titles": others,
                "priority": max(0, int(row["priority"] or 0)),
            }
        )
        self.estimate_ids[key] = estimate_id


def texts(value: str | None) -> tuple[str, dict[str, str]]:
    """A localised column: its default language and all texts by language. One without languages has only ""."""
    if not value:
        return "", {}
    if not value.lstrip().startswith("<"):
        return "", {"": value}
    try:
        root = xml.etree.ElementTree.fromstring(value)
    except xml.etree.ElementTree.ParseError:
        return "", {"": value}
    found = {element.get("language-id", ""): element.text or "" for element in root}
    default = root.get("default-locale", "")
    return (default if default in found else next(iter(found), "")), found


def default_text(value: str | None) -> str:
    default, found = texts(value)
    return found.get(default, "")
