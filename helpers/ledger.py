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
from typing import NamedTuple

from helpers import Refused, rounding

DATA = Path(__file__).resolve().parent.parent / "data"
BRIEFING = "155"
"""The briefing that the collection is about."""

_CONTRACT = "datapackage.json"
_PATH = re.compile(r"(?:[a-z]+/)?[a-z0-9_-]+(?:\.schema)?\.(?:csv|json)")
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
        self.problems = [same[0]._replace(more=len(same) - 1) for same in alike.values()]
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
    for name, schema in schemas.items():
        _check_contract(name, schema, tables)
    _check_measures(tables["measures"])
    _check_members(tables["members"])
    _check_sums(tables["terms"], "measure", "term")
    _check_numbers(tables["numbers"], tables["measures"])
    problems = _check_briefings(tables["briefings"], tables["numbers"])
    for row in chain(*tables.values()):
        problems += row.refused.values()
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


class _Row(dict):
    """A row while it is checked: the text of its cells by column, and why one is refused.

    Its file, its line in it, and each column are attributes as well: there the value of the cell,
    None where it is empty or refused.
    """

    def __init__(self, cells, file, row):
        super().__init__(cells)
        self.file, self.row, self.refused = file, row, {}

    def refuse(self, column, expected):
        """Note that a cell holds something else than expected; one reason a cell is enough."""
        problem = Problem(self.file, self.row, column, _show(self[column]), expected)
        self.refused.setdefault(column, problem)


def _read(folder):
    """What the contract says of each table, and all rows of its files.

    Numbers are read from whatever lies in their folder, but for what Excel and macOS leave beside
    an open or copied file (~$155.csv, ._155.csv).
    """
    resources = json.loads(_text(folder, _CONTRACT))["resources"]
    schemas = {_table(resource["path"]): resource["schema"] for resource in resources}
    schemas["numbers"] = json.loads(_text(folder, schemas["numbers"]))
    tables, problems = {name: [] for name in schemas}, []
    files = {f"numbers/{path.name}" for path in folder.glob("numbers/[!~.]*.csv")}
    for path in sorted(files.union(resource["path"] for resource in resources)):
        columns = [field["name"] for field in schemas[_table(path)]["fields"]]
        try:
            tables[_table(path)] += _rows(path, _text(folder, path), columns, problems)
        except LedgerError as error:
            problems += error.problems
    if problems:
        raise LedgerError(problems)
    return schemas, tables


def _table(path):
    return path.partition("/")[0].removesuffix(".csv")


def _rows(path, text, columns, problems):
    """The rows of a file; other columns, or a line that is no row, are noted as problems."""
    header, *lines = map(_cells, text.splitlines() or [""])
    for found, wanted in zip_longest(header, columns, fillvalue=""):
        if found != wanted:
            expected = f"{', '.join(columns)}: these columns in this order, parted by commas"
            problems.append(Problem(path, 1, wanted, _show(found), expected))
            return
    expected = f"{len(columns)} cells, quotes around one with a comma, no row below the last"
    for number, cells in enumerate(lines, 2):
        if len(cells) == len(columns) and any(cells):
            yield _Row(zip(columns, cells), path, number)
        else:
            found = f"{len(cells)} cells" if any(cells) else "an empty row"
            problems.append(Problem(path, number, "", found, expected))


def _cells(line):
    """The cells of one line; as many as can be told where a quote is out of place."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return line.partition('"')[0].split(",")[:-1]


def _text(folder, path):
    """A file's text; a byte-order mark and any line ends are taken in, as Excel writes them."""
    if not _PATH.fullmatch(path):
        expected = "a name such as areas.csv or numbers/155.csv"
        raise LedgerError([Problem(_show(path)[1:-1], 0, "", "a file of this name", expected)])
    try:
        return (folder / path).read_bytes().decode("utf-8-sig")
    except OSError:
        found, expected = "no file that can be read", f"the file that {_CONTRACT} speaks of"
    except UnicodeDecodeError:
        found = "bytes that are not UTF-8 (perhaps UTF-16, GBK or Big5)"
        expected = "UTF-8: in Excel, save as type “CSV UTF-8 (comma delimited)”"
    raise LedgerError([Problem(path, 0, "", found, expected)])


def _show(text):
    """Foreign text inside a message: quoted, escaped where not printable, cut where it is long."""
    return repr(text if len(text) <= 60 else text[:60] + "…") if text else "nothing"


# ── Cells ──


def _check_contract(name, schema, tables):
    """Types, enums, patterns, bounds, what goes with what, keys: all that the contract says."""
    rows = tables[name]
    for field in schema["fields"]:
        column, said = field["name"], field | field.get("constraints", {})
        for row in rows:
            value, expected = _typed(row[column], said)
            setattr(row, column, value)
            if expected:
                row.refuse(column, expected)
    for column, cases in schema.get("cases", {}).items():
        for row in rows:
            for other, needed in cases.get(row[column], {}).items():
                if bool(row[other]) != needed:
                    expected = "a value" if needed else "nothing"
                    row.refuse(other, f"{expected}, as the {column} is {row[column]}")
    for key in schema.get("foreignKeys", []):
        (column,), (other,) = key["fields"], key["reference"]["fields"]
        target = key["reference"]["resource"] or name
        keys = {row[other] for row in tables[target]} | {""}
        for row in rows:
            if row[column] not in keys:
                row.refuse(column, f"a key of {target}.csv")
    for columns in [schema["primaryKey"], *schema.get("uniqueKeys", [])]:
        first = {}
        for row in rows:
            key = [row[column] for column in columns]
            known = first.setdefault((row.file, *key), row.row)
            if known != row.row and all(key):
                row.refuse(columns[-1], f"another {' and '.join(columns)} than row {known}")


def _typed(text, said):
    """The value of a cell, and what was expected if it has none."""
    if not text:
        return None, "a value" if said.get("required") else ""
    if _HIDDEN.search(text):
        return None, "no invisible character"
    if text not in said.get("enum", [text]):
        return None, "one of " + ", ".join(said["enum"])
    read = _READERS.get(said["name"]) or _READERS[said["type"]]
    pattern = said.get("pattern") or _PATTERNS[said["type"]]
    try:
        value = re.fullmatch(pattern, text) and read(text)
    except ValueError:
        value = None
    if value is None:
        return None, said.get("expected", "a whole number")
    if "minimum" in said and not read(said["minimum"]) <= value <= read(said["maximum"]):
        return None, f"{said['minimum']} to {said['maximum']}"
    return value, ""


def _moments(text):
    """The day or moment, or the first of a time and its end."""
    return [datetime.fromisoformat(one) for one in text.split("/")]


_READERS = {"string": str, "integer": int, "date": date.fromisoformat, "since": _moments}
_READERS |= dict.fromkeys(("start", "end"), datetime.fromisoformat)
_PATTERNS = {"string": "(?s:.*)", "integer": "0|[1-9][0-9]*", "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}"}


# ── Measures and areas: what the contract cannot say ──


def _check_measures(rows):
    """A rate is made of two counts, if it says of what; what flows into a stock is a flow."""
    nature = {row.measure: row.nature for row in rows}
    for row in rows:
        for column in ("part", "whole"):
            made = row.nature == "rate" and (row.part or row.whole)
            if made and nature.get(row[column], "rate") == "rate":
                expected = "the count that the rate is made of (or neither part nor whole)"
                row.refuse(column, expected)
        if row.inflow and nature.get(row.inflow) != "flow":
            row.refuse("inflow", "a measure whose nature is flow")


def _check_sums(rows, whole, part):
    """Nothing is made of itself, and a scheme is complete or not."""
    circle = _circle((row[whole], row[part]) for row in rows)
    complete = {}
    for row in rows:
        upper = row[whole]
        if complete.setdefault((upper, row.scheme), row.complete) != row.complete:
            row.refuse("complete", "the same in all rows of one scheme")
        if {upper, row[part]} <= circle:
            row.refuse(part, f"no {whole} that {upper} is itself a part of")


def _circle(pairs):
    """What goes round in a circle of wholes and their parts; nothing where nothing does."""
    sorter = TopologicalSorter()
    for pair in pairs:
        sorter.add(*pair)
    try:
        sorter.prepare()
    except CycleError as error:
        return set(error.args[1])
    return set()


def _check_members(rows):
    """As every sum; and what is in two parts would be counted twice."""
    _check_sums(rows, "area", "member")
    holder = {}
    for row in rows:
        inside = [other.member for other in rows if other.area == row.member]
        for area in [] if row.refused else [row.member, *inside]:
            first = holder.setdefault((row.area, row.scheme, area), row.member)
            if first != row.member:
                row.refuse("member", f"an area without {area}, which {first} holds as well")


# ── Numbers ──

_DECISIVE = {"kind", "measure", "printed", "reads", "start", "end", "since"}


def _check_numbers(rows, measures):
    """Numerals that parse, and columns that go together, where these and the measure are sound."""
    known = {row.measure: row for row in measures if not row.refused}
    for index, row in enumerate(rows):
        row.index, row.briefing = index, Path(row.file).stem
        row.reference = f"{row.briefing}/{row.number}"
        row.value = row.since_start = row.since_end = None
        if row.second_source and row.second_source == row.source:
            row.refuse("second_source", "another page than source")
        measure = known.get(row.measure)
        if measure and not row.refused.keys() & _DECISIVE:
            _check_numeral(row, measure)
            _check_cell(row, measure)
            _check_time(row, measure.nature)
            if row.kind == "change":
                _check_change(row)
    _check_lists(rows)


def _check_numeral(row, measure):
    """A numeral that can be read, and does not read what it does not say."""
    shown = "reads" if row.reads else "printed"
    try:
        row.value, *_, sign = rounding.parse(row.printed, row.reads)
    except ValueError:
        expected = "digits such as 75, 5,522, 71.17%, 0.5pp or 111.7萬; or what it means, in reads"
        row.refuse(shown, expected)
        return
    if row.value < 0:
        row.refuse(shown, "its size without a minus: the claim says the direction, reads the size")
    vague = sign[:1] in ("~", "<") and not row.note
    if row.kind == "run" and (row.value < 1 or row.value % 1 or vague):
        row.refuse(shown, "a whole number of days, or a note that says what ~ or < claims")
    if row.note:
        return
    rate = measure.part and row.kind in ("rate", "change")
    if rate and re.fullmatch("[0-9.,]+", row.reads or row.printed):
        how = "in Excel, format the column as Text before you enter it"
        expected = f"the rate as printed, with its % or ‰ ({how}), or a note that it has none"
        row.refuse(shown, expected)
    with suppress(ValueError):  # what is neither digits nor of closed form may mean anything
        said = rounding.parse(row.printed, _CLOSED.get(row.printed))
        if row.reads and (abs(said.value), said.comparator or sign) != (row.value, sign):
            row.refuse("reads", "what is printed, or a note that says why it is something else")


def _check_cell(row, measure):
    """A measure that goes with the kind, and a whole that is not the part."""
    is_rate = measure.nature == "rate"
    if (row.kind, is_rate) in (("rate", False), ("level", True)):
        row.refuse("kind", "rate exactly where the nature of the measure is rate")
    if row.of_area and not is_rate:
        row.refuse("of_area", "nothing: only a rate has a whole in another area")
    if measure.part and measure.part == measure.whole and row.of_area in (None, row.area):
        row.refuse("of_area", "the area of the whole: else part and whole are the same cell")


def _check_time(row, nature):
    """A time that can be; a note may say why a moment is not known."""
    start, end = row.start, row.end
    if start and row.kind == "level" and nature in ("stock", "members"):
        row.refuse("start", "nothing: a stock has an end alone")
    if start and end:
        if start >= end:
            row.refuse("end", "a moment after the start")
        if end - start > (1 if row.kind == "run" else 365) * _DAY:
            expected = "a moment at most a year before the end; if it is longer, none and a note"
            row.refuse("start", f"{expected}; of a run, the start of its last day alone")
    elif start and not row.note:
        expected = "the first moment no longer counted, or a note that says why there is none"
        row.refuse("end", expected)
    elif end and nature == "flow" and not row.note:
        row.refuse("start", "the first moment counted, or a note that says why there is none")


def _check_change(row):
    """A change is down or up since an earlier time, as long as its own."""
    if row.claim not in ("down", "up"):
        row.refuse("claim", "down or up, for a change")
    (first, *last), row.since = row.since, row["since"]
    if last:
        row.since_start, row.since_end = first, *last
    else:
        shift = first.date() - (row.end - timedelta.resolution).date()
        row.since_start, row.since_end = row.start and row.start + shift, row.end + shift
    if row.since_end >= row.end:
        row.refuse("since", "an earlier time than the one it is compared with")
    elif last and not (row.start and _as_long(row.start, row.end, first, *last)):
        expected = "a day, or a time as long as its own: no other length is compared"
        row.refuse("since", expected)


def _as_long(start, end, first, last):
    """The same number of days, or the same calendar dates of another year (leap or not)."""
    longer, dates = abs(last - first - (end - start)), "{:%m%d}{:%m%d}".format
    return not longer or (longer == _DAY and dates(start, end) == dates(first, last))


def _check_lists(rows):
    """A complete list adds up to a level of the same file, and not to itself."""
    levels = {row.reference for row in rows if row.kind == "level"}
    listed = [row for row in rows if row.part_of]
    whole = {row.reference: f"{row.briefing}/{row.part_of.partition(':')[0]}" for row in listed}
    circle = _circle(whole.items())
    for row in listed:
        if whole[row.reference] not in levels or row.reference in circle:
            row.refuse("part_of", "a level of the same file that is no part of this one")


# ── Briefings ──


def _check_briefings(rows, numbers):
    """A briefing is a row and a file, of its day and as it was read; the files without a row."""
    files = {name: [*own] for name, own in groupby(numbers, key=attrgetter("briefing"))}
    for row in rows:
        own = files.pop(row.briefing, [])
        if (row.numbering == "none") == bool(re.fullmatch("(.*_)?[0-9]+", row["briefing"])):
            row.refuse("numbering", "none exactly where the id does not end in a number")
        if own:
            _check_day(row, own)
            _check_reading(row, own)
        else:
            row.refuse("briefing", f"a file numbers/{row.briefing}.csv with at least one row")
    return [
        Problem(own[0].file, 0, "", "no briefing", f"a row for {name} in briefings.csv")
        for name, own in files.items()
        if name[-1].isdigit()  # a collecting file has a name in words
    ]


def _check_day(row, own):
    """A briefing does not know the future and, as one of a series, speaks of the last days."""
    ends = [(number.end, number.row) for number in own if number.end]
    if row.day and ends:
        end, line = max(ends)
        age = datetime.combine(row.day, datetime.min.time()) - end
        if age < -_DAY or (age > 3 * _DAY and row.numbering != "none"):
            until = f"{end:%Y-%m-%d %H:%M} (row {line})"
            expected = f"the day of its numbers, the last of which is counted until {until}"
            row.refuse("day", expected)


def _check_reading(row, own):
    """Reading order; where the whole text was read, none is missing and none has changed."""
    if any(n.refused.keys() & {"paragraph", "position", "printed"} for n in own):
        return
    whole, last, read = row.coverage == "whole", 0, []
    placed = [number for number in own if whole or number.position]
    for numeral, rows in groupby(placed, key=attrgetter("position", "paragraph", "printed")):
        position, *pair = numeral
        if (position != last + 1) if whole else (position <= last):
            next(rows).refuse("position", f"{last + 1}: reading order")
            return
        last = position
        read.append(pair)
    file, found = own[0].file, digest(read)
    if whole and row.digest and found != row.digest:
        changed = f"a numeral, paragraph or the order in {file} was changed since the text was read"
        how = "trace TEXT names it (draft TEXT --finish notes that the text was read anew)"
        row.refuse("digest", f"that of {file}, {found[:8]}…: {changed}; {how}")
