"""The figures: what is drawn is what the frames say, nothing is cut off or collides, and a finding is claimed only while it holds."""

from __future__ import annotations

import math
import re
import sys
import warnings
from fractions import Fraction
from itertools import combinations, pairwise

import matplotlib
import pandas as pd
import pytest
from PIL import Image

from helpers import audit, charts, ledger, tables
from helpers.words import Verdict

HAN = re.compile(f"[{charts.HAN}]")


@pytest.fixture(scope="module")
def record():
    return ledger.load()


@pytest.fixture(scope="module")
def frames(record):
    return {name: getattr(audit, name)(record) for name in ("rates", "unstated", "changes", "runs", "daily")}


@pytest.fixture
def shown(monkeypatch):
    """The figures published, with their texts, instead of their display."""
    found = []
    monkeypatch.setattr(charts, "_display", lambda figure, words, caption: found.append((figure, words)))
    return found


def _155(frame):
    return frame[frame["briefing"].eq("155")]


def _measure(frame, measure):
    own = _155(frame)
    return own[own["measure"].eq(measure)]


ALL = {
    "scorecard": lambda r, f: charts.scorecard(r, _155(f["rates"])),
    "scorecard of what does not reproduce": lambda r, f: charts.scorecard(
        r, f["rates"][f["rates"]["verdict"].isin([Verdict.DIFFERS, Verdict.OTHER_RULE])]
    ),
    "verdict_counts": lambda r, f: charts.verdict_counts(r, f["rates"]),
    "rules": lambda r, f: charts.rules(r, f["rates"]),
    "rounding_interval": lambda r, f: charts.rounding_interval(r, f["rates"], "155/four_districts_share"),
    "rounding_interval, crowded": lambda r, f: charts.rounding_interval(r, f["rates"], "155/outside_community_share"),
    "parts of areas": lambda r, f: charts.parts(r, _measure(f["rates"], "share_of_new_infections")),
    "parts of a measure": lambda r, f: charts.parts(r, _measure(f["rates"], "community_share")),
    "nested": lambda r, f: charts.nested(r, _155(f["rates"]).query("area == 'key_industrial_districts'")),
    "candidates": lambda r, f: charts.candidates(r, f["unstated"], "155/infected_firms_share"),
    "candidates, none elsewhere": lambda r, f: charts.candidates(r, f["unstated"], "155/staff_on_duty_share"),
    "candidates, no limit": lambda r, f: charts.candidates(r, f["unstated"], "155/industrial_infections_share"),
    "falls": lambda r, f: charts.falls(r, _155(f["changes"])),
    "daily": lambda r, f: charts.daily(r, f["daily"]),
    "daily, log": lambda r, f: charts.daily(r, f["daily"], "community_share", ("central", "outside"), log=True),
    "daily, other areas": lambda r, f: charts.daily(
        r, f["daily"], areas=("liangping", "outside_without_liangping"), first="2022-11-20", last="2022-12-03"
    ),
    "runs, holds": lambda r, f: charts.runs(r, f["runs"], "155/central_new_run"),
    "runs, gap": lambda r, f: charts.runs(r, f["runs"], "155/central_community_share_run"),
    "runs, long": lambda r, f: charts.runs(r, f["runs"], "149/city_new_run"),
    "runs, nothing known": lambda r, f: charts.runs(r, f["runs"], "155/thirteen_units_zero_run"),
    "runs, threshold": lambda r, f: charts.runs(r, f["runs"], "151/central_community_share_below_run"),
    "tiles": lambda r, f: charts.tiles(r, f["daily"], "new_infections_with_converted", "2022-12-02"),
    "tiles, derived zeros": lambda r, f: charts.tiles(r, f["daily"], "new_confirmed", "2022-12-02"),
}


def _extents(figure):
    """Every visible text with its place, in pixels."""
    figure.canvas.draw()
    texts = [*figure.texts]
    for axes in figure.axes:
        texts += axes.texts
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            ticks = axis.get_major_ticks() if axes.axison else []
            texts += [t.label1 for t in ticks if t.label1.get_visible() and min(limits) <= t.get_loc() <= max(limits)]
    return [(t.get_text(), t.get_window_extent()) for t in texts if t.get_text().strip()]


def _faults(figure):
    """Texts that are cut off, and pairs that cover one another."""
    extents, box = _extents(figure), figure.bbox.padded(1)
    cut = [words for words, e in extents if e.x0 < box.x0 or e.x1 > box.x1 or e.y0 < box.y0 or e.y1 > box.y1]
    pairs = [
        (a, b)
        for (a, one), (b, two) in combinations(extents, 2)
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1 and min(one.y1, two.y1) - max(one.y0, two.y0) > 2
    ]
    return cut, pairs


@pytest.mark.parametrize("name", ALL)
def test_every_chart_is_legible_silent_and_complete(name, record, frames, shown, capfd, caplog):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ALL[name](record, frames) is None
        (figure, words), *more = shown
        assert not more
        assert _faults(figure) == ([], [])
    assert capfd.readouterr() == ("", "") and not caplog.records
    title, _, footer = (t.get_text().replace("\n", " ") for t in figure.texts)
    assert words.startswith(title.replace("  ", " ")) or title.replace(" ", "") in words.replace(" ", "")
    assert footer.startswith("Source: ") and "data/numbers" in footer
    assert min(t.get_fontsize() for t in [*figure.texts, *(t for a in figure.axes for t in a.texts)]) >= 9
    assert figure.get_figwidth() == charts.WIDTH


@pytest.mark.parametrize("name", ALL)
def test_without_a_chinese_font_all_is_english(name, record, frames, shown, monkeypatch, capfd):
    monkeypatch.setitem(matplotlib.rcParams, "font.family", ["DejaVu Sans"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ALL[name](record, frames)
        extents = _extents(shown[0][0])
    assert not [words for words, _ in extents if HAN.search(words)]
    assert not [words for words, _ in extents if "?" in words.replace(" / ?", "").replace("? ", "") and len(words) > 1]
    assert capfd.readouterr() == ("", "")


def test_the_font_package_may_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    assert charts._fonts() == ["DejaVu Sans"]


# ── Publishing ──


def _figure():
    figure, axes = charts.canvas(1)
    axes.plot([0, 1], [0, 1])
    charts.label(axes, 0.5, 0.5, "middle 梁平區")
    return figure


GOOD = {"title": "Finding", "subtitle": "What, where, when", "source": "A page", "alt": "One, two."}


@pytest.mark.parametrize("text", GOOD)
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_publish_demands_every_text(text, empty):
    with pytest.raises(ValueError, match=text):
        charts.publish(_figure(), **GOOD | {text: empty})
    with pytest.raises(TypeError, match=text):
        charts.publish(_figure(), **{name: words for name, words in GOOD.items() if name != text})


def test_publish_prints_the_words_in_a_terminal(capsys):
    assert charts.publish(_figure(), **GOOD) is None
    assert capsys.readouterr() == ("Finding. One, two.\n", "")


def test_publish_displays_image_and_words_in_a_notebook(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.get_ipython", object)
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    charts.publish(_figure(), **GOOD | {"alt": "<b>a & b</b>"}, caption="<i>caption</i>")
    (image, options), (below, _) = shown
    assert image["image/png"].startswith(b"\x89PNG") and image["text/plain"] == "Finding. <b>a & b</b>"
    assert options["metadata"]["image/png"] == {"alt": "Finding. <b>a & b</b>", "width": 720}
    assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in below["text/html"] and "&lt;i&gt;caption" in below["text/html"]
    assert "<b>" not in below["text/html"] and below["text/plain"] == "<i>caption</i>"


def test_the_same_figure_is_the_same_bytes(tmp_path, shown):
    for name in ("a.png", "b.png", "a.svg", "b.svg"):
        charts.publish(_figure(), **GOOD, save=tmp_path / "new" / name)
    files = {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert files["a.png"] == files["b.png"] and files["a.svg"] == files["b.svg"]
    assert b"<dc:date>" not in files["a.svg"] and len(files["a.png"]) < 40_000
    image = Image.open(tmp_path / "new" / "a.png").convert("RGB")
    assert image.width == 1440 and image.getpixel((0, 0)) == (255, 255, 255)


def test_only_svg_and_png_are_written(tmp_path, shown):
    with pytest.raises(ValueError, match=r"\.svg or \.png"):
        charts.publish(_figure(), **GOOD, save=tmp_path / "figure.pdf")
    assert not shown and not list(tmp_path.iterdir())


def test_long_titles_wrap_instead_of_being_cut(shown):
    charts.publish(
        _figure(), **GOOD | {"title": "Long title " * 14, "subtitle": "中心城區以外區縣" * 20, "source": "page " * 60}
    )
    assert _faults(shown[0][0]) == ([], [])
    assert all("\n" in t.get_text() for t in shown[0][0].texts)


@pytest.mark.parametrize("words", ["$x_1$ and $y$", "a\u202eb\x00c\td", "😀 \ue000", "\\frac{1}{2}", "ﷺ"])
def test_hostile_text_is_drawn_as_text(words, shown, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure, axes = charts.canvas(1)
        charts.label(axes, 0.5, 0.5, words)
        charts.publish(figure, **GOOD | {"title": words})
        figure.canvas.draw()
    assert capfd.readouterr() == ("", "")
    assert not re.search("[\u202e\x00\t]", axes.texts[0].get_text())
    assert ("$" in words) == ("$" in axes.texts[0].get_text())
    assert not axes.texts[0].get_parse_math() and not figure.texts[0].get_parse_math()


def test_words_on_any_colour_have_contrast():
    for shade in range(0, 256, 5):
        for red, green, blue in ((1, 1, 1), (0.2, 0.6, 1), (1, 0.4, 0)):
            rgb = (red * shade / 255, green * shade / 255, blue * shade / 255)
            linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
            light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05
            assert (1.05 / light if charts.ink_on(rgb) == "white" else light / 0.05) >= 4.5


def test_labels_are_spread_without_changing_their_order():
    places = charts.spread([5, 1, 1.1, 1.05], [1, 1, 1, 1])
    assert sorted(range(4), key=places.__getitem__) == [1, 3, 2, 0]
    ordered = sorted(places)
    assert all(b - a >= 0.99 for a, b in pairwise(ordered))


def test_source_names_the_pages_behind_the_numbers(record):
    say = charts.Words(record)
    assert say.source(["155/city_new"], ["155/firms; 155/city_new"]).endswith("; transcribed in data/numbers/155.csv")
    assert "Guangming" in say.source(["155/firms"]) and "Guangming" not in say.source(["155/liangping_new"])
    assert say.source(["nowhere/nothing", None, ""]) == ""


# ── Marks are the numbers of the frames ──


def _points(figure, **look):
    """Where marks are drawn, as a set of (x, y)."""
    lines = [line for line in figure.axes[0].lines if all(getattr(line, f"get_{k}")() == v for k, v in look.items())]
    return {(float(x), float(y)) for line in lines for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)}


def _bars(figure):
    return [(round(p.get_x(), 6), round(p.get_width(), 6)) for p in figure.axes[0].patches]


def test_scorecard_marks_are_the_exact_values(record, frames, shown):
    charts.scorecard(record, _155(frames["rates"]))
    units = {0: (Fraction(3930, 5522) - Fraction("0.7117")) * 10**4, 3: (Fraction(85, 1062) - Fraction("0.08")) * 100}
    points = {y: x for x, y in _points(shown[0][0], markersize=8.0)}
    assert len(points) == 7
    for y, place in units.items():
        assert math.isclose(points[y], place)
    ticks = [line for line in shown[0][0].axes[0].lines if line.get_color() == "#7F8990"]
    assert len(ticks) == 1 + 1 + 1 + 11 + 7 + 5 + 5


def test_daily_joins_neighbouring_days_only(record, frames, shown):
    charts.daily(record, frames["daily"])
    figure, words = shown[0]
    own = frames["daily"].query("measure == 'new_infections' and area in ['city', 'central', 'outside']")
    exact = own[own["low"].eq(own["high"])]
    marks = _points(figure, linestyle="None", clip_on=True)
    assert marks == {(float(charts.date2num(r.day)), float(r.low)) for r in exact.itertuples()}
    lines = [line.get_xydata() for line in figure.axes[0].lines if line.get_linewidth() == 1.3]
    assert lines and all(b[0] - a[0] == 1 and {tuple(a), tuple(b)} <= marks for a, b in lines)
    days = exact.groupby("area")["day"].apply(set)
    assert len(lines) == sum(day + charts.DAY in own for own in days for day in own)
    for row in exact.itertuples():
        assert f"{charts.date(row.day, short=True)} {row.low:,}" in words


def test_daily_marks_tell_how_sure_a_value_is(record, shown):
    rows = [("2022-11-20", 5, 5, "corroborated", False), ("2022-11-21", 6, 6, "single", False), ("2022-11-22", 7, 7, "corroborated", True),
            ("2022-11-23", 8, 8, "in conflict", False), ("2022-11-24", 3, 9, "in conflict", False), ("2022-11-25", 4, None, "single", False)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["day", "low", "high", "verdict", "translated"], dtype=object)
    frame = frame.assign(
        day=pd.to_datetime(frame["day"]),
        measure="new_infections",
        area="city",
        of_area="",
        route="printed",
        rests_on="155/city_new",
    )
    charts.daily(record, frame)
    figure, words = shown[0]
    by_value = {
        line.get_ydata()[0]: line
        for line in figure.axes[0].lines
        if line.get_linestyle() == "None" and line.get_clip_on()
    }
    assert [by_value[n].get_markerfacecolor() for n in (5, 6, 7)] == [charts.INK, "white", "white"]
    assert by_value[8].get_marker() == "X" and by_value[4].get_marker() == "2" and 3 not in by_value
    assert [list(line.get_ydata()) for line in figure.axes[0].lines if line.get_marker() == "_"] == [[3, 9]]
    assert words.endswith(
        "20 Nov 5, 21 Nov 6, 22 Nov 7, 23 Nov 8, 24 Nov 3 to 9, 25 Nov 4 to any. Central city: no value. Outside the central city: no value."
    )


def test_the_end_of_testing_is_a_labelled_break(record, frames, shown):
    charts.daily(record, frames["daily"])
    charts.daily(record, frames["daily"], last="2022-11-30")
    with_break, without = ("".join(t.get_text() for t in figure.axes[0].texts) for figure, _ in shown)
    assert "not comparable" in with_break and "not comparable" not in without
    assert "12 December" not in shown[0][1].split(". ")[0]  # no finding across the break


def test_falls_stack_to_the_city(record, frames, shown):
    charts.falls(record, _155(frames["changes"]))
    assert shown[0][1].startswith("Of the city's fall of 1,208, 863 in the central city and 345 outside it. ")
    assert _bars(shown[0][0]) == [(0, 6385), (6385, 1407), (0, 5522), (5522, 1062), (0, 863), (863, 345)]


def test_nested_bars_are_the_counts(record, frames, shown):
    ALL["nested"](record, frames)
    bars = _bars(shown[0][0])
    assert bars[:6] == [(0, 6568), (0, 5471), (5471, 1097), (0, 3265), (3265, 2034), (5299, 172)]
    assert bars[6:] == [(0, round(0.745 * 6568, 6)), (round(0.745 * 6568, 6), round(0.255 * 6568, 6))]


def test_parts_are_shares_of_their_wholes(record, frames, shown):
    ALL["parts of areas"](record, frames)
    assert _bars(shown[0][0]) == [
        (0, round(3930 / 5522, 6)), (round(3930 / 5522, 6), round(1592 / 5522, 6)),
        (0, round(422 / 1062, 6)), (round(422 / 1062, 6), round(640 / 1062, 6)),
    ]  # fmt: skip


def test_what_a_rate_is_of_is_named(record, frames, shown):
    ALL["parts of areas"](record, frames)
    ALL["parts of a measure"](record, frames)
    assert "Liangping District / Outside the central city: 422 of 1,062, 39.74%, reproduces" in shown[0][1]
    assert "Central city: 75 of 5,522, 1.36%, reproduces" in shown[1][1] and " / " not in shown[1][1]


def test_a_share_that_is_only_printed_is_drawn_where_it_is_printed(record, frames, shown):
    charts.daily(record, frames["daily"], "community_share", ("central",), last="2022-11-12")
    assert "10 Nov 58.86%, 11 Nov 60.43%, 12 Nov 62.65%" in shown[0][1]
    assert {round(y, 6) for _, y in _points(shown[0][0], marker="o")} == {0.5886, 0.6043, 0.6265}


def test_candidates_show_ranges_and_marks(record, frames, shown):
    ALL["candidates"](record, frames)
    figure, words = shown[0]
    assert [(x, x + w) for x, w in _bars(figure) if (x, w) != (7486, 453)] == [(7278, 7705)]
    assert {x for x, _ in _points(figure, markersize=8.0)} == {7346, 7098, 6568}
    assert "7,346 only by another rule" in words


def test_interval_names_the_rules_that_fit(record, frames, shown):
    ALL["rounding_interval"](record, frames)
    assert "Rules that print 71.17%: half up, half even, half down, rounded up." in shown[0][1]
    inside = [list(line.get_xdata()) for line in shown[0][0].axes[0].lines if line.get_linewidth() == 6]
    assert inside == [[-0.5, 0.5]] * 3 + [[0, 1], [-1, 0]]


def test_tiles_print_every_known_value_and_no_zero_for_unknown(record, frames, shown):
    ALL["tiles"](record, frames)
    values = [t.get_text() for t in shown[0][0].axes[0].texts[1::2]]
    assert len(values) == 39 and "1,308" in values
    own = frames["daily"].query("measure == 'new_infections_with_converted'")
    own = own[own["day"].eq("2022-12-02") & own["area"].ne("liangping")]
    charts.tiles(record, own, "new_infections_with_converted", "2022-12-02")
    figure, words = shown[1]
    drawn = dict(zip(*[iter(t.get_text() for t in figure.axes[0].texts)] * 2, strict=True))
    assert [value for name, value in drawn.items() if name.startswith("Liang\nping")] == ["none"]
    assert "Liangping" not in words.split("Dotted")[0] and "1 units with no number known" in words.replace(
        "unit ", "units "
    )


def test_zeros_that_only_follow_are_told_apart(record, frames, shown):
    ALL["tiles, derived zeros"](record, frames)
    values = [t.get_text() for t in shown[0][0].axes[0].texts[1::2]]
    own = frames["daily"].query("measure == 'new_confirmed' and route in ['parts', 'nothing left']")
    units = set(record.areas.loc[record.areas["tile_row"].notna(), "area"])
    assert values.count("(0)") == sum(own["day"].eq("2022-12-02") & own["area"].isin(units)) > 0
    assert "(0): not printed" in shown[0][0].texts[1].get_text().replace("\n", " ")


def test_rules_and_verdicts_count_every_rate(record, frames, shown):
    ALL["verdict_counts"](record, frames)
    ALL["rules"](record, frames)
    assert len(_points(shown[0][0], markersize=7.5)) == len(frames["rates"])
    counted = audit.rules(record).query("briefing == 'all'").set_index("rule")
    for rule, row in counted.iterrows():
        assert f"{tables.HEADINGS[rule]}: {row['reproduced']} of {row['rates']}" in shown[1][1]


def test_a_run_shows_what_its_claim_rests_on(record, frames, shown):
    ALL["runs, holds"](record, frames)
    ALL["runs, gap"](record, frames)
    assert [y for _, y in sorted(_points(shown[0][0], marker="o"))] == [8750, 7571, 6385, 5522]
    row = charts.named(frames["runs"], "155/central_community_share_run")
    assert f"{row['shown']} of {row['days']} steps shown" in shown[1][1]
    assert [t.get_text() for t in shown[1][0].axes[0].texts].count("no\nvalue") == row["values"].count("?")


# ── A finding is claimed only while it holds ──


def test_the_scorecard_counts_what_reproduces(record, frames, shown):
    rates = _155(frames["rates"]).copy()
    charts.scorecard(record, rates)
    rates.loc[rates.index[0], "verdict"] = Verdict.DIFFERS
    charts.scorecard(record, rates)
    charts.scorecard(record, rates[rates["verdict"].eq(Verdict.UNCHECKED)])
    assert [words.split(". ")[0] for _, words in shown] == [
        "All 7 rates that can be checked reproduce; 3 cannot be",
        "Of 10 quoted rates, 6 reproduce, 1 only by another rule or not at all; 3 cannot be checked",
        "Of 3 quoted rates, 0 reproduce; 3 cannot be checked",
    ]


@pytest.mark.parametrize(("column", "number"), [("change", 345), ("change", -344)])
def test_a_fall_is_split_only_where_its_parts_add_up(column, number, record, frames, shown):
    changes = _155(frames["changes"]).copy()
    changes.loc[changes["area"].eq("outside"), column] = number
    charts.falls(record, changes)
    assert shown[0][1].startswith("New infections by area, 29 November and 30 November 2022. ")
    assert _faults(shown[0][0]) == ([], [])


def test_a_rise_is_called_a_rise(record, frames, shown):
    changes = _155(frames["changes"]).copy()
    changes["change"] = [-change for change in changes["change"]]
    changes["implied"] = [level - change for level, change in zip(changes["level"], changes["change"])]
    charts.falls(record, changes)
    assert shown[0][1].startswith("Of the city's rise of 1,208, 863 in the central city")


def test_half_up_is_praised_only_while_it_leads(record, frames, shown):
    rates = frames["rates"].copy()
    rates["rule"] = ["down" if rule else rule for rule in rates["rule"]]
    charts.rules(record, rates)
    assert shown[0][1].startswith("How many of the quoted rates each rounding rule reproduces. ")


def test_evenly_spread_tiles_have_a_neutral_title(record, frames, shown):
    own = frames["daily"].query("measure == 'new_infections_with_converted'").copy()
    own["low"] = own["high"] = 7
    charts.tiles(record, own, "new_infections_with_converted", "2022-12-02")
    assert shown[0][1].startswith("New infections with conversions by unit, 2 December 2022. ")


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ([9, 5, 4], "down to 4 on 22 November"),
        ([4, 5, 9], "up to 9 on 22 November"),
        ([9, 4, 5], "9 on 20 November, the most known; 5 on 22 November"),
        ([4, 9, 5], "9 on 21 November, the most known; 5 on 22 November"),
        ([5, 5, 5], "New infections, Chongqing, day by day"),
        ([7], "New infections, Chongqing, day by day"),
    ],
)  # fmt: skip
def test_a_series_is_described_as_it_goes(values, title, record, shown):
    days = pd.date_range("2022-11-20", periods=len(values))
    frame = pd.DataFrame({"day": days, "low": values, "high": values}).astype({"low": object, "high": object})
    frame = frame.assign(
        measure="new_infections",
        area="city",
        of_area="",
        route="printed",
        verdict="single",
        translated=False,
        rests_on="155/city_new",
    )
    charts.daily(record, frame)
    assert title in shown[0][1]


def test_candidates_are_praised_only_where_they_fit(record, frames, shown):
    unstated = frames["unstated"].copy()
    unstated.loc[unstated["basis"].eq("candidate"), "fits"] = False
    charts.candidates(record, unstated, "155/infected_firms_share")
    unstated.loc[unstated["basis"].eq("candidate"), "fits"] = None
    charts.candidates(record, unstated, "155/infected_firms_share")
    looks = [{(line.get_xdata()[0], line.get_marker()) for line in figure.axes[0].lines} for figure, _ in shown]
    assert looks == [{(6568, "o"), (7098, mark), (7346, mark)} for mark in ("X", "o")]
    assert all(words.startswith("1.7% fits a total of 7,486 to 7,939. ") for _, words in shown)


@pytest.mark.parametrize("draw", [
    lambda r, f: charts.rounding_interval(r, f["rates"], "155/nothing"),
    lambda r, f: charts.candidates(r, f["unstated"], "155/nothing"),
    lambda r, f: charts.daily(r, f["daily"], "new_infections", ("nowhere",)),
])  # fmt: skip
def test_what_is_not_there_is_named(draw, record, frames):
    with pytest.raises(ValueError, match=r"155/nothing|nowhere"):
        draw(record, frames)
