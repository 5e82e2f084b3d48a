"""What every page gets: links, tables that fit a phone, Chinese marked as such, and its font."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag

from helpers import ledger, words
from helpers.words import SIGNED

FONT = "Noto Sans SC"
_C = "\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff"  # Chinese; full-width signs count beside it
_KANA = "\u3040-\u30ff"  # in names of Japanese pages
HAN = rf"[{_C}\uff00-\uffef]*[{_C}][{_C}\uff00-\uffef]*"
REFERENCE = r"(?<![\w/.-])[a-z0-9_-]+/[a-z0-9_]+(?![\w/]|\.\w)"
NO_LINKS = {"a", "summary"}
NO_TERMS = {"h1", "h2", "h3", "dt", "th", "td", "caption", "code", "pre", "details", "blockquote"}
FEW, MANY = 4, 12  # columns that fit a phone side by side; rows from which on a table is folded
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
ROLES["th"] = "columnheader"


def is_chinese(text: str) -> bool:
    """Whether a text is in Chinese, and does not only name something in it."""
    return len(re.findall(f"[{_C}]", text)) * 2 > len(text)


def live(address: str | None) -> str:
    """An address that a reader may follow: http or https, nothing hidden in it; else empty."""
    if not address or " " in address or words.text(address) != address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


class Links:
    """Where the words of a page lead.

    Args:
        pages: the file of each page by its name; that of a text bears the name of its file.
        files: every other file of the edition.
        tests: by reference of a rate, where it is tested.
        glossary: the anchor of each term.
    """

    def __init__(
        self,
        record: ledger.Ledger,
        pages: dict[str, str],
        files: Iterable[str],
        tests: dict[str, str],
        glossary: dict[str, str],
    ) -> None:
        self.pages, self.files = pages, set(files)
        numbers = record.tables["numbers"]
        self.rows = {r.reference: f"{pages[r.briefing]}#{r.reference}" for r in numbers}
        held = {row.briefing for row in record.tables["briefings"]}
        spoken = [row for row in numbers if row.briefing in held]
        quoted = {  # what prints like a rate of BRIEFING, and speaks of nothing else in a briefing
            row.printed: tests[row.reference]
            for row in spoken
            if row.briefing == ledger.BRIEFING and row.reference in tests
            if {_cell(row)} == {_cell(other) for other in spoken if other.printed == row.printed}
        }
        self.once = quoted | {name.lower(): f"glossary.html#{at}" for name, at in glossary.items()}
        once = "|".join(map(re.escape, sorted(self.once, key=len, reverse=True))) or "(?!)"
        self.words = re.compile(
            rf"(?P<row>{REFERENCE})|(?<![\w.,-])(?P<once>{once})(?![\w-])|(?P<han>{HAN})",
            re.IGNORECASE,
        )

    def finish(self, soup: BeautifulSoup, terms: bool = True) -> None:
        """Complete a page in place; `terms`: with links to the glossary."""
        for link in soup.find_all("a", href=True):
            self._link(link)
        for table in soup.find_all("table"):
            _fit(soup, table)
        for styled in soup.find_all(style=True):  # the policy of the pages allows none
            del styled["style"]
        for said in soup.find_all(["p", "li", "dd"]):
            if is_chinese(said.get_text()) and not said.find_parent(lang=True):
                said.attrs.setdefault("lang", "zh-Hant")
        seen = set() if terms else {word for word, at in self.once.items() if "glossary" in at}
        for node in soup.find_all(string=self.words.search):
            self._say(soup, node, seen)
        for name in soup.find_all(string=re.compile(r"^[\w/-]*_\w+$")):  # where it may break
            name.replace_with(BeautifulSoup(name.replace("_", "_<wbr>"), "html.parser"))

    def _link(self, link: Tag) -> None:
        """To the pages here; what leads nowhere becomes plain text."""
        target, _, anchor = link["href"].partition("#")
        path = target.removeprefix("../").removeprefix("notebooks/")
        here = {"README.md": "index.html", "data/README.md": "data.html"}.get(path)
        here = here or self.pages.get(path.removesuffix(".ipynb"))
        here = here or next((f for f in (path, f"data/{path}") if f in self.files), None)
        if here:
            link["href"] = f"{here}#{anchor}" if anchor else here
        elif target and target not in self.pages.values() and not live(target):
            link.unwrap()

    def _say(self, soup: BeautifulSoup, node: NavigableString, seen: set[str]) -> None:
        """References become links; a term and a rate where they first appear; Chinese is marked."""
        around = {parent.name for parent in node.parents}
        foreign = node.find_parent(lang=re.compile("^zh"))
        typed = "pre" in around and not node.find_parent("pre", class_="out")
        linked = typed or bool(around & NO_LINKS)
        plain = foreign or around & NO_TERMS
        pieces, done = [], 0
        for found in self.words.finditer(node):
            word, kind = found[0].lower(), found.lastgroup
            href = self.rows.get(word) if kind == "row" else self.once.get(word)
            folded = kind == "once" and "details" in around
            barred = linked or folded or not href or word in seen or (plain and "glossary" in href)
            if foreign if kind == "han" else barred:
                continue
            new = soup.new_tag("a" if href else "span", string=found[0])
            new["href" if href else "lang"] = href or "zh-Hant"
            if kind == "once":
                seen.add(word)
            pieces += [node[done : found.start()], new]
            done = found.end()
        if pieces:
            node.replace_with(*pieces, node[done:])


def _cell(row: Any) -> tuple:
    return row.measure, row.area, row.of_area, row.end


def _fit(soup: BeautifulSoup, table: Tag) -> None:
    """Labels and roles for when a table is stacked, a fold if it is long, verdicts in colour."""
    labels = [cell.get_text(" ", strip=True) for cell in table.select("thead th")]
    if len(labels) > FEW:
        table["class"] = "stack"
    for part in (table, *table.find_all([*ROLES])):  # a block is no part of a table to a browser
        part["role"] = "rowheader" if part.get("scope") == "row" else ROLES[part.name]
    rows = table.find_all("tr")
    for row in rows:
        for label, cell in zip(labels, row.find_all(["th", "td"])):
            cell["data-label"] = label
            if verdict := SIGNED.get(cell.get_text(" ", strip=True)):
                cell["class"] = f"verdict {verdict.name.lower()}"
    if len(rows) > MANY and not table.find_parent("details") and not table.find("tr", id=True):
        told = table.caption.get_text() if table.caption else "Table"
        summary = soup.new_tag("summary", string=f"{told}: {len(rows) - 1} rows")
        table.wrap(soup.new_tag("details", attrs={"class": "rows"})).insert(0, summary)


def font(pages: Iterable[bytes]) -> bytes:
    """FONT cut down to the Chinese characters that occur, as woff2."""
    from fontTools import subset
    from pylopdf_fonts_zh_cn import sans_path

    characters = {
        c for page in pages for c in re.findall(rf"[{_C}{_KANA}\uff00-\uffef]", page.decode())
    }
    options = subset.Options(
        flavor="woff2", layout_features=[], hinting=False, name_IDs=[0, 1, 2, 13, 14]
    )
    cut, cutter = subset.load_font(sans_path(), options), subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters)))
    cutter.subset(cut)
    out = io.BytesIO()
    subset.save_font(cut, out, options)
    return out.getvalue()


def font_licence() -> tuple[str, bytes]:
    """Who made FONT, and the licence it comes with, as its package has it."""
    from fontTools.ttLib import TTFont
    from pylopdf_fonts_zh_cn import sans_path

    notice = str(TTFont(sans_path(), lazy=True)["name"].getDebugName(0))
    files = metadata.files("pylopdf-fonts-zh-cn") or []
    licence = next(file for file in files if file.name == "LICENSE").read_text(encoding="utf-8")
    return notice, f"{FONT}: {notice}\n\n{licence}".encode()
