"""ledger.py: the shape of what it loads, and every kind of bad input with the message a curator gets.

The battery further down runs each broken or unusual table through the loader and through frictionless:
what one refuses the other refuses. Where the contract cannot say it, the breakage names the reason.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import frictionless
import pandas as pd
import pytest

from helpers import ledger
from helpers.ledger import DATA, LedgerError, Problem, load

ROOT = DATA.parent


class Record:
    """A copy of the real tables with the 155th briefing alone, to be broken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "numbers").mkdir(parents=True)
        for path in [*DATA.glob("*.csv"), DATA / "numbers.schema.json", DATA / "numbers" / "155.csv"]:
            shutil.copy(path, folder / path.relative_to(DATA))
        package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
        package["resources"] = [r for r in package["resources"] if (folder / r["path"]).exists()]
        self.write("datapackage.json", json.dumps(package))
        self.rows("briefings.csv", lambda rows: [row for row in rows if row["briefing"] == "155"])
        self.package = frictionless.Package(str(self.path("datapackage.json")))
        self.sound = self.bytes()

    def bytes(self) -> dict[str, bytes]:
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}

    def changed(self) -> set[str]:
        return {file for file, _ in self.bytes().items() ^ self.sound.items()}

    def mend(self) -> None:
        for file in self.changed():
            if file in self.sound:
                self.write(file, self.sound[file])
            else:
                self.path(file).unlink()

    def path(self, file: str) -> Path:
        return self.folder / file

    def text(self, file: str) -> str:
        return self.path(file).read_text(encoding="utf-8")

    def write(self, file: str, text: str | bytes) -> None:
        self.path(file).write_bytes(text.encode() if isinstance(text, str) else text)

    def replace(self, file: str, old: str, new: str) -> None:
        text = self.text(file)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def rows(self, file: str, change: Callable[[list[dict]], list[dict]]) -> None:
        rows = list(csv.DictReader(io.StringIO(self.text(file))))
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))
        self.write(file, out.getvalue())

    def cell(self, file: str, key: str, column: str, text: str) -> None:
        """Set a cell of the row whose first column is `key`, or of row number `key`."""

        def change(rows: list[dict]) -> list[dict]:
            first = next(iter(rows[0]))
            (row,) = [r for number, r in enumerate(rows, 2) if key in (r[first], str(number))]
            assert row[column] != text
            row[column] = text
            return rows

        self.rows(file, change)

    def append(self, file: str, line: str) -> None:
        self.write(file, self.text(file) + line + "\n")

    def problems(self) -> list[Problem]:
        with pytest.raises(LedgerError) as caught:
            load(self.folder)
        return caught.value.problems


@pytest.fixture(scope="module")
def only(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return Record(tmp_path_factory.mktemp("record") / "data")


@pytest.fixture
def record(only: Record) -> Iterator[Record]:
    """The one copy; what a test breaks is mended after it."""
    yield only
    only.mend()


@pytest.fixture(scope="module")
def real() -> ledger.Ledger:
    return load()


N = "numbers/155.csv"

# ---------------------------------------------------------------- what is loaded


def test_frames_have_the_columns_and_types_of_the_contract(real: ledger.Ledger) -> None:
    types = {"string": "str", "integer": "Int64", "date": "datetime64[s]"}
    for name, fields in contract_fields().items():
        frame = getattr(real, name)
        expected = {f["name"]: types[f["type"]] for f in fields}
        if name == "numbers":
            expected = {"briefing": "str", "row": "int64", "value": "object"} | expected
            expected |= {"start": "datetime64[s]", "end": "datetime64[s]"}
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == expected, name
        assert list(frame.columns) == list(expected), name
        assert list(frame.index) == list(range(len(frame))), name
        assert not (frame == "").any(axis=None), f"{name}: an empty cell that is not missing"


def contract_fields() -> dict[str, list[dict]]:
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    tables = {r["name"]: r["schema"]["fields"] for r in package["resources"] if isinstance(r["schema"], dict)}
    schema = json.loads((DATA / "numbers.schema.json").read_text(encoding="utf-8"))
    return tables | {"numbers": schema["fields"]}


def test_what_is_missing_is_missing_and_what_is_printed_stays(real: ledger.Ledger) -> None:
    rows = real.numbers[real.numbers["briefing"] == "155"].set_index("number")
    share, month, worded = rows.loc["four_districts_share"], rows.loc["briefing_month"], rows.loc["transport_problems"]
    assert (share["printed"], share["value"], share["of_area"]) == ("71.17%", Fraction(7117, 10000), "central")
    assert (share["row"], share["paragraph"], share["position"]) == (25, 4, 24)
    assert (share["start"], share["end"]) == (pd.Timestamp("2022-11-30"), pd.Timestamp("2022-12-01"))
    assert month["value"] is None
    assert month[["reads", "measure", "area", "start", "end", "claim", "since"]].isna().all()
    assert (worded["printed"], worded["reads"], worded["value"]) == ("百餘", ">100", 100)
    assert rows.loc["half_day_confirmed", "end"] == pd.Timestamp("2022-12-01T12:00")
    assert rows.loc["city_new_change", "since"] == pd.Timestamp("2022-11-29")
    assert real.numbers.loc[real.numbers["briefing"] == "156", "position"].isna().all()


def test_each_row_tells_its_line_in_its_file(real: ledger.Ledger) -> None:
    for file, rows in real.numbers.groupby("briefing"):
        lines = (DATA / "numbers" / f"{file}.csv").read_text(encoding="utf-8").split("\n")
        assert all(lines[row - 1].startswith(number + ",") for row, number in zip(rows["row"], rows["number"]))
        assert len(rows) == len(lines) - 2


def test_only_the_numbers_of_some_files_are_left_and_all_other_tables(real: ledger.Ledger) -> None:
    some = real.only("155", "154")
    expected = real.numbers[[file in ("154", "155") for file in real.numbers["briefing"]]]
    pd.testing.assert_frame_equal(some.numbers, expected)
    assert set(expected["briefing"]) == {"154", "155"} < set(real.numbers["briefing"])
    assert all(getattr(some, name) is getattr(real, name) for name in contract_fields() if name != "numbers")
    assert real.only().numbers.empty


def test_loading_asks_neither_for_a_working_directory_nor_for_a_locale(tmp_path: Path) -> None:
    code = "from helpers import ledger; print(len(ledger.load().numbers), ledger.load().areas['name_zh'][0])"
    place = {"PYTHONPATH": str(ROOT), "LC_ALL": "C", "TZ": "Asia/Shanghai", "PYTHONWARNINGS": "error"}
    run = [sys.executable, "-X", "utf8", "-c", code]
    done = subprocess.run(run, check=False, cwd=tmp_path, env=os.environ | place, capture_output=True, encoding="utf-8")
    assert (done.stderr, done.stdout) == ("", f"{len(load().numbers)} 重慶市\n")


def test_a_relative_folder_is_as_good(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(record.folder.parent)
    pd.testing.assert_frame_equal(load("data").numbers, load(record.folder).numbers)


# ---------------------------------------------------------------- what is refused: one message each


class Bad(NamedTuple):
    """A kind of bad input: what is done, and the one problem that must come of it."""

    what: str
    do: Callable[[Record], None]
    problem: tuple[str, int | None, str | None, str, str]  # file, row, column, found, expected (both: part of it)


def cell(what: str, file: str, key: str, column: str, text: str, row: int, expected: str, found: str = "") -> Bad:
    return Bad(what, lambda r: r.cell(file, key, column, text), (file, row, column, found or repr(text), expected))


def nothing(what: str, key: str, column: str, row: int, expected: str) -> Bad:
    return cell(what, N, key, column, "", row, expected, "nothing")


BAD = [
    Bad("missing file", lambda r: r.path(N).unlink(), (N, None, None, "no file", "datapackage.json speaks of")),
    Bad("missing table", lambda r: r.path("areas.csv").unlink(), ("areas.csv", None, None, "no file", "speaks of")),
    Bad(
        "missing column",
        lambda r: r.replace(N, "reads,kind", "kind"),
        (N, 1, "reads", "no such column", "number, paragraph, position, printed, reads"),
    ),
    Bad(
        "unknown column",
        lambda r: r.replace("areas.csv", "tile_column,note", "tile_column,notes,note"),
        ("areas.csv", 1, "'notes'", "an unknown column", "the columns area, kind"),
    ),
    Bad(
        "columns in another order",
        lambda r: r.replace(N, "start,end", "end,start"),
        (N, 1, None, "16 columns in another order", "number, paragraph"),
    ),
    Bad(
        "a column twice",
        lambda r: r.replace("areas.csv", "tile_column,note", "tile_column,note,note"),
        ("areas.csv", 1, None, "9 columns", "each once"),
    ),
    cell("duplicate id", N, "city_new", "number", "central_new", 19, "another number than in row 13"),
    Bad(
        "duplicate id in a table",
        lambda r: r.append("areas.csv", "city,city,,Chongqing again,重慶,,,"),
        ("areas.csv", 69, "area", "'city'", "another area than in row 2"),
    ),
    Bad(
        "a member twice",
        lambda r: r.append("members.csv", "city,parts,central,yes"),
        ("members.csv", 160, "member", "'central'", "another area and scheme and member than in row 2"),
    ),
    cell("unknown area", N, "city_new", "area", "atlantis", 13, "a key of areas.csv"),
    cell("unknown area of the whole", N, "liangping_share", "of_area", "outsid", 36, "a key of areas.csv"),
    cell("unknown measure", N, "city_new", "measure", "new_infection", 13, "a key of measures.csv"),
    cell("unknown source", N, "city_new", "source", "report_551", 13, "a key of sources.csv"),
    cell("unknown second source", N, "city_new", "second_source", "cns", 13, "a key of sources.csv"),
    cell("unknown group", "members.csv", "2", "area", "cities", 2, "a key of areas.csv"),
    cell("unknown member", "members.csv", "2", "member", "centre", 2, "a key of areas.csv"),
    cell("unknown part of a rate", "measures.csv", "community_share", "part", "x", 0, "a key of measures.csv"),
    cell("unknown term", "terms.csv", "2", "term", "x", 2, "a key of measures.csv"),
    cell("unparseable numeral", N, "city_new", "printed", "65B4", 13, "at most 4,000 digits, such as 75, 5,522"),
    cell("separator out of place", N, "city_new", "printed", "65,84", 13, "such as 75, 5,522"),
    cell("numeral of another script", N, "city_new", "printed", "٦٥٨٤", 13, "a numeral as printed"),
    cell("a numeral too many", N, "city_new", "printed", "65 84", 13, "such as 75"),
    cell("minus", N, "city_new", "printed", "-6584", 13, "a number without a minus"),
    cell("minus of a change", N, "city_new_change", "printed", "−1208", 16, "the claim of a change says the direction"),
    cell("half a day running", N, "central_new_run", "printed", "2.5", 22, "a whole number of days"),
    cell("reading that is none", N, "transport_problems", "reads", ">many", 68, "digits, after one of"),
    cell("reading of another value", N, "city_new", "reads", ">6585", 13, "the same value, for '6584'"),
    Bad(
        "worded numeral without a reading",
        lambda r: r.cell(N, "transport_problems", "reads", ""),
        (N, 68, "printed", "'百餘'", "at most 4,000 digits"),
    ),
    cell("impossible date", N, "city_new", "end", "2022-11-31", 13, "a day such as 2022-11-30"),
    cell("impossible date of a briefing", "briefings.csv", "155", "day", "2022-13-01", 2, "a date such as 2022-11-30"),
    cell("another notation of dates", "briefings.csv", "155", "day", "2022-W48-4", 2, "a date such as 2022-11-30"),
    cell("another notation of since", N, "city_new_change", "since", "20221129", 16, "a date such as 2022-11-30"),
    cell("full-width digits in a date", N, "city_new", "end", "2022-12-0１", 13, "a day such as"),
    cell("a year that cannot be", "briefings.csv", "155", "day", "0222-12-01", 2, "a date such as 2022-11-30"),
    cell("a year to come", "briefings.csv", "155", "day", "2202-12-01", 2, "2000-01-01 to 2099-12-31"),
    cell("no whole number", N, "city_new", "position", "1２", 13, "a whole number"),
    cell("a number out of bounds", N, "city_new", "paragraph", "0", 13, "1 to 9999"),
    cell("a number of bounds", N, "city_new", "paragraph", "10000", 13, "1 to 9999"),
    cell("an unknown kind", N, "city_new", "kind", "count", 13, "one of level, rate, change, run, context"),
    cell("an unknown coverage", "briefings.csv", "155", "coverage", "all", 2, "one of whole, part"),
    cell("a formula", N, "city_new", "note", "=1+1", 13, "no sign of a formula"),
    cell("a formula printed", N, "briefing_month", "printed", "-1+cmd|'/C calc'!A0", 2, "a numeral as printed"),
    cell("a context without a numeral", N, "briefing_month", "printed", "December", 2, "a digit or a number word"),
    cell("space around", N, "city_new", "note", "ours ", 13, "no space around"),
    cell("what cannot be seen", N, "city_new", "note", "our\u202ewords", 13, "nothing invisible", "\\u202e"),
    cell("space in a key", N, "city_new", "area", "city ", 13, "a key of areas.csv"),
    nothing("a required cell empty", "city_new", "source", 13, "a value"),
    Bad(
        "not UTF-8",
        lambda r: r.write("areas.csv", r.text("areas.csv").encode("gb18030")),
        ("areas.csv", 2, None, "byte 0xd6 that is not UTF-8", "UTF-8 text"),
    ),
    Bad(
        "UTF-16",
        lambda r: r.write("areas.csv", r.text("areas.csv").encode("utf-16")),
        ("areas.csv", 1, None, "byte 0xff that is not UTF-8", "UTF-8"),
    ),
    Bad(
        "byte-order mark",
        lambda r: r.write(N, b"\xef\xbb\xbf" + r.text(N).encode()),
        (N, 1, None, "a byte-order mark", "UTF-8 without one"),
    ),
    Bad(
        "Windows line ends",
        lambda r: r.write(N, r.text(N).replace("\n", "\r\n")),
        (N, 1, None, "a carriage return", "lines that end in a line feed alone"),
    ),
    Bad("empty file", lambda r: r.write("members.csv", ""), ("members.csv", None, None, "an empty file", "text")),
    Bad("blank file", lambda r: r.write("members.csv", "\n\n"), ("members.csv", None, None, "an empty file", "text")),
    Bad("empty contract", lambda r: r.write("datapackage.json", ""), ("datapackage.json", None, None, "empty", "text")),
    Bad(
        "unquoted comma in a note",
        lambda r: r.replace(N, "leaves out the 55 conversions", "leaves out, says the page, conversions"),
        (N, 13, "note", "18 cells", "16 cells in one line: a comma or quote inside a cell needs quotes"),
    ),
    Bad(
        "a cell too few",
        lambda r: r.replace(N, ",,level,new_infections,city,,2022-11-30,2022-12-01,", ",level,new_infections,city,,,"),
        (N, 13, None, "", ""),
    ),
    Bad("an empty line", lambda r: r.replace(N, "\ncity_new,", "\n\ncity_new,"), (N, 13, None, "an empty", "16 cells")),
    Bad(
        "a quote left open",
        lambda r: r.replace(N, "leaves out the 55 conversions", '"leaves out the 55 conversions'),
        (N, 13, "note", "15 cells", "a comma or quote inside a cell needs quotes"),
    ),
    cell("a group that contains itself", "members.csv", "2", "member", "city", 2, "no area that city is itself a part"),
    cell(
        "a measure built from itself", "terms.csv", "2", "term", "new_infections", 2, "no measure that new_infections"
    ),
    cell("a scheme half complete", "members.csv", "3", "complete", "no", 3, "the same in all rows of one scheme"),
    cell("a rate of a rate", "measures.csv", "community_share", "part", "community_share", 0, "the count that"),
    cell("a rate without a whole", "measures.csv", "community_share", "whole", "", 0, "the count that", "nothing"),
    cell("a rate with a unit", "measures.csv", "community_share", "unit", "persons", 0, "a rate has no unit"),
    cell("a count without a unit", "measures.csv", "new_infections", "unit", "", 2, "what is counted", "nothing"),
    cell("a count with a part", "measures.csv", "new_infections", "part", "converted", 2, "only a rate has a part"),
    cell("an inflow of a flow", "measures.csv", "new_infections", "inflow", "converted", 2, "a flow, and only for a"),
    cell("an inflow of a stock", "measures.csv", "firms_sealed", "inflow", "firms_above_size", 0, "a flow, and only"),
    cell("context with a cell", N, "briefing_month", "area", "city", 2, "context speaks of no cell"),
    nothing("a number without a measure", "city_new", "measure", 13, "the measure that this level speaks of"),
    Bad(
        "a rate of no rate",
        lambda r: r.cell(N, "city_new", "kind", "rate"),
        (N, 13, "measure", "'new_infections'", "a measure whose nature is rate"),
    ),
    cell("a level of a rate", N, "liangping_share", "kind", "level", 36, "rate, since the measure is one"),
    cell("a whole elsewhere of a count", N, "city_new", "of_area", "central", 13, "only a rate has a whole"),
    cell("a stock with a start", N, "firms", "start", "2022-11-30", 53, "a stock has an end alone"),
    cell("members with a start", N, "four_districts_units", "start", "2022-11-30", 23, "a stock has an end alone"),
    cell("an end before the start", N, "city_new", "end", "2022-11-30", 13, "a moment after the start"),
    cell("midnight twice", N, "city_new", "end", "2022-11-30T00:00", 13, "a moment after the start"),
    cell("a claim of a level", N, "city_new", "claim", "down", 13, "only a change or run claims"),
    cell("a change to zero", N, "city_new_change", "claim", "zero", 16, "down or up"),
    nothing("a run without a claim", "central_new_run", "claim", 22, "down, up, zero, <x or >x"),
    cell("a claim that is none", N, "central_new_run", "claim", "<5.5.5", 22, "a number such as <5%"),
    nothing("a change without since", "city_new_change", "since", 16, "the day compared with"),
    cell("a run with since", N, "central_new_run", "since", "2022-11-29", 22, "only a change has one"),
    cell("a change since the same day", N, "city_new_change", "since", "2022-11-30", 16, "a day before the one"),
    nothing("a run without an end", "central_new_run", "end", 22, "the end of the last day of the run"),
    cell("a second source that is the first", N, "city_new", "second_source", "report_155", 13, "another page"),
    cell("a gap in positions", N, "driver_permits", "position", "67", 67, "66: reading order without a gap"),
    nothing("a position missing", "transport_problems", "position", 68, "67: reading order"),
    Bad(
        "two numerals at one position",
        lambda r: r.cell(N, "transport_problems", "position", "66"),
        (N, 68, "printed", "'百餘'", "'1.2萬', as in the row before"),
    ),
    cell("paragraphs out of order", N, "transport_problems", "paragraph", "15", 68, "16 or later: reading order"),
    cell("a whole text without a digest", "briefings.csv", "155", "digest", "", 2, "a digest exactly where", "nothing"),
    cell("a digest that is none", "briefings.csv", "155", "digest", "153B", 2, "64 hexadecimal digits"),
    Bad(
        "a briefing without a file",
        lambda r: r.append("briefings.csv", "161,printed,2022-12-08,part,,"),
        ("briefings.csv", 3, "briefing", "'161'", "a file numbers/161.csv with at least one row"),
    ),
    Bad(
        "a file without a briefing",
        lambda r: r.write("numbers/161.csv", r.text(N)),
        ("numbers/161.csv", None, None, "a briefing", "a row for 161 in briefings.csv"),
    ),
    Bad(
        "a file with another name",
        lambda r: r.write("numbers/155 copy.csv", r.text(N)),
        ("numbers/155 copy.csv", None, None, "a file of this name", "a name such as"),
    ),
]


@pytest.mark.parametrize("bad", BAD, ids=[bad.what for bad in BAD])
def test_one_message_names_place_found_and_expected(bad: Bad, record: Record) -> None:
    bad.do(record)
    problems = record.problems()
    assert len(problems) == 1, [str(p) for p in problems]
    (problem,) = problems
    file, row, column, found, expected = bad.problem
    assert problem.file == file
    assert row == 0 or problem.row == row
    assert column is None or problem.column == column
    assert found in problem.found
    assert expected in problem.expected
    assert not {"found", "expected"} & {*problem.expected.split(), *problem.found.split()}, "each is said once"
    place = file + (f", row {problem.row}" if problem.row else "")
    place += f", column {problem.column}" if problem.column else ""
    assert str(problem) == f"{place}: found {problem.found}; expected {problem.expected}"
    assert "\n" not in str(problem)


def test_the_copy_that_is_broken_is_sound_before(record: Record) -> None:
    assert len(load(record.folder).numbers) == 67


def test_all_problems_of_all_files_come_at_once_in_order(record: Record) -> None:
    record.cell("areas.csv", "central", "kind", "centre")
    record.cell("sources.csv", "gmw_155", "seen", "yesterday")
    record.cell("measures.csv", "new_infections", "part", "converted")
    record.cell("members.csv", "2", "member", "city")
    record.cell(N, "city_new", "printed", "65x84")
    record.cell(N, "city_new", "source", "nobody")
    record.cell(N, "city_new", "claim", "down")
    record.cell(N, "driver_permits", "position", "67")
    record.write("terms.csv", record.text("terms.csv").replace("\n", "\r\n").replace("converted,converted,+", "a,b,*"))
    record.cell("briefings.csv", "155", "note", "@us")
    problems = record.problems()
    assert [(p.file, p.row, p.column) for p in problems] == [
        ("areas.csv", 3, "kind"),
        ("briefings.csv", 2, "note"),
        ("measures.csv", 2, "part"),
        ("members.csv", 2, "member"),
        (N, 13, "claim"),
        (N, 13, "printed"),
        (N, 13, "source"),
        (N, 67, "position"),
        ("sources.csv", 3, "seen"),
        ("terms.csv", 1, None),
        ("terms.csv", 10, "sign"),
        ("terms.csv", 10, "term"),
    ]


def test_one_bad_table_does_not_blame_the_others(record: Record) -> None:
    for file in ("areas.csv", "measures.csv", "sources.csv", "briefings.csv"):
        record.write(file, b"\xff")
    record.path(N).unlink()
    assert {p.file for p in record.problems()} == {"areas.csv", "measures.csv", "sources.csv", "briefings.csv", N}
    assert len(record.problems()) == 5


@pytest.mark.parametrize("file", [N, "numbers/156.csv"])
def test_each_file_that_the_contract_lists_is_missed(file: str, record: Record) -> None:
    add_briefing(record)
    record.path(file).unlink()
    assert [(p.file, p.found) for p in record.problems()] == [(file, "no file of this name")]


def test_a_bad_nature_is_blamed_once(record: Record) -> None:
    record.cell("measures.csv", "new_infections", "nature", "stream")
    record.cell("measures.csv", "community_share", "nature", "ratio")
    assert [(p.file, p.column) for p in record.problems()] == [("measures.csv", "nature")] * 2


def test_what_rests_on_a_bad_cell_is_not_blamed(record: Record) -> None:
    record.cell(N, "city_new_change", "kind", "chnge")
    record.cell(N, "city_new", "start", "2022-13-01")
    record.cell(N, "central_new_change", "end", "2022-11-31")
    record.cell(N, "vehicle_permits", "paragraph", "sixteen")
    record.cell(N, "driver_permits", "position", "66th")
    expected = [(13, "start"), (16, "kind"), (21, "end"), (66, "paragraph"), (67, "position")]
    assert [(p.row, p.column) for p in record.problems()] == expected


def test_a_line_is_told_as_far_as_the_first_quote_out_of_place() -> None:
    assert ledger._cells('a,"b, c","d ""e""",') == ["a", "b, c", 'd "e"', ""]
    for line in ('a,b,"c" d,"e"', 'a,b,"c"d"', 'a,b,"c, d'):
        assert ledger._cells(line) == ["a", "b"]


CONTRACT = [
    (
        "a missing value of its own",
        lambda p: _schema(p, 0).update(missingValues=["", "NA"]),
        "the empty text as missing",
    ),
    ("no missing value", lambda p: _schema(p, 0).pop("missingValues"), "missingValues"),
    ("unique keys", lambda p: _schema(p, 0).update(uniqueKeys=[["day"]]), "something else than fields, keys"),
    ("a dialect", lambda p: p["resources"][0].update(dialect={"delimiter": ";"}), "briefings.csv with something else"),
    ("another encoding", lambda p: p["resources"][0].update(encoding="gb18030"), "briefings.csv with something else"),
    ("a constraint", lambda p: _field(p, 0, 0)["constraints"].update(maxLength=3), "briefings with a type or a const"),
    ("a type", lambda p: _field(p, 0, 2).update(type="datetime"), "briefings with a type or a constraint unknown here"),
    (
        "a bound of text",
        lambda p: _field(p, 0, 0)["constraints"].update(minimum=1),
        "an end of briefing that is no str",
    ),
    ("a key of two columns", lambda p: _schema(p, 3)["foreignKeys"][0]["fields"].append("scheme"), "ValueError"),
    ("a key of no column", lambda p: _schema(p, 0).update(primaryKey=["row"]), "KeyError: 'row'"),
    ("a key of another table", lambda p: _schema(p, 3)["foreignKeys"][0]["reference"].update(fields=["x"]), "'x'"),
    ("a pattern that is none", lambda p: _field(p, 0, 0)["constraints"].update(pattern="^[$"), "unterminated"),
    ("a pattern to be read anew", lambda p: _field(p, 0, 0)["constraints"].update(pattern="^[[a]$"), "FutureWarning"),
    ("a table fewer", lambda p: p["resources"].pop(0), "other tables than numbers, briefings, sources"),
    ("a column fewer", lambda p: _schema(p, 0)["fields"].pop(3), "briefings without coverage"),
    (
        "a second schema in numbers/",
        lambda p: p["resources"].append(p["resources"][-1] | {"path": "numbers/x.csv", "schema": {}}),
        "numbers/x.csv with another schema than the files beside it",
    ),
]


def _schema(package: dict, table: int) -> dict:
    return package["resources"][table]["schema"]


def _field(package: dict, table: int, column: int) -> dict:
    return _schema(package, table)["fields"][column]


@pytest.mark.parametrize(("what", "change", "found"), CONTRACT, ids=[what for what, *_ in CONTRACT])
def test_a_contract_that_asks_for_what_is_not_known_is_refused(
    what: str, change: Callable[[dict], object], found: str, record: Record
) -> None:
    package = json.loads(record.text("datapackage.json"))
    change(package)
    record.write("datapackage.json", json.dumps(package))
    (problem,) = record.problems()
    assert (problem.file, problem.expected) == ("datapackage.json", "a Data Package as read here")
    assert found in problem.found


def test_what_the_contract_calls_unique_stands_once(record: Record) -> None:
    package = json.loads(record.text("datapackage.json"))
    (areas,) = (r["schema"] for r in package["resources"] if r["name"] == "areas")
    next(field for field in areas["fields"] if field["name"] == "name_en")["constraints"]["unique"] = True
    record.write("datapackage.json", json.dumps(package))
    load(record.folder)
    record.append("areas.csv", "copy,district,,Wanzhou District,萬州區,,,")
    assert [(p.file, p.row, p.column, p.expected) for p in record.problems()] == [
        ("areas.csv", 69, "name_en", "another name_en than in row 5")
    ]


def test_the_error_counts_and_lists(record: Record) -> None:
    record.cell(N, "city_new", "area", "atlantis")
    with pytest.raises(
        ValueError, match=r"^data refused, 1 problem:\nnumbers/155.csv, row 13, column area: "
    ) as caught:
        load(record.folder)
    record.cell(N, "central_new", "area", "atlantis")
    with pytest.raises(LedgerError) as two:
        load(record.folder)
    assert str(two.value).startswith("data refused, 2 problems:\n")
    assert str(two.value).split("\n")[1:] == [str(p) for p in two.value.problems]
    assert isinstance(caught.value, LedgerError)
    assert LedgerError([two.value.problems[1], two.value.problems[0]]).problems == two.value.problems


def test_only_members_of_a_circle_are_blamed(record: Record) -> None:
    record.append("members.csv", "four_districts,odd,seven_units,no\nseven_units,odd,four_districts,no")
    assert [(p.row, p.column) for p in record.problems()] == [(160, "member"), (161, "member")]


def test_a_message_shows_a_long_cell_cut(record: Record) -> None:
    record.cell(N, "city_new", "area", "x" * 10_000)
    assert len(str(record.problems()[0])) < 200


# ---------------------------------------------------------------- the contract

PACKAGE = DATA / "datapackage.json"


def test_the_contract_is_a_valid_data_package_and_holds_all_tables() -> None:
    report = frictionless.Package(str(PACKAGE)).validate()
    assert report.valid, report.flatten(["resourceName", "rowNumber", "fieldName", "message"])


def test_the_contract_lists_every_file_and_names_it_after_its_path() -> None:
    resources = json.loads(PACKAGE.read_text(encoding="utf-8"))["resources"]
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")}
    listed = [r["path"] for r in resources]
    entry = {k: v for k, v in resources[-1].items() if k not in ("name", "path")}
    missing = [{"name": f"numbers-{Path(f).stem}", "path": f} | entry for f in sorted(files - {*listed})]
    assert not missing, f"to add to data/datapackage.json:\n{json.dumps(missing, indent=1)}"
    assert set(listed) == files
    numbers = [path for path in listed if path.startswith("numbers/")]
    assert listed[-len(numbers) :] == sorted(numbers)
    assert len(resources) == len(files)
    for r in resources:
        assert r["name"] == r["path"].removesuffix(".csv").replace("/", "-")


def test_every_text_column_is_held_by_a_pattern_an_enum_or_a_key() -> None:
    package = json.loads(PACKAGE.read_text(encoding="utf-8"))
    schemas = [r["schema"] for r in package["resources"] if isinstance(r["schema"], dict)]
    free = set()
    for schema in [*schemas, json.loads((DATA / "numbers.schema.json").read_text(encoding="utf-8"))]:
        keys = {key["fields"][0] for key in schema.get("foreignKeys", [])}
        for field in schema["fields"]:
            pattern = field.get("constraints", {}).get("pattern")
            assert field["type"] != "string" or field["name"] in keys or pattern or "enum" in field["constraints"]
            assert pattern is None or (pattern[0], pattern[-1], r"\d" in pattern) == ("^", "$", False), field["name"]
            assert pattern is None or field["expected"], "a pattern is told in words too"
            if "words:" in field.get("expected", ""):
                free.add(pattern)
    assert len(free) == 1, "one pattern for all free text"


class Try(NamedTuple):
    """One change to a table, for the loader and for frictionless."""

    what: str
    do: Callable[[Record], None]


def put(file: str, key: str, column: str, text: str) -> Try:
    what = re.sub(r"[^ -~]", "?", f"{file.removesuffix('.csv')} {key} {column} {text[:40]!r}")
    return Try(what, lambda r: r.cell(file, key, column, text))


FORMULAS = ["=1+1", "@SUM(A1)", "+1-1|x", "-2+3|cmd", "＝1", "\t=1"]

BOTH_REFUSE = [
    Try("missing file", lambda r: r.path(N).unlink()),
    Try("empty file", lambda r: r.write("members.csv", "")),
    Try("missing column", lambda r: r.replace(N, "reads,kind", "kind")),
    Try("unknown column", lambda r: r.replace("areas.csv", "tile_column,note", "tile_column,notes,note")),
    Try("renamed column", lambda r: r.replace("areas.csv", "name_en", "name")),
    Try("columns in another order", lambda r: r.replace("terms.csv", "scheme,term", "term,scheme")),
    Try("a column twice", lambda r: r.replace("areas.csv", "tile_column,note", "tile_column,note,note")),
    Try("not UTF-8", lambda r: r.write("areas.csv", r.text("areas.csv").encode("gb18030"))),
    Try("UTF-16", lambda r: r.write("areas.csv", r.text("areas.csv").encode("utf-16"))),
    Try("unquoted comma", lambda r: r.replace(N, "leaves out the 55 conversions", "a, b")),
    Try("an empty line", lambda r: r.replace(N, "\ncity_new,", "\n\ncity_new,")),
    Try("a cell too few", lambda r: r.replace("members.csv", "city,parts,central,yes", "city,parts,central")),
    Try("a key twice in areas", lambda r: r.append("areas.csv", "city,city,,x,x,,,")),
    Try("a key twice in briefings", lambda r: r.append("briefings.csv", r.text("briefings.csv").split("\n")[1])),
    Try("a key twice in numbers", lambda r: r.cell(N, "city_new", "number", "central_new")),
    Try("three columns as a key", lambda r: r.append("members.csv", "city,parts,central,yes")),
    Try("a line break in a cell", lambda r: r.cell(N, "city_new", "note", "two\nlines")),
    put(N, "city_new", "area", "atlantis"),
    put(N, "city_new", "area", "City"),
    put(N, "city_new", "area", " city"),
    put(N, "city_new", "measure", "new"),
    put(N, "liangping_share", "of_area", "x"),
    put(N, "city_new", "source", "x"),
    put(N, "city_new", "second_source", "x"),
    put("members.csv", "2", "area", "x"),
    put("members.csv", "2", "member", "x"),
    put("terms.csv", "2", "measure", "x"),
    put("terms.csv", "2", "term", "x"),
    put("measures.csv", "community_share", "part", "x"),
    put("measures.csv", "community_share", "whole", "x"),
    put("measures.csv", "new_infections", "inflow", "x"),
    put(N, "city_new", "number", ""),
    put(N, "city_new", "number", "City_New"),
    put(N, "city_new", "kind", "count"),
    put(N, "city_new", "kind", ""),
    put(N, "city_new", "printed", ""),
    put(N, "city_new", "printed", "٦٥٨٤"),
    put(N, "city_new", "printed", " 6584"),
    put(N, "briefing_month", "printed", "December"),
    put(N, "briefing_month", "printed", "=12"),
    put(N, "briefing_month", "printed", "@12"),
    put(N, "briefing_month", "printed", "-1+cmd|' /C calc'!A0"),
    put(N, "transport_problems", "reads", "many"),
    put(N, "transport_problems", "reads", "=100"),
    put(N, "transport_problems", "reads", ">100 "),
    put(N, "transport_problems", "reads", ">1,00"),
    put(N, "city_new", "position", "twelve"),
    put(N, "city_new", "position", "12.5"),
    put(N, "city_new", "position", "1e1"),
    put(N, "city_new", "position", "0"),
    put(N, "city_new", "paragraph", "-1"),
    put(N, "city_new", "paragraph", "10000"),
    put(N, "city_new", "paragraph", "9" * 5000),
    put("areas.csv", "wanzhou", "tile_row", "-1"),
    put(N, "city_new", "end", "2022-11-31"),
    put(N, "city_new", "end", "2022-02-29"),
    put(N, "city_new", "end", "2022-12-01T24:00"),
    put(N, "city_new", "end", "2022-12-01 12:00"),
    put(N, "city_new", "end", "2022-12-01T12:00Z"),
    put(N, "city_new", "end", "2022-12-0１"),
    put(N, "city_new_change", "since", "2022-11-31"),
    put(N, "city_new_change", "since", "20221129"),
    put(N, "city_new_change", "since", "29/11/2022"),
    put("briefings.csv", "155", "day", ""),
    put("briefings.csv", "155", "day", "2022-W48-4"),
    put("briefings.csv", "155", "day", "2022-12-01T00:00"),
    put("briefings.csv", "155", "day", "0222-12-01"),
    put("briefings.csv", "155", "day", "2202-12-01"),
    put("briefings.csv", "155", "coverage", "all"),
    put("briefings.csv", "155", "digest", "f" * 63),
    put("sources.csv", "gmw_155", "address", "javascript:alert(1)"),
    put("sources.csv", "gmw_155", "address", 'https://example.org/"onclick="x'),
    put("sources.csv", "gmw_155", "address", "https://example.org/<script>"),
    put("sources.csv", "gmw_155", "kind", "Original"),
    put("areas.csv", "wanzhou", "code", "510101"),
    put("areas.csv", "wanzhou", "name_zh", ""),
    put("terms.csv", "2", "sign", "−"),
    *(put("areas.csv", "wanzhou", "note", formula) for formula in FORMULAS),
    put("measures.csv", "new_infections", "definition", "=cmd|' /C calc'!A0"),
    put("sources.csv", "gmw_155", "outlet", "@outlet"),
    put("terms.csv", "2", "assumes", "+1"),
    put("areas.csv", "wanzhou", "name_en", " Wanzhou"),
    put("areas.csv", "wanzhou", "name_en", "Wanzhou\u00a0"),
    *(put("areas.csv", "wanzhou", "name_zh", f"萬{hidden}州區") for hidden in "\0\t\u200b\u202e\ufeff\u2028\U000e0041"),
]

BOTH_TAKE = [
    Try("no line feed at the end", lambda r: r.write(N, r.text(N).removesuffix("\n"))),
    Try("quotes that nobody needs", lambda r: r.replace(N, "\ncity_new,", '\n"city_new",')),
    Try("a header alone", lambda r: r.write("terms.csv", r.text("terms.csv").split("\n")[0] + "\n")),
    Try("a year to bridge", lambda r: r.cell(N, "city_new", "start", "2020-02-29")),
    Try("an area nobody speaks of", lambda r: r.append("areas.csv", "nowhere,group,,Nowhere,無處,,,")),
    Try("a second briefing", lambda r: add_briefing(r)),
    put(N, "city_new", "note", "commas, \"quotes\" and 'more', and — dashes"),
    put(N, "city_new", "note", "a=1+1, not in front; <script>alert(1)</script> **bold** $x$ &amp; `code`"),
    put(N, "city_new", "note", "x" * 200_000),
    put(N, "city_new", "note", "1"),
    put(N, "city_new", "note", "(=1)"),
    put(N, "city_new", "note", "重慶"),
    put(N, "city_new", "printed", "6,584"),
    put(N, "city_new", "printed", "６５８４"),
    put(N, "briefing_month", "printed", "十二"),
    put(N, "briefing_month", "printed", "Twelve"),
    put(N, "briefing_month", "printed", "+12"),
    put(N, "briefing_month", "printed", "0—12"),
    put(N, "transport_problems", "reads", ">=1,100"),
    put(N, "transport_problems", "reads", "~0.5萬"),
    put(N, "central_new_run", "claim", "<5.5%"),
    put(N, "city_new", "end", "2022-12-01T23:59"),
    put(N, "city_new", "second_source", ""),
    put(N, "firms", "end", ""),
    put("areas.csv", "wanzhou", "tile_row", ""),
    put("areas.csv", "wanzhou", "tile_row", "007"),
    put("sources.csv", "gmw_155", "address", ""),
    put("sources.csv", "gmw_155", "address", "https://例子.中国/路?a=1&b='2'#%20"),
    put("sources.csv", "gmw_155", "seen", "2024-02-29"),
]


def add_briefing(r: Record) -> None:
    r.write("numbers/156.csv", (DATA / "numbers" / "156.csv").read_bytes())
    r.append("briefings.csv", "156,inferred,2022-12-02,part,,")
    package = json.loads(r.text("datapackage.json"))
    package["resources"].append(package["resources"][-1] | {"name": "numbers-156", "path": "numbers/156.csv"})
    r.write("datapackage.json", json.dumps(package))


WORDS = "over some twenty days; neither start nor day given"

# what only the loader refuses, and why the contract cannot say it
LOADER_ONLY = {
    "frictionless skips a byte-order mark": [Try("BOM", lambda r: r.write(N, "\ufeff" + r.text(N)))],
    "frictionless takes any line ends": [Try("CRLF", lambda r: r.write(N, r.text(N).replace("\n", "\r\n")))],
    "frictionless reads whole numbers as Python's int() does": [
        put(N, "city_new", "position", "1２"),
        put(N, "city_new", "position", " 12"),
        put(N, "city_new", "position", "+12"),
        put(N, "city_new", "position", "1_2"),
    ],
    "frictionless reads dates as strptime does, zeros or not": [put("briefings.csv", "155", "day", "2022-12-1")],
    "in Python, $ stands before a line break at the end too": [put(N, "city_new", "number", "city_new\n")],
    "csv is read leniently there: a quote may stay open at the end, text may follow a quote": [
        Try("an open quote", lambda r: r.write(N, r.text(N).rstrip("\n").removesuffix(WORDS) + '"' + WORDS)),
        Try("text after a quote", lambda r: r.replace(N, "cns_copy_155,leaves out", 'cns_copy_155,"leaves" out')),
    ],
    "a file that the contract does not list is not there for it": [
        Try("an unlisted file", lambda r: r.write("numbers/161.csv", "x\n")),
        Try("an unlisted name", lambda r: r.write("numbers/155 copy.csv", r.text(N))),
    ],
    "rules across columns, rows and tables": [
        Try(bad.what, bad.do)
        for bad in BAD[[b.what for b in BAD].index("a group that contains itself") : -1]
        if "digest that is none" not in bad.what and "claim that is none" not in bad.what
    ],
    "numerals are parsed by rounding.py alone": [
        Try(bad.what, bad.do)
        for bad in BAD
        if bad.what
        in {"unparseable numeral", "separator out of place", "a numeral too many", "minus", "minus of a change"}
        | {"half a day running", "reading of another value", "worded numeral without a reading"}
    ],
}


def refusals(record: Record) -> tuple[bool, bool, str]:
    """Whether the loader and whether frictionless refuse, and what they say.

    To save time, frictionless sees the changed tables alone, unless the contract or nothing was changed.
    """
    loader = ""
    try:
        load(record.folder)
    except LedgerError as error:
        loader = str(error)
    tables = [resource for resource in record.package.resources if resource.path in record.changed()]
    if "datapackage.json" in record.changed() or not record.changed():
        tables = [frictionless.Package(str(record.path("datapackage.json")))]
    said = [table.validate().flatten(["resourceName", "rowNumber", "fieldName", "message"]) for table in tables]
    return bool(loader), any(said), f"loader: {loader}\nfrictionless: {said}"[:3000]


def test_the_loader_and_frictionless_take_the_copy_unbroken(record: Record) -> None:
    assert refusals(record)[:2] == (False, False)


@pytest.mark.parametrize("broken", BOTH_REFUSE, ids=[t.what for t in BOTH_REFUSE])
def test_what_one_refuses_the_other_refuses(broken: Try, record: Record) -> None:
    broken.do(record)
    loader, contract, said = refusals(record)
    assert (loader, contract) == (True, True), said


@pytest.mark.parametrize("unusual", BOTH_TAKE, ids=[t.what for t in BOTH_TAKE])
def test_what_one_takes_the_other_takes(unusual: Try, record: Record) -> None:
    unusual.do(record)
    assert record.changed()
    loader, contract, said = refusals(record)
    assert (loader, contract) == (False, False), said


ONLY = [pytest.param(t, why, id=t.what) for why, tries in LOADER_ONLY.items() for t in tries]


@pytest.mark.parametrize(("broken", "why"), ONLY)
def test_what_the_contract_cannot_say_the_loader_refuses(broken: Try, why: str, record: Record) -> None:
    broken.do(record)
    loader, contract, said = refusals(record)
    assert (loader, contract) == (True, False), f"no exception any more ({why})?\n{said}"
