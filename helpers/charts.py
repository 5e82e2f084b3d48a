"""The house style and five charts: numbers in, one published figure out. Nothing here judges.

    days = series(audit.daily(record), {"city": "new_infections"}, first="2022-11-18")
    trend(record, days, title="…", chinese="…", subtitle="…")

A chart draws on a `canvas` and hands its figure to `publish`, the only way out, which writes the
finding as title in English and in Chinese, the measure, place and days below it and the source
under a rule, and refuses a figure that lacks one of them or has a text too small or too wide.

Figures are made for a phone: `WIDTH` inches wide, shown there 360 dots wide, so that no text may
be smaller, in points, than twice the width (10 dots high). `house.mplstyle` is their style sheet.
Colours: AREAS for places, the colours of the verdicts for verdicts, BAND for the rest. A hollow
mark is one thing everywhere: texts disagree on this value, or on a number it rests on (◇ in words).
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
from itertools import count, islice, product
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from helpers import rounding
from helpers.ledger import Ledger
from helpers.words import Names, Unsure, Verdict, text

WIDTH, SHOWN = 5.0, 600  # inches; dots wide on a large screen
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


matplotlib.rcdefaults()  # whatever a reader's matplotlibrc says, the figures are the same
matplotlib.style.use(Path(__file__).with_name("house.mplstyle"))
matplotlib.rcParams["font.family"] = _fonts()


# ── Canvas, words, marks ──


def canvas(height: float, left: float = 0, width: float = 1):
    """A figure with one pair of axes so many inches high, and above them room for words."""
    whole = height + 3
    figure = Figure(figsize=(WIDTH, whole))
    return figure, figure.add_axes((left, 0, width, height / whole))


def rows(height: float):
    """A canvas for rows: x is inches from the left, y is inches from the top."""
    figure, axes = canvas(height)
    axes.set(xlim=(0, WIDTH), ylim=(height, 0), xticks=[], yticks=[], frame_on=False)
    return figure, axes


def label(axes: Axes, x: float, y: float, words: str, **style):
    """Words to the right of a place."""
    axes.text(x, y, words, **{"va": "center"} | style)


def sources(ledger: Ledger, references: Iterable[str]) -> str:
    """The pages behind printed numbers that are named as file/number, three by name."""
    cited = ledger.numbers.set_index("reference").loc[[*references], ["source", "second_source"]]
    outlets = ledger.sources.set_index("source")["outlet"]
    pages = cited.melt()["value"].dropna().map(outlets).unique()
    if len(pages) > 3:
        pages = [*pages[:2], f"{len(pages) - 2} more"]
    return ", ".join(pages)


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
        ValueError: where a text is missing, too small or too wide.
    """
    if not all((title, chinese, subtitle, source, alt)):
        raise ValueError("a figure needs a title, one in Chinese, a subtitle, a source and an alt")
    box = _frame(figure, title, chinese, subtitle, f"Source: {source}. Own arithmetic.")
    for words in figure.findobj(Text):
        size, width = words.get_fontsize(), words.get_window_extent().width
        if size < SMALLEST or width > figure.bbox.width:
            given = f"{words.get_text()!r} at {size:g} points"
            raise ValueError(f"{given}: expected {SMALLEST:g} or more, and to fit a phone")
    _display(_png(figure, box), f"{title}. {alt}")


def _frame(figure: Figure, title: str, chinese: str, subtitle: str, source: str) -> Bbox:
    """Write the titles above the drawing, the source below it; the box of all, in inches."""
    height = figure.get_figheight()
    looks = ({"color": GREY}, {"fontsize": 12}, {"fontsize": 13, **BOLD})
    for words, look in zip((subtitle, chinese, title), looks):
        top = figure.get_tightbbox().y1 + 0.1
        figure.text(0, top / height, words, va="bottom", wrap=True, **look)
    below = figure.get_tightbbox().y0 - 0.1
    figure.add_artist(Line2D([0, 1], [below / height] * 2, color=RULE, linewidth=0.8))
    figure.text(0, (below - 0.08) / height, source, va="top", wrap=True, color=GREY)
    bottom, top = figure.get_tightbbox().intervaly
    return Bbox.from_extents(0, bottom - 0.1, WIDTH, top + 0.03)


def _png(figure: Figure, box: Bbox | None = None) -> bytes:
    """The same bytes every time, with a palette: a quarter of the size."""
    raw, small = io.BytesIO(), io.BytesIO()
    with warnings.catch_warnings(action="error"):  # of a character that no font has, above all
        figure.savefig(raw, format="png", bbox_inches=box)
    image = Image.open(raw).convert("RGB").quantize(255, Image.Quantize.FASTOCTREE)
    image.save(small, "PNG")
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
    names, told = Names(ledger), []
    figure, axes = rows(0.02 + 0.78 * len(rates))
    left, right = axes.set_xlim(-1.02, 1.32)  # in units of a rate's last digit
    axes.set_xticks([-0.5, 0, 0.5], ["−½", "as printed", "+½"])
    for row, y in zip(rates.itertuples(), count(0.6, 0.78)):
        subject, counts = names.subject(row, " / "), _arithmetic(row)
        subject = subject[0].upper() + subject[1:]
        label(axes, left, y - 0.23, subject, va="bottom", color=GREY, wrap=True)
        label(axes, left, y, row.printed, fontsize=11, **BOLD)
        _interval(axes, y, row)
        label(axes, right - 0.64, y, "\n".join(counts))
        told.append("; ".join([f"{row.printed} {subject}", *counts, row.verdict]))
    if not title:
        title, chinese = _scored(rates)
    subtitle = (
        "Bar: what the printed rate can stand for, half a unit of its last digit either way. "
        "Dot: its part over its whole. Lines: the whole numbers that would print the same."
    )
    words = {"title": title, "chinese": chinese, "subtitle": subtitle}
    source = sources(ledger, rates["briefing"] + "/" + rates["number"])
    publish(figure, source=source, alt=". ".join(told) + ".", **words)


def _interval(axes: Axes, y: float, row: object) -> None:
    """A printed rate's bar, the whole numbers in it and the exact value, in its last digit."""
    verdict = Verdict(row.verdict)
    is_known = row.reconstructed is not None
    axes.barh(y, 1, 0.3, -0.5, color=BAND if is_known else "white")
    if not is_known:
        label(axes, 0, y, text(verdict), color=GREY, ha="center")
        return
    if (row.power or 99) <= 40:
        parts = rounding.implied_parts(row.printed, row.whole)
        fits = [units(row.printed, Fraction(part, row.whole)) for part in parts]
        axes.vlines(fits, y - 0.15, y + 0.15, color="#7F8990", linewidth=0.9)
    away = max(-0.57, min(0.57, units(row.printed, row.reconstructed)))
    label(axes, away, y, verdict.sign, color=verdict.colour, fontsize=14, ha="center")


def units(printed: str, number: Fraction) -> float:
    """How far a number lies from the printed one, in units of its last digit."""
    numeral = rounding.parse(printed)
    return float((number - numeral.value) / numeral.unit)


def _arithmetic(row: object) -> list[str]:
    """Part and whole of a rate, and how many whole numbers fit, as far as known."""
    part, whole = (text(count, missing="?") for count in (row.part, row.whole))
    return [f"{part} / {whole}"] + [f"fits {text(row.power)}"] * (row.power is not None)


def _scored(rates: pd.DataFrame) -> tuple[str, str]:
    """The finding of a scorecard, in English and in Chinese."""
    total, signs = len(rates), Counter(Verdict(verdict).sign for verdict in rates["verdict"])
    right, wrong, unchecked = signs["●"], signs["▲"] + signs["✕"], signs["○"]
    title = (
        f"{right} of {total} percentages come out right by ordinary rounding, {wrong} do not, "
        f"{unchecked} cannot be checked"
    )
    return title, f"{total}個比率中，四捨五入後{right}個相符，{wrong}個不符，{unchecked}個無從核對"


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
        record has no single value (but bounds), `Unsure` where texts disagree on it or on a
        number it rests on; `rests_on`, the printed numbers behind the values of the day.

    Raises:
        ValueError: for a line without any value.
    """
    known = days.dropna(subset=["low", "high"]).set_index("day").sort_index()[first:last]
    is_printed_rate = known["route"].eq("printed") & known["high"].map(type).eq(Fraction)
    known = known[known["low"].eq(known["high"]) | is_printed_rate]
    kinds = known["contested"].map({False: Fraction, True: Unsure})
    known["value"] = [kind(row.low + row.high, 2) for kind, row in zip(kinds, known.itertuples())]
    found, cited = {}, []
    for name, what in lines.items():
        measure, _, area = what.partition("/")
        area = area or name
        own = known.query("measure == @measure and area == @area and of_area in ('', @area)")
        if own.empty:
            raise ValueError(f"{name}: no day with a value of {measure} from {first} to {last}")
        found[name] = own["value"]
        cited.append(own["rests_on"])
    table = pd.DataFrame(found).asfreq("D")
    return table.assign(day=table.index, rests_on=pd.concat(cited).groupby(level=0).agg("; ".join))


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
    lines = table.drop(columns=["day", "rests_on"])
    share = any(value.denominator > 1 for value in lines.stack().dropna())
    figure, axes = _days(table.index, share)
    if band:
        day, low, high = band
        look = {"color": BAND, "edgecolor": GREY, "linestyle": ":"}
        axes.bar(pd.Timestamp(day), float(high - low), DAY / 2, float(low), **look)
    colours = {name: _line(axes, line, AREAS.get(name)) for name, line in lines.items()}
    if table.index[0] < TESTING_ENDED <= table.index[-1]:
        _shade(axes)
    axes.set_ylim(0)
    alt = ""
    for name, colour in colours.items():
        known, full = lines[name].dropna(), NAMES.get(name, name)
        for place in known[(values or {}).get(name, [])].items():
            _beside(axes, [place], said(place[1], share), color=colour)
        if len(colours) > 1:
            _beside(axes, known.items(), full, color=colour, **BOLD)
        days = ", ".join(f"{day.day} {day:%b} {said(value, share)}" for day, value in known.items())
        alt += f"{full}: {days}. "
    if "◇" in alt:
        subtitle += " Hollow (◇): texts disagree on it or on a number behind it."
    cited = "; ".join(table["rests_on"].dropna()).split("; ")
    publish(figure, source=sources(ledger, cited), alt=alt.strip(), subtitle=subtitle, **words)


def _days(days: pd.DatetimeIndex, share: bool):
    """A canvas of days and counts or shares."""
    figure, axes = canvas(2.7, 0.124, 0.846)
    some = days[:: -len(days) // 7]  # seven at most, the last one among them
    axes.set_xticks(some, [f"{day.day} {day:%b}" for day in some])
    axes.yaxis.set_major_formatter(lambda y, _: said(Fraction(y), share))
    return figure, axes


def _line(axes: Axes, line: pd.Series, colour: str | None) -> str:
    """Marks, hollow where texts disagree, joined from one day to the next; their colour."""
    broken = line.copy()
    broken[TESTING_ENDED - DAY / 2] = None
    (drawn,) = axes.plot(broken.sort_index(), "o-", color=colour)
    unsure = line[[isinstance(value, Unsure) for value in line]]
    axes.plot(unsure, "o", color=drawn.get_color(), markerfacecolor="white")
    return drawn.get_color()


def _shade(axes: Axes) -> None:
    """Shade the days that cannot be compared with those before."""
    start, (first, last) = axes.convert_xunits(TESTING_ENDED - DAY / 2), axes.get_xlim()
    axes.axvspan(start, last, color=SHADE, zorder=0)
    axes.set_xlim(first, last)
    words = "not comparable:\nless testing\n檢測減少，不可比"
    place = {"transform": axes.get_xaxis_transform(), "va": "top", "color": GREY}
    label(axes, TESTING_ENDED, 0.98, words, **place)


_AWAY = {"center": 0, "bottom": 4, "top": -4, "right": -5, "left": 5}  # points from a mark
_SIDES = [("center", "bottom"), ("center", "top")]
_SIDES += product(["left", "right"], ["bottom", "top", "center"])


def _beside(axes: Axes, points: Iterable[tuple], words: str, **style) -> None:
    """Write words beside one of some points, where they cover least: the first such place."""
    taken = [other.get_window_extent() for other in axes.texts]
    inked = []  # what lies within 7 dots of a box counts as covered, of other lines within 29
    for line in axes.lines:
        path = line.get_transform().transform_path(line.get_path()).interpolated(12)
        inked.append((7 if line.get_color() == style["color"] else 29, path.vertices))
    whole = axes.get_window_extent()
    note = axes.annotate(words, (0, 0), (0, 0), textcoords="offset points", **style)

    def covered(place: tuple) -> tuple[int, int]:
        """How much the words cover, moved to a place."""
        (ha, va), note.xy = place
        note.set(ha=ha, va=va, position=(_AWAY[ha], _AWAY[va]))
        box = note.get_window_extent()
        outside = 2 - whole.count_contains(box.get_points())
        near = sum(box.padded(room).count_contains(ink) for room, ink in inked)
        return outside + box.padded(15).count_overlaps(taken), near

    covered(min(product(_SIDES, points), key=covered))


def said(value: Fraction, share: bool) -> str:
    """A count, or a share in percent to two places at most."""
    return re.sub(r"\.?0+%", "%", text(value, "0.00%")) if share else text(value)


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
    for (name, whole, own), y in zip(bars, count(0.12, 0.8)):
        pieces = pd.Series({**own, "the rest 其餘": whole - sum(own.values())})
        if pieces.min() < 0:
            given = ", ".join(map(text, own.values()))
            raise ValueError(f"{name}: parts of {given} are more than their whole, {text(whole)}")
        head = f"{name}: {text(whole)}"
        named = [f"{piece} {text(size)}" for piece, size in pieces.items()]
        colours = [*islice(shades, len(own)), BAND]
        broad = pieces * WIDTH / (bars[0][1] if nested else whole)
        label(axes, 0, y, head, **BOLD)
        drawn = axes.barh(y + 0.26, broad, 0.3, broad.cumsum() - broad, color=colours)
        _legend(axes, y + 0.51, drawn, named)
        told.append(f"{head} ({', '.join(named)}).")
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
    figure, axes = rows(below)
    told = []
    for row in placed.itertuples():
        x, y, found = row.tile_column * side, (row.tile_row + 0.5) * side, text(row.found)
        shade = next((colour for colour, least, _ in STEPS if row.found >= least), "white")
        ink = "white" if shade == STEPS[0][0] else "black"
        short = re.match("(..+?)([土苗].*|經開區|[區縣])?(（.*)?$", row.name_zh)[1]
        axes.barh(y, side - 0.04, side - 0.04, x + 0.02, color=shade)
        label(axes, x + side / 2, y, f"{short}\n{found}", color=ink, ha="center")
        told.append(f"{row.name_en} {found}")
    shades, _, steps = zip(*reversed(STEPS))
    _legend(axes, below, [Patch(facecolor=shade) for shade in shades], steps)
    publish(figure, source=sources(ledger, references), alt=", ".join(told) + ".", **words)


def _legend(axes: Axes, y: float, drawn: Sequence[Patch], names: Sequence[str]) -> None:
    """In a row, squares of colour and what they stand for."""
    place = {"bbox_to_anchor": (0.02, y), "bbox_transform": axes.transData, "ncols": len(names)}
    axes.figure.legend(drawn, names, loc="center left", **place)
