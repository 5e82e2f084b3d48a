"""The words that verdicts, cells and numbers are told in: one closed list, one way to name a thing."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction

import pandas as pd

from helpers import rounding
from helpers.cells import DAY, Cell, is_exact
from helpers.ledger import Ledger
from helpers.rounding import Bounds


class Verdict(StrEnum):
    """The closed list of verdicts: of a rate, of a balance, change or run, of a cell."""

    REPRODUCES = "reproduces"
    OTHER_RULE = "reproduces by another rule"
    DIFFERS = "does not reproduce"
    UNCHECKED = "cannot be checked"
    HOLDS = "holds"
    FAILS = "does not hold"
    UNDECIDED = "undecided"
    CORROBORATED = "corroborated"
    SINGLE = "single"
    CONFLICT = "in conflict"


class Names:
    """The names, references and places that a ledger gives to its cells and rows."""

    def __init__(self, ledger: Ledger) -> None:
        numbers = ledger.numbers
        self.measure_names = dict(zip(ledger.measures["measure"], ledger.measures["name_en"], strict=True))
        self.area_names = dict(zip(ledger.areas["area"], ledger.areas["name_en"], strict=True))
        self.reference = dict(zip(numbers.index, numbers["briefing"] + "/" + numbers["number"], strict=True))
        self.place = dict(zip(numbers.index, zip(numbers["paragraph"], numbers["position"], strict=True), strict=True))

    def rests_on(self, rows: Iterable[int]) -> str:
        """Rows as file/number, in reading order."""
        return "; ".join(self.reference[row] for row in sorted(rows))

    def name(self, cell: Cell) -> str:
        """A cell as measure, area and time."""
        of_area = f" in {self.area_names[cell.of_area]}" if cell.of_area else ""
        area = self.area_names.get(cell.area, "an area not stated")
        return f"{self.measure_names[cell.measure]}, {area}{of_area}, {when(cell)}"


def when(cell: Cell) -> str:
    """The time of a cell in words: a day, a span of days, hours of a day, or the moment of a stock."""
    if cell.end is None:
        return "day not stated"
    end = pd.Timestamp(cell.end, unit="s")
    if cell.start is None:
        return (
            f"at the end of {end - pd.Timedelta(days=1):%Y-%m-%d}"
            if cell.end % DAY == 0
            else f"{end:%Y-%m-%d at %H:%M}"
        )
    start = pd.Timestamp(cell.start, unit="s")
    if cell.end - cell.start == DAY:
        return f"{start:%Y-%m-%d}"
    if cell.end - cell.start < DAY:
        return f"{start:%Y-%m-%d} from {start:%H:%M} to {end:%H:%M}"
    if cell.end % DAY:
        return f"{start:%Y-%m-%d} to {end:%Y-%m-%d at %H:%M}"
    return f"{start:%Y-%m-%d} to {end - pd.Timedelta(days=1):%Y-%m-%d}"


def number(value: Bounds | None) -> int | Fraction | None:
    """An exact value as the reader's number; None where only bounds are known."""
    if value is None or not is_exact(value):
        return None
    return int(value.lower) if value.lower.denominator == 1 else value.lower


def says(value: Bounds | None) -> str:
    """A value in words: exact, or from one end to the other."""
    if value is None:
        return "not known"
    if is_exact(value):
        return _plain(value.lower) if value.lower.denominator == 1 else str(value.lower)
    ends = ["…" if end is None else _plain(end) for end in (value.lower, value.upper)]
    return " to ".join(ends)


def _plain(end: Fraction) -> str:
    return f"{end.numerator:,}" if end.denominator == 1 else rounding.reround(end, 1, "0.00000")


def frame(rows: Iterable[dict], columns: str) -> pd.DataFrame:
    """Rows as a frame with just these columns, None where a row has no value; times in seconds become dates."""
    names = columns.split()
    frame = pd.DataFrame([[row.get(name) for name in names] for row in rows], columns=names, dtype=object)
    for column in frame.columns.intersection(["start", "end", "since", "day"]):
        frame[column] = pd.to_datetime(
            pd.Series([pd.NaT if t is None else t for t in frame[column]], dtype=object), unit="s"
        ).astype("datetime64[s]")
    return frame
