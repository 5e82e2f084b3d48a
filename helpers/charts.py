"""The house style and five charts: numbers in, one published figure out. Nothing here judges.

    days = series(audit.daily(record), {"city": "new_infections"}, first="2022-11-18")
    trend(record, days, title="…", chinese="…", subtitle="…")

A chart draws on a `canvas` and hands its figure to `publish`, the only way out, which writes the
finding as title in English and in Chinese, the measure, place and days below it and the source
under a rule, and refuses a figure that lacks one of them or has a text too small for a phone.

Figures are made for a phone: `WIDTH` inches wide, shown there 360 dots wide, so that no text may
be smaller, in points, than twice the width (10 dots high). Colours: AREAS for places, the colours
of the verdicts for verdicts, BAND for the rest. A hollow mark is one thing everywhere: texts
disagree on this value, or on a number it rests on (in tables and in words: ◇).
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from html import escape
from itertools import accumulate, pairwise

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

from helpers import rounding
from helpers.ledger import Ledger
from helpers.words import Names, Unsure, Verdict, text

WIDTH, DPI, SHOWN = 5.0, 240, 600  # inches; stored dots an inch; dots wide on a large screen
SMALLEST = 2 * WIDTH  # points
LINE = 0.17  # inches from one line of the smallest text to the next
INK, GREY, RULE, BAND, SHADE = "#222222", "#595959", "#B8B8B8", "#E4E8EB", "#F1F1EE"
BLUE, LIGHT = "#0072B2", "#8FC1DE"
AREAS = {"city": INK, "central": BLUE, "outside": "#D55E00"}
NAMES = {
    "city": "Whole city 全市",
    "central": "Central city 中心城區",
    "outside": "Outside it 中心城區以外",
}
DAY = pd.Timedelta(days=1)
TESTING_ENDED = pd.Timestamp("2022-12-01")  # in whole districts, as that day's briefing says
STEPS = ((0, "#F4F7FA"), (10, "#D2E3F0"), (50, "#9CC4DF"), (200, "#4B93BF"), (1000, "#084F82"))
HAN = "⺀-〿㐀-鿿豈-﫿＀-￯"
BOLD, LEFT = {"fontweight": "bold"}, {"ha": "left"}


def _fonts() -> list[str]:
    """DejaVu Sans, and Noto Sans SC for Chinese, from its package."""
    from pylopdf_fonts_zh_cn import sans_path

    known = font_manager.fontManager
    known.addfont(sans_path())
    known.ttflist.append(replace(known.ttflist[-1], weight=700))  # it has no bold cut of its own
    return ["DejaVu Sans", known.ttflist[-1].name]


STYLE = {
    "font.family": _fonts(),
    "font.size": SMALLEST,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "none",
    "axes.edgecolor": RULE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#E2E2E2",
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": GREY,
    "ytick.labelcolor": GREY,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}
matplotlib.rcdefaults()  # whatever a reader's matplotlibrc says, the figures are the same
matplotlib.rcParams.update(STYLE)


# ── Canvas, words, marks ──


def canvas(height: float, left: float = 0.6, right: float = 0.1, bottom: float = 0.25):
    """A figure of the house's width with one pair of axes; all in inches, words come on top."""
    figure = Figure(figsize=(WIDTH, height), dpi=100)
    FigureCanvasAgg(figure)
    box = (left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (bottom + 0.1) / height)
    return figure, figure.add_axes(box)


def rows(height: float, left: float, right: float, bottom: float = 0.05):
    """A canvas for rows that run from a label to a number: down is y, in inches from the top."""
    figure, axes = canvas(height + bottom + 0.1, left, right, bottom)
    axes.set(ylim=(height, 0), yticks=[])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    return figure, axes


def label(axes: Axes, x: float, y: float, words: str, dx: float = 0, dy: float = 0, **style):
    """Words at a place in data coordinates, moved by dx, dy points."""
    style = {"ha": "center", "va": "center", "annotation_clip": False, "linespacing": 1.2} | style
    axes.annotate(words, (x, y), xytext=(dx, dy), textcoords="offset points", **style)


def margin(axes: Axes, y: float, words: str, inches: float, **style):
    """Words so many inches right of the left edge of the figure, level with a row."""
    box = axes.get_position()
    style = {"va": "center", "linespacing": 1.25, "xycoords": ("axes fraction", "data")} | style
    place = (inches / WIDTH - box.x0) / box.width
    axes.annotate(words, (place, y), annotation_clip=False, **style)


def wrap(words: str, size: float = SMALLEST, weight: str = "normal", width: float = WIDTH) -> str:
    """Lines no wider than so many inches; Chinese may break anywhere but before its stops."""
    lines = [""]
    for piece in re.findall(rf"[（「]?[{HAN}][，。；：？、）」]*|[^\s{HAN}]+|\s+", words):
        if lines[-1] and wide((lines[-1] + piece).strip(), size, weight) > 0.985 * width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def wide(words: str, size: float = SMALLEST, weight: str = "normal") -> float:
    """How many inches words take: character by character, so a little too many."""
    return size / 72 * max(sum(_advance(c, weight) for c in line) for line in words.split("\n"))


@cache
def _advance(character: str, weight: str) -> float:
    """How wide a character is, as a multiple of the size it is written in."""
    for family in STYLE["font.family"]:
        font = _font(family, weight)
        if glyph := font.get_char_index(ord(character)):
            return font.load_glyph(glyph, LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM
    raise ValueError(f"{character!r} (U+{ord(character):04X}): no font of the figures has it")


@cache
def _font(family: str, weight: str) -> FT2Font:
    properties = font_manager.FontProperties(family=family, weight=weight)
    return font_manager.get_font(font_manager.findfont(properties))


def sources(ledger: Ledger, references: Iterable[str]) -> str:
    """The pages behind printed numbers that are named as file/number, three by name."""
    numbers = ledger.numbers
    wanted = set(references)
    found = numbers[(numbers["briefing"] + "/" + numbers["number"]).isin(wanted)]
    outlets = dict(zip(ledger.sources["source"], ledger.sources["outlet"], strict=True))
    keys = [key for column in ("source", "second_source") for key in found[column].dropna()]
    pages = list(dict.fromkeys(outlets[key] for key in keys))
    more = [f"{len(pages) - 2} more"] if len(pages) > 3 else pages[2:]
    return ", ".join([*pages[:2], *more])


# ── Publishing ──


def publish(
    figure: Figure,
    *,
    title: str,
    chinese: str,
    subtitle: str,
    source: str,
    alt: str,
) -> None:
    """Put title, subtitle and source on a figure, and display it.

    Args:
        title: the finding, as one would say it. chinese: the same in Chinese.
        subtitle: measure, place, days, base, caveat. source: the pages.
        alt: the values, for a reader without the image; with the title it is the figure's text.

    Raises:
        ValueError: where a text is missing or too small.
    """
    words = {"title": title, "chinese": chinese, "subtitle": subtitle, "source": source, "alt": alt}
    for name, said in words.items():
        if not isinstance(said, str) or not said.strip():
            raise ValueError(f"a figure needs words as its {name}: found {said!r}")
    _frame(figure, title, chinese, subtitle, f"Source: {source.rstrip('.')}. Own arithmetic.")
    for small in figure.findobj(lambda a: isinstance(a, Text) and a.get_text().strip()):
        if small.get_fontsize() < SMALLEST:
            given = f"{small.get_text()!r} at {small.get_fontsize():g} points"
            raise ValueError(f"{given}: expected {SMALLEST:g} or more, to be read on a phone")
    _display(figure, f"{title.rstrip('.')}. {alt}")


def _frame(figure: Figure, *words: str) -> None:
    """Make room above and below the drawing for titles, subtitle and footer; write them."""
    looks = ((13, "bold", INK), (12, "normal", INK), (10, "normal", GREY), (10, "normal", GREY))
    written = []
    for said, (size, weight, colour) in zip(words, looks, strict=True):
        style = {"fontsize": size, "fontweight": weight, "color": colour, "linespacing": 1.25}
        written.append(figure.text(0, 0, wrap(said, size, weight), va="top", **style))
    heights = [artist.get_window_extent().height / figure.dpi + 0.07 for artist in written]
    drawing, below = figure.get_figheight(), heights[3] + 0.13
    height = sum(heights[:3]) + 0.1 + drawing + below
    figure.set_figheight(height)
    for axes in figure.axes:
        x, y, width, high = axes.get_position().bounds
        place = (x, (below + y * drawing) / height, width, high * drawing / height)
        axes.set_position(place)
    tops = [height - 0.03 - sum(heights[:k]) for k in range(3)]
    for artist, top in zip(written, [*tops, below - 0.1], strict=True):
        artist.set_position((0, top / height))
    rule = Line2D([0, 1], [(below - 0.05) / height] * 2, color=RULE, linewidth=0.8)
    figure.add_artist(rule)


def _png(figure: Figure) -> bytes:
    """The same bytes every time, with a palette: a quarter of the size."""
    raw, out = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="png", dpi=DPI)
    image = Image.open(raw).convert("RGB")
    small = image.quantize(255, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    shades = [255 if shade >= 254 else shade for shade in small.getpalette()]
    small.putpalette(shades)  # white stays white
    small.save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()


def _display(figure: Figure, words: str) -> None:
    """Show the image, and below it the same in words, folded, for all to read."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(words)
        return
    about = {"image/png": {"alt": words, "width": SHOWN}}
    display({"image/png": _png(figure), "text/plain": words}, raw=True, metadata=about)
    folded = f"<details><summary>The figure in words</summary><p>{escape(words)}</p></details>"
    display({"text/html": folded, "text/plain": "The figure in words: as above."}, raw=True)


# ── Rates ──


def scorecard(
    ledger: Ledger,
    rates: pd.DataFrame,
    *,
    title: str = "",
    chinese: str = "",
) -> None:
    """What each quoted rate can stand for, and its part over its whole in it. Of audit.rates.

    Without a title the figure counts the verdicts.
    """
    names, quoted, told = Names(ledger).columns, rates.to_dict("records"), []
    heads = [wrap(_about(row, names), width=WIDTH - 0.05) for row in quoted]
    tall = [LINE * (head.count("\n") + 1) + 0.52 for head in heads]
    figure, axes = rows(sum(tall), 0.85, 1.5, bottom=0.25)
    axes.set(xlim=(-0.62, 0.62), xticks=[-0.5, 0, 0.5], xticklabels=["−½", "as printed", "+½"])
    for row, head, top in zip(quoted, heads, accumulate([0, *tall[:-1]]), strict=True):
        y, counts = top + LINE * (head.count("\n") + 1) + 0.22, _arithmetic(row)
        margin(axes, top, head, 0, va="top", color=GREY)
        margin(axes, y, row["printed"], 0, fontsize=11, **BOLD)
        _interval(axes, y, row)
        margin(axes, y, "\n".join(counts), WIDTH - 1.38)
        told.append("; ".join([f"{row['printed']} {_about(row, names)}", *counts, row["verdict"]]))
    counted = _scored(rates)
    publish(
        figure,
        title=title or counted[0],
        chinese=chinese or counted[1],
        subtitle="Bar: what the printed rate can stand for, half a unit of its last digit either "
        "way. Dot: its part over its whole. Lines: the whole numbers that would print the same.",
        source=sources(ledger, rates["briefing"] + "/" + rates["number"]),
        alt=". ".join(told) + ".",
    )


def _about(row: Mapping, names: Mapping[str, Mapping[str, str]]) -> str:
    """What a rate is of, and where."""
    area, whole = (names["area"].get(row[key], "area not stated") for key in ("area", "of_area"))
    place = area if row["of_area"] == row["area"] else f"{area} (of: {whole})"
    measure = names["measure"][row["measure"]]
    return f"{measure[:1].upper()}{measure[1:]}, {place}"


def _interval(axes: Axes, y: float, row: Mapping) -> None:
    """A printed rate's bar, the whole numbers in it and the exact value, in its last digit."""
    verdict = Verdict(row["verdict"])
    if row["reconstructed"] is None:
        look = {"facecolor": "none", "edgecolor": "#767676", "linestyle": (0, (3, 2))}
        axes.barh(y, 1, 0.3, -0.5, **look)
        label(axes, 0, y, f"{verdict.sign} {verdict}", color=GREY)
        return
    axes.barh(y, 1, 0.3, -0.5, color=BAND)
    if not pd.isna(row["power"]) and row["power"] <= 40:
        for part in rounding.implied_parts(row["printed"], int(row["whole"])):
            place = units(row["printed"], Fraction(part, int(row["whole"])))
            axes.plot([place, place], [y - 0.15, y + 0.15], color="#7F8990", linewidth=0.9)
    place = units(row["printed"], row["reconstructed"])
    shown = max(-0.57, min(0.57, place))
    mark(axes, shown, y, verdict)
    if shown != place:
        side, ha = (-9, "right") if place > 0 else (9, "left")
        words = f"{place:+.1f}".replace("-", "−")
        label(axes, shown, y, words, side, ha=ha)


def mark(axes: Axes, x: float, y: float, verdict: Verdict) -> None:
    """The mark of a verdict: its shape and its colour."""
    shape = {"●": "o", "▲": "^", "✕": "X", "○": "o"}[verdict.sign]
    fill = "white" if verdict.sign == "○" else verdict.colour
    axes.plot(x, y, shape, color=verdict.colour, markerfacecolor=fill, markersize=9, clip_on=False)


def units(printed: str, number: Fraction) -> float:
    """How far a number lies from the printed one, in units of its last digit."""
    numeral = rounding.parse(printed)
    return float((number - numeral.value) / numeral.unit)


def _arithmetic(row: Mapping) -> list[str]:
    """Part and whole of a rate, and how many whole numbers fit, as far as known."""
    part, whole = ("?" if pd.isna(row[key]) else text(row[key]) for key in ("part", "whole"))
    fits = [] if pd.isna(row["power"]) else [f"fits {text(row['power'])}"]
    return [f"{part} / {whole}" if (part, whole) != ("?", "?") else "neither printed", *fits]


def _scored(rates: pd.DataFrame) -> tuple[str, str]:
    """The finding of a scorecard, in English and in Chinese."""
    verdicts, total = list(rates["verdict"]), len(rates)
    right, unchecked = (verdicts.count(v) for v in (Verdict.REPRODUCES, Verdict.UNCHECKED))
    other = total - right - unchecked
    title = f"{right} of the {total} percentages come out right"
    chinese = f"{total}個比率中{right}個相符"
    if other:
        title += f", {other} not by ordinary rounding"
        chinese += f"，{other}個四捨五入後不符"
    if unchecked:
        title += f", {unchecked} cannot be checked"
        chinese += f"，{unchecked}個無從核對"
    return title, chinese


# ── Days ──


def series(
    days: pd.DataFrame,
    lines: Mapping[str, str],
    first: str | None = None,
    last: str | None = None,
) -> pd.DataFrame:
    """The best supported values of some measures, a row a day: what `trend` draws.

    Args:
        days: of audit.daily. first, last: days; by default the first and last with a value.
        lines: by the name of a column a measure of the area of that name, or "measure/area".

    Returns:
        `day`, also the index, without gaps; a column a line: counts or shares, NaN where the
        record has no single value (or only what a rounded share implies), `Unsure` where texts
        disagree on it or on a number it rests on; `rests_on`, the printed numbers of the day.

    Raises:
        ValueError: for a line without any value.
    """
    days = days[days["day"].between(first or days["day"].min(), last or days["day"].max())]
    table, cited = pd.DataFrame(), pd.Series(dtype=object)
    for name, what in lines.items():
        measure, _, area = what.partition("/")
        own = days[days["measure"].eq(measure) & days["area"].eq(area or name)]
        own = own[own["of_area"].isin(["", area or name]) | own["of_area"].isna()].set_index("day")
        line = pd.Series([_value(row) for row in own.itertuples()], own.index, object)
        if line.dropna().empty:
            raise ValueError(f"{name}: no day with a value of {measure} from {first} to {last}")
        table = table.join(line.rename(name), how="outer")
        cited = cited.add(own["rests_on"] + "; ", fill_value="")
    every = pd.date_range(table.index.min(), table.index.max())
    table = table.reindex(every).astype(object)
    return table.assign(day=every, rests_on=cited.reindex(every))


def _references(said: Iterable[object]) -> set[str]:
    """The file/number that some texts name, parted by "; "."""
    named = (words.split("; ") for words in said if isinstance(words, str))
    return {reference for references in named for reference in references if reference}


def _value(row: object) -> Fraction | float:
    """A day's value; what only a rounded share implies of a count is none."""
    value = math.nan if row.route == "rate" else _middle(row)
    return value if value != value or not row.contested else Unsure(value)  # noqa: PLR0124


def _middle(row: object) -> Fraction | float:
    """A day's value: the exact one, of a rate the printed one; NaN where there are only bounds."""
    if pd.isna(row.low) or pd.isna(row.high) or (row.low != row.high and row.route != "printed"):
        return math.nan
    return (Fraction(row.low) + Fraction(row.high)) / 2


def trend(
    ledger: Ledger,
    table: pd.DataFrame,
    *,
    values: Mapping[str, Sequence[str]] | None = None,
    band: tuple[str, Fraction, Fraction] | None = None,
    subtitle: str,
    **words: str,
) -> None:
    """Lines over days, joined only from one day to the next and never across the end of testing.

    Args:
        table: of `series`; a column more may have been computed from others.
        values: by line, days whose values are written beside their marks.
        band: a day without a value, and the open interval in which a claim needs it.
    """
    lines = [column for column in table.columns if column not in ("day", "rests_on")]
    known = {name: table[name].dropna() for name in lines}
    every = [value for line in known.values() for value in line]
    share = any(value.denominator > 1 for value in every)
    figure, axes = canvas(3.1, left=0.62, right=0.15, bottom=0.3)
    looks = dict(zip(lines, _colours(lines), strict=True))
    _days(axes, table["day"], share)
    axes.set_ylim(0, 1.2 * float(max(every)))
    _break(axes, table["day"])
    if band:
        day, low, high = date2num(pd.Timestamp(band[0])), float(band[1]), float(band[2])
        axes.bar(day, high - low, 0.5, low, color=BAND, edgecolor=GREY, linestyle=":", zorder=1)
    drawn = {name: _line(axes, known[name], looks[name]) for name in lines}
    _place(axes, drawn, _labels(known, values or {}, share), looks)
    publish(
        figure,
        source=sources(ledger, _references(table["rests_on"])),
        alt=_told(table, lines, share),
        subtitle=subtitle + _hollow(table[lines]),
        **words,
    )


def _labels(known: Mapping[str, pd.Series], values: Mapping, share: bool) -> list[tuple]:
    """What is written at which days of a line: chosen values, and its name where there are more."""
    chosen = [(name, pd.Timestamp(day)) for name, days in values.items() for day in days]
    labels = [(n, [(d, known[n][d])], said(known[n][d], share), "normal") for n, d in chosen]
    if len(known) > 1:
        before = {name: [*line[: TESTING_ENDED - DAY].items()] for name, line in known.items()}
        labels += [(name, days, NAMES.get(name, name), "bold") for name, days in before.items()]
    return labels


def said(value: Fraction, share: bool) -> str:
    """A count, or a share in percent to two places at most."""
    return re.sub(r"\.?0+%", "%", text(value, "0.00%")) if share else text(value)


def date(day: pd.Timestamp, month: bool = True) -> str:
    return f"{day.day} {day:%b}" if month else str(day.day)


def _colours(lines: Sequence[str]) -> list[str]:
    others = iter(("#5E3C99", "#7A5C00"))
    return [AREAS[name] if name in AREAS else next(others) for name in lines]


def _hollow(values: pd.DataFrame) -> str:
    unsure = any(isinstance(v, Unsure) for v in values.to_numpy().ravel())
    return " Hollow (◇): texts disagree on it or on a number behind it." if unsure else ""


def _told(table: pd.DataFrame, lines: Sequence[str], share: bool) -> str:
    """The values drawn, line by line, in words."""
    told = []
    for name in lines:
        known = table[name].dropna()
        days = ", ".join(f"{date(day)} {said(value, share)}" for day, value in known.items())
        told.append(f"{NAMES.get(name, name)}: {days}.")
    return " ".join(told)


def _line(axes: Axes, known: pd.Series, colour: str) -> list[Line2D]:
    """What joins the values of a line from one day to the next, and its marks."""
    days, drawn = [date2num(day) for day in known.index], []
    for k, (one, other) in enumerate(pairwise(known.index)):
        if (other - one).days == 1 and not one < TESTING_ENDED <= other:
            drawn += axes.plot(days[k : k + 2], [*map(float, known[k : k + 2])], color=colour, lw=2)
    for day, value in zip(days, known, strict=True):
        fill = "white" if isinstance(value, Unsure) else colour
        look = {"color": colour, "markerfacecolor": fill, "zorder": 3}
        drawn += axes.plot(day, float(value), "o", markersize=5.5, markeredgewidth=1.4, **look)
    return drawn


def _days(axes: Axes, days: pd.Series, share: bool) -> None:
    """The two scales: days below, counts or shares at the left."""
    first, last = date2num(days.iloc[0]), date2num(days.iloc[-1])
    axes.set_xlim(first - 0.6, last + 0.6)
    some = [day for day in days if len(days) < 9 or day.day in (5, 10, 15, 20, 25, 30)]
    if len(days) > 20:
        some = [day for day in some if day.day % 10 == 0]
    names = [date(b, a is None or a.month != b.month) for a, b in pairwise([None, *some])]
    axes.set_xticks([date2num(day) for day in some], names)
    axes.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(5))
    axes.yaxis.set_major_formatter(
        lambda number, _: said(Fraction(number).limit_denominator(10**6), share)
    )


def _break(axes: Axes, days: pd.Series) -> None:
    """The days that cannot be compared with those before."""
    if days.iloc[0] < TESTING_ENDED <= days.iloc[-1]:
        edge, end = date2num(TESTING_ENDED) - 0.5, axes.get_xlim()[1]
        axes.axvspan(edge, end, color=SHADE, zorder=0)
        words = "not comparable:\nless testing\n檢測減少，不可比"
        label(axes, edge, axes.get_ylim()[1], words, 4, -2, color=GREY, va="top", **LEFT)


def _place(axes: Axes, drawn: Mapping, wanted: Sequence[tuple], colours: Mapping) -> None:
    """Write each label at one of its days, where it covers nothing and its own line is nearest."""
    scale = 72 / axes.figure.dpi
    box = axes.get_window_extent().extents * scale
    paths = {name: np.vstack([_path(axes, line) * scale for line in drawn[name]]) for name in drawn}
    taken = [
        np.concatenate([extent.mean(axis=0), np.ptp(extent, axis=0)]) * scale
        for extent in (np.reshape(t.get_window_extent().extents, (2, 2)) for t in axes.texts)
    ]
    for name, days, words, weight in wanted:
        size = np.array([wide(words, weight=weight) * 72 + 4, 13])
        points = axes.transData.transform([[date2num(day), height] for day, height in days]) * scale
        places = [(point, point + side * (size / 2 + 4)) for point in points for side in _SIDES]
        _, best = min(places, key=lambda p: _cost(*p, size, name, paths, taken, box))
        taken.append(np.concatenate([best, size]))
        style = {"color": colours[name], "fontweight": weight, "annotation_clip": False}
        place = (best - box[:2]) / (box[2:] - box[:2])
        axes.annotate(words, place, xycoords="axes fraction", ha="center", va="center", **style)


_SIDES = np.array(
    [(dx, dy) for dy in (1, -1) for dx in (0, -0.25, 0.25, -0.6, 0.6, -1, 1)] + [(-1, 0), (1, 0)]
)


def _path(axes: Axes, line: Line2D) -> np.ndarray:
    """Places along a drawn line, close enough that no label slips between them."""
    corners = axes.transData.transform(line.get_xydata())
    steps = np.linspace(0, len(corners) - 1, 12 * len(corners))
    return np.column_stack([np.interp(steps, range(len(corners)), side) for side in corners.T])


def _cost(point, at, size, name, paths, taken, box) -> float:
    """How bad a place is: outside, over a line or a label, nearer to another line than its own."""
    half = size / 2
    out = (at - half < box[:2] - 6).any() or (at + half > box[2:] + 6).any()
    over = sum((abs(at - other[:2]) < half + other[2:] / 2).all() for other in taken)
    on = sum((abs(path - at) < half + 2.5).all(axis=1).sum() for path in paths.values())
    far = {key: np.hypot(*(path - at).T).min() for key, path in paths.items()}
    astray = far[name] > min(far.values())
    return 1000 * (out + over) + 50 * on + 500 * astray + far[name] + np.hypot(*(at - point))


# ── Parts and places ──


def parts(
    ledger: Ledger,
    bars: Sequence[tuple[str, int, Mapping[str, int]]],
    references: Iterable[str],
    *,
    nested: bool = False,
    **words: str,
) -> None:
    """Wholes and their parts, a bar each.

    Args:
        bars: of each whole its name, its count, and its parts by name. What they leave is drawn
            as the rest.
        references: the printed numbers behind them, as file/number.
        nested: on one scale, each bar being a part of the bar above; else each as wide as the next.

    Raises:
        ValueError: where the parts are more than their whole.
    """
    figure, axes = rows(0.8 * len(bars), 0, 0)
    axes.set(xlim=(0, 1), xticks=[])
    told, shades = [], iter((BLUE, "#4B93BF", LIGHT, "#5E3C99"))
    for k, (name, whole, own) in enumerate(bars):
        rest = whole - sum(own.values())
        if rest < 0:
            given = text(list(own.values()))
            raise ValueError(f"{name}: parts of {given} are more than their whole, {text(whole)}")
        pieces = [(next(shades), piece) for piece in own.items()]
        pieces.append((BAND, ("the rest 其餘", rest)))
        margin(axes, 0.8 * k + 0.12, f"{name}: {text(whole)}", 0, **BOLD)
        named = _stacked(axes, 0.8 * k + 0.38, pieces, bars[0][1] if nested else whole)
        told.append(f"{name} {text(whole)}: {', '.join(named)}.")
    publish(figure, source=sources(ledger, references), alt=" ".join(told), **words)


def _stacked(axes: Axes, y: float, pieces: Sequence, whole: int) -> list[str]:
    """Pieces side by side, and below them, each behind its colour, what they are."""
    start = place = 0.0
    said = []
    for colour, (name, size) in pieces:
        axes.barh(y, int(size) / int(whole), 0.3, start, color=colour, edgecolor="white")
        said.append(f"{name} {text(size)}")
        margin(axes, y + 0.25, "■", place, color=colour)
        margin(axes, y + 0.25, said[-1], place + 0.15)
        start, place = start + int(size) / int(whole), place + wide(said[-1]) + 0.3
    return said


def tiles(
    ledger: Ledger,
    counts: Mapping[str, int],
    references: Iterable[str],
    **words: str,
) -> None:
    """A count of each unit on a grid of tiles, in five steps of darkness; names in Chinese.

    Args:
        counts: by area; a unit without one stays white, which is not zero.
    """
    placed = ledger.areas[ledger.areas["tile_row"].notna()].astype(
        {"tile_row": int, "tile_column": int}
    )
    down, side = int(placed["tile_row"].max() + 1), WIDTH / (placed["tile_column"].max() + 1)
    figure, axes = rows(down * side + 0.35, 0, 0)
    axes.set(xlim=(0, WIDTH), xticks=[])
    told = []
    for row in placed.itertuples():
        x, y, count = row.tile_column * side, row.tile_row * side, counts.get(row.area)
        shade = "white" if count is None else [c for least, c in STEPS if count >= least][-1]
        _square(axes, x + 0.02, y + side / 2, side - 0.04, shade)
        ink = {"color": "white" if shade == STEPS[-1][1] else "black"}
        name = re.sub(r"(?<=..)([土苗].*|經開區|[區縣])$", "", re.split("[（(]", row.name_zh)[0])
        label(axes, x + side / 2, y + side * 0.33, name, **ink)
        label(axes, x + side / 2, y + side * 0.7, text(count), **ink)
        told.append((-(count or 0), f"{row.name_en} {text(count)}"))
    _steps(axes, down * side + 0.2)
    alt = ", ".join(said for _, said in sorted(told, key=lambda pair: pair[0])) + "."
    publish(figure, source=sources(ledger, references), alt=alt, **words)


def _square(axes: Axes, x: float, y: float, side: float, colour: str) -> None:
    axes.barh(y, side, side, x, color=colour, edgecolor=RULE, linewidth=0.6)


def _steps(axes: Axes, y: float) -> None:
    """What each shade of the tiles stands for."""
    x = 0.05
    for (least, colour), (after, _) in pairwise([*STEPS, (None, "")]):
        _square(axes, x, y, 0.16, colour)
        said = f"{text(least)} +" if after is None else f"{text(least)}–{text(after - 1)}"
        label(axes, x + 0.2, y, said, color=GREY, **LEFT)
        x += 0.45 + wide(said)
