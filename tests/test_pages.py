"""The reading edition, without a browser: every link arrives, nothing is loaded from elsewhere, nothing hostile gets in."""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
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
from helpers.words_old import Verdict

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


# ── Links, on small pages of their own ──


@pytest.fixture(scope="module")
def finished():
    """What becomes of a piece of HTML on a page."""
    own = links.Links(ledger.load(), {"01_a": "01_a.html", "data": "data.html"}, ["data/areas.csv", "verdicts.csv"])

    def finish(html: str, terms: bool = True) -> pages.BeautifulSoup:
        soup = pages.BeautifulSoup(html, "html.parser")
        own.finish(soup, terms)
        return soup

    return finish


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("01_a.ipynb", "01_a.html"),
        ("../notebooks/01_a.ipynb#A-heading", "01_a.html#A-heading"),
        ("99_unknown.ipynb", None),
        ("README.md", "index.html"),
        ("../README.md#start", "index.html"),
        ("../data/README.md", "data.html"),
        ("../data/areas.csv", "data/areas.csv"),
        ("areas.csv", "data/areas.csv"),
        ("../verdicts.csv", "verdicts.csv"),
        ("../helpers/audit.py", None),
        ("#below", "#below"),
        ("01_a.html#below", "01_a.html#below"),
        ("https://example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", None),
    ],
)
def test_a_link_of_a_notebook_leads_to_the_page_here_or_is_plain_text(href, expected, finished):
    soup = finished(f'<p>See <a href="{href}">there</a>.</p>')
    assert soup.get_text() == "See there."
    assert [link["href"] for link in soup.find_all("a")] == ([expected] if expected else [])


def test_words_of_prose_lead_to_their_rows_and_to_the_glossary_once(finished):
    soup = finished(
        "<p>New infections (155/city_new, not 155/nothing): new infections; renew infections. 155/city_new; so it is</p>"
    )
    assert (
        soup.get_text()
        == "New infections (155/city_new, not 155/nothing): new infections; renew infections. 155/city_new; so it is"
    )
    assert [(link.get_text(), link["href"], link.get("class")) for link in soup.find_all("a")] == [
        ("New infections", "glossary.html#new_infections", ["term"]),
        ("155/city_new", "ledger_155.html#155/city_new", None),
        ("155/city_new", "ledger_155.html#155/city_new", None),
    ]
    longer = finished("<p>the new infections with conversions</p><p>new infections</p>").find_all("a")
    assert [link["href"].partition("#")[2] for link in longer] == ["new_infections_with_converted", "new_infections"]
    assert not finished("<p>new infections</p>", terms=False).a


@pytest.mark.parametrize("tag", ["h1", "h2", "h3", "dt", "caption", "code", "details", "blockquote"])
def test_headings_quotations_and_code_have_references_but_no_terms(tag, finished):
    soup = finished(f"<{tag}>new infections, 155/city_new</{tag}><p>new infections</p>")
    assert [link["href"].partition("#")[2] for link in soup.find(tag).find_all("a")] == ["155/city_new"]
    assert soup.p.a.get_text() == "new infections", "it was not used up above"


@pytest.mark.parametrize("tag", ["a", "pre", "summary"])
def test_nothing_is_linked_within_a_link_or_as_it_was_typed(tag, finished):
    soup = finished(f"<{tag}><b>new infections, 155/city_new 重慶</b></{tag}>")
    assert [link for link in soup.find_all("a") if link.get("href")] == []
    assert soup.find("span", lang="zh-Hant").get_text() == "重慶", "but Chinese is marked even there"


def test_chinese_is_marked_with_its_signs_and_only_once(finished):
    soup = finished(
        "<p>a 重慶市（新增）, b。</p><p lang='zh-Hant'>梁平區 <i>new infections</i></p><p lang='zh'>渝中</p>"
    )
    assert [span.get_text() for span in soup.find_all("span", lang="zh-Hant")] == ["重慶市（新增）", "。"]
    assert soup.get_text() == "a 重慶市（新增）, b。梁平區 new infections渝中" and not soup.a


def test_a_table_becomes_a_region_with_a_name_and_its_verdicts_lead_to_the_row(finished):
    table = "<table><thead><tr><th></th><th>printed\n number</th><th>briefing</th><th>verdict</th></tr></thead><tbody>{}</tbody></table>"
    row = "<tr{}><th>x</th><td>{}</td><td>155</td><td><b>{}</b></td></tr>"
    symbols = sorted(links.VERDICTS)
    rows = [row.format("", "city_new", symbols[0]), row.format("", "nothing", symbols[0]), row.format(" id='y'", "city_new", symbols[0]),
            row.format("", "city_new", "no verdict")]  # fmt: skip
    soup = finished(f"{table.format('')}<h2>Second</h2><h3>Third</h3><p>text</p>{table.format(''.join(rows))}")
    regions = soup.find_all(attrs={"role": "region"})
    assert [region["aria-label"] for region in regions] == ["Table 1: overview", "Table 2: Third"]
    assert all(region["tabindex"] == "0" and region.table for region in regions)
    inside = finished(f"<div role='region'>{table.format('')}</div>").find_all(attrs={"role": "region"})
    assert len(inside) == 1, "a table that has its region already keeps it"
    assert [cell.name for cell in regions[1].thead.find_all(["th", "td"])] == ["td", "th", "th", "th"], (
        "no empty headings"
    )
    assert [(link["href"], str(link.b)) for link in regions[1].find_all("a")] == [
        ("ledger_155.html#155/city_new", f"<b>{symbols[0]}</b>")
    ]


@pytest.mark.parametrize(("length", "look"), [(16, "short"), (17, None), (26, None), (27, "long")])
def test_long_cells_get_room_and_short_ones_stay_whole(length, look, finished):
    soup = finished(f"<table><tbody><tr><td class='own'>{'x' * length}</td></tr></tbody></table>")
    assert soup.td["class"] == ["own", *([look] if look else [])]


def test_the_font_is_cut_down_to_the_chinese_that_occurs_and_keeps_its_licence():
    from fontTools.ttLib import TTFont

    made = links.font(["<p>重慶，ab</p>".encode(), "區重".encode()])
    assert made.startswith(b"wOF2") and len(made) < 10_000
    font = TTFont(io.BytesIO(made))
    assert set("重慶區，") <= {chr(code) for code in font.getBestCmap()} and len(font.getBestCmap()) < 80
    assert {record.nameID for record in font["name"].names} == {0, 1, 2, 13, 14}


def test_a_row_of_a_table_speaks_of_one_number_or_of_none():
    record = ledger.load()
    own = links.Links(record, {}, [])
    assert own.row({"briefing": "155", "printed number": "city_new"}) == "155/city_new"
    assert (
        own.row({"briefing": "155", "printed number": "city_new", "verdict": "x", "position": tables.MISSING})
        == "155/city_new"
    )
    assert own.row({"briefing": "155", "printed number": "city_new", "printed": "0"}) is None, "it contradicts"
    assert own.row({"printed number": "city_new"}) is None and own.row({"briefing": "155", "area": "x"}) is None
    assert own.row({"printed number": "city_new", "briefing": tables.MISSING}) is None
    several = record.numbers["number"].eq("city_new").sum()
    assert several > 1
    assert (
        own.row({"printed number": "city_new", "measure": own.told["measure"][own.references.index("155/city_new")]})
        is None
    )
    twice = dict(zip(own.references, own.told["of_area"], strict=True))
    assert twice["155/city_new"] == "Chongqing 重慶市", "a count is of its own area"
    share = record.numbers.set_index(["briefing", "number"])["of_area"].dropna()
    name = tables.names(record)["area"]
    assert all(twice["/".join(key)] == name[area] for key, area in share.items())


def test_the_glossary_tells_the_nature_of_measures_and_only_made_up_areas():
    record = ledger.load()
    told = {anchor: rest for anchor, *rest in links.terms(record)}
    assert told["new_infections"][0] == "new infections" and told["new_infections"][3] == "flow, persons"
    assert told["community_share"][3] == "rate, part of a whole"
    areas = {anchor.removeprefix("area-"): kind for anchor, (*_, kind) in told.items() if anchor.startswith("area-")}
    assert areas == dict(
        record.areas[record.areas["kind"].isin(["city", "part", "group"])][["area", "kind"]].itertuples(index=False)
    )
    assert [*told][: len(record.measures)] == list(record.measures["measure"])


# ── What the pages say, a function at a time ──


@pytest.fixture(scope="module")
def record():
    return ledger.load()


def _text(node) -> str:
    return " ".join(node.get_text(" ").split())


def _table(html: str) -> tuple[list[str], list[list]]:
    """The headings of a table, and its rows as cells."""
    soup = pages.BeautifulSoup(html, "html.parser")
    body = [row.find_all(["th", "td"]) for row in soup.tbody.find_all("tr")]
    return [_text(cell) for cell in soup.thead.find_all("th")], body


def test_a_row_of_the_ledger_says_what_its_file_says(record):
    own, rates = links.Links(record, {}, []), audit.rates(record)
    html = pages._rows(record, own, rates, "155")
    _, shown = _table(html)
    with (ROOT / "data" / "numbers" / "155.csv").open(encoding="utf-8", newline="") as file:
        held = list(csv.DictReader(file))
    assert f"155.csv: {len(held)} printed numbers" in html and len(shown) == len(held)
    outlet = {row.source: (row.outlet, row.kind, row.address) for row in record.sources.itertuples()}
    signs = [f"{tables.SYMBOLS[verdict][0]} {verdict}" for verdict in rates["verdict"]]
    verdict = dict(zip(rates["briefing"] + "/" + rates["number"], signs, strict=True))
    english, linked = tables.names(record, chinese=False), 0
    for line, row, cells in zip(range(2, 9999), held, shown, strict=False):
        printed, place, speaks, kind, sources, own_row, note = map(_text, cells)
        assert cells[0].parent["id"] == f"155/{row['number']}" and own_row == f"{line} {row['number']}"
        assert printed == row["printed"] + (f" ({row['reads']})" if row["reads"] else "")
        assert place == f"{row['paragraph']}:{row['position']}" and note == row["note"]
        assert not row["measure"] or speaks.startswith(english["measure"][row["measure"]])
        assert not row["area"] or english["area"][row["area"]] in speaks
        assert (" in " + english["area"].get(row["of_area"], "?") in speaks) == bool(
            row["of_area"] and row["of_area"] != row["area"]
        )
        assert kind.startswith(row["kind"]) and (row["claim"] or row["kind"]) in kind
        assert ("since" in kind) == bool(row["since"]) and row["since"][:10] in kind
        said = [row["kind"], row["claim"], verdict.get(f"155/{row['number']}", "")]
        assert kind.endswith(said[2]) and (row["since"] or kind == " ".join(filter(None, said)))
        named = [outlet[row[column]] for column in ("source", "second_source") if row[column]]
        assert sources == " ".join(f"{name} , {sort}" for name, sort, _ in named)
        assert [link["href"] for link in cells[4].find_all("a")] == [at for *_, at in named if isinstance(at, str)]
        assert bool(re.search(r"\d{4}-\d\d-\d\d", speaks)) == bool(row["end"])
        linked += bool(cells[4].a)
    assert linked


def test_the_files_of_the_ledger_are_listed_with_day_and_number_of_rows(record):
    own = [pages._numbers(record, name) for name in ("155", "154", "press")]
    assert [(page.name, page.file, page.title, page.title_zh) for page in own] == [
        ("ledger_155", "ledger_155.html", "Briefing 155: every printed number", "第155場：全部數字"),
        ("ledger_154", "ledger_154.html", "Briefing 154: every printed number", "第154場：全部數字"),
        ("ledger_press", "ledger_press.html", "Press: every printed number", "報章：全部數字"),
    ]
    assert pages._numbers(record, "letters").title_zh == ""
    _, rows = _table(pages._listed(record, own))
    count = {name: str((record.numbers["briefing"] == name).sum()) for name in ("155", "154", "press")}
    assert [[_text(cell) for cell in row] for row in rows] == [
        ["155", "2022-12-01", "whole text", count["155"], "numbers/155.csv"],
        ["154", "2022-11-30", "parts", count["154"], "numbers/154.csv"],
        ["press", "", "parts", count["press"], "numbers/press.csv"],
    ]
    assert [[link["href"] for cell in row for link in cell.find_all("a")] for row in rows[:1]] == [
        ["ledger_155.html", "data/numbers/155.csv"]
    ]


def test_the_glossary_has_measures_then_areas_with_both_names_and_meaning(record):
    soup = pages.BeautifulSoup(pages._glossary(record), "html.parser")
    assert [_text(head) for head in soup.find_all("h2")] == [
        "Verdicts 核對結論",
        "Measures 指標",
        "Areas made of others 地區",
    ]
    verdicts, measures, areas = soup.find_all("dl")
    assert [_text(term).split()[0] for term in verdicts.find_all("dt")] == [
        tables.SYMBOLS[verdict][0] for verdict in Verdict
    ]
    assert [term["id"] for term in measures.find_all("div")] == list(record.measures["measure"])
    assert all(term["id"].startswith("area-") for term in areas.find_all("div"))
    first, told = record.measures.iloc[0], measures.find("div")
    assert _text(told.dt) == f"{first['name_en']} {first['name_zh']}" and _text(told.dd) == first["definition"]
    city = areas.find("div", id="area-city")
    assert _text(city) == "Chongqing 重慶市 city", "no note: no meaning, and no word such as nan"


def test_the_answer_in_chinese_counts_the_same_verdicts(record, monkeypatch):
    found = [Verdict.REPRODUCES] * 4 + [Verdict.DIFFERS, Verdict.OTHER_RULE, Verdict.UNCHECKED]
    asked = []
    monkeypatch.setattr(audit, "rates", lambda own: asked.append(set(own.numbers["briefing"])) or {"verdict": found})
    answer, limit = pages._chinese(record)
    assert answer.startswith("2022年12月1日，重慶市舉行第155場") and asked == [{"155"}]
    assert "公佈的比率共7個：4個可由其自身公佈的數目重新算出，2個不符，1個因所需的數目未公佈" in answer
    assert "並不說明原始數目無誤" in limit


PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (1440).to_bytes(4, "big") + (900).to_bytes(4, "big")


def _notebook(folder: Path, *cells: tuple) -> Path:
    """A stored notebook: text cells, and code cells with outputs."""
    made = []
    for number, (source, *outputs) in enumerate(cells):
        cell = nbformat.v4.new_code_cell(source, id=f"c{number}") if outputs else nbformat.v4.new_markdown_cell(source)
        if outputs:
            cell.outputs = [nbformat.v4.new_output("display_data", data, metadata=told) for data, told in outputs]
        made.append(cell)
    notebook = nbformat.v4.new_notebook(cells=made, metadata={"title_zh": "題目"})
    nbformat.write(notebook, folder / "04_test.ipynb")
    return folder / "04_test.ipynb"


def test_a_notebook_becomes_a_page_with_title_answer_and_figures(tmp_path):
    image = {"image/png": base64.b64encode(PNG).decode(), "text/plain": "in words"}
    told = {"image/png": {"width": 720, "alt": "told"}}
    own = pages.Edition(None)
    page = pages._chapter(own, _notebook(
        tmp_path,
        ("# Does *it*   add up?\n\nLead.\n\n## A part of it",),
        ("tables.show()", ({"text/html": "<table><thead><tr><th>a</th></thead><tbody><tr><td>1</td><tr><td>2</td></tbody></table>"}, {})),
        ("explain.answer()", ({"text/html": "<p>7 of 10 reproduce. Three do not.</p>"}, {}), ({"text/html": "<p>Later.</p>"}, {})),
        ("charts.daily(x)", (image, {})),
        ("charts.scorecard(x)", (image, told), (image, told)),
        ("Next: [another](05_b.ipynb)",),
    ))  # fmt: skip
    assert (page.name, page.file, page.kind) == ("04_test", "04_test.html", "notebook")
    assert (page.title, page.title_zh) == ("Does it add up?", "題目")
    assert page.answer == "<p>7 of 10 reproduce. Three do not.</p>" and page.teaser == "7 of 10 reproduce."
    assert not page.body.h1 and page.body.h2["id"] == "A-part-of-it"
    assert [_text(cell) for cell in page.body.find_all("td")] == ["1", "2"] and not page.body.select("tr tr")
    assert "Next" not in page.body.get_text() and "Lead." in page.body.get_text()
    assert own.files.keys() == {"figures/04_c3.png", "figures/04_c4.png", "figures/04_c4_2.png"}
    assert set(own.files.values()) == {PNG}
    assert [tuple(image[key] for key in ("src", "alt", "width", "height")) for image in page.body.find_all("img")] == [
        ("figures/04_c3.png", "in words", "1440", "900"),
        ("figures/04_c4.png", "told", "720", "450"),
        ("figures/04_c4_2.png", "told", "720", "450"),
    ]
    assert page.figure == {"path": "figures/04_c4.png", "alt": "told", "width": 720, "height": 450}, "the scorecard"
    bare = pages._chapter(own, _notebook(tmp_path, ("No heading.",), ("1", ({"text/plain": "1"}, {}))))
    assert (bare.title, bare.answer, bare.figure) == ("04_test", "", None) and "No heading." in bare.body.get_text()


def test_the_front_page_is_made_of_the_first_notebook_and_lists_all(record, tmp_path):
    own = pages.Edition(record, files={"data/areas.csv": b"", "data/numbers/155.csv": b"", "style.css": b""})
    first = pages._chapter(
        own, _notebook(tmp_path, ("# First?\n\nLead.",), ("x", ({"text/html": "<p>It does. Really.</p>"}, {})))
    )
    other = pages.Page(
        "05_b", "05_b.html", "Second?", figure={"path": "figures/b.png", "alt": "b", "width": 2, "height": 1}
    )
    last = pages.Page(
        "06_c", "06_c.html", "Third?", figure={"path": "figures/c.png", "alt": "c", "width": 2, "height": 1}
    )
    soup = pages.BeautifulSoup(pages._index(own, [first, other, last]), "html.parser")
    assert str(soup.find(class_="lead").p) == "<p>Lead.</p>" and soup.h2.find_next("p").get_text() == "It does. Really."
    assert [image["src"] for image in soup.find_all("img")] == ["figures/b.png"], "the first figure there is"
    assert [_text(item) for item in soup.ol.find_all("li")] == ["First? 題目 It does.", "Second?", "Third?"]
    assert _text(soup.find(class_="limit")) == LIMIT and "第155場" in _text(soup.find(id="zh"))
    files = [link["href"] for link in soup.find_all("a", download=True)]
    assert files == ["verdicts.csv", "data/areas.csv"], "those of the briefings are on their pages"


def test_an_edition_has_every_file_its_rooms_and_a_way_through(record, tmp_path, monkeypatch):
    own = record.only("154", "155")
    own = dataclasses.replace(own, numbers=own.numbers.reset_index(drop=True))
    monkeypatch.setattr(pages, "load", lambda folder: own)
    monkeypatch.setattr(pages, "font", lambda shown: b"a font for %d pages" % len(list(shown)))
    _notebook(tmp_path, ("# Second?",)).rename(tmp_path / "05_b.ipynb")
    _notebook(tmp_path, ("# First?\n\nnew infections",))
    files = pages.edition(ROOT / "data", tmp_path)
    read = {name: pages.BeautifulSoup(told, "html.parser") for name, told in files.items() if name.endswith(".html")}
    names = ["index", "ledger", "glossary", "data", "04_test", "05_b", "ledger_154", "ledger_155"]
    assert list(read) == [f"{name}.html" for name in names]
    held = {
        path.relative_to(ROOT).as_posix()
        for kind in ("*.csv", "*.json", "numbers/*.csv")
        for path in (ROOT / "data").glob(kind)
    }
    assert files.keys() - read.keys() == held | {"verdicts.csv", "style.css", "han.woff2"}
    assert (
        all(files[name] == (ROOT / name).read_bytes() for name in held) and files["han.woff2"] == b"a font for 8 pages"
    )
    assert files["verdicts.csv"].decode() == audit.rates(own).to_csv(index=False, lineterminator="\n")
    for name, page in read.items():
        rooms = page.header.find_all("a")
        assert [_text(room) for room in rooms] == ["Contents", "Ledger", "Glossary", "Data card", "中文"]
        assert [room["href"] for room in rooms if room.get("aria-current")] == [name] * (
            name in [f"{n}.html" for n in names[:4]]
        )
        assert len(_text(page.main)) > len(_text(page.main.h1)) or name == "05_b.html", "it says something"
        assert page.find("meta", attrs={"name": "generator"})["content"] == pages.GENERATOR
        assert LIMIT in _text(page.footer) and pages.SITE in _text(page.footer)
    turns = {name: [link["href"] for link in page.select("nav.turn a")] for name, page in read.items()}
    assert {name: to for name, to in turns.items() if to} == {
        "index.html": ["04_test.html"], "04_test.html": ["index.html", "05_b.html"], "05_b.html": ["04_test.html"],
        "ledger_154.html": ["ledger_155.html"], "ledger_155.html": ["ledger_154.html"],
    }  # fmt: skip
    assert read["ledger_155.html"].find(id="155/city_new") and read["ledger_154.html"].find(id="154/city_new")
    assert {link["href"] for link in read["ledger.html"].tbody.find_all("a")} >= {"ledger_154.html", "ledger_155.html"}
    assert read["04_test.html"].select("a.term") and not read["glossary.html"].select("a.term")
    assert [item.a["href"] for item in read["index.html"].ol.find_all("li")] == ["04_test.html", "05_b.html"]


def test_how_much_was_built_is_told_and_a_refused_record_is_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        pages, "edition", lambda *_: {"index.html": b"x" * 1_500_000, "deep/er/file.txt": b"y" * 700_000}
    )
    assert pages.main(str(tmp_path / "new" / "site")) == 0
    assert (tmp_path / "new" / "site" / "deep" / "er" / "file.txt").read_bytes() == b"y" * 700_000
    told = capsys.readouterr().out
    assert re.fullmatch(rf"2 files, 2\.2 MB, in \d\.\d s\. Open {re.escape(str(tmp_path))}\S+index\.html\n", told)

    def refuse(*_: object) -> None:
        raise ledger.LedgerError([ledger.Problem("areas.csv", 2, None, "this", "that")])

    monkeypatch.setattr(pages, "edition", refuse)
    assert pages.main(str(tmp_path / "other")) == 2 and "areas.csv, row 2: found this" in capsys.readouterr().err


def test_the_workflow_builds_and_publishes_with_the_least_rights():
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    assert "python -m helpers pages" in text and "constraints.txt" in text
    for action in ("actions/configure-pages", "actions/upload-pages-artifact", "actions/deploy-pages"):
        assert f"{action}@v" in text
    assert text.count("write") == 2 and "pages: write" in text and "id-token: write" in text
