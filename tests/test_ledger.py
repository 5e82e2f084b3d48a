"""ledger.py: the shape of what it loads, and every kind of bad input with the message a curator gets.

The record that is broken here is made up and small. What the contract can say is tried on
frictionless too: what one refuses the other refuses, unless LOADER_ONLY gives the reason.
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
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import ledger, rounding
from helpers.ledger import DATA, LedgerError, Problem, load

N = "numbers/7.csv"
TABLES = {
    "areas.csv": """
        area,kind,code,name_en,name_zh,tile_row,tile_column
        city,city,500000,City,市,,
        central,part,,Central,中,,
        outside,part,,Outside,外,,
        east,district,500101,East,東,0,1
        west,district,500102,West,西,0,0
        north,district,,North,北,1,0
        harbour,other_city,440100,Harbour,港,,
    """,
    "members.csv": """
        area,scheme,member,complete
        city,parts,central,yes
        city,parts,outside,yes
        central,units,east,yes
        central,units,west,yes
        outside,units,north,no
    """,
    "measures.csv": """
        measure,nature,unit,name_en,name_zh,part,whole,inflow,definition
        new,flow,persons,new,新,,,,those newly found
        found,flow,persons,found,找,,,,those found outside
        found_share,rate,,share found,找率,found,new,,found of new
        share_of_new,rate,,share of new,新率,new,new,,new of new
        beds,stock,beds,beds,床,,,beds_new,beds there are
        beds_new,flow,beds,new beds,新床,,,,beds made
        units,members,units,units,區,,,,units of an area
        index,rate,,index,指,,,,a ratio of its own
    """,
    "terms.csv": """
        measure,scheme,term,sign,complete
        new,place,found,+,no
    """,
    "sources.csv": """
        source,outlet,address,seen,kind,text,briefing
        page,Paper,https://example.org/a?b=1,2030-02-01,original,page,7
        copy,Copier,,2030-02-01,repost,copy,
    """,
    "briefings.csv": """
        briefing,area,numbering,day,coverage,digest
        7,city,printed,2030-01-02,whole,
        harbour_2030-01-02,harbour,none,2030-01-30,part,
    """,
    N: """
        number,paragraph,position,printed,reads,kind,measure,area,of_area,start,end,claim,since,part_of,note
        month,1,1,1,,context,,,,,,,,,
        city_new,2,2,"6,584",,level,new,city,,2030-01-01,2030-01-02,,,,
        fall,2,3,1208,,change,new,city,,2030-01-01,2030-01-02,down,2029-12-31,,
        central_new,2,4,5522,,level,new,central,,2030-01-01,2030-01-02,,,,
        run,2,5,兩,2,run,new,central,,2030-01-01,2030-01-02,down,,,
        share,3,6,71.17%,,rate,share_of_new,east,central,2030-01-01,2030-01-02,,,,
        found_share,3,7,8%,<8%,rate,found_share,city,,2030-01-01,2030-01-02,,,,
        beds,3,8,百餘,>100,level,beds,city,,,2030-01-02,,,,
        east_new,4,9,3000,,level,new,east,,2030-01-01,2030-01-02,,,central_new:units,
        west_new,4,10,2522,,level,new,west,,2030-01-01,2030-01-02,,,central_new:units,
        growth,5,11,15.5%,,change,new,city,,2029-10-01,2030-01-01,up,2028-10-01/2029-01-01,,
        points,5,12,0.6個百分點,0.6pp,change,found_share,city,,2030-01-01,2030-01-02T12:00,down,2029-12-31,,
        index,6,13,1.14,,rate,index,city,,,,,,,
    """,
    "numbers/harbour_2030-01-02.csv": """
        number,printed,kind,measure,area,start,end
        total,2萬4866,level,new,harbour,2030-01-01,2030-01-02
    """,
    "numbers/press.csv": """
        number,printed,kind,measure,area
        firms,12,level,beds,north
    """,
}


class Record:
    """A folder with the made-up record, to be broken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "numbers").mkdir(parents=True)
        shutil.copy(DATA / "numbers.schema.json", folder)
        package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
        numbers = next(r for r in package["resources"] if r["path"].startswith("numbers/"))
        listed = [r for r in package["resources"] if not r["path"].startswith("numbers/")]
        fields = {r["path"]: r["schema"] for r in listed}
        for path in TABLES.keys() - fields.keys():
            fields[path] = json.loads(self.text("numbers.schema.json"))
            listed.append(numbers | {"name": path[:-4].replace("/", "-"), "path": path})
        self.write("datapackage.json", json.dumps(package | {"resources": listed}))
        for path, text in TABLES.items():
            rows = list(csv.DictReader(io.StringIO(re.sub("(?m)^ +", "", text.strip()))))
            if path.startswith("numbers/"):
                rows = [{"source": "page"} | row for row in rows]
            self.save(path, [field["name"] for field in fields[path]["fields"]], rows)
        self.cell("numbers/harbour_2030-01-02.csv", "total", "reads", "24866")
        self.read_anew()
        self.sound = self.bytes()

    def read_anew(self) -> None:
        """The digest of the numerals as they now are."""
        rows = csv.DictReader(io.StringIO(self.text(N)))
        pairs = [(int(row["paragraph"]), row["printed"]) for row in rows]
        self.cell("briefings.csv", "7", "digest", ledger.digest(pairs))

    def bytes(self) -> dict[str, bytes]:
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}

    def changed(self) -> set[str]:
        return {file for file, _ in self.bytes().items() ^ self.sound.items()}

    def mend(self) -> None:
        for file in self.changed() - self.sound.keys():
            (self.folder / file).unlink()
        for file in self.changed():
            self.write(file, self.sound[file])

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str | bytes) -> None:
        (self.folder / file).write_bytes(text.encode() if isinstance(text, str) else text)

    def save(self, file: str, columns: list[str], rows: list[dict]) -> None:
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.write(file, out.getvalue())

    def replace(self, file: str, old: str, new: str) -> None:
        text = self.text(file)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def cell(self, file: str, key: str, column: str, text: str) -> None:
        """Set a cell of the row whose first column is `key`, or of row number `key`."""
        rows = list(csv.DictReader(io.StringIO(self.text(file))))
        first = next(iter(rows[0]))
        ours = [r for n, r in enumerate(rows, 2) if key == r[first]] or [rows[int(key) - 2]]
        assert ours[0][column] != text
        ours[0][column] = text
        self.save(file, list(rows[0]), rows)

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


# ------------------------------------------------------------------ what is loaded


def contract() -> dict[str, list[dict]]:
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    told = {
        r["name"]: r["schema"]["fields"]
        for r in package["resources"]
        if isinstance(r["schema"], dict)
    }
    schema = json.loads((DATA / "numbers.schema.json").read_text(encoding="utf-8"))
    return told | {"numbers": schema["fields"]}


def test_rows_and_frames_have_the_columns_and_types_of_the_contract() -> None:
    real = load()
    types = {"string": "str", "integer": "Int64", "date": "datetime64[s]"}
    for name, fields in contract().items():
        frame, rows = getattr(real, name), real.tables[name]
        expected = {f["name"]: types[f["type"]] for f in fields}
        if name == "numbers":
            front = {"briefing": "str", "row": "int64", "reference": "str", "value": "object"}
            times = dict.fromkeys(("start", "end", "since_start", "since_end"), "datetime64[s]")
            expected = front | expected | times
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == expected, name
        assert [c for c in rows[0]._fields if c != "index"] == list(expected), name
        assert list(frame.index) == list(range(len(rows))), name
        assert not (frame == "").any(axis=None), f"{name}: an empty cell that is not missing"
        for column in expected:
            missing = [getattr(row, column) is None for row in rows]
            assert missing == frame[column].isna().tolist(), (name, column)


def test_what_is_missing_is_missing_and_what_is_printed_stays(record: Record) -> None:
    row = {row.number: row for row in load(record.folder).tables["numbers"]}
    assert (row["share"].printed, row["share"].value) == ("71.17%", Fraction(7117, 10000))
    assert (row["share"].reference, row["share"].row, row["share"].position) == ("7/share", 7, 6)
    assert (row["share"].start, row["share"].end) == (datetime(2030, 1, 1), datetime(2030, 1, 2))
    assert (row["month"].value, row["month"].measure, row["month"].start) == (None, None, None)
    assert (row["total"].briefing, row["total"].value) == ("harbour_2030-01-02", 24866)
    assert row["east_new"].part_of == "central_new:units"
    assert load(record.folder).tables["briefings"][0].day == date(2030, 1, 2)


@pytest.mark.parametrize(
    ("number", "since", "start", "end"),
    [
        ("fall", "2029-12-31", "2029-12-31", "2030-01-01"),
        ("growth", "2028-10-01/2029-01-01", "2028-10-01", "2029-01-01"),
        ("points", "2029-12-31", "2029-12-30", "2029-12-31T12:00"),
    ],
)
def test_what_a_change_is_compared_with_has_its_moments(number, since, start, end, record) -> None:
    (row,) = [row for row in load(record.folder).tables["numbers"] if row.number == number]
    moments = datetime.fromisoformat(start), datetime.fromisoformat(end)
    assert (row.since, row.since_start, row.since_end) == (since, *moments)
    frame = load(record.folder).numbers.loc[row.index]
    assert (frame["since"], frame["since_start"]) == (since, pd.Timestamp(start))


def test_each_row_tells_its_line_in_its_file() -> None:
    for row in load().tables["numbers"]:
        lines = (DATA / "numbers" / f"{row.briefing}.csv").read_text(encoding="utf-8").split("\n")
        assert lines[row.row - 1].startswith(f"{row.number},")


def test_only_the_numbers_of_some_files_are_left_with_their_index_and_all_other_tables() -> None:
    real = load()
    some = real.only("155", "154")
    expected = [row for row in real.tables["numbers"] if row.briefing in ("154", "155")]
    assert some.tables == real.tables | {"numbers": tuple(expected)}
    assert list(some.numbers.index) == [row.index for row in expected]
    assert real.only().numbers.empty and list(real.only().numbers) == list(real.numbers)


def test_loading_needs_python_alone_and_no_working_directory_or_locale(tmp_path: Path) -> None:
    code = f"""import sys; sys.path.insert(0, {str(DATA.parent)!r})
from helpers import ledger
print(len(ledger.load().tables['numbers']), 'pandas' in sys.modules)"""
    place = {"LC_ALL": "C", "TZ": "Asia/Shanghai", "PYTHONWARNINGS": "error"}
    run = [sys.executable, "-I", "-S", "-c", code]  # without the packages of the environment
    done = subprocess.run(
        run, check=False, cwd=tmp_path, env=os.environ | place, capture_output=True, text=True
    )
    assert (done.stderr, done.stdout) == ("", f"{len(load().tables['numbers'])} False\n")


def test_what_excel_and_other_editors_leave_is_taken_in(record: Record) -> None:
    plain = load(record.folder).tables
    for file in TABLES:
        text = record.text(file)
        for form in (
            "\ufeff" + text,
            text.replace("\n", "\r\n"),
            text.replace("\n", "\r"),
            text[:-1],
        ):
            record.write(file, form)
            assert load(record.folder).tables == plain
        record.write(file, text)
    for left in ("~$7.csv", "._7.csv", ".~lock.7.csv#", "7.csv.bak"):
        record.write(f"numbers/{left}", b"\0\xff")
    assert load(record.folder).tables == plain


TAKEN = [  # unusual, and right
    (N, "city_new", "note", 'commas, "quotes", — dashes; a=1+1 <script>alert(1)</script> **bold**'),
    (N, "city_new", "note", "x" * 200_000),
    (N, "city_new", "end", "2030-01-02T12:00"),
    (N, "beds", "reads", ">0.01萬"),
    (N, "run", "claim", "<5.5%"),
    (N, "run", "reads", ">=2"),
    (N, "run", "reads", "1"),
    (N, "city_new", "start", "2029-01-02"),  # 365 days
    (N, "growth", "since", "2029-09-30"),  # ninety-two days that end with that day
    (N, "city_new", "second_source", "copy"),
    (N, "west_new", "part_of", "central_new"),
    (N, "beds", "end", ""),
    ("areas.csv", "east", "tile_row", ""),
    ("areas.csv", "harbour", "kind", "country"),
    ("sources.csv", "copy", "address", "https://例子.中国/路?a=1&b='2'#%20"),
    ("numbers/harbour_2030-01-02.csv", "total", "position", "3"),
    ("numbers/press.csv", "firms", "end", "2031-01-01"),  # what is no briefing has no day
]


@pytest.mark.parametrize(("file", "key", "column", "text"), TAKEN)
def test_what_is_right_is_taken(
    file: str, key: str, column: str, text: str, record: Record
) -> None:
    record.cell(file, key, column, text)
    load(record.folder)
    assert not faults_by_contract(record)


def test_what_needs_a_note_is_taken_with_one(record: Record) -> None:
    cells = [("city_new", "start", ""), ("share", "printed", "0.7117"), ("beds", "reads", ">=1000")]
    cells += [("run", "reads", "~2"), ("west_new", "reads", "25.22%")]
    for number, column, text in cells:
        record.cell(N, number, column, text)
    record.read_anew()
    assert sorted(p.row for p in record.problems()) == [3, 6, 7, 9, 11]
    for number, *_ in cells:
        record.cell(N, number, "note", "the page says why")
    load(record.folder)


def test_a_leap_year_is_compared_with_the_same_dates_of_another(record: Record) -> None:
    for end, since, taken in [
        ("2028-04-01", "2027-01-01/2027-04-01", True),  # 91 and 90 days
        ("2028-04-01", "2027-01-01/2027-04-02", True),  # 91 and 91
        ("2028-04-01", "2027-01-02/2027-04-01", False),
        ("2028-04-01", "2027-01-01/2027-07-01", False),
    ]:
        record.cell(N, "growth", "start", "2028-01-01")
        record.cell(N, "growth", "end", end)
        record.cell(N, "growth", "since", since)
        if taken:
            load(record.folder)
        else:
            (problem,) = record.problems()
            assert (problem.column, problem.found) == ("since", repr(since))
            assert "a day, or a time as long as its own" in problem.expected
        record.mend()


# ------------------------------------------------------------------ what is refused

CELLS = f"""
{N} | city_new | number | central_new | another number than row 3
{N} | city_new | number | | a value
{N} | city_new | area | atlantis | a key of areas.csv
{N} | share | of_area | x | a key of areas.csv
{N} | city_new | measure | x | a key of measures.csv
{N} | city_new | source | x | a key of sources.csv
sources.csv | page | briefing | 8 | a key of briefings.csv
briefings.csv | 7 | area | x | a key of areas.csv
measures.csv | found_share | part | x | a key of measures.csv
{N} | city_new | kind | count | one of level, rate, change, run, context
{N} | city_new | kind | | a value
briefings.csv | 7 | coverage | all | one of whole, part
terms.csv | 2 | sign | − | one of +, -
{N} | city_new | printed | 65B4 | digits such as 75, 5,522
{N} | city_new | printed | ٦٥٨٤ | a digit or a number word in it
{N} | month | printed | =1 | a digit or a number word in it
{N} | month | printed | -1+cmd | after a sign digits alone
{N} | city_new | printed | 6584万 | traditional characters
{N} | city_new | printed | ６５８４ | 0-9
{N} | month | printed | 0-12 | a dash as —
{N} | city_new | printed | 6584 萬 | no blank
{N} | share | printed | 71.17％ | in the spelling of the record
{N} | city_new | printed | -6584 | its size without a minus
{N} | city_new | reads | >6585 | what is printed, or a note
{N} | beds | reads | 100 | what is printed, or a note
{N} | beds | reads | >1000 | what is printed, or a note
{N} | beds | reads | >many | digits, after one of
{N} | share | printed | 0.7117 | with its % or ‰ (in Excel, format the column as Text
{N} | points | reads | ~0.6 | what is printed, or a note
{N} | run | reads | 2.5 | a whole number of days
{N} | run | reads | ~2 | a whole number of days, or a note
{N} | run | reads | <3 | a whole number of days, or a note
{N} | city_new | start | 2030-13-01 | a day such as
{N} | city_new | end | 2030-02-30 | a day such as
{N} | city_new | end | 2030/01/02 | in Excel, format the column as Text
{N} | city_new | end | 47485 | in Excel, format the column as Text
{N} | fall | since | 2029-11-31 | a day such as
{N} | fall | since | 29/11/2029 | in Excel, format the column as Text
briefings.csv | 7 | day | 2030-W01-3 | a date such as 2022-11-30
briefings.csv | 7 | day | 1/2/2030 | in Excel, format the column as Text
briefings.csv | 7 | day | 0203-01-02 | 2000-01-01 to 2099-12-31
{N} | city_new | position | 1２ | a whole number
{N} | city_new | paragraph | 0 | 1 to 9999
{N} | city_new | note | =1+1 | no sign of a formula
{N} | city_new | note | ours\u0020 | no space around
{N} | city_new | note | our\u202ewords | no invisible character
{N} | city_new | note | our\u3164words | no invisible character
sources.csv | page | address | javascript:alert(1) | an address such as
areas.csv | east | code | 5001 | six digits
areas.csv | east | code | 500102 | another code than row 5
areas.csv | west | name_en | East | another name_en than row 5
areas.csv | west | tile_column | 1 | another tile_row and tile_column than row 5
measures.csv | found | name_en | new | another name_en than row 2
members.csv | 3 | member | central | another area and scheme and member than row 2
members.csv | 2 | member | city | no area that city is itself a part of
members.csv | 3 | complete | no | the same in all rows of one scheme
members.csv | 3 | member | west | an area without west, which central holds
terms.csv | 2 | term | new | no measure that new is itself a part of
measures.csv | found_share | part | share_of_new | the count that the rate is made of
measures.csv | found_share | whole | | the count that the rate is made of
measures.csv | found_share | unit | persons | nothing, as the nature is rate
measures.csv | new | unit | | a value, as the nature is flow
measures.csv | new | part | found | nothing, as the nature is flow
measures.csv | beds | inflow | units | a measure whose nature is flow
{N} | month | area | city | nothing, as the kind is context
{N} | city_new | measure | | a value, as the kind is level
{N} | city_new | kind | rate | rate exactly where
{N} | found_share | kind | level | rate exactly where
{N} | city_new | of_area | central | only a rate has a whole in another area
{N} | share | of_area | | part and whole are the same cell
{N} | share | of_area | east | part and whole are the same cell
{N} | beds | start | 2030-01-01 | a stock has an end alone
{N} | city_new | end | 2030-01-01 | a moment after the start
{N} | city_new | start | | the first moment counted, or a note
{N} | share | end | | the first moment no longer counted, or a note
{N} | city_new | start | 2029-01-01 | at most a year before
{N} | fall | end | | a value, as the kind is change
{N} | run | start | 2029-12-30 | of a run, the start of its last day alone
{N} | city_new | claim | down | nothing, as the kind is level
{N} | fall | claim | zero | down or up, for a change
{N} | run | claim | | a value, as the kind is run
{N} | run | claim | <5.5.5 | a number such as <5%
{N} | run | claim | <0 | nothing is below zero
{N} | fall | since | | a value, as the kind is change
{N} | run | since | 2029-12-31 | nothing, as the kind is run
{N} | fall | since | 2030-01-01 | an earlier time
{N} | growth | since | 2029-01-01/2029-07-01 | no other length is compared
{N} | growth | since | 2028-10-02/2029-01-01 | no other length is compared
{N} | share | part_of | city_new | nothing, as the kind is rate
{N} | west_new | part_of | nobody | a level of the same file
{N} | west_new | part_of | total | a level of the same file
{N} | west_new | part_of | west_new | no part of this one
{N} | city_new | second_source | page | another page than source
{N} | points | position | 14 | 12: reading order
{N} | index | position | | 13: reading order
{N} | points | position | 11 | 12: reading order
briefings.csv | 7 | digest | | a value, as the coverage is whole
briefings.csv | harbour_2030-01-02 | digest | {"0" * 64} | nothing, as the coverage is part
briefings.csv | 7 | numbering | none | none exactly where the id does not end
"""


def told() -> list[tuple[str, ...]]:
    lines = (line.split("|", 4) for line in CELLS.strip("\n").split("\n"))
    return [tuple(cell.removeprefix(" ").removesuffix(" ") for cell in cells) for cells in lines]


@pytest.mark.parametrize(("file", "key", "column", "text", "expected"), told())
def test_one_message_names_place_found_and_expected(file, key, column, text, expected, record):
    record.cell(file, key, column, text)
    if column in ("printed", "paragraph"):
        record.read_anew()
    problems = record.problems()
    assert len(problems) == 1, [str(p) for p in problems]
    (problem,) = problems
    assert (problem.file, problem.column in (column, "tile_column")) == (file, True)
    assert expected in problem.expected
    shown = repr(text) if text else "nothing"
    assert shown.startswith(problem.found[:50])
    assert text in record.text(file).split("\n")[problem.row - 1]
    place = f"{file}, row {problem.row}, column {problem.column}"
    assert str(problem) == f"{place}: found {problem.found}; expected {problem.expected}"


FILES = [  # a file, what becomes of its text, what is found there, what was expected
    ("areas.csv", lambda text: None, "No such file", "a file in UTF-8"),
    ("areas.csv", lambda text: text.encode("gbk"), "can't decode byte", "not GBK, Big5 or UTF-16"),
    ("areas.csv", lambda text: text.encode("utf-16"), "can't decode byte", "save as “CSV UTF-8"),
    ("datapackage.json", lambda text: None, "No such file", "in JSON and UTF-8"),
    ("datapackage.json", lambda text: "", "Expecting value", "in JSON and UTF-8"),
    (N, lambda text: text.replace("reads,kind", "kind"), "'kind'", "number, paragraph"),
    (N, lambda text: text.replace("note\n", "note,x\n"), "'x'", "these columns"),
    (N, lambda text: text.replace(",", ";"), "number;", "parted by commas"),
    (N, lambda text: text.replace("note\n", "note,words\n"), "'words'", "--finish takes its words"),
    ("terms.csv", lambda text: "\n\n", "nothing", "measure, scheme"),
    ("terms.csv", lambda text: "", "nothing", "measure, scheme"),
    ("terms.csv", lambda text: text + "new,place,beds,+,no,a,b\n", "7 cells", "6"),
    ("terms.csv", lambda text: text + 'new,place,beds,+,no,"a\n', "5 cells", "6"),
    ("numbers/7 (1).csv", lambda text: text, "nothing", "a row for 7 (1) in briefings.csv"),
    ("numbers/8.csv", lambda text: text, "nothing", "a row for 8 in briefings.csv"),
    ("briefings.csv", lambda t: t + "8,city,printed,2030-01-03,part,,\n", "'8'", "8.csv with"),
]


@pytest.mark.parametrize(("file", "change", "found", "expected"), FILES)
def test_a_file_that_is_no_table_is_one_problem(file, change, found, expected, record) -> None:
    new = change(record.text(file) if file in record.sound else record.text(N))
    record.write(file, new) if new is not None else (record.folder / file).unlink()
    (problem,) = record.problems()
    assert problem.file == file
    assert found in problem.found and expected in problem.expected


def test_the_same_cause_in_many_rows_is_one_problem(record: Record) -> None:
    record.write(N, record.text(N).replace(",page,", ",page_7,"))
    (problem,) = record.problems()
    assert (problem.row, problem.column, problem.more) == (2, "source", 12)
    assert str(problem) == (
        f"{N}, row 2 and 12 more, column source: found 'page_7'; expected a key of sources.csv"
    )
    record.mend()
    record.write(N, record.text(N) + 24 * ("," * 16 + "\n") + "\n")
    (problem,) = record.problems()
    assert (problem.row, problem.found, problem.more) == (15, "an empty row", 24)


def test_all_problems_of_all_files_come_at_once_in_order(record: Record) -> None:
    for file, key, column, text in [
        ("areas.csv", "central", "kind", "centre"),
        ("measures.csv", "found", "part", "beds"),
        ("members.csv", "2", "member", "city"),
        (N, "share", "source", "nobody"),
        (N, "share", "of_area", ""),
        (N, "run", "claim", ""),
        (N, "fall", "printed", "65x84"),
        (N, "city_new", "start", "yesterday"),
        ("sources.csv", "copy", "seen", "2030"),
    ]:
        record.cell(file, key, column, text)
    record.cell("briefings.csv", "7", "coverage", "part")
    record.cell("briefings.csv", "7", "digest", "")
    assert [(p.file, p.row, p.column) for p in record.problems()] == [
        ("areas.csv", 3, "kind"),
        ("measures.csv", 3, "part"),
        ("members.csv", 2, "member"),
        (N, 3, "start"),
        (N, 4, "printed"),
        (N, 6, "claim"),
        (N, 7, "of_area"),
        (N, 7, "source"),
        ("sources.csv", 3, "seen"),
    ]
    assert str(LedgerError(record.problems())).startswith(
        "data refused, 9 problems:\nareas.csv, row 3"
    )


def test_one_bad_table_does_not_blame_the_others(record: Record) -> None:
    for file in ("areas.csv", "measures.csv", "sources.csv", "briefings.csv", N):
        record.write(file, b"\xff")
    files = [p.file for p in record.problems()]
    assert files == ["areas.csv", "briefings.csv", "measures.csv", N, "sources.csv"]


def test_a_briefing_knows_no_future_and_speaks_of_the_last_days(record: Record) -> None:
    for end, day, fits in [
        ("2030-01-02T12:00", "2030-01-01", False),
        ("2030-01-02T12:00", "2030-01-05", True),
        ("2030-01-02T12:00", "2030-01-06", False),
        ("2030-01-02", "2030-01-01", True),
        ("2030-01-02", "2030-01-05", True),  # three days after it
        ("2030-11-02", "2030-01-03", False),
    ]:
        record.mend()
        record.cell(N, "points", "note", "moved")
        record.write(N, record.text(N).replace("2030-01-02T12:00", end))
        record.cell("briefings.csv", "7", "day", day)
        if fits:
            load(record.folder)
            continue
        (problem,) = record.problems()
        assert (problem.file, problem.row, problem.column) == ("briefings.csv", 2, "day")
        assert (
            f"counted until {(end + 'T00:00')[:16].replace('T', ' ')} (row 13)" in problem.expected
        )


def test_no_slip_in_a_text_read_whole_goes_unnoticed(record: Record) -> None:
    for _, edited in rounding.edits("71.17%"):
        record.replace(N, "71.17%", edited)
        (problem,) = record.problems()
        assert (problem.file, problem.row, problem.column) == ("briefings.csv", 2, "digest")
        assert "was changed since the text was read" in problem.expected
        assert N in problem.expected
        record.mend()
    record.write(N, "".join(record.text(N).splitlines(keepends=True)[:-1]))
    assert [p.column for p in record.problems()] == ["digest"]


def test_rows_of_one_numeral_share_its_position_and_count_once(record: Record) -> None:
    row = next(line for line in record.text(N).split("\n") if line.startswith("index,"))
    record.append(N, row.replace("index,", "index_again,", 1))
    load(record.folder)
    record.replace(N, "index_again,6,13,1.14", "index_again,6,13,1.2")
    (problem,) = record.problems()
    assert (problem.row, problem.column) == (15, "position")
    assert problem.expected.startswith("14: reading order")


def test_where_only_part_was_read_positions_may_have_gaps_but_go_on(record: Record) -> None:
    record.cell("briefings.csv", "7", "coverage", "part")
    record.cell("briefings.csv", "7", "digest", "")
    record.cell(N, "index", "position", "99")
    record.cell(N, "city_new", "position", "")
    load(record.folder)
    record.cell(N, "index", "position", "3")
    (problem,) = record.problems()
    assert (problem.column, problem.expected) == ("position", "13: reading order")


def test_only_what_goes_in_a_circle_is_blamed(record: Record) -> None:
    record.append("members.csv", "north,odd,harbour,no\nharbour,odd,north,no")
    assert [(p.row, p.column) for p in record.problems()] == [(7, "member"), (8, "member")]
    record.mend()
    record.cell(N, "central_new", "part_of", "east_new")
    assert [p.column for p in record.problems()] == ["part_of"] * len(record.problems())


def test_a_message_shows_a_long_cell_cut(record: Record) -> None:
    record.cell(N, "city_new", "area", "x" * 10_000)
    assert len(str(record.problems()[0])) < 200


# ------------------------------------------------------------------ whatever stands there

junk = st.text(alphabet=",\"'\n\r\t\0\ufeff;=@+-1a百%\u202e ", max_size=60) | st.text(max_size=20)
files = st.sampled_from(sorted(TABLES))
often = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@often
@given(file=files, content=st.binary(max_size=200) | junk.map(str.encode))
def test_any_bytes_are_taken_or_refused(file: str, content: bytes, record: Record) -> None:
    for text in (
        content,
        record.sound[file] + content,
        record.sound[file].split(b"\n")[0] + b"\n" + content,
    ):
        record.write(file, text)
        refused_or_taken(record)


@often
@given(data=st.data(), file=files)
def test_any_cells_are_taken_or_refused(data: st.DataObject, file: str, record: Record) -> None:
    rows = list(csv.reader(io.StringIO(record.sound[file].decode())))
    words = sorted({cell for row in rows[1:] for cell in row})
    for _ in range(data.draw(st.integers(1, 4))):
        row, column = (
            data.draw(st.integers(1, len(rows) - 1)),
            data.draw(st.integers(0, len(rows[0]) - 1)),
        )
        rows[row][column] = data.draw(st.sampled_from(words) | junk)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    record.write(file, out.getvalue().encode("utf-8", "replace"))
    refused_or_taken(record)


def refused_or_taken(record: Record) -> None:
    try:
        load(record.folder).only("7")
    except LedgerError as error:
        assert error.problems and all(
            len(str(p)) < 1500 and "\n" not in str(p) for p in error.problems
        )
    finally:
        record.mend()


# ------------------------------------------------------------------ the contract


def faults_by_contract(record: Record) -> list:
    """What frictionless says of the tables that were changed."""
    package = frictionless.Package(str(record.folder / "datapackage.json"))
    changed = [resource for resource in package.resources if resource.path in record.changed()]
    return [fault for r in changed for fault in r.validate().flatten(["rowNumber", "message"])]


LOADER_ONLY = (  # columns against each other, rows and tables against each other, numerals, spelling
    r"digits such as|, as the |whose nature is|minus|what is printed|whole number of days|with its %|no part|no part of"
    r"|same in all rows|itself|count that|no unit|counted|only a|no cell|speaks of|exactly|same cell"
    r"|alone|after the start|or a note|a year|last day|, for a|compared|earlier time|same file"
    r"|another page|reading order|an area without|another|invisible|another tile_row|another code"
    r"|2030-02-30|T24:00|2029-11-31|2030-13-01|1２"
)


def by_contract() -> list[tuple[str, str, str, str]]:
    """Of the cells above every third that the contract itself can refuse."""
    cells = [row for row in told() if not re.search(LOADER_ONLY, " ".join(row))]
    return [row[:4] for row in cells][::3]


@pytest.mark.parametrize(("file", "key", "column", "text"), by_contract())
def test_what_the_contract_says_frictionless_refuses_too(file, key, column, text, record) -> None:
    record.cell(file, key, column, text)
    assert faults_by_contract(record)


def test_the_contract_lists_every_file_and_names_it_after_its_path() -> None:
    resources = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")}
    listed = [r["path"] for r in resources]
    assert set(listed) == files, f"to list in data/datapackage.json: {files ^ set(listed)}"
    for r in resources:
        assert r["name"] == r["path"].removesuffix(".csv").replace("/", "-")


def test_every_text_column_is_held_by_a_pattern_an_enum_or_a_key() -> None:
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    schemas = [r["schema"] for r in package["resources"] if isinstance(r["schema"], dict)]
    schemas.append(json.loads((DATA / "numbers.schema.json").read_text(encoding="utf-8")))
    for schema in schemas:
        keys = {key["fields"][0] for key in schema.get("foreignKeys", [])}
        for field in schema["fields"]:
            said = field.get("constraints", {})
            assert (
                field["type"] != "string"
                or field["name"] in keys
                or {"pattern", "enum"} & said.keys()
            )
            assert "pattern" not in said or field["expected"], "a pattern is told in words too"


# ------------------------------------------------------------------ the card


def card(heading: str) -> str:
    """The text of the data card below a heading, up to the next one of any rank."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    return text.partition(f"\n### {heading}\n")[2].partition("\n##")[0]


@pytest.mark.parametrize("name", sorted(contract()))
def test_the_card_tells_each_column_its_values_and_what_it_needs(name: str) -> None:
    text = card("`numbers/*.csv`" if name == "numbers" else f"`{name}.csv`")
    told = dict(
        re.findall(r"^\| `(\w+)` \| (?:string|integer|date) \| (.+) \|$", text, re.MULTILINE)
    )
    for field in contract()[name]:
        said, meaning = field.get("constraints", {}), told[field["name"]]
        assert field["description"] in meaning
        assert meaning.startswith("Required.") == bool(said.get("required")), field["name"]
        assert all(f"`{value}`" in meaning for value in said.get("enum", []))
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    schemas = {r["name"]: r["schema"] for r in package["resources"]}
    schemas["numbers"] = json.loads((DATA / "numbers.schema.json").read_text(encoding="utf-8"))
    for column, cases in schemas[name].get("cases", {}).items():
        rows = text.partition(f"| `{column}` | required then | empty then |\n")[2].split("\n")[1:]
        for (value, case), row in zip(cases.items(), rows, strict=False):
            needs, none = (", ".join(f"`{c}`" for c in case if case[c] is k) for k in (True, False))
            assert re.sub(" +", " ", row) == re.sub(" +", " ", f"| `{value}` | {needs} | {none} |")


def test_the_worked_rows_of_the_card_are_taken_as_they_stand(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    columns = {
        name: ",".join(field["name"] for field in fields) for name, fields in contract().items()
    }
    for block in re.findall("```csv\n(.+?)```", card("Worked rows"), re.DOTALL):
        header, _, rows = block.partition("\n")
        (name,) = [name for name, told in columns.items() if told == header]
        path = tmp_path / "data" / f"{name}.csv"
        if name == "numbers":
            path = tmp_path / "data" / "numbers" / "harbour_2022-10-24.csv"
            path.write_text(header + "\n", encoding="utf-8")
        with path.open("a", encoding="utf-8") as file:
            file.write(rows)
    rows = load(tmp_path / "data").only("harbour_2022-10-24").tables["numbers"]
    assert len(rows) == 12
    assert {row.value for row in rows} >= {
        870_270_000_000,
        Fraction(3, 1000),
        24866,
        Fraction(9, 10),
    }
