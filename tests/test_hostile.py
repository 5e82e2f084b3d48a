"""Hostile input to the loader: nothing hangs, nothing fails but with LedgerError, nothing comes half-loaded.

(The parser's and the trace's own are in test_rounding.py and test_trace.py.)
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from helpers import ledger
from helpers.ledger import DATA, LedgerError, load

ROOMS = ("areas", "briefings", "measures", "members", "sources", "terms")
FILES = [*(f"{name}.csv" for name in ROOMS), "numbers/155.csv", "numbers/154.csv", "numbers.schema.json"]
FILES += ["datapackage.json"]
N = "numbers/155.csv"
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


class Folder:
    """A small record made of real files, put back as it was after each try."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "numbers").mkdir(parents=True)
        for file in FILES:
            shutil.copy(DATA / file, folder / file)
        package = json.loads(self.bytes("datapackage.json"))
        package["resources"] = [r for r in package["resources"] if r["path"] in FILES]
        (folder / "datapackage.json").write_bytes(json.dumps(package, ensure_ascii=False).encode())
        lines = self.bytes("briefings.csv").decode().splitlines(keepends=True)
        kept = [line for line in lines if line.partition(",")[0] in ("briefing", "154", "155")]
        (folder / "briefings.csv").write_bytes("".join(kept).encode())
        self.sound = {file: self.bytes(file) for file in FILES}
        self.nodes = {file: list(nodes(json.loads(self.sound[file]))) for file in FILES if file.endswith(".json")}

    def bytes(self, file: str) -> bytes:
        return (self.folder / file).read_bytes()

    def load(self, **altered: bytes) -> ledger.Ledger | LedgerError:
        """What comes of some files altered (numbers/155.csv is `n155`): a whole ledger, or the one error."""
        names = {"n155": N, "schema": "numbers.schema.json", "package": "datapackage.json"}
        named = {names.get(name, f"{name}.csv"): text for name, text in altered.items()}
        try:
            for file, text in named.items():
                (self.folder / file).write_bytes(text)
            return self.outcome()
        finally:
            for file in named:
                (self.folder / file).write_bytes(self.sound[file])

    def outcome(self) -> ledger.Ledger | LedgerError:
        try:
            return load(self.folder)
        except LedgerError as error:
            assert error.problems
            for problem in error.problems:
                assert problem.file and problem.found and problem.expected
                assert str(problem).isprintable() and len(str(problem)) < 3000, problem
            return error

    def refused(self, **altered: bytes) -> str:
        outcome = self.load(**altered)
        assert isinstance(outcome, LedgerError)
        return str(outcome)

    def note(self, text: str) -> bytes:
        """numbers/155.csv with a text as the note of its first row."""
        quoted = '"' + text.replace('"', '""') + '"'
        return self.sound[N].replace(b"month of the briefing", quoted.encode(), 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("hostile") / "data")


@pytest.fixture
def own(tmp_path: Path) -> Folder:
    """A record for tests that change more than the bytes of a file."""
    return Folder(tmp_path / "data")


def key(file: str) -> str:
    return {N: "n155", "numbers.schema.json": "schema", "datapackage.json": "package"}.get(file, Path(file).stem)


def test_the_record_is_sound_before(folder: Folder) -> None:
    assert isinstance(folder.load(), ledger.Ledger)


# ---------------------------------------------------------------- any bytes, and the real files mutated

files = st.sampled_from([file for file in FILES if file != "numbers/154.csv"])


@quick
@given(file=files, junk=st.binary(max_size=300))
def test_arbitrary_bytes_in_any_file(folder: Folder, file: str, junk: bytes) -> None:
    assert isinstance(folder.load(**{key(file): junk}), LedgerError)


@quick
@given(file=files, junk=st.text(alphabet=",\"'\n\r\t\0\ufeff=@+-1a百\u202e\ud7ff ", max_size=80))
def test_arbitrary_rows_below_a_real_header(folder: Folder, file: str, junk: str) -> None:
    assume(file.endswith(".csv"))
    header = folder.sound[file].partition(b"\n")[0]
    folder.load(**{key(file): header + b"\n" + junk.encode()})


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One slip: bytes flipped, lost, doubled or strange; lines swapped, lost, doubled; the end torn off."""
    at = chance.randrange(len(data))
    lines = data.split(b"\n")
    i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(9):
        case 0:
            return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        case 1:
            return data[:at] + data[at + chance.randrange(1, 9) :]
        case 2:
            return data[:at] + data[at : at + chance.randrange(1, 40)] + data[at:]
        case 3:
            strange = [b"\0", b'"', b",", b"\n", b"\r", b"\xff", "\u202e".encode(), b"=", "１".encode(), b"{", b"]"]
            return data[:at] + chance.choice(strange) + data[at:]
        case 4:
            lines[i], lines[j] = lines[j], lines[i]
        case 5:
            lines.insert(i, lines[j])
        case 6:
            del lines[i]
        case 7:
            return data[:at]
        case 8:
            cells = lines[i].split(b",")
            chance.shuffle(cells)
            lines[i] = b",".join(cells)
    return b"\n".join(lines)


@settings(quick, max_examples=100)
@given(chosen=st.lists(files, min_size=1, max_size=3, unique=True), chance=st.randoms(use_true_random=False))
def test_real_files_mutated(folder: Folder, chosen: list[str], chance: random.Random) -> None:
    altered = {key(file): mutated(folder.sound[file], chance) for file in chosen}
    outcome = folder.load(**altered)
    if isinstance(outcome, ledger.Ledger):
        assert len(outcome.numbers) > 0
        assert outcome.numbers["value"].notna().eq(outcome.numbers["kind"].ne("context")).all()


JUNK = [None, True, 5, -1, "", "x", "../x.csv", [], ["x"], {}, {"x": {}}, 1e999, "(", "[" * 50]


def nodes(tree: object, path: tuple = ()) -> Iterator[tuple]:
    yield path
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, below in pairs:
        yield from nodes(below, (*path, name))


@settings(quick, max_examples=100)
@given(file=st.sampled_from(["datapackage.json", "numbers.schema.json"]), data=st.data())
def test_contracts_with_any_part_replaced(folder: Folder, file: str, data: st.DataObject) -> None:
    tree = json.loads(folder.sound[file])
    path = data.draw(st.sampled_from(folder.nodes[file]))
    junk, act = data.draw(st.sampled_from(JUNK)), data.draw(st.sampled_from(["replace", "drop", "add"]))
    if not path:
        tree = junk
    else:
        place = tree
        for step in path[:-1]:
            place = place[step]
        if act == "drop":
            del place[path[-1]]
        elif act == "add" and isinstance(place, dict):
            place["maxLength"] = junk
        else:
            place[path[-1]] = junk
    outcome = folder.load(**{key(file): json.dumps(tree).encode()})
    if (
        act == "add"
        and path
        and isinstance(place, dict)
        and not {"foreignKeys", "licenses"} & {*path}
        and len(path) > 1
    ):
        assert isinstance(outcome, LedgerError), "a contract asks for what the loader does not know"


# ---------------------------------------------------------------- text that is somebody else's code

FORMULAS = ["=1+1", "@SUM(A1:A9)", "+1", "-1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "＝1+1", "\t=1"]
TEXTS = ["<script>alert(1)</script>", "**bold** [a](javascript:x) `c` $x^2$", "{{ 7*7 }}", "&lt;b&gt;", "%s %d {0}"]
TEXTS += ["'; DROP TABLE numbers; --", "\\u202e \\x00 \\n", "a=1+1", 'quoted "twice ""thrice"""', "é é ﬁ Ⅻ"]
HIDDEN = (
    "\0\a\b\t\n\r\x1b\x7f\x85\xa0\u00ad\u200b\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069\ufeff\uffff\U000e0041"
)


@pytest.mark.parametrize("text", TEXTS)
def test_markup_and_code_stay_the_text_they_are(folder: Folder, text: str) -> None:
    outcome = folder.load(n155=folder.note(text))
    assert isinstance(outcome, ledger.Ledger), outcome
    assert outcome.numbers.loc[outcome.numbers["number"].eq("briefing_month"), "note"].iloc[0] == text


@pytest.mark.parametrize("text", [*FORMULAS, *(f"a{hidden}b" for hidden in HIDDEN if hidden != "\xa0"), "\xa0a", "a "])
def test_formulas_and_what_cannot_be_seen_are_refused(folder: Folder, text: str) -> None:
    assert f"{N}, row " in folder.refused(n155=folder.note(text))


def test_formulas_are_refused_in_every_text_column(own: Folder) -> None:
    package = json.loads(own.sound["datapackage.json"])
    schemas = {r["path"]: r["schema"] for r in package["resources"]} | {N: json.loads(own.sound["numbers.schema.json"])}
    for file, schema in schemas.items():
        if not isinstance(schema, dict):
            continue
        header, row = own.sound[file].decode().split("\n")[:2]
        for formula in ("=1+1", "@x", "-1+1"):
            line = ",".join([formula] * len(schema["fields"]))
            said = own.load(**{key(file): f"{header}\n{row}\n{line}\n".encode()})
            assert isinstance(said, LedgerError)
            refused = {p.column for p in said.problems if (p.file, p.row) == (file, 3)}
            assert refused >= {field["name"] for field in schema["fields"]} - {"part", "whole", "inflow"}


@pytest.mark.parametrize("numeral", ["٦٥٨٤", "६५८४", "𝟔𝟓𝟖𝟒", "➅➄➇➃", "⁶⁵", "Ⅻ", "l2", "1O", "¼", "1\u20302", "1,2,3"])
def test_numerals_of_other_scripts_and_look_alikes_are_refused(folder: Folder, numeral: str) -> None:
    altered = folder.sound[N].replace(b",6584,", f',"{numeral}",'.encode(), 1)
    assert f"{N}, row 13, column printed: found" in folder.refused(n155=altered)


@pytest.mark.parametrize("digits", [4_000, 4_001, 4_301, 100_000, 3_000_000])
def test_thousands_of_digits(folder: Folder, digits: int) -> None:
    outcome = folder.load(n155=folder.sound[N].replace(b",6584,", b"," + b"7" * digits + b",", 1))
    assert isinstance(outcome, ledger.Ledger) == (digits <= 4_000)
    assert isinstance(
        folder.load(n155=folder.sound[N].replace(b"3,13,55", b"3," + b"1" * digits + b",55")), LedgerError
    )


@pytest.mark.parametrize("junk", [b'"' * 9_999, b'"' * 300_000, b'""",' * 50_000, b"," * 500_000, b'"\n' * 2_000])
def test_nested_quotes_and_thousands_of_cells(folder: Folder, junk: bytes) -> None:
    assert f"{N}, row " in folder.refused(n155=folder.sound[N] + junk)


@pytest.mark.parametrize("length", [150_000, 5_000_000])
def test_very_long_cells(folder: Folder, length: int) -> None:
    outcome = folder.load(n155=folder.sound[N].replace(b"month of the briefing", b"x " * length + b"x", 1))
    assert isinstance(outcome, ledger.Ledger)
    assert f"{N}, row 2, column note" in folder.refused(n155=folder.note("x" + " " * length))
    area = folder.sound[N].replace(b",context,,,", b",context,," + b"a" * length + b",", 1)
    assert f"{N}, row 2, column area" in folder.refused(n155=area)


# ---------------------------------------------------------------- made of itself


@pytest.mark.parametrize("size", [1, 2, 3, 20_000])
def test_groups_in_a_circle(folder: Folder, size: int) -> None:
    areas = b"".join(b"g%d,group,,x,x,,,\n" % i for i in range(size))
    circle = b"".join(b"g%d,s,g%d,no\n" % (i, (i + 1) % size) for i in range(size))
    text = folder.refused(areas=folder.sound["areas.csv"] + areas, members=folder.sound["members.csv"] + circle)
    assert text.count("is itself a part of") == size


@pytest.mark.parametrize("size", [1, 2, 300])
def test_measures_in_a_circle(folder: Folder, size: int) -> None:
    measures = b"".join(b"m%d,flow,x,x,x,,,,x\n" % i for i in range(size))
    circle = b"".join(b"m%d,s,m%d,+,no,\n" % (i, (i + 1) % size) for i in range(size))
    text = folder.refused(measures=folder.sound["measures.csv"] + measures, terms=folder.sound["terms.csv"] + circle)
    assert text.count("is itself a part of") == size


def test_a_tower_of_groups_is_no_circle(folder: Folder) -> None:
    """20,000 groups, each in the next: taken apart in one go, not layer by layer."""
    areas = b"".join(b"g%d,group,,x,x,,,\n" % i for i in range(20_001))
    tower = b"".join(b"g%d,s,g%d,no\n" % (i, i + 1) for i in range(20_000))
    outcome = folder.load(areas=folder.sound["areas.csv"] + areas, members=folder.sound["members.csv"] + tower)
    assert isinstance(outcome, ledger.Ledger)


def test_rates_made_of_each_other(folder: Folder) -> None:
    rates = b"r1,rate,,x,x,r2,r2,,x\nr2,rate,,x,x,r1,r1,,x\n"
    assert (
        folder.refused(measures=folder.sound["measures.csv"] + rates).count("the count that the rate is made of") == 4
    )


# ---------------------------------------------------------------- size


def test_a_hundred_thousand_rows(folder: Folder) -> None:
    row = b",,,%d,,level,new_infections,city,,2022-11-30,2022-12-01,,,report_155,,\n"
    rows = b"".join(b"n%d" % i + row % i for i in range(100_000))
    header = folder.sound[N].partition(b"\n")[0] + b"\n"
    briefings = b"".join(line for line in folder.sound["briefings.csv"].splitlines(True) if not line.startswith(b"155"))
    outcome = folder.load(n155=header + rows, briefings=briefings + b"155,printed,2022-12-01,part,,\n")
    assert isinstance(outcome, ledger.Ledger), str(outcome)[:300]
    assert outcome.numbers["briefing"].eq("155").sum() == 100_000


def test_thousands_of_bad_rows(folder: Folder) -> None:
    outcome = folder.load(n155=folder.sound[N] + b"a,b,c\n" * 20_000)
    assert isinstance(outcome, LedgerError)
    assert len(outcome.problems) == 20_000


# ---------------------------------------------------------------- files that are none, and files elsewhere


@pytest.mark.parametrize("opening", ["[", '{"resources":', '{"a":', '[{"a":['])
def test_deeply_nested_contracts(folder: Folder, opening: str) -> None:
    assert folder.refused(package=opening.encode() * 100_000).startswith("data refused, 1 problem:\ndatapackage.json:")
    folder.refused(schema=opening.encode() * 100_000)


ELSEWHERE = ["../secret.csv", "/etc/passwd", "numbers/../../secret.csv", "..\\secret.csv", "C:\\secret.csv", "~/x.csv"]
ELSEWHERE += ["https://example.org/x.csv", "file:///etc/passwd", "numbers//155.csv", "./areas.csv", "a\0.csv", "", "."]


@pytest.mark.parametrize("path", ELSEWHERE)
@pytest.mark.parametrize("what", ["table", "number file", "schema"])
def test_no_file_outside_the_folder_is_opened(
    own: Folder, path: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own.folder.parent / "secret.csv").write_bytes(own.sound["areas.csv"])
    (own.folder.parent / "secret.json").write_bytes(own.sound["numbers.schema.json"])
    package = json.loads(own.sound["datapackage.json"])
    resource = next(r for r in package["resources"] if r["path"] == (N if what != "table" else "areas.csv"))
    resource["path" if what != "schema" else "schema"] = path.replace(".csv", ".json") if what == "schema" else path
    read, opened = Path.read_bytes, []
    monkeypatch.setattr(Path, "read_bytes", lambda self: opened.append(self) or read(self))
    assert own.refused(package=json.dumps(package).encode())
    assert {p.resolve().is_relative_to(own.folder) for p in opened} == {True}


@pytest.mark.parametrize("file", FILES)
def test_a_directory_where_a_file_should_be(own: Folder, file: str) -> None:
    (own.folder / file).unlink()
    (own.folder / file).mkdir()
    outcome = own.outcome()
    assert isinstance(outcome, LedgerError) and outcome.problems[0].file == file
    assert "no file of this name" in str(outcome)


def test_a_file_where_a_directory_should_be(own: Folder) -> None:
    shutil.rmtree(own.folder / "numbers")
    (own.folder / "numbers").write_text("x")
    assert isinstance(own.outcome(), LedgerError)
    with pytest.raises(LedgerError, match=r"datapackage.json: found no file"):
        load(own.folder / "numbers")
    with pytest.raises(LedgerError, match=r"datapackage.json: found no file"):
        load("a\0b")


@pytest.mark.skipif(os.name == "nt", reason="symbolic links and pipes of Unix")
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("what", ["loop", "pipe", "device"])
def test_links_in_a_loop_pipes_and_devices(own: Folder, file: str, what: str) -> None:
    path = own.folder / file
    path.unlink()
    if what == "pipe":
        os.mkfifo(path)  # reading it would wait for ever
    else:
        path.symlink_to(path if what == "loop" else "/dev/zero")
    assert isinstance(own.outcome(), LedgerError)


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_cannot_be_read(own: Folder, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read all: so the system's refusal is played."""
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == own.folder / file:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    outcome = own.outcome()
    assert isinstance(outcome, LedgerError)
    assert f"{file}: found a file that cannot be read (Permission denied)" in str(outcome)
    assert str(own.folder) not in str(outcome)


@pytest.mark.parametrize(
    "name", ["a b.csv", "１５６.csv", "=1.csv", "\u202e.csv", "\udcff.csv", ".155.csv", "A.csv", "a\nb.csv"]
)
def test_files_with_strange_names(own: Folder, name: str) -> None:
    try:
        (own.folder / "numbers" / name).write_bytes(own.sound[N])
    except (OSError, ValueError):
        pytest.skip("a name this file system does not take")
    outcome = own.outcome()
    assert isinstance(outcome, LedgerError)
    assert len(outcome.problems) == 1 and "a file of this name" in str(outcome)
    str(outcome).encode()
