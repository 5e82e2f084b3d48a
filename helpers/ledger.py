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
import re
from collections import namedtuple
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import chain, groupby, zip_longest
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from helpers import Refused, rounding

DATA = Path(__file__).resolve().parent.parent / "data"
BRIEFING = "155"
"""The briefing that the collection is about."""

_UTF8 = "a file in UTF-8, not GBK, Big5 or UTF-16: in Excel, save as “CSV UTF-8 (comma delimited)”"
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

    Row 0 is the whole file, an empty column the whole row. `more` is the number of further rows of
    that column in which the same stands.
    """

    file: str
    row: int
    column: str
    found: str
    expected: str
    more: int = 0

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row else ""
        row += f" and {self.more} more" if self.more else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{row}{column}: found {self.found}; expected {self.expected}"


class LedgerError(Refused):
    """The record is refused. `problems` holds every reason, one a cause, in file and row order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        alike = {}
        for problem in sorted(problems):
            alike.setdefault(problem._replace(row=0), []).append(problem)
        self.problems = [one._replace(more=len(rest)) for one, *rest in alike.values()]
        count = f"{len(alike)} problem{'s' * (len(alike) > 1)}"
        super().__init__("\n".join([f"data refused, {count}:", *map(str, self.problems)]))


def _frame(name):
    """The pandas frame of a table, made when it is first asked for."""

    def make(ledger):
        import pandas as pd

        dtypes = ledger.dtypes[name]
        frame = pd.DataFrame(ledger.tables[name], columns=list(dtypes)).astype(dtypes)
        return frame.set_index("index").rename_axis(None) if name == "numbers" else frame

    return cached_property(make)


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

    numbers = _frame("numbers")
    briefings = _frame("briefings")
    sources = _frame("sources")
    areas = _frame("areas")
    members = _frame("members")
    measures = _frame("measures")
    terms = _frame("terms")

    def only(self, *files: str) -> Ledger:
        """The same ledger with the numbers of these files alone: what a text shows by itself.

        >>> {row.briefing for row in load().only("155").tables["numbers"]}
        {'155'}
        """
        own = tuple(row for row in self.tables["numbers"] if row.briefing in files)
        return replace(self, tables=self.tables | {"numbers": own})


def load(folder: str | Path = DATA) -> Ledger:
    """Read, check and type all tables of a folder with a datapackage.json.

    Raises LedgerError with every problem of every cell; where a file is no table at all, with what
    is wrong with the files. Nothing is half-loaded.

    >>> [row.value for row in load().tables["numbers"] if row.reference == "155/central_new"]
    [Fraction(5522, 1)]
    """
    schemas, tables = _read(Path(folder))
    problems = []
    for row, column, expected in _refusals(schemas, tables):
        if column not in row.refused:  # one reason a cell is enough
            row.refused.add(column)
            found = _show(row.cells.get(column))
            problems.append(Problem(row.file, row.row, column, found, expected))
    if problems:
        raise LedgerError(problems)
    dtypes = {}
    for name, schema in schemas.items():
        own = {field["name"]: _DTYPES[field["type"]] for field in schema["fields"]}
        dtypes[name] = _FRONT | own | _MOMENTS if name == "numbers" else own
        named = namedtuple("Row", dtypes[name])
        tables[name] = tuple(named(*map(vars(row).get, named._fields)) for row in tables[name])
    return Ledger(tables, dtypes)


def digest(numerals: Iterable[tuple[int, str]]) -> str:
    """What stands in briefings.csv for the numerals of a text read whole, in their order.

    numerals: paragraph, and the numeral in the spelling of the record, as in `printed`.

    >>> digest([(1, "12"), (1, "155"), (4, "71.17%")])[:12]
    '4c92fc062cce'
    """
    lines = "".join(f"{paragraph}\t{spelling}\n" for paragraph, spelling in numerals)
    return hashlib.sha256(lines.encode()).hexdigest()


# ── Files ──


def _read(folder):
    """What the contract says of each table, and all rows of its files.

    Numbers are read from whatever lies in their folder, but for what Excel and macOS leave beside
    an open or copied file (~$155.csv, ._155.csv).
    """
    try:
        resources = json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
        schemas = {one["name"].partition("-")[0]: one["schema"] for one in resources}
        schemas["numbers"] = json.loads((folder / schemas["numbers"]).read_text("utf-8"))
    except (OSError, ValueError, KeyError) as error:
        expected = "a list of resources and the schema of numbers, in JSON and UTF-8"
        raise LedgerError([Problem("datapackage.json", 0, "", str(error), expected)]) from error
    tables, problems = {name: [] for name in schemas}, []
    files = {f"numbers/{path.name}" for path in folder.glob("numbers/[!~.]*.csv")}
    for path in sorted(files.union(one["path"] for one in resources)):
        name = path.partition("/")[0].removesuffix(".csv")
        columns = [field["name"] for field in schemas[name]["fields"]]
        try:
            text = (folder / path).read_text("utf-8-sig")
            tables[name] += _rows(path, text, columns, problems)
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(path, 0, "", str(error), _UTF8))
    if problems:
        raise LedgerError(problems)
    return schemas, tables


def _rows(path, text, columns, problems):
    """The rows of a file; other columns, or a line that is no row, are noted as problems.

    While it is checked a row has the text of its `cells` and why some are `refused`, by column;
    the value of a cell is an attribute named as the column, once it is known.
    """
    header, *lines = map(_cells, text.splitlines() or [""])
    for found, wanted in zip_longest(header, columns, fillvalue=""):
        if found != wanted:
            expected = f"{', '.join(columns)}: these columns in this order, parted by commas"
            if found == "words":
                expected = (
                    "no draft: draft TEXT --as ID --finish takes its words out, once all is said"
                )
            problems.append(Problem(path, 1, wanted, _show(found), expected))
            return
    expected = f"{len(columns)} cells, quotes around one with a comma, no row below the last"
    for number, cells in enumerate(lines, 2):
        if len(cells) == len(columns) and any(cells):
            row = SimpleNamespace(**dict.fromkeys(columns), file=path, row=number, refused=set())
            row.cells = dict(zip(columns, cells))
            yield row
        else:
            found = f"{len(cells)} cells" if any(cells) else "an empty row"
            problems.append(Problem(path, number, "", found, expected))


def _cells(line):
    """The cells of one line; as many as can be told where a quote is out of place."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return line.partition('"')[0].split(",")[:-1]


def _show(text):
    """Foreign text inside a message: quoted, escaped where not printable, cut where it is long."""
    return repr(text if len(text) <= 60 else text[:60] + "…") if text else "nothing"


# ── Checks: each finds rows, columns of them, and what was expected there ──


def _refusals(schemas, tables):
    """All that is wrong, in an order in which a check can see what is refused already."""
    for name, schema in schemas.items():
        yield from _against_contract(name, schema, tables)
    for check in (_measures, _members, _numbers, _briefings):
        yield from check(**tables)


def _against_contract(name, schema, tables):
    """Types, enums, patterns, bounds, what goes with what, keys: all that the contract says."""
    rows = tables[name]
    for field in schema["fields"]:
        said = field | field.get("constraints", {})
        for row in rows:
            if expected := _typed(row, field["name"], said):
                yield row, field["name"], expected
    for column, cases in schema.get("cases", {}).items():
        for row in rows:
            case = row.cells[column]
            for other, needed in cases.get(case, {}).items():
                if bool(row.cells[other]) != needed:
                    expected = "a value" if needed else "nothing"
                    yield row, other, f"{expected}, as the {column} is {case}"
    for key in schema.get("foreignKeys", []):
        (column,), (other,) = key["fields"], key["reference"]["fields"]
        target = key["reference"]["resource"] or name
        keys = {row.cells[other] for row in tables[target]} | {""}
        for row in rows:
            if row.cells[column] not in keys:
                yield row, column, f"a key of {target}.csv"
    for columns in [schema["primaryKey"], *schema.get("uniqueKeys", [])]:
        first = {}
        for row in rows:
            key = [row.cells[column] for column in columns]
            known = first.setdefault((row.file, *key), row.row)
            if known != row.row and all(key):
                yield row, columns[-1], f"another {' and '.join(columns)} than row {known}"


def _typed(row, column, said):
    """Give a row the value of a cell; what was expected, where this is something else."""
    text = row.cells[column]
    if not text:
        return "a value" if said.get("required") else ""
    if _HIDDEN.search(text):
        return "no invisible character"
    if text not in said.get("enum", [text]):
        return "one of " + ", ".join(said["enum"])
    read = _READERS.get(column, _READERS[said["type"]])
    pattern = said.get("pattern", _PATTERNS[said["type"]])
    with suppress(ValueError):
        value = read(text)
        is_within = "minimum" not in said or read(said["minimum"]) <= value <= read(said["maximum"])
        if is_within and re.fullmatch(pattern, text):
            setattr(row, column, value)
            return ""
    return said["expected"]


_READERS = {"string": str, "integer": int, "date": date.fromisoformat}
_READERS |= dict.fromkeys(("start", "end"), datetime.fromisoformat)
_PATTERNS = {"string": ".*", "integer": "0|[1-9][0-9]*", "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}"}


# ── Measures and areas: what the contract cannot say ──


def _measures(measures, terms, **_):
    """A rate is made of two counts, if it says of what; what flows into a stock is a flow."""
    nature = {row.measure: row.nature for row in measures}
    for row in measures:
        made = row.nature == "rate" and (row.part or row.whole)
        for column in ("part", "whole") if made else ():
            if nature.get(getattr(row, column), "rate") == "rate":
                yield row, column, "the count that the rate is made of (or neither part nor whole)"
        if nature.get(row.inflow, "flow") != "flow":
            yield row, "inflow", "a measure whose nature is flow"
    yield from _sums(terms, "measure", "term")


def _sums(rows, whole, part):
    """A scheme is complete or not, and nothing is made of itself."""
    complete = {}
    for row in rows:
        scheme = getattr(row, whole), row.scheme
        if complete.setdefault(scheme, row.complete) != row.complete:
            yield row, "complete", "the same in all rows of one scheme"
    for row in _circle(rows, whole, part):
        yield row, part, f"no {whole} that {getattr(row, whole)} is itself a part of"


def _circle(rows, whole, part):
    """The rows by which something is a part of itself, by way of others or not."""
    sorter, pair = TopologicalSorter(), attrgetter(whole, part)
    for row in rows:
        sorter.add(*pair(row))
    try:
        sorter.prepare()
    except CycleError as error:
        yield from (row for row in rows if {*pair(row)} <= {*error.args[1]})


def _members(members, **_):
    """As every sum; and what is in two parts would be counted twice."""
    yield from _sums(members, "area", "member")
    holder = {}
    for row in members:
        inside = [other.member for other in members if other.area == row.member]
        for area in [] if row.refused else [row.member, *inside]:
            first = holder.setdefault((row.area, row.scheme, area), row.member)
            if first != row.member:
                yield row, "member", f"an area without {area}, which {first} holds as well"


# ── Numbers ──

_DECISIVE = {"kind", "measure", "printed", "reads", "start", "end", "since"}


def _numbers(numbers, measures, **_):
    """Numerals that parse, and columns that go together, where these and the measure are sound."""
    known = {row.measure: row for row in measures if not row.refused}
    for index, row in enumerate(numbers):
        row.index, row.briefing = index, Path(row.file).stem
        row.reference = f"{row.briefing}/{row.number}"
        if row.second_source and row.second_source == row.source:
            yield row, "second_source", "another page than source"
        measure = known.get(row.measure)
        if measure and not row.refused & _DECISIVE:
            checks = _numeral(row, measure), _cell(row, measure), _time(row, measure), _change(row)
            for column, expected in chain(*checks):
                yield row, column, expected
    yield from _lists(numbers)


def _numeral(row, measure):
    """A numeral that can be read, and does not read what it does not say."""
    shown = "reads" if row.reads else "printed"
    try:
        value, *_, sign = rounding.parse(row.printed, row.reads)
    except ValueError:
        yield shown, "digits such as 75, 5,522, 71.17% or 111.7萬; or what it means, in reads"
        return
    row.value = value
    if value < 0:
        yield shown, "its size without a minus: the claim says the direction, reads the size"
    vague = sign in ("~", "<", "<=") and not row.note
    if row.kind == "run" and (value < 1 or value % 1 or vague):
        yield shown, "a whole number of days, or a note that says what ~ or < claims"
    if row.note:
        return
    rate = measure.part and row.kind in ("rate", "change")
    if rate and re.fullmatch("[0-9.,]+", row.cells[shown]):
        yield shown, "a rate with its % or ‰ (in Excel, format the column as Text), or a note why"
    with suppress(ValueError):  # what is neither digits nor of closed form may mean anything
        said = rounding.parse(row.printed, _CLOSED.get(row.printed))
        if row.reads and (abs(said.value), said.comparator or sign) != (value, sign):
            yield "reads", "what is printed, or a note that says why it is something else"


def _cell(row, measure):
    """A measure that goes with the kind, and a whole that is not the part."""
    is_rate = measure.nature == "rate"
    if (row.kind, is_rate) in (("rate", False), ("level", True)):
        yield "kind", "rate exactly where the nature of the measure is rate"
    if row.of_area and not is_rate:
        yield "of_area", "nothing: only a rate has a whole in another area"
    if measure.part and measure.part == measure.whole and row.of_area in (None, row.area):
        yield "of_area", "the area of the whole: else part and whole are the same cell"


def _time(row, measure):
    """A time that can be; a note may say why a moment is not known."""
    start, end = row.start, row.end
    if start and row.kind == "level" and measure.nature in ("stock", "members"):
        yield "start", "nothing: a stock has an end alone"
    if start and end:
        if start >= end:
            yield "end", "a moment after the start"
        if end - start > (1 if row.kind == "run" else 365) * _DAY:
            longer = "if it is longer, none and a note; of a run, the start of its last day alone"
            yield "start", f"a moment at most a year before the end; {longer}"
    elif start and not row.note:
        yield "end", "the first moment no longer counted, or a note that says why there is none"
    elif end and measure.nature == "flow" and not row.note:
        yield "start", "the first moment counted, or a note that says why there is none"


def _change(row):
    """A change is down or up since an earlier time, as long as its own."""
    if row.kind != "change":
        return
    if row.claim not in ("down", "up"):
        yield "claim", "down or up, for a change"
    try:
        first, *last = map(datetime.fromisoformat, row.since.split("/"))
    except ValueError:
        yield "since", "a day such as 2022-11-30 that the calendar has"
        return
    if last:
        row.since_start, row.since_end = first, *last
    else:
        shift = first.date() - (row.end - timedelta.resolution).date()
        row.since_start, row.since_end = row.start and row.start + shift, row.end + shift
    if row.since_end >= row.end:
        yield "since", "an earlier time than the one it is compared with"
    elif last and not (row.start and _as_long(row.start, row.end, first, *last)):
        yield "since", "a day, or a time as long as its own: no other length is compared"


def _as_long(start, end, first, last):
    """The same number of days, or the same calendar dates of another year (leap or not)."""
    longer, dates = abs(last - first - (end - start)), "{:%m%d}{:%m%d}".format
    return not longer or (longer == _DAY and dates(start, end) == dates(first, last))


def _lists(rows):
    """A complete list adds up to a level of the same file, and not to itself."""
    levels = {row.reference for row in rows if row.kind == "level"}
    listed = [row for row in rows if row.part_of]
    for row in listed:
        row.whole = f"{row.briefing}/{row.part_of.partition(':')[0]}"
        if row.whole not in levels:
            yield row, "part_of", "a level of the same file"
    for row in _circle(listed, "whole", "reference"):
        yield row, "part_of", "a level that is no part of this one"


# ── Briefings ──


def _briefings(briefings, numbers, **_):
    """A briefing is a row and a file, of its day and as it was read; a file has its row."""
    files = {name: [*own] for name, own in groupby(numbers, key=attrgetter("briefing"))}
    for row in briefings:
        own = files.pop(row.briefing, [])
        if (row.numbering == "none") == bool(re.fullmatch("(.*_)?[0-9]+", row.cells["briefing"])):
            yield row, "numbering", "none exactly where the id does not end in a number"
        if own:
            yield from _day(row, own)
            yield from _reading(row, own)
        else:
            yield row, "briefing", f"a file numbers/{row.briefing}.csv with at least one row"
    for name, own in files.items():
        if not re.fullmatch("[a-z_]+", name):
            yield own[0], "", f"a row for {name} in briefings.csv (or letters alone as its name)"


def _day(row, own):
    """A briefing does not know the future and, as one of a series, speaks of the last days."""
    ends = [(number.end, number.row) for number in own if number.end]
    if row.day and ends:
        end, line = max(ends)
        age = datetime.fromisoformat(row.cells["day"]) - end
        if age < -_DAY or (age > 3 * _DAY and row.numbering != "none"):
            until = f"{end:%Y-%m-%d %H:%M} (row {line})"
            yield row, "day", f"the day of its numbers, the last of which is counted until {until}"


def _reading(row, own):
    """Reading order; where the whole text was read, none is missing and none has changed."""
    if any(number.refused & {"paragraph", "position", "printed"} for number in own):
        return
    whole, last, read = row.coverage == "whole", 0, []
    placed = [number for number in own if whole or number.position]
    place = attrgetter("position", "paragraph", "printed")
    for (position, *numeral), rows in groupby(placed, key=place):
        if (position != last + 1) if whole else (position <= last):
            yield next(rows), "position", f"{last + 1}: reading order"
            return
        last = position
        read.append(numeral)
    file, found = own[0].file, digest(read)
    if whole and row.digest and found != row.digest:
        changed = f"a numeral, paragraph or the order in {file} was changed since the text was read"
        how = "trace TEXT names it (draft TEXT --finish notes that the text was read anew)"
        yield row, "digest", f"that of {file}, {found[:8]}…: {changed}; {how}"
