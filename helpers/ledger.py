"""data/ → checked, typed rows. Every refusal names file, row, column, what was found and what was expected.

What a table may hold is stated once, in data/datapackage.json, and read from there. This module adds
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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from helpers import rounding

if TYPE_CHECKING:
    import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"
BRIEFING = "155"
"""The briefing that the collection is about."""

_CONTRACT = "datapackage.json"
_PATH = re.compile(r"(?:[a-z]+/)?[a-z0-9_-]+(?:\.schema)?\.(?:csv|json)")
_SAVE = "in Excel, save as type “CSV UTF-8 (comma delimited)”"
_MOMENTS = ("start", "end", "since_start", "since_end")
_DTYPES = {"string": "str", "integer": "Int64", "date": "datetime64[s]"}
_TYPES = {"string": str, "integer": int, "date": date.fromisoformat}


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
        alike: dict[tuple, list[Problem]] = {}
        for problem in problems:
            alike.setdefault(problem._replace(row=bool(problem.row)), []).append(problem)
        first = [min(same)._replace(more=len(same) - 1) for same in alike.values()]
        self.problems = sorted(first, key=lambda p: (p.file, p.row or 0, p.column or ""))
        count = "1 problem" if len(first) == 1 else f"{len(first)} problems"
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
    empty cells are NaN, NaT or <NA>, never zero, days and moments timestamps.
    """

    tables: dict[str, tuple]
    dtypes: dict[str, dict[str, str]]

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

    def _frame(self, name: str) -> pd.DataFrame:
        import pandas as pd

        rows, dtypes = self.tables[name], self.dtypes[name]
        columns = zip(*rows, strict=True) if rows else ([] for _ in dtypes)
        cells = dict(zip(dtypes, columns, strict=True))
        frame = pd.DataFrame({c: pd.Series(cells[c], dtype=kind) for c, kind in dtypes.items()})
        return frame.set_index("index").rename_axis(None) if name == "numbers" else frame


def load(folder: str | Path = DATA) -> Ledger:
    """Read, check and type all tables of a folder with a datapackage.json.

    Raises LedgerError with every problem of every file; nothing is half-loaded.

    >>> [row.value for row in load().tables["numbers"] if row.reference == "155/central_new"]
    [Fraction(5522, 1)]
    """
    folder = Path(folder)
    problems: list[Problem] = []
    tables = _contract(folder, problems)
    for table in tables.values():
        table.read(folder)
    for table in tables.values():
        _check_cells(table, tables)
    _check_measures(tables["measures"])
    _check_sums(tables["members"], "area", "member")
    _check_sums(tables["terms"], "measure", "term")
    values = _check_numbers(tables["numbers"], tables["measures"])
    _check_briefings(tables["briefings"], tables["numbers"])
    if problems:
        raise LedgerError(problems)
    return _ledger(tables, values)


def digest(numerals: Iterable[tuple[int, str]]) -> str:
    """What stands in briefings.csv for the numerals of a text read whole, in their order.

    numerals: paragraph, and the numeral in the spelling of the record, as in `printed`.

    >>> digest([(1, "12"), (1, "155"), (4, "71.17%")])[:12]
    '4c92fc062cce'
    """
    lines = "".join(f"{paragraph}\t{spelling}\n" for paragraph, spelling in numerals)
    return hashlib.sha256(lines.encode()).hexdigest()


@dataclass
class _Table:
    """The cells of files with the same columns. `file` and `row` say where each line came from.

    unread: files that as a whole cannot be trusted. refused: cells that a problem is known of.
    """

    name: str
    fields: dict[str, dict]
    primary_key: list[str]
    foreign_keys: dict[str, tuple[str, str]]
    problems: list[Problem]
    paths: set[str] = field(default_factory=set)
    cells: dict[str, list[str]] = field(default_factory=dict)
    file: list[str] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    refused: set[tuple[int, str]] = field(default_factory=set)

    def refuse(self, i: int, column: str, expected: str) -> None:
        """Note that a cell holds something else than expected, once."""
        if (i, column) not in self.refused:
            self.refused.add((i, column))
            found = _show(self.cells[column][i])
            self.problems.append(Problem(self.file[i], self.row[i], column, found, expected))

    def lines(self, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The cells of these columns, line by line."""
        return enumerate(zip(*(self.cells[column] for column in columns), strict=True))

    def read(self, folder: Path) -> None:
        """Read the files that the contract lists, and all others in a folder of their own.

        What Excel and macOS leave beside an open or copied file (~$155.csv, ._155.csv) is no file
        of the record.
        """
        self.cells = {column: [] for column in self.fields}
        for parent in {path.rpartition("/")[0] for path in self.paths} - {""}:
            beside = (path.name for path in (folder / parent).glob("*.csv"))
            self.paths |= {f"{parent}/{name}" for name in beside if name[0] not in "~."}
        for path in sorted(self.paths):
            try:
                rows = self._rows(path, _text(folder, path))
            except LedgerError as error:
                self.problems += error.problems
                self.unread.add(path)
                continue
            for column, cells in zip(
                self.cells.values(), zip(*rows, strict=True), strict=bool(rows)
            ):
                column.extend(cells)
            self.file.extend([path] * len(rows))
            self.row.extend(range(2, len(rows) + 2))

    def _rows(self, path: str, text: str) -> list[list[str]]:
        columns, lines = list(self.fields), text.removesuffix("\n").split("\n")
        self._check_header(path, _cells(lines[0]))
        rows, width = [], len(columns)
        for number, line in enumerate(lines[1:], 2):
            cells = _cells(line)
            if not line.strip(","):
                found, expected = "an empty row", "a row, or nothing below the last one"
            elif len(cells) != width:
                found = f"{len(cells)} cells"
                expected = f"{width} cells: a comma or quote inside a cell needs quotes around it"
            else:
                rows.append(cells)
                continue
            self.problems.append(Problem(path, number, None, found, expected))
            self.refused |= {(len(self.file) + number - 2, column) for column in columns}
            rows.append((cells + [""] * width)[:width])
        return rows

    def _check_header(self, path: str, header: list[str]) -> None:
        columns = list(self.fields)
        together = f"the columns {', '.join(columns)}, each once and in this order"
        if len(header) == 1 and re.search("[;\t]", header[0]):
            raise _error(path, "cells parted by semicolons or tabs", f"commas: {_SAVE}", 1)
        faults = [(c, "no such column") for c in columns if c not in header]
        unknown = dict.fromkeys(c for c in header if c not in columns)
        faults += [(_show(c), "an unknown column") for c in unknown]
        if header != columns:
            order = (None, f"{len(header)} columns in another order or more than once")
            raise LedgerError([Problem(path, 1, c, f, together) for c, f in faults or [order]])


def _cells(line: str) -> list[str]:
    """The cells of one line; as many as can be told where a quote is out of place."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return line[: line.index('"')].split(",")[:-1]


def _error(file: str, found: str, expected: str, row: int | None = None) -> LedgerError:
    return LedgerError([Problem(_show(file)[1:-1], row, None, found, expected)])


def _text(folder: Path, path: str) -> str:
    """A file's text with plain line ends; a byte-order mark and the line ends of Excel are taken in."""
    if not _PATH.fullmatch(path):
        raise _error(path, "a file of this name", "a name such as areas.csv or numbers/155.csv")
    try:
        raw = (folder / path).read_bytes()
    except FileNotFoundError as error:
        expected = f"the file that {_CONTRACT} speaks of"
        raise _error(path, "no file of this name", expected) from error
    except OSError as error:
        raise _error(
            path, f"a file that cannot be read ({error.strerror})", "a file that can"
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        known = "UTF-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "perhaps GBK or Big5"
        raise _error(path, f"bytes that are not UTF-8 ({known})", f"UTF-8: {_SAVE}", row) from error
    if not text.strip():
        raise _error(path, "an empty file", "text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _contract(folder: Path, problems: list[Problem]) -> dict[str, _Table]:
    """The tables of the contract, still empty."""
    schemas: dict[str, dict] = {}
    tables: dict[str, _Table] = {}

    def read(path: str) -> dict:
        try:
            return json.loads(_text(folder, path))
        except json.JSONDecodeError as error:
            raise _error(
                path, f"no JSON ({error.msg})", "a comma or bracket", error.lineno
            ) from error

    for resource in read(_CONTRACT)["resources"]:
        path, schema = resource["path"], resource["schema"]
        if isinstance(schema, str):
            file = schema
            schema = schemas[file] = schemas.get(file) or read(file)
        name = path.rpartition("/")[0] or path.removesuffix(".csv")
        if name not in tables:
            tables[name] = _table(name, schema, problems)
        tables[name].paths.add(path)
    return tables


def _table(name: str, schema: dict, problems: list[Problem]) -> _Table:
    fields = {said["name"]: said | said.get("constraints", {}) for said in schema["fields"]}
    keys = {}
    for key in schema.get("foreignKeys", []):
        reference = key["reference"]
        keys[key["fields"][0]] = (reference["resource"] or name, reference["fields"][0])
    return _Table(name, fields, schema["primaryKey"], keys, problems)


def _complaint(text: str, said: dict) -> str:
    """What the contract says of a column, where this text is something else; else nothing."""
    if text == "":
        return "a value" if said.get("required") else ""
    if said["type"] == "integer" and not re.fullmatch("-?[0-9]{1,15}", text):
        return "a whole number"
    if said["type"] == "date" and not _is_day(text):
        return "a date such as 2022-11-30"
    value = int(text) if said["type"] == "integer" else text
    if not said.get("minimum", value) <= value <= said.get("maximum", value):
        return f"{said.get('minimum', '…')} to {said.get('maximum', '…')}"
    if not re.fullmatch(said.get("pattern", r"[\s\S]*"), text):
        return said.get("expected", f"text of the form {said.get('pattern')}")
    return "" if text in said.get("enum", [text]) else "one of " + ", ".join(said["enum"])


def _check_cells(table: _Table, tables: dict[str, _Table]) -> None:
    """Types, enums, patterns, bounds, keys: all that the contract says of a table."""
    for name, said in table.fields.items():
        found = {
            text: expected
            for text in set(table.cells[name])
            if (expected := _complaint(text, said))
        }
        if name in table.foreign_keys:
            target, wanted = table.foreign_keys[name]
            if not tables[target].unread:
                unknown = set(table.cells[name]) - set(tables[target].cells[wanted]) - {""}
                found = dict.fromkeys(unknown, f"a key of {target}.csv") | found
        for i, text in enumerate(table.cells[name] if found else ()):
            if text in found:
                table.refuse(i, name, found[text])
    for columns in [
        table.primary_key,
        *([name] for name, said in table.fields.items() if said.get("unique")),
    ]:
        first: dict[tuple, int] = {}
        apart = table.file if len(table.paths) > 1 else [""] * len(table.file)
        for i, key in table.lines(*columns):
            known = first.setdefault((apart[i], *key), i)
            if known != i and any(key):
                table.refuse(
                    i,
                    columns[-1],
                    f"another {' and '.join(columns)} than in row {table.row[known]}",
                )


def _check_measures(table: _Table) -> None:
    """A rate has a part and a whole that are counts; a count has a unit, and what flows into it is a flow."""
    nature = _natures(table)
    for i, (own, unit, *made_of, inflow) in table.lines(
        "nature", "unit", "part", "whole", "inflow"
    ):
        if (i, "nature") in table.refused:
            continue
        if bool(unit) == (own == "rate"):
            table.refuse(i, "unit", "nothing: a rate has no unit" if unit else "what is counted")
        for column, text in zip(("part", "whole"), made_of, strict=True):
            if own != "rate" and text:
                table.refuse(i, column, "nothing: only a rate has a part and a whole")
            elif own == "rate" and any(made_of) and nature.get(text) == "rate":
                table.refuse(
                    i, column, "the count that the rate is made of (or neither part nor whole)"
                )
        if inflow and (own, nature.get(inflow, "flow")) != ("stock", "flow"):
            table.refuse(i, "inflow", "a flow, and only for a stock")


def _natures(measures: _Table) -> dict[str, str]:
    """The nature of each measure as far as it is known; no measure at all makes no count either."""
    lines = measures.lines("measure", "nature")
    return {key: nature for i, (key, nature) in lines if (i, "nature") not in measures.refused} | {
        "": "rate"
    }


def _check_sums(table: _Table, whole: str, part: str) -> None:
    """Nothing is made of itself, and a scheme is complete or not."""
    below: dict[str, set[str]] = {}
    complete: dict[tuple[str, str], str] = {}
    for i, (upper, lower, scheme, said) in table.lines(whole, part, "scheme", "complete"):
        below.setdefault(upper, set()).add(lower)
        if complete.setdefault((upper, scheme), said) != said:
            table.refuse(i, "complete", "the same in all rows of one scheme")
    circular = _circle(below)
    for i, (upper, lower) in table.lines(whole, part):
        if upper in circular and lower in circular:
            table.refuse(i, part, f"no {whole} that {upper} is itself a part of")


def _circle(below: dict[str, set[str]]) -> set[str]:
    """What goes round in a circle; nothing where nothing does."""
    try:
        TopologicalSorter(below).prepare()
    except CycleError as error:
        return set(error.args[1])
    return set()


def _check_numbers(table: _Table, measures: _Table) -> list:
    """Numerals that parse and columns that go together; returns the value of each row, None for context."""
    natures = _natures(measures)
    known: dict[tuple[str, str], Fraction | str] = {}
    values: list[Fraction | str | None] = []
    for i, cells in table.lines(*table.fields):
        row = dict(zip(table.fields, cells, strict=True))
        numeral = row["printed"], row["reads"]
        if row["kind"] != "context" and numeral not in known:
            try:
                known[numeral] = rounding.parse(row["printed"], row["reads"] or None).value
            except ValueError as error:
                known[numeral] = str(error).rpartition("expected ")[2]
        values.append(None if row["kind"] == "context" else known[numeral])
        for column, expected, *others in _row_complaints(
            row, values[-1], natures.get(row["measure"])
        ):
            if not table.refused.intersection((i, c) for c in ("kind", *others)):
                table.refuse(i, column, expected)
    return values


def _row_complaints(
    row: dict[str, str], value: Fraction | str | None, nature: str | None
) -> Iterator[tuple]:
    """Columns that do not go together: the one to blame, what was expected, the others that say so."""
    kind, (start, end) = (
        row["kind"],
        (t and (t + "T00:00")[:16] for t in (row["start"], row["end"])),
    )
    if row["second_source"] and row["second_source"] == row["source"]:
        yield "second_source", "another page than source"
    if kind == "context":
        for column in ("measure", "area", "of_area", "start", "end", "claim", "since"):
            if row[column]:
                yield column, "nothing: context speaks of no cell"
        return
    if isinstance(value, str):
        yield (
            ("reads", f"{value}, for {_show(row['printed'])}", "printed")
            if row["reads"]
            else ("printed", value)
        )
    elif value < 0:
        yield "printed", "a number without a minus: the claim of a change says the direction"
    elif kind == "run" and (value == 0 or value.denominator > 1):
        yield "printed", "a whole number of days"
    if not row["measure"]:
        yield "measure", f"the measure that this {kind} speaks of"
    elif nature and kind == "rate" and nature != "rate":
        yield "measure", "a measure whose nature is rate"
    elif kind == "level" and nature == "rate":
        yield "kind", "rate, since the measure is one", "measure"
    if row["of_area"] and nature and nature != "rate":
        yield "of_area", "nothing: only a rate has a whole in another area", "measure"
    if start and kind == "level" and nature in ("stock", "members"):
        yield "start", "nothing: a stock has an end alone", "measure"
    if start and end and start >= end:
        yield "end", "a moment after the start", "start"
    if kind == "change" and row["claim"] not in ("down", "up"):
        yield "claim", "down or up"
    elif kind == "run" and not row["claim"]:
        yield "claim", "down, up, zero, <x or >x"
    elif kind in ("level", "rate") and row["claim"]:
        yield "claim", "nothing: only a change or run claims"
    if bool(row["since"]) != (kind == "change"):
        yield "since", "nothing: only a change has one" if row["since"] else "the day compared with"
    if kind in ("change", "run") and not end:
        yield "end", f"the end of the last day of the {kind}"
    elif kind == "change" and row["since"] and row["since"][:10] >= _last_day(end):
        yield "since", "a day before the one it is compared with", "end"


def _last_day(end: str) -> str:
    """The last day before a moment; nothing where it is none."""
    return (
        str(date.fromisoformat(end[:10]) - timedelta(end.endswith("T00:00")))
        if _is_day(end[:10])
        else ""
    )


def _is_day(text: str) -> bool:
    try:
        return bool(
            re.fullmatch("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text)
        )
    except ValueError:
        return False


def _check_briefings(briefings: _Table, numbers: _Table) -> None:
    """A briefing is a row and a file; where its whole text was read, no position is missing."""
    coverage = dict(zip(briefings.cells["briefing"], briefings.cells["coverage"], strict=True))
    seen = {_stem(path) for path in numbers.unread.union(numbers.file)}
    for i, (briefing, covered, digest) in briefings.lines("briefing", "coverage", "digest"):
        if briefing not in seen:
            briefings.refuse(i, "briefing", f"a file numbers/{briefing}.csv with at least one row")
        if bool(digest) != (covered == "whole") and (i, "coverage") not in briefings.refused:
            briefings.refuse(i, "digest", "a digest exactly where the whole text was read")
    for path, stem in sorted((path, _stem(path)) for path in numbers.paths):
        if stem[-1].isdigit() and stem not in coverage and not briefings.unread:
            numbers.problems.append(
                Problem(path, None, None, "a briefing", f"a row for {stem} in briefings.csv")
            )
    last: dict[str, tuple[int, int, str]] = {}
    for i, (paragraph, position, printed) in numbers.lines("paragraph", "position", "printed"):
        path = numbers.file[i]
        before = last.pop(path, (1, 0, "") if numbers.row[i] == 2 else None)
        if coverage.get(_stem(path)) != "whole" or numbers.refused & {
            (i, "paragraph"),
            (i, "position"),
        }:
            continue
        at, nth = int(paragraph or 0), int(position or 0)
        last[path] = at, nth, printed
        if before is None:
            continue
        if nth == 0 or nth not in (before[1], before[1] + 1):
            numbers.refuse(i, "position", f"{before[1] + 1}: reading order without a gap")
            del last[path]
        elif nth == before[1] and printed != before[2]:
            numbers.refuse(
                i,
                "printed",
                f"{_show(before[2])}, as in the row before: one position is one numeral",
            )
        if at < before[0]:
            numbers.refuse(i, "paragraph", f"{before[0]} or later: reading order")


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".csv")


def _ledger(tables: dict[str, _Table], values: list) -> Ledger:
    """The typed rows of checked tables."""
    rows, dtypes = {}, {}
    for name, table in tables.items():
        columns: dict[str, Iterable] = {}
        dtypes[name] = {c: _DTYPES[said["type"]] for c, said in table.fields.items()}
        for column, cells in table.cells.items():
            typed = (
                datetime.fromisoformat
                if column in _MOMENTS
                else _TYPES[table.fields[column]["type"]]
            )
            known = {text: typed(text) if text else None for text in set(cells)}
            columns[column] = [known[text] for text in cells]
        if name == "numbers":
            front = _front(table, values)
            columns = front | columns | _since(columns)
            moments = dict.fromkeys(_MOMENTS, "datetime64[s]")
            dtypes[name] = dict.fromkeys(front, "str") | dtypes[name] | moments
            dtypes[name] |= {"index": "int64", "row": "int64", "value": "object"}
        row = namedtuple(name.capitalize(), columns)
        rows[name] = tuple(map(row._make, zip(*columns.values(), strict=True)))
    return Ledger(rows, dtypes)


def _front(table: _Table, values: list) -> dict[str, Iterable]:
    stems = [_stem(path) for path in table.file]
    references = [f"{s}/{n}" for s, n in zip(stems, table.cells["number"], strict=True)]
    return {
        "index": range(len(stems)),
        "briefing": stems,
        "row": table.row,
        "reference": references,
        "value": values,
    }


def _since(columns: dict[str, list]) -> dict[str, list]:
    """First moment and end of what each change is compared with; a stock has the end alone."""
    spans = [
        _compared(*cells) if cells[2] else (None, None)
        for cells in zip(columns["start"], columns["end"], columns["since"], strict=True)
    ]
    return {"since_start": [start for start, _ in spans], "since_end": [end for _, end in spans]}


def _compared(
    start: datetime | None, end: datetime, since: str
) -> tuple[datetime | None, datetime]:
    if "/" in since:
        first, last = since.split("/")
        return datetime.fromisoformat(first), datetime.fromisoformat(last)
    last_day = (end - timedelta(microseconds=1)).date()
    shift = date.fromisoformat(since) - last_day
    return start and start + shift, end + shift


def _show(text: str, most: int = 60) -> str:
    """Foreign text inside a message: quoted, escaped where not printable, cut where it is long."""
    return repr(text if len(text) <= most else text[:most] + "…") if text else "nothing"
