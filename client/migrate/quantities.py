"""Quantities of the source, which may have decimals, as counts of the smallest stocked unit."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation, getcontext
from typing import Any

getcontext().prec = 60  # Liferay's quantities have 30 digits; nothing here may round them.

LARGEST = 10**15  # As the service takes them in one bucket of a level.


class QuantityError(Exception):
    """Says what is wrong with a quantity."""


def to_decimal(value: Any) -> Decimal:
    """A JSON number, or one in a string."""
    if isinstance(value, bool) or value is None:
        raise QuantityError("is no number")
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise QuantityError(f"{value!r} is no number") from error
    if not number.is_finite():
        raise QuantityError(f"{value!r} is no number")
    return number


def decimals(number: Decimal) -> int:
    """Decimals that the number needs: 2 for 1.2500."""
    if number == 0:
        return 0
    return max(0, -int(number.normalize().as_tuple().exponent))


def to_count(number: Decimal, precision: int) -> int:
    """The number in units of 10^-precision."""
    scaled = number.scaleb(precision)
    if scaled != scaled.to_integral_value():
        raise QuantityError(f"{number} has more than {precision} decimals")
    if abs(scaled) > LARGEST:
        raise QuantityError(f"{number} is too large")
    return int(scaled)
