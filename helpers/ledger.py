"""data/ → validated, typed frames. Every refusal names file, row, column, what was found and what was expected.

What a table may hold is stated once, in data/datapackage.json, and read from there. This module adds only
what a table contract cannot say: numerals that parse, columns that go together, wholes without themselves.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import rounding

DATA = Path(__file__).resolve().parent.parent / "data"

_DTYPES = {"string": "str", "integer": "Int64", "date": "datetime64[s]"}
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SHOWN = 60


class Problem(NamedTuple):
    """One reason to refuse the record: where it is, what stands there, what was expected."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        place = (
            self.file + (f", row {self.row}" if self.row else "") + (f", column {self.column}" if self.column else "")
        )
        return f"{place}: found {self.found}; expected {self.expected}"


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


class _Contract(NamedTuple):
    """What datapackage.json says of one table."""

    fields: list[dict]
    primary_key: list[str]
    foreign_keys: list[dict]
    files: list[Path]


@dataclass
class _Table:
    """The cells of one or several files with the same columns: `file` and `row` say where each came from."""

    fields: list[dict]
    cells: dict[str, list[str]]
    file: list[str]
    row: list[int]

    def where(self, column: str, wanted: set[str]) -> Iterator[tuple[int, str]]:
        return ((i, text) for i, text in enumerate(self.cells[column]) if text in wanted)


def load(folder: str | Path = DATA) -> Ledger:
    """Read, check and type all tables of a data folder.

    Args:
        folder: a folder with datapackage.json, the tables it names and numbers/.

    Returns:
        A Ledger: one frame per table.

    Raises:
        LedgerError: with every problem of every file; nothing is half-loaded.
    """
    folder = Path(folder)
    problems: list[Problem] = []
    contracts = _contract(folder)
    tables = {name: _read_table(folder, contract, problems) for name, contract in contracts.items()}
    for name, table in tables.items():
        _check_fields(table, problems)
        _check_keys(name, contracts[name], tables, problems)
    if not problems:
        _check_structure(tables, problems)
        _check_numbers(tables, problems)
        _check_briefings(tables, problems)
    if problems:
        raise LedgerError(problems)
    return Ledger(**{name: _frame(name, table) for name, table in tables.items()})


def _contract(folder: Path) -> dict[str, _Contract]:
    """The tables of datapackage.json. Files in a folder of their own are one table, listed there or not."""
    name = "datapackage.json"
    tables: dict[str, _Contract] = {}
    try:
        for resource in json.loads((folder / name).read_text(encoding="utf-8"))["resources"]:
            path, schema = Path(resource["path"]), resource["schema"]
            if isinstance(schema, str):
                schema = json.loads((folder / schema).read_text(encoding="utf-8"))
            table = path.stem if path.parent == Path() else path.parent.name
            tables.setdefault(
                table, _Contract(schema["fields"], schema["primaryKey"], schema.get("foreignKeys", []), [])
            )
            tables[table].files.append(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        expected = "a Data Package: resources with path and schema, schemas with fields and primaryKey"
        raise LedgerError([Problem(name, None, None, f"{type(error).__name__}: {error}", expected)]) from error
    if set(tables) != set(Ledger.__dataclass_fields__):
        expected = "exactly " + ", ".join(Ledger.__dataclass_fields__)
        raise LedgerError([Problem(name, None, None, "the tables " + ", ".join(tables), expected)])
    return tables


def _read_table(folder: Path, contract: _Contract, problems: list[Problem]) -> _Table:
    table = _Table(contract.fields, {f["name"]: [] for f in contract.fields}, [], [])
    listed = {folder / file for file in contract.files}
    together = {
        path for file in contract.files if file.parent != Path() for path in (folder / file.parent).glob("*.csv")
    }
    for path in sorted(listed | together):
        name = path.relative_to(folder).as_posix()
        if not path.is_file():
            problems.append(Problem(name, None, None, "no such file", "the table that datapackage.json lists"))
            continue
        rows = _read_rows(path, name, list(table.cells), problems)
        for column, cells in zip(table.cells.values(), zip(*rows) if rows else [], strict=False):
            column.extend(cells)
        table.file.extend([name] * len(rows))
        table.row.extend(range(2, len(rows) + 2))
    return table


def _read_rows(path: Path, name: str, columns: list[str], problems: list[Problem]) -> list[list[str]]:
    """The rows below the header, or none when the file as a whole cannot be trusted."""

    def refuse(row: int | None, column: str | None, found: str, expected: str) -> list[list[str]]:
        problems.append(Problem(name, row, column, found, expected))
        return []

    raw = path.read_bytes()
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return refuse(1, None, "a byte-order mark", "UTF-8 without one")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return refuse(line, None, f"byte 0x{raw[error.start]:02x} that is not UTF-8", "UTF-8 text")
    if "\r" in text:
        return refuse(
            text.count("\n", 0, text.index("\r")) + 1, None, "a carriage return", "lines that end in a line feed alone"
        )
    if not text.strip():
        return refuse(None, None, "an empty file", "a header and rows")
    try:
        lines = list(csv.reader(text.split("\n"), strict=True))
    except csv.Error as error:
        return refuse(
            None, None, f"text that is not CSV ({error})", "comma-separated cells, quotes closed on their line"
        )
    header, rows = lines[0], lines[1:]
    if rows and not rows[-1]:
        rows.pop()
    sound = True
    for column in [c for c in columns if c not in header]:
        sound = bool(refuse(1, column, "no such column", f"the columns {', '.join(columns)}"))
    for column in [c for c in header if c not in columns]:
        sound = bool(refuse(1, _show(column), "an unknown column", f"the columns {', '.join(columns)}"))
    if sound and header != columns:
        sound = bool(
            refuse(1, None, f"the columns {', '.join(header)}", f"each once and in this order: {', '.join(columns)}")
        )
    for row, cells in enumerate(rows, 2):
        if len(cells) != len(header):
            sound = bool(
                refuse(row, None, f"{len(cells)} cells", f"{len(header)}: a comma inside a cell needs quotes around it")
            )
    return rows if sound else []


def _check_fields(table: _Table, problems: list[Problem]) -> None:
    for field in table.fields:
        name, constraints = field["name"], field.get("constraints", {})
        complaints = {
            text: said for text in set(table.cells[name]) if (said := _complaint(text, field["type"], constraints))
        }
        for i, text in table.where(name, set(complaints)):
            problems.append(Problem(table.file[i], table.row[i], name, _show(text), complaints[text]))
        if constraints.get("unique"):
            _check_unique(table, [name], problems)


def _complaint(text: str, kind: str, constraints: dict) -> str | None:
    if text == "":
        return "a value" if constraints.get("required") else None
    if text != text.strip() or _INVISIBLE.search(text):
        return "text without invisible characters or space around it"
    if "enum" in constraints and text not in constraints["enum"]:
        return "one of " + ", ".join(constraints["enum"])
    if "pattern" in constraints and not re.fullmatch(constraints["pattern"], text):
        return "text of the form " + constraints["pattern"]
    if kind == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return "a date such as 2022-11-30"
    if kind == "integer":
        if not re.fullmatch("-?[0-9]{1,15}", text):
            return "a whole number"
        if int(text) < constraints.get("minimum", int(text)):
            return f"a whole number from {constraints['minimum']} on"
    return None


def _check_unique(table: _Table, columns: list[str], problems: list[Problem]) -> None:
    per_file = len(set(table.file)) > 1
    seen: dict[tuple, int] = {}
    for i, key in enumerate(zip(*(table.cells[c] for c in columns), strict=True)):
        first = seen.setdefault((table.file[i] if per_file else "", *key), i)
        if first != i and any(key):
            problems.append(
                Problem(
                    table.file[i],
                    table.row[i],
                    ", ".join(columns),
                    _show(", ".join(key)),
                    f"no copy of row {table.row[first]}",
                )
            )


def _check_keys(name: str, contract: _Contract, tables: dict[str, _Table], problems: list[Problem]) -> None:
    table = tables[name]
    unique = {f["name"] for f in contract.fields if f.get("constraints", {}).get("unique")}
    if set(contract.primary_key) - unique:
        _check_unique(table, contract.primary_key, problems)
    for key in contract.foreign_keys:
        column, target, wanted = key["fields"][0], key["reference"]["resource"] or name, key["reference"]["fields"][0]
        known = set(tables[target].cells[wanted]) | {""}
        for i, text in table.where(column, set(table.cells[column]) - known):
            problems.append(Problem(table.file[i], table.row[i], column, _show(text), f"a {wanted} of {target}.csv"))


def _check_structure(tables: dict[str, _Table], problems: list[Problem]) -> None:
    """Rates have a part and a whole that are counts, and nothing is made of itself."""
    measures = tables["measures"]
    nature = dict(zip(measures.cells["measure"], measures.cells["nature"], strict=True))
    for i, measure in enumerate(measures.cells["measure"]):
        made_of = [measures.cells[column][i] for column in ("part", "whole")]
        for column, text in zip(("part", "whole"), made_of, strict=True):
            if nature[measure] != "rate" and text:
                expected = "nothing: only a rate has a part and a whole"
            elif nature[measure] == "rate" and any(made_of) and nature.get(text, "rate") == "rate":
                expected = "the count that the rate is made of (or neither part nor whole)"
            else:
                continue
            problems.append(Problem(measures.file[i], measures.row[i], column, _show(text), expected))
        inflow = measures.cells["inflow"][i]
        if inflow and (nature[measure], nature[inflow]) != ("stock", "flow"):
            problems.append(
                Problem(measures.file[i], measures.row[i], "inflow", _show(inflow), "a flow, and only for a stock")
            )
    for name, whole, part in (("members", "area", "member"), ("terms", "measure", "term")):
        table = tables[name]
        below: dict[str, set[str]] = {}
        for upper, lower in zip(table.cells[whole], table.cells[part], strict=True):
            below.setdefault(upper, set()).add(lower)
        circular = _circular(below)
        for i, text in table.where(whole, circular):
            problems.append(
                Problem(table.file[i], table.row[i], whole, _show(text), f"a {whole} that is not made of itself")
            )
        complete: dict[tuple[str, str], str] = {}
        for i, scheme in enumerate(zip(table.cells[whole], table.cells["scheme"], strict=True)):
            if complete.setdefault(scheme, table.cells["complete"][i]) != table.cells["complete"][i]:
                problems.append(
                    Problem(
                        table.file[i],
                        table.row[i],
                        "complete",
                        _show(table.cells["complete"][i]),
                        "the same in all rows of one scheme",
                    )
                )


def _circular(below: dict[str, set[str]]) -> set[str]:
    """Keys that can be reached from themselves: what stays when whatever stands on nothing is taken away."""
    left = {upper: set(lower) for upper, lower in below.items()}
    while settled := {upper for upper, lower in left.items() if not lower & left.keys()}:
        left = {upper: lower for upper, lower in left.items() if upper not in settled}
    return set(left)


def _check_numbers(tables: dict[str, _Table], problems: list[Problem]) -> None:
    table, measures = tables["numbers"], tables["measures"]
    nature = dict(zip(measures.cells["measure"], measures.cells["nature"], strict=True))
    columns = list(table.cells)
    for i, cells in enumerate(zip(*table.cells.values(), strict=True)):
        for column, expected in _row_complaints(dict(zip(columns, cells, strict=True)), nature):
            problems.append(Problem(table.file[i], table.row[i], column, _show(table.cells[column][i]), expected))


def _row_complaints(row: dict[str, str], nature: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Columns of one printed number that do not go together, with what was expected."""
    kind = row["kind"]
    if kind == "context":
        for column in ("measure", "area", "of_area", "start", "end", "claim", "since"):
            if row[column]:
                yield column, "nothing: context speaks of no cell"
        return
    try:
        parsed = _numeral(row["printed"], row["reads"])
    except ValueError as error:
        yield "printed", str(error)
    else:
        if kind in ("change", "run") and parsed.value < 0:
            yield "printed", "a number without a sign: the claim says the direction"
    if not row["measure"]:
        yield "measure", f"the measure that this {kind} speaks of"
        return
    is_rate = nature[row["measure"]] == "rate"
    if kind == "rate" and not is_rate:
        yield "measure", "a measure whose nature is rate"
    if kind == "level" and is_rate:
        yield "kind", "rate, since the measure is one"
    if row["of_area"] and not is_rate:
        yield "of_area", "nothing: only a rate has a whole in another area"
    if nature[row["measure"]] in ("stock", "members") and row["start"] and kind == "level":
        yield "start", "nothing: a stock has an end alone"
    if row["start"] and row["end"] and row["start"] >= row["end"]:
        yield "end", "a moment after the start"
    claims = {"change": row["claim"] in ("down", "up"), "run": bool(row["claim"])}
    if not claims.get(kind, not row["claim"]):
        yield (
            "claim",
            {"change": "down or up", "run": "down, up, zero, <x or >x"}.get(
                kind, "nothing: only a change or run claims"
            ),
        )
    if bool(row["since"]) != (kind == "change"):
        yield "since", "the day compared with" if kind == "change" else "nothing: only a change has one"
    if kind in ("change", "run"):
        if not row["end"]:
            yield "end", f"the end of the last day of the {kind}"
        elif kind == "change" and row["since"] and row["since"] >= row["end"][:10]:
            yield "since", "a day before the one it is compared with"


def _check_briefings(tables: dict[str, _Table], problems: list[Problem]) -> None:
    """A briefing is a row and a file; where its whole text was read, no position is missing."""
    briefings, numbers = tables["briefings"], tables["numbers"]
    coverage = dict(zip(briefings.cells["briefing"], briefings.cells["coverage"], strict=True))
    files = {Path(file).stem: file for file in numbers.file}
    for i, briefing in enumerate(briefings.cells["briefing"]):
        if briefing not in files:
            problems.append(
                Problem(
                    briefings.file[i], briefings.row[i], "briefing", _show(briefing), f"a file numbers/{briefing}.csv"
                )
            )
        if bool(briefings.cells["digest"][i]) != (coverage[briefing] == "whole"):
            problems.append(
                Problem(
                    briefings.file[i],
                    briefings.row[i],
                    "digest",
                    _show(briefings.cells["digest"][i]),
                    "a digest exactly where the whole text was read",
                )
            )
    for stem, file in files.items():
        if stem.isdigit() and stem not in coverage:
            problems.append(Problem(file, None, None, "a file of a briefing", f"a row for {stem} in briefings.csv"))
    last: dict[str, tuple[int, int]] = {}
    for i, file in enumerate(numbers.file):
        if coverage.get(Path(file).stem) != "whole":
            continue
        paragraph, position = (int(numbers.cells[c][i] or 0) for c in ("paragraph", "position"))
        before = last.get(file, (1, 0))
        if position not in (before[1], before[1] + 1) or position == 0:
            problems.append(
                Problem(
                    file,
                    numbers.row[i],
                    "position",
                    _show(numbers.cells["position"][i]),
                    f"{before[1] + 1}: reading order without a gap",
                )
            )
        if paragraph < before[0]:
            problems.append(
                Problem(
                    file,
                    numbers.row[i],
                    "paragraph",
                    _show(numbers.cells["paragraph"][i]),
                    f"{before[0]} or later: reading order",
                )
            )
        last[file] = (paragraph, position)


@cache
def _numeral(printed: str, reads: str) -> rounding.Numeral:
    return rounding.parse(printed, reads or None)


def _frame(name: str, table: _Table) -> pd.DataFrame:
    frame = pd.DataFrame({f["name"]: _column(table.cells[f["name"]], f["type"]) for f in table.fields})
    if name != "numbers":
        return frame
    for column in ("start", "end"):
        frame[column] = _column(table.cells[column], "date")
    values = [
        None if kind == "context" else _numeral(printed, reads).value
        for kind, printed, reads in zip(*(table.cells[c] for c in ("kind", "printed", "reads")), strict=True)
    ]
    frame.insert(0, "briefing", pd.Series([Path(file).stem for file in table.file], dtype="str"))
    frame.insert(1, "row", table.row)
    frame.insert(2, "value", pd.Series(values, dtype=object))
    return frame


def _column(cells: list[str], kind: str) -> pd.Series:
    if kind == "date":
        return pd.to_datetime(pd.Series(cells, dtype=object).replace("", None), format="ISO8601").astype(_DTYPES[kind])
    return pd.Series(cells, dtype=object).replace("", None).astype(_DTYPES[kind])


def _show(text: str) -> str:
    """Foreign text inside a message: quoted, escaped where it is not printable, cut where it is long."""
    shown = repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…") if text else "nothing"
    return _INVISIBLE.sub(lambda m: f"\\u{ord(m.group()):04x}", shown)
