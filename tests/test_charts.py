"""The house style: what a figure must have, what is refused, and what is never joined."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import pairwise

import pandas as pd
import pytest

from helpers import charts, ledger, words
from helpers.record import audit

SAID = {"title": "A finding", "chinese": "發現", "subtitle": "Of what, when.", "source": "A page"}
UNSOURCED = {name: words for name, words in SAID.items() if name != "source"}
BRIEFING = ledger.load().only("155")
RATES = audit.rates(BRIEFING)


def line(**values):
    """A table of one line a name, a row a day, as `series` makes it."""
    days = pd.date_range("2022-11-29", periods=len(next(iter(values.values()))))
    return pd.DataFrame(values, index=days, dtype=object).assign(day=days, rests_on="155/city_new")


def drawn(known):
    """What is drawn of a line: artists with their days and heights."""
    _, axes = charts.canvas(2)
    charts._line(axes, known, "black")
    return axes.lines


def joined(known):
    """Between which days a line is drawn."""
    lines = [artist for artist in drawn(known) if artist.get_linestyle() == "-"]
    points = [zip(artist.get_xdata(), artist.get_ydata(), strict=True) for artist in lines]
    pairs = [pair for line in points for pair in pairwise(line)]
    whole = [pair for pair in pairs if not any(pd.isna(height) for _, height in pair)]
    return [[pd.Timestamp(day).day for day, _ in pair] for pair in whole]


@pytest.fixture
def told(monkeypatch):
    """What figures say in words, in the order in which they are shown."""
    words = []
    monkeypatch.setattr(charts, "_display", lambda _, said: words.append(said))
    return words


@pytest.mark.parametrize("lacking", SAID)
def test_a_figure_without_its_words_is_refused(lacking):
    with pytest.raises(ValueError, match="needs a title, one in Chinese, a subtitle, a source"):
        charts.publish(charts.canvas(1)[0], alt="1", **SAID | {lacking: ""})


def test_text_too_small_for_a_phone_is_refused():
    figure, axes = charts.canvas(1)
    axes.text(0, 0, "small", fontsize=9.9)
    with pytest.raises(ValueError, match=r"'small' at 9\.9 points: expected 10 or more"):
        charts.publish(figure, alt="1", **SAID)
    assert charts.SMALLEST * 360 / (72 * charts.WIDTH) == 10, "dots, on a phone"


def test_words_are_wrapped_and_what_is_wider_than_a_phone_is_refused():
    with pytest.raises(ValueError, match=r"'中{60}' at 12 points: expected .* to fit a phone"):
        charts.publish(charts.canvas(1)[0], alt="1", **SAID | {"chinese": "中" * 60})
    figure, _ = charts.canvas(1)
    charts.publish(figure, alt="1", **SAID | {"title": "A finding " * 12})
    title = next(text for text in figure.texts if text.get_text().startswith("A finding "))
    assert title.get_window_extent().height > 3 * title.get_fontsize() * figure.dpi / 72


def test_a_readers_own_settings_change_nothing():
    drawn = (
        "import hashlib, matplotlib; matplotlib.rcParams.update({settings})\n"
        "from helpers import charts; figure, axes = charts.canvas(1)\n"
        "axes.plot([0, 1], 'o-'); charts.label(axes, 0, 0, '全市 city')\n"
        "print(hashlib.sha256(charts._png(figure)).hexdigest())"
    )
    own = "{'font.size': 30, 'lines.linewidth': 9, 'axes.facecolor': 'red', 'font.family': 'serif'}"
    one, other = (
        subprocess.check_output([sys.executable, "-c", drawn.replace("{settings}", settings)])
        for settings in ("{}", own)
    )
    assert one == other


def test_no_line_is_joined_across_a_gap_or_the_end_of_testing():
    assert joined(line(city=[3, 2])["city"]) == [[29, 30]]
    assert joined(line(city=[4, 3, 2, 1])["city"]) == [[29, 30], [1, 2]]
    assert joined(line(city=[4, None, 2, None])["city"]) == []


def test_a_value_on_which_texts_disagree_is_hollow_and_the_subtitle_says_so(monkeypatch):
    shown = []
    monkeypatch.setattr(charts, "publish", lambda _, **words: shown.append(words))
    for first in (words.Unsure(3), 3):
        charts.trend(BRIEFING, line(city=[first, 2]), **UNSOURCED)
    assert "Whole city 全市: 29 Nov 3 ◇, 30 Nov 2." in shown[0]["alt"]
    assert ["Hollow (◇)" in words["subtitle"] for words in shown] == [True, False]
    marks = drawn(line(city=[words.Unsure(3), 2])["city"])
    hollow = [list(m.get_ydata()) for m in marks if m.get_markerfacecolor() == "white"]
    assert hollow == [[3]]


def test_the_scorecard_counts_its_verdicts_where_no_title_is_given(told):
    charts.scorecard(BRIEFING, RATES)
    charts.scorecard(BRIEFING, RATES, title="Ours", chinese="我們的")
    counted, own = told
    finding = (
        "7 of 10 percentages come out right by ordinary rounding, 0 do not, 3 cannot be checked"
    )
    assert counted.startswith(f"{finding}. 71.17% ")
    assert own.startswith("Ours. 71.17%")


def test_a_rate_that_does_not_come_out_is_counted_as_one():
    odd = RATES.assign(verdict=["does not reproduce", *RATES["verdict"][1:-1], "undecided"])
    assert charts._scored(odd) == (
        "6 of 10 percentages come out right by ordinary rounding, 1 do not, 3 cannot be checked",
        "10個比率中，四捨五入後6個相符，1個不符，3個無從核對",
    )


def test_the_dot_lies_in_the_bar_where_a_percentage_reproduces():
    known = RATES[RATES["reconstructed"].notna()]
    places = map(charts.units, known["printed"], known["reconstructed"])
    assert all(-0.5 <= place <= 0.5 for place in places)
    assert charts.units("8%", Fraction(85, 1000)) == 0.5


def test_parts_that_are_more_than_their_whole_are_refused():
    with pytest.raises(ValueError, match="firms: parts of 3, 4 are more than their whole, 6"):
        charts.parts(BRIEFING, [("firms", 6, {"a": 3, "b": 4})], [], **UNSOURCED)


def test_a_line_without_a_value_is_refused():
    days = audit.daily(ledger.load().only("148"))  # new in Banan: fewer than 300
    for area, measure in {"city": "nothing", "banan": "new_infections"}.items():
        with pytest.raises(ValueError, match=f"{area}: no day with a value of {measure}"):
            charts.series(days, {area: measure})


def test_a_character_that_no_font_has_is_refused():
    figure, axes = charts.canvas(1)
    charts.label(axes, 0, 0, "\U0001f9a0")
    with pytest.raises(UserWarning, match=r"Glyph .* missing from font"):
        charts._png(figure)


def test_a_label_stands_where_it_covers_nothing():
    _, axes = charts.canvas(2, 0.1, 0.8)
    axes.set(xlim=(-1, 1), ylim=(0, 4))
    axes.plot([-1, 0, 1], [[2, 2.4]] * 3, color="black")
    charts._beside(axes, [(0, 2)], "words", color="black")
    assert [label.get_va() for label in axes.texts] == ["top"]
    charts._beside(axes, [(0, 2)], "words", color="black")
    one, other = (text.get_window_extent() for text in axes.texts)
    assert not one.overlaps(other)
