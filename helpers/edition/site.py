"""All files of the reading edition, by name: which pages there are, and what each is made of."""

from __future__ import annotations

import csv
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import jinja2
from bs4 import BeautifulSoup
from markupsafe import Markup

from helpers import ledger, scorecard, words
from helpers.edition.briefings import Audits
from helpers.edition.chapters import HERE, Page, chapter, markdown
from helpers.edition.links import FONT, Links, font, font_licence, live
from helpers.words import Verdict

ROOT = HERE.parent.parent
NOTEBOOKS = ROOT / "notebooks"
SITE = "Chongqing briefing audit"


class Edition:
    """What is built: pages in reading order, and files as bytes by name."""

    def __init__(self, data: Path, notebooks: Path, address: str) -> None:
        self.record = ledger.load(data)
        self.audits = Audits(self.record)
        self.base = address and address.rstrip("/") + "/"
        own = {row.measure for row in self.audits.numbers.get(ledger.BRIEFING, ())}
        made = {row.area for row in self.record.tables["members"]}
        measures = self.record.tables["measures"]
        self.measures = sorted(measures, key=lambda row: row.measure not in own)
        self.areas = [row for row in self.record.tables["areas"] if row.area in made]
        found = [*data.glob("*.csv"), *data.glob("*.json"), *data.glob("numbers/*.csv")]
        self.files = {
            f"data/{p.relative_to(data).as_posix()}": p.read_bytes() for p in sorted(found)
        }
        card = data / "README.md"
        self.card = markdown(card.read_text(encoding="utf-8") if card.is_file() else "")
        if self.card.h1:  # the page has its own
            self.card.h1.extract()
        self.chapters = [chapter(path, self.files) for path in sorted(notebooks.glob("*.ipynb"))]
        self.index = self.chapters[0] if self.chapters else Page("index", "index.html", SITE)
        self.index.file, self.index.short = "index.html", "Contents"
        self.rooms = [Page(**row) for row in _csv("rooms.csv")]
        self.rooms[-1].title = self.index.title_zh or self.rooms[-1].title
        self.texts = [self._text(text) for text in self.audits.numbers]
        self.pages = [*(self.chapters or [self.index]), *self.rooms, *self.texts]
        for chain in (self.chapters, self.texts):
            for page, after in pairwise(chain):
                page.after, after.before = after, page
        self.named = {page.name: page.file for page in self.pages}
        notice, self.files["OFL.txt"] = font_licence()
        self.jinja = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self.jinja.filters |= {"text": words.text, "live": live, "digest": _digest}
        self.jinja.globals |= {
            "own": self, "see": self.audits, "notice": notice,
            "site": SITE, "limit": scorecard.LIMIT, "font": FONT, "briefing": ledger.BRIEFING,
            "context": [row for row in _csv("context.csv") if row["briefing"] == ledger.BRIEFING],
            "verdicts": [row | {"word": Verdict(row["verdict"])} for row in _csv("verdicts.csv")],
        }  # fmt: skip

    def _text(self, text: str) -> Page:
        """The page of a file of numbers, without its rows."""
        title, title_zh = self.audits.title(text)
        kind = "briefing" if text in self.audits.held else "numbers"
        page = Page(text, f"{kind}_{text}.html", title, title_zh, key=text)
        page.description = f"{title}: its numbers, each with its place. {self.audits.counted(text)}"
        return page

    def write(self) -> None:
        """Every page as a file."""
        terms = [(row.name_en, row.measure) for row in self.measures]
        terms += [(row.name_en, f"area-{row.area}") for row in self.areas]
        glossary = {name: anchor for name, anchor in terms if " " in name}
        links = Links(self.record, self.named, self.files, self.audits.tests, glossary)
        frame = self.jinja.get_template("page.html.j2")
        for page in self.pages:
            soup = self._said(page)
            links.finish(soup, terms=page.name != "glossary" and page.language == "en")
            page.body = Markup(soup.decode())
            told = frame.render(page=page, picture=page.picture or self.index.picture)
            self.files[page.file] = told.encode()

    def _said(self, page: Page) -> BeautifulSoup:
        """What a page says below its title."""
        rooms = self.jinja.get_template("rooms.html.j2").module
        if page.name == "check":
            page.script = Markup((HERE / "check.js").read_text(encoding="utf-8"))
        if page is self.index:
            body = page.body or BeautifulSoup("", "html.parser")
            told = BeautifulSoup(rooms.told(), "html.parser")
            for last in body.find_all("p", class_="lead")[-1:]:
                last.insert_after(told)
            body.append(BeautifulSoup(rooms.contents(), "html.parser"))
            return body
        if page.name == "data":
            return self.card
        if page in self.chapters:
            return page.body
        html = rooms.text(page) if page.key else getattr(rooms, page.name)(page)
        return BeautifulSoup(html, "html.parser")


def edition(
    data: Path = ledger.DATA,
    notebooks: Path = NOTEBOOKS,
    address: str = "",
    progress: Callable[[str], None] = lambda done: None,
) -> dict[str, bytes]:
    """Every file of the edition, by name.

    Args:
        address: where it will be published; without it, pictures to share are relative.
        progress: told what is done next.
    """
    progress("reading the record and the stored notebooks, judging every text")
    own = Edition(data, notebooks, address)
    for name in ("LICENSE", "LICENSE-DATA"):
        own.files[f"{name}.txt"] = (ROOT / name).read_bytes()
    own.files["style.css"] = (HERE / "style.css").read_bytes()
    own.files["verdicts.csv"] = scorecard.as_csv(own.record, "rates").encode()
    progress(f"writing {len(own.pages)} pages")
    own.write()
    progress("cutting the font")
    own.files["han.woff2"] = font(own.files[page.file] for page in own.pages)
    return own.files


def _digest(script: str) -> str:
    """As the policy of a page names the one script that it allows."""
    return f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}"


def _csv(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
