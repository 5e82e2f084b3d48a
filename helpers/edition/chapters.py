"""A stored notebook as a page: nothing is executed, and no figure drawn again."""

from __future__ import annotations

import ast
import re
import struct
import sys
from base64 import b64decode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # unused here, slow
import nbformat
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from helpers.edition.links import is_chinese

HERE = Path(__file__).resolve().parent


class Figure(NamedTuple):
    """A picture: its file, its text, its size on a page in CSS pixels, and its own in pixels."""

    path: str
    alt: str
    width: int
    height: int
    pixels: tuple[int, int]


@dataclass(eq=False)
class Page:
    """One page. `key`: the text that it is of, if any; `lede_zh`: what a notebook says first."""

    name: str
    file: str
    title: str
    title_zh: str = ""
    short: str = ""
    language: str = "en"
    key: str = ""
    description: str = ""
    lede_zh: str = ""
    body: BeautifulSoup | str = ""
    picture: Figure | None = None
    script: str = ""
    before: Page | None = None
    after: Page | None = None


def chapter(path: Path, files: dict[str, bytes]) -> Page:
    """A notebook as a page; its figures are put among the files."""
    notebook = nbformat.read(path, as_version=4)
    page = Page(path.stem, f"{path.stem}.html", path.stem)
    page.title_zh = str(notebook.metadata.get("title_zh", ""))
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and _divides(cell.source):
            cell.metadata["in_sight"] = True
        for nth, output in enumerate(cell.get("outputs", [])):
            if "image/png" in output.get("data", {}):
                name = f"figures/{path.stem[:2]}_{cell.get('id', place)}_{nth}.png"
                figure = _figure(name, output, files)
                output.metadata["figure"], page.picture = figure, page.picture or figure
    page.body = _headed(_exporter().from_notebook_node(notebook)[0])
    if page.body.h1:
        page.title = " ".join(page.body.h1.extract().get_text().split())
    said = []
    for child in page.body.find_all(True, recursive=False):
        if child.name != "p":
            break
        child["class"] = "lead"
        said.append(" ".join(child.get_text().split()))
    lede, page.lede_zh = (
        " ".join(text for text in said if is_chinese(text) == chinese) for chinese in (False, True)
    )
    page.description = " ".join(re.split(r"(?<=[.!?])\s+(?=[A-Z(])", lede)[:2])
    for last in page.body.find_all("p", recursive=False)[-1:]:
        if last.get_text().startswith("Next:"):  # the page has its own way on
            last.extract()
    return page


def _divides(source: str) -> bool:
    """Whether code divides: such a cell is the arithmetic itself, and is not folded away."""
    try:
        return any(isinstance(node, ast.Div) for node in ast.walk(ast.parse(source)))
    except SyntaxError:
        return False


@cache
def _exporter() -> HTMLExporter:
    template = (HERE / "cells.html.j2").read_text(encoding="utf-8")
    return HTMLExporter(template_name="base", raw_template=template, exclude_anchor_links=True)


def markdown(text: str) -> BeautifulSoup:
    """A Markdown file in which no text is taken for a tag."""
    renderer = IPythonRenderer(escape=True, exclude_anchor_links=True)
    return _headed(MarkdownWithMath(renderer=renderer).render(text))


def _headed(html: str) -> BeautifulSoup:
    """A body whose headings can be linked to as in Jupyter."""
    body = BeautifulSoup(re.sub("<!--.*?-->", "", html, flags=re.DOTALL), "html.parser")
    for heading in body.find_all(["h2", "h3", "h4"]):
        heading["id"] = heading.get_text().strip().replace(" ", "-")
    return body


def _figure(name: str, output: nbformat.NotebookNode, files: dict[str, bytes]) -> Figure:
    """Take a stored figure out of its output and keep it as a file."""
    files[name], output.data["image/png"] = b64decode(output.data["image/png"]), ""
    told = output.metadata.get("image/png", {})
    wide, high = struct.unpack(">II", files[name][16:24])
    width = int(told.get("width", wide))
    alt = told.get("alt") or output.data.get("text/plain", "")
    return Figure(name, alt, width, round(width * high / wide), (wide, high))
