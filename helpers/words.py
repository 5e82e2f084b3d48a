"""Numbers, verdicts and tables as a reader sees them: one formatter, one set of names.

    names = Names(ledger)
    show(rates, "Quoted rates", ["printed", "area", "verdict"], names=names)

Nothing is rounded unless a sample such as "0.00%" asks for it, and then exactly. Whatever comes
from a CSV is shown as text: it can become neither HTML nor a formula, and hidden characters are
made visible. Only the standard library is imported here; pandas when `frame` is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from unicodedata import combining, east_asian_width

from helpers import rounding

if TYPE_CHECKING:
    import pandas as pd

    from helpers.ledger import Ledger

MISSING = "–"
COLOURS = {"●": "#0072B2", "▲": "#9A6A00", "✕": "#B85000", "○": "#767676"}


# ── Verdicts ──


class Verdict(StrEnum):
    """The closed list of verdicts: of a rate, of a balance, change or run, of a cell.

    Each has a shape, so that colour never speaks alone, a colour that is legible on white and on
    black, and a name in Chinese.

    >>> Verdict.REPRODUCES, Verdict.REPRODUCES.sign, Verdict.REPRODUCES.chinese
    (<Verdict.REPRODUCES: 'reproduces'>, '●', '相符')
    """

    sign: str
    colour: str
    chinese: str

    def __new__(cls, word: str, sign: str, chinese: str) -> Self:
        verdict = str.__new__(cls, word)
        verdict._value_, verdict.sign, verdict.chinese = word, sign, chinese
        verdict.colour = COLOURS[sign]
        return verdict

    REPRODUCES = "reproduces", "●", "相符"
    OTHER_RULE = "reproduces by another rule", "▲", "改用其他取位方式才相符"
    DIFFERS = "does not reproduce", "✕", "不符"
    UNCHECKED = "cannot be checked", "○", "無從核對"
    HOLDS = "holds", "●", "成立"
    WITHIN = "holds within rounding", "●", "在取位誤差內成立"
    FAILS = "does not hold", "✕", "不成立"
    UNDECIDED = "undecided", "○", "無法判定"
    CORROBORATED = "corroborated", "●", "互相印證"
    SINGLE = "single", "○", "單一來源"
    CONFLICT = "in conflict", "✕", "互相矛盾"


# ── Names ──


class Names:
    """The names that a ledger gives to its keys, also by column, and to its rows and briefings."""

    def __init__(self, ledger: Ledger, chinese: bool = False) -> None:
        tables = ledger.tables
        self._names = {  # no measure has the key of an area
            row[0]: f"{row.name_en} {row.name_zh or ''}".strip() if chinese else row.name_en
            for row in (*tables["areas"], *tables["measures"])
        }
        self.columns = dict.fromkeys(("area", "of_area", "measure"), self._names)
        self._references = {row.index: row.reference for row in tables["numbers"]}
        self._briefings = {row.briefing: row for row in tables["briefings"]}

    def rests_on(self, rows: Iterable[int]) -> str:
        """Rows as file/number, in reading order."""
        return "; ".join(self._references[row] for row in sorted(rows))

    def cell(self, cell: Any) -> str:
        """A cell (with measure, area, of_area, start, end) in words."""
        return f"{self.subject(cell)}, {when(cell.start, cell.end)}"

    def subject(self, cell: Any, between: str = " in ") -> str:
        """What a cell speaks of, whatever its time; of a rate, the areas of its part and whole."""
        areas = dict.fromkeys((cell.area, cell.of_area or cell.area))
        named = between.join(self._names.get(area, "an area not stated") for area in areas)
        return f"{self._names[cell.measure]}, {named}"

    def briefing(self, briefing: str) -> str:
        """A briefing's name, such as "155th briefing of Chongqing, 2022-12-01"."""
        row, title = self._briefings[briefing], "statement"
        if row.numbering != "none":
            title = f"{ordinal(int(re.search('[0-9]+$', briefing)[0]))} briefing"
        return f"{title} of {self._names[row.area]}, {row.day}"


def ordinal(number: int) -> str:
    """155th, 1st, 12th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number // 10 % 10 == 1 else ending}"


def when(start: datetime | None, end: datetime | None) -> str:
    """The half-open time of a cell in words, its last day included.

    >>> when(datetime(2022, 11, 30), datetime(2022, 12, 1))
    '2022-11-30'
    >>> when(None, datetime(2022, 12, 1))
    'at the end of 2022-11-30'
    """
    if end is None:
        return "day not stated"
    last, clock = (end - timedelta.resolution).date(), f"{end:%H:%M}"
    at = "" if clock == "00:00" else f" at {clock}"
    if start is None:
        return f"{last}{at}" if at else f"at the end of {last}"
    if end - start < timedelta(days=1):
        return f"{start.date()} from {start:%H:%M} to {clock.replace('00:00', '24:00')}"
    return f"{start.date()} to {last}{at}".removeprefix(f"{last} to ")


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
    if isinstance(value, str):
        sign = f"{Verdict(value).sign} " if value in list(Verdict) else ""
        plain = (c if c.isprintable() else f"‹U+{ord(c):04X}›" for c in value)
        return sign + "".join(plain) or missing
    if str(value) in ("None", "nan", "NaT", "<NA>"):
        return missing
    if isinstance(value, date):
        return str(value).removesuffix(" 00:00:00")
    if isinstance(value, float) and not value.is_integer():
        raise TypeError(f"{value!r}: expected text, a date, a whole number or a Fraction")
    number = Fraction(value)
    plain = f"{number.numerator:,}/{number.denominator:,}".removesuffix("/1")
    if like:
        plain = rounding.reround(number, 1, like)
    return plain.replace("-", "−") + " ◇" * isinstance(value, Unsure)


SIGNED = {text(verdict): verdict for verdict in Verdict}


def says(bounds: rounding.Bounds | None) -> str:
    """What is known of a value: exact, or from one end to the other."""
    return "not known" if bounds is None else _span(bounds.lower, bounds.upper)


def _span(*ends):
    """From one end to the other, said once where they are the same; None is no end."""
    said = (text(end, "1,000.00000", "…").removesuffix(".00000") for end in dict.fromkeys(ends))
    return " to ".join(said)


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
        # a rounded one is kept as printed: that says what it may stand for
        count.given = printed if numeral.unit > 1 else numeral.value
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
        return " / ".join(text(getattr(n, "given", n), missing="not printed") for n in self)


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
        printed, division, quotient, prints_as, verdict, _, detail = self
        first = f"{division} {quotient}".strip()
        other = "" if prints_as in ("?", printed) else f", not {printed}"
        judged = f"{text(verdict)} {verdict.chinese}"
        return f"{first}\nprints as {prints_as}{other}\n{judged}\n{detail}"


def counts(ledger: Ledger) -> dict[str, Count]:
    """The printed counts and changes of a briefing, by the names of their rows."""
    return {
        row.number: Count(row.printed)
        for row in ledger.tables["numbers"]
        if row.kind in ("level", "change") and not row.reads
    }


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
    if None in division:
        lacking = _lacking(printed, part, whole)
        return Check(printed, str(division), "", "?", Verdict.UNCHECKED, None, lacking)
    prints = [rounding.consistent(printed, part, whole, rule) for rule in rounding.RULES]
    verdict = Verdict.OTHER_RULE if any(prints) else Verdict.DIFFERS
    if prints[0]:
        verdict = Verdict.REPRODUCES
    fits = rounding.implied_parts(printed, whole)
    detail = f"fits {len(fits)} whole number{'s' * (len(fits) != 1)}: {_numbers(fits)}"
    quotient = rounding.reround(part, whole, "0.00000" + printed.lstrip("+-0123456789.,"))
    equals = "=" if rounding.parse(quotient).value * whole == part else "≈"
    shown, prints_as = f"{equals} {quotient}", rounding.reround(part, whole, printed)
    return Check(printed, str(division), shown, prints_as, verdict, len(fits), detail)


def _lacking(printed, part, whole):
    """What a rate lacks, and which wholes it would need."""
    if part is None:
        return "missing: the part" + " and the whole" * (whole is None)
    wholes = rounding.implied_wholes(printed, getattr(part, "given", part))
    return f"missing: the whole ({printed} would need {_numbers(wholes)})"


def _numbers(numbers):
    """The least and the greatest of some whole numbers."""
    return _span(numbers.low, numbers.high) if numbers else MISSING


# ── Tables ──

HEADINGS = {"number": "printed number", "missing": "what is missing", "days": "days claimed"}
_TIMES = ("start", "end", "since_start", "since_end", "day")


def frame(rows: Iterable[tuple], columns: Sequence[str]) -> pd.DataFrame:
    """Rows, a value for each column, as a frame; times as dates."""
    import pandas as pd

    table = pd.DataFrame(rows, columns=columns, dtype=object)
    return table.astype(dict.fromkeys(table.columns.intersection(_TIMES), "datetime64[s]"))


def show(table: Any, caption: str, columns: Iterable[str], **options) -> None:
    """Display a table with a caption in a notebook.

    Args:
        table: a frame, or rows (named tuples or dicts).
        columns: which, in which order; a dict gives headings of its own.
        names: a `Names`, to write names for keys.
        like: by column, a sample to round to, "0.00%".
    """
    from IPython.display import display

    shown = {
        "text/html": html(table, caption, columns, **options),
        "text/plain": as_text(table, caption, columns, **options),
    }
    display(shown, raw=True)


def as_text(table: Any, caption: str, columns: Iterable[str], **options) -> str:
    """The table of `show` for a terminal; Chinese characters count as two columns wide."""
    padded = []
    for column, is_number in _columns(table, columns, **options):
        wide, pad = max(map(width, column)), str.rjust if is_number else str.ljust
        column.insert(1, "─" * wide)
        padded.append([pad(cell, wide - width(cell) + len(cell)) for cell in column])
    lines = ["  ".join(row).rstrip() for row in zip(*padded)]
    return "\n".join([caption, "", *lines] if caption else lines)


def html(table: Any, caption: str, columns: Iterable[str], **options) -> str:
    """The table of `show` as HTML, readable where styles are stripped; a long one is folded."""
    tagged, tag = [], 'th scope="row"'
    for column, is_number in _columns(table, columns, **options):
        side = "right" if is_number else "left"
        head, *cells = map(_safe, column)
        body = [f'<{tag} align="{side}">{cell}</{tag[:2]}>' for cell in cells]
        tagged.append([f'<th scope="col" align="{side}">{head}</th>', *body])
        tag = "td"
    head, *body = (f"<tr>{''.join(row)}</tr>" for row in zip(*tagged))
    said, rows = _safe(caption), "\n".join(body)
    shown = f"<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    if len(body) > 12:
        summary = f"<summary>{said} ({len(body)} rows)</summary>"
        return f'<details class="rows">\n{summary}\n<table>\n{shown}\n</details>'
    return f'<table>\n<caption align="top"><strong>{said}</strong></caption>\n{shown}'


def _columns(table, columns, names=None, like=None):
    """Of each column its heading and cells as text, and whether the cells are numbers."""
    rows = table.to_dict("records") if hasattr(table, "to_dict") else table
    rows = [row._asdict() if isinstance(row, tuple) else row for row in rows]
    own = columns if isinstance(columns, Mapping) else HEADINGS
    for column in columns:
        named = names.columns.get(column, {}) if names else {}
        sample = (like or {}).get(column, "")
        cells = [text(named.get(row[column], row[column]), sample) for row in rows]
        is_number = all(map(_NUMBER.fullmatch, cells))
        yield [own.get(column, column.replace("_", " ")), *cells], is_number


_NUMBER = re.compile(rf"[−+]?[\d,./]+[%‰]?( ◇)?|{MISSING}")


def width(cell: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum((east_asian_width(c) in "WF") + (not combining(c)) for c in cell)


def _safe(cell):
    """Text as HTML: no tags, nothing taken for a formula, Chinese marked as such."""
    if verdict := SIGNED.get(cell):
        return f'<span style="color:{verdict.colour}">{verdict.sign}</span>&nbsp;{verdict}'
    safe = re.sub(r"[$\\]", r"<span>\g<0></span>", escape(cell))
    return re.sub("[⺀-〿㐀-鿿豈-﫿＀-￯]+", r'<span lang="zh-Hant">\g<0></span>', safe)
