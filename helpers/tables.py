"""Frames and sentences as a reader sees them: one formatter for notebook, page and terminal.

    names = tables.names(ledger)
    tables.show(rates, "Quoted rates", columns=["printed", "area", "verdict"], names=names)
    tables.say("{n:rate|rates} quoted, the exact share is {share:0.00%}.", n=10, share=Fraction(75, 5522))

Nothing is rounded unless a sample such as "0.00%" asks for it, and then exactly. Whatever comes from a CSV is
shown as text: it can become neither HTML nor Markdown nor a formula, and hidden characters are made visible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from fractions import Fraction
from html import escape
from numbers import Integral
from string import Formatter

import pandas as pd

from helpers import rounding
from helpers.ledger import Ledger
from helpers.words import Verdict

MISSING = "–"
# Each verdict has a shape of its own, so that colour never speaks alone. These shades are legible on white and on black.
SYMBOLS = {
    **dict.fromkeys([Verdict.REPRODUCES, Verdict.HOLDS, Verdict.CORROBORATED], ("●", "#0072B2")),
    Verdict.OTHER_RULE: ("▲", "#9A6A00"),
    **dict.fromkeys([Verdict.DIFFERS, Verdict.FAILS, Verdict.CONFLICT], ("✕", "#B85000")),
    **dict.fromkeys([Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.SINGLE], ("○", "#767676")),
}
HEADINGS = {
    "number": "printed number", "of_area": "in", "when": "time", "reconstructed": "part / whole", "half_up": "half up", "half_even": "half even",
    "half_down": "half down", "down": "cut off", "up": "rounded up", "rule": "rules that fit", "missing": "what is missing",
    "power": "whole numbers that fit", "part_from": "part taken from", "whole_from": "whole taken from", "low": "lowest",
    "high": "highest", "rests_on": "rests on", "days": "days claimed", "shown": "days shown", "longest": "longest run shown",
    "since": "compared with", "implied": "implied for that day", "earlier": "that day in the record", "route": "found by",
}  # fmt: skip
_HAN = re.compile(r"[⺀-〿㐀-鿿豈-﫿＀-￯]+")


def text(value: object, like: str = "", missing: str = MISSING) -> str:
    """One value as a reader sees it: 6,584; −1,208; 1965/2761, or 71.17% if `like` is "0.00%"; 2022-11-30; ● holds.

    Raises:
        TypeError: for a float that is no whole number: counts are whole and rates are Fractions.
    """
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return ", ".join(text(item, like) for item in items) or missing
    if value is None or value == "" or pd.isna(value):
        return missing
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        symbol = f"{SYMBOLS[value][0]} " if value in SYMBOLS else ""
        return symbol + "".join(c if _visible(c) else f"‹U+{ord(c):04X}›" for c in value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, Integral | Fraction):
        number = Fraction(value.numerator, value.denominator)
        plain = f"{number.numerator:,}" + (f"/{number.denominator:,}" if number.denominator > 1 else "")
        return (rounding.reround(number, 1, like) if like else plain).replace("-", "−")
    raise TypeError(f"{value!r} is a {type(value).__name__}: expected text, a date, a whole number or a Fraction")


def _visible(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def when(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """The time a number speaks of, with the last day included: a day, days, hours of a day, or the end of a day."""
    if pd.isna(end):
        return "not stated"
    last = end - pd.Timedelta(days=1) if end == end.normalize() else end
    if pd.isna(start):
        return f"end of {text(last)}" if last != end else text(end)
    if end - start == pd.Timedelta(days=1) or start == last:
        return text(start)
    return f"{text(start)} to {text(last)}"


def names(ledger: Ledger, chinese: bool = True) -> dict[str, dict[str, str]]:
    """English and, unless unwanted, Chinese names of areas, measures and pages, by the columns that hold their keys."""
    areas, measures = (
        dict(zip(t[key], (t["name_en"] + (" " + t["name_zh"].fillna("") if chinese else "")).str.strip(), strict=True))
        for t, key in ((ledger.areas, "area"), (ledger.measures, "measure"))
    )
    pages = dict(zip(ledger.sources["source"], ledger.sources["outlet"], strict=True))
    return {"area": areas, "of_area": areas, "measure": measures, "source": pages, "second_source": pages}


def _cells(
    frame: pd.DataFrame,
    columns: Mapping[str, str] | Iterable[str] | None,
    names: Mapping[str, Mapping[str, str]] | None,
    like: Mapping[str, str] | None,
    missing: Mapping[str, str] | None,
) -> tuple[list[str], list[list[str]], list[bool]]:
    """Headings, rows of text, and which columns hold numbers."""
    if {"start", "end"} <= set(frame.columns):
        frame = frame.assign(when=[when(*pair) for pair in zip(frame["start"], frame["end"], strict=True)])
        frame = frame.drop(columns=["start", "end"]) if columns is None else frame
    chosen = list(frame.columns if columns is None else columns)
    own = dict(columns) if isinstance(columns, Mapping) else {}
    headings = [own.get(c, HEADINGS.get(c, str(c).replace("_", " "))) for c in chosen]
    body, numeric = [], []
    for column in chosen:
        told = (names or {}).get(column, {})
        values = [told.get(v, v) if isinstance(v, str) else v for v in frame[column]]
        body.append([text(v, (like or {}).get(column, ""), (missing or {}).get(column, MISSING)) for v in values])
        known = [cell for cell, v in zip(body[-1], values, strict=True) if cell != MISSING and not pd.isna(v)]
        numeric.append(bool(known) and all(re.fullmatch(r"[−+]?[\d,./]+[%‰]?", cell) for cell in known))
    return headings, [list(row) for row in zip(*body, strict=True)], numeric


def html(
    frame: pd.DataFrame,
    caption: str,
    columns: Mapping[str, str] | Iterable[str] | None = None,
    *,
    names: Mapping[str, Mapping[str, str]] | None = None,
    like: Mapping[str, str] | None = None,
    missing: Mapping[str, str] | None = None,
) -> str:
    """The table of `show` as HTML."""
    headings, rows, numeric = _cells(frame, columns, names, like, missing)
    sides = [f' style="text-align:{"right" if number else "left"}"' for number in numeric]
    head = "".join(f'<th scope="col"{s}>{_safe(h)}</th>' for h, s in zip(headings, sides, strict=True))
    lines = [
        f'<tr><th scope="row"{sides[0]}>{_safe(row[0])}</th>'
        + "".join(f"<td{side}>{_safe(cell)}</td>" for cell, side in zip(row[1:], sides[1:], strict=True))
        for row in rows
    ]
    label = escape(caption)
    return (
        f'<div role="region" aria-label="{label}" tabindex="0" style="overflow-x:auto">\n<table>\n'
        f'<caption style="caption-side:top;text-align:left"><strong>{_safe(caption)}</strong></caption>\n'
        + "\n".join([f"<thead><tr>{head}</tr></thead>", "<tbody>", *lines, "</tbody>"])
        + "\n</table>\n</div>"
    )


def as_text(frame: pd.DataFrame, caption: str = "", columns: object = None, **options: object) -> str:
    """The table of `show` for a terminal; Chinese characters count as two columns wide."""
    given = {"names": None, "like": None, "missing": None} | options
    headings, rows, numeric = _cells(frame, columns, **given)
    widths = [max(map(_width, column)) for column in zip(headings, *rows, strict=True)]
    lines = [
        "  ".join(
            " " * (width - _width(cell)) + cell if number else cell + " " * (width - _width(cell))
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in [headings, ["─" * width for width in widths], *rows]
    ]
    return "\n".join([caption, "", *lines] if caption else lines)


def _width(cell: str) -> int:
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in cell)


def _safe(cell: str) -> str:
    """Text as HTML: no tags, nothing that is taken for a formula, Chinese marked as such, verdict signs coloured."""
    safe = re.sub(r"[$\\]", r"<span>\g<0></span>", escape(cell))
    safe = _HAN.sub(r'<span lang="zh">\g<0></span>', safe)
    for verdict, (symbol, colour) in SYMBOLS.items():
        if cell == f"{symbol} {verdict}":
            return f'<span style="color:{colour}" aria-hidden="true">{symbol}</span> {verdict}'
    return safe


def show(frame: pd.DataFrame, caption: str, columns: object = None, **options: object) -> None:
    """Display a frame as a table with a caption.

    Args:
        columns: which, in which order; a dict gives headings of its own, the others come from HEADINGS.
            `start` and `end` together are the column `when`.
        names: of `names(ledger)`, to write names for keys. like: by column, a sample to round to, "0.00%".
        missing: by column, the word for what is missing.
    """
    _display(as_text(frame, caption, columns, **options), html(frame, caption, columns, **options))


class _Sentence(Formatter):
    def __init__(self, safe: bool) -> None:
        self.safe = safe

    def format_field(self, value: object, spec: str) -> str:
        if "|" in spec:
            one, many = spec.split("|")
            said = f"{text(value)} {one if value == 1 else many}"
        else:
            said = text(value, spec)
        return _safe(said) if self.safe else said


def sentence(template: str, **values: object) -> str:
    """Prose with computed values: {n}, {share:0.00%} rounded to a sample, {n:rate|rates} counted."""
    return _Sentence(safe=False).format(template.replace("**", ""), **values)


def say(template: str, **values: object) -> None:
    """Display a `sentence`; **words** of the template come out bold, values are shown as they are."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(template, quote=False))
    _display(sentence(template, **values), f"<p>{_Sentence(safe=True).format(bold, **values)}</p>")


def _display(plain: str, rich: str) -> None:
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(plain)
    else:
        display({"text/html": rich, "text/plain": plain}, raw=True)
