"""What both converters do around the conversion: arguments, the report on the terminal, the folder."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable

from availability import UNEXPLAINED, Expected, expect
from export_file import Columns, Export, ExportError, parse_time, read_export
from plan import Plan
from plan_files import write_plan
from report import Report

Convert = Callable[[Export, argparse.Namespace, Plan], None]


def parser_of(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description,
        epilog="Ends with 0 if the folder is there, with 1 if something can't be carried over as it stands (it says "
        "all of that, and makes nothing), with 2 if the export or an argument is wrong.",
    )
    parser.add_argument("export", type=Path, help="the file that the SQL script has written")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="the plan to make; must not exist")
    parser.add_argument(
        "--skip-broken",
        action="store_true",
        help="leave out what can't be carried over; report.csv in the folder says what that is",
    )
    parser.add_argument(
        "--warehouse-id",
        type=_pair,
        action="append",
        default=[],
        metavar="KEY=ID",
        help="the id for a warehouse of the shop, instead of one made of its own code",
    )
    parser.add_argument(
        "--channel-id", type=_pair, action="append", default=[], metavar="KEY=ID", help="the same for a channel"
    )
    parser.add_argument(
        "--location",
        type=_location,
        action="append",
        default=[],
        metavar="KEY=LAT,LON",
        help="where a warehouse of the shop is",
    )
    parser.add_argument(
        "--trust",
        choices=("bookings", "orders"),
        help="where units booked for an order differ from those it has still to get: whom to believe; "
        "without it that is an error",
    )
    parser.add_argument(
        "--taken-at",
        type=_time,
        metavar="TIME",
        help="when the export was taken, if the clock of the shop's database was wrong",
    )
    return parser


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.rpartition("=")
    if not equals or not key or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value


def _location(text: str) -> tuple[str, tuple[float, float]]:
    key, value = _pair(text)
    try:
        latitude, longitude = (float(part) for part in value.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=LAT,LON") from error
    return key, (latitude, longitude)


def _time(text: str) -> Any:
    try:
        return parse_time(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run(source: str, columns: dict[str, Columns], parser: argparse.ArgumentParser, convert: Convert) -> int:
    arguments = parser.parse_args()
    if arguments.to.exists():
        parser.error(f"{arguments.to} exists: remove it, or name another folder")
    try:
        export = read_export(arguments.export, source, columns)
    except ExportError as error:
        print(error, file=sys.stderr)
        return 2
    plan = Plan(source, arguments.taken_at or export.taken_at, Report())
    convert(export, arguments, plan)
    expected = expect(plan)
    _explain(plan, expected, known_to_differ=arguments.trust is not None or bool(plan.report.errors))
    for where, what in plan.report.errors:
        print(f"broken: {where}: {what}", file=sys.stderr)
    if plan.report.errors and not arguments.skip_broken:
        print(
            f"{len(plan.report.errors)} things can't be carried over, and nothing was made. Correct them in the shop "
            "and export again, or leave them out by --skip-broken.",
            file=sys.stderr,
        )
        return 1
    _make_folder(plan, expected, arguments.to)
    _summarize(plan, arguments.to)
    return 0


def _explain(plan: Plan, expected: list[Expected], known_to_differ: bool) -> None:
    for one in expected:
        where = f"{one.sku} in channel {one.channel_id}"
        if one.why == UNEXPLAINED and not known_to_differ:
            plan.report.error(where, f"the shop shows {one.source_shows}, and {one.quantity} would be shown here")
        elif one.why:
            here = "it may be less here" if one.quantity is None else f"here it is {one.quantity}"
            plan.report.note(where, f"the shop shows {one.source_shows}; {here}: {one.why}")


def _make_folder(plan: Plan, expected: list[Expected], folder: Path) -> None:
    """As a whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_plan(plan, expected, making)
        making.chmod(0o755)
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def _summarize(plan: Plan, folder: Path) -> None:
    for number, what in (
        (len(plan.warehouses), "warehouses"),
        (len(plan.channels), "channels"),
        (len(plan.items), "items"),
        (len(plan.levels), "stock levels"),
        (len(plan.replenishments), "replenishments"),
        (len(plan.orders), "open orders"),
        (len(plan.rules), "low-stock rules"),
    ):
        print(f"{number:8} {what}")
    report = plan.report
    counts = f"{len(report.errors)} broken, {len(report.left_out)} left out, {len(report.notes)} notes"
    print(f"{folder}/report.csv says what is not as it was: {counts}.")
