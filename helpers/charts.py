"""The house style and the charts: verdicts and frames in, one published figure out. Nothing here judges.

A chart is a function `name(ledger, frame, …, *, save=None)` that draws on a `canvas` and hands it to `publish`:

    figure, axes = canvas(2.4, left=1.5)                     # inches of drawing; margins are for labels
    axes.plot(…)
    label(axes, x, y, "5,522", dx=4, ha="left")              # data coordinates, then points
    publish(figure, title=finding or neutral, subtitle=…, source=source(ledger, frame["rests_on"]), alt=…, save=save)

`publish` is the only way out. It wraps title and subtitle, rules the footer, refuses a figure without source or
alternative text or with a label outside its edges, and displays it as PNG; `save="name.svg"` (or .png) also writes it.
Titles and alternative texts are computed from what is drawn; where the data no longer bear a finding out, the title is
a neutral one. One colour and one shape for each verdict (VERDICTS), one colour for each area (AREAS).
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.text import Text

from helpers import rounding, tables
from helpers.ledger import Ledger
from helpers.tables import text
from helpers.words import Verdict

WIDTH, DPI = 7.2, 100  # inches; what a reader sees at 100 dots an inch is saved with twice as many
INK, GREY, RULE, BAND = "#222222", "#595959", "#B8B8B8", "#E4E8EB"
CITY, CENTRAL, OUTSIDE = "#222222", "#0072B2", "#D55E00"
AREAS = {"city": CITY, "central": CENTRAL, "outside": OUTSIDE}
VERDICTS = {
    Verdict.REPRODUCES: {"marker": "o", "color": "#0072B2"},
    Verdict.OTHER_RULE: {"marker": "^", "color": "#E69F00", "markeredgecolor": INK},
    Verdict.DIFFERS: {"marker": "X", "color": "#A34700"},
    Verdict.UNCHECKED: {"marker": "o", "color": "#767676", "markerfacecolor": "white", "markeredgewidth": 1.4},
}
DAY = pd.Timedelta(days=1)


def _fonts() -> list[str]:
    """DejaVu Sans, and Noto Sans SC for the Chinese names where its package is installed."""
    try:
        from pylopdf_fonts_zh_cn import sans_path

        known = font_manager.fontManager
        known.addfont(sans_path())
        known.ttflist.append(replace(known.ttflist[-1], weight=700))  # there is no bold cut; or the search for it complains
        return ["DejaVu Sans", "Noto Sans SC"]
    except (ImportError, OSError, RuntimeError):
        return ["DejaVu Sans"]


STYLE = {
    "font.family": _fonts(), "font.size": 9, "text.color": INK, "text.parse_math": False, "axes.unicode_minus": True,
    "axes.edgecolor": RULE, "axes.labelcolor": GREY, "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.axisbelow": True, "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#E2E2E2", "grid.linewidth": 0.8,
    "xtick.color": RULE, "ytick.color": RULE, "xtick.labelcolor": GREY, "ytick.labelcolor": GREY, "ytick.major.size": 0,
    "svg.hashsalt": "chongqing-briefing-audit", "svg.fonttype": "path", "figure.dpi": DPI, "lines.solid_capstyle": "butt",
}  # fmt: skip
matplotlib.rcParams.update(STYLE)


# ── The shared part: canvas, labels, names, source, publish ──


def canvas(height: float, left: float = 0.5, right: float = 0.1, top: float = 0.1, bottom: float = 0.3) -> tuple[Figure, Axes]:
    """A figure of the house's width with one pair of axes; all in inches, title and footer come on top."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI)
    FigureCanvasAgg(figure)
    box = (left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (bottom + top) / height)
    return figure, figure.add_axes(box)


def label(axes: Axes, x: float, y: float, words: str, dx: float = 0, dy: float = 0, at: object = "data", **style: object) -> Text:
    """Words at a place in data coordinates (or `at` others), moved by dx, dy points."""
    style = {"ha": "center", "va": "center", "annotation_clip": False} | style
    return axes.annotate(drawable(words), (x, y), xycoords=at, xytext=(dx, dy), textcoords="offset points", **style)


def left_label(axes: Axes, y: float, words: str, dy: float = 0, **style: object) -> Text:
    """Words at the left edge of the figure, under the title, level with y."""
    inches = axes.get_position().x0 * WIDTH
    return label(axes, 0, y, words, -72 * inches, dy, ("axes fraction", "data"), ha="left", **style)


def drawable(words: str) -> str:
    """Text without what the fonts cannot draw: Chinese drops out with its brackets where there is no Chinese font."""
    words = "".join(c if c == "\n" or unicodedata.category(c)[0] not in "CZ" else " " for c in words)
    if all(map(_has_glyph, set(words))):
        return words
    words = words.replace("萬", " wan").replace("万", " wan")
    han = r"[⺀-〿㐀-鿿豈-﫿＀-￯]"
    words = re.sub(rf" ?[((]{han}[^))]*[))]| ?{han}+", lambda m: m[0] if all(map(_has_glyph, m[0])) else "", words)
    return "".join(c if _has_glyph(c) else "?" for c in words).strip() or "(in Chinese)"


@cache
def _has_glyph(character: str) -> bool:
    return character == "\n" or any(font.get_char_index(ord(character)) for font in _faces())


@cache
def _faces() -> tuple[FT2Font, ...]:
    found = [font_manager.findfont(name) for name in matplotlib.rcParams["font.family"]]
    return tuple(font_manager.get_font(path) for path in found)


def source(ledger: Ledger, *references: Iterable[str]) -> str:
    """The pages behind printed numbers named as file/number, several in one text parted by "; "."""
    wanted = {name for column in references for text in column if isinstance(text, str) for name in text.split("; ")}
    numbers = ledger.numbers
    rows = numbers[(numbers["briefing"] + "/" + numbers["number"]).isin(wanted)]
    outlet = dict(zip(ledger.sources["source"], ledger.sources["outlet"], strict=True))
    pages = list(dict.fromkeys(outlet[s] for c in ("source", "second_source") for s in rows[c] if isinstance(s, str)))
    files = [f"data/numbers/{name}.csv" for name in dict.fromkeys(rows["briefing"])]
    shown = pages if len(pages) <= 4 else [*pages[:3], f"{len(pages) - 3} more pages"]
    kept = f"{files[0]} to {files[-1]}" if len(files) > 2 else " and ".join(files)
    return f"{', '.join(shown)}; transcribed in {kept}" if pages else ""


def publish(figure: Figure, *, title: str, subtitle: str, source: str, alt: str, caption: str = "", save: str | Path | None = None) -> None:
    """Put title, subtitle and source on a figure, check it, and display it.

    Args:
        title: the finding, in words. subtitle: measure, place, dates, base, caveat. source: the pages.
        alt: what a reader without the image has to know; it is the figure's text output.
        caption: a sentence below the figure. save: a file to write too, .svg or .png.

    Raises:
        ValueError: where a text is missing or a label lies outside the figure.
    """
    for name, words in {"title": title, "subtitle": subtitle, "source": source, "alt": alt}.items():
        if not words or not words.strip():
            raise ValueError(f"a figure needs a {name}: found {words!r}")
    _frame(figure, title, subtitle, f"Source: {source.removesuffix('.')}. Own arithmetic.")
    if outside := _outside(figure):
        raise ValueError(f"{title!r}: outside the figure: {', '.join(map(repr, outside))}")
    if save:
        _save(figure, Path(save))
    _display(_png(figure), alt, caption)


def _frame(figure: Figure, title: str, subtitle: str, footer: str) -> None:
    """Make room above and below the drawing for title, subtitle and footer."""
    head = figure.text(0, 0, wrap(figure, title, 13, "bold"), fontsize=13, fontweight="bold", va="top", linespacing=1.2)
    under = figure.text(0, 0, wrap(figure, subtitle, 10, "normal"), fontsize=10, color=GREY, va="top", linespacing=1.3)
    foot = figure.text(0, 0, wrap(figure, footer, 9, "normal"), fontsize=9, color=GREY, va="top", linespacing=1.25)
    tall = [t.get_window_extent().height / figure.dpi for t in (head, under, foot)]
    above, below, drawing = tall[0] + tall[1] + 0.28, tall[2] + 0.2, figure.get_figheight()
    height = above + drawing + below
    figure.set_figheight(height)
    for axes in figure.axes:
        x, y, width, high = axes.get_position().bounds
        axes.set_position((x, (below + y * drawing) / height, width, high * drawing / height))
    head.set_position((0, 1 - 0.06 / height))
    under.set_position((0, 1 - (0.14 + tall[0]) / height))
    foot.set_position((0, (below - 0.1) / height))
    figure.add_artist(Line2D([0, 1], [(below - 0.03) / height] * 2, color=RULE, linewidth=0.8))


def wrap(figure: Figure, words: str, size: float = 9, weight: str = "normal", width: float = WIDTH) -> str:
    """Lines no wider than so many inches; Chinese may break anywhere."""
    probe = figure.text(0, 0, "", fontsize=size, fontweight=weight)
    lines = [""]
    for piece in re.findall(r"\S+?(?:(?<=[⺀-鿿])(?=[⺀-鿿])|$|(?=\s))|\s+", drawable(words)):
        probe.set_text((lines[-1] + piece).strip())
        if lines[-1] and probe.get_window_extent().width > 0.985 * width * figure.dpi:
            lines.append("")
        lines[-1] += piece
    probe.remove()
    return "\n".join(line.strip() for line in lines)


def _outside(figure: Figure) -> list[str]:
    """What would be cut off at the edges."""
    figure.draw_without_rendering()
    box, found = figure.bbox.padded(1), [(t.get_text(), t.get_window_extent()) for t in figure.texts]
    for axes in figure.axes:
        found += [(t.get_text(), t.get_window_extent()) for t in axes.texts if t.get_visible() and t.get_text()]
        found += [("an axis", e) for axis in (axes.xaxis, axes.yaxis) if (e := axis.get_tightbbox())]
    return [words for words, e in found if e.x0 < box.x0 or e.x1 > box.x1 or e.y0 < box.y0 or e.y1 > box.y1]


def _save(figure: Figure, path: Path) -> None:
    if path.suffix not in (".svg", ".png"):
        raise ValueError(f"{path.name}: expected a name that ends in .svg or .png")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".svg":
        figure.savefig(path, metadata={"Date": None, "Creator": None})
    else:
        path.write_bytes(_png(figure))


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=2 * DPI, metadata={"Software": None})
    return buffer.getvalue()


def _display(png: bytes, alt: str, caption: str) -> None:
    from html import escape

    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(alt)
        return
    shown = {"alt": alt, "width": round(WIDTH * DPI)}
    display({"image/png": png, "text/plain": alt}, raw=True, metadata={"image/png": shown})
    below = f"<p>{escape(caption)}</p>\n" if caption else ""
    below += f"<details><summary>The figure in words</summary><p>{escape(alt)}</p></details>"
    display({"text/html": below, "text/plain": caption or "The figure in words: see above."}, raw=True)


# ── Days ──


TESTING_ENDED = (pd.Timestamp("2022-12-01"), "from 1 Dec: no more\ndistrict-wide testing;\nnot comparable")  # read out in the 155th


def daily(
    ledger: Ledger,
    frame: pd.DataFrame,
    measure: str = "new_infections",
    *,
    areas: Iterable[str] = ("city", "central", "outside"),
    log: bool = False,
    first: str | None = None,
    last: str | None = None,
    save: str | Path | None = None,
) -> None:
    """A measure day by day. `frame`: of audit.daily, a row a measure, area and day, with day, low, high, verdict, translated.

    Exact values are marks, joined only from one day to the next; a day without a value is a gap; where witnesses
    disagree or only bounds are known, a bar from low to high. Hollow: rests on one witness or on a translation.
    """
    frame = frame[frame["measure"].eq(measure) & frame["area"].isin(list(areas)) & frame["day"].notna()]
    frame = frame[frame["day"].ge(first or frame["day"].min()) & frame["day"].le(last or frame["day"].max())]
    is_rate = ledger.measures.set_index("measure")["nature"][measure] == "rate"
    names = tables.names(ledger, chinese=False)
    figure, axes = canvas(3.6, left=0.62, right=1.25, bottom=0.5)
    days, places = sorted(frame["day"]), []
    for area in areas:
        own = frame[frame["area"].eq(area)].sort_values("day")
        if own.empty:
            continue
        colour = AREAS.get(area, GREY)
        known = _day_marks(axes, own, colour, is_rate)
        places += [(known[max(known)], names["area"][area], colour, max(known))] if known else []
    _day_axes(ledger, axes, days[0], days[-1], log, is_rate)
    gap = 0.17 * (axes.get_ylim()[1] - axes.get_ylim()[0]) / 2.9
    for (value, name, colour, day), y in zip(places, spread([p[0] for p in places], gap, log, axes.get_ylim())):
        words = wrap(figure, f"{name} {_value_text(value, is_rate)}", width=1.15)
        label(axes, date2num(days[-1]), y, words, 9, 0, ha="left", color=colour, fontweight="bold" if colour != GREY else "normal")
    title = _daily_title(frame, names, measure, is_rate)
    low, high = days[0], days[-1]
    publish(
        figure,
        title=title,
        subtitle=f"{names['measure'][measure]} a day, {_span(low, high)}{', logarithmic scale' if log else ''}. ● two witnesses agree; ○ one witness, or a translation; ✕ witnesses disagree, "
        "the best supported is drawn; bars: only bounds are known; days without a number are gaps. ▲ on the axis: a briefing.",
        source=source(ledger, frame["rests_on"]),
        alt=f"{title}. " + " ".join(_daily_words(frame[frame["area"].eq(a)], names["area"][a], is_rate) for a in areas),
        save=save,
    )


def _day_marks(axes: Axes, own: pd.DataFrame, colour: str, is_rate: bool) -> dict[pd.Timestamp, Fraction]:
    """Marks, bars and the lines between neighbouring days; the exact values by day."""
    known = {}
    for row in own.itertuples():
        if row.low is None or pd.isna(row.low):
            continue
        if row.low == row.high:
            known[row.day] = row.low
            axes.plot(row.day, float(row.low), color=colour, linestyle="none", zorder=3, **{"markersize": 5} | _evidence(row))
        elif row.high is not None and not pd.isna(row.high):
            axes.plot([row.day] * 2, [float(row.low), float(row.high)], "_-", color=colour, markersize=7, linewidth=1.6)
    for day, value in known.items():
        if day + DAY in known:
            axes.plot([day, day + DAY], [float(value), float(known[day + DAY])], "-", color=colour, linewidth=1.3, zorder=2)
    return known


def _evidence(row: object) -> dict:
    """How sure a day's value is, as a mark: full, hollow, or a cross."""
    if row.verdict == Verdict.CONFLICT:
        return {"marker": "X", "markeredgecolor": "white", "markeredgewidth": 0.5, "markersize": 7.5}
    sure = row.verdict == Verdict.CORROBORATED and not row.translated
    return {"marker": "o"} if sure else {"marker": "o", "markerfacecolor": "white", "markeredgewidth": 1.3}


def _day_axes(ledger: Ledger, axes: Axes, first: pd.Timestamp, last: pd.Timestamp, log: bool, is_rate: bool) -> None:
    axes.set_xlim(first - DAY * 0.6, last + DAY * 0.6)
    if log:
        axes.set_yscale("log")
    else:
        axes.set_ylim(0, axes.get_ylim()[1])
    axes.yaxis.set_major_formatter(lambda value, _: _value_text(Fraction(value).limit_denominator(10**6), is_rate))
    axes.yaxis.set_minor_formatter(lambda value, _: "")
    ticks = pd.date_range(first, last)
    ticks = [day for day in ticks if len(ticks) < 9 or day.day % 5 == 0 or day.day == 1]
    axes.set_xticks(ticks, [f"{day.day}" if i and day.month == ticks[i - 1].month else f"{day:%-d %b}" for i, day in enumerate(ticks)])
    held = [day for day in ledger.briefings["day"] if first <= day <= last]
    axes.plot(held, [-0.03] * len(held), "^", color=GREY, markersize=4, transform=axes.get_xaxis_transform(), clip_on=False)
    axes.tick_params("x", pad=9, length=0)
    day, words = TESTING_ENDED
    if first < day <= last:
        axes.axvspan(day - DAY / 2, last + DAY * 0.6, color="#F3F1EC", zorder=0)
        axes.axvline(day - DAY / 2, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        label(axes, date2num(day - DAY / 2), 1, words, -5, -2, ("data", "axes fraction"), ha="right", va="top", color=GREY)


def spread(values: list, gap: float, log: bool = False, limits: tuple[float, float] = (0, 1)) -> list[float]:
    """Places for labels beside values, moved apart until no two are nearer than `gap`."""
    if log:
        low, high = (math.log(end) for end in limits)
        scaled = spread([(math.log(v) - low) / (high - low) for v in values], gap / (limits[1] - limits[0]))
        return [math.exp(low + place * (high - low)) for place in scaled]
    placed = [float(v) for v in values]
    order = sorted(range(len(placed)), key=placed.__getitem__)
    for _ in range(50):
        for a, b in pairwise(order):
            if (short := gap - (placed[b] - placed[a])) > 0:
                placed[a], placed[b] = placed[a] - short / 2, placed[b] + short / 2
    return placed


def _value_text(value: Fraction, is_rate: bool) -> str:
    if not is_rate:
        return text(value)
    return re.sub(r"\.?0+%", "%", rounding.reround(Fraction(value), 1, "0.00%"))


def _daily_title(frame: pd.DataFrame, names: dict, measure: str, is_rate: bool) -> str:
    """The peak of the first area, and the last value; neutral where there is no exact peak."""
    known = frame[[a == b for a, b in zip(frame["low"], frame["high"])]]
    name = names["measure"][measure]
    if known.empty:
        return f"{name.capitalize()}, day by day"
    own = known[known["area"].eq(known["area"].iloc[0])].sort_values("day")
    peak, last = own.iloc[[v == own["low"].max() for v in own["low"]].index(True)], own.iloc[-1]
    place = names["area"][peak["area"]]
    if peak["day"] == last["day"]:
        return f"{name.capitalize()}, {place}: highest on the last day known, {last['day']:%-d %B}"
    return f"{name.capitalize()} in {place} rose to {_value_text(peak['low'], is_rate)} on {peak['day']:%-d %B}, {_value_text(last['low'], is_rate)} by {last['day']:%-d %B}"


def _daily_words(own: pd.DataFrame, name: str, is_rate: bool) -> str:
    values = [
        f"{row.day:%-d %b} {_value_text(row.low, is_rate)}" + ("" if row.low == row.high else f" to {_value_text(row.high, is_rate)}")
        for row in own.sort_values("day").itertuples()
        if not (pd.isna(row.low) or pd.isna(row.high))
    ]
    return f"{name}: {', '.join(values)}." if values else f"{name}: no value."


def _span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    return f"{first:%-d %B} to {last:%-d %B %Y}" if first != last else f"{first:%-d %B %Y}"


# ── Rates ──


def scorecard(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """Every quoted rate's rounding interval on one scale, with the exact value in it. `rates`: of audit.rates."""
    names, figure_rows = tables.names(ledger, chinese=False), rates.to_dict("records")
    probe = Figure(dpi=DPI)
    FigureCanvasAgg(probe)
    told = [wrap(probe, f"{names['measure'][r['measure']]}, {_place(names, r)}", width=2.5) for r in figure_rows]
    step = 0.17 * max([2, *(words.count("\n") + 1 for words in told)]) + 0.12
    figure, axes = canvas(step * len(rates) + 0.55, left=3.3, right=1.75, top=0.1, bottom=0.4)
    for y, (row, words) in enumerate(zip(figure_rows, told)):
        left_label(axes, y, row["printed"], fontweight="bold", fontsize=10)
        label(axes, 0, y, words, -72 * 2.6, 0, ("axes fraction", "data"), ha="left")
        _interval(axes, y, row)
        counts = " / ".join("not printed" if pd.isna(row[c]) else text(row[c]) for c in ("part", "whole"))
        fits = "" if pd.isna(row["power"]) else tables.sentence("{n:whole number fits|whole numbers fit}", n=row["power"])
        label(axes, 1, y, counts, 8, 6 if fits else 0, ("axes fraction", "data"), ha="left")
        label(axes, 1, y, fits, 8, -6, ("axes fraction", "data"), ha="left", color=GREY)
    axes.set(ylim=(len(rates) - 0.45, -0.55), xlim=(-0.72, 0.72), yticks=[])
    axes.set_xticks([-0.5, 0, 0.5], ["−½", "as printed", "+½"])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    publish(
        figure,
        title=_scorecard_title(rates),
        subtitle=f"{_briefings(ledger, rates)}: {tables.sentence('{n:quoted rate|quoted rates}', n=len(rates))}. Grey bar: all that the printed rate can stand "
        "for, half a unit of its last digit either way. Mark: part over whole, exactly. Ticks: the whole-number parts that would print the same; "
        "the more there are, the less the check says.",
        source=source(ledger, rates["briefing"] + "/" + rates["number"], rates["part_from"], rates["whole_from"]),
        alt=_scorecard_title(rates) + ". " + " ".join(_rate_words(names, r) for r in figure_rows),
        save=save,
    )


def _interval(axes: Axes, y: float, row: dict) -> None:
    """The bar of what a printed rate can stand for, the whole numbers in it, and the exact value, in its last digit."""
    exact = isinstance(row["reconstructed"], Fraction | int)
    edge = {"facecolor": BAND} if exact else {"facecolor": "none", "edgecolor": "#767676", "linestyle": (0, (3, 2))}
    axes.barh(y, 1, 0.5, -0.5, **edge)
    axes.plot([0, 0], [y - 0.25, y + 0.25], color="white" if exact else "none", linewidth=1)
    if not exact:
        label(axes, 0, y, "○ " + ("not printed" if row["verdict"] == Verdict.UNCHECKED else str(row["verdict"])), color=GREY)
        return
    for part in _fitting(row):
        axes.plot([_offset(row, Fraction(part, row["whole"]))] * 2, [y - 0.25, y + 0.25], color="#8A939B", linewidth=0.9)
    place = _offset(row, row["reconstructed"])
    shown = max(-0.68, min(0.68, place))
    axes.plot(shown, y, markersize=8, linestyle="none", **VERDICTS[row["verdict"]])
    if shown != place:
        label(axes, shown, y, f"{text(round(place, 1) if place != int(place) else int(place))}", 0, 12)


def _offset(row: dict, value: Fraction) -> float:
    """How far a value lies from the printed one, in units of its last digit."""
    numeral = rounding.parse(row["printed"])
    return float((value - numeral.value) / numeral.unit)


def _fitting(row: dict) -> list[int]:
    """The whole-number parts that would have printed the same, where they are few enough to draw."""
    if pd.isna(row["power"]) or not 0 < row["power"] <= 60:
        return []
    return list(rounding.implied_parts(row["printed"], int(row["whole"])))


def _scorecard_title(rates: pd.DataFrame) -> str:
    count = rates["verdict"].value_counts()
    unchecked, right = count.get(Verdict.UNCHECKED, 0), count.get(Verdict.REPRODUCES, 0)
    checked = len(rates) - unchecked
    if checked and right == checked:
        rest = f"; {unchecked} cannot be checked" if unchecked else ""
        return f"All {checked} quoted rates that can be checked reproduce{rest}" if checked > 1 else f"The rate reproduces{rest}"
    if checked:
        return f"{right} of {checked} quoted rates that can be checked reproduce by ordinary rounding"
    return f"{len(rates)} quoted rates, none of which can be checked"


def _rate_words(names: dict, row: dict) -> str:
    counts = "" if pd.isna(row["part"]) or pd.isna(row["whole"]) else f" ({text(row['part'])} of {text(row['whole'])})"
    power = "" if pd.isna(row["power"]) else tables.sentence("; {n:whole number fits|whole numbers fit}", n=row["power"])
    return f"{row['printed']} {names['measure'][row['measure']]}, {_place(names, row)}{counts}: {row['verdict']}{power}."


def _place(names: dict, row: dict) -> str:
    area, whole = (names["area"].get(row.get(c), "area not stated") for c in ("area", "of_area"))
    return area if row.get("of_area") in (row["area"], None, "") else f"{area} in {whole}"


def _briefings(ledger: Ledger, frame: pd.DataFrame) -> str:
    """Which briefings a frame speaks of, in words."""
    found = list(dict.fromkeys(frame["briefing"]))
    day = dict(zip(ledger.briefings["briefing"], ledger.briefings["day"], strict=True))
    if len(found) == 1 and found[0] in day:
        return f"Briefing {found[0]} of {day[found[0]]:%-d %B %Y}"
    days = [day[name] for name in found if name in day]
    return f"{len(days)} briefings, {min(days):%-d %b} to {max(days):%-d %b %Y}" if days else ", ".join(found)
