"""The reading edition, without a browser: every link arrives, nothing is loaded from elsewhere, nothing hostile gets in."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from helpers import audit, ledger, pages, tables
from helpers.pages import links
from helpers.scorecard import LIMIT
from helpers.words import Verdict

ROOT = Path(__file__).resolve().parent.parent
VOID = {"meta", "link", "br", "img", "hr", "input"}
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> **bold** [here](javascript:alert(3)) {{ 7*7 }}"


class Read(HTMLParser):
    """A page as tags with their attributes, its ids, its text, and whether all that opens closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words = ""
        self.languages: list[bool] = []  # of the open tags: Chinese, by itself or from around?
        self.said: list[tuple[str, bool]] = []
        self.feed(text)
        assert self.open == [], self.open
        self.ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))
        if tag not in VOID:
            self.open.append(tag)
            inherited = bool(self.languages) and self.languages[-1]
            self.languages.append(dict(attributes).get("lang", "zh" if inherited else "en").startswith("zh"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, (tag, self.open)
            self.languages.pop()

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.open[-1:] != ["title"]:  # it cannot hold two languages
            self.said.append((data, bool(self.languages) and self.languages[-1]))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition") / "site"
    pages.build(folder)
    return folder


@pytest.fixture(scope="session")
def read(site: Path) -> dict[str, Read]:
    return {path.name: Read(path.read_text(encoding="utf-8")) for path in sorted(site.glob("*.html"))}


def test_there_is_a_page_for_every_notebook_and_every_file_of_numbers(read):
    expected = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    expected |= {f"ledger_{path.stem}" for path in (ROOT / "data" / "numbers").glob("*.csv")}
    assert set(read) == {f"{name}.html" for name in expected | {"index", "ledger", "glossary", "data"}}


def test_every_link_arrives(site, read):
    for name, page in read.items():
        for link in page.all("a"):
            assert link.get("href"), (name, link)
            parts = urlsplit(link["href"])
            if parts.scheme:
                assert parts.scheme in ("http", "https") and "javascript" not in link["href"]
                continue
            target = parts.path or name
            assert (site / target).is_file(), (name, link)
            if parts.fragment:
                assert unquote(parts.fragment) in read[target].ids, (name, link)


def test_previous_and_next_lead_through_all_notebooks(read):
    chain, name = [], "index.html"
    while name:
        chain.append(name)
        following = [link["href"] for link in read[name].all("link") if link["rel"] == "next"]
        if following:
            assert {"rel": "prev", "href": name} in read[following[0]].all("link")
            assert any(link["href"] == following[0] and link.get("class") == "after" for link in read[name].all("a"))
        name = following[0] if following else ""
    assert chain == ["index.html", *sorted(f"{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb"))]


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(site, read):
    for name, page in read.items():
        loaded = [
            tag.get(key) for _, tag in page.tags for key in ("src", "srcset", "poster", "data", "action") if key in tag
        ]
        loaded += [tag["href"] for tag in page.all("link")]
        assert all(at == "data:," or (site / at).is_file() for at in loaded), (name, loaded)
        assert not {"script", "iframe", "object", "embed", "form", "base", "style"} & {tag for tag, _ in page.tags}
        assert not [(tag, key) for tag, attributes in page.tags for key in attributes if key.startswith("on")]
        assert not any("url(" in attributes.get("style", "") for _, attributes in page.tags)
        policy = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
        assert len(policy) == 1 and "script-src 'none'" in policy[0]
    style = (site / "style.css").read_text(encoding="utf-8")
    assert re.findall(r"url\(([^)]*)\)", style) == ['"han.woff2"'] and "@import" not in style


def test_pages_are_small(site):
    for path in site.rglob("*.*"):
        assert path.stat().st_size < 1_000_000, path.name


def test_every_page_says_what_it_is_and_in_which_language(read):
    for name, page in read.items():
        assert page.all("html") == [{"lang": "en"}] and len(page.all("h1")) == 1 and len(page.all("main")) == 1, name
        assert len(page.ids) == len(set(page.ids)), name
    titles = [re.sub(r"\s+", " ", page.words).partition("To the text")[0] for page in read.values()]
    assert len(titles) == len(set(titles))


def test_chinese_is_marked_as_chinese(read):
    for name, page in read.items():
        assert [said for said, marked in page.said if re.search(links.HAN, said) and not marked] == [], name


def test_the_font_has_every_chinese_character_that_occurs(site):
    from fontTools.ttLib import TTFont

    font = TTFont(site / "han.woff2")
    known, name = set(font.getBestCmap()), {record.nameID: str(record) for record in font["name"].names}
    used = {c for path in site.glob("*.html") for c in path.read_text(encoding="utf-8") if re.match(links.HAN, c)}
    assert {ord(c) for c in used} <= known and len(known) < len(used) + 80
    assert "SIL Open Font License" in name[13]


def test_every_image_has_a_text_and_its_size(read):
    shown = [image for page in read.values() for image in page.all("img")]
    assert shown
    for image in shown:
        assert len(image["alt"]) > 60 and int(image["width"]) and int(image["height"]), image


def test_numbers_and_figures_are_the_notebooks_own(site, read):
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        page, figures = read[f"{path.stem}.html"], 0
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                figures += "image/png" in output["data"]
                said = unescape(re.sub(r"<[^>]*>", "", "".join(output["data"].get("text/html", ""))))
                assert squeezed(said) in squeezed(page.words)
        assert figures == len(page.all("img")) == len(list((site / "figures").glob(f"{path.stem[:2]}_*.png")))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_front_page_has_answer_limit_figure_and_questions(read):
    page = read["index.html"]
    assert LIMIT in page.words and len(page.all("img")) == 1
    first = json.loads(min((ROOT / "notebooks").glob("*.ipynb")).read_text(encoding="utf-8"))
    said = [o["data"] for cell in first["cells"] for o in cell.get("outputs", []) if "text/html" in o["data"]]
    answer = "".join(said[0]["text/plain"])
    assert squeezed(answer) in squeezed(page.words)
    chinese = page.words.partition("中文說明")[2].partition("。")[0].rpartition("公佈的比率")[2]
    assert re.findall(r"\d+", chinese) == re.findall(r"\d+", answer)[:4]


def test_every_printed_number_has_its_row_in_the_ledger_with_place_name_and_page(read):
    record = ledger.load()
    english = tables.names(record, chinese=False)
    address = dict(zip(record.sources["source"], record.sources["address"], strict=True))
    for number in record.numbers.itertuples():
        page = read[f"ledger_{number.briefing}.html"]
        assert f"{number.briefing}/{number.number}" in page.ids
        assert tables.text(number.printed) in page.words
        if isinstance(number.measure, str):
            assert english["measure"][number.measure] in page.words
        if isinstance(address[number.source], str):
            assert {address[number.source]} & {link["href"] for link in page.all("a")}


def test_references_lead_to_their_rows(site):
    record, linked = ledger.load(), 0
    known = set(record.numbers["briefing"] + "/" + record.numbers["number"])
    for path in [*site.glob("0*.html"), site / "glossary.html"]:
        text = re.sub(
            r"<pre.*?</pre>|<figcaption.*?</figcaption>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        for reference in known & set(re.findall(r"[\w]+/[\w]+", re.sub(r"<[^>]*>", " ", text))):
            bare = re.findall(rf"(?<![\w/#>]){reference}(?![\w/])(?!</a>)", re.sub(r"<[^>]*>", "\0", text))
            assert f">{reference}</a>" in text, (path.name, reference, bare)
            linked += 1
    assert linked > 5


def test_a_verdict_whose_row_names_one_number_leads_to_it():
    record = ledger.load()
    rates = audit.rates(record.only("155")).head(3)
    shown = tables.html(rates, "Rates", ["printed", "verdict", "paragraph", "position"], names=tables.names(record))
    own = links.Links(record, {}, [])
    soup = pages.BeautifulSoup(shown, "html.parser")
    own.finish(soup)
    hrefs = [cell.a["href"] for cell in soup.select("td") if cell.a]
    assert hrefs == [f"ledger_155.html#155/{number}" for number in rates["number"]]
    assert own.row({"printed": "1", "verdict": "● holds"}) is None, "one cell is not enough"
    assert own.row({"printed": "12", "position": "999"}) is None


def test_every_verdict_in_a_table_has_a_way_to_the_ledger(site):
    lost = []
    for path in site.glob("0*.html"):
        for table in re.findall(r"<table>.*?</table>", path.read_text(encoding="utf-8"), re.DOTALL):
            caption = re.sub(r"<[^>]*>", "", re.search(r"<caption.*?</caption>|$", table, re.DOTALL)[0])
            for row in re.findall(r"<tr>.*?</tr>", table.partition("</thead>")[2], re.DOTALL):
                cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
                verdict = any(re.sub(r"<[^>]*>", "", cell) in links.VERDICTS for cell in cells)
                if verdict and "ledger_" not in row and "counts" not in table.partition("</thead>")[0]:
                    lost.append(f"{path.stem}: {caption}")
    assert sorted(set(lost)) == [], "show rests_on, or printed with position, or briefing with number"


def test_glossary_has_every_measure_and_every_verdict_in_both_languages(read):
    page, record = read["glossary.html"], ledger.load()
    for row in record.measures.itertuples():
        assert row.measure in page.ids and row.name_en in page.words and row.name_zh in page.words
    with (Path(links.__file__).parent / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert [word["verdict"] for word in told] == list(Verdict)
    assert all(word["zh"] in page.words and word["means_zh"] in page.words for word in told)


def test_terms_are_linked_where_they_first_appear_and_only_there(read):
    for name, page in read.items():
        to = [link["href"] for link in page.all("a") if link.get("class") == "term"]
        assert len(to) == len(set(to)), name
    assert any(link.get("class") == "term" for link in read["data.html"].all("a"))


def test_downloads_are_the_files_themselves(site):
    for path in [*(ROOT / "data").glob("*.csv"), *(ROOT / "data" / "numbers").glob("*.csv")]:
        assert (site / "data" / path.relative_to(ROOT / "data")).read_bytes() == path.read_bytes()
    printed = subprocess.run([sys.executable, "-m", "helpers", "verdicts"], cwd=ROOT, capture_output=True, check=True)
    assert (site / "verdicts.csv").read_bytes() == printed.stdout.replace(b"\r\n", b"\n")


def test_built_twice_every_byte_is_the_same(site, tmp_path):
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Chongqing", "LC_ALL": "C"}
    command = [sys.executable, "-m", "helpers", "pages", str(tmp_path / "again")]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
        for folder in (site, tmp_path / "again")
    )
    assert first.keys() == second.keys() and [name for name in first if first[name] != second[name]] == []


def test_it_is_built_without_a_network(monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert pages.edition()


def test_an_earlier_edition_is_replaced_and_anything_else_is_left_alone(site, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(pages, "edition", lambda *_: {"index.html": (site / "index.html").read_bytes()})
    folder = tmp_path / "site"
    assert pages.main(str(folder)) == 0
    (folder / "old.html").write_text("old")
    assert pages.main(str(folder)) == 0 and not (folder / "old.html").exists()
    own = tmp_path / "own"
    own.mkdir()
    (own / "letter.txt").write_text("mine")
    assert pages.main(str(own)) == 2 and "something else" in capsys.readouterr().err
    assert (own / "letter.txt").read_text() == "mine"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition of a record with hostile names, notes, outlets and addresses, and of a notebook that shows them."""
    folder = tmp_path_factory.mktemp("hostile")
    data = folder / "data"
    shutil.copytree(ROOT / "data", data)
    package = (data / "datapackage.json").read_text(encoding="utf-8")
    contract = json.loads(package)
    for table in contract["resources"]:
        for column in table["schema"]["fields"] if isinstance(table["schema"], dict) else ():
            if column["name"] == "address":  # the loader refuses such addresses; here it is let off
                column["constraints"].pop("pattern")
    (data / "datapackage.json").write_text(json.dumps(contract, ensure_ascii=False), encoding="utf-8")
    for file, column, text in [
        ("measures.csv", "name_en", EVIL), ("measures.csv", "name_zh", "新" + EVIL), ("measures.csv", "definition", EVIL),
        ("areas.csv", "name_en", EVIL), ("areas.csv", "note", EVIL), ("sources.csv", "outlet", EVIL),
        ("sources.csv", "address", "javascript:alert(4)"), ("numbers/155.csv", "note", EVIL), ("numbers/154.csv", "note", EVIL),
    ]:  # fmt: skip
        with (data / file).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            row[column] = text
        rows[0][column] = "JaVaScRiPt:alert(5)" if column == "address" else text
        with (data / file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    record = ledger.load(data)
    names = tables.names(record)
    shown = tables.html(record.numbers, EVIL, ["number", "measure", "area", "printed", "note"], names=names)
    output = nbformat.v4.new_output("display_data", {"text/html": shown, "text/plain": ""})
    cells = [nbformat.v4.new_markdown_cell("# Is it hostile?"), nbformat.v4.new_code_cell("1", outputs=[output])]
    (folder / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "notebooks" / "00_hostile.ipynb")
    pages.build(folder / "site", data, folder / "notebooks")
    return folder / "site"


def test_nothing_of_a_record_becomes_markup(hostile):
    told = 0
    for path in hostile.glob("*.html"):
        page = Read(path.read_text(encoding="utf-8"))
        assert not {"script", "iframe"} & {tag for tag, _ in page.tags}, path.name
        assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")], path.name
        assert all(image["src"] != "x" for image in page.all("img"))
        told += page.words.count("<script>alert(1)</script>")
        assert page.words.count("{{ 7*7 }}") == page.words.count("<script>alert(1)</script>"), "no template is rendered"
        assert "<strong>bold</strong>" not in path.read_text(encoding="utf-8"), "no Markdown is rendered"
    assert told > 1000


def test_no_address_of_a_record_becomes_a_live_script(hostile):
    for path in hostile.glob("*.html"):
        for _, attributes in Read(path.read_text(encoding="utf-8")).tags:
            assert not re.match(r"\s*(javascript|data:[^,])", attributes.get("href", ""), re.IGNORECASE), path.name


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//host/x", "ftp://host/x", "http:", "https://a\u202eb/", "http://[x", " http://a/", None]
)  # fmt: skip
def test_only_web_addresses_are_followed(address):
    assert links.live(address) == ""
    assert links.live("https://example.org/a?b=c") == "https://example.org/a?b=c"


def test_the_workflow_builds_and_publishes_with_the_least_rights():
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    assert "python -m helpers pages" in text and "constraints.txt" in text
    for action in ("actions/configure-pages", "actions/upload-pages-artifact", "actions/deploy-pages"):
        assert f"{action}@v" in text
    assert text.count("write") == 2 and "pages: write" in text and "id-token: write" in text
