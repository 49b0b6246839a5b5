"""Units of measure of Liferay, and quantities in them as counts of the smallest one."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from export_file import Export, Row
from liferay_shop import LiferayShop
from quantities import QuantityError, decimals, to_count

MOST_DECIMALS = 9
LARGEST_FACTOR = 1_000_000
UNIT_KEY = re.compile(r"[a-z0-9._-]{1,32}")
OWN_UNIT = "unit"  # Of SKUs that have decimals and no unit of measure.
QUANTITIES = (
    ("CIWarehouseItem", ("quantity", "reservedQuantity")),
    ("CIBookedQuantity", ("quantity",)),
    ("CIReplenishmentItem", ("quantity",)),
    ("CommerceOrderItem", ("quantity", "shippedQuantity")),
)


@dataclass
class Units:
    """Units of one SKU. Its quantities are stored as counts of 10^-precision of the base unit."""

    precision: int = 0
    base: str = ""
    increment: Decimal | None = None  # Orders are multiples of this many base units.
    rates: dict[str, Decimal] = field(default_factory=lambda: {"": Decimal(1)})  # By Liferay's key: base units in one.

    def message(self) -> dict[str, Any]:
        further = [
            {"key": key.lower(), "factor": str(int(rate))}
            for key, rate in sorted(self.rates.items())
            if key and key.lower() != self.base and is_factor(rate)
        ]
        return {"base_unit": self.base, "precision": self.precision, "units": further}


def is_factor(rate: Decimal) -> bool:
    return rate == rate.to_integral_value() and 1 <= rate <= LARGEST_FACTOR


class LiferayUnits:
    def __init__(self, export: Export, shop: LiferayShop, arguments: argparse.Namespace) -> None:
        self._report = shop.plan.report
        self._rates = arguments.rates
        self.of: dict[str, Units] = {}  # By SKU, of those that have units or decimals.
        for row in export.tables["CPInstanceUOM"]:
            self._learn(row)
        for table, names in QUANTITIES:
            for row in export.tables[table]:
                sku = shop.catalogue.sku(table, row["sku"])
                self._learn_decimals(sku, [row[name] for name in names if row[name] is not None])
        for sku, units in self.of.items():
            self._report.note(
                f"SKU {sku}",
                f"its quantities count 10^-{units.precision} of a {units.base}, unless a request names a unit",
            )

    def count(self, where: str, sku: str, name: str, value: Decimal, unit: str | None = None) -> int | None:
        """The quantity in the SKU's smallest unit; none after a word if it is no good."""
        units = self.of.get(sku, Units())
        rate = units.rates.get(unit or "")
        if rate is None:
            self._report.error(where, f"{sku} has no unit of measure {unit}")
            return None
        try:
            return to_count(value * rate, units.precision)
        except QuantityError as error:
            self._report.error(where, f"{name} {error}")
            return None

    def _learn(self, row: Row) -> None:
        sku, key = row["sku"], row["key_"]
        where = f"CPInstanceUOM {key} of {sku}"
        units = self.of.setdefault(sku, Units())
        if not UNIT_KEY.fullmatch(key.lower()) or key.lower() in (known.lower() for known in units.rates):
            self._report.error(where, "its key can't be one here (1 to 32 of a-z 0-9 . _ -), or there are two of it")
        elif row["primary_"]:
            units.rates[key] = Decimal(1)
            units.base, units.precision = key.lower(), min(MOST_DECIMALS, row["precision_"] or 0)
            units.increment = row["incrementalOrderQuantity"] or None
        elif not row["rate"]:
            self._report.error(where, "it has no rate")
        elif self._rates is None:
            self._report.error(
                where,
                f"say by --rates whether one {key} is {row['rate'].normalize():f} of the primary unit "
                f"(multiples), or one of the primary unit is {row['rate'].normalize():f} {key} (parts)",
            )
        else:
            units.rates[key] = row["rate"] if self._rates == "multiples" else 1 / row["rate"]
            if not is_factor(units.rates[key]):
                self._report.leave_out(where, "no whole multiple of the primary unit: requests can't name it")

    def _learn_decimals(self, sku: str, values: list[Decimal]) -> None:
        """A SKU that has decimals and no unit of measure gets one of its own."""
        needed = min(MOST_DECIMALS, max(decimals(value) for value in values))
        if needed and self.of.setdefault(sku, Units(base=OWN_UNIT)).base == OWN_UNIT:
            self.of[sku].precision = max(self.of[sku].precision, needed)
