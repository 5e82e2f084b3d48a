"""From a text to rows, and from filled-in rows to the record, by the steps of the card."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

from helpers import Refused, ledger
from helpers.curate import draft, trace
from helpers.record import audit
from helpers.words import Verdict
from tests.test_numerals import CASES

CARD = (ledger.DATA / "README.md").read_text("utf-8")
TEXT = re.search(r"```text\n(.*?)```", CARD, re.DOTALL)[1]
WORKED = list(csv.DictReader(io.StringIO(re.findall(r"```csv\n(.*?)```", CARD, re.DOTALL)[-1])))
FIELDS = json.loads((ledger.DATA / "numbers.schema.json").read_text("utf-8"))["fields"]
DECIDED = {
    "sources.csv": {"outlet": "a newspaper", "kind": "repost"},
    "briefings.csv": {"area": "city", "numbering": "inferred", "day": "2022-12-21"},
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
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def save(path: Path, rows: list[dict[str, str]], **how: str) -> None:
    with path.open("w", **{"encoding": "utf-8", "newline": ""} | how) as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def fill(data: Path, rows: list[dict[str, str]] = WORKED, **how: str) -> Path:
    """Do what the printed steps ask of a person, in a spreadsheet that writes its own line ends."""
    path = data / "numbers" / "9999.csv"
    drafted = {row["position"]: row for row in table(path)}
    save(path, [drafted[row["position"]] | row for row in rows], **how)
    for name, decided in DECIDED.items():
        told = table(data / name)
        told[-1] |= decided
        save(data / name, told)
    return path


def test_each_numeral_is_a_row_with_what_the_text_says_and_the_words_around_it():
    rows = list(draft.drafted("12月8日新增约5萬例,\n佔75%,下降-5%;負3%", "report_9999"))
    assert [(row["paragraph"], row["position"], row["printed"], row["reads"]) for row in rows] == [
        *[(1, 1, "12", ""), (1, 2, "8", ""), (1, 3, "5萬", "~5萬"), (2, 4, "75%", "")],
        *[(2, 5, "-5%", ""), (2, 6, "負3%", "3%")],
    ]
    assert [row["kind"] for row in rows] == ["context"] * 2 + [""] * 4
    assert [row["claim"] for row in rows] == [""] * 4 + ["down"] * 2
    assert "佔[75%],下降-5%;負3%" in rows[3]["words"]
    assert {row["source"] for row in rows} == {"report_9999"}


@pytest.mark.parametrize("text", [case[0] for case in CASES])
def test_whatever_the_text_holds_the_contract_takes_the_numeral_and_what_it_reads(text):
    patterns = {f["name"]: f["constraints"]["pattern"] for f in FIELDS[3:5]}
    for row in draft.drafted(text, "report_9999"):
        assert re.match(patterns["printed"], row["printed"])
        assert not row["reads"] or re.match(patterns["reads"], row["reads"])


def test_the_counts_that_a_percentage_may_come_from_are_proposed():
    text = "全市新增感染者1,200例,其中主城900例,佔75%。"
    *_, share = draft.drafted(text, "report_9999")
    assert share["words"].endswith("[75%]。… 900 / 1,200 = 75.0000%")


def test_a_draft_is_utf8_with_the_columns_of_the_record_and_listed_in_its_place(data, text, capsys):
    assert draft.main(str(text), "9999", data=data) == 0
    raw = (data / "numbers" / "9999.csv").read_bytes()
    assert raw.startswith(",".join([*(f["name"] for f in FIELDS), "words\n"]).encode())
    assert b"\r" not in raw
    with pytest.raises(Refused, match="it is not written anew"):
        draft.main(str(text), "9999", data=data)
    (data / "numbers" / "9999.csv").unlink()
    assert draft.main(str(text), "9999", data=data) == 0
    held = [row for row in table(data / "briefings.csv") if row["briefing"] == "9999"]
    assert [row["coverage"] for row in held] == ["whole"]
    pages = [row for row in table(data / "sources.csv") if row["briefing"] == "9999"]
    assert [row["source"] for row in pages] == ["report_9999"]
    resources = json.loads((data / "datapackage.json").read_text("utf-8"))["resources"]
    paths = [r["path"] for r in resources if r["path"].startswith("numbers/")]
    assert paths == sorted({*paths, "numbers/9999.csv"})
    assert "--as 9999 --finish" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("briefing", "why"), [("155", "it is not written anew"), ("bulletins", "expected such as 161")]
)
def test_what_is_there_is_not_written_anew(briefing, why, data, text):
    before = (data / "numbers" / f"{briefing}.csv").read_bytes()
    with pytest.raises(Refused, match=why):
        draft.main(str(text), briefing, data=data)
    assert (data / "numbers" / f"{briefing}.csv").read_bytes() == before


WRONG = ["../x", "A1", "161.csv", "", "161a", "harbour", "harbour_2022-13-07"]


@pytest.mark.parametrize("briefing", WRONG)
def test_an_id_that_can_be_no_file_of_the_record_is_refused(briefing, data, text):
    with pytest.raises(Refused, match="expected such as 161"):
        draft.main(str(text), briefing, data=data)


def test_an_id_with_a_day_says_whose_briefing_and_when(data, text):
    draft.main(str(text), "new_york_2022-11-07", data=data)
    row = table(data / "briefings.csv")[-1]
    assert (row["area"], row["numbering"], row["day"]) == ("new_york", "none", "2022-11-07")


@pytest.mark.parametrize("how", [{}, {"encoding": "utf-8-sig", "newline": "\r\n"}])
def test_the_worked_rows_of_the_card_go_all_the_way(how, data, text, capsys):
    draft.main(str(text), "9999", data=data)
    assert draft.main(str(text), "9999", True, data) == 1
    assert "column kind: found nothing" in capsys.readouterr().out
    path = fill(data, **how)
    assert "words" in table(path)[0]
    assert draft.main(str(text), "9999", True, data) == 0
    assert not {b"words", b"\r"} & {*re.findall(rb"words|\r", path.read_bytes())}
    evidence = audit.Evidence(ledger.load(data).only("9999"))
    asked = (audit.rate_rows, audit.balance_rows, audit.change_rows, audit.run_rows)
    found = [one for rows in asked for one in rows(evidence) if one.briefing == "9999"]
    assert {Verdict.REPRODUCES, Verdict.HOLDS, Verdict.WITHIN} <= {one.verdict for one in found}
    assert not {Verdict.FAILS, Verdict.DIFFERS} & {one.verdict for one in found}
    assert trace.main(str(text), data) == 0
    assert "numbers/9999.csv, 19 numerals: 0 differences" in capsys.readouterr().out


def test_the_curator_may_join_what_the_reader_cuts_but_not_change_a_numeral(data, text, capsys):
    text.write_text(TEXT.replace("900例", "3/4"), encoding="utf-8")
    draft.main(str(text), "9999", data=data)
    joined = {"printed": "3/4", "reads": "75%", "note": "a fraction", "kind": "context"}
    joined |= dict.fromkeys(("measure", "area", "start", "end", "part_of"), "")
    rows = [
        row | joined if row["number"] == "central_new" else row | {"part_of": ""} for row in WORKED
    ]
    path = fill(data, rows)
    assert draft.main(str(text), "9999", True, data) == 0
    save(path, [row | {"printed": row["printed"].replace("300", "200")} for row in table(path)])
    assert draft.main(str(text), "9999", True, data) == 1
    told = capsys.readouterr().out
    assert "not in the text: 200, row 6, outside_new" in told
    assert "[300]" in told


def test_of_a_part_of_a_text_not_every_numeral_is_a_row(data, text):
    draft.main(str(text), "9999", data=data)
    fill(data, WORKED[2:6])
    rows = table(data / "briefings.csv")
    rows[-1]["coverage"] = "part"
    save(data / "briefings.csv", rows)
    assert draft.main(str(text), "9999", True, data) == 0
    assert table(data / "briefings.csv")[-1]["digest"] == ""
