"""The record itself: what its rows must be, and that every sentence of its card is so.

A curator satisfies these tests by the data and the card alone; each says how.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from helpers import ledger, rounding
from helpers.ledger import BRIEFING, DATA
from tests import release

CARD = DATA / "README.md"
TABLES = ["briefings", "sources", "areas", "members", "measures", "terms", "numbers"]


@pytest.fixture(scope="module")
def record() -> ledger.Ledger:
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
    """The rows of the Markdown table with that header."""
    _, found, rest = f"\n{text}".partition(f"\n{header}\n")
    assert found, f"no table {header}"
    lines = re.match(r"(?:\|.*\|\n?)*", rest)[0].splitlines()
    assert re.fullmatch(r"\|(?: ?:?-+:? ?\|)+", lines[0]), "a line of dashes below the header"
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]


# ---------------------------------------------------------------- rows


def test_the_155th_has_all_its_numerals(record: ledger.Ledger) -> None:
    """It was transcribed twice, and both times its text had 67 numerals in 16 paragraphs."""
    positions = [row.position for row in record.tables["numbers"] if row.briefing == BRIEFING]
    assert sorted(set(positions)) == list(range(1, 68))


def test_the_digest_of_every_text_read_whole_is_that_of_its_numerals(record: ledger.Ledger) -> None:
    """Made from the text. To satisfy: put the numerals right, or `helpers trace` the text anew."""
    for briefing in record.tables["briefings"]:
        if briefing.coverage == "whole":
            rows = [row for row in record.tables["numbers"] if row.briefing == briefing.briefing]
            numerals = {row.position: (row.paragraph, row.printed) for row in rows}
            assert ledger.digest(numerals.values()) == briefing.digest, briefing.briefing


def test_no_briefing_speaks_of_what_comes_after_it(record: ledger.Ledger) -> None:
    """To satisfy: look for a slip in the row's days, or in the briefing's day and its page's."""
    days = {row.briefing: row.day for row in record.tables["briefings"]}
    seen = {row.source: row.seen for row in record.tables["sources"]}
    for row in record.tables["numbers"]:
        if day := days.get(row.briefing):
            assert row.end is None or row.end.date() <= day + timedelta(days=1), row.reference
            assert seen[row.source] >= day, f"{row.source} was seen before the briefing"


def test_the_pages_of_a_briefing_report_that_briefing(record: ledger.Ledger) -> None:
    """To satisfy: in sources.csv the briefing that the page reports; nothing if it is several."""
    briefings = {row.briefing for row in record.tables["briefings"]}
    reports = {row.source: row.briefing for row in record.tables["sources"]}
    for row in record.tables["numbers"]:
        if row.briefing in briefings:
            for page in filter(None, (row.source, row.second_source)):
                assert reports[page] in (None, row.briefing), (row.reference, page)


def test_the_national_commission_has_a_file_of_its_own(record: ledger.Ledger) -> None:
    """To satisfy: such rows go to national.csv, from a page whose text is nhc_ and one day."""
    text = {row.source: row.text for row in record.tables["sources"]}
    days = defaultdict(set)
    for row in record.tables["numbers"]:
        pages = [text[page] for page in (row.source, row.second_source) if page]
        if row.area == "city" and row.kind != "context":
            national = row.briefing == "national"
            assert all(page.startswith("nhc_") == national for page in pages), row.reference
        if row.briefing == "national":
            days[text[row.source]].add(row.start)
    assert all(len(day) == 1 for day in days.values()), "one text for each day"


def test_nothing_stands_in_the_tables_for_no_number(record: ledger.Ledger) -> None:
    """To satisfy: take the row out, or curate the number that it is for."""
    numbers, tables = record.tables["numbers"], record.tables
    assert {row.source for row in tables["sources"]} == used(numbers, "source", "second_source")
    measures = used(numbers, "measure") | used(tables["measures"], "part", "whole", "inflow")
    measures |= used(tables["terms"], "measure", "term")
    assert {row.measure for row in tables["measures"]} == measures
    areas = used(numbers, "area", "of_area") | used(tables["briefings"], "area")
    areas |= used(tables["members"], "area", "member")
    assert {row.area for row in tables["areas"]} == areas


def used(rows: tuple, *columns: str) -> set[str]:
    return {getattr(row, column) for row in rows for column in columns} - {None}


@pytest.mark.parametrize("file", ["areas.csv", "measures.csv"])
def test_our_chinese_is_written_as_in_hong_kong_or_taiwan(file: str) -> None:
    """To satisfy: 公布 產 治癒, and full-width brackets."""
    for row in release.tables(DATA)[file]:
        assert not re.search("公佈|発|産|治愈|[()]", row["name_zh"]), row["name_zh"]


# ---------------------------------------------------------------- the card: coverage


FIRST, LAST = date(2022, 11, 1), date(2022, 12, 12)
COVERAGE = (
    "| day | new: city | central | outside | community: city | central | outside "
    "| confirmed | asymptomatic | conversions |"
)


def coverage(record: ledger.Ledger) -> Iterator[list[str]]:
    """For each day what its cells have: the lines of the card's table."""
    sources = {row.source: row for row in record.tables["sources"]}
    cells = defaultdict(list)
    for row in record.tables["numbers"]:
        one_day = row.start and row.end == row.start + timedelta(days=1)
        bound = (row.reads or "").startswith(tuple("<>~"))
        if row.kind in ("level", "rate") and one_day and not bound:
            cells[row.measure, row.area, row.start.date()].append(row)

    def mark(found: list, name: str) -> str:
        translated = all(sources[row.source].kind == "translation" for row in found)
        return f"{name}{' T' if translated else ''}" if found else ""

    for nth in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=nth)
        line = [f"{day:%Y-%m-%d}"]
        for area in ("city", "central", "outside"):
            gross = [
                row
                for row in cells["new_infections_with_converted", area, day]
                if row.briefing not in ("bulletins", "national")
            ]
            net = cells["new_infections", area, day]
            line.append(mark(net, "net") or mark(gross, "gross"))
        for area in ("city", "central", "outside"):
            count = mark(cells["community_infections", area, day], "count")
            share = cells["community_share", area, day]
            share += cells["community_share_with_converted", area, day]
            line.append(count or mark(share, "share"))
        for measure in ("new_confirmed", "new_asymptomatic", "converted"):
            files = {row.briefing for row in cells[measure, "city", day]}
            told = ["city"] * bool(files - {"national"}) + ["nation"] * ("national" in files)
            line.append(", ".join(told))
        yield line


def test_the_card_tells_what_each_day_has(record: ledger.Ledger, card: str) -> None:
    told = table(section(card, "## What each day has"), COVERAGE)
    lines = list(coverage(record))
    new = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    assert told == lines, f"to satisfy: put these lines into the card\n{new}"


def test_the_card_tells_how_many_days_have_two_origins(record: ledger.Ledger, card: str) -> None:
    days = list(coverage(record))
    confirmed, carriers = ({d[0] for d in days if d[n] == "city, nation"} for n in (7, 8))
    sentence = (
        f"Of the {len(days)} days from 1 November to 12 December {len(confirmed | carriers)} have a"
        f" count of the city with two origins: both counts {len(confirmed & carriers)}, only"
        f" confirmed cases {len(confirmed - carriers)}, only carriers {len(carriers - confirmed)}."
    )
    assert sentence in " ".join(card.split()), f"to satisfy, write: {sentence}"


def test_the_card_names_every_collecting_file(record: ledger.Ledger, card: str) -> None:
    """To satisfy: say under "Origin" what a file of numbers that is no briefing's collects."""
    briefings = {row.briefing for row in record.tables["briefings"]}
    for stem in {row.briefing for row in record.tables["numbers"]} - briefings:
        assert f"`numbers/{stem}.csv`" in section(card, "## Origin"), stem


def test_the_card_counts_no_rows(card: str) -> None:
    """Such counts are out of date with the next row. To satisfy: leave them out."""
    assert not re.findall(r"[\d,]+ (?:rows|pages)\b", card)


# ---------------------------------------------------------------- the card: claims and gaps


def worth(expression: str, record: ledger.Ledger) -> Fraction:
    """What stands behind a figure of the card: `a`, `a / b` or `1 - a / b`, of numbers' names."""
    *one, ratio = expression.rsplit("1 - ", 1)
    values = {row.reference: row.value for row in record.tables["numbers"]}
    upper, _, lower = ratio.partition(" / ")
    value = values[upper] / (values[lower] if lower else 1)
    return 1 - value if one else value


def test_what_is_claimed_without_a_number_is_set_beside_the_numbers(
    record: ledger.Ledger, card: str
) -> None:
    """To satisfy: behind each figure, in brackets and code, the numbers it is or is made of."""
    told = table(
        section(card, "## Claimed without a number"),
        "| text | what it says | what the record has |",
    )
    for _, _, beside in told:
        figures = re.findall(r"([\d.,]*\d%?) \(`([^`]+)`\)", beside)
        for printed, expression in figures:
            value = worth(expression, record)
            assert rounding.reround(value, 1, printed) == printed, (printed, expression, value)
        rest = re.sub(r"\(`[^`]+`\)|\d+(?: (?:to|and) \d+)? (?:November|December)", "", beside)
        assert len(re.findall(r"\d[\d.,]*", rest)) == len(figures), beside


def test_what_is_said_to_be_left_out_is_not_there(record: ledger.Ledger, card: str) -> None:
    """To satisfy: what has been curated since is no longer left out: take the line away."""
    left, numbers = section(card, "## Left out"), record.tables["numbers"]
    city = {
        (row.briefing, row.measure, str(row.start)[:10]) for row in numbers if row.area == "city"
    }
    for where, what, why in table(left, "| where | what | why |"):
        assert where and what and why
        for file in re.findall("`([^`]+)`", where):
            for cell in re.findall(r"`(\w+)` of (\d{4}-\d\d-\d\d)", what):
                assert (file, *cell) not in city, f"{file} has {cell}"
    parts = {
        (row.measure, str(row.start)[:10])
        for row in numbers
        if "seen in part" in (row.note or "") and row.area != "city"
    }
    told = set(re.findall(r"`(\w+)` list of (\d{4}-\d\d-\d\d)", left))
    assert told == parts, "lists seen in part, by the notes of their rows"


# ---------------------------------------------------------------- the card: tables and files


def contract() -> dict[str, list[dict]]:
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    schemas = [(r["name"], r["schema"]) for r in package["resources"]]
    fields = {name: schema["fields"] for name, schema in schemas if isinstance(schema, dict)}
    schema = json.loads((DATA / "numbers.schema.json").read_text(encoding="utf-8"))
    return fields | {"numbers": schema["fields"]}


@pytest.mark.parametrize("name", TABLES)
def test_the_card_tells_every_column_in_order_with_its_type(name: str, card: str) -> None:
    heading = "### `numbers/*.csv`" if name == "numbers" else f"### `{name}.csv`"
    told = table(section(card, heading), "| column | type | meaning |")
    assert [[cell.strip("`") for cell in row[:2]] for row in told] == [
        [field["name"], field["type"]] for field in contract()[name]
    ]
    assert all(len(row) == 3 and row[2] for row in told)


def test_every_file_the_card_speaks_of_is_there(card: str) -> None:
    for file in re.findall(r"`((?:numbers/)?\w+\.(?:csv|json|schema\.json))`", card):
        assert (DATA / file).is_file() or (DATA / "numbers" / file).is_file(), file


# ---------------------------------------------------------------- corrections


def test_the_log_is_dated_and_complete() -> None:
    for day, file, what, before, after, why in release.corrections(DATA):
        assert date.fromisoformat(day)
        assert re.fullmatch(r"`[\w/]+\.csv`", file)
        assert what and (before or after) and why


def test_no_released_row_changed_without_a_word() -> None:
    """To satisfy: a line for it in the card's corrections log."""
    assert not release.unlogged(DATA)


LOG = (
    "# Card\n\n## Corrections\n\n| date | file | what | before | after | why |\n"
    "| --- | --- | --- | --- | --- | --- |\n"
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "README.md").write_text(LOG, encoding="utf-8")
    release.stamp(tmp_path / "data", "2026-11-24")
    return tmp_path / "data"


def test_a_changed_row_needs_a_new_line_that_names_it(copy: Path) -> None:
    file = copy / "numbers" / "155.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(",6584,", ",6585,"), encoding="utf-8")
    changed = [("numbers/155.csv", "city_new")]
    line = "| 2026-11-24 | `numbers/155.csv` | `city_month` `city_new` | 6584 | 6585 | misread |\n"
    for wrong in (("155.csv", "154.csv"), ("city_new", "central_new"), (line, "")):
        (copy / "README.md").write_text(LOG + line.replace(*wrong), encoding="utf-8")
        assert release.unlogged(copy) == changed
    (copy / "README.md").write_text(LOG + line, encoding="utf-8")
    assert release.unlogged(copy) == []
    release.stamp(copy, "2026-11-24")
    file.write_text(text, encoding="utf-8")
    assert release.unlogged(copy) == changed


def test_a_row_taken_out_and_a_file_lost_need_lines(copy: Path) -> None:
    lines = (copy / "members.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (copy / "members.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    (copy / "numbers" / "160.csv").unlink()
    gone = "/".join(lines[-1].split(",")[:3])
    assert release.unlogged(copy) == [("members.csv", gone), ("numbers/160.csv", "briefing_number")]


def test_new_rows_new_columns_and_another_order_need_none(copy: Path) -> None:
    lines = (copy / "terms.csv").read_text(encoding="utf-8").splitlines()
    first, *rest = [f"{line},{'more' if n else 'new'}" for n, line in enumerate(lines)]
    rest.append("deaths,age,recovered,+,yes,,more")
    (copy / "terms.csv").write_text("\n".join([first, *reversed(rest)]), encoding="utf-8")
    assert release.unlogged(copy) == []
