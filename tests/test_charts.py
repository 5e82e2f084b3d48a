"""The figures: what is drawn is what the frames say, nothing is cut off or collides, and a finding is claimed only while it holds."""

from __future__ import annotations

import functools
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
from helpers.words_old import Verdict

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
def test_every_chart_is_legible_silent_and_complete(name, record, frames, shown, capfd, caplog, monkeypatch):
    saved, chart = [], name.split(",")[0].split(" of ")[0]
    monkeypatch.setattr(charts, "_save", lambda figure, path: saved.append(str(path)))
    monkeypatch.setattr(charts, chart, functools.partial(getattr(charts, chart), save="figure.svg"))
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
    assert figure.get_figwidth() == charts.WIDTH and saved == ["figure.svg"]


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


def test_publish_ends_every_sentence_once(shown):
    charts.publish(_figure(), **GOOD | {"title": "A finding.", "source": "A page of Inc."})
    assert shown[0][0].texts[2].get_text() == "Source: A page of Inc. Own arithmetic."
    assert shown[0][1] == "A finding. One, two."


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


# ── Every mark has its words ──


def _rows(figure):
    """The words of each row: at its left, inside, at its right."""
    found = {}
    for words in figure.axes[0].texts:
        side = 1 if words.xycoords != charts.LEVEL else 2 * words.xy[0]
        if words.get_text():
            found.setdefault(round(words.xy[1]), ([], [], []))[side].append(words.get_text().replace("\n", " "))
    return found


def _ticks(axis):
    return [tick.get_text() for tick in axis.get_ticklabels()]


def test_a_row_of_the_scorecard_has_its_rate_at_the_left_and_its_counts_at_the_right(record, frames, shown):
    charts.scorecard(record, _155(frames["rates"]))
    rows = _rows(shown[0][0])
    assert rows[0] == (
        ["share of new infections, Jiulongpo, Yuzhong, Jiangbei and Yubei / Central city", "71.17%"],
        [],
        ["3,930 / 5,522 1 whole number fits"],
    )
    assert rows[3][2] == ["85 / 1,062 11 whole numbers fit"] and rows[3][0][1] == "8%"
    assert rows[4][1:] == (["○ whole not printed"], ["131 / ?"])
    assert rows[5][1:] == (["○ neither count printed"], []) and len(rows) == 10
    axes = shown[0][0].axes[0]
    assert _ticks(axes.xaxis) == ["−½", "as printed", "+½"] and list(axes.get_xticks()) == [-0.5, 0, 0.5]
    assert axes.get_ylim() == (9.5, -0.5), "the first rate is at the top"
    hollow = [bar.get_y() + bar.get_height() / 2 for bar in axes.patches if bar.get_facecolor()[3] == 0]
    assert [round(y) for y in hollow] == [4, 5, 9] and {x for x, _ in _bars(shown[0][0])} == {-0.5}


def test_a_value_beyond_the_scale_is_told_with_its_direction_and_distance(record, frames, shown):
    ALL["scorecard of what does not reproduce"](record, frames)
    rows, points = _rows(shown[0][0]), {y: x for x, y in _points(shown[0][0], markersize=8.0)}
    assert "571 / 5,195" in rows[1][2][0] and rows[1][1] == ["→ +0.9"], (
        "10.99% is 0.9 of the last digit of 10.9% above it"
    )
    assert "43 / 862" in rows[4][2][0] and rows[4][1] == ["← −69.2"], "4.988%, printed 5.68%"
    assert (points[1], points[4]) == (0.57, -0.57)
    assert rows[0][1] == [] and math.isclose(points[0], (Fraction(3896, 4713) - Fraction("0.8267")) * 10**4)
    assert rows[0][0][0].startswith("144: share of new infections"), "several briefings: each row names its own"


def test_marks_of_a_verdict_look_as_the_legend_says(record, frames, shown):
    ALL["verdict_counts"](record, frames)
    figure, words = shown[0]
    marks = [line for line in figure.axes[0].lines if line.get_linestyle() == "None"]

    def look(line):
        return line.get_marker(), line.get_color(), line.get_markerfacecolor()

    legend = {look(line): line.get_xdata()[0] for line in marks if line.get_ydata()[0] == 0}
    named = {words.xy[0]: words.get_text() for words in figure.axes[0].texts if words.xy[1] == 0 and words.get_text()}
    assert list(legend.values()) == sorted(legend.values()) and len(legend) == 4
    short = {named[x].partition(" (")[0]: found for found, x in legend.items()}
    shape = {Verdict.OTHER_RULE: "^", Verdict.DIFFERS: "X", Verdict.REPRODUCES: "o", Verdict.UNCHECKED: "o"}
    rows, known = _rows(figure), list(charts.VERDICTS)
    for y, (file, rates) in enumerate(frames["rates"].groupby("briefing", sort=False), 1):
        assert rows[y][0][0].split(", ")[0] == file
        drawn = [(line.get_xdata()[0], look(line)) for line in marks if line.get_ydata()[0] == y]
        expected = sorted(rates["verdict"], key=known.index)
        assert sorted(drawn) == [(x, short[v.removeprefix("reproduces ")]) for x, v in enumerate(expected, 1)]
    for verdict in known:
        number = int((frames["rates"]["verdict"] == verdict).sum())
        assert f"{verdict.removeprefix('reproduces ')} ({number})" in named.values()
        assert short[verdict.removeprefix("reproduces ")][0] == shape[verdict]
    assert short["cannot be checked"][2] == "white" and short["reproduces"][2] != "white"
    assert "155, 1 Dec: 7 reproduces, 3 cannot be checked." in words


def test_bars_of_the_rules_are_their_counts_and_the_best_stand_out(record, frames, shown):
    ALL["rules"](record, frames)
    figure, _ = shown[0]
    known = frames["rates"][frames["rates"]["reconstructed"].notna()]
    counts = [sum(rule in said.split(", ") for said in known["rule"]) for rule in charts.rounding.RULES]
    assert _bars(figure) == [(0, width) for count in counts for width in (len(known), count)]
    assert [right for _, _, (right,) in _rows(figure).values()] == [f"{count} of {len(known)}" for count in counts]
    best = [
        bar.get_facecolor() == charts.matplotlib.colors.to_rgba(charts.BLUE) for bar in figure.axes[0].patches[1::2]
    ]
    assert best == [count == max(counts) for count in counts] and 0 < sum(best) < 5
    assert "The best, half up, half even, half down, differ only in ties." in figure.texts[1].get_text().replace(
        "\n", " "
    )


def test_the_ends_of_an_interval_are_full_where_they_are_included(record, frames, shown):
    ALL["rounding_interval"](record, frames)
    axes = shown[0][0].axes[0]
    ends = {}
    for line in axes.lines:
        if line.get_marker() == "o":
            ends.setdefault(line.get_ydata()[0], []).append(
                (line.get_xdata()[0], line.get_markerfacecolor() != "white")
            )
    half = [[(-0.5, True), (0.5, False)], [(-0.5, False), (0.5, False)], [(-0.5, False), (0.5, True)]]
    assert ends == dict(enumerate([*half, [(0, True), (1, False)], [(-1, False), (0, True)]], 1))
    fits = [line.get_color() == charts.BLUE for line in axes.lines if line.get_linewidth() == 6]
    assert fits == [True, True, True, False, True], "all but cut off print it"
    rows = _rows(shown[0][0])
    assert rows[0] == (["of 5,522:"], ["3,929", "3,930", "3,931"], [])
    assert [(left, right) for (left,), _, (right,) in list(rows.values())[1:]] == [
        ("half up", "71.17%"), ("half even", "71.17%"), ("half down", "71.17%"), ("cut off", "71.16%"), ("rounded up", "71.17%"),
    ]  # fmt: skip
    assert dict(zip(axes.get_xticks(), _ticks(axes.xaxis))) == {n: f"71.{17 + n}%" for n in (-2, -1, 0, 1, 2)}
    values = [line for line in axes.lines if line.get_marker() == "None" and line.get_linewidth() < 3]
    places = [(Fraction(k, 5522) - Fraction("0.7117")) * 10**4 for k in (3929, 3930, 3931)]
    assert all(math.isclose(line.get_xdata()[-1], place) for line, place in zip(values, places, strict=True))
    assert [line.get_linewidth() for line in values].index(max(line.get_linewidth() for line in values)) == 1


def test_the_bars_of_a_fall_have_its_days_areas_and_totals(record, frames, shown):
    charts.falls(record, _155(frames["changes"]))
    figure, rows = shown[0][0], _rows(shown[0][0])
    assert [rows[y][0] for y in (1, 2, 3)] == [["29 Nov"], ["30 Nov"], ["fall"]]
    assert rows[1][1] == ["6,385", "1,407", "7,792"] and rows[2][1] == ["5,522", "1,062", "6,584"]
    assert sorted(rows[3][1]) == ["−1,208 (−15.5%)", "−345 (−24.5%)", "−863 (−13.5%)"]
    legend = [(t.get_color(), t.xyann[0]) for t in figure.axes[0].texts if t.get_text() == "■"]
    areas = [t for t in figure.axes[0].texts if t.get_text().startswith(("Central", "Outside"))]
    assert [colour for colour, _ in legend] == [charts.AREAS["central"], charts.AREAS["outside"]]
    assert all(left < area.xyann[0] < left + 20 for (_, left), area in zip(legend, areas, strict=True))
    colours = [charts.to_hex(bar.get_facecolor()).upper() for bar in figure.axes[0].patches]
    assert colours == [colour for colour, _ in legend] * 3


def test_words_that_do_not_fit_hang_below_their_segment_in_order(shown):
    figure, axes = charts.rows(["a"], 1, 1, 1)
    axes.set_xlim(0, 100)
    parts = [(60, charts.BLUE, "fits"), (1, charts.BROWN, "the first, too long"), (0, charts.INK, "nothing"), (2, charts.INK, "the second, too"),
             (37, charts.BAND, "the rest")]  # fmt: skip
    charts.stack(axes, 0, parts)
    assert _bars(figure) == [(0, 60), (60, 1), (61, 2), (63, 37)]
    inside = {t.get_text(): t.xy for t in axes.texts if t.xy[1] == 0}
    below = {t.get_text(): t.xy[0] for t in axes.texts if t.xy[1] > 0.2}
    assert inside["fits"] == (30, 0) and inside["the rest"] == (81.5, 0)
    assert below.keys() == {"the first, too long", "the second, too"} and len(axes.texts) == 5
    assert below["the first, too long"] < below["the second, too"]
    starts = sorted(line.get_xdata()[0] for line in axes.lines)
    assert starts == [60.5, 62] and all(line.get_ydata()[1] > line.get_ydata()[0] for line in axes.lines)
    assert _faults(figure) == ([], [])


def test_parts_and_whole_of_an_area_or_a_measure_are_named_with_their_counts(record, frames, shown):
    ALL["parts of areas"](record, frames)
    ALL["parts of a measure"](record, frames)
    areas, measure = ([t.get_text().replace("\n", " ") for t in f.axes[0].texts if t.get_text()] for f, _ in shown)
    assert [re.sub(rf" [{charts.HAN}][{charts.HAN}\d]*", "", words) for words in areas] == [
        "Central city: 5,522 new infections", "Jiulongpo, Yuzhong, Jiangbei and Yubei: 3,930 (71.17%)", "the rest: 1,592",
        "Outside the central city: 1,062 new infections", "Liangping District: 422 (39.74%)", "the rest: 640",
    ]  # fmt: skip
    assert measure[0] == areas[0] and any(
        re.fullmatch(r"community-detected infections \S+ 85 \(8%\)", w) for w in measure
    )
    assert shown[0][1].startswith(
        "Share of new infections: Jiulongpo, Yuzhong, Jiangbei and Yubei 71.17%, Liangping District 39.74%. "
    )
    colours = [charts.to_hex(bar.get_facecolor()).upper() for bar in shown[0][0].axes[0].patches]
    assert colours == [charts.AREAS["central"], charts.BAND, charts.AREAS["outside"], charts.BAND]
    assert shown[0][0].axes[0].get_xlim() == (0, 1), "a whole is as wide as the drawing"
    assert "; counts of 2022-11-30. " in shown[0][0].texts[1].get_text().replace("\n", " ")


def test_firms_are_named_at_every_level(record, frames, shown):
    ALL["nested"](record, frames)
    figure, words = shown[0]
    assert words.startswith(
        "Of 6,568 firms above designated size, 5,471 are in production; 172 of those in neither kind. "
    )
    rows = {y: [re.sub(rf" ?[{charts.HAN}]+", "", said) for said in found[1]] for y, found in _rows(figure).items()}
    assert rows[0] == ["6,568 firms above designated size"]
    assert rows[1] == ["5,471 firms in production (83.3%)", "1,097 the rest"]
    assert {*rows[2]} == {
        "3,265 firms in sealed production (59.7%)",
        "2,034 firms in closed-loop production (37.2%)",
        "172 the rest",
    }
    assert rows[3] == ["staff on duty: 1,117,000 (74.5%)", "whole not printed"] and "of a whole not printed." in words
    assert words.count("(83.3%)") == words.count("(37.2%)") == words.count("172 the rest") == 1
    assert [bar.get_facecolor()[3] for bar in figure.axes[0].patches] == [1] * 7 + [0]
    subtitle = figure.texts[1].get_text().replace("\n", " ")
    assert "25 key industrial districts, at the end of 2022-11-30" in subtitle and "a scale of its own" in subtitle


def test_candidates_have_their_names_at_the_left_and_their_numbers_at_the_right(record, frames, shown):
    for name in ("candidates", "candidates, no limit"):
        ALL[name](record, frames)
    found, open_ended = (
        [(left[0].partition("  ")[0], right[0]) for left, _, right in _rows(figure).values()] for figure, _ in shown
    )
    assert found[:3] == [
        ("if rounded half up", "7,486 to 7,939"), ("if cut off", "7,278 to 7,705"), ("25 key industrial districts alone", "6,568"),
    ]  # fmt: skip
    assert [right for _, right in found[3:]] == ["7,098", "7,346"] and "statistics bureau" in found[3][0]
    assert [right for _, right in open_ended[:3]] == ["any number", "any number", "1,497,653 or more"]
    figure = shown[0][0]
    marks = {line.get_ydata()[0]: (line.get_xdata()[0], line.get_marker()) for line in figure.axes[0].lines}
    assert marks == {2: (6568, "o"), 3: (7098, "X"), 4: (7346, "^")}
    low, high = figure.axes[0].get_xlim()
    assert low < 6568 and high > 7939, "all that is drawn can be seen"
    band = next(bar for bar in figure.axes[0].patches if bar.get_height() == 1)
    assert (band.get_x(), band.get_width()) == (7486, 453), "the range of the first rule runs through all rows"
    ticks = [int(words.replace(",", "")) for words in _ticks(figure.axes[0].xaxis)]
    assert ticks == list(figure.axes[0].get_xticks()) and len(ticks) > 2


def test_days_have_their_dates_briefings_and_last_values(record, frames, shown):
    charts.daily(record, frames["daily"])
    charts.daily(record, frames["daily"], "community_share", ("central",), log=True)
    figure, axes = shown[0][0], shown[0][0].axes[0]
    assert _ticks(axes.xaxis) == ["15 Nov", "20", "25", "1 Dec", "5", "10"]
    days = [str(charts.matplotlib.dates.num2date(x).date()) for x in axes.get_xticks()]
    assert days == ["2022-11-15", "2022-11-20", "2022-11-25", "2022-12-01", "2022-12-05", "2022-12-10"]
    briefings = next(line for line in axes.lines if line.get_marker() == "^")
    first, last = frames["daily"]["day"].min(), pd.Timestamp("2022-12-12")
    held = [float(charts.date2num(day)) for day in record.briefings["day"] if first <= day <= last]
    assert [float(x) for x in briefings.get_xdata()] == [x for x in held if x >= axes.get_xlim()[0]]
    squares = {t.xy[1]: t.get_color() for t in axes.texts if t.get_text() == "■"}
    named = {
        t.get_text().split("\n")[0]: squares[t.xy[1]] for t in axes.texts if t.xy[1] in squares and t.get_text() != "■"
    }
    assert named == {
        "1,552": charts.INK,
        "4,540, 3 Dec": charts.AREAS["central"],
        "705, 3 Dec": charts.AREAS["outside"],
    }
    assert "5,000" in [axes.yaxis.get_major_formatter()(tick, 0) for tick in (0, 5000)]
    assert axes.get_ylim()[0] == 0 and axes.get_yscale() == "linear"
    assert [bar.get_x() for bar in axes.patches] == [charts.date2num(charts.TESTING_ENDED) - 0.5]
    share = shown[1][0].axes[0]
    assert share.get_yscale() == "log" and share.yaxis.get_major_formatter()(0.05, 0) == "5%"
    assert "logarithmic" in shown[1][0].texts[1].get_text() and "logarithmic" not in figure.texts[1].get_text()
    assert "(community-detected infections among new infections)" in shown[1][0].texts[1].get_text().replace("\n", " ")


def test_a_step_against_the_claim_is_thick_and_named(record, frames, shown):
    for name in ("runs, long", "runs, holds", "runs, threshold"):
        ALL[name](record, frames)
    long, holds, threshold = (figure.axes[0] for figure, _ in shown)
    against = [line for line in long.lines if line.get_color() == charts.BROWN]
    assert [list(line.get_ydata()) for line in against] == [[4713, 4683]] and against[0].get_linewidth() > 2
    assert (
        "4,713, then 4,683" in [t.get_text() for t in long.texts] and "goes against" in shown[0][0].texts[1].get_text()
    )
    assert [list(line.get_ydata()) for line in holds.lines if len(line.get_xdata()) == 2] == [
        [8750, 7571], [7571, 6385], [6385, 5522],
    ]  # fmt: skip
    assert {line.get_color() for line in holds.lines} == {charts.AREAS["central"]}
    assert "against" not in shown[1][0].texts[1].get_text()
    assert {t.get_text(): t.xy[1] for t in holds.texts} == {"8,750": 8750, "7,571": 7571, "6,385": 6385, "5,522": 5522}
    assert _ticks(holds.xaxis) == ["30 Nov", "29 Nov", "28 Nov", "27 Nov"] and holds.get_ylim()[0] == 0
    level = [line for line in threshold.lines if list(line.get_ydata()) == [0.1, 0.1]]
    assert len(level) == 1, "10% is a line"
    assert not [line for line in threshold.lines if len(set(line.get_xdata())) > 1 and line not in level], (
        "nothing is joined"
    )
    assert [list(line.get_ydata()) for line in threshold.lines if line.get_marker() == "_"] == [[0.0715, 0.0725]]
    assert (
        ". 22 Nov no value, 23 Nov 7.15% to 7.25%, 24 Nov 9.45%, 25 Nov no value, 26 Nov 8.33%. Missing: "
        in shown[2][1]
    )
    assert len(holds.get_yticks()) > 2, "there is a scale where there are values"
    blank = [bar.get_x() + 0.5 for bar in threshold.patches]
    assert blank == [t.xy[0] for t in threshold.texts if t.get_text() == "no\nvalue"] and len(blank) == 2
    assert [words.split(". ")[0] for _, words in shown] == [
        "23 days rising? ✕ Does not hold: 5 of 23 steps shown",
        "3 days falling? ● Holds: 3 of 3 steps shown",
        "5 days below 10%? ○ Undecided: 3 of 5 days shown",
    ]


def test_a_tile_is_at_its_place_and_the_darker_the_more(record, frames, shown):
    ALL["tiles"](record, frames)
    axes = shown[0][0].axes[0]
    units = record.areas[record.areas["tile_row"].notna()]
    cells = [(int(bar.get_x()), int(bar.get_y())) for bar in axes.patches]
    assert cells == list(zip(units["tile_column"].astype(int), units["tile_row"].astype(int)))
    own = frames["daily"].query("measure == 'new_infections_with_converted'")
    own = dict(own[own["day"].eq("2022-12-02")][["area", "low"]].itertuples(index=False))
    names, values = axes.texts[::2], axes.texts[1::2]
    light = {}
    for unit, cell, name, value, bar in zip(units.itertuples(), cells, names, values, axes.patches, strict=True):
        assert (int(name.xy[0]), int(name.xy[1])) == (int(value.xy[0]), int(value.xy[1])) == cell
        assert name.xy[1] < value.xy[1] and unit.name_en.startswith(name.get_text().split("\n")[0])
        assert value.get_text() == f"{own[unit.area]:,}"
        light.setdefault(own[unit.area], set()).add(round(sum(bar.get_facecolor()[:3]), 3))
    shades = [shade for _, (shade,) in sorted(light.items())]
    assert shades == sorted(shades, reverse=True) and len(set(shades)) > 25
    assert axes.get_ylim()[0] > axes.get_ylim()[1], "row 0 is at the top"
    ranked = sorted(((number, area) for area, number in own.items() if area in set(units["area"])), reverse=True)
    assert (
        2 * sum(number for number, _ in ranked[:3])
        > sum(number for number, _ in ranked)
        > 2 * sum(number for number, _ in ranked[:2])
    )
    assert shown[0][1].startswith(
        "3 of 39 units have more than half of the 5,845: Yuzhong, Jiulongpo, Jiangbei. Yuzhong 1,308, Jiulongpo 1,186,"
    )


def test_slips_are_shares_of_all_slips_of_a_number(record, shown):
    rows = [("city_new", "6,584", "level", 40, 40, 0, 0), ("firms", "131", "level", 20, 0, 5, 15), ("bare", "7", "level", 10, 0, 0, 10),
            ("day", "30", "context", 9, 0, 0, 9), ("none", "零", "level", 0, 0, 0, 0)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["number", "printed", "kind", "slips", "arithmetic", "record", "digest"])
    charts.slips(record, frame.assign(briefing="155"))
    figure, words = shown[0]
    assert words == (
        "Of 3 numbers arithmetic guards 1 wholly; 1 it cannot guard at all. 6,584  city new: 40 of 40, 0, 0. "
        "131  firms: 0 of 20, 5, 15. 7  bare: 0 of 10, 0, 10."
    )
    arithmetic, others, digest = [(0, 1), (0, 0), (0, 0)], [(1, 0), (0, 0.25), (0, 0)], [(1, 0), (0.25, 0.75), (0, 1)]
    assert _bars(figure) == arithmetic + others + digest
    assert [round(bar.get_y() + bar.get_height() / 2) for bar in figure.axes[0].patches] == [1, 2, 3] * 3
    legend = [t for t in figure.axes[0].texts if t.xy[1] == 0 and t.get_text()]
    assert [t.get_text() for t in legend[1::2]] == ["arithmetic of the text", "other texts", "the digest alone"]
    colours = [charts.to_hex(bar.get_facecolor()).upper() for bar in figure.axes[0].patches[::3]]
    assert [t.get_color() for t in legend[::2]] == colours and len(set(colours)) == 3
    assert [left for y, ((left, *_), _, _) in _rows(figure).items() if y] == [
        "6,584  city new",
        "131  firms",
        "7  bare",
    ]
    assert _faults(figure) == ([], []) and "data/numbers/155.csv" in figure.texts[2].get_text().replace("\n", " ")


# ── A finding is claimed only while it holds ──


def test_the_scorecard_counts_what_reproduces(record, frames, shown):
    rates = _155(frames["rates"]).copy()
    charts.scorecard(record, rates)
    rates.loc[rates.index[0], "verdict"] = Verdict.DIFFERS
    charts.scorecard(record, rates)
    charts.scorecard(record, rates[rates["verdict"].eq(Verdict.UNCHECKED)])
    charts.scorecard(record, rates[rates["verdict"].eq(Verdict.REPRODUCES)])
    assert [words.split(". ")[0] for _, words in shown] == [
        "All 7 rates that can be checked reproduce; 3 cannot be",
        "Of 10 quoted rates, 6 reproduce, 1 only by another rule or not at all; 3 cannot be checked",
        "Of 3 quoted rates, 0 reproduce; 3 cannot be checked",
        "All 6 rates that can be checked reproduce",
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
    own["low"] = own["high"] = 0
    charts.tiles(record, own, "new_infections_with_converted", "2022-12-02")
    assert shown[1][1].startswith("New infections with conversions by unit, 2 December 2022. "), (
        "of nothing there is no half"
    )
    own.loc[own["area"].eq("liangping"), ["low", "high"]] = 5
    charts.tiles(record, own, "new_infections_with_converted", "2022-12-02")
    assert shown[2][1].startswith("1 of 39 units have more than half of the 5: Liangping. ")


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
