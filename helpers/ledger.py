"""data/ → checked, typed rows. Every refusal names file, row, column, what stood there, what was
expected.

What a table may hold is stated once, in data/datapackage.json, and read from there. This adds
what a table contract cannot say: numerals that parse, columns that go together, wholes without
themselves, texts that are as they were read. It needs the standard library alone; frames of pandas
are made when a notebook asks for one.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import re
from collections import namedtuple
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace as Row
from typing import NamedTuple

from helpers import rounding

DATA = Path(__file__).resolve().parent.parent / "data"
BRIEFING = "155"
"""The briefing that the collection is about."""

_CONTRACT = "datapackage.json"
_PATH = re.compile(r"(?:[a-z]+/)?[a-z0-9_-]+(?:\.schema)?\.(?:csv|json)")
_SAVE = "in Excel, save as type “CSV UTF-8 (comma delimited)”"
_TEXT = "in Excel, format the column as Text before you enter it"
_HIDDEN = re.compile(  # controls, marks of direction, blanks without width, fillers, tags
    "[\0-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_FRONT = {"index": "int64", "briefing": "str", "row": "int64", "reference": "str", "value": object}
_MOMENTS = dict.fromkeys(("start", "end", "since_start", "since_end"), "datetime64[s]")
_DTYPES = {"string": "str", "integer": "Int64", "date": "datetime64[s]"}
_DAY = timedelta(days=1)
_CLOSED = {"百餘": ">100", "千餘": ">1000", "上百": ">=100", "上千": ">=1000", "半數": "50%"}
"""What a numeral of these words reads, unless a note says why not."""


class Problem(NamedTuple):
    """One reason to refuse the record: where it is, what stands there, what was expected.

    `more` is the number of further rows of that column in which the same stands.
    """

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str
    more: int = 0

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row else ""
        row += f" and {self.more} more" if self.more else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{row}{column}: found {self.found}; expected {self.expected}"


class LedgerError(ValueError):
    """The record is refused. `problems` holds every reason, one a cause, in file and row order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        alike = {}
        for problem in sorted(problems, key=lambda p: (p.file, p.row or 0, p.column or "")):
            alike.setdefault(problem._replace(row=None), []).append(problem)
        self.problems = [same[0]._replace(more=len(same) - 1) for same in alike.values()]
        count = f"{len(alike)} problem{'s' * (len(alike) > 1)}"
        super().__init__("\n".join([f"data refused, {count}:", *map(str, self.problems)]))


@dataclass(frozen=True, eq=False)
class Ledger:
    """The tables of data/datapackage.json, checked.

    `tables` holds for each name (numbers, briefings, sources, areas, members, measures, terms) a
    tuple of named tuples with the columns of the contract. An empty cell is None; whole numbers are
    int, days `date`, `start` and `end` `datetime`: `end` is the first moment no longer counted.

    Rows of numbers begin with `index` (the how-many-th of all, kept by `only`), `briefing` (the
    file's name, "155"), `row` (line of that file), `reference` ("155/central_new") and `value` (a
    Fraction, None for context). They end with `since_start` and `since_end`: what a change is
    compared with, as moments, `since` being the text of the cell.

    The attributes of the same names are pandas frames of these rows, made when first asked for:
    empty cells are NaN, NaT or <NA>, never zero; days and moments are timestamps.
    """

    tables: dict[str, tuple]
    dtypes: dict[str, dict[str, object]]

    numbers = cached_property(lambda self: self._frame("numbers"))
    briefings = cached_property(lambda self: self._frame("briefings"))
    sources = cached_property(lambda self: self._frame("sources"))
    areas = cached_property(lambda self: self._frame("areas"))
    members = cached_property(lambda self: self._frame("members"))
    measures = cached_property(lambda self: self._frame("measures"))
    terms = cached_property(lambda self: self._frame("terms"))

    def only(self, *files: str) -> Ledger:
        """The same ledger with the numbers of these files alone: what a text shows by itself.

        >>> {row.briefing for row in load().only("155").tables["numbers"]}
        {'155'}
        """
        own = tuple(row for row in self.tables["numbers"] if row.briefing in files)
        return replace(self, tables=self.tables | {"numbers": own})

    def _frame(self, name):
        import pandas as pd

        rows, dtypes = self.tables[name], self.dtypes[name].items()
        cells = {c: pd.Series([getattr(row, c) for row in rows], dtype=kind) for c, kind in dtypes}
        frame = pd.DataFrame(cells)
        return frame.set_index("index").rename_axis(None) if name == "numbers" else frame


def load(folder: str | Path = DATA) -> Ledger:
    """Read, check and type all tables of a folder with a datapackage.json.

    Raises LedgerError with every problem of every file; nothing is half-loaded.

    >>> [row.value for row in load().tables["numbers"] if row.reference == "155/central_new"]
    [Fraction(5522, 1)]
    """
    problems = []
    tables = _contract(Path(folder), problems)
    for table in tables.values():
        table.read(Path(folder))
    for name, rules in [*((name, _contract_rules) for name in tables), *_RULES]:
        for row, column, expected in rules(tables[name], tables):
            tables[name].refuse(row, column, expected)
    if problems:
        raise LedgerError(problems)
    rows = {name: table.typed() for name, table in tables.items()}
    return Ledger(rows, {name: table.dtypes for name, table in tables.items()})


def digest(numerals: Iterable[tuple[int, str]]) -> str:
    """What stands in briefings.csv for the numerals of a text read whole, in their order.

    numerals: paragraph, and the numeral in the spelling of the record, as in `printed`.

    >>> digest([(1, "12"), (1, "155"), (4, "71.17%")])[:12]
    '4c92fc062cce'
    """
    lines = "".join(f"{paragraph}\t{spelling}\n" for paragraph, spelling in numerals)
    return hashlib.sha256(lines.encode()).hexdigest()


# ── Files ──


class _Table:
    """The rows of the files with the same columns.

    A row has its `file`, its `row` in it, the text of its `cells`, the columns `refused` in it, and
    each column as an attribute: its typed value, None where it is empty or refused.
    """

    def __init__(self, name, schema, problems):
        self.name, self.schema, self.problems = name, schema, problems
        self.paths, self.rows, self.unread = set(), [], False
        said = schema["fields"]
        self.fields = {field["name"]: field | field.get("constraints", {}) for field in said}
        self.dtypes = {field["name"]: _DTYPES[field["type"]] for field in said}
        if name == "numbers":
            self.dtypes = _FRONT | self.dtypes | _MOMENTS

    def refuse(self, row, column, expected):
        """Note that a cell holds something else than expected; one reason a cell is enough."""
        if column not in row.refused:
            row.refused.add(column)
            found = _show(row.cells[column])
            self.problems.append(Problem(row.file, row.row, column, found, expected))

    def read(self, folder):
        """Read the files that the contract lists, and all others in a folder of their own.

        What Excel and macOS leave beside an open or copied file (~$155.csv, ._155.csv) is no file
        of the record.
        """
        if self.name == "numbers":
            beside = (path.name for path in (folder / "numbers").glob("*.csv"))
            self.paths |= {f"numbers/{name}" for name in beside if name[0] not in "~."}
        for path in sorted(self.paths):
            try:
                header, *lines = _text(folder, path).splitlines()
                self._check_header(path, _cells(header))
            except LedgerError as error:
                self.problems += error.problems
                self.unread = True
                continue
            for number, line in enumerate(lines, 2):
                self._take(path, number, line)

    def _check_header(self, path, header):
        expected = f"{', '.join(self.fields)}: these columns in this order, parted by commas"
        for found, wanted in zip_longest(header, self.fields, fillvalue=""):
            if found != wanted:
                raise LedgerError([Problem(path, 1, wanted or None, _show(found), expected)])

    def _take(self, path, number, line):
        cells = _cells(line)
        if len(cells) == len(self.fields) and any(cells):
            named = dict(zip(self.fields, cells, strict=True))
            self.rows.append(Row(file=path, row=number, cells=named, refused=set()))
            return
        self.unread = True
        found = f"{len(cells)} cells" if any(cells) else "an empty row"
        expected = (
            f"{len(self.fields)} cells, quotes around one with a comma, no row below the last"
        )
        self.problems.append(Problem(path, number, None, found, expected))

    def typed(self):
        """The rows as the ledger gives them."""
        columns = list(self.dtypes)
        make = namedtuple(self.name.capitalize(), columns)
        return tuple(make(*map(vars(row).get, columns)) for row in self.rows)


def _cells(line):
    """The cells of one line; as many as can be told where a quote is out of place."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return line[: line.index('"')].split(",")[:-1]


def _error(file, found, expected):
    return LedgerError([Problem(_show(file)[1:-1], None, None, found, expected)])


def _text(folder, path):
    """A file's text; a byte-order mark and any line ends are taken in, as Excel writes them."""
    if not _PATH.fullmatch(path):
        raise _error(path, "a file of this name", "a name such as areas.csv or numbers/155.csv")
    try:
        text = (folder / path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        expected = f"the file that {_CONTRACT} speaks of"
        raise _error(path, "no file that can be read", expected) from error
    except UnicodeDecodeError as error:
        found = "bytes that are not UTF-8 (perhaps UTF-16, GBK or Big5)"
        raise _error(path, found, f"UTF-8: {_SAVE}") from error
    if not text.strip():
        raise _error(path, "an empty file", "text")
    return text


def _contract(folder, problems):
    """The tables of the contract, still empty."""
    tables = {}
    for resource in json.loads(_text(folder, _CONTRACT))["resources"]:
        path, schema = resource["path"], resource["schema"]
        name = path.rpartition("/")[0] or path.removesuffix(".csv")
        if name not in tables:
            read = schema if isinstance(schema, dict) else json.loads(_text(folder, schema))
            tables[name] = _Table(name, read, problems)
        tables[name].paths.add(path)
    return tables


def _show(text):
    """Foreign text inside a message: quoted, escaped where not printable, cut where it is long."""
    return repr(text if len(text) <= 60 else text[:60] + "…") if text else "nothing"


# ── Cells ──


def _contract_rules(table, tables):
    """Types, enums, patterns, bounds, what goes with what, keys: all that the contract says."""
    for column, said in table.fields.items():
        known = {text: _typed(text, column, said) for text in {r.cells[column] for r in table.rows}}
        for row in table.rows:
            value, expected = known[row.cells[column]]
            setattr(row, column, value)
            if expected:
                yield row, column, expected
    for column, cases in table.schema.get("cases", {}).items():
        for row in table.rows:
            for other, needed in cases.get(row.cells[column], {}).items():
                if bool(row.cells[other]) != needed:
                    expected = "a value" if needed else "nothing"
                    yield row, other, f"{expected}, as the {column} is {row.cells[column]}"
    for key in table.schema.get("foreignKeys", []):
        (column,), target = key["fields"], tables[key["reference"]["resource"] or table.name]
        keys = {row.cells[key["reference"]["fields"][0]] for row in target.rows} | {""}
        for row in table.rows:
            if row.cells[column] not in keys and not target.unread:
                yield row, column, f"a key of {target.name}.csv"
    for columns in [table.schema["primaryKey"], *table.schema.get("uniqueKeys", [])]:
        first = {}
        for row in table.rows:
            key = [row.cells[column] for column in columns]
            known = first.setdefault((row.file, *key), row.row)
            if known != row.row and all(key):
                yield row, columns[-1], f"another {' and '.join(columns)} than row {known}"


def _typed(text, column, said):
    """The value of a cell, or what was expected in its place."""
    if not text:
        return None, "a value" if said.get("required") else ""
    if _HIDDEN.search(text):
        return None, "no invisible character"
    if text not in said.get("enum", [text]):
        return None, "one of " + ", ".join(said["enum"])
    read = _TYPES.get(column) or _TYPES[said["type"]]
    try:
        value = read(text)
        strict = said["type"] == "string" or str(value) == text
        if not strict or not re.fullmatch(said.get("pattern", "(?s:.*)"), text):
            raise ValueError
        if "minimum" in said and not read(said["minimum"]) <= value <= read(said["maximum"]):
            return None, f"{said['minimum']} to {said['maximum']}"
    except ValueError:
        return None, said.get("expected", "a whole number")
    return value, ""


def _since(text):
    for day in text.split("/"):
        date.fromisoformat(day)
    return text


_TYPES = {"string": str, "integer": int, "date": date.fromisoformat, "since": _since}
_TYPES |= dict.fromkeys(("start", "end"), datetime.fromisoformat)


# ── Measures and areas: what the contract cannot say (row, column to blame, expected) ──


def _measure_rules(table, _):
    """A rate is made of two counts, if it says of what; what flows into a stock is a flow."""
    nature = {row.measure: row.nature for row in table.rows}
    for row in table.rows:
        for column in ("part", "whole"):
            made = row.nature == "rate" and (row.part or row.whole)
            if made and nature.get(getattr(row, column), "rate") == "rate":
                yield row, column, "the count that the rate is made of (or neither part nor whole)"
        if row.inflow and nature.get(row.inflow) != "flow":
            yield row, "inflow", "a measure whose nature is flow"


def _sum_rules(table, whole, part):
    """Nothing is made of itself, and a scheme is complete or not."""
    circle = _circle((row.cells[whole], row.cells[part]) for row in table.rows)
    complete = {}
    for row in table.rows:
        upper = row.cells[whole]
        if complete.setdefault((upper, row.scheme), row.complete) != row.complete:
            yield row, "complete", "the same in all rows of one scheme"
        if {upper, row.cells[part]} <= circle:
            yield row, part, f"no {whole} that {upper} is itself a part of"


def _circle(pairs):
    """What goes round in a circle of wholes and their parts; nothing where nothing does."""
    sorter = TopologicalSorter()
    for whole, part in pairs:
        sorter.add(whole, part)
    try:
        sorter.prepare()
    except CycleError as error:
        return set(error.args[1])
    return set()


def _member_rules(table, _):
    """As for every sum; and what is in two parts would be counted twice."""
    yield from _sum_rules(table, "area", "member")
    holder = {}
    for row in (row for row in table.rows if not row.refused):
        for area in [row.member, *(r.member for r in table.rows if r.area == row.member)]:
            first = holder.setdefault((row.area, row.scheme, area), row.member)
            if first != row.member:
                yield row, "member", f"an area without {area}, which {first} holds as well"


# ── Numbers ──

_DECISIVE = {"kind", "printed", "reads", "start", "end", "claim", "since", "part_of"}


def _number_rules(table, tables):
    """Numerals that parse, and columns that go together, in each row whose cells can be read."""
    measures = {row.measure: row for row in tables["measures"].rows if not row.refused}
    for index, row in enumerate(table.rows):
        row.index, row.briefing = index, _stem(row.file)
        row.reference = f"{row.briefing}/{row.number}"
        row.value = row.since_start = row.since_end = None
        if row.second_source and row.second_source == row.source:
            yield row, "second_source", "another page than source"
        if row.kind == "context" or row.refused & _DECISIVE:
            continue
        measure = measures.get(row.measure, Row(nature=None, part=None, whole=None))
        for rules in (_numeral_rules, _cell_rules, _time_rules, _change_rules):
            for column, expected in rules(row, measure):
                yield row, column, expected
    yield from _list_rules(table)


def _stem(path):
    return path.rpartition("/")[2].removesuffix(".csv")


def _numeral_rules(row, measure):
    """A numeral that can be read, and does not read what it does not say."""
    shown = "reads" if row.reads else "printed"
    try:
        row.value, *_, sign = rounding.parse(row.printed, row.reads)
    except ValueError as error:
        yield shown, f"{str(error).rpartition('expected ')[2]}; or what it means, in reads"
        return
    if row.value < 0:
        yield shown, "its size without a minus: the claim says the direction, reads the size"
    if row.kind == "run" and (row.value < 1 or row.value % 1):
        yield shown, "a whole number of days"
    if row.note:
        return
    if row.kind == "run" and sign[:1] in ("~", "<"):
        yield shown, "a whole number of days, or a note that says what is claimed"
    rate = measure.part and row.kind in ("rate", "change")
    if rate and re.fullmatch("[0-9.,]+", row.reads or row.printed):
        yield shown, f"the rate as printed, with its % or ‰ ({_TEXT}), or a note that it has none"
    with suppress(ValueError):  # what is neither digits nor of closed form may mean anything
        said = rounding.parse(row.printed, _CLOSED.get(row.printed))
        agrees = abs(said.value) == row.value and said.comparator in ("", sign)
        if row.reads and not agrees:
            yield "reads", "what is printed, or a note that says why it is something else"


def _cell_rules(row, measure):
    """A measure that goes with the kind, and a whole that is not the part."""
    nature = measure.nature
    if nature and (row.kind, nature == "rate") in (("rate", False), ("level", True)):
        yield "kind", "rate exactly where the nature of the measure is rate"
    if row.of_area and nature not in (None, "rate"):
        yield "of_area", "nothing: only a rate has a whole in another area"
    if measure.part and measure.part == measure.whole and row.of_area in (None, row.area):
        yield "of_area", "the area of the whole: else part and whole are the same cell"


def _time_rules(row, measure):
    """A time that can be; a note may say why a moment is not known."""
    start, end, nature = row.start, row.end, measure.nature
    length = end - start if start and end else _DAY
    if start and row.kind == "level" and nature in ("stock", "members"):
        yield "start", "nothing: a stock has an end alone"
    if length <= 0 * _DAY:
        yield "end", "a moment after the start"
    if row.kind == "run" and length > _DAY:
        yield "start", "the start of the last day of the run alone"
    if length > 365 * _DAY:
        yield "start", "a moment at most a year before the end; if it is longer, none and a note"
    if row.note:
        return
    if start and not end:
        yield "end", "the first moment no longer counted, or a note that says why there is none"
    if end and not start and nature == "flow":
        yield "start", "the first moment counted, or a note that says why there is none"


def _change_rules(row, _):
    """A change is down or up since an earlier time, as long as its own."""
    if row.kind == "change" and row.claim not in ("down", "up"):
        yield "claim", "down or up, for a change"
    if not (row.since and row.end):
        return
    first, *last = map(datetime.fromisoformat, row.since.split("/"))
    shift = first.date() - (row.end - timedelta(microseconds=1)).date()
    row.since_start, row.since_end = row.start and row.start + shift, row.end + shift
    if last:
        row.since_start, row.since_end = first, *last
    if row.since_end >= row.end:
        yield "since", "an earlier time than the one it is compared with"
    elif last and not (row.start and _as_long(row.start, row.end, first, *last)):
        yield "since", "a day, or a time as long as its own: no other length is compared"


def _as_long(start, end, first, last):
    """The same number of days, or the same calendar dates of another year (leap or not)."""
    longer, dates = abs(last - first - (end - start)), "{:%m%d}{:%m%d}".format
    return not longer or (longer == _DAY and dates(start, end) == dates(first, last))


def _list_rules(table):
    """A complete list adds up to a level of the same file, and not to itself."""
    levels = {row.reference for row in table.rows if row.kind == "level"}
    listed = [row for row in table.rows if row.part_of]
    whole = {row.reference: f"{row.briefing}/{row.part_of.partition(':')[0]}" for row in listed}
    circle = _circle((upper, lower) for lower, upper in whole.items())
    for row in listed:
        if whole[row.reference] not in levels or row.reference in circle:
            yield row, "part_of", "a level of the same file that is no part of this one"


# ── Briefings ──


def _briefing_rules(table, tables):
    """A briefing is a row and a file; its day and its digest are those of its numbers."""
    numbers = tables["numbers"]
    files = {_stem(path): [] for path in numbers.paths}
    for row in numbers.rows:
        files[row.briefing].append(row)
    for row in table.rows:
        own = files.pop(row.briefing, [])
        if not own and not numbers.unread:
            yield row, "briefing", f"a file numbers/{row.briefing}.csv with at least one row"
        if (row.numbering == "none") == bool(re.fullmatch("(.*_)?[0-9]+", row.cells["briefing"])):
            yield row, "numbering", "none exactly where the id does not end in a number"
        yield from _day_rules(row, own)
        yield from _reading_rules(row, own)
    for stem in files if not table.unread else ():
        if stem[-1].isdigit():  # a collecting file has a name in words
            expected = f"a row for {stem} in briefings.csv"
            numbers.problems += _error(f"numbers/{stem}.csv", "no briefing", expected).problems


def _day_rules(row, own):
    """A briefing does not know the future and, as one of a series, speaks of the last days."""
    last = max((number for number in own if number.end), key=lambda n: n.end, default=None)
    if row.day and last:
        age = datetime.combine(row.day, datetime.min.time()) - last.end
        if age < -_DAY or (age > 3 * _DAY and row.numbering != "none"):
            until = f"{last.end:%Y-%m-%d %H:%M} (row {last.row})"
            yield row, "day", f"the day of its numbers, the last of which is counted until {until}"


def _reading_rules(row, own):
    """Reading order; where the whole text was read, none is missing and none has changed."""
    if not own or any(number.refused & {"paragraph", "position", "printed"} for number in own):
        return
    whole, position, printed = row.coverage == "whole", 0, ""
    for number in own if whole else [number for number in own if number.position]:
        least = position + (number.printed != printed)
        if not least <= (number.position or 0) <= (position + 1 if whole else math.inf):
            yield number, "position", f"{least}: reading order"
            return
        position, printed = number.position, number.printed
    read = dict.fromkeys((number.position, number.paragraph, number.printed) for number in own)
    found = digest(pair for _, *pair in read)
    if whole and row.digest and found != row.digest:
        file = f"numbers/{row.briefing}.csv"
        changed = f"a numeral, paragraph or the order in {file} was changed since the text was read"
        how = "trace TEXT names it (draft TEXT --finish notes that the text was read anew)"
        yield row, "digest", f"that of {file}, {found[:8]}…: {changed}; {how}"


_RULES = [
    ("measures", _measure_rules),
    ("members", _member_rules),
    ("terms", lambda table, _: _sum_rules(table, "measure", "term")),
    ("numbers", _number_rules),
    ("briefings", _briefing_rules),
]
