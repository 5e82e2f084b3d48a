"""The reading edition, without a browser: every link arrives, nothing is loaded from elsewhere,
nothing hostile gets in, and what its pages say is what the record and the notebooks say."""

from __future__ import annotations

import base64
import csv
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

from helpers import edition, ledger, rounding, scorecard, words
from helpers.edition import chapters, links
from helpers.edition.briefings import Audits
from helpers.record import audit
from helpers.words import Verdict

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "helpers" / "edition"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = ["index.html", *(f"{path.stem}.html" for path in NOTEBOOKS[1:])]
ROOMS = {f"{name}.html" for name in ("check", "numbers", "glossary", "data", "about", "zh")}
HOME = "https://example.org/audit/"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> **b** [c](javascript:a(3)) {{7*7}}"
SCRIPT = (OWN / "check.js").read_text("utf-8")
NODE = shutil.which("node") or shutil.which("nodejs")
needs_node = pytest.mark.skipif(not NODE, reason="needs node on the path, to run check.js")


def soup(html: str | bytes) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def squeezed(text: str) -> str:
    return "".join(text.split())


def page_of(audits: Audits, text: str) -> str:
    return f"{'briefing' if text in audits.held else 'numbers'}_{text}.html"


def rows_of(name: str) -> list[dict[str, str]]:
    with (OWN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def read(site: Path) -> dict[str, BeautifulSoup]:
    return {path.name: soup(path.read_bytes()) for path in sorted(site.glob("*.html"))}


@pytest.fixture(scope="session")
def record() -> ledger.Ledger:
    return ledger.load()


@pytest.fixture(scope="session")
def audits(record: ledger.Ledger) -> Audits:
    return Audits(record)


def test_there_is_a_page_for_every_notebook_text_and_room(read, audits):
    assert set(read) == {*CHAPTERS, *ROOMS, *(page_of(audits, text) for text in audits.numbers)}
    assert {path.stem for path in (ROOT / "data" / "numbers").glob("*.csv")} == set(audits.numbers)


def test_every_link_arrives(site, read):
    ids = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in read.items()}
    for name, page in read.items():
        assert len(page.find_all(id=True)) == len(ids[name]), name
        for link in page.find_all("a"):
            parts = urlsplit(link["href"])
            if parts.scheme:
                assert parts.scheme in ("http", "https"), (name, link)
                continue
            assert (site / (parts.path or name)).is_file(), (name, link)
            if parts.fragment and parts.path != "check.html":
                assert unquote(parts.fragment) in ids[parts.path or name], (name, link)


def test_previous_and_next_lead_through_all_notebooks(read):
    for name, after in zip(CHAPTERS, [*CHAPTERS[1:], None]):
        found = read[name].find("link", rel="next")
        assert (found and found["href"]) == after
        assert not after or read[after].find("link", rel="prev")["href"] == name
        assert not after or read[name].find("a", class_="after")["href"] == after


def test_nothing_is_loaded_from_elsewhere_and_one_script_runs(site, read):
    for name, page in read.items():
        loaded = [tag["src"] for tag in page.find_all(src=True)]
        loaded += [tag["href"] for tag in page.find_all("link", rel=["stylesheet", "icon"])]
        assert all(at == "data:," or (site / at).is_file() for at in loaded), (name, loaded)
        assert not page.find(["iframe", "object", "embed", "base", "style"])
        keys = {key for tag in page.find_all(True) for key in tag.attrs}
        assert not keys & {"style", "srcset"} | {key for key in keys if key.startswith("on")}
        policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'; ")
        digest = base64.b64encode(sha256(SCRIPT.encode()).digest()).decode()
        allowed = f"'sha256-{digest}'" if name == "check.html" else "'none'"
        assert f"script-src {allowed};" in policy
        scripts = [script.string for script in page.find_all("script")]
        assert scripts == [SCRIPT] * (name == "check.html"), name
    assert re.findall(r"url\(([^)]*)\)", (site / "style.css").read_text()) == ['"han.woff2"']


def test_every_page_says_what_it_is_in_its_language_and_can_be_shared(site, read):
    described = set()
    for name, page in read.items():
        assert len(page.find_all("h1")) == len(page.find_all("main")) == 1, name
        assert page.html["lang"] == ("zh-Hant" if name == "zh.html" else "en")
        metas = page.find_all("meta", content=True)
        told = {meta.get("name") or meta.get("property"): meta["content"] for meta in metas}
        assert told["description"] == told["og:description"] and len(told["description"]) > 20, name
        described.add((told["og:title"], told["description"]))
        assert told["og:url"] == HOME + (name if name != "index.html" else "")
        picture = site / told["og:image"].removeprefix(HOME)
        size = (int(told[f"og:image:{side}"]).to_bytes(4, "big") for side in ("width", "height"))
        assert picture.read_bytes()[16:24] == b"".join(size)
        assert len(told["og:image:alt"]) > 60
    assert len(described) == len(read)
    assert max(path.stat().st_size for path in site.rglob("*.*")) < 1_000_000


def test_chinese_is_marked_as_chinese_and_the_font_has_all_of_it(site, read):
    from fontTools.ttLib import TTFont

    for name, page in read.items():
        for said in page.body.find_all(string=re.compile(links.HAN)):
            marked = said.find_parent(lang=True)["lang"].startswith("zh")
            assert marked or said.parent.name == "script", (name, said)
    font = TTFont(site / "han.woff2")
    text = "".join(path.read_text("utf-8") for path in site.glob("*.html"))
    used = {ord(c) for c in text if re.match(f"{links.HAN}|[\u3040-\u30ff]", c)}
    assert used <= set(font.getBestCmap()) and len(font.getBestCmap()) < len(used) + 80
    assert "SIL Open Font License" in str(font["name"].getDebugName(13))


def test_every_licence_is_in_the_site_and_named_on_each_page(site, read):
    for name in ("LICENSE", "LICENSE-DATA"):
        assert (site / f"{name}.txt").read_bytes() == (ROOT / name).read_bytes()
    licence = (site / "OFL.txt").read_text("utf-8")
    assert "Adobe" in licence and "SIL OPEN FONT LICENSE Version 1.1" in licence
    for page in read.values():
        linked = {link["href"] for link in page.footer.find_all("a")}
        assert linked >= {"LICENSE.txt", "LICENSE-DATA.txt", "OFL.txt", "about.html"}
        assert scorecard.LIMIT in page.footer.get_text() and links.FONT in page.footer.get_text()


def test_outputs_and_figures_are_the_notebooks_own(site, read):
    for path, name in zip(NOTEBOOKS, CHAPTERS):
        shown, figures = squeezed(read[name].get_text()), 0
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                data = output.get("data", {"text/plain": output.get("text", "")})
                figures += "image/png" in data
                told = re.sub(r"<[^>]*>", "", "".join(data.get("text/html", "")))
                told = unescape(told) or "".join(data["text/plain"]) * ("image/png" not in data)
                assert squeezed(told) in shown, (name, told[:80])
        assert figures == len(list((site / "figures").glob(f"{path.stem[:2]}_*.png")))
        assert figures == len(read[name].find_all("img", width=True, height=True))
        assert all(len(image["alt"]) > 60 for image in read[name].find_all("img"))


def test_the_front_page_is_the_first_notebook_with_context_and_contents(read):
    first, page = json.loads(NOTEBOOKS[0].read_text("utf-8")), read["index.html"]
    title = "".join(first["cells"][0]["source"]).splitlines()[0].removeprefix("# ")
    assert page.h1.contents[0].strip() == title
    chinese = first["metadata"]["title_zh"]
    assert page.h1.span.get_text() == chinese == read["zh.html"].h1.get_text().strip()
    context = page.find("p", class_="context")
    assert context.find_previous_sibling("p")["class"] == ["lead"], "after the answer"
    told = [r for r in rows_of("context.csv") if r["briefing"] == ledger.BRIEFING and r["en"]]
    assert told and all(row["en"] in context.get_text() for row in told)
    cited = [link["href"] for link in context.find_all("a", rel=True)]
    assert cited == [row["address"] for row in told]
    assert {link["href"] for link in page.main.find_all("a")} >= {*ROOMS, *CHAPTERS[1:]}


PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (1440).to_bytes(4, "big") + (900).to_bytes(4, "big")


def a_notebook(folder: Path, *cells: tuple) -> Path:
    """A stored notebook: text cells, and code cells with outputs."""
    made = []
    for source, *outputs in cells:
        make = nbformat.v4.new_code_cell if outputs else nbformat.v4.new_markdown_cell
        made.append(make(source))
        for data in outputs:
            told = {"image/png": {"width": 720, "alt": "told"}} if "image/png" in data else {}
            made[-1].outputs.append(nbformat.v4.new_output("display_data", data, metadata=told))
    notebook = nbformat.v4.new_notebook(cells=made, metadata={"title_zh": "題目"})
    nbformat.write(notebook, folder / "04_test.ipynb")
    return folder / "04_test.ipynb"


def test_a_notebook_becomes_a_page_with_title_lede_figures_and_its_divisions_in_sight(tmp_path):
    files, image = {}, {"image/png": base64.b64encode(PNG).decode(), "text/plain": "in words"}
    lede = "It does. Really. Quite.\n\n<!-- = 155/city_new -->\n\n全部相符，沒有例外。\n\n## A part of it"
    cells = [(f"# Does *it*   add up?\n\n{lede}",), ("x = 1", {"text/html": "<p>Later.</p>"})]
    cells += [("3930 / 5522", {"text/plain": "0.71 <b>"}), ("charts.daily(x)", image, image)]
    path = a_notebook(tmp_path, *cells, ("Next: [another](05_b.ipynb)",))
    page = chapters.chapter(path, files)
    assert (page.title, page.title_zh) == ("Does it add up?", "題目")
    assert (page.description, page.lede_zh) == ("It does. Really.", "全部相符，沒有例外。")
    assert not page.body.h1 and page.body.h2["id"] == "A-part-of-it"
    assert "Next" not in page.body.get_text() and "city_new" not in str(page.body)
    assert len(page.body.find_all("p", class_="lead")) == 2
    folded = [code.get_text().strip() for code in page.body.select("details.code pre")]
    assert folded == ["x = 1", "charts.daily(x)"]
    assert page.body.select_one("div.code").get_text().strip() == "3930 / 5522"
    assert page.body.select_one("pre.out").get_text() == "0.71 <b>", "text is no tag"
    assert len(files) == 2 and set(files.values()) == {PNG}
    assert page.picture[1:] == ("told", 720, 450, (1440, 900)) and page.picture.path in files


def test_the_data_card_shows_all_its_text(read):
    made = chapters.markdown("down, `<x`, <x or >x. <b>no</b>").get_text()
    assert made.strip() == "down, <x, <x or >x. <b>no</b>"
    shown = squeezed(read["data.html"].main.get_text()).replace("*", "")
    for line in (ROOT / "data" / "README.md").read_text("utf-8").splitlines()[1:]:
        line = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", re.sub(r"^[#>\-\d. ]+", "", line))
        for cell in re.sub(r"[`*]|\\(?=.)", "", line).split("|"):
            assert set(cell.strip()) <= set(":- ") or squeezed(cell) in shown, line


def test_every_printed_number_has_its_row_with_place_name_verdict_and_page(read, record, audits):
    english = words.Names(record).columns
    for text, rows in audits.numbers.items():
        shown = {row["id"]: row for row in read[page_of(audits, text)].find_all("tr", id=True)}
        for row in rows:
            cells = shown[row.reference]
            told = cells.get_text()
            assert words.text(row.printed) in told and row.number in told
            assert row.position is None or f"{row.paragraph}:{row.position}" in told
            assert not row.measure or english["measure"][row.measure] in told
            assert not row.area or english["area"][row.area] in told
            assert not row.note or words.text(row.note) in told
            assert (
                row.kind not in ("rate", "change", "run") or audits.verdicts[row.reference] in told
            )
            linked = {link["href"] for link in cells.find_all("a")}
            assert {page.address for page in audits.pages(row) if page.address} <= linked
            assert row.kind != "context" or cells.find_parent("details"), "folded"


def test_a_page_has_the_scorecard_of_its_text_alone_each_rate_with_its_test(read, record, audits):
    for text in audits.numbers:
        rates, page = audit.rate_rows(record.only(text)), read[page_of(audits, text)]
        assert bool(rates) == bool(page.find(id="rates"))
        for rate in rates:
            row = audits.row(rate)
            cells = page.find("tr", id=f"rate-{rate.number}").find_all(["th", "td"])
            first, division, verdict, fits = (
                cell.get_text().replace("\xa0", " ") for cell in cells
            )
            assert f"{rate.verdict.sign} {rate.verdict} {rate.verdict.chinese}" in verdict
            assert rate.missing in verdict and fits == words.text(rate.power)
            if rate.reconstructed is not None:
                exact = words.text(rate.reconstructed, "0.00000%")
                assert division == f"{rate.part:,} / {rate.whole:,} ≈ {exact}"
            known = ["" if count is None else str(count) for count in (rate.part, rate.whole)]
            state = "/".join([row.reads or row.printed, *known])
            links_there = [unquote(link["href"]) for link in cells[0].find_all("a")]
            is_bound = (row.reads or "").startswith(("<", ">", "~"))
            assert links_there == [f"check.html#{state}"] * (not is_bound) and row.printed in first


def test_the_front_page_leads_from_each_quoted_rate_to_its_test(read, audits):
    front = read["index.html"].main
    linked = {unquote(link["href"]) for link in front.select("a[href^='check.html#']")}
    for row in audits.numbers[ledger.BRIEFING]:
        if row.kind == "rate" and row.printed in front.get_text():
            assert unquote(audits.tests[row.reference]) in linked, row.printed


def test_verdicts_stand_beside_what_they_rest_on_with_note_and_kind_of_page(read, record, audits):
    rows = {row.index: row.reference for row in record.tables["numbers"]}
    for name in ("balances", "changes", "runs"):
        for text, findings in getattr(audits, name).items():
            heading = read[page_of(audits, text)].find(id=name)
            shown = heading.find_next("tbody").find_all("tr") if heading else []
            for found, cells in zip(findings, shown, strict=True):
                told, row = cells.get_text(), audits.row(found) if name != "balances" else None
                assert found.verdict in told and words.text(found.missing or "", missing="") in told
                hrefs = [a["href"].partition("#")[2] for a in cells.select("td.refs a[href*='#']")]
                assert hrefs == [rows[i] for i in found.rows]
                if row:
                    assert all(f"({page.kind})" in told for page in audits.pages(row))
                    assert not row.note or words.text(row.note) in told


def test_marked_numbers_are_those_that_no_verdict_depends_on(read, record, audits):
    """All of them misprinted at once: no verdict of the record is another."""
    numbers = record.tables["numbers"]
    alone = {row.index for row in numbers if row.kind == "level"} - audits.touched
    changed = tuple(
        row._replace(printed=str(int(row.value) + 1), value=row.value + 1)
        if row.index in alone and row.printed.isdigit() and not row.reads
        else row
        for row in numbers
    )
    other = Audits(replace(record, tables=record.tables | {"numbers": changed}))
    assert changed != numbers
    for name in ("rates", "balances", "changes", "runs"):
        before, after = (
            [f for fs in getattr(a, name).values() for f in fs if f.verdict.sign != "○"]
            for a in (audits, other)
        )
        assert [(f.verdict, f.rows) for f in before] == [(f.verdict, f.rows) for f in after]
    page = read[page_of(audits, ledger.BRIEFING)]
    marked = {mark.find_parent("tr")["id"] for mark in page.find_all(class_="alone")}
    assert marked >= {
        row.reference for row in numbers if row.index in alone and row.briefing == "155"
    }


def test_verdicts_and_tables_to_download_are_those_of_the_command_and_the_record(site, record):
    assert (site / "verdicts.csv").read_text("utf-8") == scorecard.as_csv(record, "rates")
    for path in (ROOT / "data").rglob("*.csv"):
        assert (site / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


def test_the_glossary_has_every_measure_those_of_the_briefing_first_and_every_verdict(read, record):
    text, measures = read["glossary.html"].get_text(), record.tables["measures"]
    assert all(row.name_en in text and row.name_zh in text for row in measures)
    known = {row.measure for row in measures}
    order = [
        tag["id"] for tag in read["glossary.html"].find_all("div", id=True) if tag["id"] in known
    ]
    own = {row.measure for row in record.only(ledger.BRIEFING).tables["numbers"]} - {None}
    assert set(order[: len(own)]) == own and len(order) == len(measures)
    told = rows_of("verdicts.csv")
    assert [row["verdict"] for row in told] == list(Verdict)
    assert all(Verdict(row["verdict"]).chinese in text and row["means_zh"] in text for row in told)


def test_the_page_in_chinese_counts_the_verdicts_of_the_briefing(read, audits):
    page, held = read["zh.html"], audits.held[ledger.BRIEFING]
    found = [rate.verdict for rate in audits.own_rates[ledger.BRIEFING]]
    lead = page.find("p", class_="lead").get_text()
    day = f"{held.day.year}年{held.day.month}月{held.day.day}日，"
    assert lead.startswith(f"{day}{audits.title(ledger.BRIEFING)[1]}公布了{len(found)}個比率")
    counts = [str(found.count(verdict)) for verdict in Verdict if verdict in found]
    assert re.findall(r"\d+", lead.partition("：")[2]) == counts
    told = [row.find_all("td")[1].get_text() for row in page.find("tbody").find_all("tr")]
    assert told == [f"{verdict.sign}\xa0{verdict.chinese}" for verdict in found]
    own = page.main.get_text().replace(page.find("ol", class_="questions").get_text(), "")
    assert not re.search("[可不]能重算|發佈|産", own.replace(page.h1.get_text(), ""))


def test_another_briefing_can_be_the_one_that_the_collection_is_about(monkeypatch, tmp_path):
    monkeypatch.setattr(ledger, "BRIEFING", "148")
    a_notebook(tmp_path, ("# First?\n\nIt is 71.17%.",))
    files = edition.edition(notebooks=tmp_path)
    lead = soup(files["zh.html"]).main.get_text()
    found = [rate.verdict for rate in audit.rate_rows(ledger.load().only("148"))]
    assert f"第148場新聞發布會公布了{len(found)}個比率" in lead
    assert f"{found.count(Verdict.DIFFERS)}個不符" in lead and "全部相符" not in lead
    assert b'class="context"' not in files["index.html"], "its context is not that of the 155th"
    assert b"check.html#71.17" not in files["index.html"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """An edition with hostile names, notes, outlets and addresses; built without a network."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    folder, record = tmp_path_factory.mktemp("hostile"), ledger.load()
    bad = dict.fromkeys(("name_en", "definition", "note", "outlet"), EVIL)
    bad |= {"name_zh": f"新{EVIL}", "address": "javascript:alert(4)"}
    tables = {
        name: tuple(row._replace(**{c: bad[c] for c in bad if c in row._fields}) for row in rows)
        for name, rows in record.tables.items()
    }
    table = words.html(tables["numbers"][:50], EVIL, ["number", "printed", "note"])
    a_notebook(folder, ("# Hostile?",), ("1", {"text/html": table, "text/plain": ""}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "load", lambda *_: replace(record, tables=tables))
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        return edition.edition(notebooks=folder)


def test_nothing_of_a_record_becomes_markup_or_a_live_script(hostile):
    told = 0
    for name, page in ((n, soup(c)) for n, c in hostile.items() if n.endswith(".html")):
        assert len(page.find_all("script")) == (name == "check.html") and not page.find("iframe")
        assert not page.find(src="x") and not page.find("strong", string="b"), name
        for tag in page.find_all(True):
            assert not [key for key in tag.attrs if key.startswith("on")], name
            assert not re.match(r"\s*(javascript|data:[^,])", tag.get("href", ""), re.IGNORECASE)
        said = page.get_text()
        told += said.count("<script>alert(1)</script>")
        assert said.count("{{7*7}}") == said.count("<script>alert(1)</script>")
        assert not page.find("meta", property=["og:url", "og:image"]), "no address, no figure"
    assert told > 1000


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//host/x", "ftp://host/x", "http:", "http://[x"],
)
def test_only_web_addresses_are_followed(address):
    assert links.live(address) == links.live(None) == links.live("https://a\u202eb/") == ""
    assert links.live("https://example.org/a?b=c") == "https://example.org/a?b=c"


@pytest.fixture(scope="module")
def finished(record):
    """What becomes of a piece of HTML on a page."""
    pages = {row.briefing: f"{row.briefing}.html" for row in record.tables["numbers"]}
    pages |= {"01_a": "01_a.html", "data": "data.html"}
    glossary = {"new infections": "new", "new infections with conversions": "both"}
    tests = {f"{ledger.BRIEFING}/four_districts_share": "check.html#x"}
    own = links.Links(record, pages, ["data/areas.csv"], tests, glossary)

    def finish(html: str, terms: bool = True) -> BeautifulSoup:
        made = soup(html)
        own.finish(made, terms)
        return made

    return finish


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("../notebooks/01_a.ipynb#A-heading", "01_a.html#A-heading"),
        ("99_unknown.ipynb", None),
        ("../README.md#start", "index.html#start"),
        ("../data/README.md", "data.html"),
        ("areas.csv", "data/areas.csv"),
        ("#below", "#below"),
        ("https://example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", None),
    ],
)
def test_a_link_of_a_notebook_leads_to_the_page_here_or_is_plain_text(href, expected, finished):
    made = finished(f'<p>See <a href="{href}">there</a>.</p>')
    assert made.get_text() == "See there."
    assert [link["href"] for link in made.find_all("a")] == ([expected] if expected else [])


def test_references_always_lead_on_and_terms_and_rates_where_they_first_appear(finished):
    text = "New infections (155/city_new, not 155/no): renew infections, 71.17%, 171.17%. 71.17%"
    made = finished(f"<p>{text}</p><p>155/city_new; new infections with conversions</p>")
    assert made.get_text() == f"{text}155/city_new; new infections with conversions"
    hrefs = ["glossary.html#new", "155.html#155/city_new", "check.html#x", "155.html#155/city_new"]
    assert [link["href"] for link in made.find_all("a")] == [*hrefs, "glossary.html#both"]
    assert not finished("<p>new infections</p>", terms=False).a
    for tag in ("h2", "dt", "caption", "code", "pre class=out", "blockquote"):
        around = f"<{tag}>new infections, 155/city_new</{tag.split()[0]}><p>new infections</p>"
        told = [link.get_text() for link in finished(around).find_all("a")]
        assert told == ["155/city_new", "new infections"], tag


@pytest.mark.parametrize("tag", ["a", "pre", "summary"])
def test_nothing_is_linked_within_a_link_or_as_it_was_typed(tag, finished):
    made = finished(f"<{tag}><b>new infections, 155/city_new 重慶</b></{tag}>")
    assert not made.find("a", href=True)
    assert made.find("span", lang="zh-Hant").get_text() == "重慶", "but Chinese is marked there"


def test_chinese_is_marked_with_its_signs_and_whole_paragraphs_at_once(finished):
    made = finished("<p>a 重慶市（新增）, b。</p><p>梁平區新增3例。</p><p lang='zh'>渝中</p>")
    assert [span.get_text() for span in made.find_all("span")] == ["重慶市（新增）", "。"]
    assert [p.get("lang") for p in made.find_all("p")] == [None, "zh-Hant", "zh"]


def test_tables_stack_where_they_are_wide_and_fold_where_they_are_long(finished):
    def table(columns: int, rows: int, row: str = "<tr>") -> BeautifulSoup:
        head = "".join(f"<th scope=col>c{n}</th>" for n in range(columns))
        body = f"{row}<th scope=row>x</th>{'<td style=color:red>● holds</td>' * (columns - 1)}</tr>"
        return finished(
            f"<table><thead><tr>{head}</tr></thead><tbody>{body * rows}</tbody></table>"
        )

    wide, long = table(5, 2), table(2, 13)
    assert not table(4, 2).table.get("class") and wide.table["class"] == "stack"
    assert [cell["data-label"] for cell in wide.tbody.tr.find_all("td")] == ["c1", "c2", "c3", "c4"]
    roles = {part["role"] for part in wide.find_all(role=True)}
    assert roles == {"table", "rowgroup", "row", "columnheader", "rowheader", "cell"}
    assert wide.td["class"] == "verdict holds" and not wide.find(style=True)
    assert long.details.summary.get_text() == "Table: 13 rows" and long.details.table
    assert not wide.details and not table(2, 13, "<tr id=a>").details


def test_built_twice_every_byte_is_the_same(site, tmp_path):
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Chongqing", "LC_ALL": "C"}
    program = "import sys; from helpers import edition; sys.exit(edition.main(*sys.argv[1:]))"
    command = [sys.executable, "-c", program, str(tmp_path / "again"), HOME]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert re.search(rb"\d+ files\. Open ", done.stdout) and b"pages" in done.stderr
    first, second = (
        {path.relative_to(at): path.read_bytes() for path in at.rglob("*") if path.is_file()}
        for at in (site, tmp_path / "again")
    )
    assert first.keys() == second.keys() and [n for n in first if first[n] != second[n]] == []


@pytest.fixture
def build(monkeypatch, tmp_path):
    """Build an edition of so-called files into a folder; the status, and what is in it then."""

    def build(*names: str) -> tuple[int, dict[str, str]]:
        files, folder = {name: name.encode() for name in names}, tmp_path / "site"
        monkeypatch.setattr(edition, "edition", lambda *_, **__: files)
        status = edition.main(str(folder))
        found = (path for path in folder.rglob("*") if path.is_file())
        told = {path.relative_to(folder).as_posix(): path.read_text() for path in found}
        return status, {name: text for name, text in told.items() if name != edition.MANIFEST}

    return build


def test_only_what_an_earlier_edition_wrote_is_replaced_or_removed(build, tmp_path):
    assert build("index.html", "old/page.html")[1].keys() == {"index.html", "old/page.html"}
    own = {".git/config": "mine", "CNAME": "mine", "old/notes.txt": "mine"}
    for name, text in {**own, "index.html": "torn"}.items():
        (tmp_path / "site" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "site" / name).write_text(text)
    new = {"index.html": "index.html", "new.html": "new.html"}
    assert build("index.html", "new.html") == (0, own | new)
    assert [path.name for path in tmp_path.iterdir()] == ["site"], "nothing is left beside"


def test_a_file_of_someone_else_is_not_replaced_and_a_manifest_leads_nowhere(
    build, tmp_path, capsys
):
    (tmp_path / "letter.txt").write_text("mine")
    build("index.html")
    (tmp_path / "site" / edition.MANIFEST).write_text("../letter.txt\nindex.html")
    (tmp_path / "site" / "other.html").write_text("mine")
    assert build("index.html", "other.html") == (
        2,
        {"index.html": "index.html", "other.html": "mine"},
    )
    assert "other.html was not written by an earlier edition" in capsys.readouterr().err
    assert build("index.html")[0] == 0 and (tmp_path / "letter.txt").read_text() == "mine"


def test_a_refused_record_or_a_folder_that_cannot_be_is_a_sentence(monkeypatch, tmp_path, capsys):
    def refuse(*_: object, **__: object) -> None:
        raise ledger.LedgerError([ledger.Problem("areas.csv", 2, None, "this", "that")])

    (tmp_path / "file").write_text("mine")
    cases = [("file", "is a file", dict), ("file/x", "file", dict), ("x", "row 2", refuse)]
    for at, said, made in cases:
        monkeypatch.setattr(edition, "edition", lambda *_, made=made, **__: made())
        assert edition.main(str(tmp_path / at)) == 2 and said in capsys.readouterr().err


def run(program: str, given: object) -> str:
    """What node prints for the script of check.html and a line that uses it."""
    line = "const big = (key, value) => typeof value === 'bigint' ? String(value) : value;"
    command = [NODE, "-e", f"{SCRIPT};{line};const given = JSON.parse(process.argv[1]);{program}"]
    command.append(json.dumps(given))
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


@needs_node
def test_the_script_judges_as_python_does():
    """Three thousand percentages, many at or beside a tie, by all five rules."""
    chance, cases = random.Random(15), []
    for _ in range(3000):
        whole = chance.choice(
            [2, 3, 8, 40, 200, chance.randrange(1, 9999), chance.randrange(1, 10**30)]
        )
        part = chance.choice(
            [0, whole, chance.randrange(2 * whole + 1), chance.randrange(whole + 1)]
        )
        like = chance.choice(["8%", "8.3%", "71.17%", "0.7‰", "0.700‰", "1.82", "5"])
        printed = rounding.reround(part, whole, like, chance.choice(rounding.RULES))
        if chance.random() < 0.2:
            printed = rounding.reround(chance.randrange(2 * whole + 1), whole, like)
        cases.append([printed, "" if chance.random() < 0.1 else str(part), str(whole)])
    told = json.loads(run("console.log(JSON.stringify(given.map(c => judge(...c)), big))", cases))
    assert {answer["verdict"] for answer in told} == set(list(Verdict)[:4])
    for (printed, part, whole), answer in zip(cases, told, strict=True):
        number = int(whole)
        parts = {rule: rounding.implied_parts(printed, number, rule) for rule in rounding.RULES}
        assert int(answer["fits"]) == parts["half_up"].size, (printed, whole)
        if not part:
            possible = any(fits.size for fits in parts.values())
            assert answer["verdict"] == (Verdict.UNCHECKED if possible else Verdict.DIFFERS)
            continue
        by = {rule: rounding.reround(int(part), number, printed, rule) for rule in rounding.RULES}
        rules = [rule for rule, text in by.items() if text == printed]
        assert (answer["by"], answer["rules"]) == (by, rules), (printed, part, whole)
        other = Verdict.OTHER_RULE if rules else Verdict.DIFFERS
        assert answer["verdict"] == (Verdict.REPRODUCES if "half_up" in rules else other)
        five = f"0.00000{printed.lstrip('0123456789.')}"
        assert answer["exact"] == rounding.reround(int(part), number, five)
        hundred = {"%": 100, "‰": 1000}.get(printed[-1], 1)
        assert answer["ends"] == ((Fraction(int(part), number) * hundred * 10**5).denominator == 1)


@needs_node
def test_the_script_refuses_what_is_no_percentage_or_no_count():
    program = "for (const c of given) try { judge(...c) } catch (e) { console.log(e.message) }"
    given = [["<5%", "1", "2"], ["5%", "1.5", "2"], ["5%", "1", "x"], ["5%", "1", "0"]]
    told = [line.split(" a ")[0] for line in run(program, given).splitlines()]
    assert told == ["as printed", "as part", "as whole", "as whole"]
