"""data/ → validated, typed frames. Every refusal names file, row, column, what was found and what was expected.

What a table may hold is stated once, in data/datapackage.json, and read from there. This module adds only
what a table contract cannot say: numerals that parse, columns that go together, wholes without themselves.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import rounding

DATA = Path(__file__).resolve().parent.parent / "data"

_CONTRACT = "datapackage.json"
_FORMAT = {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
_PATH = re.compile(r"(?:[a-z]+/)?[a-z0-9_]+(?:\.schema)?\.(?:csv|json)")
_KNOWN = {"name", "type", "description", "expected", "required", "unique", "enum", "pattern", "minimum", "maximum"}
_DTYPES = {"string": "str", "integer": "Int64", "date": "datetime64[s]"}
_USED = {  # the tables, and the columns that the rules below speak of
    "numbers": "paragraph position printed reads kind measure area of_area start end claim since source second_source",
    "briefings": "briefing coverage digest",
    "sources": "source",
    "areas": "area",
    "members": "area scheme member complete",
    "measures": "measure nature unit part whole inflow",
    "terms": "measure scheme term complete",
}


class Problem(NamedTuple):
    """One reason to refuse the record: where it is, what stands there, what was expected."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{row}{column}: found {self.found}; expected {self.expected}"


class LedgerError(ValueError):
    """The record is refused. `problems` holds every reason found in all files, in file and row order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.row or 0, p.column or ""))
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"data refused, {count}:", *map(str, self.problems)]))


@dataclass(frozen=True)
class Ledger:
    """One frame per table of data/datapackage.json, with its columns in its order.

    `numbers` joins all files of numbers/: `briefing` (the file's name, "155"), `row` (line of that file) and
    `value` (Fraction, None for context) come first. Empty cells are NaN, NaT or <NA>, never zero.
    `start`, `end`, `since` and `day` are timestamps; `end` is the first moment no longer counted.
    """

    numbers: pd.DataFrame
    briefings: pd.DataFrame
    sources: pd.DataFrame
    areas: pd.DataFrame
    members: pd.DataFrame
    measures: pd.DataFrame
    terms: pd.DataFrame

    def only(self, *files: str) -> Ledger:
        """The same ledger with the numbers of these files alone: what a text shows in its own right."""
        return replace(self, numbers=self.numbers[self.numbers["briefing"].isin(files)])


def load(folder: str | Path = DATA) -> Ledger:
    """Read, check and type all tables of a folder with a datapackage.json: one frame per table.

    Raises LedgerError with every problem of every file; nothing is half-loaded.
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
    return Ledger(**{name: _frame(table, values) for name, table in tables.items()})


@dataclass
class _Table:
    """The cells of files with the same columns. `file` and `row` say where each line came from.

    unread: files that as a whole cannot be trusted. refused: cells that a problem is known of, one each is enough.
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
        if (i, column) not in self.refused:
            self.refused.add((i, column))
            self.problems.append(Problem(self.file[i], self.row[i], column, _show(self.cells[column][i]), expected))

    def lines(self, *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        return enumerate(zip(*(self.cells[column] for column in columns), strict=True))

    def read(self, folder: Path) -> None:
        """Read the files that the contract lists, and all others in a folder of their own."""
        self.cells = {column: [] for column in self.fields}
        for parent in {path.rpartition("/")[0] for path in self.paths} - {""}:
            self.paths |= {f"{parent}/{path.name}" for path in (folder / parent).glob("*.csv")}
        for path in sorted(self.paths):
            try:
                rows = self._rows(path, _text(folder, path, self.problems))
            except LedgerError as error:
                self.problems += error.problems
                self.unread.add(path)
                continue
            for column, cells in zip(self.cells.values(), zip(*rows, strict=True), strict=bool(rows)):
                column.extend(cells)
            self.file.extend([path] * len(rows))
            self.row.extend(range(2, len(rows) + 2))

    def _rows(self, path: str, text: str) -> list[list[str]]:
        columns, lines = list(self.fields), text.removesuffix("\n").split("\n")
        header = _cells(lines[0])
        together = f"the columns {', '.join(columns)}, each once and in this order"
        faults = [(c, "no such column") for c in columns if c not in header]
        faults += [(repr(c[:60]), "an unknown column") for c in dict.fromkeys(header) if c not in columns]
        if header != columns:
            faults = faults or [(None, f"{len(header)} columns in another order or more than once")]
            raise LedgerError([Problem(path, 1, column, found, together) for column, found in faults])
        rows, width = [], len(columns)
        for number, line in enumerate(lines[1:], 2):
            cells = _cells(line)
            if len(cells) != width:
                where, found = columns[min(len(cells), width - 1)], f"{len(cells)} cells" if line else "an empty line"
                expected = f"{width} cells in one line: a comma or quote inside a cell needs quotes around the cell"
                self.problems.append(Problem(path, number, where, found, expected))
                self.refused |= {(len(self.file) + number - 2, column) for column in columns}
                cells = (cells + [""] * width)[:width]
            rows.append(cells)
        return rows


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


def _text(folder: Path, path: str, problems: list[Problem]) -> str:
    """A file's text with plain line ends. What is wrong and can be told apart is added to `problems`."""
    try:
        if not _PATH.fullmatch(path):
            raise _error(path, "a file of this name", "a name such as areas.csv or numbers/155.csv")
        if not (folder / path).is_file():
            raise _error(path, "no file of this name", f"the file that {_CONTRACT} speaks of")
        raw = (folder / path).read_bytes()
    except OSError as error:
        raise _error(path, f"a file that cannot be read ({error.strerror})", "a file that can") from error
    if raw.startswith(codecs.BOM_UTF8):
        problems += _error(path, "a byte-order mark", "UTF-8 without one", 1).problems
        raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise _error(path, f"byte 0x{raw[error.start]:02x} that is not UTF-8", "UTF-8 text", row) from error
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        problems += _error(path, "a carriage return", "lines that end in a line feed alone", row).problems
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise _error(path, "an empty file", "text")
    return text


def _contract(folder: Path, problems: list[Problem]) -> dict[str, _Table]:
    """The tables of the contract, still empty. Whatever it asks for that is not known here is refused."""
    tables: dict[str, _Table] = {}
    given: dict[str, dict] = {}
    try:
        for resource in json.loads(_text(folder, _CONTRACT, problems))["resources"]:
            path, schema = resource["path"], resource["schema"]
            told = {key: resource[key] for key in resource.keys() - {"name", "path", "title", "description", "schema"}}
            if told != _FORMAT:
                raise ValueError(f"{path} with something else than {_FORMAT}")
            if isinstance(schema, str):
                given[schema] = schema = given.get(schema) or json.loads(_text(folder, schema, problems))
            name = path.rpartition("/")[0] or path.removesuffix(".csv")
            if given.setdefault(f"of {name}", schema) != schema:
                raise ValueError(f"{path} with another schema than the files beside it")
            tables[name] = tables.get(name) or _table(name, schema, problems)
            tables[name].paths.add(path)
        if set(tables) != set(_USED):
            raise ValueError(f"other tables than {', '.join(_USED)}")
        for name, used in _USED.items():
            if lacking := set(used.split()) - set(tables[name].fields):
                raise ValueError(f"{name} without {', '.join(sorted(lacking))}")
            for target, column in tables[name].foreign_keys.values():
                tables[target].fields[column]
    except LedgerError as error:
        raise LedgerError(problems + error.problems) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, FutureWarning, re.error) as error:
        raise _error(
            _CONTRACT, _show(f"{type(error).__name__}: {error}", 300), "a Data Package as read here"
        ) from error
    return {name: tables[name] for name in _USED}


def _table(name: str, schema: dict, problems: list[Problem]) -> _Table:
    fields = {said["name"]: said | said.get("constraints", {}) for said in schema["fields"]}
    for said in fields.values():
        said.pop("constraints", None)
        if not said.keys() <= _KNOWN or said["type"] not in _DTYPES:
            raise ValueError(f"{name} with a type or a constraint unknown here")
        kind = int if said["type"] == "integer" else str
        if not all(isinstance(said.get(end, kind()), kind) for end in ("minimum", "maximum")):
            raise TypeError(f"{name} with an end of {said['name']} that is no {kind.__name__}")
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # a pattern that may come to mean something else
            re.compile(said.get("pattern", ""))
        " ".join((said["name"], said["description"], *(_complaint(text, said) for text in ("", "0", "2022-11-30"))))
    keys = {}
    for key in schema.get("foreignKeys", []):
        (column,), reference = key["fields"], key["reference"]
        keys[column] = (reference["resource"] or name, *reference["fields"])
    if not schema.keys() <= {"fields", "primaryKey", "foreignKeys", "missingValues"} or schema["missingValues"] != [""]:
        raise ValueError(f"{name} with something else than fields, keys and the empty text as missing value")
    list(map(fields.__getitem__, [*keys, *schema["primaryKey"]]))
    return _Table(name, fields, schema["primaryKey"], keys, problems)


def _complaint(text: str, said: dict) -> str:
    """What the contract says of a column, where this text is something else; nothing where it may stand."""
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
        return said.get("expected", f"text of the form {said['pattern']}")
    return "" if text in said.get("enum", [text]) else "one of " + ", ".join(said["enum"])


def _check_cells(table: _Table, tables: dict[str, _Table]) -> None:
    """Types, enums, patterns, bounds, keys: all that the contract says of a table."""
    for name, said in table.fields.items():
        found = {text: expected for text in set(table.cells[name]) if (expected := _complaint(text, said))}
        if name in table.foreign_keys:
            target, wanted = table.foreign_keys[name]
            if not tables[target].unread:
                unknown = set(table.cells[name]) - set(tables[target].cells[wanted]) - {""}
                found = dict.fromkeys(unknown, f"a key of {target}.csv") | found
        for i, text in enumerate(table.cells[name] if found else ()):
            if text in found:
                table.refuse(i, name, found[text])
    for columns in [table.primary_key, *([name] for name, said in table.fields.items() if said.get("unique"))]:
        first: dict[tuple, int] = {}
        apart = table.file if len(table.paths) > 1 else [""] * len(table.file)
        for i, key in table.lines(*columns):
            known = first.setdefault((apart[i], *key), i)
            if known != i and any(key):
                table.refuse(i, columns[-1], f"another {' and '.join(columns)} than in row {table.row[known]}")


def _check_measures(table: _Table) -> None:
    """A rate has a part and a whole that are counts; a count has a unit, and what flows into it is a flow."""
    nature = _natures(table)
    for i, (own, unit, *made_of, inflow) in table.lines("nature", "unit", "part", "whole", "inflow"):
        if (i, "nature") in table.refused:
            continue
        if bool(unit) == (own == "rate"):
            table.refuse(i, "unit", "nothing: a rate has no unit" if unit else "what is counted")
        for column, text in zip(("part", "whole"), made_of, strict=True):
            if own != "rate" and text:
                table.refuse(i, column, "nothing: only a rate has a part and a whole")
            elif own == "rate" and any(made_of) and nature.get(text) == "rate":
                table.refuse(i, column, "the count that the rate is made of (or neither part nor whole)")
        if inflow and (own, nature.get(inflow, "flow")) != ("stock", "flow"):
            table.refuse(i, "inflow", "a flow, and only for a stock")


def _natures(measures: _Table) -> dict[str, str]:
    """The nature of each measure as far as it is known; no measure at all makes no count either."""
    lines = measures.lines("measure", "nature")
    return {key: nature for i, (key, nature) in lines if (i, "nature") not in measures.refused} | {"": "rate"}


def _check_sums(table: _Table, whole: str, part: str) -> None:
    """Nothing is made of itself, and a scheme is complete or not."""
    below: dict[str, set[str]] = {}
    complete: dict[tuple[str, str], str] = {}
    for _, (upper, lower) in table.lines(whole, part):
        below.setdefault(upper, set()).add(lower)
    circular = set(_stripped(_stripped(below)))
    for i, (upper, lower, scheme, said) in table.lines(whole, part, "scheme", "complete"):
        if upper in circular and lower in circular:
            table.refuse(i, part, f"no {whole} that {upper} is itself a part of")
        if complete.setdefault((upper, scheme), said) != said:
            table.refuse(i, "complete", "the same in all rows of one scheme")


def _stripped(below: dict[str, set[str]]) -> dict[str, set[str]]:
    """The arrows, turned round, that stay when what points nowhere is taken away, again and again."""
    above: dict[str, set[str]] = {}
    for upper, lowers in below.items():
        for lower in lowers:
            above.setdefault(lower, set()).add(upper)
    held = {upper: len(lowers) for upper, lowers in below.items()}
    loose = [lower for lower in above if lower not in below]
    while loose:
        for upper in above.pop(loose.pop(), ()):
            held[upper] -= 1
            if held[upper] == 0:
                loose.append(upper)
    return above


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
        for column, expected, *others in _row_complaints(row, values[-1], natures.get(row["measure"])):
            if not table.refused.intersection((i, c) for c in ("kind", *others)):
                table.refuse(i, column, expected)
    return values


def _row_complaints(row: dict[str, str], value: Fraction | str | None, nature: str | None) -> Iterator[tuple]:
    """Columns that do not go together: the one to blame, what was expected, the others that say so."""
    kind, (start, end) = row["kind"], (t and (t + "T00:00")[:16] for t in (row["start"], row["end"]))
    if row["second_source"] and row["second_source"] == row["source"]:
        yield "second_source", "another page than source"
    if kind == "context":
        for column in ("measure", "area", "of_area", "start", "end", "claim", "since"):
            if row[column]:
                yield column, "nothing: context speaks of no cell"
        return
    if isinstance(value, str):
        yield ("reads", f"{value}, for {_show(row['printed'])}", "printed") if row["reads"] else ("printed", value)
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
    elif kind == "change" and row["since"] and row["since"] >= _last_day(end):
        yield "since", "a day before the one it is compared with", "end"


def _last_day(end: str) -> str:
    """The last day before a moment; nothing where it is none."""
    return str(date.fromisoformat(end[:10]) - timedelta(end.endswith("T00:00"))) if _is_day(end[:10]) else ""


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
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
        if re.fullmatch("[0-9]+", stem) and stem not in coverage and not briefings.unread:
            numbers.problems.append(Problem(path, None, None, "a briefing", f"a row for {stem} in briefings.csv"))
    last: dict[str, tuple[int, int, str]] = {}
    for i, (paragraph, position, printed) in numbers.lines("paragraph", "position", "printed"):
        path = numbers.file[i]
        before = last.pop(path, (1, 0, "") if numbers.row[i] == 2 else None)
        if coverage.get(_stem(path)) != "whole" or numbers.refused & {(i, "paragraph"), (i, "position")}:
            continue
        at, nth = int(paragraph or 0), int(position or 0)
        last[path] = at, nth, printed
        if before is None:
            continue
        if nth == 0 or nth not in (before[1], before[1] + 1):
            numbers.refuse(i, "position", f"{before[1] + 1}: reading order without a gap")
            del last[path]
        elif nth == before[1] and printed != before[2]:
            numbers.refuse(i, "printed", f"{_show(before[2])}, as in the row before: one position is one numeral")
        if at < before[0]:
            numbers.refuse(i, "paragraph", f"{before[0]} or later: reading order")


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".csv")


def _frame(table: _Table, values: list) -> pd.DataFrame:
    frame = pd.DataFrame({name: _column(table.cells[name], said["type"]) for name, said in table.fields.items()})
    if table.name != "numbers":
        return frame
    frame["start"], frame["end"] = (_column(table.cells[column], "date") for column in ("start", "end"))
    frame.insert(0, "briefing", pd.Series([_stem(path) for path in table.file], dtype="str"))
    frame.insert(1, "row", table.row)
    frame.insert(2, "value", pd.Series(values, dtype=object))
    return frame


def _column(cells: list[str], kind: str) -> pd.Series:
    present = pd.Series(cells, dtype=object).replace("", None)
    return (pd.to_datetime(present, format="ISO8601") if kind == "date" else present).astype(_DTYPES[kind])


def _show(text: str, most: int = 60) -> str:
    """Foreign text inside a message: quoted, escaped where it is not printable, cut where it is long."""
    return repr(text if len(text) <= most else text[:most] + "…") if text else "nothing"
