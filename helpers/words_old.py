"""The words that verdicts, cells and numbers are told in: one closed list, one way to name a thing."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from functools import cache

import numpy as np
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
    return _when(cell.start, cell.end)


@cache
def _when(start: int | None, end: int | None) -> str:
    if end is None:
        return "day not stated"
    last_day, (day, clock) = _day_and_clock(end - DAY)[0], _day_and_clock(end)
    if start is None:
        return f"{day} at {clock}" if end % DAY else f"at the end of {last_day}"
    first_day, from_clock = _day_and_clock(start)
    if end - start == DAY:
        return first_day
    if end - start < DAY:
        return f"{first_day} from {from_clock} to {clock}"
    return f"{first_day} to {day} at {clock}" if end % DAY else f"{first_day} to {last_day}"


def _day_and_clock(moment: int) -> tuple[str, str]:
    text = str(np.datetime64(moment, "s"))
    return text[:10], text[11:16]


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
