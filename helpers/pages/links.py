"""What every page gets: links to the ledger and the glossary, regions to scroll in, Chinese marked as such, its font."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag

from helpers import tables
from helpers.ledger import Ledger

_C = "\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff"  # Chinese characters; full-width signs count beside them
HAN = rf"[{_C}\uff00-\uffef]*[{_C}][{_C}\uff00-\uffef]*"
REFERENCE = r"(?<![\w/.])\w+/\w+(?![\w/]|\.\w)"
VERDICTS = {f"{symbol} {verdict}" for verdict, (symbol, _) in tables.SYMBOLS.items()}
COLUMNS = {"briefing": "briefing", "printed number": "number", "printed": "printed", "paragraph": "paragraph"}
COLUMNS |= {"position": "position", "measure": "measure", "area": "area", "in": "of_area"}  # heading: column
NO_LINKS, NO_TERMS = (
    {"a", "pre", "summary"},
    {"h1", "h2", "h3", "dt", "caption", "code", "details", "thead", "blockquote"},
)
LONG, SHORT = 26, 16  # characters of a cell: from here on it gets room, up to here it is not broken


def terms(ledger: Ledger) -> Iterator[tuple[str, str, object, object, str]]:
    """Measures, then areas made of others: anchor, name, Chinese name, meaning, nature."""
    for row in ledger.measures.itertuples():
        yield (
            row.measure,
            row.name_en,
            row.name_zh,
            row.definition,
            f"{row.nature}, {row.unit if isinstance(row.unit, str) else 'part of a whole'}",
        )
    for row in ledger.areas[ledger.areas["kind"].isin(["city", "part", "group"])].itertuples():
        yield f"area-{row.area}", row.name_en, row.name_zh, row.note, row.kind


def live(address: object) -> str:
    """An address that a reader may follow: http or https, nothing hidden in it; else an empty text."""
    if not isinstance(address, str) or " " in address or tables.text(address) != address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


class Links:
    """Where the words of a page lead. `pages`: name → file; `files`: every other file of the edition."""

    def __init__(self, ledger: Ledger, pages: dict[str, str], files: Iterable[str]) -> None:
        self.pages, self.files, numbers, names = pages, set(files), ledger.numbers, tables.names(ledger)
        self.references = list(numbers["briefing"] + "/" + numbers["number"])
        self.href = {reference: f"ledger_{reference.split('/')[0]}.html#{reference}" for reference in self.references}
        numbers = numbers.assign(of_area=numbers["of_area"].fillna(numbers["area"]))  # as audit.rates tells it
        self.told = {c: [tables.text(names.get(c, {}).get(v, v)) for v in numbers[c]] for c in COLUMNS.values()}
        self._found: dict[tuple[str, ...], dict[tuple[str, ...], list[str]]] = {}
        self.terms = {name.lower(): f"glossary.html#{anchor}" for anchor, name, *_ in terms(ledger) if " " in name}
        longest = "|".join(re.escape(name) for name in sorted(self.terms, key=len, reverse=True))
        self._words = re.compile(rf"({REFERENCE})|(?<![\w-])({longest})(?![\w-])|({HAN})", re.IGNORECASE)

    def row(self, cells: dict[str, str]) -> str | None:
        """The printed number that a row of a table speaks of, if its cells leave just one."""
        known = {COLUMNS[c]: v for c, v in cells.items() if c in COLUMNS and v != tables.MISSING}
        if len(known) < 2 or not {"printed", "number"} & set(known):
            return None
        columns = tuple(sorted(known))
        if columns not in self._found:
            found = self._found[columns] = {}
            for reference, *values in zip(self.references, *(self.told[c] for c in columns), strict=True):
                found.setdefault(tuple(values), []).append(reference)
        fits = self._found[columns].get(tuple(known[c] for c in columns), [])
        return fits[0] if len(fits) == 1 else None

    def finish(self, soup: BeautifulSoup, terms: bool = True) -> None:
        """Complete a page in place; `terms`: with links to the glossary."""
        for link in soup.find_all("a", href=True):
            self._link(link)
        for table in soup.find_all("table"):
            self._table(soup, table)
        seen = set() if terms else set(self.terms)
        for node in soup.find_all(string=self._words.search):
            self._say(soup, node, seen)

    def _link(self, link: Tag) -> None:
        """Between notebooks and files of the project: to their pages here. What leads nowhere becomes plain text."""
        target, _, anchor = link["href"].partition("#")
        name, path = target.rpartition("/")[2], target.removeprefix("../")
        if name == "README.md":
            link["href"] = "data.html" if "data/" in target else "index.html"
        elif name.endswith(".ipynb") and (file := self.pages.get(name.removesuffix(".ipynb"))):
            link["href"] = file + (f"#{anchor}" if anchor else "")
        elif found := next((file for file in (path, f"data/{path}") if file in self.files), None):
            link["href"] = found
        elif target and target not in self.pages.values() and not live(target):
            link.unwrap()

    def _table(self, soup: BeautifulSoup, table: Tag) -> None:
        """A region of its own to scroll in, room for long cells; verdicts lead to the row of the ledger."""
        head = table.find("thead")
        headings = [" ".join(cell.get_text().split()) for cell in head.find_all("th")] if head else []
        for cell in head.find_all("th") if head else ():
            cell.name = "th" if cell.get_text(strip=True) else "td"
        if not table.find_parent(attrs={"role": "region"}):
            before = table.find_previous(["h2", "h3"])
            earlier = len(soup.find_all("div", attrs={"role": "region"})) + 1
            told = f"Table {earlier}: {before.get_text() if before else 'overview'}"
            table.wrap(soup.new_tag("div", attrs={"role": "region", "tabindex": "0", "aria-label": told}))
        for row in table.find("tbody").find_all("tr"):
            cells = [(cell, cell.get_text()) for cell in row.find_all(["th", "td"], recursive=False)]
            reference = None if row.get("id") else self.row(dict(zip(headings, (said for _, said in cells))))
            for cell, said in cells:
                if len(said) > LONG or len(said) <= SHORT:
                    cell["class"] = [*cell.get("class", []), "long" if len(said) > LONG else "short"]
                if reference and said in VERDICTS:
                    link = soup.new_tag("a", href=self.href[reference])
                    link.extend(list(cell.contents))
                    cell.append(link)

    def _say(self, soup: BeautifulSoup, node: NavigableString, seen: set[str]) -> None:
        """References become links, and so does a term where it first appears; Chinese is marked as such."""
        around = {parent.name for parent in node.parents}
        foreign, linked = node.find_parent(lang="zh-Hant") or node.find_parent(lang="zh"), bool(around & NO_LINKS)
        prose = not (linked or foreign or around & NO_TERMS)
        pieces, done = [], 0
        for found in self._words.finditer(node):
            reference, term, han = found.groups()
            if reference in self.href and not linked:
                new = soup.new_tag("a", href=self.href[reference], string=reference)
            elif term and prose and term.lower() not in seen:
                seen.add(term.lower())
                new = soup.new_tag("a", href=self.terms[term.lower()], attrs={"class": "term"}, string=term)
            elif han and not foreign:
                new = soup.new_tag("span", lang="zh-Hant", string=han)
            else:
                continue
            pieces += [NavigableString(node[done : found.start()]), new]
            done = found.end()
        if pieces:
            node.replace_with(*pieces, NavigableString(node[done:]))


def font(pages: Iterable[bytes]) -> bytes:
    """Noto Sans SC, cut down to the Chinese characters that occur, as woff2; its licence (OFL) stays in the file."""
    from fontTools import subset
    from pylopdf_fonts_zh_cn import sans_path

    characters = {c for page in pages for c in re.findall(rf"[{_C}\uff00-\uffef]", page.decode())}
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False, name_IDs=[0, 1, 2, 13, 14])
    cut, cutter = subset.load_font(sans_path(), options), subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters)))
    cutter.subset(cut)
    out = io.BytesIO()
    subset.save_font(cut, out, options)
    return out.getvalue()
