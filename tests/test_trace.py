"""The trace: every numeral of a text, by a closed rule, and what a ledger does not account for."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import ledger, rounding, trace

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT.parent / "shared" / "source" / "briefing-155.txt"

# Texts of our own in the manner of such briefings, each with the numerals that a reader counted by hand.
TEXTS = {
    "traditional, a whole report": (
        """11月12日,市政府新聞辦舉行第138場新聞發佈會。
11月11日0—24時,全市新增本土確診病例103例、無症狀感染者1,208例,較前一日增加近六成。
連續三天下降,降幅達13個百分點;兩個區縣清零,其中三分之一的街鎮百餘個小區解封。
一是強化管控,二是精準施策,做好五項工作,落實二十條。""",
        "11 12 138 11 11 0—24 103 1,208 六成 三 13個百分點 兩 三分之一 百餘",
    ),
    "simplified, a whole report": (
        """截至11月24日14时，本轮疫情累计报告感染者超过5.9万例，其中半数以上在中心城区。
从单日新增上千到破两千仅用了2天，社会面占比近七成，两天后降至百分之八。
第一，千方百计保供；第二，落实“第九版”，三类人群一对一服务，出动志愿者三万余人次。""",
        "11 24 14 5.9万 半数 上千 两千 2 七成 两 百分之八 三万余",
    ),
    "full-width": (
        "１１月３０日，新增５，５２２例，佔７１．１７％，較２９日減少８６３例，為０—１２時的１．２萬。",
        "１１ ３０ ５，５２２ ７１．１７％ ２９ ８６３ ０—１２ １．２萬",
    ),
    "half-width commas end clauses": (
        "全市有1,062例,20個區縣,其中422,85,23例分別在3個區,餘者在12個鄉鎮,分別佔8%,9%.",
        "1,062 20 422 85 23 3 12 8% 9%",
    ),
    "supply and industry": (
        """近20天來協調問題數百個,在崗30餘萬人,復工率超過八成五,十幾家企業停產,發放通行證逾十萬張,一半已使用;
預計半個月內恢復,千家萬戶用氣無憂,上半年增長5.5%—6%,利潤同比下降-1.2%,鏈主企業五百強佔兩成。""",
        "20 數百 30餘萬 八成五 十幾 十萬 一半 半 5.5%—6% -1.2% 兩成",
    ),
    "dates in words": (
        "二〇二二年十一月三十日,萬州區報告一例,星期三天氣轉冷;十二月一日起,兩三天內完成三輪核酸,三至五天見效。",
        "二〇二二 十一 三十 一 十二 一 兩三 三 三 五",
    ),
    "symbols": (
        "0～12時、3-5天、3~5例、3至5例、28日—30日;53+2239、1/3、12:30、2022-11-30;0.7‰、0.5pp、BA.5.2、COVID-19、5千瓦、6千人",
        "0～12 3-5 3~5 3 5 28 30 53 2239 1 3 12 30 2022-11-30 0.7‰ 0.5pp 5.2 19 5 6千",
    ),
    "simplified, worded": (
        """十余个小区、百余家企业、数千名干部、成千上万的市民参与；逾百人、过半街道、一大半商户、三个半小时、两亿元、
二十来天、五分之二的人，一万二千人，落实三位一体、两个方面、四个自信、三天两头巡查，一次性补贴。""",
        "十余 百余 数千 百 过半 一大半 三个半 两亿 二十来 五分之二 一万二千",
    ),
}

READS = {
    "百餘個": ">100",
    "六成": "60%",
    "六成以上": ">=60%",
    "近七成": "~70%",
    "七成五": "75%",
    "半數": "50%",
    "超过半数": ">50%",
    "過半": ">50%",
    "十餘": ">10",
    "兩天": "2",
    "兩三天": "",
    "半天": "0.5",
    "三個半小時": "3.5",
    "兩三個半小時": "",
    "上千": ">=1000",
    "數十": ">=20",
    "幾百": ">=200",
    "数千": ">=2000",
    "几万": ">=20000",
    "三分之兩三": "",
    "一大半": ">50%",
    "近百年": "~100",
    "破兩千": ">2000",
    "三分之一": "~33%",
    "三分之二": "~67%",
    "五分之二": "40%",
    "百分之八": "8%",
    "千分之三": "3‰",
    "〇分之一": "",
    "兩個百分點": "2pp",
    "13個百分點": "13pp",
    "13个百分点": "13pp",
    "30餘萬": ">30萬",
    "1000余例": ">1000",
    "約5.9萬": "~5.9萬",
    "不超過5%": "<=5%",
    "低於10%": "<10%",
    "不高於10%": "<=10%",
    "一萬三千億元": "1300000000000",
    "不足300例": "<300",
    "至少5例": ">=5",
    "60歲以上": ">=60",
    "3例左右": "~3",
    "近3天": "",
    "近20例": "~20",
    "1208": "",
    "１２": "",
    "超過１２例": ">12",
    "٣٤": "34",
    "-1.2%": "",
    "0—12": "",
    "5千": "",
    "二〇二二年": "2022",
    "三百二十萬": "3200000",
    "一億二千萬": "120000000",
    "三萬億": "3000000000000",
    "兩千零五十": "2050",
    "一萬二": "",
    "八分之一": "~13%",
    "三四十例": "",
    "一二三四五六七八九一二三四例": "",
}

HOSTILE = (
    "一",
    "1",
    "1,111",
    "１，１１１",
    "一分之",
    "三至",
    "數十",
    "上",
    "近百",
    "半",
    "第一",
    "一月",
    "1—",
    "1.",
    "餘",
)
HOSTILE += ("百多", "三十", "萬", "千家萬", "1個百分", "十個", "成千", "- 1", "1 ", "十百千萬億", "一成不")


def texts_of(text: str) -> list[str]:
    return [n.text for n in trace.numerals(text)]


def rows_of(text: str) -> list[tuple[int, int, str]]:
    return [(n.line, n.position, n.text) for n in trace.numerals(text)]


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "helpers", "trace", *map(str, arguments)]
    return subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, env=os.environ | environment, timeout=120
    )


def shown_name(path: Path) -> str:
    return path.name.replace("\x1b", "\\x1b")


@pytest.fixture(scope="module")
def record() -> ledger.Ledger:
    return ledger.load()


@pytest.fixture(scope="module")
def whole(record) -> dict[str, tuple[str, list]]:
    """Of each briefing recorded as a whole: the stored digest, and its rows."""
    briefings = record.briefings[record.briefings["coverage"] == "whole"]
    columns = ["paragraph", "position", "printed"]
    tables = {key: record.numbers.loc[record.numbers["briefing"] == key, columns] for key in briefings["briefing"]}
    digests = briefings.set_index("briefing")["digest"]
    return {key: (digests[key], list(table.itertuples(index=False, name=None))) for key, table in tables.items()}


@pytest.fixture(scope="module")
def made_up(whole) -> str:
    """A text with the numerals of the 155th at their places, and nothing else of it."""
    lines = [""] * max(row[0] for row in whole["155"][1])
    for paragraph, _, printed in whole["155"][1]:
        lines[paragraph - 1] += f"計{printed}、"
    return "\n".join(lines)


# The record


@pytest.mark.skipif(not SOURCE.is_file(), reason=f"the text lies outside the repository: {SOURCE.name} is not here")
def test_the_155th_is_recorded_as_printed(whole):
    found = trace.numerals(SOURCE.read_text(encoding="utf-8"))
    assert len(found) == 67
    assert trace.compare(found, whole["155"][1]) == []
    assert trace.digest(found) == whole["155"][0]


def test_the_digests_stand_for_every_recorded_numeral(whole):
    assert "155" in whole
    for stored, rows in whole.values():
        assert trace.digest(trace.recorded(rows)) == stored
        for i, (paragraph, position, printed) in enumerate(rows):
            for changed in ([(paragraph, position, printed + "0")], [(paragraph + 1, position, printed)], []):
                assert trace.digest(trace.recorded([*rows[:i], *changed, *rows[i + 1 :]])) != stored


def test_rows_that_one_numeral_stands_for_are_one():
    rows = [(1, 1, "1000"), (1, 1, "1000"), (1, 2, "1000")]
    assert [n.position for n in trace.recorded(rows)] == [1, 2]
    assert trace.compare(trace.numerals("均超1000例和1000例"), rows) == []


# What is a numeral


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_the_numerals_that_a_reader_counts(text, expected):
    assert texts_of(text) == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        "第一",
        "第九版",
        "第二社區",
        "二十條",
        "千方百計",
        "千方百计",
        "五項",
        "三類",
        "一對一",
        "一对一",
        "兩個方面",
        "千家萬戶",
        "成千上萬",
        "三位一體",
        "萬州區",
        "近萬盛經開區",
        "一律",
        "萬一",
        "十分重要",
        "下半年",
        "半封閉",
        "一次",
        "二次",
        "五百強",
        "十萬火急",
        "統一成一種",
        "兩江新區",
        "十四五規劃",
        "以上",
        "多數",
        "星期三",
        "通過百日攻堅",
        "附近百貨",
        "一成不變",
        "網上百貨",
        "早上十點",
        "通過半開放",
        "成百上千",
        "第十萬餘名",
        "周三天晴",
        "週三天晴",
        "二十來自渝北區",
        "街上百姓",
        "數量",
        "幾乎",
        "①②",
        "Ⅲ",
        "²",
    ],
)
def test_what_is_none(text):
    assert texts_of(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "11月28日-30日": "11 28 30",
        "0——12": "0——12",
        "(3)-5、8%、-5、A-5、+3": "3 5 8% -5 5 +3",
        "參會人數百餘、總數千餘": "百餘 千餘",
        "3.5．7、１．５": "3.5 7 １．５",
        "1,2345、12,34、1234,567": "1 2345 12 34 1234 567",
        "近萬例、近萬州": "萬",
        "5萬億、3千米、100公里、三公里、十年以來": "5萬億 3 100 三 十",
        "5pp、5ppm": "5pp 5",
        "十一月一日、一日、二月二日": "十一 一 二 二",
    }.items(),
)
def test_borders(text, expected):
    assert texts_of(text) == expected.split()


def test_a_percent_sign_may_stand_off():
    assert texts_of("8 %、9  %") == ["8 %", "9"]


def test_worded_numerals_of_two_scripts_are_found_alike():
    pairs = "百餘/百余 六成/六成 半數/半数 兩天/两天 十餘/十余 數百/数百 三萬/三万 兩億/两亿 三個縣/三个县 兩個百分點/两个百分点"
    for traditional, simplified in (pair.split("/") for pair in pairs.split()):
        assert len(texts_of(traditional)) == len(texts_of(simplified)) == 1


def test_place_and_surroundings():
    text = "一二三四五六七八九十甲乙丙,新增53例\r\n\r\n\U0001f637百餘個;會同各區縣,督促企業嚴格\r再8%\n"
    assert trace.numerals(text) == [
        (1, 1, 17, "53", "五六七八九十甲乙丙,新增", "例"),
        (2, 3, 2, "百餘", "\U0001f637", "個;會同各區縣,督促企業"),
        (3, 4, 2, "8%", "再", ""),
    ]


def test_only_line_feeds_and_carriage_returns_end_lines():
    assert [n.line for n in trace.numerals("1\x0b2\x0c3\u20284\x855\r6\r\n\n7\n\r8")] == [1, 1, 1, 1, 1, 2, 4, 6]


@pytest.mark.parametrize(("text", "expected"), READS.items())
def test_what_a_numeral_reads(text, expected):
    numeral = trace.numerals(text)[0]
    assert trace.reads(numeral) == expected
    if expected:
        assert rounding.parse(numeral.text, expected)


def written(number: int) -> str:
    """A number in full, as one says it: 20050 is 二萬零五十."""
    for word, scale in (("億", 10**8), ("萬", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        head, rest = divmod(number, scale)
        if head:
            return written(head) + word + "零" * (0 < rest < scale // 10) + (written(rest) if rest else "")
    return "〇一二三四五六七八九"[number]


def test_numbers_in_full_are_read_and_longer_ones_are_not():
    for number in [*range(0, 10_100, 7), *(7**i * 10**j for i in range(9) for j in range(12))]:
        word = written(number)
        assert trace._value(word) == (number if len(word) <= 12 else None)
    assert trace._value("一二三四五六七八九一二三") == 123456789123
    assert [trace._value(word) for word in ("十", "十二", "十萬")] == [10, 12, 100_000]


@pytest.mark.parametrize("scale", "百千萬万億亿")
def test_a_last_digit_that_stands_for_more_than_itself_is_not_read(scale):
    assert [trace._value(f"三{scale}{last}") for last in "一二九"] == [None] * 3  # 三百二 is 320


@given(st.text())
def test_any_text_is_read_and_every_digit_is_in_one_numeral(text):
    found = trace.numerals(text)
    lines = re.split("\r\n?|\n", text)
    for n in found:
        assert lines[n.line - 1].startswith(n.text, n.column - 1)
        assert trace.shown(n.before + n.text + n.after).isprintable()
        assert re.fullmatch("((>=?|<=?|~)?[0-9].*)?", trace.reads(n))
    assert [n.position for n in found] == list(range(1, len(found) + 1))
    inside = "".join(mark for n in found for mark in n.text if unicodedata.category(mark) == "Nd")
    assert inside == "".join(mark for mark in text if unicodedata.category(mark) == "Nd")


ALPHABET = "〇一二兩两三十百千萬万億成半數数上近約過餘余多幾個天月日例第分之至點1２,，.．%‰-—~ \n"


@given(st.text(ALPHABET))
def test_dense_texts_never_crash(text):
    for n in trace.numerals(text):
        assert re.fullmatch("((>=?|<=?|~)?[0-9].*)?", trace.reads(n))
    assert trace.compare(trace.numerals(text), rows_of(text)) == []


@given(st.sampled_from(list(TEXTS)), st.data())
def test_one_numeral_more_is_one_more_found(name, data):
    text, expected = TEXTS[name]
    places = [
        i
        for i, mark in enumerate(text)
        if mark in "，,。、;；" and not re.search(r"[\d０-９].[\d０-９]", text[i - 1 : i + 2])
    ]
    place = data.draw(st.sampled_from(places))
    extra = data.draw(st.sampled_from(["77", "百餘", "3.5%", "兩萬", "0—12", "٣", "六成", "９９"]))
    more = f"{text[: place + 1]}有{extra}。{text[place + 1 :]}"
    found = texts_of(more)
    assert len(found) == len(expected.split()) + 1
    differences = trace.compare(trace.numerals(more), rows_of(text))
    assert len({(d.line, d.column) for d in differences if "not in the ledger" in d.said}) == 1


@pytest.mark.parametrize("digits", ["٣٤", "३४", "𝟑𝟒", "߃߄", "３４"])
def test_digits_of_other_scripts_are_numerals_and_not_those_of_the_ledger(digits):
    assert texts_of(f"新增{digits}例") == [digits]
    assert len(trace.compare(trace.numerals(f"新增{digits}例"), [(1, 1, "34")])) == 2


# Linear work


def repeats(node: object):
    """Every repetition in a parsed pattern, as (operation, largest number)."""
    if isinstance(node, tuple) and len(node) == 2 and str(node[0]).endswith("REPEAT"):
        yield str(node[0]), node[1][1]
    if isinstance(node, (tuple, list)) or type(node).__name__ == "SubPattern":
        for part in node:
            yield from repeats(part)


def test_no_repetition_without_end_gives_anything_back():
    for pattern in (trace._NUMERAL, trace._BEFORE, trace._AFTER):
        for operation, most in repeats(re._parser.parse(pattern.pattern, pattern.flags)):
            assert operation == "POSSESSIVE_REPEAT" or most <= 3
    assert ("MAX_REPEAT", re._parser.MAXREPEAT) in repeats(re._parser.parse("a+"))


@pytest.mark.parametrize("part", HOSTILE)
def test_long_hostile_texts_end(part):
    text = part * (200_000 // len(part))
    found = trace.numerals(text)
    assert all(len(trace.shown(n.text)) < 1000 for n in found[:3])
    assert [trace.reads(n) is not None for n in found[:3]] == [True] * len(found[:3])


def test_a_long_text_is_compared_with_a_short_ledger():
    differences = trace.compare(trace.numerals("1 " * 50_000), [(1, i, "1") for i in range(1, 68)])
    assert len(differences) == 50_000 - 67


# Text and ledger


def longest(left: list, right: list) -> int:
    row = [0] * (len(right) + 1)
    for a in left:
        before, row = row, [0]
        for j, b in enumerate(right):
            row.append(before[j] + 1 if a == b else max(before[j + 1], row[j]))
    return row[-1]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_the_alignment_is_a_longest_common_subsequence(left, right):
    pairs = trace._align(left, right)
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))
    assert len(pairs) == longest(left, right)


@given(st.sampled_from(list(TEXTS)), st.data())
def test_a_missing_row_is_reported_at_its_place(name, data):
    found, rows = trace.numerals(TEXTS[name][0]), rows_of(TEXTS[name][0])
    gone = data.draw(st.integers(0, len(rows) - 1))
    [difference] = trace.compare(found, rows[:gone] + rows[gone + 1 :])
    assert difference.said == "not in the ledger"
    here = next(n for n in found if (n.line, n.column) == (difference.line, difference.column))
    assert (here.line, here.text) == (found[gone].line, found[gone].text)
    assert difference.around == f"{here.before}[{here.text}]{here.after}"


@given(st.sampled_from(list(TEXTS)), st.data())
def test_a_missing_numeral_is_reported_at_its_place(name, data):
    found, rows = trace.numerals(TEXTS[name][0]), rows_of(TEXTS[name][0])
    gone = data.draw(st.integers(0, len(found) - 1))
    [difference] = trace.compare(found[:gone] + found[gone + 1 :], rows)
    assert difference.said.startswith(f"not in the text: {found[gone].text}, ")
    assert difference.around.index("[") <= 12
    here, before = found[gone], found[gone - 1] if gone else trace.Numeral(0, 1, 1, "")
    if here.text not in (
        before.text,
        *texts_of(TEXTS[name][0])[gone + 1 : gone + 2],
    ):  # of equal ones, any may be meant
        assert (difference.line, difference.column) == (before.line, before.column + len(before.text))


@given(st.sampled_from(list(TEXTS)), st.data())
def test_swapped_rows_are_reported(name, data):
    found, rows = trace.numerals(TEXTS[name][0]), rows_of(TEXTS[name][0])
    i, j = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True))
    rows[i], rows[j] = (*rows[i][:2], rows[j][2]), (*rows[j][:2], rows[i][2])
    differences = trace.compare(found, rows)
    assert bool(differences) == (found[i].text != found[j].text)
    assert len(differences) <= 2
    assert all("is in the ledger the" in d.said for d in differences)


def test_a_changed_numeral_is_two_differences_at_one_place():
    found = trace.numerals("新增53例,確診9例")
    assert list(map(str, trace.compare(found, [(1, 1, "50"), (1, 2, "9")]))) == [
        "1:3: not in the ledger: 新增[53]例,確診9例",
        "1:5: not in the text: 50, in the ledger the 1st, in paragraph 1: 新增53[]例,確診9例",
    ]
    said = [d.said for d in trace.compare(found, [(1, 1, "53"), (1, 2, "8")])]
    assert said == ["not in the ledger", "not in the text: 8, in the ledger the 2nd, in paragraph 1"]


def test_what_is_missing_is_looked_for_in_its_paragraph():
    differences = trace.compare(trace.numerals("1\n22\n333\n4"), [(1, 1, "1"), (2, 2, "8"), (4, 3, "4")])
    assert [(d.line, d.column) for d in differences if d.said.startswith("not in the text: 8")] == [(2, 3)]


def test_a_wrong_paragraph_is_one_difference_and_a_blank_line_too():
    rows = [(1, 1, "12"), (2, 2, "53"), (3, 3, "8%"), (3, 4, "7")]
    found = trace.numerals("12\n53\n8% 7")
    assert trace.compare(found, rows) == []
    [moved] = trace.compare(found, [rows[0], (3, 2, "53"), *rows[2:]])
    assert (moved.line, moved.said) == (2, "the 2nd numeral is in the ledger the 2nd, in paragraph 3")
    [shifted] = trace.compare(trace.numerals("12\n\n53\n8% 7"), rows)
    assert shifted.said == "the 2nd numeral is in the ledger the 2nd, in paragraph 2, and so for the next 2"


def test_ordinals_in_messages():
    assert [trace._nth(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 111, 122)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th", "122nd"]
    )


@pytest.mark.parametrize(
    "mark", ["\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u200f", "\u2028", "\ufeff", "א", "ع", "\ud800"]
)
def test_hostile_surroundings_are_shown_escaped(mark):
    [difference] = trace.compare(trace.numerals(f"甲{mark}[m5{mark}"), [])
    assert mark not in str(difference)
    assert str(difference).count(mark.encode("unicode_escape").decode()) == 2
    [difference] = trace.compare([], [(1, 1, f"5{mark}")])
    assert mark not in str(difference)


def test_only_what_is_long_is_shown_cut():
    assert trace.shown("甲" * 80) == "甲" * 80
    assert trace.shown("甲" * 81) == "甲" * 80 + "…"


# The command


def test_a_text_that_agrees(made_up, tmp_path):
    text = tmp_path / "text.txt"
    text.write_bytes(b"\xef\xbb\xbf" + made_up.replace("\n", "\r\n").encode())
    result = run(text)
    assert (result.returncode, result.stderr) == (0, b"")
    said = result.stdout.decode("utf-8")
    assert "Compared with briefing 155" in said
    text.write_bytes(b"\xef\xbb\xbf7 " + made_up.encode())
    found, count = run(text).stdout.decode("utf-8").splitlines()[1:]
    assert found.startswith(f"{text}:1:1: not in the ledger: [7]")
    assert count == f"1 difference between {text} (68 numerals) and data/numbers/155.csv (67)."
    assert f"All 67 numerals of {text} found, in order, in data/numbers/155.csv" in said


def test_a_text_that_does_not_and_the_same_words_everywhere(made_up, tmp_path):
    text = tmp_path / ("疫情.txt" if os.name == "nt" else "疫情\x1b[2J.txt")
    text.write_text(made_up.replace("計53、", "計\u202e50、").replace("計百餘、", ""), encoding="utf-8")
    result = run(text, "--briefing", "155")
    said = result.stdout.decode("utf-8")
    assert (result.returncode, result.stderr) == (1, b"")
    assert ".txt:3:16: not in the ledger: " in said
    assert "\\u202e[50]" in said
    assert shown_name(text) in said
    assert said.splitlines()[-1].startswith("3 differences between ")
    assert not re.search("[\x1b\u202e\r]", said)
    other = {"LC_ALL": "C", "TZ": "Asia/Chongqing", "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "ascii"}
    assert run(text, "--briefing", "155", **other, PYTHONUTF8="0").stdout == result.stdout


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "no such file"),
        (b"\xff\xfe1\x00", "not UTF-8 text (byte 0xff at 0)"),
        ("11月30日".encode("gbk"), "not UTF-8 text"),
        (b"1\x00", "not a text: it holds NUL characters"),
    ],
)
def test_what_cannot_be_read(content, expected, tmp_path, capsys):
    text = tmp_path / "text.txt"
    if content is not None:
        text.write_bytes(content)
    assert trace.main([str(text)]) == 2
    assert trace.main([str(text), "--draft"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{text}: {expected}" in captured.err


def test_the_name_of_a_file_is_told_whole_and_in_plain_characters(capsys):
    assert trace.main([f"{'x' * 200}\udcff\x1b.txt"]) == 2  # what Python makes of a byte that is no text
    assert re.fullmatch(r"x{200}(\\x[0-9a-f]{2})+\\x1b\.txt: no such file\n", capsys.readouterr().err)


def test_what_is_written_is_utf8_with_line_feeds_whatever_the_streams_were_before(tmp_path, monkeypatch):
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\r\n") for _ in "12"]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    text = tmp_path / "疫情.txt"
    text.write_text("近七成", encoding="utf-8")
    assert trace.main([str(text), "--draft"]) == 0
    assert trace.main([f"{text}.txt"]) == 2
    out, err = (stream.detach().getvalue().decode("utf-8") for stream in streams)
    assert out.splitlines(keepends=True)[1:] == [f",1,1,七成,~70%{',' * 11}\n"]
    assert err.splitlines(keepends=True)[1:] == [f"{text}.txt: no such file\n"]


def test_the_usage_is_told_where_no_file_is_given(capsys):
    with pytest.raises(SystemExit) as end:
        trace.main([])
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m helpers trace [-h] [--briefing N] [--draft] FILE\n")


def test_a_file_that_the_system_refuses_is_told_with_its_reason(tmp_path, monkeypatch, capsys):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    text = tmp_path / "text.txt"
    text.write_text("12", encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert trace.main([str(text)]) == 2
    assert capsys.readouterr() == ("", f"{text}: cannot be read (Permission denied)\n")


def test_what_cannot_be_compared(tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_text("12", encoding="utf-8")
    assert trace.main([str(tmp_path)]) == 2
    assert trace.main([str(text), "--briefing", "154"]) == 2
    assert trace.main([str(text), "--briefing", "\x1b"]) == 2
    assert trace.main([str(text)], tmp_path) == 2
    table = '{"path": "\\ud800.csv", "schema": {"fields": [], "primaryKey": []}}'
    (tmp_path / "datapackage.json").write_text(f'{{"resources": [{table}]}}', encoding="utf-8")
    assert trace.main([str(text)], tmp_path) == 2
    said = capsys.readouterr().err
    assert "\\ud800" in said
    assert "briefing 154: only a briefing recorded as a whole can be compared: 155" in said
    assert "briefing \\x1b: " in said
    assert "data refused" in said


def test_of_those_recorded_as_a_whole_the_one_that_agrees_best_is_compared(tmp_path, monkeypatch, capsys):
    texts = {"201": "3\n9 9 9 9", "202": "3 4", "203": "4", "204": "3 4 5"}
    rows = [(key, *row) for key, text in texts.items() for row in rows_of(text)]
    record = SimpleNamespace(
        numbers=pd.DataFrame(rows, columns=["briefing", "paragraph", "position", "printed"]),
        briefings=pd.DataFrame({"briefing": [*texts], "coverage": ["whole"] * 3 + ["part"], "digest": ""}),
    )
    monkeypatch.setattr(ledger, "load", lambda data: record)
    text = tmp_path / "text.txt"
    text.write_text("3 4 5", encoding="utf-8")
    assert trace.main([str(text)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Compared with briefing 202: ")
    assert said[1:] == [
        f"{text}:1:5: not in the ledger: 3 4 [5]",
        f"1 difference between {text} (3 numerals) and data/numbers/202.csv (2).",
    ]
    assert trace.main([str(text), "--briefing", "204"]) == 2
    assert capsys.readouterr().err.endswith(" can be compared: 201, 202, 203\n")


def test_a_digest_that_the_rows_do_not_have_is_told(made_up, whole, tmp_path, capsys):
    data, text = tmp_path / "data", tmp_path / "text.txt"
    for path in ledger.DATA.rglob("*.*"):
        copy = data / path.relative_to(ledger.DATA)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes().replace(whole["155"][0].encode(), b"0" * 64))
    text.write_text(made_up, encoding="utf-8")
    assert trace.main([str(text)], data) == 1
    assert "the digest in data/briefings.csv is another" in capsys.readouterr().out


@pytest.mark.parametrize("name", TEXTS)
def test_a_draft_agrees_with_its_text(name, tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_text(TEXTS[name][0], encoding="utf-8")
    assert trace.main([str(text), "--draft"]) == 0
    written = capsys.readouterr()
    rows = list(csv.DictReader(written.out.splitlines()))
    expected = [(int(row["paragraph"]), int(row["position"]), row["printed"]) for row in rows]
    assert trace.compare(trace.numerals(TEXTS[name][0]), expected) == []
    assert trace.digest(trace.recorded(expected)) in written.err
    assert not any(row["kind"] or row["number"] or row["source"] for row in rows)


def test_a_draft_is_utf8_with_the_columns_of_the_record_wherever_it_is_written(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("近七成、百餘個\n=1+1,@SUM(2)\n", encoding="utf-8")
    result = run("--draft", text, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    header = (ROOT / "data" / "numbers" / "155.csv").read_bytes().split(b"\n", 1)[0]
    blank = "," * 11
    lines = [
        f",1,1,七成,~70%{blank}",
        f",1,2,百餘,>100{blank}",
        f",2,3,1,{blank}",
        f",2,4,1,{blank}",
        f",2,5,2,{blank}",
    ]
    assert result.returncode == 0
    assert result.stdout == b"\n".join([header, *(line.encode() for line in lines), b""])
