"""The stored notebooks → the reading edition: a folder of static pages that needs no server, script or network.

    python -m helpers pages [FOLDER]      # default: site

A page a notebook, made by nbconvert from what is stored (nothing is executed, no figure drawn again); an index; the
ledger, a page a file of printed numbers; the glossary of measures.csv; the data card; the files themselves. `155/central_new`
anywhere leads to that row of the ledger, and so does the verdict in a table whose row names one printed number.
Names, notes and addresses of the record are values: escaped by the templates, and links only if they are http(s).
A notebook gives its title in its first heading, and in Chinese in its metadata, as `title_zh`.
"""

from __future__ import annotations

import csv
import re
import shutil
import struct
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

from helpers import audit, tables
from helpers.ledger import DATA, Ledger, LedgerError, load
from helpers.scorecard import LIMIT
from helpers.words_old import Verdict

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # not used here, a second to import
import nbformat
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

from helpers.pages.links import Links, font, live, terms

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent.parent / "notebooks"
SITE, GENERATOR = "Chongqing briefing audit", "chongqing-briefing-audit"
ROOMS = {  # pages that are no notebooks: file, title, Chinese title, short name
    "index": ("index.html", "Do the briefing's percentages add up?", "發佈會公佈的百分比核對得上嗎？", "Contents"),
    "ledger": ("ledger.html", "The ledger: every printed number", "全部數字", "Ledger"),
    "glossary": ("glossary.html", "Glossary", "用語表", "Glossary"),
    "data": ("data.html", "The record: data card", "資料說明", "Data card"),
}
FILES_ZH = {"bulletins": "公報", "press": "報章"}
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
)
PARTS = TEMPLATES.get_template("parts.html.j2").module


@dataclass
class Page:
    """One page. Of a notebook, `answer` is the first text it computes, and `figure` the scorecard if it shows it."""

    name: str
    file: str
    title: str
    title_zh: str = ""
    short: str = ""
    kind: str = "room"
    body: BeautifulSoup | str = ""
    answer: str = ""
    figure: dict | None = None
    before: Page | None = None
    after: Page | None = None

    @property
    def teaser(self) -> str:
        """The first sentence of the answer."""
        said = BeautifulSoup(self.answer, "html.parser").get_text()
        return re.split(r"(?<=[.!?])\s+(?=[A-Z])", said)[0]


@dataclass
class Edition:
    """What is built: pages in reading order, and files as bytes by name."""

    ledger: Ledger
    pages: list[Page] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


def main(folder: str) -> int:
    """Build into a folder; the exit status to match."""
    start = time.perf_counter()
    try:
        files = build(Path(folder))
    except (LedgerError, FileExistsError) as error:
        print(error, file=sys.stderr)
        return 2
    size, took = sum(map(len, files.values())) / 1e6, time.perf_counter() - start
    print(f"{len(files)} files, {size:.1f} MB, in {took:.1f} s. Open {Path(folder, 'index.html')}")
    return 0


def build(folder: Path, data: Path = DATA, notebooks: Path = NOTEBOOKS) -> dict[str, bytes]:
    """Write the edition into a folder, in place of an earlier one; the files written.

    Raises:
        LedgerError: where the record is refused. FileExistsError: where the folder holds anything else.
    """
    index = folder / "index.html"
    if folder.exists() and any(folder.iterdir()) and not (index.is_file() and GENERATOR.encode() in index.read_bytes()):
        raise FileExistsError(f"{folder} holds something else: expected an empty folder, or an earlier edition")
    files = edition(data, notebooks)
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return files


def edition(data: Path = DATA, notebooks: Path = NOTEBOOKS) -> dict[str, bytes]:
    """Every file of the edition, by name."""
    own = Edition(load(data))
    rates, card = audit.rates(own.ledger), data / "README.md"
    for pattern in ("*.csv", "*.json", "numbers/*.csv"):
        own.files |= {
            f"data/{path.relative_to(data).as_posix()}": path.read_bytes() for path in sorted(data.glob(pattern))
        }
    own.files["verdicts.csv"] = rates.to_csv(index=False, lineterminator="\n").encode()
    own.files["style.css"] = (HERE / "style.css").read_bytes()
    rooms = {name: Page(name, *told, kind=name) for name, told in ROOMS.items()}
    chapters = [_chapter(own, path) for path in sorted(notebooks.glob("*.ipynb"))]
    ledgers = [_numbers(own.ledger, name) for name in sorted(set(own.ledger.numbers["briefing"]))]
    for pages in ([rooms["index"], *chapters], ledgers):
        for page, after in pairwise(pages):
            page.after, after.before = after, page
    own.pages = [*rooms.values(), *chapters, *ledgers]
    links = Links(own.ledger, {page.name: page.file for page in own.pages}, own.files)
    rooms["index"].body = _index(own, chapters)
    rooms["ledger"].body = _listed(own.ledger, ledgers)
    rooms["glossary"].body = _glossary(own.ledger)
    rooms["data"].body = _card(card.read_text(encoding="utf-8")) if card.is_file() else ""
    for page, name in zip(ledgers, sorted(set(own.ledger.numbers["briefing"]))):
        page.body = _rows(own.ledger, links, rates, name)
    frame = TEMPLATES.get_template("page.html.j2")
    for page in own.pages:
        body = page.body if isinstance(page.body, BeautifulSoup) else BeautifulSoup(page.body, "html.parser")
        links.finish(body, terms=page.kind != "glossary")
        page.body = Markup(body.decode())
        told = frame.render(page=page, rooms=rooms.values(), site=SITE, generator=GENERATOR, limit=LIMIT)
        own.files[page.file] = told.encode()
    own.files["han.woff2"] = font(own.files[page.file] for page in own.pages)
    return own.files


# ── Notebooks ──


@cache
def _exporter() -> HTMLExporter:
    template = (HERE / "cells.html.j2").read_text(encoding="utf-8")
    return HTMLExporter(template_name="base", raw_template=template, exclude_anchor_links=True)


def _chapter(own: Edition, path: Path) -> Page:
    """A notebook as a page; its figures become files."""
    notebook = nbformat.read(path, as_version=4)
    page = Page(path.stem, f"{path.stem}.html", path.stem, str(notebook.metadata.get("title_zh", "")), kind="notebook")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown = output.get("data", {})
            if "image/png" in shown:
                name = f"figures/{path.stem[:2]}_{cell.get('id', 'figure')}"
                output.metadata["figure"] = figure = _figure(own.files, name, output)
                page.figure = page.figure or (figure if "charts.scorecard(" in cell.source else None)
            elif "text/html" in shown:
                shown["text/html"] = re.sub(
                    r"</t[hd]>(?=\s*(?:<tr|</t))", r"\g<0></tr>", shown["text/html"]
                )  # optional
                page.answer = page.answer or (shown["text/html"] if shown["text/html"].startswith("<p>") else "")
    page.body, title = _body(notebook)
    page.title = title or page.title
    last = page.body.find_all("p", recursive=False)[-1:]
    if last and last[0].get_text().startswith("Next:"):  # the page has its own way on
        last[0].extract()
    return page


def _figure(files: dict[str, bytes], name: str, output: nbformat.NotebookNode) -> dict:
    """Take a stored figure out of its output and keep it as a file; what an <img> needs."""
    png, told = b64decode(output.data["image/png"]), output.metadata.get("image/png", {})
    name = f"{name}.png" if f"{name}.png" not in files else f"{name}_{len(files)}.png"
    files[name], output.data["image/png"] = png, ""
    wide, high = struct.unpack(">II", png[16:24])
    width = int(told.get("width", wide))
    alt = told.get("alt") or output.data.get("text/plain", "")
    return {"path": name, "alt": alt, "width": width, "height": round(width * high / wide)}


def _card(text: str) -> BeautifulSoup:
    """The data card, like a notebook of one cell."""
    return _body(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)]))[0]


def _body(notebook: nbformat.NotebookNode) -> tuple[BeautifulSoup, str]:
    """The cells, and the first heading taken out of them; the others can be linked to as in Jupyter."""
    body = BeautifulSoup(_exporter().from_notebook_node(notebook)[0], "html.parser")
    title = " ".join(body.h1.extract().get_text().split()) if body.h1 else ""
    for heading in body.find_all(["h2", "h3", "h4"]):
        heading["id"] = heading.get_text().strip().replace(" ", "-")
    return body, title


# ── The other pages ──


def _index(own: Edition, chapters: list[Page]) -> str:
    first = chapters[0].body.p if chapters else ""
    answer = Markup(chapters[0].answer if chapters else "")
    figure = next((page.figure for page in chapters if page.figure), None)
    files = sorted(name for name in own.files if name.startswith("data/") and name.count("/") == 1)
    return PARTS.index(Markup(first), answer, figure, chapters, _chinese(own.ledger), files, LIMIT)


def _chinese(ledger: Ledger) -> Iterator[str]:
    """The answer in Chinese, counted from the same verdicts."""
    for held in ledger.briefings.query("coverage == 'whole'").tail(1).itertuples():
        said = list(audit.rates(ledger.only(held.briefing))["verdict"])
        right, unchecked = said.count(Verdict.REPRODUCES), said.count(Verdict.UNCHECKED)
        yield (
            f"{held.day.year}年{held.day.month}月{held.day.day}日，重慶市舉行第{held.briefing}場新冠疫情防控新聞發佈會，公佈的比率共{len(said)}個："
            f"{right}個可由其自身公佈的數目重新算出，{len(said) - right - unchecked}個不符，{unchecked}個因所需的數目未公佈而無法核對。"
        )
    yield "能重算出百分比，只說明除法沒有錯，並不說明原始數目無誤。"


def _glossary(ledger: Ledger) -> str:
    with (HERE / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        words = [word | {"sign": tables.SYMBOLS[word["verdict"]][0]} for word in csv.DictReader(file)]
    told = [dict(zip(("id", "name", "zh", "means", "nature"), map(_text, row))) for row in terms(ledger)]
    areas = [term for term in told if term["id"].startswith("area-")]
    measures = [term for term in told if term not in areas]
    return PARTS.glossary([("Measures", "指標", measures), ("Areas made of others", "地區", areas)], words)


def _text(value: object) -> str:
    return tables.text(value, missing="")


def _numbers(ledger: Ledger, name: str) -> Page:
    """The page of one file of printed numbers, without its rows."""
    known = name in set(ledger.briefings["briefing"])
    title, title_zh = (f"Briefing {name}", f"第{name}場") if known else (name.capitalize(), FILES_ZH.get(name, ""))
    return Page(
        f"ledger_{name}", f"ledger_{name}.html", f"{title}: every printed number", title_zh and f"{title_zh}：全部數字"
    )


def _listed(ledger: Ledger, pages: list[Page]) -> str:
    """The ledger's own page: its files."""
    held = {row.briefing: row for row in ledger.briefings.itertuples()}
    counts, rows = ledger.numbers["briefing"].value_counts(), []
    for page in pages:
        name = page.name.removeprefix("ledger_")
        row = {"page": page.file, "name": name, "count": counts[name], "file": f"data/numbers/{name}.csv"}
        whole = name in held and held[name].coverage == "whole"
        rows.append(
            row | {"day": _text(held[name].day) if name in held else "", "known": "whole text" if whole else "parts"}
        )
    return PARTS.files(rows)


def _rows(ledger: Ledger, links: Links, rates: pd.DataFrame, name: str) -> str:
    sources = {row.source: row for row in ledger.sources.itertuples()}
    verdicts = dict(zip(rates["briefing"] + "/" + rates["number"], rates["verdict"], strict=True))
    rows = []
    for row in ledger.numbers[ledger.numbers["briefing"].eq(name)].itertuples():
        told = {column: values[row.Index] for column, values in links.told.items()}
        pages = [sources[key] for key in (row.source, row.second_source) if isinstance(key, str)]
        of_area = f" in {told['of_area']}" if told["of_area"] != told["area"] else ""
        since = "" if pd.isna(row.since) else f"since {_text(row.since)}"
        speaks = {"measure": row.measure, "area": row.area}
        rows.append(
            {column: "" if pd.isna(value) else told[column] for column, value in speaks.items()}
            | {
                "id": links.references[row.Index], "name": row.number, "row": row.row, "of_area": of_area,
                "printed": told["printed"], "reads": _text(row.reads), "kind": f"{_text(row.kind)} {_text(row.claim)} {since}",
                "place": "" if pd.isna(row.position) else f"{row.paragraph}:{row.position}", "note": _text(row.note),
                "when": "" if pd.isna(row.end) else tables.when(row.start, row.end),
                "verdict": _text(verdicts.get(links.references[row.Index])),
                "sources": [{"outlet": _text(s.outlet), "kind": _text(s.kind), "address": live(s.address)} for s in pages],
            }
        )  # fmt: skip
    return PARTS.ledger(f"{name}.csv: {tables.sentence('{n:printed number|printed numbers}', n=len(rows))}", name, rows)
