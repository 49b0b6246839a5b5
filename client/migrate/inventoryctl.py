"""Runs inventoryctl. Where the servers are and how to reach them it takes from its own variables and profile."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import time
from typing import Any

NO_ANSWER = 3  # Its exit code for calls that are to be repeated as they are.
ATTEMPTS = 10


class Refused(Exception):
    """The service or the tool has said no. `reason` is the service's word for it, or empty."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        found = re.match(r"error: [A-Z_]+ ([A-Z_]+):", text)
        self.reason = found[1] if found else ""


class Inventoryctl:
    """Options that come after the program, --address for example, are passed on with every call."""

    def __init__(self, program: str, options: list[str]) -> None:
        self._program, self._options = program, options

    def run(self, arguments: list[str], given: str = "", good: tuple[int, ...] = (0,)) -> str:
        """What it prints. A call that gets no answer is made again: give writes a request id."""
        command = [self._program, *arguments, *self._options]
        for attempt in range(ATTEMPTS):
            done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
            if done.returncode in good:
                return done.stdout
            if done.returncode != NO_ANSWER:
                break
            time.sleep(min(5.0, 0.2 * 2**attempt))
        raise Refused((done.stderr or done.stdout).strip())

    def call(self, command: str, request: dict[str, Any]) -> dict[str, Any]:
        answer = self.run([*command.split(), "--json", "-", "-o", "json"], json.dumps(request))
        return json.loads(answer) if answer.strip() else {}

    def rows(self, arguments: list[str]) -> list[dict[str, Any]]:
        """Of a command that prints a JSON object a line."""
        return [json.loads(line) for line in self.run([*arguments, "-o", "json"]).splitlines() if line.strip()]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--inventoryctl", default="inventoryctl", metavar="PROGRAM", help="default: inventoryctl")
    parser.add_argument("--address", metavar="HOST:PORT", help="where the servers are, for inventoryctl")
    parser.add_argument("--profile", metavar="NAME", help="the profile of inventoryctl to use")


def from_arguments(arguments: argparse.Namespace) -> Inventoryctl:
    options = []
    if arguments.address:
        options += ["--address", arguments.address]
    if arguments.profile:
        options += ["--profile", arguments.profile]
    return Inventoryctl(arguments.inventoryctl, options)
