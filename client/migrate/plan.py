"""What is to be made in the service: the common form that both converters bring a shop into."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from quantities import LARGEST
from report import Report

ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
MOST_LINES = 200  # Of one reservation.
MOST_BYTES = 128  # Of SKUs, references and codes.


@dataclass
class Level:
    on_hand: int
    safety_stock: int
    sellable: bool = True  # False: what lies here must not be sold at all.


@dataclass
class Channel:
    request: dict[str, Any]
    priorities: dict[str, int] = field(default_factory=dict)  # By warehouse.


@dataclass
class Order:
    reservation_id: str
    channel_id: str
    reference: str
    code: str
    time: str  # When it was placed, for the order in which backorders are served.
    lines: dict[str, int]
    ttl_seconds: int | None = None  # None: committed.
    warehouse_id: str = ""  # Store pickup: only from here.


@dataclass
class Shown:
    """What the source shows as available of a SKU in a channel, without regard to anything else."""

    channel_id: str
    sku: str
    quantity: int
    to_wait_for: int = 0  # Units of the quantity that do not lie there: orders would wait for them.


@dataclass
class Plan:
    source: str
    taken_at: datetime
    report: Report
    warehouses: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    estimates: list[dict[str, Any]] = field(default_factory=list)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    levels: dict[tuple[str, str], Level] = field(default_factory=dict)  # By SKU and warehouse.
    replenishments: list[dict[str, Any]] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    rules: list[dict[str, Any]] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)

    def active(self, warehouse_id: str) -> bool:
        return bool(self.warehouses[warehouse_id].get("active"))

    def tracked(self, sku: str) -> bool:
        return self.items.get(sku, {}).get("tracking") != "TRACKING_UNTRACKED"

    def promised(self) -> dict[str, dict[str, int]]:
        """Units that orders wait for, by SKU and channel."""
        units: dict[str, dict[str, int]] = {}
        for order in self.orders:
            for sku, quantity in order.lines.items():
                of_sku = units.setdefault(sku, {})
                of_sku[order.channel_id] = of_sku.get(order.channel_id, 0) + quantity
        return units

    def picked_up(self) -> dict[str, dict[str, int]]:
        """Units that must come from one warehouse, by SKU and warehouse."""
        units: dict[str, dict[str, int]] = {}
        for order in self.orders:
            for sku, quantity in order.lines.items() if order.warehouse_id else ():
                of_sku = units.setdefault(sku, {})
                of_sku[order.warehouse_id] = of_sku.get(order.warehouse_id, 0) + quantity
        return units

    def fit(self, sku: str, picked_up: dict[str, int]) -> bool:
        """Whether what must come from one warehouse is there, so that the sum over warehouses tells all."""
        return all(
            (sku, warehouse) in self.levels and self.free(sku, {warehouse}) >= quantity
            for warehouse, quantity in picked_up.items()
        )

    def sold_from(self, channel_id: str, sku: str) -> set[str]:
        """The active warehouses of the channel that have a level of the SKU."""
        return {
            warehouse
            for warehouse in self.channels[channel_id].priorities
            if self.active(warehouse) and (sku, warehouse) in self.levels
        }

    def free(self, sku: str, warehouses: set[str]) -> int:
        """Units there that the first order could have. A level that lacks units takes none away from another."""
        levels = [self.levels[sku, warehouse] for warehouse in warehouses]
        return sum(max(0, level.on_hand - level.safety_stock) for level in levels)

    def short(self) -> set[str]:
        """SKUs of which some order may have to draw on safety stock, or to wait."""
        picked_up = self.picked_up()
        return {
            sku
            for sku, by_channel in self.promised().items()
            if not self.fit(sku, picked_up.get(sku, {}))
            or any(sum(by_channel.values()) > self.free(sku, self.sold_from(channel, sku)) for channel in by_channel)
        }

    def contended(self) -> set[str]:
        """SKUs of which it matters in what order reservations are made."""
        return self.short() | self.picked_up().keys()

    def orders_to_make(self) -> list[Order]:
        """Orders of store pickup first, as they have no choice, then by time; long ones in parts."""
        parts = []
        for order in sorted(self.orders, key=lambda order: (not order.warehouse_id, order.time, order.reservation_id)):
            lines = sorted(order.lines.items())
            for part in range(0, len(lines), MOST_LINES):
                suffix = f".{part // MOST_LINES + 1}" if part else ""
                code = "" if part else order.code
                some = dict(lines[part : part + MOST_LINES])
                parts.append(
                    Order(
                        order.reservation_id + suffix,
                        order.channel_id,
                        order.reference,
                        code,
                        order.time,
                        some,
                        order.ttl_seconds,
                        order.warehouse_id,
                    )
                )
        return parts


def usable_id(report: Report, where: str, wanted: str, option: str) -> str:
    """The id, or "" after a word on how to choose another."""
    if ID.fullmatch(wanted):
        return wanted
    report.error(where, f"{wanted!r} can't be an id (1 to 64 of A-Z a-z 0-9 . _ : -): choose one by {option}")
    return ""


def rule_id(source: str, *watched: str) -> str:
    """An id for a low-stock rule, the same in every run; SKUs have characters that ids can't have."""
    return f"{source}-low-{hashlib.sha256(chr(0).join(watched).encode()).hexdigest()[:16]}"


def has_controls(text: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in text)


def usable_text(report: Report, where: str, name: str, text: str, most: int) -> str:
    """The text, or "" if the service would not take it. Line breaks become spaces."""
    text = re.sub(r"[\r\n\t]+", " ", text).strip()
    if has_controls(text):
        report.error(where, f"{name} has control characters")
        return ""
    if len(text.encode()) > most:
        report.error(where, f"{name} has more than {most} bytes")
        return ""
    return text


def usable_sku(report: Report, where: str, sku: str) -> bool:
    if not sku or sku != sku.strip() or len(sku.encode()) > MOST_BYTES or has_controls(sku):
        report.error(where, f"the SKU {sku!r} is empty, too long, or has spaces at an end or control characters")
        return False
    return True


def usable_code(report: Report, where: str, code: str) -> str:
    """The external reference code; one that is too long is left out."""
    if len(code.encode()) <= MOST_BYTES and not has_controls(code):
        return code
    report.leave_out(
        where, f"its external reference code has more than {MOST_BYTES} bytes or control characters: {code!r}"
    )
    return ""


def usable_count(report: Report, where: str, name: str, count: int | None) -> bool:
    """False also of none, of which a word was said before."""
    if count is None:
        return False
    if 0 <= count <= LARGEST:
        return True
    report.error(where, f"{name} is {count}: it must be 0 or more; correct the count in the shop first")
    return False


def place(report: Report, where: str, key: str, active: bool, point: tuple[Any, Any]) -> dict[str, float] | None:
    """The location of a warehouse by latitude and longitude, which one that is active must have."""
    if None not in point:
        latitude, longitude = float(point[0]), float(point[1])
        if (latitude, longitude) != (0.0, 0.0) and abs(latitude) <= 90 and abs(longitude) <= 180:
            return {"latitude": latitude, "longitude": longitude}
    if active:
        report.error(
            where, f"it is active and has no coordinates (0, 0 are none): give them by --location {key}=LAT,LON"
        )
    return None
