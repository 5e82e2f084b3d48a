"""From a text to rows, and from filled-in rows to the record."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from helpers import ledger
from helpers.curate import draft, trace

TEXT = """12月8日,第161場發佈會:12月7日全市新增感染者1,200例,其中主城900例、其他區縣300例。
主城佔75%,下降-5%;近1/3的區縣,約5个區縣連續3日无新增。"""
FILLED = {  # what a person decides, by position
    6: {"number": "city_new", "measure": "new_infections", "area": "city"},
    7: {
        "number": "central_new",
        "measure": "new_infections",
        "area": "central",
        "part_of": "city_new",
    },
    8: {
        "number": "outside_new",
        "measure": "new_infections",
        "area": "outside",
        "part_of": "city_new",
    },
    9: {
        "number": "central_share",
        "measure": "share_of_new_infections",
        "area": "central",
        "of_area": "city",
        "kind": "rate",
    },
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return shutil.copytree(ledger.DATA, tmp_path / "data")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def save(path: Path, rows: list[dict[str, str]], **how: str) -> None:
    with path.open("w", **{"encoding": "utf-8", "newline": ""} | how) as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def fill(data: Path, briefing: str = "161", **how: str) -> None:
    """Do what the printed steps ask of a person, in a spreadsheet that writes its own line ends."""
    path = data / "numbers" / f"{briefing}.csv"
    rows = table(path)
    for row in rows:
        own = FILLED.get(int(row["position"]))
        days = {"kind": "level", "start": "2022-12-07", "end": "2022-12-08"} if own else {}
        row |= days | (own or {"kind": "context", "claim": "", "note": ""})
    save(path, rows, **how)
    sources = table(data / "sources.csv")
    sources[-1] |= {"outlet": "a newspaper", "kind": "repost"}
    save(data / "sources.csv", sources)


def test_each_numeral_is_a_row_with_what_the_text_says_and_the_words_around_it():
    rows = list(draft.drafted(TEXT, "report_161"))
    assert [row["printed"] for row in rows] == [
        *["12", "8", "161", "12", "7", "1,200", "900", "300", "75%", "-5%", "1", "3", "5", "3"]
    ]
    assert [row["kind"] for row in rows] == ["context"] * 5 + [""] * 9
    share, fall, *_, five, _days = rows[8:]
    assert "主城佔[75%],下降-5%" in share["words"]
    assert (fall["reads"], fall["claim"]) == ("5%", "down")
    assert (five["reads"], five["paragraph"], five["position"]) == ("~5", 2, 13)
    assert len({row["number"] for row in rows}) == len(rows)


def test_the_counts_that_a_percentage_may_come_from_are_proposed():
    share = next(row for row in draft.drafted(TEXT, "x") if row["printed"] == "75%")
    assert "900" in share["words"] and "1,200" in share["words"]


def test_a_draft_is_utf8_with_the_columns_of_the_record_and_listed_in_its_place(data, text, capsys):
    assert draft.main([str(text), "--as", "161"], data) == 0
    raw = (data / "numbers" / "161.csv").read_bytes()
    assert raw.decode("utf-8").splitlines()[0] == (
        (data / "numbers" / "155.csv").read_text("utf-8").splitlines()[0] + ",words"
    )
    assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf")
    assert table(data / "briefings.csv")[-1] | {"note": ""} == {
        "briefing": "161",
        "area": "city",
        "numbering": "printed",
        "day": "2022-12-08",
        "coverage": "whole",
        "digest": "",
        "note": "",
    }
    page = table(data / "sources.csv")[-1]
    assert (page["source"], page["briefing"]) == ("report_161", "161")
    resources = json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]
    paths = [r["path"] for r in resources if r["path"].startswith("numbers/")]
    assert paths == sorted(paths) and "numbers/161.csv" in paths
    assert "--as 161 --finish" in capsys.readouterr().out


def test_what_is_there_is_not_written_over_unless_asked_and_nothing_is_added_twice(
    data, text, capsys
):
    assert draft.main([str(text), "--as", "155"], data) == 2
    assert "155.csv is there; --force writes it anew" in capsys.readouterr().err
    assert (data / "numbers" / "155.csv").read_bytes() == (
        ledger.DATA / "numbers" / "155.csv"
    ).read_bytes()
    before = (data / "datapackage.json").read_bytes()
    for _ in range(2):
        assert draft.main([str(text), "--as", "161", "--force"], data) == 0
    (data / "numbers" / "161.csv").unlink()
    assert sum(row["briefing"] == "161" for row in table(data / "briefings.csv")) == 1
    assert (data / "datapackage.json").read_text("utf-8").count('"numbers/161.csv"') == 1
    assert before.decode() in (ledger.DATA / "datapackage.json").read_text("utf-8")


@pytest.mark.parametrize("briefing", ["../x", "A1", "161.csv", ""])
def test_an_id_that_can_be_no_file_of_the_record_is_refused(briefing, data, text, capsys):
    assert draft.main([str(text), "--as", briefing], data) == 2
    assert "expected such as 161" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("briefing", "expected"),
    {
        "161": ("city", "printed", "2022-12-08"),
        "162": ("city", "inferred", "2022-12-08"),
        "guangzhou_2022-11-07": ("guangzhou", "none", "2022-11-07"),
    }.items(),
)
def test_what_id_and_text_say_of_a_briefing(briefing, expected):
    row = draft.described(
        TEXT, briefing, [{"briefing": ledger.BRIEFING, "area": "city", "day": "2022-12-01"}]
    )
    assert (row["area"], row["numbering"], row["day"]) == expected


@pytest.mark.parametrize("how", [{}, {"encoding": "utf-8-sig", "newline": "\r\n"}])
def test_filled_in_and_finished_the_record_takes_it_and_trace_agrees(how, data, text, capsys):
    draft.main([str(text), "--as", "161"], data)
    assert draft.main([str(text), "--as", "161", "--finish"], data) == 1
    assert "column kind: found nothing" in capsys.readouterr().out
    assert "words" in table(data / "numbers" / "161.csv")[0]
    fill(data, **how)
    assert draft.main([str(text), "--as", "161", "--finish"], data) == 0
    rows = trace.recorded(data / "numbers" / "161.csv")
    record = ledger.load(data)
    own = next(row for row in record.tables["briefings"] if row.briefing == "161")
    assert own.digest == ledger.digest((row.paragraph, row.spelling) for row in rows)
    assert b"words" not in (data / "numbers" / "161.csv").read_bytes()
    assert trace.main([str(text)], data) == 0
    assert "numbers/161.csv (14 numerals) agree" in capsys.readouterr().out


def test_the_curator_may_join_what_the_reader_cuts_but_not_change_a_numeral(data, text, capsys):
    draft.main([str(text), "--as", "161"], data)
    fill(data)
    path = data / "numbers" / "161.csv"
    rows = table(path)
    rows[10] |= {"printed": "1/3", "reads": "~33%", "note": "one fraction"}
    del rows[11]
    for position, row in enumerate(rows, 1):
        row["position"] = str(position)
    save(path, rows)
    assert draft.main([str(text), "--as", "161", "--finish"], data) == 0
    save(path, [row | {"printed": row["printed"].replace("900", "800")} for row in rows])
    assert draft.main([str(text), "--as", "161", "--finish"], data) == 1
    told = capsys.readouterr().out
    assert "not in the text: 800, row 8, central_new" in told
    assert "[900]" in told


def test_of_a_part_of_a_text_no_numeral_need_be_there(data, text):
    draft.main([str(text), "--as", "161", "--part"], data)
    fill(data)
    path = data / "numbers" / "161.csv"
    save(path, [row for row in table(path) if int(row["position"]) in FILLED])
    assert draft.main([str(text), "--as", "161", "--finish"], data) == 0
    assert table(data / "briefings.csv")[-1]["digest"] == ""
