"""The house style and the charts: verdicts and frames in, one published figure out. Nothing here judges.

A chart is a function `name(ledger, frame, …, *, save=None)`. It draws on a `canvas`, or on `rows` that run from a label
at the left over marks to a number at the right, and hands its figure to `publish`, the only way out:

    say = Words(ledger)                                     # names, places, briefings and pages, in words
    figure, axes = canvas(2.4, left=1.5)                    # inches of drawing; the margins are for labels
    axes.plot(…)
    label(axes, x, y, "5,522", dx=4, ha="left")             # a place in data coordinates, then points
    stack(axes, y, [(3930, AREAS["central"], "four of eleven units"), …])  # parts of a whole, each with its label
    publish(figure, title=…, subtitle=…, source=say.source(frame["rests_on"]), alt=…, save=save)

`publish` wraps title and subtitle, rules the footer, refuses a figure without source or alternative text, and displays
it as PNG, with title and alternative text as its text output; `save="name.svg"` (or .png) also writes a file.
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
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from PIL import Image

from helpers import rounding, tables
from helpers.ledger import Ledger
from helpers.tables import HEADINGS, sentence, text
from helpers.words_old import Verdict

WIDTH, DPI = 7.2, 100  # inches; what a reader sees at 100 dots an inch is stored with twice as many
INK, GREY, RULE, BAND, SHADE = "#222222", "#595959", "#B8B8B8", "#E4E8EB", "#F1F1EE"
BLUE, LIGHT, BROWN = "#0072B2", "#4B93BF", "#A34700"
AREAS = {"city": INK, "central": BLUE, "outside": "#D55E00"}
OTHERS = (("#5E3C99", "-"), ("#B8860B", (0, (5, 2))), ("#7F8990", (0, (1, 1.5))))  # other areas, in the order drawn
PLACES = {"city": "in the city", "central": "in the central city", "outside": "outside it"}
VERDICTS = {
    Verdict.REPRODUCES: {"marker": "o", "color": BLUE},
    Verdict.OTHER_RULE: {"marker": "^", "color": "#E69F00", "markeredgecolor": INK},
    Verdict.DIFFERS: {"marker": "X", "color": BROWN},
    Verdict.UNCHECKED: {"marker": "o", "color": "#767676", "markerfacecolor": "white", "markeredgewidth": 1.4},
}
TESTING_ENDED = pd.Timestamp("2022-12-01")  # district-wide testing, as the briefing of that day announces
DAY = pd.Timedelta(days=1)
MONTHS = "Jan.uary Feb.ruary Mar.ch Apr.il May. Jun.e Jul.y Aug.ust Sep.tember Oct.ober Nov.ember Dec.ember"
BOLD, LEFT = {"fontweight": "bold"}, {"ha": "left"}
LEVEL = ("axes fraction", "data")  # beside the axes, level with a row
DASHED = {"facecolor": "none", "edgecolor": "#767676", "linestyle": (0, (3, 2))}
HAN = "⺀-〿㐀-鿿豈-﫿＀-￯"


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
    "font.family": _fonts(), "font.size": 9, "text.color": INK, "text.parse_math": False,
    "text.hinting": "none", "figure.dpi": DPI,  # at twice a reader's dots hinting only costs: time, and even spaces
    "axes.edgecolor": RULE, "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.axisbelow": True, "axes.grid": True, "axes.grid.axis": "y", "grid.color": "#E2E2E2", "grid.linewidth": 0.8,
    "xtick.color": RULE, "ytick.color": RULE, "xtick.labelcolor": GREY, "ytick.labelcolor": GREY, "ytick.major.size": 0,
    "svg.hashsalt": "chongqing-briefing-audit", "svg.fonttype": "path", "lines.solid_capstyle": "butt",
}  # fmt: skip
matplotlib.rcParams.update(STYLE)


# ── Canvas, labels, marks ──


def canvas(height: float, left: float = 0.6, right: float = 0.1, top: float = 0.1, bottom: float = 0.3):
    """A figure of the house's width with one pair of axes; all in inches, title and footer come on top of it."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI)
    FigureCanvasAgg(figure)
    box = (left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (bottom + top) / height)
    return figure, figure.add_axes(box)


def rows(labels: Sequence[str], left: float, right: float, step: float = 0, indent: float = 0, bottom: float = 0.05):
    """A canvas with a row for each label, counted from 0 at the top, at least `step` inches apart.

    The labels are wrapped into the left margin, `indent` inches from the edge of the figure.
    """
    labels = [wrap(words, width=left - indent - 0.15) if words else "" for words in labels]
    step = max(step, *(0.15 * words.count("\n") + 0.25 for words in labels))
    figure, axes = canvas(len(labels) * step + bottom, left, right, 0, bottom)
    axes.set(ylim=(len(labels) - 0.5, -0.5), yticks=[])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params("x", bottom=bottom > 0.1, labelbottom=bottom > 0.1, length=3)
    for y, words in enumerate(labels):
        label(axes, 0, y, words, 72 * (indent - left), 0, LEVEL, **LEFT)
    return figure, axes


def label(axes: Axes, x: float, y: float, words: str, dx: float = 0, dy: float = 0, at: object = "data", **style):
    """Words at a place in data coordinates (or `at` others), moved by dx, dy points."""
    style = {"ha": "center", "va": "center", "annotation_clip": False, "linespacing": 1.2} | style
    axes.annotate(drawable(words), (x, y), xycoords=at, xytext=(dx, dy), textcoords="offset points", **style)


def beside(axes: Axes, y: float, words: str, **style):
    """Words in the right margin of a row."""
    label(axes, 1, y, words, 8, 0, LEVEL, **LEFT | style)


def tag(axes: Axes, x: float, y: float, words: str, colour: str, dx: float = 0, at: object = "data", **style):
    """Words with a square of the colour they stand for before them."""
    label(axes, x, y, "■", dx, 0, at, **LEFT, color=colour)
    label(axes, x, y, words, dx + 11, 0, at, **LEFT | style)


def mark(axes: Axes, x: float, y: float, verdict: str, size: float = 8):
    """The mark of a verdict."""
    axes.plot(x, y, linestyle="none", markersize=size, clip_on=False, **VERDICTS[verdict])


def stack(axes: Axes, y: float, segments: Sequence[tuple[float, str, str]], height: float = 0.5):
    """Parts of a whole side by side from zero; (size, colour, words). Words that do not fit hang below, on a line."""
    low, high = axes.get_xlim()
    inch, start, hanging = _inches(axes) / (high - low), 0.0, []
    for size, colour, words in [(float(size), colour, words) for size, colour, words in segments if size > 0]:
        axes.barh(y, size, height, start, color=colour, edgecolor="white", linewidth=1)
        weight, middle = "normal" if colour == BAND else "bold", start + size / 2
        lines = wrap(words, weight=weight, width=max(size * inch - 0.1, 0.01))
        if lines.count("\n") < 2 and wide(lines, weight=weight) < size * inch - 0.05:
            label(axes, middle, y, lines, color=ink_on(colour), fontweight=weight)
        else:
            hanging.append((middle, words, (wide(words) + 0.15) / inch))
        start += size
    places, free, edge = [], low, y + height / 2
    for middle, _, room in hanging:
        places.append(max(middle - 0.1 / inch, free))
        free = places[-1] + room
    for place, (middle, words, room) in reversed(list(zip(places, hanging))):
        place = high = min(place, high - room)
        foot = min(max(middle, place + 0.05 / inch), place + room - 0.2 / inch)
        axes.plot([middle, foot], [edge - 0.04, edge + 0.09], color=INK, linewidth=0.9)
        label(axes, place, edge + 0.09, words, 0, -7, **LEFT)


def ink_on(colour: str) -> str:
    """White or black, whichever reads better on a colour: 4.58 to 1 at least."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    light = sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear))
    return "black" if (light + 0.05) ** 2 > 1.05 * 0.05 else "white"


def spread(places: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Places for labels of these sizes, moved apart until none covers another."""
    placed = [float(p) for p in places]
    order = sorted(range(len(placed)), key=placed.__getitem__)
    for _ in range(200):
        for a, b in pairwise(order):
            short = max((sizes[a] + sizes[b]) / 2 - (placed[b] - placed[a]), 0)
            placed[a], placed[b] = placed[a] - short / 2, placed[b] + short / 2
    return placed


def _inches(axes: Axes) -> float:
    """How wide the axes are."""
    return axes.get_position().width * WIDTH


def wrap(words: str, size: float = 9, weight: str = "normal", width: float = WIDTH) -> str:
    """Lines no wider than so many inches; Chinese may break anywhere."""
    lines = [""]
    for piece in re.findall(rf"[(]?[{HAN}][,.;)]*|[(]?[^\s{HAN}(]+|[(]|\s+", drawable(words)):
        if lines[-1] and wide((lines[-1] + piece).strip(), size, weight) > 0.985 * width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def wide(words: str, size: float = 9, weight: str = "normal") -> float:
    """How many inches words take: character by character, so a little too many where two are drawn closer."""
    fonts = tuple(matplotlib.rcParams["font.family"])
    return size / 72 * max(sum(_advance(c, fonts, weight) or 0 for c in line) for line in words.split("\n"))


def drawable(words: str) -> str:
    """Text without what the fonts cannot draw: Chinese drops out, with its brackets, where there is no font for it."""
    words = "".join(c if c == "\n" or unicodedata.category(c)[0] not in "CZ" else " " for c in words)
    fonts = tuple(matplotlib.rcParams["font.family"])
    if drawn(words, fonts):
        return words
    words = re.sub(r"(?<=\d)[萬万]", " wan", words)
    words = re.sub(rf" ?[((][{HAN}]+[))]| ?[{HAN}]+", lambda m: m[0] if drawn(m[0], fonts) else "", words)
    return "".join(c if drawn(c, fonts) else "?" for c in words) or "(in Chinese)"


def drawn(words: str, fonts: tuple[str, ...]) -> bool:
    """Whether the fonts have every character."""
    return all(character == "\n" or _advance(character, fonts) is not None for character in words)


@cache
def _advance(character: str, fonts: tuple[str, ...], weight: str = "normal") -> float | None:
    """How wide a character is, as a multiple of the size it is written in; None where no font has it."""
    for name in fonts:
        found = font_manager.findfont(font_manager.FontProperties(family=name, weight=weight))
        font = font_manager.get_font(found)
        if font.get_char_index(ord(character)):
            font.set_size(64, 72)
            return font.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 64 / 2**16
    return None


# ── Words ──


class Words:
    """What a ledger calls things. `both`: names in English and, where there is a font for it, in Chinese."""

    def __init__(self, ledger: Ledger) -> None:
        english = tables.names(ledger, chinese=False)
        chinese = tables.names(ledger, chinese=len(matplotlib.rcParams["font.family"]) > 1)
        self.area, self.measure = english["area"], english["measure"]
        self.both = {"area": chinese["area"], "measure": chinese["measure"]}
        self.numbers, self.outlet = ledger.numbers, english["source"]
        self.reference = references(ledger.numbers)
        self.held = dict(zip(ledger.briefings["briefing"], ledger.briefings["day"], strict=True))
        self._measures = ledger.measures.set_index("measure")

    def is_share(self, measure: str) -> bool:
        return self._measures["nature"][measure] == "rate"

    def of(self, measure: str, which: str) -> str:
        """The measure that is the part, or the whole, of a rate."""
        return self._measures[which][measure]

    def place(self, row: dict) -> str:
        """An area, and the area that it is a share of."""
        area, whole = (self.area.get(row[column], "area not stated") for column in ("area", "of_area"))
        return area if row["of_area"] == row["area"] else f"{area} / {whole}"

    def briefings(self, frame: pd.DataFrame) -> str:
        days = [self.held[name] for name in dict.fromkeys(frame["briefing"]) if name in self.held]
        if len(days) == 1:
            return f"briefing {frame['briefing'].iloc[0]}, {date(days[0], True)}"
        return f"{len(days)} briefings, {date(min(days))} to {date(max(days), True)}" if days else "other pages"

    def source(self, *said: Iterable[str]) -> str:
        """The pages behind printed numbers that are named as file/number, several in one text parted by "; "."""
        wanted = {name for column in said for words in column if isinstance(words, str) for name in words.split("; ")}
        found = self.numbers[self.reference.isin(wanted)]
        keys = [key for column in ("source", "second_source") for key in found[column] if isinstance(key, str)]
        pages = list(dict.fromkeys(self.outlet[key] for key in keys))
        more = [f"{len(pages) - 3} more outlets"] if len(pages) > 4 else pages[3:]
        files = [f"data/numbers/{name}.csv" for name in dict.fromkeys(found["briefing"])]
        kept = f"{len(files)} files of data/numbers" if len(files) > 2 else " and ".join(files)
        return f"{', '.join([*pages[:3], *more])}; transcribed in {kept}" if pages else ""


def references(frame: pd.DataFrame) -> pd.Series:
    """The printed numbers of a frame as file/number."""
    return frame["briefing"] + "/" + frame["number"]


def named(frame: pd.DataFrame, reference: str) -> dict:
    """The row of one printed number, named as file/number."""
    found = frame[references(frame).eq(reference)]
    if found.empty:
        raise ValueError(f"{reference!r} is not in this frame: expected file/number, such as 155/liangping_share")
    return found.iloc[0].to_dict()


def date(day: pd.Timestamp, year: bool = False, short: bool = False) -> str:
    month, rest = MONTHS.split()[day.month - 1].split(".")
    return f"{day.day} {month}{'' if short else rest}{f' {day.year}' if year else ''}"


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def value(number: int | Fraction, share: bool = False) -> str:
    """A count, or a share in percent to two places at most."""
    return re.sub(r"\.?0+%", "%", text(number, "0.00%")) if share else text(number)


# ── Publishing ──


def publish(
    figure: Figure,
    *,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
    caption: str = "",
    save: str | Path | None = None,
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
    written = []
    for said, size, weight, colour in zip(words, (13, 10, 9), ("bold", "normal", "normal"), (INK, GREY, GREY)):
        style = {"fontsize": size, "fontweight": weight, "color": colour, "va": "top", "linespacing": 1.25}
        written.append(figure.text(0, 0, wrap(said, size, weight), **style))
    title, subtitle, footer = (artist.get_window_extent().height / figure.dpi for artist in written)
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
    if path.suffix == ".svg":
        figure.savefig(path, metadata={"Date": None})
    else:
        path.write_bytes(_png(figure))


def _png(figure: Figure) -> bytes:
    """The figure at twice a reader's dots, the same bytes every time, with a palette: a quarter of the size."""
    raw, out = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="rgba", dpi=2 * DPI)
    size = [int(side) for side in figure.bbox.size * 2]
    image = Image.frombytes("RGB", size, raw.getbuffer(), "raw", "RGBX")
    small = image.quantize(255, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small.putpalette([255 if shade >= 254 else shade for shade in small.getpalette()])  # white stays white
    small.save(out, "PNG", dpi=(2 * DPI, 2 * DPI))
    return out.getvalue()


def _display(figure: Figure, words: str, caption: str) -> None:
    """Show the image with its text as alternative, and the same text folded away below it for all to read."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(words)
        return
    shown = {"alt": words, "width": round(WIDTH * DPI)}
    display({"image/png": _png(figure), "text/plain": words}, raw=True, metadata={"image/png": shown})
    below = f"<p>{escape(caption)}</p>\n" if caption else ""
    below += f"<details><summary>The figure in words</summary><p>{escape(words)}</p></details>"
    display({"text/html": below, "text/plain": caption or "The figure in words: as above."}, raw=True)


# ── Rates ──


def scorecard(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """Every quoted rate's rounding interval on one common scale, with the exact value in it. Of audit.rates."""
    say, quoted, several = Words(ledger), rates.to_dict("records"), rates["briefing"].nunique() > 1
    told = [f"{say.measure[row['measure']]}, {say.place(row)}" for row in quoted]
    labels = [f"{row['briefing']}: {words}" if several else words for row, words in zip(quoted, told)]
    figure, axes = rows(labels, 3.25, 1.62, 0.4, indent=0.8, bottom=0.35)
    axes.set_xlim(-0.62, 0.62)
    axes.set_xticks([-0.5, 0, 0.5], ["−½", "as printed", "+½"])
    for y, row in enumerate(quoted):
        label(axes, 0, y, row["printed"], -72 * 3.25, 0, LEVEL, **LEFT | BOLD, fontsize=10)
        _interval(axes, y, row)
        beside(axes, y, "\n".join(_arithmetic(row)), linespacing=1.35)
    results = ["; ".join([*_arithmetic(row), row["verdict"]]) for row in quoted]
    publish(
        figure,
        title=_scorecard_title(rates),
        subtitle=f"{capital(say.briefings(rates))}. Bar: all that a printed rate can stand for, half a unit of its last "
        "digit either way. Mark: its part over its whole, exactly. Ticks: the whole-number parts that would print the "
        "same; the more, the weaker the check.",
        source=say.source(references(rates), rates["part_from"], rates["whole_from"]),
        alt=" ".join(f"{r['printed']} {words}: {result}." for r, words, result in zip(quoted, told, results)),
        save=save,
    )


def _interval(axes: Axes, y: float, row: dict) -> None:
    """What a printed rate can stand for, the whole numbers in it, and the exact value, in units of the last digit."""
    if row["reconstructed"] is None:
        axes.barh(y, 1, 0.56, -0.5, **DASHED)
        absent = [column for column in ("part", "whole") if pd.isna(row[column])]
        words = (row["verdict"], f"{absent[0]} not printed" if absent else "", "neither count printed")[len(absent)]
        label(axes, 0, y, f"○ {words}" if row["verdict"] == Verdict.UNCHECKED else words, color=GREY)
        return
    axes.barh(y, 1, 0.56, -0.5, color=BAND)
    axes.plot([0, 0], [y - 0.28, y + 0.28], color="white", linewidth=1.2)
    few = not pd.isna(row["power"]) and row["power"] <= 40
    for part in rounding.implied_parts(row["printed"], int(row["whole"])) if few else ():
        axes.plot([_units(row, Fraction(part, row["whole"]))] * 2, [y - 0.28, y + 0.28], color="#7F8990", linewidth=0.9)
    place = _units(row, row["reconstructed"])
    shown, side = max(-0.57, min(0.57, place)), (-9, "right", "→") if place > 0 else (9, "left", "←")
    mark(axes, shown, y, row["verdict"])
    if shown != place:
        words, box = f"{side[2]} {place:+.1f}".replace("-", "−"), {"facecolor": BAND, "edgecolor": "none", "pad": 1}
        label(axes, shown, y, words, side[0], 0, ha=side[1], bbox=box)


def _units(row: dict, number: Fraction) -> float:
    """How far a number lies from the printed one, in units of its last digit."""
    numeral = rounding.parse(row["printed"])
    return float((number - numeral.value) / numeral.unit)


def _arithmetic(row: dict) -> list[str]:
    """Part and whole of a rate, and how many whole numbers would print the same, as far as known."""
    counts = ["?" if pd.isna(row[column]) else text(row[column]) for column in ("part", "whole")]
    power = [] if pd.isna(row["power"]) else [sentence("{n:whole number fits|whole numbers fit}", n=row["power"])]
    return ([] if counts == ["?", "?"] else [" / ".join(counts)]) + power


def _scorecard_title(rates: pd.DataFrame) -> str:
    right, unchecked = (list(rates["verdict"]).count(verdict) for verdict in (Verdict.REPRODUCES, Verdict.UNCHECKED))
    other = len(rates) - right - unchecked
    if right > 1 and not other:
        return f"All {right} rates that can be checked reproduce" + (f"; {unchecked} cannot be" if unchecked else "")
    rest = f", {other} only by another rule or not at all" if other else ""
    unknown = f"; {unchecked} cannot be checked" if unchecked else ""
    return f"Of {sentence('{n:quoted rate|quoted rates}', n=len(rates))}, {right} reproduce{rest}{unknown}"


def verdict_counts(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """The rates of every briefing by verdict, one mark a rate. Of audit.rates."""
    say, own = Words(ledger), {file: list(group["verdict"]) for file, group in rates.groupby("briefing", sort=False)}
    labels = [f"{file}, {date(say.held[file], short=True)}" if file in say.held else file for file in own]
    figure, axes = rows(["", *labels], 1.1, 0.3, 0.23)
    axes.set_xlim(0, max(24, *map(len, own.values())) + 0.5)
    place, inch = 0.0, _inches(axes) / axes.get_xlim()[1]
    for verdict in VERDICTS:
        words = f"{verdict.removeprefix('reproduces ')} ({(rates['verdict'] == verdict).sum()})"
        mark(axes, (place + 0.08 - 1.1) / inch, 0, verdict)
        label(axes, (place + 0.08 - 1.1) / inch, 0, words, 7, 0, **LEFT)
        place += wide(words) + 0.35
    for y, found in enumerate(own.values(), 1):
        for x, verdict in enumerate(sorted(found, key=list(VERDICTS).index), 1):
            mark(axes, x, y, verdict, 7.5)
    counted = [", ".join(f"{found.count(v)} {v}" for v in VERDICTS if v in found) for found in own.values()]
    publish(
        figure,
        title=_scorecard_title(rates),
        subtitle=f"{capital(say.briefings(rates))}. One mark a quoted rate, against its own part and whole as far as the "
        "record has them.",
        source=say.source(references(rates)),
        alt=" ".join(f"{name}: {words}." for name, words in zip(labels, counted)),
        save=save,
    )


def rules(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """How many of the rates with both counts known each rounding rule reproduces. Of audit.rates."""
    say, known = Words(ledger), rates[rates["reconstructed"].notna()]
    fits = {HEADINGS[rule]: sum(rule in said.split(", ") for said in known["rule"]) for rule in rounding.RULES}
    best, total = max(fits.values()), len(known)
    leading = [rule for rule, count in fits.items() if count == best]
    figure, axes = rows(list(fits), 1.2, 0.9, 0.38)
    axes.set_xlim(0, max(total, 1))
    for y, (rule, count) in enumerate(fits.items()):
        axes.barh(y, total, 0.55, color=BAND)
        axes.barh(y, count, 0.55, color=BLUE if rule in leading else "#7F8990")
        beside(axes, y, f"{count} of {total}", fontweight="bold" if rule in leading else "normal")
    alike = f" The best, {', '.join(leading)}, differ only in ties." if set(leading) == set(list(fits)[:3]) else ""
    publish(
        figure,
        title=f"No rule reproduces more rates than rounding {leading[0]}: {best} of {total}"
        if "half up" in leading and total
        else "How many of the quoted rates each rounding rule reproduces",
        subtitle=f"{capital(say.briefings(rates))}: quoted rates whose part and whole are both known exactly, by the rule "
        f"that turns the exact value into the printed one.{alike}",
        source=say.source(references(known), known["part_from"], known["whole_from"]),
        alt="; ".join(f"{rule}: {count} of {total}" for rule, count in fits.items()) + ".",
        save=save,
    )


def slips(ledger: Ledger, slips: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """What would notice a slip in each number of a briefing, as shares of all its slips. Of tamper.tamper."""
    own = slips[slips["kind"].ne("context") & slips["slips"].gt(0)].to_dict("records")
    ways = {
        "arithmetic": (BLUE, "arithmetic of the text"),
        "record": ("#8FC1DE", "other texts"),
        "digest": (BAND, "the digest alone"),
    }
    labels = [f"{row['printed']}  {row['number'].replace('_', ' ')}" for row in own]
    figure, axes = rows(["", *labels], 3.75, 0.1, 0.2)
    axes.set_xlim(0, 1)
    inches = -1.6
    for colour, words in ways.values():
        tag(axes, 0, 0, words, colour, 72 * inches, LEVEL)
        inches += wide(words) + 0.4
    starts = [0.0] * len(own)
    for way, (colour, _) in ways.items():
        shares = [row[way] / row["slips"] for row in own]
        axes.barh(range(1, len(own) + 1), shares, 0.72, starts, color=colour)
        starts = [start + share for start, share in zip(starts, shares)]
    whole = sum(row["arithmetic"] == row["slips"] for row in own)
    bare = sum(row["digest"] == row["slips"] for row in own)
    publish(
        figure,
        title=f"Of {len(own)} numbers arithmetic guards {whole} wholly; {bare} it cannot guard at all",
        subtitle="For every single slip of a digit (changed, swapped, dropped, doubled): what notices it first, as a share of "
        "the number's slips. Dates and other context, which only the digest guards, are left out.",
        source=Words(ledger).source(references(slips)),
        alt=" ".join(
            f"{name}: {row['arithmetic']} of {row['slips']}, {row['record']}, {row['digest']}."
            for name, row in zip(labels, own)
        ),
        save=save,
    )


def rounding_interval(ledger: Ledger, rates: pd.DataFrame, reference: str, *, save: str | Path | None = None) -> None:
    """One printed rate on a number line: its bounds by each rule, the exact value, and the whole numbers next to it."""
    say, row = Words(ledger), named(rates, reference)
    part, whole, printed = int(row["part"]), int(row["whole"]), row["printed"]
    numeral, count = rounding.parse(printed), len(rounding.RULES)
    near = {k: _units(row, Fraction(k, whole)) for k in (part - 1, part, part + 1) if k >= 0}
    figure, axes = rows(
        [f"of {text(whole)}:", *(HEADINGS[rule] for rule in rounding.RULES)], 1.3, 1.0, 0.34, bottom=0.35
    )
    reach = max(1.3, *(min(abs(place), 3) * 1.15 for place in near.values()))
    ticks = [unit for unit in (-2, -1, 0, 1, 2) if abs(unit) < reach]
    axes.set_xlim(-reach, reach)
    axes.set_xticks(ticks, [rounding.reround(numeral.value + unit * numeral.unit, 1, printed) for unit in ticks])
    for (k, place), at in zip(near.items(), spread(list(near.values()), [0.84 * reach / _inches(axes)] * len(near))):
        if abs(place) <= reach:
            look = {"color": INK, "linewidth": 1.6} if k == part else {"color": "#7F8990", "linewidth": 0.9}
            axes.plot([at, place, place], [0.18, 0.6, count + 0.5], zorder=3, **look)
            label(axes, at, 0, text(k), color=INK if k == part else GREY, fontweight="bold" if k == part else "normal")
    fit = []
    for y, rule in enumerate(rounding.RULES, 1):
        bounds, fits = rounding.unround(printed, rule), rounding.consistent(printed, part, whole, rule)
        ends, colour = [_units(row, bounds.lower), _units(row, bounds.upper)], BLUE if fits else "#A9B0B5"
        axes.plot(ends, [y, y], color=colour, linewidth=6)
        for end, included in zip(ends, (bounds.incl_lower, bounds.incl_upper)):
            look = {"markerfacecolor": colour if included else "white", "markeredgewidth": 1.5, "zorder": 4}
            axes.plot(end, y, "o", color=colour, markersize=7, **look)
        beside(axes, y, rounding.reround(part, whole, printed, rule), fontweight="bold" if fits else "normal")
        fit += [HEADINGS[rule]] * fits
    values = {k: f"{text(k)} of {text(whole)} is {rounding.reround(k, whole, '0.00000%')}" for k in near}
    publish(
        figure,
        title=f"{values[part]}: {printed} " + (f"when rounded {fit[0]}" if fit else "by no rule"),
        subtitle=f"{capital(say.measure[row['measure']])}, {say.place(row)}. Bar: what the printed {printed} can stand for "
        "by each rule (full end: included; hollow: not). Lines: the exact value, and that of one more or one fewer. "
        "Right: what each rule would print.",
        source=say.source([reference, row["part_from"], row["whole_from"]]),
        alt=f"Rules that print {printed}: {', '.join(fit) or 'none'}. {'; '.join(values.values())}.",
        save=save,
    )


def parts(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """Parts of their wholes, one bar a rate, each whole as wide as the next. Of audit.rates, both counts known."""
    say, known = Words(ledger), rates[rates["reconstructed"].notna()]
    shown, areas = known.to_dict("records"), say.both["area"]
    figure, axes = rows([""] * len(shown), 0, 0.02, 1.08)
    axes.set_xlim(0, 1)
    for y, row in enumerate(shown):
        of = {which: say.both["measure"][say.of(row["measure"], which)] for which in ("part", "whole")}
        head = f"{areas[row['of_area']]}: {text(row['whole'])} {of['whole']}"
        label(axes, 0, y - 0.36, head, **LEFT, fontsize=10)
        words = f"{of['part'] if row['area'] == row['of_area'] else areas[row['area']]}: {text(row['part'])} ({row['printed']})"
        colour, rest = AREAS.get(row["area"], AREAS.get(row["of_area"], BLUE)), row["whole"] - row["part"]
        stack(
            axes,
            y,
            [(row["reconstructed"], colour, words), (1 - row["reconstructed"], BAND, f"the rest: {text(rest)}")],
            0.38,
        )
    times = ", ".join(dict.fromkeys(tables.when(row["start"], row["end"]) for row in shown))
    counts = "; ".join(
        f"{say.place(r)}: {text(r['part'])} of {text(r['whole'])}, {r['printed']}, {r['verdict']}" for r in shown
    )
    publish(
        figure,
        title=capital(say.measure[shown[0]["measure"]])
        + ": "
        + ", ".join(f"{say.area[r['area']]} {r['printed']}" for r in shown),
        subtitle=f"{capital(say.briefings(known))}; counts of {times}. Each bar is one whole; its percentage is the printed one.",
        source=say.source(references(known), known["part_from"], known["whole_from"]),
        alt=f"{counts}.",
        save=save,
    )


def nested(ledger: Ledger, rates: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """A whole, its part, and the parts of that part: firms, those in production, and how they produce.

    Of audit.rates, of one text and place. A rate whose whole is not printed hangs below, on a scale of its own.
    """
    say, every = Words(ledger), rates.to_dict("records")
    known, alone = ([r for r in every if pd.isna(r["whole"]) == absent] for absent in (False, True))
    measures = {which: {say.of(row["measure"], which) for row in known} for which in ("part", "whole")}
    top = next(row for row in known if say.of(row["measure"], "whole") not in measures["part"])
    whole, names, group, levels = top["whole"], say.both["measure"], {say.of(top["measure"], "whole")}, []
    while level := [row for row in known if say.of(row["measure"], "whole") in group]:
        levels.append((level, level[0]["whole"] - sum(row["part"] for row in level)))
        group = {say.of(row["measure"], "part") for row in level}
    figure, axes = rows([""] * (1 + len(levels) + len(alone)), 0, 0.02, 0.78)
    axes.set_xlim(0, whole)
    said = [f"{text(whole)} {names[say.of(top['measure'], 'whole')]}"]
    stack(axes, 0, [(whole, INK, said[0])])
    for y, (level, rest) in enumerate(levels, 1):
        words = [f"{text(r['part'])} {names[say.of(r['measure'], 'part')]} ({r['printed']})" for r in level]
        words += [f"{text(rest)} the rest"] * (rest > 0)
        colours = [(BLUE, LIGHT)[i % 2] for i in range(len(level))]
        stack(axes, y, list(zip([*(r["part"] for r in level), rest], [*colours, BAND], words)))
        said.append(f"of {text(level[0]['whole'])}: {', '.join(words)}")
    for y, row in enumerate(alone, 1 + len(levels)):
        share = float(rounding.parse(row["printed"]).value) * whole
        said.append(f"{names[say.of(row['measure'], 'part')]}: {text(row['part'])} ({row['printed']})")
        stack(axes, y, [(share, "#767676", said[-1])])
        axes.barh(y, whole - share, 0.5, share, **DASHED)
        label(axes, (share + whole) / 2, y, "whole not printed", color=GREY)
    (first, _), (last, rest) = levels[0], levels[-1]
    part, large = (say.measure[say.of(first[0]["measure"], which)] for which in ("part", "whole"))
    split = f"; {text(rest)} of those in neither kind" if len(last) == 2 and rest > 0 else ""
    publish(
        figure,
        title=f"Of {text(whole)} {large}, {text(first[0]['part'])} are {part.removeprefix('firms ')}{split}",
        subtitle=f"{capital(say.briefings(rates))}; {say.area[top['area']]}, {tables.when(top['start'], top['end'])}. Percentages "
        "as printed: each is a share of the bar above it. The rest: if nothing is counted twice."
        + (" The dashed bar has a scale of its own." if alone else ""),
        source=say.source(references(rates), rates["part_from"], rates["whole_from"]),
        alt="; ".join(said) + (" of a whole not printed." if alone else "."),
        save=save,
    )


def candidates(ledger: Ledger, unstated: pd.DataFrame, reference: str, *, save: str | Path | None = None) -> None:
    """Which whole numbers fit a total nobody printed, and what other pages print for it. Of audit.unstated."""
    say, own = Words(ledger), unstated[references(unstated).eq(reference) & unstated["wanted"].eq("whole")]
    if own.empty:
        raise ValueError(f"{reference!r} is no rate whose whole is unstated")
    first, numbers = own.iloc[0], ledger.numbers
    fitting = own[own["area"].eq(first["area"]) & own["basis"].ne("candidate")].drop_duplicates(["rule", "low", "high"])
    spans = [(row.low, None if pd.isna(row.high) else row.high, row.rule, _if(row)) for row in fitting.itertuples()]
    marks = []
    for total, group in own[own["basis"].eq("candidate")].groupby("low"):
        fits = {rule for rule, fit in zip(group["rule"], group["fits"]) if fit}
        verdict = Verdict.REPRODUCES if "half_up" in fits else Verdict.OTHER_RULE if fits else Verdict.DIFFERS
        undecided = not fits and group["fits"].isna().any()
        marks.append(
            (int(total), say.outlet[_number(say, group)["source"]], Verdict.UNCHECKED if undecided else verdict)
        )
    same = numbers["measure"].eq(first["measure"]) & numbers["kind"].eq("level")
    elsewhere = numbers[same & numbers["area"].ne(first["area"])].drop_duplicates("area")
    marks += [(int(row.value), f"{say.area[row.area]} alone", Verdict.UNCHECKED) for row in elsewhere.itertuples()]
    labels = [*(span[3] for span in spans), *(words for _, words, _ in sorted(marks))]
    figure, axes = rows(labels, 2.7, 1.85, 0.4, bottom=0.35)
    ends = [end for span in spans for end in span[:2] if end is not None and end > 1] + [m[0] for m in marks]
    ends = ends or [1]
    pad = (max(ends) - min(ends)) * 0.15 or max(ends)
    axes.set_xlim(float(min(ends) - pad), float(max(ends) + pad))
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.xaxis.set_major_formatter(lambda number, _: text(int(number)))
    told = []
    for y, (low, high, rule, _) in enumerate(spans):
        start, end = max(float(low), axes.get_xlim()[0]), float(axes.get_xlim()[1] if high is None else high)
        axes.barh(y, end - start, 0.5, start, color=BLUE if rule == "half_up" else LIGHT)
        if marks and y == 0:
            axes.axvspan(start, end, color="#E6F0F7", linewidth=0, zorder=0)
        told.append(f"{text(low)} to {text(high)}" if high else f"{text(low)} or more" if low > 1 else "any number")
    for y, (total, _, verdict) in enumerate(sorted(marks), len(spans)):
        mark(axes, total, y, verdict)
        told.append(text(total))
    for y, words in enumerate(told):
        beside(axes, y, words, **BOLD)
    good, other = ([text(m[0]) for m in sorted(marks) if m[2] == v] for v in (Verdict.REPRODUCES, Verdict.OTHER_RULE))
    found = f"; {' and '.join(good)} fits" if good else f"; {' and '.join(other)} only by another rule" if other else ""
    publish(
        figure,
        title=f"{first['printed']} fits a total of {told[0]}{found}"
        if spans[0][1]
        else f"{first['printed']} alone says nothing of its total",
        subtitle=f"{capital(say.measure[first['measure']])}, {say.area[first['area']]}: the whole of the {first['printed']} in "
        f"{say.briefings(own)}, which does not print it."
        + (
            " Marks: printed elsewhere; ● fits half up, ▲ another rule, ✕ neither, ○ is of another area."
            if marks
            else ""
        ),
        source=say.source(own["rests_on"], references(elsewhere)),
        alt="; ".join(f"{words}: {number}" for words, number in zip(labels, told)) + ".",
        save=save,
    )


def _if(row: object) -> str:
    rule = HEADINGS[row.rule]
    return f"if {'' if row.rule in ('down', 'up') else 'rounded '}{rule}" + (
        f"; {row.assumes}" if row.basis == "joint" else ""
    )


def _number(say: Words, group: pd.DataFrame) -> pd.Series:
    """The printed number that a row rests on."""
    return say.numbers[say.reference.eq(group["rests_on"].iloc[0].split("; ")[0])].iloc[0]


# ── Days ──


def falls(ledger: Ledger, changes: pd.DataFrame, *, save: str | Path | None = None) -> None:
    """Where a change lies: the day before, the day, and the difference, each as a stack of its areas.

    Of audit.changes, of one briefing and measure: the city, and the areas that make it up.
    """
    say, total = Words(ledger), changes[changes["area"].eq("city")].iloc[0].to_dict()
    own = changes[changes["area"].isin(["central", "outside"]) & changes["since"].eq(total["since"])]
    own = own.drop_duplicates("area").to_dict("records")
    if any(pd.isna(row[column]) for row in (total, *own) for column in ("implied", "level", "change")) or not own:
        raise ValueError(f"{total['measure']}, briefing {total['briefing']}: not every level and change is known")
    now = total["end"] - DAY
    word, sign = ("fall", -1) if total["change"] < 0 else ("rise", 1)
    before, day = date(total["since"], short=True), date(now, short=True)
    figure, axes = rows(["", before, day, word], 0.75, 0.6, 0.56, bottom=0.1)
    axes.set_xlim(0, int(max(total["implied"], total["level"])))
    inches = 0.0
    for row in own:
        name = say.both["area"][row["area"]]
        tag(axes, 0, 0, name, AREAS[row["area"]], 72 * inches, LEVEL, **BOLD)
        inches += wide(name, weight="bold") + 0.4
    for y, column in enumerate(("implied", "level", "change"), 1):
        sizes = [row[column] * (sign if column == "change" else 1) for row in own]
        stack(axes, y, [(size, AREAS[row["area"]], _moved(row, column)) for size, row in zip(sizes, own)], 0.56)
        label(axes, sum(size for size in sizes if size > 0), y, _moved(total, column), 6, 0, **LEFT | BOLD)
    adds_up = all(row["change"] * sign >= 0 for row in own) and sum(row["change"] for row in own) == total["change"]
    lies = " and ".join(f"{text(abs(row['change']))} {PLACES[row['area']]}" for row in own)
    measure, dates = capital(say.measure[total["measure"]]), f"{date(total['since'])} and {date(now, True)}"
    moved = [
        f"{say.area[r['area']]}: {text(r['implied'])} to {text(r['level'])}, {_moved(r, 'change')}."
        for r in [total, *own]
    ]
    publish(
        figure,
        title=f"Of the city's {word} of {text(abs(total['change']))}, {lies}"
        if adds_up
        else f"{measure} by area, {dates}",
        subtitle=f"{measure}, {say.area['city']}, {dates}. In brackets: against the area's own {before}, which is what the "
        f"counts and changes of briefing {total['briefing']} imply.",
        source=say.source(changes["rests_on"]),
        alt=" ".join(moved),
        save=save,
    )


def _moved(row: dict, column: str) -> str:
    """A level; or a change with its share of the level it starts from."""
    share = text(Fraction(row["change"], row["implied"]), "0.0%") if row["implied"] else "from zero"
    return f"{text(row[column])} ({share})" if column == "change" else text(row[column])


def daily(
    ledger: Ledger,
    days: pd.DataFrame,
    measure: str = "new_infections",
    areas: Sequence[str] = ("city", "central", "outside"),
    *,
    log: bool = False,
    first: str | None = None,
    last: str | None = None,
    save: str | Path | None = None,
) -> None:
    """A measure day by day. Of audit.daily; `first`, `last`: the days shown, else all there are.

    Values are marks, joined only from one day to the next; a day without a value is a gap. Where only bounds are
    known, a bar from low to high. The mark says how sure the value is.
    """
    say, own = (
        Words(ledger),
        days[days["measure"].eq(measure) & days["area"].isin(list(areas)) & days["of_area"].eq("")],
    )
    own = own[own["day"].between(first or own["day"].min(), last or own["day"].max()) & own["low"].notna()]
    if own.empty:
        raise ValueError(f"no day with a value of {measure} for {', '.join(areas)}")
    start, end, share, others = own["day"].min(), own["day"].max(), say.is_share(measure), iter(OTHERS * len(areas))
    left = max(0.6, *(wide(value(number, share)) + 0.2 for number in own["low"]))
    figure, axes = canvas(3.7, left, right=1.42, top=0.42 if start < TESTING_ENDED <= end else 0.1, bottom=0.5)
    series = {area: own[own["area"].eq(area)].sort_values("day") for area in areas}
    looks = {area: (AREAS[area], "-") if area in AREAS else next(others) for area in areas}
    known = {area: _series(axes, series[area], *looks[area], share) for area in areas}
    _day_axes(say, axes, start, end, log, share)
    tags = []
    for area, values in ((area, values) for area, values in known.items() if values):
        day, name = max(values), re.sub(rf" (?=[{HAN}])", "\n", say.both["area"][area], count=1)
        lines = [wrap(part, width=1.18) for part in name.split("\n")]
        head = value(values[day], share) + ("" if day == end else f", {date(day, short=True)}")
        tags.append((values[day], "\n".join([head, *lines]), looks[area][0]))
    to_height, inch = axes.transScale + axes.transLimits, 1 / (axes.get_position().height * figure.get_figheight())
    sizes = [(0.15 * words.count("\n") + 0.23) * inch for _, words, _ in tags]
    heights = [min(to_height.transform((0, float(last[0])))[1], 1 - size / 2) for last, size in zip(tags, sizes)]
    heights = spread(heights, sizes)
    above = max([0.0, *(height + size / 2 - 1 for height, size in zip(heights, sizes))])
    for height, (_, words, colour) in zip(heights, tags):
        tag(axes, 1, height - above, words, colour, 4, "axes fraction")
    top = max(known, key=lambda area: len(known[area]))
    comparable = {day: number for day, number in known[top].items() if day < TESTING_ENDED} or known[top]
    of = [say.measure.get(say.of(measure, which)) for which in ("part", "whole")] if share else [None]
    base = f" ({' among '.join(of)})" if all(of) else ""
    sure = "both counts known, ○ the share as printed" if share else "two witnesses agree, ○ one witness"
    publish(
        figure,
        title=_daily_title(comparable, f"{capital(say.measure[measure])}, {say.area[top]}", share),
        subtitle=f"{capital(say.measure[measure])}{base} a day, {date(start)} to {date(end, True)}{', logarithmic scale' if log else ''}. "
        f"● {sure} or a translation, ✕ witnesses disagree (the best supported is drawn), bar: bounds only. No mark: "
        "no number known. ▲ a briefing was held.",
        source=say.source(own["rests_on"]),
        alt=" ".join(f"{say.area[area]}: {', '.join(_told(series[area], share)) or 'no value'}." for area in areas),
        save=save,
    )


def _middle(row: object, share: bool) -> int | Fraction | None:
    """The value to draw: the exact one, of a printed share the printed one; None where there are only bounds."""
    if share and row.route == "printed" and not pd.isna(row.high):
        return (Fraction(row.low) + Fraction(row.high)) / 2
    return row.low if row.low == row.high else None


def _told(own: pd.DataFrame, share: bool) -> list[str]:
    said = []
    for row in own.itertuples():
        middle, high = _middle(row, share), "any" if pd.isna(row.high) else value(row.high, share)
        known = f"{value(row.low, share)} to {high}" if middle is None else value(middle, share)
        said.append(f"{date(row.day, short=True)} {known}")
    return said


def _series(
    axes: Axes, own: pd.DataFrame, colour: str, dash: object, share: bool
) -> dict[pd.Timestamp, int | Fraction]:
    """The marks of one area, its bars, and the lines from one day to the next; the values drawn, by day."""
    known = {}
    for row in own.itertuples():
        x, middle = date2num(row.day), _middle(row, share)
        if row.low != row.high:
            ends = [float(row.low)] if pd.isna(row.high) else [float(row.low), float(row.high)]
            axes.plot([x] * len(ends), ends, "_-" if len(ends) > 1 else "2", color=colour, markersize=7, linewidth=1.6)
        if middle is not None:
            known[row.day] = middle
            sure = row.verdict == Verdict.CORROBORATED or (share and row.route != "printed")
            look = {"marker": "o", "markersize": 5, "markeredgewidth": 1.3}
            look["markerfacecolor"] = colour if sure and not row.translated else "white"
            if row.verdict == Verdict.CONFLICT:
                look = {"marker": "X", "markersize": 7.5, "markeredgecolor": "white", "markeredgewidth": 0.5}
            axes.plot(x, float(middle), color=colour, linestyle="none", zorder=3, **look)
    for day in (day for day in known if day + DAY in known):
        ends = [float(known[day]), float(known[day + DAY])]
        axes.plot([date2num(day), date2num(day) + 1], ends, color=colour, linewidth=1.3, linestyle=dash, zorder=2)
    return known


def _day_axes(say: Words, axes: Axes, first: pd.Timestamp, last: pd.Timestamp, log: bool, share: bool) -> None:
    """Dates, the scale, the days with a briefing, and the day from which counts are no longer comparable."""
    axes.set_xlim(date2num(first) - 0.6, date2num(last) + 0.6)
    axes.set_yscale("log" if log else "linear")
    if log:
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(0)
    axes.yaxis.set_major_formatter(lambda number, _: value(Fraction(number).limit_denominator(10**6), share))
    days = pd.date_range(first, last)
    ticks = [day for day in days if len(days) < 9 or day.day in ((1, 5, 10, 15, 20, 25) if len(days) < 60 else (1,))]
    ticks = ticks[:: len(ticks) // 12 + 1]
    named = [
        date(b, short=True) if a is None or a.month != b.month else str(b.day) for a, b in pairwise([None, *ticks])
    ]
    axes.set_xticks([date2num(day) for day in ticks], named)
    axes.tick_params("x", pad=10, length=0)
    held, foot = [date2num(day) for day in say.held.values() if first <= day <= last], axes.get_xaxis_transform()
    axes.plot(held, [-0.025] * len(held), "^", color=GREY, markersize=4, transform=foot, clip_on=False)
    if first < TESTING_ENDED <= last:
        edge, words = date2num(TESTING_ENDED) - 0.5, "no district-wide\ntesting, not comparable"
        axes.axvspan(edge, date2num(last) + 0.6, color=SHADE, zorder=0)
        look = {"color": GREY, "linewidth": 1, "linestyle": (0, (4, 3)), "clip_on": False}
        axes.plot([edge, edge], [0, 1.12], transform=foot, **look)
        words = f"from {date(TESTING_ENDED, short=True)}: {words}"
        late = edge > 0.75 * date2num(last) + 0.25 * date2num(first)
        look = {"ha": "right" if late else "left", "va": "bottom", "color": GREY}
        label(axes, edge, 1, words, -5 if late else 5, 4, ("data", "axes fraction"), **look)


def _daily_title(series: dict, name: str, share: bool) -> str:
    """How a series went, as far as known: down, up, or otherwise its highest and its last value; neutral if level."""
    if len(set(series.values())) < 2:
        return f"{name}, day by day"
    first, last, peak = min(series), max(series), max(series, key=series.__getitem__)
    said = {day: f"{value(series[day], share)} on {date(day)}" for day in (first, last, peak)}
    for way, low, high in (("down", last, first), ("up", first, last)):
        if peak == high and series[low] == min(series.values()):
            return f"{name}: from {said[first]} {way} to {said[last]}"
    return f"{name}: {said[peak]}, the most known; {said[last]}"


def runs(ledger: Ledger, runs: pd.DataFrame, reference: str, *, save: str | Path | None = None) -> None:
    """A claim about running days over its days: values known and missing, steps as claimed and not. Of audit.runs."""
    say, row = Words(ledger), named(runs, reference)
    said = [words.rsplit(": ", 1)[1] for words in row["values"].split("; ")]
    days = list(pd.date_range(end=row["end"] - DAY, periods=len(said)))
    ends = [
        [] if "?" in w else [float(rounding.parse(e).value) for e in w.replace("…", "0").split(" to ")] for w in said
    ]
    few, moving, share = len(days) < 10, row["claim"] in ("down", "up"), say.is_share(row["measure"])
    figure, axes = canvas(2.5, right=0.6, top=0.25, bottom=0.35)
    colour, (dx, ha) = AREAS.get(row["area"], OTHERS[0][0]), (-4, "right") if row["claim"] == "up" else (4, "left")
    white, told = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}, False
    for x, words, own, then, after in zip(map(date2num, days), said, ends, [*said[1:], ""], [*ends[1:], []]):
        if not own:
            axes.axvspan(x - 0.5, x + 0.5, color=SHADE, linewidth=0, zorder=0)
            label(axes, x, 0.5, "no\nvalue" if few else "?", at=("data", "axes fraction"), color=GREY)
            continue
        axes.plot([x] * len(own), own, "o" if len(own) == 1 else "_-", color=colour, markersize=6, zorder=3)
        if few:
            label(axes, x, own[-1], words, dx, 8, ha=ha, bbox=white, **BOLD)
        if after and moving:
            middle = [sum(pair) / len(pair) for pair in (own, after)]
            against = min(after) >= max(own) if row["claim"] == "down" else max(after) <= min(own)
            axes.plot([x, x + 1], middle, color=BROWN if against else colour, linewidth=3 if against else 1.3, zorder=2)
            if against and not few and not told:
                told = True
                label(axes, x + 0.5, middle[1], f"{words}, then {then}", 0, 3 * dx, **LEFT, color=BROWN, **BOLD)
    axes.set_xlim(date2num(days[0]) - 0.5, date2num(days[-1]) + 0.5)
    ticks = days[:: -(len(days) // 9 + 1)]
    axes.set_xticks([date2num(day) for day in ticks], [date(day, short=True) for day in ticks])
    axes.tick_params("x", length=0)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.12)
    axes.yaxis.set_major_formatter(lambda number, _: value(Fraction(number).limit_denominator(10**6), share))
    if not any(ends):
        axes.set_yticks([])
    if row["claim"][0] in "<>":
        axes.axhline(float(rounding.parse(row["claim"][1:]).value), color=INK, linewidth=1, linestyle=(0, (4, 3)))
    claim = {"down": "falling", "up": "rising", "zero": "at zero"}.get(row["claim"], row["claim"])
    claim = claim.replace("<", "below ").replace(">", "above ")
    result, steps = f"{tables.SYMBOLS[row['verdict']][0]} {capital(row['verdict'])}", "steps" if moving else "days"
    missing = f" Missing: {row['missing']}." if row["missing"] else ""
    against = " A thick line goes against the claim." if row["verdict"] == Verdict.FAILS and moving else ""
    told = [f"{date(day, short=True)} {'no value' if words == '?' else words}" for day, words in zip(days, said)]
    publish(
        figure,
        title=f"{row['days']} days {claim}? {result}: {row['shown']} of {row['days']} {steps} shown",
        subtitle=f"{capital(say.measure[row['measure']])}, {say.area[row['area']]}, {date(days[0])} to {date(days[-1], True)}; claimed "
        f"in {say.briefings(pd.DataFrame([row]))}. {len(days)} values are needed.{missing}{against}",
        source=say.source([reference, row["rests_on"]]),
        alt=f"{', '.join(told)}.{missing}",
        save=save,
    )


# ── Places ──


def tiles(ledger: Ledger, days: pd.DataFrame, measure: str, day: str, *, save: str | Path | None = None) -> None:
    """One day of a measure on a tile-grid map of the bulletins' units. Of audit.daily."""
    say, units = Words(ledger), ledger.areas[ledger.areas["tile_row"].notna()]
    own = days[days["measure"].eq(measure) & days["day"].eq(day) & days["area"].isin(units["area"])]
    own = own[own["low"].notna() & own["low"].eq(own["high"])]
    found = {row.area: (row.low, row.route in ("rest", "nothing left")) for row in own.itertuples()}
    across, down = (int(units[column].max() + 1) for column in ("tile_column", "tile_row"))
    figure, axes = canvas(down * 0.66, 0, 0, 0, 0)
    axes.set(xlim=(0, across), ylim=(down, 0))
    axes.axis("off")
    shades = LinearSegmentedColormap.from_list("", ["#EDF3F8", "#5B9BC8", "#08306B"])
    most, known = math.log1p(max(1, *(number for number, _ in found.values()))), {}
    for row in units.itertuples():
        x, y, (number, derived) = int(row.tile_column), int(row.tile_row), found.get(row.area, (None, False))
        colour = "white" if number is None else to_hex(shades(math.log1p(number) / most))
        edge = {"edgecolor": GREY, "linestyle": ":"} if number is None else {}
        axes.bar(x + 0.5, 0.96, 0.96, y + 0.02, color=colour, **edge)
        name = re.sub(r" \(.*| (District|County|Economic).*", "", row.name_en)
        label(
            axes,
            x + 0.5,
            y + 0.36,
            _tile_name(name, say.both["area"][row.area]),
            color=ink_on(colour),
            linespacing=1.02,
        )
        words = "none" if number is None else f"({text(number)})" if derived else text(number)
        label(axes, x + 0.5, y + 0.84, words, color=ink_on(colour), fontweight="normal" if number is None else "bold")
        known |= {} if number is None else {name: number}
    ranked, total, absent = (
        sorted(known, key=known.__getitem__, reverse=True),
        sum(known.values()),
        len(units) - len(known),
    )
    half = next((n for n in range(1, len(ranked)) if 2 * sum(known[name] for name in ranked[:n]) > total), 0)
    what, when = capital(say.measure[measure]), date(pd.Timestamp(day), True)
    few = f"{half} of {len(units)} units have more than half of the {text(total)}: {', '.join(ranked[:half])}"
    unknown = f" Dotted: {absent} units with no number known, which is not zero." if absent else ""
    derived = " (0): not printed, but nothing is left for it." if any(derived for _, derived in found.values()) else ""
    publish(
        figure,
        title=few if 0 < half < len(ranked) / 4 else f"{what} by unit, {when}",
        subtitle=f"{what}, {when}, {len(units)} units of the bulletins (not those of the briefings); not a map to scale. Darker: "
        f"more, on a logarithmic scale.{derived}{unknown}",
        source=say.source(own["rests_on"]),
        alt=", ".join(f"{name} {text(known[name])}" for name in ranked) + f".{unknown}",
        save=save,
    )


def _tile_name(name: str, both: str) -> str:
    """A unit's short name, broken between syllables where it is too wide for a tile, and its Chinese name below."""
    lines = [""]
    for syllable in re.findall(r"[^aeiou]*[aeiou]+(?:ng?(?![aeiou]))?", name):
        fits = wide(lines[-1] + syllable) < 0.57
        lines = [*lines[:-1], lines[-1] + syllable] if fits else [*lines, syllable]
    chinese = re.search(rf"[{HAN}]+", both)
    return "\n".join([*lines, *([re.sub(r"(?<=..)([土苗]|經開區|[區縣]$).*", "", chinese[0])] if chinese else [])])
