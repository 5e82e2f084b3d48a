"""Which recorded text is this one, and what do the two differ in?"""

import csv
import io
import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import __main__ as commands
from helpers import ledger
from helpers.curate import trace
from helpers.curate.numerals import numerals

RETELLING = ledger.DATA / "retelling-155.txt"
TEXT = """11月12日,第138場發佈會:全市新增本土確診病例103例、無症狀感染者1,208例,增加近六成。
連續三天下降,降幅13個百分點;三分之一的街鎮百餘個小區解封,其中0—12時有5.9萬例。
佔71.17%和8%,協調數百起、30餘萬件。"""
SIMPLE = str.maketrans("個餘萬數點場佔", "个余万数点场占")


def rows_of(text: str, placed: bool = True) -> list[trace.Recorded]:
    return [
        trace.Recorded(
            row,
            f"n{row}",
            *((str(n.paragraph), str(n.position)) if placed else ("", "")),
            n.spelling,
            n.reads,
        )
        for row, n in enumerate(numerals(text), 2)
    ]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return shutil.copytree(ledger.DATA, tmp_path / "data")


def said(text: str, capsys, folder: Path = ledger.DATA) -> tuple[int, str]:
    return trace.main(text, folder), capsys.readouterr().out


@pytest.mark.parametrize(
    "same",
    [
        TEXT,
        TEXT.translate(SIMPLE),
        TEXT.replace("例", " 例").replace("個", " 個").replace("萬", " 萬").replace("%", " %"),
        TEXT.replace("—", "-"),
        TEXT.replace("—", "～"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("1,208", "１，２０８").replace("71.17%", "７１．１７％"),
    ],
)
def test_characters_blanks_dashes_and_line_ends_make_no_other_text(same):
    assert trace.compare(same, rows_of(TEXT)) == ([], [])


@given(st.data())
def test_a_lost_row_is_named_with_its_place_and_a_lost_numeral_with_its_row(data):
    found, rows = numerals(TEXT), rows_of(TEXT)
    gone = data.draw(st.integers(0, len(rows) - 1))
    [lacking], wrong = trace.compare(TEXT, rows[:gone] + rows[gone + 1 :])
    place = f"paragraph {found[gone].paragraph}, not in the record: "
    assert lacking.startswith(place) and f"[{found[gone].printed}]" in lacking and not wrong
    less = TEXT[: found[gone].start] + "許多" + TEXT[found[gone].stop :]
    lacking, [wrong] = trace.compare(less, rows)
    assert lacking == []
    assert wrong == f"not in the text: {rows[gone]}"


@given(st.data())
def test_exchanged_rows_are_told(data):
    rows = rows_of(TEXT)
    i, j = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=2, max_size=2)))
    one, other = rows[i].spelling, rows[j].spelling
    rows[i], rows[j] = rows[i]._replace(spelling=other), rows[j]._replace(spelling=one)
    lacking, wrong = trace.compare(TEXT, rows)
    assert bool(lacking and wrong) == (one != other)


def test_a_blank_line_more_is_told_once():
    lacking, [wrong] = trace.compare(TEXT.replace("\n", "\n\n", 1), rows_of(TEXT))
    assert lacking == []
    assert wrong.startswith("in paragraph 3, 三, row ")


def test_rows_that_share_a_numeral_are_one_and_a_row_may_be_what_the_reader_cuts(tmp_path):
    table = tmp_path / "1.csv"
    head = "number,paragraph,position,printed,reads,kind\n"
    table.write_text(f"{head}a,1,1,1000,>1000,level\nb,1,1,1000,>1000,level\nc,1,2,1/3,~33%,rate\n")
    rows = trace.recorded(table)
    with pytest.raises(ValueError, match="expected a column coverage, and commas"):
        trace.read_rows(table, "coverage")
    assert [row.spelling for row in rows] == ["1000", "1/3"]
    assert trace.compare("均超1000例,佔1/3", rows) == ([], [])
    lacking, _ = trace.compare("均超1000例,佔1/4", rows)
    assert [one.split(": ")[1] for one in lacking] == ["均超1000例,佔[1]/4", "均超1000例,佔1/[4]"]


def test_of_rows_without_positions_is_asked_what_the_text_lacks_and_the_other_way_round():
    rows = rows_of("本土確診病例103例,無症狀1208例,共1208例,8%,77例", placed=False)
    lacking, wrong = trace.compare(TEXT, rows)
    told = " ".join(re.search(r"\[(.+)\]", one)[1] for one in lacking)
    assert told == "六成 三 13個百分點 三分之一 百餘 5.9萬 71.17% 數百 30餘萬"
    assert wrong == [f"not in the text: {rows[-1]}"]


def test_a_text_is_known_whole_in_part_and_with_a_slip_and_a_stranger_is_not():
    other = "11月13日,第139場:新增1,820例、4,433例,佔17.17%;較12日增加近三成,8%;兩周前1,208例"
    texts = {"138": rows_of(TEXT), "139": rows_of(other)}
    for known in (
        TEXT,
        TEXT.splitlines()[0],
        TEXT.replace("1,208", "1,209"),
        TEXT.translate(SIMPLE),
    ):
        assert trace.nearest(known, texts)[::2] == ("138", True)
    assert trace.nearest(other, {"138": rows_of(TEXT)}) == ("138", 4, False)


def test_a_long_text_is_compared_with_a_short_record():
    lacking, wrong = trace.compare("12例、" * 5_000, rows_of(TEXT))
    assert (len(lacking), len(wrong)) == (4_999, len(rows_of(TEXT)) - 1)


def test_of_the_shipped_retelling_every_numeral_is_found(capsys):
    status, told = said(str(RETELLING), capsys)
    assert status == 0
    assert told.startswith("numbers/155.csv, 67 numerals: 0 differences from the text.\n")
    rows = trace.recorded(ledger.DATA / "numbers" / "155.csv")
    found = [(n.paragraph, n.spelling) for n in numerals(RETELLING.read_text("utf-8"))]
    assert found == [(int(row.paragraph), row.spelling) for row in rows]


def test_the_exit_status_says_the_result_and_standard_input_is_read(capsys, monkeypatch, tmp_path):
    raw = RETELLING.read_bytes().replace("863例".encode(), "683例".encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    status, told = said("-", capsys)
    assert status == 1
    assert "paragraph 4, not in the record: " in told and "[683]" in told
    assert "not in the text: 863, row 21, central_new_change" in told
    text = tmp_path / "text.txt"
    text.write_text("新增77例,佔12.34%,共5,678人", encoding="utf-8")
    status, told = said(str(text), capsys)
    assert status == 2
    assert f"draft {text} --as ID" in told and "like this one; the nearest, " in told


@pytest.mark.parametrize(
    "raw", [None, b"", b"\xff\xfe1\x00", "11月30日".encode("gbk"), "百家".encode()]
)
def test_what_is_no_text_is_refused_in_a_line(raw, tmp_path, capsys):
    text = tmp_path / "text.txt"
    if raw is None:
        with pytest.raises(FileNotFoundError):
            trace.main(str(text))
        return
    text.write_bytes(raw)
    assert commands.main(["trace", str(text)]) == 2
    told = "".join(capsys.readouterr())
    assert str(text) in told and told.count("\n") == 1


def test_an_unfinished_draft_is_compared_though_the_record_does_not_load(data, capsys):
    table = data / "numbers" / "155.csv"
    rows = list(csv.reader(table.read_text("utf-8").splitlines()))
    lines = [[*row, "words"] for row in rows]
    table.write_text("".join(",".join(f'"{c}"' for c in line) + "\n" for line in lines), "utf-8")
    status, told = said(str(RETELLING), capsys, data)
    assert status == 0
    assert "The record does not load: data refused" in told


def test_a_slip_where_a_second_look_is_worth_most_changes_no_verdict_and_elsewhere_it_does(data):
    from helpers.record import audit

    known = (data / "briefings.csv").read_text("utf-8")
    part = re.sub("(?m)^(155,.*),whole,[0-9a-f]+,", r"\1,part,,", known)  # or the digest protests
    (data / "briefings.csv").write_text(part, "utf-8")

    def verdicts(slip: tuple[str, str] = ("", "")) -> list:
        text = (ledger.DATA / "numbers" / "155.csv").read_text("utf-8").replace(*slip)
        (data / "numbers" / "155.csv").write_text(text, "utf-8")
        evidence = audit.Evidence(ledger.load(data).only("155"))
        asked = (audit.rate_rows, audit.balance_rows, audit.change_rows, audit.run_rows)
        return [one.verdict for rows in asked for one in rows(evidence)]

    alone = {row.number for row in trace.unchecked(ledger.load().only("155"), "155")}
    assert "driver_permits" in alone
    assert not {"city_new", "central_new", "firms"} & alone
    failing = {row.number for row in trace.unchecked(ledger.load().only("152"), "152")}
    assert "outside_community_share" not in failing  # it does not reproduce: that is looked at
    assert verdicts((",1.2萬,", ",1.3萬,")) == verdicts()
    assert verdicts((",6584,", ",6585,")) != verdicts()
