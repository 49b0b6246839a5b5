"""What a conversion has to say: what is wrong, what is left out, what is carried over in another form."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Report:
    """Collects everything, so that a user sees all of it at once. `where` names a row by the source's own keys."""

    errors: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def error(self, where: str, what: str) -> None:
        """A row that can't be carried over as it stands."""
        self.errors.append((where, what))

    def leave_out(self, where: str, what: str) -> None:
        """Something that has no counterpart, by design."""
        self.left_out.append((where, what))

    def note(self, where: str, what: str) -> None:
        """Something that arrives, but not as it was."""
        self.notes.append((where, what))

    def write(self, path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["kind", "where", "what"])
            for kind, entries in (("broken", self.errors), ("left out", self.left_out), ("note", self.notes)):
                rows.writerows([kind, where, what] for where, what in entries)
