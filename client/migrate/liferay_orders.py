"""Booked quantities and open orders of Liferay as reservations.

A booking is what an order item has still to get: it is made at checkout and shrinks when a shipment takes units. It is
of no warehouse.
"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from decimal import Decimal

from export_file import Export, Row, parse_time
from liferay_shop import LiferayShop
from liferay_units import LiferayUnits
from plan import Order, usable_code, usable_sku

IN_PROGRESS = 6  # Checked out; the payment is under way.


class LiferayOrders:
    """Fills orders of the plan. `booked` has all bookings by channel and SKU, as the stock shows them."""

    def __init__(self, export: Export, shop: LiferayShop, units: LiferayUnits, arguments: argparse.Namespace) -> None:
        self.booked: dict[tuple[str, str], int] = {}
        self._shop, self._units, self._report = shop, units, shop.plan.report
        self._trust = arguments.trust
        self._longest = timedelta(hours=arguments.max_hold_hours)
        self._bookings = {row["CIBookedQuantityId"]: row for row in export.tables["CIBookedQuantity"]}
        items: dict[int, list[Row]] = {}
        used: set[int] = set()
        for row in export.tables["CommerceOrderItem"]:
            items.setdefault(row["commerceOrderId"], []).append(row)
            used.add(row["CIBookedQuantityId"] or 0)
        for key, booking in self._bookings.items():
            if key not in used:
                self._say_unused(key, booking)
        for row in export.tables["CommerceOrder"]:
            self._add(row, items.get(row["commerceOrderId"], []))

    def _say_unused(self, key: int, booking: Row) -> None:
        where = f"CIBookedQuantity {key}"
        if self._expired(booking):
            self._report.leave_out(where, f"it ended at {booking['expirationDate']}")
        else:
            what = f"{booking['quantity'].normalize():f} of {booking['sku']} ({booking['bookedNote'] or 'no note'})"
            self._report.error(where, f"books {what} and no open order has it: delete it, or finish its order")

    def _expired(self, booking: Row) -> bool:
        end = booking["expirationDate"]
        return bool(end) and parse_time(end) <= self._shop.plan.taken_at

    def _add(self, order: Row, items: list[Row]) -> None:
        number = order["commerceOrderId"]
        where = f"CommerceOrder {number}"
        channel_id = self._shop.channel_ids.get(order["commerceChannelId"])
        lines: dict[str, int] = {}
        ends: set[datetime | None] = set()
        for item in items:
            sku = self._shop.catalogue.sku(where, item["sku"])
            booking = self._booking_of(item)
            booked, units = self._reconcile(where, sku, item, booking)
            if units > 0 and usable_sku(self._report, where, sku):
                lines[sku] = lines.get(sku, 0) + units
                ends.add(parse_time(booking["expirationDate"]) if booking and booking["expirationDate"] else None)
            if channel_id:
                self.booked[channel_id, sku] = self.booked.get((channel_id, sku), 0) + booked
        if not lines:
            return
        if not channel_id:
            self._report.error(where, f"its channel {order['commerceChannelId']} is not carried over")
            return
        if order["orderStatus"] == IN_PROGRESS:
            self._report.note(where, "its payment is under way: it arrives committed; cancel it if the payment fails")
        code = usable_code(self._report, where, order["externalReferenceCode"] or "")
        self._shop.plan.orders.append(
            Order(
                f"liferay-{number}", channel_id, str(number), code, order["createDate"], lines, self._ttl(where, ends)
            )
        )

    def _booking_of(self, item: Row) -> Row | None:
        booking = self._bookings.get(item["CIBookedQuantityId"])
        return None if booking is None or self._expired(booking) else booking

    def _reconcile(self, where: str, sku: str, item: Row, booking: Row | None) -> tuple[int, int]:
        """What is booked for the item, and what is to be reserved: the same, unless one of them is trusted more."""
        booked = 0
        if booking is not None:
            unit = booking["unitOfMeasureKey"]
            booked = self._units.count(where, sku, f"the booking of {sku}", booking["quantity"], unit) or 0
        unit = item["unitOfMeasureKey"]
        ordered = self._units.count(where, sku, f"the quantity of {sku}", item["quantity"], unit)
        shipped = self._units.count(
            where, sku, f"the shippedQuantity of {sku}", item["shippedQuantity"] or Decimal(0), unit
        )
        if ordered is None or shipped is None:
            return booked, 0
        to_send = ordered - shipped
        if booked != to_send and not self._trust:
            self._report.error(
                where,
                f"{booked} of {sku} are booked for it, and by its items {to_send} are to be sent: "
                "choose by --trust, or correct the order",
            )
            return booked, 0
        return booked, to_send if self._trust == "orders" else booked

    def _ttl(self, where: str, ends: set[datetime | None]) -> int | None:
        if ends == {None}:
            return None
        if len(ends) > 1:
            self._report.error(where, "its bookings end at different times")
            return None
        (end,) = ends
        left = end - self._shop.plan.taken_at if end else self._longest
        if left > self._longest:
            self._report.error(
                where,
                f"its booking ends at {end}, later than a hold may: raise --max-hold-ttl of the "
                "servers and give --max-hold-hours",
            )
        return max(1, int(left.total_seconds()))
