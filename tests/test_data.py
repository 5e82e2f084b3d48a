"""The real data: coverage of every briefing, the data card against the files, the corrections log."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers import ledger
from helpers.ledger import DATA
from tests import release

CARD = DATA / "README.md"
TABLES = ["briefings", "sources", "areas", "members", "measures", "terms", "numbers"]


@pytest.fixture(scope="module")
def real() -> ledger.Ledger:
    return ledger.load()


@pytest.fixture(scope="module")
def card() -> str:
    return CARD.read_text(encoding="utf-8")


def section(card: str, heading: str) -> str:
    """The text below a heading, up to the next one of its rank or a higher one."""
    rank = heading.index(" ")
    _, found, rest = card.partition(f"\n{heading}\n")
    assert found, f"the card has no heading {heading!r}"
    return re.split(rf"^#{{1,{rank}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def table(text: str, header: str) -> list[list[str]]:
    """The rows of the Markdown table with that header, without the marks of code."""
    _, found, rest = f"\n{text}".partition(f"\n{header}\n")
    assert found, f"no table {header}"
    lines = re.match(r"(?:\|.*\|\n?)*", rest)[0].splitlines()
    assert re.fullmatch(r"\|(?: ?:?-+:? ?\|)+", lines[0]), "a line of dashes below the header"
    return [[cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]


def rows_of(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


# ---------------------------------------------------------------- coverage


def numerals(file: str) -> list[tuple[str, str]]:
    """Paragraph and numeral of each position of a file, in order."""
    rows = [(row["position"], row["paragraph"], row["printed"]) for row in rows_of(file)]
    return [(paragraph, printed) for _, paragraph, printed in dict.fromkeys(rows)]


def test_the_155th_has_all_its_numerals() -> None:
    rows = rows_of("numbers/155.csv")
    assert [int(row["position"]) for row in rows] == list(range(1, 68))
    assert [int(row["paragraph"]) for row in rows] == sorted(int(row["paragraph"]) for row in rows)


def test_the_digest_of_every_text_read_whole_is_that_of_its_numerals() -> None:
    """The digest was made from the text itself. So any change to any numeral is seen, in a bare clone too."""
    whole = [row for row in rows_of("briefings.csv") if row["coverage"] == "whole"]
    assert "155" in {row["briefing"] for row in whole}
    for row in whole:
        lines = "".join(
            f"{paragraph}\t{printed}\n" for paragraph, printed in numerals(f"numbers/{row['briefing']}.csv")
        )
        assert hashlib.sha256(lines.encode()).hexdigest() == row["digest"], row["briefing"]


def test_where_only_part_was_read_no_position_is_claimed(real: ledger.Ledger) -> None:
    whole = real.briefings.loc[real.briefings["coverage"].eq("whole"), "briefing"]
    rest = real.numbers[~real.numbers["briefing"].isin(whole)]
    assert len(rest)
    assert rest["position"].isna().all()


def test_every_briefing_has_its_file_and_every_file_its_briefing(real: ledger.Ledger) -> None:
    files = {path.stem for path in (DATA / "numbers").glob("*.csv")}
    assert files == {*real.briefings["briefing"], "bulletins", "press"}
    assert set(real.numbers["briefing"]) == files


def test_every_day_spoken_of_is_within_the_record(real: ledger.Ledger) -> None:
    """A briefing does not know the future; its pages were seen after it."""
    days = dict(zip(real.briefings["briefing"], real.briefings["day"], strict=True))
    for briefing, rows in real.numbers.groupby("briefing"):
        if briefing in days:
            late = rows["end"].fillna(days[briefing]) > days[briefing] + pd.Timedelta(days=1)
            assert not late.any(), rows.loc[late, ["briefing", "number", "end"]]
    assert real.briefings["day"].is_unique
    assert (real.sources["seen"] >= real.briefings["day"].max()).all()


def test_nothing_stands_in_the_tables_for_no_number(real: ledger.Ledger) -> None:
    """Every source is cited. Areas and measures are cited or stand in a rate, a group or a sum."""
    cited = {
        name: set(real.numbers[name].dropna()) for name in ("measure", "area", "of_area", "source", "second_source")
    }
    assert set(real.sources["source"]) == cited["source"] | cited["second_source"]
    measures = real.measures[["part", "whole", "inflow"]].stack().dropna()
    known = cited["measure"] | set(measures) | set(real.terms["measure"]) | set(real.terms["term"])
    assert set(real.measures["measure"]) == known
    assert set(real.areas["area"]) == cited["area"] | cited["of_area"] | set(real.members[["area", "member"]].stack())


# ---------------------------------------------------------------- the data card


def contract() -> dict[str, list[dict]]:
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    fields = {r["name"]: r["schema"]["fields"] for r in package["resources"] if isinstance(r["schema"], dict)}
    return fields | {"numbers": json.loads((DATA / "numbers.schema.json").read_text(encoding="utf-8"))["fields"]}


def heading(name: str) -> str:
    return "### `numbers/*.csv`" if name == "numbers" else f"### `{name}.csv`"


def test_the_contract_has_the_tables_of_the_card() -> None:
    assert sorted(contract()) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_the_card_tells_every_column_in_order_with_its_type(name: str, card: str) -> None:
    told = table(section(card, heading(name)), "| column | type | meaning |")
    assert [row[:2] for row in told] == [[field["name"], field["type"]] for field in contract()[name]]
    assert all(len(row) == 3 and row[2] for row in told)


@pytest.mark.parametrize("name", [name for name in TABLES if name != "numbers"])
def test_the_card_tells_how_many_rows(name: str, card: str) -> None:
    assert re.findall(r"\*\*([\d,]+) rows\.\*\*", section(card, heading(name))) == [f"{len(rows_of(name + '.csv')):,}"]


def test_the_card_tells_every_file_of_numbers_and_its_rows(card: str) -> None:
    told = re.findall(r"^\| `?(numbers/\w+\.csv)`? \| ([\d,]+) \|", section(card, heading("numbers")), re.MULTILINE)
    files = sorted(path.relative_to(DATA).as_posix() for path in (DATA / "numbers").glob("*.csv"))
    assert told == [(file, f"{len(rows_of(file)):,}") for file in files]


def test_the_card_lists_what_was_left_out_and_why(card: str) -> None:
    """What was seen and is no row, each with its reason; and no file that is not there."""
    told = table(section(card, "## Left out"), "| where | what | why |")
    assert told
    assert all(len(row) == 3 and all(row) for row in told)


def test_every_file_the_card_speaks_of_is_there(card: str) -> None:
    for file in re.findall(r"`((?:numbers/)?\w+\.(?:csv|json|schema\.json))`", card):
        assert (DATA / file).is_file() or (DATA / "numbers" / file).is_file(), file


# ---------------------------------------------------------------- corrections


def test_the_log_is_dated_and_complete(card: str) -> None:
    header = "| date | file | what | before | after | why |"
    for row in table(section(card, "## Corrections"), header):
        day, file, what, before, after, why = row
        assert date.fromisoformat(day) >= date(2022, 12, 1)
        assert file.endswith(".csv")
        assert what and (before or after) and why


def test_no_released_number_changed_without_a_word() -> None:
    missing = release.unlogged(DATA) if CARD.is_file() else release.corrected(DATA)
    assert not missing, f"changed since the release, and not in the corrections log of data/README.md: {missing}"


def test_the_release_is_one_of_this_record() -> None:
    released = json.loads((DATA / "release.json").read_text(encoding="utf-8"))
    assert date.fromisoformat(released["date"]) >= date(2026, 1, 1)
    assert "numbers/155.csv" in released["files"]


LOG = (
    "# Card\n\n## Corrections\n\n| date | file | what | before | after | why |\n| --- | --- | --- | --- | --- | --- |\n"
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "README.md").write_text(LOG + "\n## Licence\n", encoding="utf-8")
    release.stamp(tmp_path / "data", "2026-11-24")
    return tmp_path / "data"


def log(data: Path, line: str) -> None:
    (data / "README.md").write_text(LOG + line + "\n\n## Licence\n\n| 2099-01-01 | `areas.csv` |\n", encoding="utf-8")


def test_a_release_is_its_own(copy: Path) -> None:
    assert release.unlogged(copy) == []


def test_a_changed_number_needs_a_line_of_its_file_and_a_day_since_the_release(copy: Path) -> None:
    file = copy / "numbers" / "155.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",6584,", ",6585,"), encoding="utf-8")
    assert release.unlogged(copy) == ["numbers/155.csv"]
    log(copy, "| 2026-11-23 | `numbers/155.csv` | `city_new` | 6584 | 6585 | misread |")
    assert release.unlogged(copy) == ["numbers/155.csv"]
    log(copy, "| 2026-11-24 | `numbers/154.csv` | `city_new` | 6584 | 6585 | misread |")
    assert release.unlogged(copy) == ["numbers/155.csv"]
    log(copy, "| 2026-11-24 | `numbers/155.csv` | `city_new` | 6584 | 6585 | misread |")
    assert release.unlogged(copy) == []


def test_a_row_taken_out_or_a_file_lost_needs_a_line(copy: Path) -> None:
    lines = (copy / "areas.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (copy / "areas.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    (copy / "numbers" / "156.csv").unlink()
    assert release.unlogged(copy) == ["areas.csv", "numbers/156.csv"]


def test_a_briefing_added_needs_none(copy: Path) -> None:
    shutil.copy(copy / "numbers" / "156.csv", copy / "numbers" / "161.csv")
    with (copy / "briefings.csv").open("a", encoding="utf-8", newline="\n") as briefings:
        briefings.write("161,printed,2022-12-08,part,,\n")
    assert release.unlogged(copy) == []
    assert len(ledger.load(copy).briefings) == len(ledger.load().briefings) + 1
