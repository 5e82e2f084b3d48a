"""Numbers, verdicts and tables as a reader sees them: one formatter, one set of names.

    names = Names(ledger)
    show(rates, "Quoted rates", ["printed", "area", "verdict"], names=names)

Nothing is rounded unless a sample such as "0.00%" asks for it, and then exactly. Whatever comes
from a CSV is shown as text: it can become neither HTML nor a formula, and hidden characters are
made visible. Only the standard library is imported here; pandas when `frame` is called.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache
from html import escape
from numbers import Integral
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from helpers import rounding

if TYPE_CHECKING:
    import pandas as pd

    from helpers.ledger import Ledger

MISSING = "–"
DAY = timedelta(days=1)


# ── Verdicts ──


class Verdict(StrEnum):
    """The closed list of verdicts: of a rate, of a balance, change or run, of a cell.

    >>> Verdict.REPRODUCES.chinese, Verdict.REPRODUCES.sign
    ('相符', '●')
    """

    REPRODUCES = "reproduces"
    OTHER_RULE = "reproduces by another rule"
    DIFFERS = "does not reproduce"
    UNCHECKED = "cannot be checked"
    HOLDS = "holds"
    WITHIN = "holds within rounding"
    FAILS = "does not hold"
    UNDECIDED = "undecided"
    CORROBORATED = "corroborated"
    SINGLE = "single"
    CONFLICT = "in conflict"

    @property
    def sign(self) -> str:
        """A shape for each verdict, so that colour never speaks alone."""
        return _LOOKS[self][0]

    @property
    def colour(self) -> str:
        """A shade that is legible on white and on black."""
        return _LOOKS[self][1]

    @property
    def chinese(self) -> str:
        return _LOOKS[self][2]


_BLUE, _AMBER, _RUST, _GREY = "#0072B2", "#9A6A00", "#B85000", "#767676"
_LOOKS = {
    Verdict.REPRODUCES: ("●", _BLUE, "相符"),
    Verdict.OTHER_RULE: ("▲", _AMBER, "改用其他取位方式才相符"),
    Verdict.DIFFERS: ("✕", _RUST, "不符"),
    Verdict.UNCHECKED: ("○", _GREY, "無從核對"),
    Verdict.HOLDS: ("●", _BLUE, "成立"),
    Verdict.WITHIN: ("●", _BLUE, "在取位誤差內成立"),
    Verdict.FAILS: ("✕", _RUST, "不成立"),
    Verdict.UNDECIDED: ("○", _GREY, "無法判定"),
    Verdict.CORROBORATED: ("●", _BLUE, "互相印證"),
    Verdict.SINGLE: ("○", _GREY, "單一來源"),
    Verdict.CONFLICT: ("✕", _RUST, "互相矛盾"),
}


# ── Names ──


class Names:
    """The names that a ledger gives to its keys, and the references to its rows.

    `columns` has a dict of names for every column that holds keys, for tables.
    """

    def __init__(self, ledger: Ledger, chinese: bool = False) -> None:
        tables = ledger.tables
        areas = {row.area: _name(row, chinese) for row in tables["areas"]}
        measures = {row.measure: _name(row, chinese) for row in tables["measures"]}
        pages = {row.source: row.outlet for row in tables["sources"]}
        self.columns = {"area": areas, "of_area": areas, "measure": measures}
        self.columns |= {"source": pages, "second_source": pages}
        self._references = {row.index: row.reference for row in tables["numbers"]}
        self._briefings = {row.briefing: row for row in tables["briefings"]}

    def rests_on(self, rows: Iterable[int]) -> str:
        """Rows as file/number, in reading order."""
        return "; ".join(self._references[row] for row in sorted(rows))

    def cell(self, cell: Any) -> str:
        """A cell (with measure, area, of_area, start, end) in words."""
        area = self.columns["area"].get(cell.area, "an area not stated")
        of_area = f" in {self.columns['area'][cell.of_area]}" if cell.of_area else ""
        measure = self.columns["measure"][cell.measure]
        return f"{measure}, {area}{of_area}, {when(cell.start, cell.end)}"

    def briefing(self, briefing: str) -> str:
        """A briefing's name: its number where it has one, whose it is, and its day.

        >>> from helpers import ledger
        >>> Names(ledger.load()).briefing("155")
        '155th briefing of Chongqing, 2022-12-01'
        """
        row = self._briefings[briefing]
        area = self.columns["area"][row.area]
        number = re.search("[0-9]+$", briefing) if row.numbering != "none" else None
        title = f"{ordinal(int(number[0]))} briefing" if number else "statement"
        return f"{title} of {area}, {row.day}"


def _name(row: Any, chinese: bool) -> str:
    return f"{row.name_en} {row.name_zh or ''}".strip() if chinese else row.name_en


def ordinal(number: int) -> str:
    """155th, 1st, 12th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


@cache
def when(start: datetime | None, end: datetime | None) -> str:
    """The half-open time of a cell in words, its last day included.

    >>> when(datetime(2022, 11, 30), datetime(2022, 12, 1))
    '2022-11-30'
    >>> when(None, datetime(2022, 12, 1))
    'at the end of 2022-11-30'
    """
    if end is None:
        return "day not stated"
    midnight = (end.hour, end.minute) == (0, 0)
    last = (end - DAY if midnight else end).date()
    clock = "" if midnight else f" at {end:%H:%M}"
    if start is None:
        return f"at the end of {last}" if midnight else f"{last}{clock}"
    if end - start < DAY:
        return f"{start.date()} from {start:%H:%M} to {'24:00' if midnight else f'{end:%H:%M}'}"
    return str(last) if end - start == DAY else f"{start.date()} to {last}{clock}"


# ── One value ──


def text(value: object, like: str = "", missing: str = MISSING) -> str:
    """One value as a reader sees it.

    >>> text(6584), text(-1208), text("reproduces"), text(None)
    ('6,584', '−1,208', '● reproduces', '–')
    >>> text(Fraction(3930, 5522)), text(Fraction(3930, 5522), "0.00%")
    ('1,965/2,761', '71.17%')

    Raises:
        TypeError: for a float that is no whole number: counts are whole, rates are Fractions.
    """
    if isinstance(value, list | tuple):
        return ", ".join(text(item, like) for item in value) or missing
    if _is_missing(value):
        return missing
    if type(value).__name__ in ("bool", "bool_"):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" + ("" if value.hour == value.minute == 0 else f" {value:%H:%M}")
    if isinstance(value, date):
        return str(value)
    if isinstance(value, str):
        sign = f"{Verdict(value).sign} " if value in list(Verdict) else ""
        return sign + "".join(map(_visible, value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, Integral | Fraction):
        number = Fraction(int(value.numerator), int(value.denominator))
        plain = rounding.reround(number, 1, like) if like else _plain(number)
        return plain.replace("-", "−") + " ◇" * isinstance(value, Unsure)
    raise TypeError(f"{value!r}: expected text, a date, a whole number or a Fraction")


def _is_missing(value: object) -> bool:
    """None, the empty text, and what pandas has for them (its missing values equal nothing)."""
    if type(value).__name__ == "NAType":
        return True
    return value is None or value == "" or value != value  # noqa: PLR0124


def _plain(number: Fraction) -> str:
    below = f"/{number.denominator:,}" if number.denominator > 1 else ""
    return f"{number.numerator:,}{below}"


def _visible(character: str) -> str:
    hidden = character != " " and unicodedata.category(character)[0] in "CZ"
    return f"‹U+{ord(character):04X}›" if hidden else character


def says(bounds: rounding.Bounds | None) -> str:
    """What is known of a value: exact, or from one end to the other."""
    if bounds is None:
        return "not known"
    if bounds.lower is not None and bounds.lower == bounds.upper:
        return text(bounds.lower)
    return " to ".join("…" if end is None else _end(end) for end in (bounds.lower, bounds.upper))


def _end(end: Fraction) -> str:
    end = Fraction(end)
    return text(end) if end.denominator == 1 else text(end, "0.00000")


class Unsure(Fraction):
    """A value on which texts disagree, or that rests on such a number; shown as 6,778 ◇."""


# ── One division ──


class Count(int):
    """A printed count; divided by another, or by a typed number, both are kept.

    >>> Count("3930") / 5522
    Division(part=3930, whole=5522)
    """

    def __new__(cls, printed: str) -> Self:
        numeral = rounding.parse(printed)
        count = super().__new__(cls, numeral.value)
        count.given = printed if numeral.unit > 1 else int(count)  # rounded: what it may stand for
        return count

    def __truediv__(self, whole: int | None) -> Division:
        return Division(self, whole)

    def __rtruediv__(self, part: int) -> Division:
        return Division(part, self)


class Division(NamedTuple):
    """A part and a whole, not yet divided; None for what is not printed."""

    part: int | None
    whole: int | None

    def __str__(self) -> str:
        shown = (getattr(count, "given", count) for count in self)
        return " / ".join(text(count, missing="not printed") for count in shown)


class Check(NamedTuple):
    """What `check` finds; `quotient` to five places, `fits`: how many whole numbers."""

    printed: str
    division: str
    quotient: str
    prints_as: str
    verdict: Verdict
    fits: int | None
    detail: str

    def __repr__(self) -> str:
        verdict = f"{self.verdict.sign} {self.verdict} {self.verdict.chinese}"
        first = f"{self.division} {self.quotient}".strip()
        other = "" if self.prints_as in ("?", self.printed) else f", not {self.printed}"
        return "\n".join([first, f"prints as {self.prints_as}{other}", verdict, self.detail])


def counts(ledger: Ledger) -> dict[str, Count]:
    """The printed counts and changes of a briefing, by the names of their rows."""
    rows = (row for row in ledger.tables["numbers"] if row.kind in ("level", "change"))
    return {row.number: Count(row.printed) for row in rows if not row.reads}


def check(printed: str, division: Division) -> Check:
    """Does a part over a whole print as a rate, and how many whole numbers would have?

    >>> check("71.17%", Count("3930") / 5522)
    3,930 / 5,522 ≈ 71.16987%
    prints as 71.17%
    ● reproduces 相符
    fits 1 whole number: 3,930
    >>> check("1.7%", Count("131") / None)
    131 / not printed
    prints as ?
    ○ cannot be checked 無從核對
    missing: the whole (1.7% would need 7,486 to 7,939)

    Raises:
        TypeError: where two typed numbers were divided, so that a float is all that is left.
    """
    if not isinstance(division, Division):
        raise TypeError(f"{division!r}: expected a division of counts, Count('3930') / 5522")
    part, whole = division
    if part is None or whole is None:
        missing = _lacking(printed, part, whole)
        return Check(printed, str(division), "", "?", Verdict.UNCHECKED, None, missing)
    rules = [r for r in rounding.RULES if rounding.consistent(printed, part, whole, r)]
    verdict = Verdict.OTHER_RULE if rules else Verdict.DIFFERS
    if rounding.RULES[0] in rules:
        verdict = Verdict.REPRODUCES
    fits = rounding.implied_parts(printed, whole)
    ends = " to ".join(text(end) for end in sorted({fits.low, fits.high})) if len(fits) else MISSING
    detail = f"fits {len(fits)} whole number{'s' * (len(fits) != 1)}: {ends}"
    quotient = rounding.reround(part, whole, "0.00000" + re.sub(r"[\d.,]", "", printed))
    equals = "=" if rounding.parse(quotient).value * whole == part else "≈"
    prints_as = rounding.reround(part, whole, printed)
    told = (str(division), f"{equals} {quotient}", prints_as)
    return Check(printed, *told, verdict, len(fits), detail)


def _lacking(printed: str, part: int | None, whole: int | None) -> str:
    """What a rate lacks, and which wholes it would need."""
    absent = [name for name, c in (("the part", part), ("the whole", whole)) if c is None]
    said = f"missing: {' and '.join(absent)}"
    if part is None:
        return said
    wholes = rounding.implied_wholes(printed, getattr(part, "given", part))
    return f"{said} ({printed} would need {text(wholes.low)} to {text(wholes.high)})"


# ── Tables ──

HEADINGS = {
    "of_area": "in",
    "number": "printed number",
    "reconstructed": "part / whole",
    "missing": "what is missing",
    "power": "fits",
    "rests_on": "rests on",
    "days": "days claimed",
}
_FOLDED = 12  # rows from which on a table is folded away
_TIMES = ("start", "end", "since_start", "since_end", "day")


def frame(rows: Iterable[Any], columns: Sequence[str]) -> pd.DataFrame:
    """Rows (named tuples or dicts) as a frame with just these columns; times as dates."""
    import pandas as pd

    table = pd.DataFrame([_row(row, columns) for row in rows], columns=list(columns), dtype=object)
    for column in table.columns.intersection(_TIMES):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[s]")
    return table


def _row(row: Any, columns: Sequence[str]) -> list:
    if isinstance(row, Mapping):
        return [row.get(column) for column in columns]
    return [getattr(row, column, None) for column in columns]


def show(table: Any, caption: str, columns: Iterable[str] | Mapping[str, str], **options) -> None:
    """Display a table with a caption, in a notebook or a terminal.

    Args:
        table: a frame, or rows (named tuples or dicts).
        columns: which, in which order; a dict gives headings of its own.
            `when` is made of start and end.
        names: a `Names`, to write names for keys.
        like: by column, a sample to round to, "0.00%".
    """
    from IPython import get_ipython
    from IPython.display import display

    plain = as_text(table, caption, columns, **options)
    if get_ipython() is None:
        print(plain)
    else:
        rich = html(table, caption, columns, **options)
        display({"text/html": rich, "text/plain": plain}, raw=True)


def as_text(table: Any, caption: str, columns: Iterable[str] | Mapping[str, str], **options) -> str:
    """The table of `show` for a terminal; Chinese characters count as two columns wide."""
    headings, rows, numeric = _cells(table, columns, **options)
    widths = [max(map(width, column)) for column in zip(headings, *rows, strict=True)]
    lines = [caption, ""] if caption else []
    for row in [headings, ["─" * wide for wide in widths], *rows]:
        padded = map(_padded, row, widths, numeric)
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def html(table: Any, caption: str, columns: Iterable[str] | Mapping[str, str], **options) -> str:
    """The table of `show` as HTML, readable where styles are stripped; a long one is folded."""
    headings, rows, numeric = _cells(table, columns, **options)
    sides = ["right" if number else "left" for number in numeric]
    head = "".join(
        f'<th scope="col" align="{side}">{_safe(cell)}</th>'
        for side, cell in zip(sides, headings, strict=True)
    )
    body = []
    for row in rows:
        tags = ['th scope="row"'] + ["td"] * (len(row) - 1)
        cells = (
            f'<{tag} align="{side}">{_safe(cell)}</{tag[:2]}>'
            for tag, side, cell in zip(tags, sides, row, strict=True)
        )
        body.append(f"<tr>{''.join(cells)}</tr>")
    title = f'<caption align="top"><strong>{_safe(caption)}</strong></caption>'
    before, after = ["<table>", title], ["</table>"]
    if len(rows) > _FOLDED:
        folded = f"<summary>{_safe(caption)} ({len(rows)} rows)</summary>"
        before, after = ["<details>", folded, "<table>"], ["</table>", "</details>"]
    lines = [f"<thead><tr>{head}</tr></thead>", "<tbody>", *body, "</tbody>"]
    return "\n".join([*before, *lines, *after])


def _cells(
    table: Any,
    columns: Iterable[str] | Mapping[str, str],
    names: Names | None = None,
    like: Mapping[str, str] | None = None,
) -> tuple[list[str], list[list[str]], list[bool]]:
    """Headings, rows of text, and which columns hold numbers."""
    own = columns if isinstance(columns, Mapping) else {}
    chosen = list(columns)
    headings = [own.get(name, HEADINGS.get(name, name.replace("_", " "))) for name in chosen]
    rows = table.to_dict("records") if hasattr(table, "to_dict") else list(table)
    body = [_told(row, chosen, names, like or {}) for row in rows]
    numeric = [_is_numeric(column) for column in zip(*body, strict=True)] or [False] * len(chosen)
    return headings, body, numeric


def _told(row: Any, columns: list[str], names: Names | None, like: Mapping[str, str]) -> list[str]:
    cells = []
    for column, value in zip(columns, _row(row, columns), strict=True):
        if column == "when" and value is None:
            value = when(*(None if _is_missing(t) else t for t in _row(row, ["start", "end"])))
        known = names.columns.get(column, {}) if names and isinstance(value, str) else {}
        cells.append(text(known.get(value, value), like.get(column, "")))
    return cells


def _is_numeric(cells: Iterable[str]) -> bool:
    known = [cell for cell in cells if cell != MISSING]
    return bool(known) and all(re.fullmatch(r"[−+]?[\d,./]+[%‰]?( ◇)?", cell) for cell in known)


def width(cell: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = (1 + (unicodedata.east_asian_width(c) in "WF") for c in cell)
    return sum(0 if unicodedata.combining(c) else w for c, w in zip(cell, wide, strict=True))


def _padded(cell: str, wide: int, number: bool) -> str:
    pad = " " * (wide - width(cell))
    return pad + cell if number else cell + pad


def _safe(cell: str) -> str:
    """Text as HTML: no tags, nothing taken for a formula, Chinese marked as such."""
    safe = re.sub(r"[$\\]", r"<span>\g<0></span>", escape(cell))
    safe = re.sub(r"[⺀-〿㐀-鿿豈-﫿＀-￯]+", r'<span lang="zh-Hant">\g<0></span>', safe)
    sign, _, verdict = safe.partition(" ")
    if verdict in list(Verdict) and Verdict(verdict).sign == sign:
        return f'<span style="color:{Verdict(verdict).colour}">{sign}</span>&nbsp;{verdict}'
    return safe
