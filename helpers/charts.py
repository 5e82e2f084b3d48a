"""The house style and the charts: verdicts and frames in, one published figure out. Nothing here judges.

A chart is a function `name(ledger, frame, …, *, save=None)`. It draws on a `canvas` (or on `rows`, one line of text and
marks below the other) and hands it to `publish`, the only way out:

    figure, axes = canvas(2.4, left=1.5)                   # inches of drawing; the margins are for labels
    axes.plot(…)
    label(axes, x, y, "5,522", dx=4, ha="left")            # a place in data coordinates, then points
    stack(axes, y, [(3930, CENTRAL, "four districts"), …])  # parts of a whole, each with its label
    publish(figure, title=…, subtitle=…, source=source(ledger, frame["rests_on"]), alt=…, save=save)

`publish` wraps title and subtitle, rules the footer, refuses a figure without source or alternative text, and displays
it as PNG with title and alternative text as its text output; `save="name.svg"` (or .png) also writes a file.
Titles and alternative texts are computed from what is drawn; where the data no longer bear a finding out, the title is
a neutral one. Colours: AREAS for places, VERDICTS (with a shape each) for verdicts, BAND for the rest. Orange is never
the colour of words: a `tag` puts a coloured square before them.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from helpers import rounding, tables
from helpers.ledger import Ledger
from helpers.tables import text
from helpers.words import Verdict

WIDTH, DPI = 7.2, 100  # inches; what a reader sees at 100 dots an inch is stored with twice as many
INK, GREY, RULE, BAND = "#222222", "#595959", "#B8B8B8", "#E4E8EB"
AREAS = {"city": "#222222", "central": "#0072B2", "outside": "#D55E00"}
PLACES = {"city": "in the city", "central": "in the central city", "outside": "outside it"}
VERDICTS = {
    Verdict.REPRODUCES: {"marker": "o", "color": "#0072B2"},
    Verdict.OTHER_RULE: {"marker": "^", "color": "#E69F00", "markeredgecolor": INK},
    Verdict.DIFFERS: {"marker": "X", "color": "#A34700"},
    Verdict.UNCHECKED: {"marker": "o", "color": "#767676", "markerfacecolor": "white", "markeredgewidth": 1.4},
}
TESTING_ENDED = pd.Timestamp("2022-12-01")  # announced by the 155th briefing
DAY = pd.Timedelta(days=1)
MONTHS = "January February March April May June July August September October November December".split()
HAN = "⺀-〿㐀-鿿豈-﫿＀-￯"
AXES_EDGE = ("axes fraction", "data")


def _fonts() -> list[str]:
    """DejaVu Sans, and Noto Sans SC for Chinese names where its package is installed."""
    known = font_manager.fontManager
    try:
        from pylopdf_fonts_zh_cn import sans_path

        known.addfont(sans_path())
    except (ImportError, OSError, RuntimeError):
        return ["DejaVu Sans"]
    known.ttflist.append(replace(known.ttflist[-1], weight=700))  # it has no bold cut, and matplotlib would say so
    return ["DejaVu Sans", known.ttflist[-1].name]


STYLE = {
    "font.family": _fonts(), "font.size": 9, "text.color": INK, "text.parse_math": False, "figure.dpi": DPI,
    "axes.edgecolor": RULE, "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.axisbelow": True, "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#E2E2E2", "grid.linewidth": 0.8,
    "xtick.color": RULE, "ytick.color": RULE, "xtick.labelcolor": GREY, "ytick.labelcolor": GREY, "ytick.major.size": 0,
    "svg.hashsalt": "chongqing-briefing-audit", "svg.fonttype": "path", "lines.solid_capstyle": "butt",
}  # fmt: skip
matplotlib.rcParams.update(STYLE)


# ── Canvas and labels ──


def canvas(height: float, left: float = 0.5, right: float = 0.1, top: float = 0.1, bottom: float = 0.3) -> tuple[Figure, Axes]:
    """A figure as wide as the house's with one pair of axes; all in inches, title and footer come on top of it."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI)
    FigureCanvasAgg(figure)
    box = (left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (bottom + top) / height)
    return figure, figure.add_axes(box)


def rows(count: int, step: float, left: float, right: float, bottom: float = 0.05) -> tuple[Figure, Axes]:
    """A canvas for `count` rows, counted from 0 at the top, `step` inches apart, without a vertical axis."""
    figure, axes = canvas(count * step + bottom, left, right, 0, bottom)
    axes.set(ylim=(count - 0.5, -0.5), yticks=[])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params("x", bottom=bottom > 0.1, labelbottom=bottom > 0.1, length=3)
    return figure, axes


def label(axes: Axes, x: float, y: float, words: str, dx: float = 0, dy: float = 0, at: object = "data", **style: object) -> None:
    """Words at a place in data coordinates (or `at` others), moved by dx, dy points."""
    style = {"ha": "center", "va": "center", "annotation_clip": False, "linespacing": 1.2} | style
    axes.annotate(drawable(words), (x, y), xycoords=at, xytext=(dx, dy), textcoords="offset points", **style)


def tag(axes: Axes, x: float, y: float, words: str, colour: str, dx: float = 0, at: object = "data", **style: object) -> None:
    """Words with a square of the colour they stand for before them."""
    axes.annotate("■", (x, y), xycoords=at, xytext=(dx, 0), textcoords="offset points", color=colour, va="center", annotation_clip=False)
    label(axes, x, y, words, dx + 11, 0, at, **{"ha": "left", "fontweight": "bold"} | style)


def from_left(axes: Axes, inches: float) -> float:
    """How many points right of the left end of the axes a place is that lies `inches` from the figure's edge."""
    return 72 * (inches - axes.get_position().x0 * WIDTH)


def stack(axes: Axes, y: float, segments: Sequence[tuple[float, str, str]], height: float = 0.5) -> None:
    """Parts of a whole side by side from zero; (size, colour, words). Words that do not fit hang below, on a line."""
    low, high = axes.get_xlim()
    inch, start, hanging = axes.get_position().width * WIDTH / (high - low), 0.0, []
    for size, colour, words in [(float(size), colour, words) for size, colour, words in segments if size]:
        weight = "normal" if colour == BAND else "bold"
        axes.barh(y, size, height, start, color=colour, edgecolor="white", linewidth=1)
        middle, lines = start + size / 2, wrap(axes.figure, words, weight=weight, width=max(size * inch - 0.1, 0.01))
        if lines.count("\n") < 2 and _width(axes.figure, lines, weight=weight) < size * inch - 0.05:
            label(axes, middle, y, lines, color=ink_on(colour), fontweight=weight)
        else:
            hanging.append((middle, words, _width(axes.figure, words) / inch + 0.15 / inch))
        start += size
    places, free = [], low
    for middle, _, wide in hanging:
        places.append(max(middle - 0.1 / inch, free))
        free = places[-1] + wide
    for place, (middle, words, wide) in reversed(list(zip(places, hanging))):
        place = high = min(place, high - wide)
        foot = min(max(middle, place + 0.05 / inch), place + wide - 0.2 / inch)
        axes.plot([middle, foot], [y + height / 2 - 0.04, y + height / 2 + 0.09], color=INK, linewidth=0.9)
        label(axes, place, y + height / 2 + 0.09, words, 0, -7, ha="left")


def ink_on(colour: str) -> str:
    """White or black, whichever reads better on a colour: 4.58 to 1 at least."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    light = sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear))
    return "black" if (light + 0.05) ** 2 > 1.05 * 0.05 else "white"


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Places for labels, moved apart until no two are nearer than `gap`."""
    placed = [float(p) for p in places]
    order = sorted(range(len(placed)), key=placed.__getitem__)
    for _ in range(100):
        for a, b in pairwise(order):
            if (short := gap - (placed[b] - placed[a])) > 0:
                placed[a], placed[b] = placed[a] - short / 2, placed[b] + short / 2
    return placed


def wrap(figure: Figure, words: str, size: float = 9, weight: str = "normal", width: float = WIDTH) -> str:
    """Lines no wider than so many inches; Chinese may break anywhere."""
    lines = [""]
    for piece in re.findall(rf"[(]?[{HAN}][,.;)]*|[(]?[^\s{HAN}(]+|[(]|\s+", drawable(words)):
        if lines[-1] and _width(figure, (lines[-1] + piece).strip(), size, weight) > 0.985 * width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def _width(figure: Figure, words: str, size: float = 9, weight: str = "normal") -> float:
    """In inches."""
    probe = figure.text(0, 0, words, fontsize=size, fontweight=weight)
    wide = probe.get_window_extent().width / figure.dpi if words else 0
    probe.remove()
    return wide


def drawable(words: str) -> str:
    """Text without what the fonts cannot draw: Chinese drops out, with its brackets, where there is no Chinese font."""
    words = "".join(c if c == "\n" or unicodedata.category(c)[0] not in "CZ" else " " for c in words)
    fonts = tuple(matplotlib.rcParams["font.family"])
    if all(_has_glyph(c, fonts) for c in words):
        return words
    words = re.sub(r"(?<=\d)[萬万]", " wan", words)
    words = re.sub(rf" ?[((][{HAN}]+[))]| ?[{HAN}]+", lambda m: m[0] if all(_has_glyph(c, fonts) for c in m[0]) else "", words)
    return "".join(c if _has_glyph(c, fonts) else "?" for c in words) or "(in Chinese)"


@cache
def _has_glyph(character: str, fonts: tuple[str, ...]) -> bool:
    found = (font_manager.get_font(font_manager.findfont(name)) for name in fonts)
    return character == "\n" or any(font.get_char_index(ord(character)) for font in found)


# ── Words ──


def _names(ledger: Ledger, chinese: bool = False) -> dict[str, dict[str, str]]:
    return tables.names(ledger, chinese=chinese and len(matplotlib.rcParams["font.family"]) > 1)


def _day(day: pd.Timestamp, year: bool = False) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def _short(day: pd.Timestamp) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _value(value: int | Fraction, is_rate: bool = False) -> str:
    """A count, or a share in percent to two places at most."""
    return re.sub(r"\.?0+%", "%", text(value, "0.00%")) if is_rate else text(value)


def _place(names: dict, row: dict) -> str:
    """An area, and the area that it is a share of."""
    area, whole = (names["area"].get(row.get(c), "area not stated") for c in ("area", "of_area"))
    return area if row.get("of_area") in (row["area"], None, "") else f"{area} / {whole}"


def _briefings(ledger: Ledger, frame: pd.DataFrame) -> str:
    day = dict(zip(ledger.briefings["briefing"], ledger.briefings["day"], strict=True))
    days = [day[name] for name in dict.fromkeys(frame["briefing"]) if name in day]
    if len(days) == 1:
        return f"Briefing {frame['briefing'].iloc[0]}, {_day(days[0], year=True)}"
    return f"{len(days)} briefings, {_day(min(days))} to {_day(max(days), year=True)}" if days else "Pages beside the briefings"


def source(ledger: Ledger, *references: Iterable[str]) -> str:
    """The pages behind printed numbers that are named as file/number, several in one text parted by "; "."""
    wanted = {name for column in references for said in column if isinstance(said, str) for name in said.split("; ")}
    numbers = ledger.numbers
    found = numbers[(numbers["briefing"] + "/" + numbers["number"]).isin(wanted)]
    outlet = dict(zip(ledger.sources["source"], ledger.sources["outlet"], strict=True))
    keys = [key for column in ("source", "second_source") for key in found[column] if isinstance(key, str)]
    pages = list(dict.fromkeys(outlet[key] for key in keys))
    if len(pages) > 4:
        pages = [*pages[:3], f"{len(pages) - 3} more outlets"]
    files = [f"data/numbers/{name}.csv" for name in dict.fromkeys(found["briefing"])]
    kept = f"{len(files)} files of data/numbers" if len(files) > 2 else " and ".join(files)
    return f"{', '.join(pages)}; transcribed in {kept}" if pages else ""


# ── Publishing ──


def publish(
    figure: Figure, *, title: str, subtitle: str, source: str, alt: str, caption: str = "", save: str | Path | None = None
) -> None:
    """Put title, subtitle and source on a figure, and display it.

    Args:
        title: the finding, in words. subtitle: measure, place, dates, base, caveat. source: the pages.
        alt: the values, for a reader without the image; with the title it is the figure's text output.
        caption: a sentence below the figure. save: a file to write too, .svg or .png.

    Raises:
        ValueError: where a text is missing, or the file to save is neither.
    """
    for name, words in {"title": title, "subtitle": subtitle, "source": source, "alt": alt}.items():
        if not isinstance(words, str) or not words.strip():
            raise ValueError(f"a figure needs words as its {name}: found {words!r}")
    _frame(figure, title, subtitle, f"Source: {source.rstrip('.')}. Own arithmetic.")
    if save is not None:
        _save(figure, Path(save))
    _display(figure, f"{title.rstrip('.')}. {alt}", caption)


def _frame(figure: Figure, *words: str) -> None:
    """Make room above and below the drawing for title, subtitle and footer, and write them."""
    styles = [(13, "bold", INK), (10, "normal", GREY), (9, "normal", GREY)]
    written = [
        figure.text(0, 0, wrap(figure, said, size, weight), fontsize=size, fontweight=weight, color=colour, va="top", linespacing=1.25)
        for said, (size, weight, colour) in zip(words, styles, strict=True)
    ]
    title, subtitle, footer = (t.get_window_extent().height / figure.dpi for t in written)
    above, below, drawing = title + subtitle + 0.32, footer + 0.22, figure.get_figheight()
    height = above + drawing + below
    figure.set_figheight(height)
    for axes in figure.axes:
        x, y, width, high = axes.get_position().bounds
        axes.set_position((x, (below + y * drawing) / height, width, high * drawing / height))
    for artist, top in zip(written, (height - 0.05, height - 0.14 - title, below - 0.12), strict=True):
        artist.set_position((0, top / height))
    figure.add_artist(Line2D([0, 1], [(below - 0.05) / height] * 2, color=RULE, linewidth=0.8))


def _save(figure: Figure, path: Path) -> None:
    if path.suffix not in (".svg", ".png"):
        raise ValueError(f"{path.name!r}: expected a name that ends in .svg or .png")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_bytes(figure, path.suffix[1:]))


def _bytes(figure: Figure, kind: str) -> bytes:
    """The figure as a file, the same bytes every time."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=2 * DPI, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return buffer.getvalue()


def _display(figure: Figure, words: str, caption: str) -> None:
    """Show the image with its text as alternative, and the same text folded away below it for all to read."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(words)
        return
    shown = {"alt": words, "width": round(WIDTH * DPI)}
    display({"image/png": _bytes(figure, "png"), "text/plain": words}, raw=True, metadata={"image/png": shown})
    below = f"<p>{escape(caption)}</p>\n" if caption else ""
    below += f"<details><summary>The figure in words</summary><p>{escape(words)}</p></details>"
    display({"text/html": below, "text/plain": caption or "The figure in words: as above."}, raw=True)


# ── Rates ──


def scorecard(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """Every quoted rate's rounding interval on one common scale, with the exact value in it. `rates`: of audit.rates."""
    names, quoted = _names(ledger), rates.to_dict("records")
    blank, _ = canvas(1)
    several = rates["briefing"].nunique() > 1
    told = [
        wrap(blank, f"{row['briefing'] + ': ' if several else ''}{names['measure'][row['measure']]}, {_place(names, row)}", width=2.4)
        for row in quoted
    ]
    step = 0.15 * max([2, *(words.count("\n") + 1 for words in told)]) + 0.1
    figure, axes = rows(len(rates), step, left=3.25, right=1.62, bottom=0.35)
    axes.set_xlim(-0.62, 0.62)
    axes.set_xticks([-0.5, 0, 0.5], ["−½", "as printed", "+½"])
    for y, (row, words) in enumerate(zip(quoted, told)):
        label(axes, 0, y, row["printed"], from_left(axes, 0), 0, AXES_EDGE, ha="left", fontweight="bold", fontsize=10)
        label(axes, 0, y, words, from_left(axes, 0.8), 0, AXES_EDGE, ha="left")
        _interval(axes, y, row)
        label(axes, 1, y, "\n".join(filter(None, _counts(row))), 6, 0, AXES_EDGE, ha="left", linespacing=1.35)
    title = _scorecard_title(rates)
    words = ("; ".join(filter(None, (*_counts(row), row["verdict"]))) for row in quoted)
    publish(
        figure,
        title=title,
        subtitle=f"{_briefings(ledger, rates)}. Bar: all that a printed rate can stand for, half a unit of its last digit "
        "either way. Mark: its part over its whole, exactly. Ticks: the whole-number parts that would print the same; the more, the weaker the check.",
        source=source(ledger, rates["briefing"] + "/" + rates["number"], rates["part_from"], rates["whole_from"]),
        alt=" ".join(
            f"{row['printed']} {names['measure'][row['measure']]}, {_place(names, row)}: {said}." for row, said in zip(quoted, words)
        ),
        save=save,
    )


def _interval(axes: Axes, y: float, row: dict) -> None:
    """What a printed rate can stand for, the whole numbers in it, and the exact value, in units of the last digit."""
    if not isinstance(row["reconstructed"], Fraction | int):
        axes.barh(y, 1, 0.56, -0.5, facecolor="none", edgecolor="#767676", linestyle=(0, (3, 2)))
        absent = [c for c in ("part", "whole") if pd.isna(row[c])]
        words = f"{' and '.join(absent)} not printed" if absent else str(row["verdict"])
        label(axes, 0, y, f"○ {words}" if row["verdict"] == Verdict.UNCHECKED else words, color=GREY)
        return
    axes.barh(y, 1, 0.56, -0.5, color=BAND)
    axes.plot([0, 0], [y - 0.28, y + 0.28], color="white", linewidth=1.2)
    if not pd.isna(row["power"]) and row["power"] <= 40:
        for part in rounding.implied_parts(row["printed"], int(row["whole"])):
            axes.plot([_units(row, Fraction(part, row["whole"]))] * 2, [y - 0.28, y + 0.28], color="#7F8990", linewidth=0.9)
    place = _units(row, row["reconstructed"])
    shown = max(-0.57, min(0.57, place))
    axes.plot(shown, y, markersize=8, linestyle="none", **VERDICTS[row["verdict"]])
    if shown != place:
        label(axes, shown, y, f"{'→' if place > 0 else '←'} {place:+.1f}".replace("-", "−"), -9 if place > 0 else 9, 0, ha="right" if place > 0 else "left", bbox={"facecolor": BAND, "edgecolor": "none", "pad": 1})


def _units(row: dict, value: Fraction) -> float:
    """How far a value lies from the printed one, in units of its last digit."""
    numeral = rounding.parse(row["printed"])
    return float((value - numeral.value) / numeral.unit)


def _counts(row: dict) -> tuple[str, str]:
    """Part and whole of a rate, and how many whole numbers would print the same."""
    counts = " / ".join("?" if pd.isna(row[c]) else text(row[c]) for c in ("part", "whole"))
    power = "" if pd.isna(row["power"]) else tables.sentence("{n:whole number fits|whole numbers fit}", n=row["power"])
    return ("" if counts == "? / ?" else counts), power


def _scorecard_title(rates: pd.DataFrame) -> str:
    count = rates["verdict"].value_counts()
    unchecked, right = count.get(Verdict.UNCHECKED, 0), count.get(Verdict.REPRODUCES, 0)
    checked = len(rates) - unchecked
    rest = f"; {unchecked} cannot be" if unchecked else ""
    if checked > 1 and right == checked:
        return f"All {checked} rates that can be checked reproduce{rest}"
    return f"Of {len(rates)} quoted rates, {right} reproduce, {checked - right} do so by another rule or not at all{rest and rest + ' checked'}"


def verdict_counts(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """The rates of every briefing by verdict, one mark a rate. `rates`: of audit.rates."""
    files = list(dict.fromkeys(rates["briefing"]))
    day = dict(zip(ledger.briefings["briefing"], ledger.briefings["day"], strict=True))
    order, count = list(VERDICTS), rates.groupby(["briefing", "verdict"]).size()
    most = max(rates["briefing"].value_counts())
    figure, axes = rows(len(files) + 1, 0.23, left=1.1, right=0.3)
    axes.set_xlim(0, max(most, 24) + 0.5)
    said = []
    for y, file in enumerate(files, 1):
        own = [verdict for verdict in order for _ in range(count.get((file, verdict), 0))]
        label(axes, 0, y, file, from_left(axes, 0), 0, AXES_EDGE, ha="left", fontweight="bold")
        label(axes, 0, y, _short(day[file]) if file in day else "", from_left(axes, 0.45), 0, AXES_EDGE, ha="left", color=GREY)
        for x, verdict in enumerate(own, 1):
            axes.plot(x, y, markersize=7.5, linestyle="none", **VERDICTS[verdict])
        said.append(f"{file}: " + ", ".join(f"{own.count(v)} {v}" for v in order if v in own))
    inches = 0.08
    for verdict in order:
        words = f"{verdict.removeprefix('reproduces ')} ({(rates['verdict'] == verdict).sum()})"
        x = (inches - axes.get_position().x0 * WIDTH) / (axes.get_position().width * WIDTH) * axes.get_xlim()[1]
        axes.plot(x, 0, markersize=7.5, linestyle="none", clip_on=False, **VERDICTS[verdict])
        label(axes, x, 0, words, 7, 0, ha="left")
        inches += _width(figure, words) + 0.35
    publish(
        figure,
        title=_scorecard_title(rates),
        subtitle=f"{_briefings(ledger, rates)}. One mark a quoted rate, in the order of the key, against its own part and whole as far as the record has them.",
        source=source(ledger, rates["briefing"] + "/" + rates["number"]),
        alt="; ".join(said) + ".",
        save=save,
    )


def rules(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """How many of the rates with both counts known each rounding rule reproduces. `rates`: of audit.rates."""
    known = rates[rates["reconstructed"].notna()]
    fits = {rule: sum(rule in said.split(", ") for said in known["rule"]) for rule in rounding.RULES}
    best, total = max(fits.values()), len(known)
    figure, axes = rows(len(fits), 0.4, left=1.5, right=1.0)
    axes.set_xlim(0, max(total, 1))
    for y, (rule, count) in enumerate(fits.items()):
        label(axes, 0, y, tables.HEADINGS.get(rule, rule), from_left(axes, 0), 0, AXES_EDGE, ha="left", fontweight="bold" if count == best else "normal")
        axes.barh(y, total, 0.55, color=BAND)
        axes.barh(y, count, 0.55, color="#0072B2" if count == best else "#7F8990")
        label(axes, 1, y, f"{count} of {total}", 6, 0, AXES_EDGE, ha="left", fontweight="bold" if count == best else "normal")
    leading = [tables.HEADINGS.get(rule, rule) for rule, count in fits.items() if count == best]
    title = f"No rule reproduces more rates than rounding {leading[0]}: {best} of {total}" if total else "Rates by rounding rule"
    publish(
        figure,
        title=title,
        subtitle=f"{_briefings(ledger, rates)}: quoted rates whose part and whole are both known exactly, by the rule that turns the exact value into the printed one."
        + (f" Equal: {', '.join(leading)}; they differ only in ties." if len(leading) > 1 else ""),
        source=source(ledger, known["briefing"] + "/" + known["number"], known["part_from"], known["whole_from"]),
        alt="; ".join(f"{tables.HEADINGS.get(rule, rule)} {count} of {total}" for rule, count in fits.items()) + ".",
        save=save,
    )


def rounding_interval(ledger: Ledger, rates: pd.DataFrame, reference: str, *, save: str | Path | None = None) -> None:
    """One printed rate on a number line: its bounds by each rule, its exact value, and the next whole numbers."""
    row = _named(rates, reference)
    part, whole, printed = int(row["part"]), int(row["whole"]), row["printed"]
    numeral, names = rounding.parse(printed), _names(ledger)
    close = {k: _units(row, Fraction(k, whole)) for k in (part - 1, part, part + 1) if k >= 0}
    figure, axes = rows(len(rounding.RULES) + 1, 0.34, left=1.3, right=1.0, bottom=0.35)
    reach = max(1.3, *(min(abs(place), 3) * 1.15 for place in close.values()))
    axes.set_xlim(-reach, reach)
    ticks = [unit for unit in (-2, -1, 0, 1, 2) if abs(unit) < reach]
    axes.set_xticks(ticks, [rounding.reround(numeral.value + unit * numeral.unit, 1, printed) for unit in ticks])
    beside = spread(list(close.values()), 0.42 * 2 * reach / (axes.get_position().width * WIDTH))
    for (k, place), at in zip(close.items(), beside):
        if abs(place) > reach:
            continue
        own = k == part
        axes.plot([at, place, place], [-0.12, 0.35, len(rounding.RULES) + 0.5], color=INK if own else "#7F8990", linewidth=1.6 if own else 0.9, zorder=3)
        label(axes, at, -0.3, text(k), fontweight="bold" if own else "normal", color=INK if own else GREY)
    label(axes, 0, -0.3, f"of {text(whole)}:", from_left(axes, 0), 0, AXES_EDGE, ha="left")
    for y, rule in enumerate(rounding.RULES, 1):
        bounds = rounding.unround(printed, rule)
        low, high = _units(row, bounds.lower), _units(row, bounds.upper)
        fits = bounds.contains(Fraction(part, whole))
        colour = "#0072B2" if fits else "#A9B0B5"
        axes.plot([low, high], [y, y], color=colour, linewidth=6, solid_capstyle="butt")
        for end, included in ((low, bounds.incl_lower), (high, bounds.incl_upper)):
            axes.plot(end, y, "o", color=colour, markersize=7, markerfacecolor=colour if included else "white", markeredgewidth=1.5, zorder=4)
        label(axes, 0, y, tables.HEADINGS[rule], from_left(axes, 0), 0, AXES_EDGE, ha="left")
        label(axes, 1, y, rounding.reround(part, whole, printed, rule), 8, 0, AXES_EDGE, ha="left", fontweight="bold" if fits else "normal")
    fit = [tables.HEADINGS[rule] for rule in rounding.RULES if rounding.unround(printed, rule).contains(Fraction(part, whole))]
    exact = rounding.reround(part, whole, "0.00000%")
    publish(
        figure,
        title=f"{text(part)} of {text(whole)} is {exact}: " + (f"{printed} when rounded {fit[0]}" if fit else f"{printed} by no rule"),
        subtitle=f"{_capital(names['measure'][row['measure']])}, {_place(names, row)}. Bar: what the printed {printed} can stand for by each rule (full end: included, "
        "hollow: not). Line: the exact value, and that of one more or one fewer. Right: what each rule would print.",
        source=source(ledger, [reference, row["part_from"], row["whole_from"]]),
        alt=f"Rules that print {printed}: {', '.join(fit) or 'none'}. "
        + "; ".join(f"{text(k)} of {text(whole)} is {rounding.reround(k, whole, '0.00000%')}" for k in close)
        + ".",
        save=save,
    )


def _named(frame: pd.DataFrame, reference: str) -> dict:
    """The row of a printed number, named as file/number."""
    found = frame[(frame["briefing"] + "/" + frame["number"]).eq(reference)]
    if found.empty:
        raise ValueError(f"{reference!r} is not in this frame: expected file/number, such as 155/liangping_share")
    return found.iloc[0].to_dict()


def parts(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """Parts of their wholes, one bar a rate, each whole as wide as the next. `rates`: of audit.rates, both counts known."""
    known = rates[rates["reconstructed"].notna()]
    names, english, shown = _names(ledger, chinese=True), _names(ledger), known.to_dict("records")
    figure, axes = rows(len(shown), 1.0, left=0, right=0.02)
    axes.set_xlim(0, 1)
    for y, row in enumerate(shown):
        within = row["area"] == row["of_area"]
        part = names["measure"][_of(ledger, row, "part")] if within else names["area"][row["area"]]
        head = f"{names['area'][row['of_area']]}: {text(row['whole'])} {names['measure'][_of(ledger, row, 'whole')]}"
        label(axes, 0, y - 0.36, head, ha="left", fontsize=10)
        colour, rest = AREAS.get(row["area"], AREAS.get(row["of_area"], "#0072B2")), row["whole"] - row["part"]
        words = [f"{part}: {text(row['part'])} ({row['printed']})", f"the rest: {text(rest)}"]
        sizes = [row["reconstructed"], max(1 - row["reconstructed"], 0)]
        stack(axes, y, list(zip(sizes, (colour, BAND), words)), 0.38)
    said = [f"{english['area'][row['area']]} {row['printed']}" for row in shown]
    publish(
        figure,
        title=f"{_capital(english['measure'][shown[0]['measure']])}: {', '.join(said)}",
        subtitle=f"{_briefings(ledger, known)}; counts of {', '.join(dict.fromkeys(tables.when(r['start'], r['end']) for r in shown))}. "
        "Each bar is one whole; its percentage is the printed one.",
        source=source(ledger, known["briefing"] + "/" + known["number"], known["part_from"], known["whole_from"]),
        alt=" ".join(f"{_place(english, r)}: {text(r['part'])} of {text(r['whole'])}, printed as {r['printed']}, {r['verdict']}." for r in shown),
        save=save,
    )  # fmt: skip


def _of(ledger: Ledger, row: dict, column: str) -> str:
    """The measure that is the part, or the whole, of a rate."""
    return dict(zip(ledger.measures["measure"], ledger.measures[column], strict=True))[row["measure"]]


def nested(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """A whole, its part, and the parts of that part: firms, those in production, and how they produce.

    `rates`: of audit.rates, of one text and place. A rate whose whole is not printed hangs below, on a scale of its own.
    """
    names, every = _names(ledger, chinese=True), rates.to_dict("records")
    known, open_ended = [r for r in every if not pd.isna(r["whole"])], [r for r in every if pd.isna(r["whole"])]
    top = next(r for r in known if _of(ledger, r, "whole") not in {_of(ledger, other, "part") for other in known})
    levels, whole = [], top["whole"]
    group = [r for r in known if _of(ledger, r, "whole") == _of(ledger, top, "whole")]
    while group:
        levels.append((group, group[0]["whole"]))
        below = {_of(ledger, r, "part") for r in group}
        group = [r for r in known if _of(ledger, r, "whole") in below]
    figure, axes = rows(1 + len(levels) + len(open_ended), 0.78, left=0, right=0.02)
    axes.set_xlim(0, whole)
    stack(axes, 0, [(whole, INK, f"{text(whole)} {names['measure'][_of(ledger, top, 'whole')]}")], 0.5)
    said, shades = [f"{text(whole)} {names['measure'][_of(ledger, top, 'whole')]}"], ("#0072B2", "#4B93BF")
    for y, (group, base) in enumerate(levels, 1):
        rest = base - sum(r["part"] for r in group)
        words = [f"{text(r['part'])} {names['measure'][_of(ledger, r, 'part')]} ({r['printed']})" for r in group]
        left = [(rest, BAND, f"{text(rest)} the rest")] if rest > 0 else []
        stack(axes, y, [*zip([r["part"] for r in group], shades * len(group), words), *left], 0.5)
        said.append(f"of {text(base)}: {', '.join(words)}, {text(max(rest, 0))} the rest")
    for y, row in enumerate(open_ended, 1 + len(levels)):
        share = float(rounding.parse(row["printed"]).value) * whole
        words = f"{names['measure'][_of(ledger, row, 'part')]}: {text(row['part'])} ({row['printed']})"
        stack(axes, y, [(share, "#767676", words)], 0.5)
        axes.barh(y, whole - share, 0.5, share, facecolor="none", edgecolor="#767676", linestyle=(0, (3, 2)))
        label(axes, (share + whole) / 2, y, "whole not printed", color=GREY)
        said.append(f"{words} of a whole not printed")
    last, base = levels[-1]
    rest = base - sum(r["part"] for r in last)
    plain = _names(ledger)["measure"]
    publish(
        figure,
        title=f"Of {text(whole)} {plain[_of(ledger, top, 'whole')]}, " + ", ".join(
            f"{text(r['part'])} are {plain[_of(ledger, r, 'part')].removeprefix('firms ')}" for r, in [g for g, _ in levels if len(g) == 1]
        ) + (f"; {text(rest)} of those in neither kind" if rest > 0 and len(last) > 1 else ""),
        subtitle=f"{_briefings(ledger, rates)}; {_names(ledger)['area'][top['area']]}, {tables.when(top['start'], top['end'])}. Percentages as printed: "
        f"each is a share of the bar above it. The rest, if none is counted twice. {'The dashed bar has a scale of its own.' if open_ended else ''}",
        source=source(ledger, rates["briefing"] + "/" + rates["number"], rates["part_from"], rates["whole_from"]),
        alt="; ".join(said) + ".",
        save=save,
    )  # fmt: skip


def candidates(ledger: Ledger, unstated: pd.DataFrame, reference: str, *, save: str | Path | None = None) -> None:
    """Which whole numbers fit a total nobody printed, and what other pages print for it. `unstated`: of audit.unstated."""
    own = unstated[(unstated["briefing"] + "/" + unstated["number"]).eq(reference) & unstated["wanted"].eq("whole")]
    first, names, numbers = own.iloc[0], _names(ledger), ledger.numbers
    fitting = own[own["area"].eq(first["area"]) & own["basis"].ne("candidate")].drop_duplicates(["rule", "low", "high"])
    spans = [(row.low, None if pd.isna(row.high) else row.high, _rule(row) + (f"; {row.assumes}" if row.basis == "joint" else "")) for row in fitting.itertuples()]
    others = own[own["basis"].eq("candidate") & own["rule"].eq("half_up")].drop_duplicates("low")
    beside = numbers[numbers["measure"].eq(first["measure"]) & numbers["area"].ne(first["area"]) & numbers["kind"].eq("level")].drop_duplicates("area")
    marks = [(row.low, _outlet(ledger, row.rests_on), row.fits) for row in others.itertuples()]
    marks = sorted([*marks, *((int(row.value), f"{names['area'][row.area]} alone", None) for row in beside.itertuples())])
    figure, axes = rows(len(spans) + len(marks), 0.4, left=2.75, right=0.5, bottom=0.35)
    ends = [float(end) for end in [e for low, high, _ in spans for e in (low, high)] + [m[0] for m in marks] if end is not None]
    pad = (max(ends) - min(ends)) * 0.08 or max(ends)
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: text(int(value)))
    told = []
    for y, (low, high, words) in enumerate(spans):
        end, said = max(ends) + pad if high is None else high, f"{text(low)} to {'any' if high is None else text(high)}"
        colour = ("#0072B2", "#4B93BF")[y % 2]
        axes.axvspan(low, end, color="#0072B2", alpha=0.06, linewidth=0)
        label(axes, 0, y, wrap(figure, words, width=2.5), from_left(axes, 0), 0, AXES_EDGE, ha="left")
        stack(axes, y, [(low, "none", ""), (end - low, colour, said)], 0.56)
        told.append(f"{words}: {said}")
    for y, (value, words, fits) in enumerate(marks, len(spans)):
        verdict = Verdict.REPRODUCES if fits else Verdict.DIFFERS if fits is False else Verdict.UNCHECKED
        axes.plot(value, y, markersize=8, linestyle="none", **VERDICTS[verdict])
        label(axes, 0, y, wrap(figure, words, width=2.5), from_left(axes, 0), 0, AXES_EDGE, ha="left")
        label(axes, value, y, text(value), 8, 0, ha="left", fontweight="bold")
        told.append(f"{words}: {text(value)}" + {True: ", fits", False: ", does not fit"}.get(fits, ""))
    low, high, _ = spans[0]
    good = [text(value) for value, _, fits in marks if fits]
    found = f"; {' and '.join(good)} is in it" if good else "; no total printed elsewhere is in it" if len(others) else ""
    publish(
        figure,
        title=f"{first['printed']} fits any total from {text(low)} to {text(high)}{found}" if high else f"{first['printed']} alone says nothing of its total",
        subtitle=f"{_capital(names['measure'][first['measure']])}, {names['area'][first['area']]}: the whole of the {first['printed']} in {_briefings(ledger, own)}, which does not print it."
        + (" Marks: printed elsewhere; ● within the range of half up, ✕ outside it, ○ of another area." if marks else ""),
        source=source(ledger, own["rests_on"], beside["briefing"] + "/" + beside["number"]),
        alt="; ".join(told) + ".",
        save=save,
    )  # fmt: skip


def _rule(row: object) -> str:
    heading = tables.HEADINGS[row.rule]
    return f"if {heading}" if row.rule in ("down", "up") else f"if rounded {heading}"


def _outlet(ledger: Ledger, reference: str) -> str:
    """The outlet that prints a number, without its Chinese name, and the day it speaks of."""
    numbers = ledger.numbers
    row = numbers[(numbers["briefing"] + "/" + numbers["number"]).eq(reference.split("; ")[0])].iloc[0]
    outlet = dict(zip(ledger.sources["source"], ledger.sources["outlet"], strict=True))[row["source"]]
    return f"{outlet}, {_day(row['end'] - DAY, year=True)}" if not pd.isna(row["end"]) else outlet


# ── Days ──


def falls(ledger: Ledger, changes: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """Where a change lies: the day before, the day, and the difference, each as a stack of its areas.

    `changes`: of audit.changes, of one briefing and measure: the city, and areas that make it up.
    """
    names, english, total = _names(ledger, chinese=True), _names(ledger), changes[changes["area"].eq("city")].iloc[0].to_dict()
    own = changes[changes["area"].ne("city") & changes["since"].eq(total["since"])].drop_duplicates("area").to_dict("records")
    day, before, word, sign = total["start"], total["since"], *(("fall", -1) if total["change"] < 0 else ("rise", 1))
    figure, axes = rows(4, 0.55, left=0.75, right=0.6)
    axes.set_xlim(0, int(max(total["implied"], total["level"])))
    inches = 0.0
    for row in own:
        name = names["area"][row["area"]]
        tag(axes, 0, 0, name, AREAS[row["area"]], 72 * inches, AXES_EDGE)
        inches += _width(figure, name, weight="bold") + 0.4
    heads = [(_short(before), "implied", text(total["implied"])), (_short(day), "level", text(total["level"])), (word, "change", f"{text(total['change'])} ({_percent(total)})")]
    for y, (head, column, end) in enumerate(heads, 1):
        label(axes, 0, y, head, from_left(axes, 0), 0, AXES_EDGE, ha="left", fontweight="bold", fontsize=10)
        sizes = [max(row[column] * (sign if column == "change" else 1), 0) for row in own]
        words = [f"{text(row[column])}" + (f" ({_percent(row)})" if column == "change" else "") for row in own]
        stack(axes, y, [(size, AREAS[row["area"]], said) for size, row, said in zip(sizes, own, words)], 0.56)
        label(axes, sum(sizes), y, end, 6, 0, ha="left", fontweight="bold")
    lies = " and ".join(f"{text(abs(row['change']))} {PLACES[row['area']]}" for row in own)
    adds_up = all(row["change"] * sign >= 0 for row in own) and sum(row["change"] for row in own) == total["change"]
    measure = _capital(english["measure"][total["measure"]])
    publish(
        figure,
        title=f"Of the city's {word} of {text(abs(total['change']))}, {lies}" if adds_up else f"{measure} by area, {_day(before)} and {_day(day)}",
        subtitle=f"{measure}, {english['area']['city']}, {_day(before)} and {_day(day, year=True)}. In brackets: against the area's own {_short(before)}, which is what "
        f"briefing {total['briefing']}'s counts and changes imply.",
        source=source(ledger, changes["rests_on"]),
        alt=" ".join(f"{english['area'][r['area']]}: {text(r['implied'])} to {text(r['level'])}, {text(r['change'])} ({_percent(r)})." for r in [total, *own]),
        save=save,
    )  # fmt: skip


def _percent(row: dict) -> str:
    """A change against the level it starts from."""
    return text(Fraction(row["change"], row["implied"]), "0.0%") if row["implied"] else "from zero"


def daily(
    ledger: Ledger, days: pd.DataFrame, measure: str = "new_infections", areas: Sequence[str] = ("city", "central", "outside"),
    *, log: bool = False, first: str | None = None, last: str | None = None, save: str | Path | None = None,
) -> None:
    """A measure day by day. `days`: of audit.daily; `first`, `last`: the days shown, else all there are.

    Values are marks, joined only from one day to the next; a day without a value is a gap. Where only bounds are known,
    a bar from low to high. The mark says how sure the value is.
    """
    own = days[days["measure"].eq(measure) & days["area"].isin(list(areas)) & days["of_area"].isin(["", None]) & days["low"].notna()]
    own = own[own["day"].between(first or own["day"].min(), last or own["day"].max())].sort_values("day")
    if own.empty:
        raise ValueError(f"no day with a value of {measure} for {', '.join(areas)}")
    english, names, share = _names(ledger), _names(ledger, chinese=True), _is_share(ledger, measure)
    figure, axes = canvas(3.7, left=0.62, right=1.42, top=0.42, bottom=0.5)
    ends, known = [], {area: _series(axes, own[own["area"].eq(area)], area, share) for area in areas}
    _day_axes(ledger, axes, own["day"].min(), own["day"].max(), log, share)
    for area, series in ((area, series) for area, series in known.items() if series):
        day = max(series)
        since = "" if day == own["day"].max() else f", {_short(day)}"
        ends.append((series[day], f"{_value(series[day], share)}{since}\n{wrap(figure, names['area'][area], width=1.18)}", area))
    scale = axes.transScale + axes.transLimits  # data to fractions of the height
    heights = spread([scale.transform((0, float(value)))[1] for value, _, _ in ends], 0.15)
    for (_, words, area), height in zip(ends, heights):
        tag(axes, 1, height, words, AREAS.get(area, GREY), 4, "axes fraction", fontweight="normal")
    top = max(known, key=lambda area: len(known[area]))
    title, name = _daily_title(known[top], _capital(english["measure"][measure]), english["area"][top], share), english["measure"][measure]
    base = f" ({english['measure'][_of(ledger, {'measure': measure}, 'part')]} among {english['measure'][_of(ledger, {'measure': measure}, 'whole')]})" if share else ""
    marks = "● both counts known, ○ the share as printed, or a translation" if share else "● two witnesses agree, ○ one witness or a translation"
    publish(
        figure,
        title=title,
        subtitle=f"{_capital(name)}{base} a day, {_day(own['day'].min())} to {_day(own['day'].max(), year=True)}{', logarithmic scale' if log else ''}. {marks}, "
        "✕ witnesses disagree (the best supported is drawn), bar: bounds only. No mark: no number known. ▲ a briefing was held.",
        source=source(ledger, own["rests_on"]),
        alt=" ".join(f"{english['area'][area]}: {', '.join(_told(own[own['area'].eq(area)], share)) or 'no value'}." for area in areas),
        save=save,
    )  # fmt: skip


def _is_share(ledger: Ledger, measure: str) -> bool:
    return dict(zip(ledger.measures["measure"], ledger.measures["nature"], strict=True))[measure] == "rate"


def _middle(row: object, share: bool) -> int | Fraction | None:
    """The value to draw: the exact one, of a printed share the printed one; None where there are only bounds."""
    printed = share and row.route == "printed" and not pd.isna(row.high)
    return row.low if row.low == row.high else (Fraction(row.low) + Fraction(row.high)) / 2 if printed else None


def _told(own: pd.DataFrame, share: bool) -> list[str]:
    bounds = [(row, _middle(row, share)) for row in own.itertuples()]
    high = ["any" if pd.isna(row.high) else _value(row.high, share) for row, _ in bounds]
    return [f"{_short(row.day)} {_value(row.low, share)} to {end}" if value is None else f"{_short(row.day)} {_value(value, share)}" for (row, value), end in zip(bounds, high)]  # fmt: skip


def _series(axes: Axes, own: pd.DataFrame, area: str, share: bool) -> dict[pd.Timestamp, int | Fraction]:
    """The marks of one area, its bars, and the lines from one day to the next; the values drawn, by day."""
    known, colour = {}, AREAS.get(area, GREY)
    for row in own.itertuples():
        value = _middle(row, share)
        if row.low != row.high and not pd.isna(row.high):
            axes.plot([date2num(row.day)] * 2, [float(row.low), float(row.high)], "_-", color=colour, markersize=7, linewidth=1.6)
        elif value is None:
            axes.plot(date2num(row.day), float(row.low), marker=r"$\uparrow$", color=colour, markersize=10)
        if value is not None:
            known[row.day] = value
            sure = row.verdict == Verdict.CORROBORATED or (share and row.route != "printed")
            look = {"marker": "o", "markersize": 5, "markeredgewidth": 1.3, "markerfacecolor": colour if sure and not row.translated else "white"}
            look = {"marker": "X", "markersize": 7.5, "markeredgecolor": "white", "markeredgewidth": 0.5} if row.verdict == Verdict.CONFLICT else look
            axes.plot(date2num(row.day), float(value), color=colour, linestyle="none", zorder=3, **look)
    for day in (day for day in known if day + DAY in known):
        axes.plot([date2num(day), date2num(day + DAY)], [float(known[day]), float(known[day + DAY])], color=colour, linewidth=1.3, zorder=2)
    return known


def _day_axes(ledger: Ledger, axes: Axes, first: pd.Timestamp, last: pd.Timestamp, log: bool, share: bool) -> None:
    """Dates, the scale, the days with a briefing, and the day from which counts are no longer comparable."""
    axes.set_xlim(date2num(first) - 0.6, date2num(last) + 0.6)
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(0)
    axes.yaxis.set_major_formatter(lambda value, _: _value(Fraction(value).limit_denominator(10**6), share))
    days = pd.date_range(first, last)
    ticks = [day for day in days if len(days) < 9 or day.day in (1, 5, 10, 15, 20, 25)]
    words = [str(day.day) if i and day.month == ticks[i - 1].month else _short(day) for i, day in enumerate(ticks)]
    axes.set_xticks([date2num(day) for day in ticks], words)
    axes.tick_params("x", pad=10, length=0)
    held = [date2num(day) for day in ledger.briefings["day"] if first <= day <= last]
    axes.plot(held, [-0.025] * len(held), "^", color=GREY, markersize=4, transform=axes.get_xaxis_transform(), clip_on=False)
    if first < TESTING_ENDED <= last:
        edge = date2num(TESTING_ENDED) - 0.5
        axes.axvspan(edge, date2num(last) + 0.6, color="#F3F1EC", zorder=0)
        axes.plot([edge, edge], [0, 1.12], color=GREY, linewidth=1, linestyle=(0, (4, 3)), transform=axes.get_xaxis_transform(), clip_on=False)
        words = f"from {_short(TESTING_ENDED)}: no district-wide\ntesting, not comparable"
        label(axes, edge, 1, words, 5, 4, ("data", "axes fraction"), ha="left", va="bottom", color=GREY)


def _daily_title(series: dict, name: str, place: str, share: bool) -> str:
    """How the longest series went, as far as known: down, up, or up and down again."""
    if len(series) < 2:
        return f"{name}, day by day"
    first, last, peak = min(series), max(series), max(series, key=series.__getitem__)
    value = {day: _value(series[day], share) for day in (first, last, peak)}
    if peak == first and series[last] == min(series.values()):
        return f"{name}, {place}: from {value[first]} on {_day(first)} down to {value[last]} on {_day(last)}"
    if peak == last and series[first] == min(series.values()):
        return f"{name}, {place}: from {value[first]} on {_day(first)} up to {value[last]} on {_day(last)}"
    return f"{name}, {place}: highest known on {_day(peak)}, {value[peak]}; {value[last]} on {_day(last)}"


def runs(ledger: Ledger, runs: pd.DataFrame, days: pd.DataFrame, reference: str, *, save: str | Path | None = None) -> None:
    """A claim about running days over its days: values known and missing, steps as claimed and not. Frames of audit.runs, audit.daily."""
    row, english = _named(runs, reference), _names(ledger)
    share, back = _is_share(ledger, row["measure"]), row["days"] - 1 + (row["claim"] in ("down", "up"))
    wanted = list(pd.date_range(row["end"] - DAY * (1 + back), row["end"] - DAY))
    own = days[days["measure"].eq(row["measure"]) & days["area"].eq(row["area"]) & days["of_area"].isin(["", None]) & days["day"].isin(wanted)]
    figure, axes = canvas(2.5, left=0.55, right=0.35, top=0.3, bottom=0.35)
    area = row["area"] if row["area"] in AREAS else "city"
    known = _series(axes, own.sort_values("day"), area, share)
    axes.set_xlim(date2num(wanted[0]) - 0.5, date2num(wanted[-1]) + 0.5)
    every = len(wanted) // 9 + 1
    axes.set_xticks([date2num(day) for day in wanted[::-every]], [_short(day) for day in wanted[::-every]])
    axes.tick_params("x", length=0)
    axes.set_ylim(0, axes.get_ylim()[1] if known else 1)
    axes.yaxis.set_major_formatter(lambda value, _: _value(Fraction(value).limit_denominator(10**6), share))
    for day in wanted:
        if day in known and every == 1:
            label(axes, date2num(day), float(known[day]), _value(known[day], share), 0, 10, fontweight="bold")
        elif day not in set(own["day"]):
            axes.axvspan(date2num(day) - 0.5, date2num(day) + 0.5, color="#F0F0F0", linewidth=0, zorder=0)
            label(axes, date2num(day), 0.5, "no\nvalue" if every == 1 else "?", at=("data", "axes fraction"), color=GREY)
    step = "steps" if row["claim"] in ("down", "up") else "days"
    claim = {"down": "falling", "up": "rising", "zero": "at zero"}.get(row["claim"], row["claim"].replace("<", "below ").replace(">", "above "))
    symbol = tables.SYMBOLS[row["verdict"]][0]
    publish(
        figure,
        title=f"{row['days']} days {claim}? {symbol} {_capital(str(row['verdict']))}: {row['shown']} of {row['days']} {step} shown",
        subtitle=f"{_capital(english['measure'][row['measure']])}, {english['area'][row['area']]}, {_day(wanted[0])} to {_day(wanted[-1], year=True)}, as claimed in {_briefings(ledger, pd.DataFrame([row]))}. "
        f"{len(wanted)} values are needed; grey: no value known. {_capital(str(row['missing'])) if row['missing'] else ''}",
        source=source(ledger, [reference], own["rests_on"]),
        alt=f"{', '.join(_told(own.sort_values('day'), share)) or 'No value'}. " + (f"Missing: {row['missing']}." if row["missing"] else ""),
        save=save,
    )  # fmt: skip


# ── Places ──


def tiles(ledger: Ledger, days: pd.DataFrame, measure: str, day: str, *, save: str | Path | None = None) -> None:
    """One day of a measure on a tile-grid map of the bulletins' units. `days`: of audit.daily."""
    units = ledger.areas[ledger.areas["tile_row"].notna()]
    own = days[days["measure"].eq(measure) & days["day"].eq(day) & days["low"].notna()]
    own = own[own["low"].eq(own["high"]) & own["of_area"].isin(["", None])]
    value, route = (dict(zip(own["area"], own[column], strict=True)) for column in ("low", "route"))
    most, chinese = max([1, *(value.get(area, 0) for area in units["area"])]), len(matplotlib.rcParams["font.family"]) > 1
    figure, axes = canvas(int(units["tile_row"].max() + 1) * 0.66, 0, 0, 0, 0)
    axes.set(xlim=(0, int(units["tile_column"].max() + 1)), ylim=(int(units["tile_row"].max() + 1), 0))
    axes.axis("off")
    shades, known = LinearSegmentedColormap.from_list("", ["#EDF3F8", "#5B9BC8", "#08306B"]), {}
    for row in units.sort_values(["tile_row", "tile_column"]).itertuples():
        x, y, found = row.tile_column, row.tile_row, value.get(row.area)
        colour = "white" if found is None else to_hex(shades(math.log1p(found) / math.log1p(most)))
        axes.add_patch(Rectangle((x + 0.02, y + 0.02), 0.96, 0.96, facecolor=colour, edgecolor=GREY if found is None else colour, linestyle=":" if found is None else "-"))
        name = re.sub(r" \(.*| (District|County|Economic).*", "", row.name_en)
        if _width(figure, name) > 0.56:  # broken between the syllables of the Chinese name
            name = "\n".join(re.findall(r"[^aeiou]*[aeiou]+(?:ng?(?![aeiou]))?", name))
        han = re.sub(r"\(.*|(土家|苗|(?<=.)[區縣]$|(?<=.)經開區$).*", "", row.name_zh) if chinese and isinstance(row.name_zh, str) else ""
        label(axes, x + 0.5, y + 0.36, "\n".join(filter(None, [name, han])), color=ink_on(colour), linespacing=1.02)
        shown = "none" if found is None else f"({text(found)})" if route[row.area] in ("parts", "nothing left") else text(found)
        label(axes, x + 0.5, y + 0.84, shown, color=ink_on(colour), fontweight="normal" if found is None else "bold")
        known |= {} if found is None else {name.replace("\n", ""): found}
    ranked, total, names = sorted(known, key=known.__getitem__, reverse=True), sum(known.values()), _names(ledger)
    half = next((n for n in range(1, len(ranked)) if 2 * sum(known[name] for name in ranked[:n]) > total), 0)
    what, when = _capital(names["measure"][measure]), _day(pd.Timestamp(day), year=True)
    publish(
        figure,
        title=f"{half} of {len(units)} units have more than half of the {text(total)}: {', '.join(ranked[:half])}" if 0 < half < len(ranked) / 4 else f"{what} by unit, {when}",
        subtitle=f"{what}, {when}, {len(units)} units of the bulletins (not those of the briefings); not a map to scale. Darker: more, on a logarithmic scale. "
        f"(0): none printed and none left. {'Dotted: nothing printed, which is not zero.' if len(known) < len(units) else ''}",
        source=source(ledger, own[own["area"].isin(units["area"])]["rests_on"]),
        alt=", ".join(f"{name} {text(known[name])}" for name in ranked) + "." + (f" {len(units) - len(known)} units: nothing printed." if len(known) < len(units) else ""),
        save=save,
    )  # fmt: skip
