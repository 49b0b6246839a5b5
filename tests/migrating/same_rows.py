#!/usr/bin/python3
"""Compares two exports row by row: numbers by value, and without regard to times, which are new in each.

same_rows.py EXPORT EXPORT
"""

import json
import re
import sys
from decimal import Decimal


def value(one: object) -> object:
    if isinstance(one, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", one):
        return "a time"
    return one


def rows(path: str) -> list[dict]:
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line, parse_int=Decimal, parse_float=Decimal) for line in file]
    return [{name: value(one) for name, one in line.items()} for line in lines]


def main() -> int:
    first, second = rows(sys.argv[1]), rows(sys.argv[2])
    different = [number for number, pair in enumerate(zip(first, second), 1) if pair[0] != pair[1]]
    for number in different:
        print(f"line {number}: {first[number - 1]}\n     is not {second[number - 1]}")
    if len(first) != len(second):
        print(f"{len(first)} lines are not {len(second)}")
    return 1 if different or len(first) != len(second) else 0


if __name__ == "__main__":
    sys.exit(main())
