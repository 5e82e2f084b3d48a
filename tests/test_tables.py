"""Tables and sentences: exact, escaped, aligned, and the same in notebook, page and terminal."""

from __future__ import annotations

import datetime
import html as markup
import re
from fractions import Fraction
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import audit, ledger, tables
from helpers.words_old import Verdict

HOSTILE = ["<script>alert(1)</script>", "a | b", "`code`", "=1+1", "@SUM(A1)", "$x$ and $y$", "\\(x\\)", "&amp;", "*b* _i_ [l](u)",
           '"><img src=x onerror=alert(1)>', "line\nbreak", "\u202egnirts", "\u200f", "nul\x00", "-->", "{n}", "</td></table>"]  # fmt: skip


def _table(source: str) -> ElementTree.Element:
    """Parsed as XML: every tag is closed, nothing else is markup."""
    return ElementTree.fromstring(source)


def _row(source: str) -> list[str]:
    return ["".join(cell.itertext()) for cell in _table(source).findall(".//tbody/tr/*")]


@pytest.mark.parametrize(
    ("value", "like", "shown"),
    [
        (6584, "", "6,584"), (-1208, "", "−1,208"), (0, "", "0"), (np.int64(1234567), "", "1,234,567"), (5471.0, "", "5,471"),
        (Fraction(3930, 5522), "", "1,965/2,761"), (Fraction(6, 2), "", "3"), (Fraction(-1, 2), "", "−1/2"),
        (Fraction(3930, 5522), "0.00%", "71.17%"), (Fraction(1, 8), "0.00", "0.13"), (Fraction(-1, 3), "0.0%", "−33.3%"),
        (7, "0.0", "7.0"), (pd.Timestamp("2022-12-01"), "", "2022-12-01"), (pd.Timestamp("2022-12-01 12:00"), "", "2022-12-01 12:00"),
        (None, "", "–"), (float("nan"), "", "–"), (pd.NaT, "", "–"), (pd.NA, "", "–"), ("", "", "–"), ([], "", "–"),
        (True, "", "yes"), (np.False_, "", "no"), ((1, None, "x"), "", "1, –, x"), ("71.17%", "", "71.17%"),
        (Verdict.HOLDS, "", "● holds"), ("reproduces by another rule", "", "▲ reproduces by another rule"),
        (Verdict.DIFFERS, "", "✕ does not reproduce"), (Verdict.UNCHECKED, "", "○ cannot be checked"),
    ],
)  # fmt: skip
def test_values_are_written_one_way(value, like, shown):
    assert tables.text(value, like) == shown


@pytest.mark.parametrize("value", [0.7117, np.float64(1.5), object(), datetime.timedelta(1), float("inf")])
def test_what_is_not_exact_is_refused(value):
    with pytest.raises(TypeError, match="expected text, a date, a whole number or a Fraction"):
        tables.text(value)


def test_every_verdict_has_a_symbol_and_no_two_of_a_kind_share_one():
    assert set(tables.SYMBOLS) == set(Verdict)
    for group in (list(Verdict)[:4], list(Verdict)[4:7], list(Verdict)[7:]):
        assert len({tables.SYMBOLS[verdict][0] for verdict in group}) == len(group)


@given(st.fractions(), st.integers(0, 6))
def test_rounding_is_exact(value, places):
    shown = Fraction(tables.text(value, f"0.{'0' * places}" if places else "0").replace("−", "-").replace(",", ""))
    assert abs(shown - value) * 10**places * 2 <= 1


FRAME = pd.DataFrame(
    {
        "printed": ["71.17%", "8%"], "area": ["liangping", "outside"], "part": [3930, None], "whole": [5522, 1062],
        "exact": [Fraction(3930, 5522), None], "start": pd.to_datetime(["2022-11-30", None]), "end": pd.to_datetime(["2022-12-01", None]),
        "verdict": [Verdict.REPRODUCES, Verdict.UNCHECKED],
    },
    dtype=object,
)  # fmt: skip
NAMES = {"area": {"liangping": "Liangping District 梁平區", "outside": "Outside"}}


def test_a_table_is_a_table():
    source = tables.html(FRAME, "Rates", names=NAMES, like={"exact": "0.00%"}, missing={"part": "not printed"})
    table = _table(source)
    assert table.get("role") == "region" and table.get("aria-label") == "Rates" and table.get("tabindex") == "0"
    assert "".join(table.find(".//caption").itertext()) == "Rates"
    headings = table.findall(".//thead/tr/th")
    assert [h.text for h in headings] == ["printed", "area", "part", "whole", "exact", "verdict", "time"]
    assert {h.get("scope") for h in headings} == {"col"}
    assert [cell.get("scope") for cell in table.findall(".//tbody/tr/th")] == ["row", "row"]
    assert _row(source) == ["71.17%", "Liangping District 梁平區", "3,930", "5,522", "71.17%", "● reproduces", "2022-11-30",
                            "8%", "Outside", "not printed", "1,062", "–", "○ cannot be checked", "day not stated"]  # fmt: skip
    assert [re.search("text-align:([a-z]+)", h.get("style"))[1] for h in headings] == [
        "right",
        "left",
        "right",
        "right",
        "right",
        "left",
        "left",
    ]
    assert '<span lang="zh">梁平區</span>' in source
    said = "".join(["Rates", *(h.text for h in headings), *_row(source)])
    assert "".join(table.itertext()).replace("\n", "") == said, "nothing but caption, headings and cells"


@pytest.mark.parametrize(
    ("values", "side", "whole"),
    [
        ([7, 1208], "right", True),
        ([10**30], "right", True),
        (["8%", None], "right", True),
        (["8%", "about 8%"], "left", True),
        ([None], "left", True),
        (["x" * 19], "left", True),
        (["x" * 20], "left", False),
        (["x", "y" * 50], "left", False),
    ],
)
def test_numbers_and_short_words_stay_on_a_line_and_headings_may_always_break(values, side, whole):
    source = tables.html(pd.DataFrame({"a": values, "b": values}, dtype=object), "c")
    heads, cells = (_table(source).findall(f".//{part}/tr/*") for part in ("thead", "tbody"))
    assert {re.search("text-align:([a-z]+)", cell.get("style"))[1] for cell in heads + cells} == {side}
    assert {"nowrap" in cell.get("style") for cell in cells} == {whole}
    assert {"overflow-wrap:anywhere" in cell.get("style") for cell in cells} == {not whole}
    assert not any("nowrap" in head.get("style") for head in heads)


def test_the_sign_of_a_verdict_has_its_colour_and_is_not_read_aloud():
    source = tables.html(pd.DataFrame({"verdict": [*Verdict], "other": ["✕ holds"] * len(Verdict)}, dtype=object), "c")
    rows = _table(source).findall(".//tbody/tr")
    for verdict, row in zip(Verdict, rows, strict=True):
        sign, colour = tables.SYMBOLS[verdict]
        (span,) = row.iter("span")  # and none where a cell of a file looks like a verdict
        assert (span.text, span.tail, span.get("aria-hidden")) == (sign, f" {verdict}", "true")
        assert span.get("style") == f"color:{colour}"


def test_columns_choose_order_and_headings():
    source = tables.html(FRAME, "c", {"when": "day", "part": "cases"})
    assert [h.text for h in _table(source).findall(".//thead/tr/th")] == ["day", "cases"]
    assert _row(tables.html(FRAME, "c", ["power" if False else "whole"])) == ["5,522", "1,062"]
    assert tables.HEADINGS["power"] == "whole numbers that fit"
    with pytest.raises(KeyError):
        tables.html(FRAME, "c", ["nowhere"])


def test_a_cell_may_hold_a_list_even_where_keys_have_names():
    frame = pd.DataFrame({"area": [["liangping", 2], [], "outside"]})
    assert _row(tables.html(frame, "c", names=NAMES)) == ["liangping, 2", "–", "Outside"]


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_from_a_cell_becomes_markup(words):
    frame = pd.DataFrame({"a": [words], words: ["x"]})
    source = tables.html(frame, words, names={"a": {"key": words}})
    shown = tables.text(words)
    assert _row(source) == [shown, "x"]  # the text arrives whole, as text
    assert {e.tag for e in _table(source).iter()} == {
        "div",
        "table",
        "caption",
        "strong",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    } | ({"span"} if re.search(r"[$\\]", words) else set())
    assert "\n\n" not in source and not re.search(r"\$[^<]|\\[^<]", re.sub(r'aria-label="[^"]*"', "", source))
    assert not re.search("[\u202e\u200f\x00]", source.split(">", 1)[1])
    assert not re.search("[\u202e\u200f\x00\n]", tables.as_text(frame).split("\n")[2])


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_one_cell(words):
    frame = pd.DataFrame({"key": ["k"], "a": [words]}, dtype=object)
    assert _row(tables.html(frame, "caption")) == ["k", tables.text(words)]
    assert len(tables.as_text(frame).split("\n")) == 3


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_in_a_sentence_becomes_markup(words, monkeypatch):
    shown = []
    monkeypatch.setattr(tables, "_display", lambda plain, rich: shown.append((plain, rich)))
    tables.say("**{n:rate|rates}** say {words} & more", n=1, words=words)
    plain, rich = shown[0]
    assert plain == f"1 rate say {tables.text(words)} & more"
    assert "".join(_table(rich).itertext()) == plain and rich.startswith("<p><strong>1 rate</strong> say ")


def test_sentences_format_their_values():
    said = tables.sentence("{n:day|days}, {m:day|days}, {x}, {x:0.00%}, {d}, {v}, **{k}**", n=1, m=1208, x=Fraction(3, 8), d=pd.Timestamp("2022-11-30"), v=Verdict.FAILS, k=None)  # fmt: skip
    assert said == "1 day, 1,208 days, 3/8, 37.50%, 2022-11-30, ✕ does not hold, –"
    with pytest.raises(TypeError, match="float"):
        tables.sentence("{x}", x=0.5)
    with pytest.raises(KeyError):
        tables.sentence("{missing}")


def test_text_columns_align_with_chinese():
    frame = pd.DataFrame({"name": ["梁平", "Zhong"], "n": [1208, 7], "e": ["é", "e\u0301"]})
    assert tables.as_text(frame, "Caption").split("\n") == [
        "Caption", "", "name       n  e", "─────  ─────  ─", "梁平   1,208  é", "Zhong      7  e\u0301",
    ]  # fmt: skip
    assert tables.as_text(frame).startswith("name")


def test_an_empty_frame_keeps_its_headings():
    frame = pd.DataFrame({"a": [], "b": []}, dtype=object)
    assert _row(tables.html(frame, "none")) == [] and tables.as_text(frame) == "a  b\n─  ─"


def test_show_displays_both_forms_and_prints_without_a_notebook(monkeypatch, capsys):
    assert tables.show(FRAME, "Rates", ["printed", "part"]) is None
    assert capsys.readouterr() == (tables.as_text(FRAME, "Rates", ["printed", "part"]) + "\n", "")
    shown = []
    monkeypatch.setattr("IPython.get_ipython", object)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    options = {"names": NAMES, "missing": {"part": "not printed"}}
    for kept in ({}, options):
        tables.show(FRAME, "Rates", ["printed", "area", "part"], **kept)
        rich, plain = (
            form(FRAME, "Rates", ["printed", "area", "part"], **kept) for form in (tables.html, tables.as_text)
        )
        assert shown.pop() == {"text/html": rich, "text/plain": plain}
        assert ("not printed" in rich, "Liangping" in plain) == (kept == options, kept == options)


@pytest.fixture(scope="module")
def record() -> ledger.Ledger:
    return ledger.load()


def test_every_key_of_the_record_has_a_name_in_its_column(record):
    names, english = tables.names(record), tables.names(record, chinese=False)
    assert set(names) == set(english) == {"area", "of_area", "measure", "source", "second_source"}
    for column, known in names.items():
        keys = record.numbers[column].dropna()
        assert len(keys) and set(keys) <= set(known)
        assert all(name and name == name.strip() for name in known.values())
    assert names["second_source"] == dict(record.sources[["source", "outlet"]].itertuples(index=False))
    for column in ("area", "measure"):
        assert all(name.startswith(english[column][key]) for key, name in names[column].items())


def test_what_has_no_chinese_name_has_its_english_one():
    table = pd.DataFrame({"area": ["a", "b"], "measure": ["m", "n"], "name_en": ["X", "Y"], "name_zh": ["重慶", None]})
    sources = pd.DataFrame({"source": [], "outlet": []})
    names = tables.names(SimpleNamespace(areas=table, measures=table, sources=sources))
    assert (names["area"], names["measure"]) == ({"a": "X 重慶", "b": "Y"}, {"m": "X 重慶", "n": "Y"})


def test_the_record_is_shown_with_its_names(record):
    names, english = tables.names(record), tables.names(record, chinese=False)
    assert (
        names["area"]["liangping"] == "Liangping District 梁平區"
        and english["of_area"]["liangping"] == "Liangping District"
    )
    for frame in (
        audit.rates(record),
        audit.changes(record),
        audit.runs(record),
        audit.daily(record),
        audit.unstated(record),
    ):
        source = tables.html(frame, "All of it", names=names)
        assert source == tables.html(frame, "All of it", names=names)
        assert "nan" not in markup.unescape(source).lower().split() and "00:00:00" not in source
        assert len(_table(source).findall(".//tbody/tr")) == len(frame)
