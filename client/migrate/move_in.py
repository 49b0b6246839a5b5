#!/usr/bin/python3
"""Brings a plan that from_liferay.py or from_magento.py has made into the service, by inventoryctl.

Again it changes nothing: what was done is known by ids that come from the plan and from the shop's own keys. A run that
was ended goes on where it has stopped. Ends with 0 if all is in, with 1 if the service has refused something.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from export_file import parse_time
from inventoryctl import Inventoryctl, Refused, add_options, from_arguments
from plan_files import STEPS, read_lines, read_table

REMEMBERED = timedelta(
    days=6
)  # Servers know the ids of a plan for 7 days, unless --request-id-retention says otherwise.
MADE, THERE = "made", "there"
THERE_ALREADY = {"CHANNEL_EXISTS", "AVAILABILITY_ESTIMATE_EXISTS", "REPLENISHMENT_EXISTS", "LOW_STOCK_RULE_EXISTS"}


class Mover:
    def __init__(self, tool: Inventoryctl, folder: Path, attempt: int, jobs: int) -> None:
        self._tool, self._folder, self._attempt, self._jobs = tool, folder, attempt, jobs
        self._summary = json.loads((folder / "plan.json").read_text(encoding="utf-8"))

    def taken_at(self) -> datetime:
        return parse_time(self._summary["taken_at"])

    def move(self) -> bool:
        """Step after step; a step with refusals is carried out to its end and is the last."""
        for name, kind, what in STEPS:
            refusals = self._import(name, what) if kind == "import" else self._call_all(name, what, kind)
            for refusal in refusals:
                print(refusal, file=sys.stderr)
            if refusals:
                print(
                    f"{name}: {len(refusals)} refused. Put that right and run this again with --attempt "
                    f"{self._attempt + 1}: servers repeat a refusal to the id that has got it.",
                    file=sys.stderr,
                )
                return False
        return True

    def _id(self, name: str) -> str:
        return f"move-in.{self._summary['digest']}.{name}.{self._attempt}"

    def _import(self, name: str, what: str) -> list[str]:
        path, rejects = self._folder / name, self._folder / f"rejected-{name}"
        rows = len(read_lines(path)) if path.suffix == ".jsonl" else len(read_table(path))
        if rows == 0:
            return []
        arguments = ["import", what, str(path), "--import-id", self._id(name), "--rejects", str(rejects)]
        if path.suffix == ".jsonl":
            arguments.append("--replace")
        rejects.unlink(missing_ok=True)
        try:
            self._tool.run(arguments)
        except Refused as refused:
            rejected = rejects.read_text(encoding="utf-8").splitlines() if rejects.exists() else []
            return [f"{name}: {line}" for line in rejected[path.suffix == ".csv" :] or str(refused).splitlines()]
        rejects.unlink(missing_ok=True)
        print(f"{name}: {rows} rows", flush=True)
        return []

    def _call_all(self, name: str, command: str, kind: str) -> list[str]:
        """Calls of kind "calls" several at a time."""
        requests = list(enumerate(read_lines(self._folder / name), 1))
        if not requests:
            return []
        with ThreadPoolExecutor(self._jobs if kind == "calls" else 1) as pool:
            outcomes = list(pool.map(lambda numbered: self._call(name, command, *numbered), requests))
        there, refusals = outcomes.count(THERE), [outcome for outcome in outcomes if outcome not in (MADE, THERE)]
        print(f"{name}: {outcomes.count(MADE)} carried out" + (f", {there} there already" if there else ""), flush=True)
        return refusals

    def _call(self, name: str, command: str, number: int, request: dict[str, Any]) -> str:
        """MADE, THERE, or why not."""
        try:
            self._tool.call(command, request | {"request_id": self._id(self._key(name, number, request))})
        except Refused as refused:
            return THERE if self._is_there(refused, request) else f"{name}:{number}: {refused}"
        return MADE

    def _key(self, name: str, number: int, request: dict[str, Any]) -> str:
        return request.get("reservation_id") or request.get("replenishment_id") or f"{Path(name).stem}.{number}"

    def _is_there(self, refused: Refused, request: dict[str, Any]) -> bool:
        """A reservation that is there must be that of the same order and units; it may be shipped or cancelled."""
        if refused.reason != "RESERVATION_EXISTS":
            return refused.reason in THERE_ALREADY
        found = self._tool.call("get reservation", {"reservation_id": request["reservation_id"]})
        asked = {line["sku"]: line["quantity"] for line in request["lines"]}
        return (
            found["channel_id"] == request["channel_id"]
            and found.get("order_reference", "") == request["order_reference"]
            and {line["sku"]: line["requested_quantity"] for line in found["lines"]} == asked
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path, help="the folder")
    parser.add_argument(
        "--attempt",
        type=int,
        default=1,
        metavar="NUMBER",
        help="raise it after a refusal whose cause was put right; default: 1",
    )
    parser.add_argument("--jobs", type=int, default=4, metavar="NUMBER", help="calls at a time; default: 4")
    add_options(parser)
    arguments = parser.parse_args()
    mover = Mover(from_arguments(arguments), arguments.plan, arguments.attempt, max(1, arguments.jobs))
    if datetime.now(timezone.utc) - mover.taken_at() > REMEMBERED:
        print(
            f"the export of this plan was taken at {mover.taken_at()}: servers may have forgotten what of it they have "
            "done, and would do it again. Export anew.",
            file=sys.stderr,
        )
        return 1
    return 0 if mover.move() else 1


if __name__ == "__main__":
    sys.exit(main())
