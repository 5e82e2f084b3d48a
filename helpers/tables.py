"""Frames and sentences as a reader sees them: one formatter for notebook, page and terminal.

    names = tables.names(ledger)
    tables.show(rates, "Quoted rates", ["printed", "area", "when", "verdict"], names=names)
    tables.say("{n:rate|rates} quoted; the exact share is {share:0.00%}.", n=10, share=Fraction(75, 5522))

Nothing is rounded unless a sample such as "0.00%" asks for it, and then exactly. Whatever comes from a CSV is shown as
text: it can become neither HTML nor Markdown nor a formula, and hidden characters are made visible.
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
from helpers import words_old as words
from helpers.cells import Cell
from helpers.ledger import Ledger
from helpers.words_old import Verdict

MISSING = "–"
SYMBOLS = {  # a shape for each verdict, so that colour never speaks alone; the shades are legible on white and on black
    **dict.fromkeys([Verdict.REPRODUCES, Verdict.HOLDS, Verdict.CORROBORATED], ("●", "#0072B2")),
    Verdict.OTHER_RULE: ("▲", "#9A6A00"),
    **dict.fromkeys([Verdict.DIFFERS, Verdict.FAILS, Verdict.CONFLICT], ("✕", "#B85000")),
    **dict.fromkeys([Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.SINGLE], ("○", "#767676")),
}
HEADINGS = {
    "number": "printed number", "of_area": "in", "when": "time", "reconstructed": "part / whole", "half_up": "half up",
    "half_even": "half even", "half_down": "half down", "down": "cut off", "up": "rounded up", "rule": "rules that fit",
    "missing": "what is missing", "power": "whole numbers that fit", "part_from": "part taken from", "low": "lowest",
    "whole_from": "whole taken from", "high": "highest", "rests_on": "rests on", "days": "days claimed", "route": "found by",
    "shown": "days shown", "longest": "longest run shown", "since": "compared with", "implied": "implied for that day",
    "earlier": "that day in the record",
}  # fmt: skip


def text(value: object, like: str = "", missing: str = MISSING) -> str:
    """One value as a reader sees it: 6,584; −1,208; 1965/2761, or 71.17% if `like` is "0.00%"; 2022-11-30; ● holds.

    Raises:
        TypeError: for a float that is no whole number: counts are whole and rates are Fractions.
    """
    if isinstance(value, list | tuple):
        return ", ".join(text(item, like) for item in value) or missing
    if pd.isna(value) or value == "":
        return missing
    if type(value).__name__ in ("bool", "bool_"):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        symbol = f"{SYMBOLS[value][0]} " if value in SYMBOLS else ""
        return symbol + "".join(
            c if c == " " or unicodedata.category(c)[0] not in "CZ" else f"‹U+{ord(c):04X}›" for c in value
        )
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, Integral | Fraction):
        number = Fraction(int(value.numerator), int(value.denominator))
        plain = f"{number.numerator:,}" + (f"/{number.denominator:,}" if number.denominator > 1 else "")
        return (rounding.reround(number, 1, like) if like else plain).replace("-", "−")
    raise TypeError(f"{value!r} is a {type(value).__name__}: expected text, a date, a whole number or a Fraction")


def when(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """The time a number speaks of, the last day included."""
    ends = (None if pd.isna(moment) else int(moment.timestamp()) for moment in (start, end))
    return words.when(Cell("", "", "", *ends, ""))


def names(ledger: Ledger, chinese: bool = True) -> dict[str, dict[str, str]]:
    """English and, unless unwanted, Chinese names of areas, measures and pages, by the columns that hold their keys."""
    areas, measures = (
        dict(zip(t[key], (t["name_en"] + (" " + t["name_zh"].fillna("") if chinese else "")).str.strip(), strict=True))
        for t, key in ((ledger.areas, "area"), (ledger.measures, "measure"))
    )
    pages = dict(zip(ledger.sources["source"], ledger.sources["outlet"], strict=True))
    return {"area": areas, "of_area": areas, "measure": measures, "source": pages, "second_source": pages}


def show(
    frame: pd.DataFrame, caption: str, columns: Iterable[str] | Mapping[str, str] | None = None, **options
) -> None:
    """Display a frame as a table with a caption; `html` and `as_text` give it as text.

    Args:
        columns: which, in which order; a dict gives headings of its own, the others come from HEADINGS.
            `start` and `end` together are the column `when`.
        names: of `names(ledger)`, to write names for keys. like: by column, a sample to round to, "0.00%".
        missing: by column, the word for what is missing.
    """
    _display(as_text(frame, caption, columns, **options), html(frame, caption, columns, **options))


def _cells(frame, columns, names=None, like=None, missing=None) -> tuple[list[str], list[list[str]], list[bool]]:
    """Headings, rows of text, and which columns hold numbers; the options are those of `show`."""
    names, like, missing = names or {}, like or {}, missing or {}
    if {"start", "end"} <= set(frame.columns):
        times = [when(*pair) for pair in zip(frame["start"], frame["end"], strict=True)]
        frame = frame.assign(when=times).drop(columns=[] if columns is not None else ["start", "end"])
    chosen = list(frame.columns if columns is None else columns)
    own = columns if isinstance(columns, Mapping) else {}
    headings = [text(own.get(name, HEADINGS.get(name, str(name).replace("_", " ")))) for name in chosen]
    body, numeric = [], []
    for name in chosen:
        values = [names.get(name, {}).get(v, v) if isinstance(v, str) else v for v in frame[name]]
        body.append([text(v, like.get(name, ""), missing.get(name, MISSING)) for v in values])
        known = [cell for cell in body[-1] if cell not in (MISSING, missing.get(name))]
        numeric.append(bool(known) and all(re.fullmatch(r"[−+]?[\d,./]+[%‰]?", cell) for cell in known))
    return headings, [list(row) for row in zip(*body, strict=True)], numeric


def html(frame: pd.DataFrame, caption: str, columns: Iterable[str] | Mapping[str, str] | None = None, **options) -> str:
    """The table of `show` as HTML; it scrolls by itself where it is too wide."""
    headings, rows, numeric = _cells(frame, columns, **options)
    caption = text(caption)
    longest = [max(map(len, column), default=0) for column in zip(*rows)] or [0] * len(headings)
    sides = [_side(*pair) for pair in zip(numeric, longest)]
    ends = [side.replace("white-space:nowrap", "") for side in sides]
    head = "".join(f'<th scope="col"{end}>{_safe(cell)}</th>' for cell, end in zip(headings, ends, strict=True))
    lines = [f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    for first, *rest in rows:
        cells = "".join(f"<td{side}>{_safe(cell)}</td>" for cell, side in zip(rest, sides[1:], strict=True))
        lines.append(f'<tr><th scope="row"{sides[0]}>{_safe(first)}</th>{cells}</tr>')
    top = f'<div role="region" aria-label="{escape(caption)}" tabindex="0" style="overflow-x:auto">\n<table>'
    title = f'<caption style="caption-side:top;text-align:left"><strong>{_safe(caption)}</strong></caption>'
    return "\n".join([top, title, *lines, "</tbody>", "</table>", "</div>"])


def _side(number: bool, longest: int) -> str:
    """Numbers and short words stay on a line; long words, such as names of rows, may break anywhere."""
    breaks = "white-space:nowrap" if number or longest < 20 else "overflow-wrap:anywhere;min-width:10em"
    return f' style="text-align:{"right" if number else "left"};{breaks}"'


def as_text(
    frame: pd.DataFrame, caption: str = "", columns: Iterable[str] | Mapping[str, str] | None = None, **options
) -> str:
    """The table of `show` for a terminal; Chinese characters count as two columns wide."""
    headings, rows, numeric = _cells(frame, columns, **options)
    widths = [max(map(_width, column)) for column in zip(headings, *rows, strict=True)]
    lines = []
    for row in [headings, ["─" * width for width in widths], *rows]:
        padded = zip(row, (" " * (width - _width(cell)) for cell, width in zip(row, widths)), numeric, strict=True)
        lines.append("  ".join(pad + cell if number else cell + pad for cell, pad, number in padded).rstrip())
    return "\n".join([text(caption), "", *lines] if caption else lines)


def _width(cell: str) -> int:
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in cell)


def _safe(cell: str) -> str:
    """Text as HTML: no tags, nothing taken for a formula, Chinese marked as such, the sign of a verdict in its colour."""
    sign, _, verdict = cell.partition(" ")
    if verdict in SYMBOLS and SYMBOLS[verdict][0] == sign:
        return f'<span style="color:{SYMBOLS[verdict][1]}" aria-hidden="true">{sign}</span> {verdict}'
    safe = re.sub(r"[$\\]", r"<span>\g<0></span>", escape(cell))
    return re.sub(r"[⺀-〿㐀-鿿豈-﫿＀-￯]+", r'<span lang="zh">\g<0></span>', safe)


class _Sentence(Formatter):
    """Format fields as `text` does; {n:rate|rates} counts, {x:0.00%} rounds to the sample."""

    def __init__(self, finish) -> None:
        self.finish = finish

    def format_field(self, value: object, spec: str) -> str:
        one, bar, many = spec.partition("|")
        return self.finish(f"{text(value)} {one if value == 1 else many}" if bar else text(value, spec))


def sentence(template: str, **values: object) -> str:
    """Prose with computed values: {n}, {share:0.00%} rounded to a sample, {n:rate|rates} counted."""
    return _Sentence(str).format(template.replace("**", ""), **values)


def say(template: str, **values: object) -> None:
    """Display a `sentence`; **words** of the template come out bold, values are shown as they are."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(template, quote=False))
    _display(sentence(template, **values), f"<p>{_Sentence(_safe).format(bold, **values)}</p>")


def _display(plain: str, rich: str) -> None:
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(plain)
    else:
        display({"text/html": rich, "text/plain": plain}, raw=True)
