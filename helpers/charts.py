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
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from html import escape
from itertools import accumulate, islice, product

import matplotlib
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Bbox
from PIL import Image

from helpers import rounding
from helpers.ledger import Ledger
from helpers.words import HAN, Names, Unsure, Verdict, text

WIDTH, DPI, SHOWN = 5.0, 240, 600  # inches; stored dots an inch; dots wide on a large screen
SMALLEST = 2 * WIDTH  # points
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
STEPS = [("#084F82", 1000, "1,000 +"), ("#4B93BF", 200, "200–999"), ("#9CC4DF", 50, "50–199")]
STEPS += [("#D2E3F0", 10, "10–49"), ("#F4F7FA", 0, "0–9")]
BOLD = {"fontweight": "bold"}


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
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#E2E2E2",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}
matplotlib.rcdefaults()  # whatever a reader's matplotlibrc says, the figures are the same
matplotlib.rcParams.update(STYLE)


# ── Canvas, words, marks ──


def canvas(height: float, left: float = 0, right: float = 0, bottom: float = 0.05):
    """A figure of the house's width with one pair of axes; all in inches, words come on top."""
    whole = height + bottom + 0.1
    figure = Figure(figsize=(WIDTH, whole))
    FigureCanvasAgg(figure)
    box = (left / WIDTH, bottom / whole, 1 - (left + right) / WIDTH, height / whole)
    return figure, figure.add_axes(box)


def rows(height: float, bottom: float = 0.05):
    """A canvas for rows: x is inches from the left, y is inches from the top."""
    figure, axes = canvas(height, bottom=bottom)
    axes.set(xlim=(0, WIDTH), ylim=(height, 0), xticks=[], yticks=[])
    axes.spines["bottom"].set_visible(False)
    return figure, axes


def label(axes: Axes, x: float, y: float, words: str, **style):
    """Words to the right of a place."""
    axes.text(x, y, words, **{"va": "center", "linespacing": 1.25} | style)


def wrap(words: str, size: float = SMALLEST, weight: str = "normal", width: float = WIDTH) -> str:
    """Lines no wider than so many inches; Chinese may break anywhere but before its stops."""
    lines = [""]
    for piece in re.findall(rf"[（「]?[{HAN}][，。；：？、）」]*|[^\s{HAN}]+|\s+", words):
        if lines[-1] and wide((lines[-1] + piece).strip(), size, weight) > 0.985 * width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def wide(words: str, size: float = SMALLEST, weight: str = "normal") -> float:
    """How many inches a line of words takes."""
    font = font_manager.FontProperties(size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(words, font, False)[0] / 72


def sources(ledger: Ledger, references: Iterable[str]) -> str:
    """The pages behind printed numbers that are named as file/number, three by name."""
    found = ledger.numbers[ledger.numbers["reference"].isin(references)]
    outlets = ledger.sources.set_index("source")["outlet"]
    pages = [*outlets[pd.concat([found["source"], found["second_source"]]).dropna()].unique()]
    more = [f"{len(pages) - 2} more"] if len(pages) > 3 else pages[2:]
    return ", ".join([*pages[:2], *more])


# ── Publishing ──


def publish(
    figure: Figure, *, title: str, chinese: str, subtitle: str, source: str, alt: str
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
        if not said.strip():
            raise ValueError(f"a figure needs words as its {name}: found {said!r}")
    box = _frame(figure, title, chinese, subtitle, f"Source: {source.rstrip('.')}. Own arithmetic.")
    for small in figure.findobj(Text):
        if small.get_fontsize() < SMALLEST:
            given = f"{small.get_text()!r} at {small.get_fontsize():g} points"
            raise ValueError(f"{given}: expected {SMALLEST:g} or more, to be read on a phone")
    _display(_png(figure, box), f"{title.rstrip('.')}. {alt}")


def _frame(figure: Figure, title: str, chinese: str, subtitle: str, source: str) -> Bbox:
    """Write the titles above the drawing, the source below it; the box of all, in inches."""
    drawn = figure.get_figheight()

    def write(y: float, words: str, size: float, weight: str = "normal", **style: str) -> float:
        lines = wrap(words, size, weight)
        look = {"fontsize": size, "fontweight": weight, "linespacing": 1.25, **style}
        return figure.text(0, y / drawn, lines, **look).get_window_extent().height / figure.dpi

    top = drawn + 0.14
    top += write(top, subtitle, 10, va="bottom", color=GREY) + 0.07
    top += write(top, chinese, 12, va="bottom") + 0.07
    top += write(top, title, 13, "bold", va="bottom") + 0.03
    below = write(-0.1, source, 10, va="top", color=GREY) + 0.2
    figure.add_artist(Line2D([0, 1], [-0.05 / drawn] * 2, color=RULE, linewidth=0.8))
    return Bbox.from_extents(0, -below, WIDTH, top)


def _png(figure: Figure, box: Bbox | None = None) -> bytes:
    """The same bytes every time, with a palette: a quarter of the size."""
    raw, small = io.BytesIO(), io.BytesIO()
    with warnings.catch_warnings(action="error"):  # of a character that no font has, above all
        figure.savefig(raw, format="png", dpi=DPI, bbox_inches=box)
    image = Image.open(raw).convert("RGB").quantize(255, Image.Quantize.FASTOCTREE)
    image.save(small, "PNG", dpi=(DPI, DPI))
    return small.getvalue()


def _display(png: bytes, words: str) -> None:
    """Show the image, and below it the same in words, folded, for all to read."""
    from IPython.display import display

    about = {"image/png": {"alt": words, "width": SHOWN}}
    display({"image/png": png, "text/plain": words}, raw=True, metadata=about)
    folded = f"<details><summary>The figure in words</summary><p>{escape(words)}</p></details>"
    display({"text/html": folded, "text/plain": "The figure in words: as above."}, raw=True)


# ── Rates ──


def scorecard(ledger: Ledger, rates: pd.DataFrame, *, title: str = "", chinese: str = "") -> None:
    """What each quoted rate can stand for, and its part over its whole in it. Of audit.rates.

    Without a title the figure counts the verdicts.
    """
    names, quoted, told = Names(ledger).columns, rates.to_dict("records"), []
    heads = [wrap(_about(row, names)) for row in quoted]
    tops = [0, *accumulate(0.69 + 0.17 * head.count("\n") for head in heads)]
    figure, axes = rows(tops[-1], bottom=0.25)  # sum() would round otherwise from Python 3.12 on
    left, right = axes.set_xlim(-1.02, 1.32)  # in units of a rate's last digit
    axes.set_xticks([-0.5, 0, 0.5], ["−½", "as printed", "+½"])
    for row, head, top, y in zip(quoted, heads, tops, tops[1:]):
        label(axes, left, top, head, va="top", color=GREY)
        label(axes, left, y - 0.3, row["printed"], fontsize=11, **BOLD)
        _interval(axes, y - 0.3, row)
        counts = _arithmetic(row)
        label(axes, right - 0.64, y - 0.3, "\n".join(counts))
        said = " ".join([row["printed"], *head.split("\n")])
        told.append("; ".join([said, *counts, row["verdict"]]))
    if not title:
        title, chinese = _scored(rates)
    subtitle = (
        "Bar: what the printed rate can stand for, half a unit of its last digit either way. "
        "Dot: its part over its whole. Lines: the whole numbers that would print the same."
    )
    words = {"title": title, "chinese": chinese, "subtitle": subtitle}
    source = sources(ledger, rates["briefing"] + "/" + rates["number"])
    publish(figure, source=source, alt=". ".join(told) + ".", **words)


def _about(row: Mapping, names: Mapping[str, Mapping[str, str]]) -> str:
    """What a rate is of, and where."""
    area, whole = (names["area"].get(row[key], "area not stated") for key in ("area", "of_area"))
    place = area if area == whole else f"{area} (of: {whole})"
    measure = names["measure"][row["measure"]]
    return f"{measure[:1].upper()}{measure[1:]}, {place}"


def _interval(axes: Axes, y: float, row: Mapping) -> None:
    """A printed rate's bar, the whole numbers in it and the exact value, in its last digit."""
    verdict, printed = Verdict(row["verdict"]), row["printed"]
    if row["reconstructed"] is None:
        look = {"facecolor": "none", "edgecolor": "#767676", "linestyle": (0, (3, 2))}
        axes.barh(y, 1, 0.3, -0.5, **look)
        label(axes, 0, y, text(verdict), color=GREY, ha="center")
        return
    axes.barh(y, 1, 0.3, -0.5, color=BAND)
    if (row["power"] or 99) <= 40:
        for part in rounding.implied_parts(printed, row["whole"]):
            x = units(printed, Fraction(part, row["whole"]))
            axes.vlines(x, y - 0.15, y + 0.15, color="#7F8990", linewidth=0.9)
    away = max(-0.57, min(0.57, units(printed, row["reconstructed"])))
    shape = {"▲": "^", "✕": "X"}.get(verdict.sign, "o")
    axes.plot(away, y, shape, color=verdict.colour, markersize=9, clip_on=False)


def units(printed: str, number: Fraction) -> float:
    """How far a number lies from the printed one, in units of its last digit."""
    numeral = rounding.parse(printed)
    return float((number - numeral.value) / numeral.unit)


def _arithmetic(row: Mapping) -> list[str]:
    """Part and whole of a rate, and how many whole numbers fit, as far as known."""
    division = " / ".join(text(row[key], missing="?") for key in ("part", "whole"))
    fits = [] if pd.isna(row["power"]) else [f"fits {text(row['power'])}"]
    return [division.replace("? / ?", "neither printed"), *fits]


def _scored(rates: pd.DataFrame) -> tuple[str, str]:
    """The finding of a scorecard, in English and in Chinese."""
    total, signs = len(rates), Counter(Verdict(verdict).sign for verdict in rates["verdict"])
    right, unchecked = signs["●"], signs["○"]
    title = f"{right} of the {total} percentages come out right"
    chinese = f"{total}個比率中{right}個相符"
    if other := total - right - unchecked:
        title += f", {other} not by ordinary rounding"
        chinese += f"，{other}個四捨五入後不符"
    if unchecked:
        title += f", {unchecked} cannot be checked"
        chinese += f"，{unchecked}個無從核對"
    return title, chinese


# ── Days ──


def series(
    days: pd.DataFrame, lines: Mapping[str, str], first: str | None = None, last: str | None = None
) -> pd.DataFrame:
    """The best supported values of some measures, a row a day: what `trend` draws.

    Args:
        days: of audit.daily. first, last: days; by default the first and last with a value.
        lines: by the name of a column a measure of the area of that name, or "measure/area".

    Returns:
        `day`, also the index, without gaps; a column a line: counts or shares, NaN where the
        record has no single value (but bounds, or what a rounded share implies), `Unsure` where
        texts disagree on it or on a number it rests on; `rests_on`, the printed numbers behind
        the values of the day.

    Raises:
        ValueError: for a line without any value.
    """
    known = days.dropna(subset=["low", "high"]).set_index("day").sort_index()[first:last]
    is_exact = known["low"].eq(known["high"]) & known["route"].ne("rate")
    is_printed_rate = known["route"].eq("printed") & known["high"].map(type).eq(Fraction)
    known, found, cited = known[is_exact | is_printed_rate], {}, []
    for name, what in lines.items():
        measure, _, area = what.partition("/")
        area = area or name
        own = known.query("measure == @measure and area == @area and of_area in ('', @area)")
        if own.empty:
            raise ValueError(f"{name}: no day with a value of {measure} from {first} to {last}")
        found[name] = pd.Series(map(_value, own.itertuples()), own.index)
        cited.append(own["rests_on"])
    table = pd.DataFrame(found).asfreq("D")
    return table.assign(day=table.index, rests_on=pd.concat(cited).groupby(level=0).agg("; ".join))


def _value(row: object) -> Fraction:
    """A day's value: the exact one, of a rate the printed one."""
    kind = Unsure if row.contested else Fraction
    return kind(row.low + row.high, 2)


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
        values: by line, days whose values are written beside their marks. band: a day without
            a value, and the open interval in which a claim needs it.
    """
    lines = table.drop(columns=["day", "rests_on"])
    every = lines.stack().dropna()
    share = any(value.denominator > 1 for value in every)
    alt = _told(lines, share)
    if "◇" in alt:
        subtitle += " Hollow (◇): texts disagree on it or on a number behind it."
    figure, axes = _days(table["day"], float(every.max()), share)
    if band:
        day, low, high = band
        look = {"color": BAND, "edgecolor": GREY, "linestyle": ":"}
        axes.bar(pd.Timestamp(day), float(high - low), DAY / 2, float(low), **look)
    others = iter(("#5E3C99", "#7A5C00"))
    colours = {name: AREAS.get(name) or next(others) for name in lines}
    for name, colour in colours.items():
        _line(axes, lines[name], colour)
    for name, days in (values or {}).items():
        for place in lines.loc[days, name].items():
            _beside(axes, [place], said(place[1], share), color=colours[name])
    if len(colours) > 1:
        for name, colour in colours.items():
            known = lines[name].dropna().items()
            _beside(axes, known, NAMES.get(name, name), color=colour, **BOLD)
    source = sources(ledger, "; ".join(table["rests_on"].dropna()).split("; "))
    publish(figure, source=source, alt=alt, subtitle=subtitle, **words)


_AWAY = {"center": 0, "bottom": 4, "top": -4, "right": -5, "left": 5}  # points from a mark
_SIDES = [("center", "bottom"), ("center", "top")]
_SIDES += product(["left", "right"], ["bottom", "top", "center"])


def _beside(axes: Axes, points: Iterable[tuple], words: str, **style) -> None:
    """Write words beside one of some points, where they cover least: the first such place."""
    taken = [other.get_window_extent() for other in axes.texts]
    inked = []  # what lies within 3 dots of a box counts as covered, of other lines within 12
    for line in axes.lines:
        path = line.get_transform().transform_path(line.get_path()).interpolated(12)
        inked.append((3 if line.get_color() == style["color"] else 12, path.vertices))
    whole = axes.get_window_extent()
    note = axes.annotate(words, (0, 0), (0, 0), textcoords="offset points", **style)

    def put(place: tuple) -> None:
        (ha, va), note.xy = place
        note.set(ha=ha, va=va, position=(_AWAY[ha], _AWAY[va]))

    def covered(place: tuple) -> tuple[int, int]:
        put(place)
        box = note.get_window_extent()
        outside = 2 - whole.count_contains(box.get_points())
        near = sum(box.padded(room).count_contains(ink) for room, ink in inked)
        return outside + box.count_overlaps(taken), near

    put(min(product(_SIDES, points), key=covered))


def said(value: Fraction, share: bool) -> str:
    """A count, or a share in percent to two places at most."""
    return re.sub(r"\.?0+%", "%", text(value, "0.00%")) if share else text(value)


def _told(lines: pd.DataFrame, share: bool) -> str:
    """The values drawn, line by line, in words."""
    told = []
    for name, line in lines.items():
        known = line.dropna().items()
        days = ", ".join(f"{day.day} {day:%b} {said(value, share)}" for day, value in known)
        told.append(f"{NAMES.get(name, name)}: {days}.")
    return " ".join(told)


def _line(axes: Axes, line: pd.Series, colour: str) -> None:
    """Marks, hollow where texts disagree, joined from one day to the next."""
    look = {"color": colour, "linewidth": 2, "markersize": 5.5, "markeredgewidth": 1.4}
    for part in (line[: TESTING_ENDED - DAY], line[TESTING_ENDED:]):
        axes.plot(part, "o-", **look)
    unsure = line[[isinstance(value, Unsure) for value in line]]
    axes.plot(unsure, "o", **look, markerfacecolor="white")


def _days(days: pd.Series, highest: float, share: bool):
    """A canvas of days and counts or shares; which days cannot be compared with those before."""
    figure, axes = canvas(2.7, left=0.62, right=0.15, bottom=0.3)
    axes.set_ylim(0, 1.2 * highest)
    axes.set_xlim(days.iloc[0] - 0.6 * DAY, days.iloc[-1] + 0.6 * DAY)
    step = 10 if len(days) > 20 else 5 if len(days) > 8 else 1
    some = [day for day in days if day.day % step == 0]
    axes.set_xticks(some, [f"{day.day} {day:%b}" for day in some])
    axes.locator_params("y", nbins=5)
    axes.yaxis.set_major_formatter(lambda y, _: f"{100 * y:g}%" if share else f"{y:,.0f}")
    if days.iloc[0] < TESTING_ENDED <= days.iloc[-1]:
        axes.axvspan(TESTING_ENDED - DAY / 2, days.iloc[-1] + DAY, color=SHADE, zorder=0)
        words = "not comparable:\nless testing\n檢測減少，不可比"
        label(axes, TESTING_ENDED, 1.18 * highest, words, va="top", color=GREY)
    return figure, axes


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
    figure, axes = rows(0.8 * len(bars))
    told, shades = [], iter((BLUE, "#4B93BF", LIGHT, "#5E3C99"))
    for k, (name, whole, own) in enumerate(bars):
        pieces = pd.Series({**own, "the rest 其餘": whole - sum(own.values())})
        if pieces.min() < 0:
            given = text(list(own.values()))
            raise ValueError(f"{name}: parts of {given} are more than their whole, {text(whole)}")
        colours = [*islice(shades, len(own)), BAND]
        named = [f"{piece} {text(size)}" for piece, size in pieces.items()]
        broad = pieces * WIDTH / (bars[0][1] if nested else whole)
        label(axes, 0, 0.8 * k + 0.12, f"{name}: {text(whole)}", **BOLD)
        axes.barh(0.8 * k + 0.38, broad, 0.3, broad.cumsum() - broad, color=colours, edgecolor="w")
        _legend(axes, 0.8 * k + 0.63, zip(colours, named))
        told.append(f"{name} {text(whole)}: {', '.join(named)}.")
    publish(figure, source=sources(ledger, references), alt=" ".join(told), **words)


def tiles(
    ledger: Ledger, counts: Mapping[str, int], references: Iterable[str], **words: str
) -> None:
    """A count of each unit on a grid of tiles, in five steps of darkness; names in Chinese.

    Args:
        counts: by area; a unit without one stays white, which is not zero.
    """
    placed = ledger.areas.dropna(subset="tile_row")
    placed = placed.assign(found=placed["area"].map(counts))
    placed = placed.sort_values("found", ascending=False, kind="stable")
    side = WIDTH / (placed["tile_column"].max() + 1)
    below = side * (placed["tile_row"].max() + 1) + 0.2
    figure, axes = rows(below + 0.15)
    told = []
    for row in placed.itertuples():
        x, y, count = (row.tile_column + 0.5) * side, (row.tile_row + 0.5) * side, text(row.found)
        shade = next((colour for colour, least, _ in STEPS if row.found >= least), "white")
        ink = "white" if shade == STEPS[0][0] else "black"
        short = re.match("(..+?)([土苗].*|經開區|[區縣])?(（.*)?$", row.name_zh)[1]
        _square(axes, x, y, side - 0.04, shade)
        label(axes, x, y, f"{short}\n{count}", color=ink, ha="center")
        told.append(f"{row.name_en} {count}")
    _legend(axes, below, [(colour, name) for colour, _, name in reversed(STEPS)])
    publish(figure, source=sources(ledger, references), alt=", ".join(told) + ".", **words)


def _legend(axes: Axes, y: float, named: Iterable[tuple[str, str]]) -> None:
    """In a row, squares of colour and what they stand for."""
    x = 0.08
    for colour, words in named:
        _square(axes, x, y, 0.13, colour)
        label(axes, x + 0.12, y, words)
        x += wide(words) + 0.36


def _square(axes: Axes, x: float, y: float, side: float, colour: str) -> None:
    axes.barh(y, side, side, x - side / 2, color=colour, edgecolor=RULE, linewidth=0.6)
