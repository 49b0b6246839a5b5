"""How the shop's catalogue spells its SKUs."""

from __future__ import annotations

from typing import Any, Iterable

from report import Report


class Catalogue:
    """The databases of shops mostly compare SKUs without regard to case and trailing spaces; the service tells them
    apart. So each is carried over as the first of these rows spells it."""

    def __init__(self, rows: Iterable[dict[str, Any]], report: Report) -> None:
        self._report = report
        self._spellings: dict[str, str] = {}
        self._told: set[str] = set()
        for row in rows:
            self._spellings.setdefault(_folded(row["sku"]), row["sku"])

    def sku(self, where: str, text: str) -> str:
        """The spelling of the catalogue. The report says once where it is another."""
        spelling = self._spellings.get(_folded(text), text)
        if spelling != text and text not in self._told:
            self._told.add(text)
            self._report.note(where, f"SKU {text!r} is carried over as {spelling!r}, as the catalogue spells it")
        return spelling


def _folded(sku: str) -> str:
    return sku.rstrip().casefold()
