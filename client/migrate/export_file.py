"""Reads an export: JSON lines that an SQL script of this folder has written.

The first line says what it is and when it was taken, the last one how many rows each table has, so that a file that
was cut off is never taken for a whole one. Every line in between is a row, named by its table and columns. What columns
must hold is checked here, so that converters can rely on it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable

from quantities import QuantityError, to_decimal

Row = dict[str, Any]


class ExportError(Exception):
    """The file is no whole export; has one line for each thing that is wrong."""


@dataclass
class Export:
    taken_at: datetime
    tables: dict[str, list[Row]]


def parse_time(text: str) -> datetime:
    """An RFC 3339 time in UTC. ValueError otherwise."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?Z", text)
    if not match:
        raise ValueError(f"{text!r} is no time like 2026-01-31T08:00:00Z")
    micros = (match[2] or ".0")[1:].ljust(6, "0")
    return datetime.fromisoformat(match[1]).replace(microsecond=int(micros), tzinfo=timezone.utc)


def format_time(time: datetime) -> str:
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Columns = dict[str, str]  # By name: "int", "number", "text", "flag" or "time", with "?" if it may be null.


def columns(text: str) -> Columns:
    """Of "name:kind name:kind ..."."""
    return dict(word.rsplit(":", 1) for word in text.split())


def read_export(path: Path, source: str, known: dict[str, Columns]) -> Export:
    """The rows by table. `known` are the tables of the source and what each row must have."""
    errors: list[str] = []
    rows = _read_lines(path, errors)
    if not rows or rows[0][1].get("table") != "export" or rows[0][1].get("source") != source:
        raise ExportError(
            f"{path}:1: this is no export of {source}: its first line must be that of export_{source}.sql"
        )
    try:
        taken_at = parse_time(str(rows[0][1].get("taken_at")))
    except ValueError as error:
        raise ExportError(f"{path}:1: taken_at: {error}") from error
    tables: dict[str, list[Row]] = {name: [] for name in known}
    for number, row in rows[1:]:
        if row.get("table") != "end":
            errors += [f"{path}:{number}: {what}" for what in _take(row, known, tables)]
    if rows[-1][1].get("table") == "end":
        _check_counts(path, *rows[-1], tables, errors)
    else:
        errors.append(f"{path}: the last line, which counts the rows, is missing: the export was cut off")
    if errors:
        raise ExportError("\n".join(errors))
    return Export(taken_at, tables)


def _read_lines(path: Path, errors: list[str]) -> list[tuple[int, Row]]:
    rows = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    row = json.loads(line, parse_float=Decimal)
                except ValueError as error:
                    errors.append(f"{path}:{number}: no JSON: {error}")
                    continue
                if isinstance(row, dict):
                    rows.append((number, row))
                else:
                    errors.append(f"{path}:{number}: no JSON object")
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"{path}: {error}") from error
    return rows


def _take(row: Row, known: dict[str, Columns], tables: dict[str, list[Row]]) -> list[str]:
    """Adds the row to its table; or says all that is wrong with it."""
    name = row.get("table")
    if name not in known:
        return [f"there is no table {name}"]
    wrong = []
    for column, kind in known[name].items():
        if column not in row:
            wrong.append(f"{name} lacks {column}")
        elif row[column] is not None:
            try:
                row[column] = READERS[kind.rstrip("?")](row[column])
            except (ValueError, QuantityError):
                wrong.append(f"{column} of {name} is {row[column]!r}: no {kind.rstrip('?')}")
        elif not kind.endswith("?"):
            wrong.append(f"{column} of {name} is null")
    if not wrong:
        tables[name].append(row)
    return wrong


def _read_int(value: Any) -> int:
    number = to_decimal(value)
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _read_flag(value: Any) -> bool:
    """Databases write false and true in different ways."""
    if value in (0, 1, "0", "1"):
        return value in (1, "1")
    raise ValueError


def _read_time(value: Any) -> str:
    parse_time(str(value))
    return str(value)


READERS: dict[str, Callable[[Any], Any]] = {
    "int": _read_int,
    "number": to_decimal,
    "text": str,
    "flag": _read_flag,
    "time": _read_time,
}


def _check_counts(path: Path, number: int, end: Row, tables: dict[str, list[Row]], errors: list[str]) -> None:
    for name, rows in tables.items():
        if end.get(name) != len(rows):
            errors.append(f"{path}:{number}: {name} should have {end.get(name)} rows and has {len(rows)} good ones")
