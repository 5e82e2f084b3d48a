"""The reading edition and JupyterLab in a real browser: Chromium, driven by playwright."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
NEEDED = ("playwright", "axe_playwright_python")
pytestmark = pytest.mark.skipif(
    not CHROMIUM or any(importlib.util.find_spec(name) is None for name in NEEDED),
    reason=f"needs Chromium on the path (found: {CHROMIUM}), and {' and '.join(NEEDED)}",
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = ["index.html", *(f"{path.stem}.html" for path in NOTEBOOKS[1:])]
ROOMS = [f"{name}.html" for name in ("check", "zh", "numbers", "glossary", "data", "about")]
PAGES = [*CHAPTERS, *ROOMS, "briefing_155.html", "briefing_148.html", "numbers_press.html"]
every = pytest.mark.parametrize("name", PAGES)
WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll('body *:not(.skip)')].filter(e => {
        const box = e.getBoundingClientRect();
        return box.right > wide + 1 && box.left >= 0 || e.scrollWidth > e.clientWidth + 1
            && e.clientWidth && getComputedStyle(e).overflowX !== 'visible' && e.tagName !== 'INPUT';
    }).map(e => e.outerHTML.slice(0, 200));
    return {scrolls: document.documentElement.scrollWidth - wide, out};
}"""
OPEN = "document.querySelectorAll('details').forEach(d => d.open = true)"


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Tab:
    """A tab that keeps what went wrong in it, and what it asked for."""

    def __init__(self, context: object) -> None:
        self.page, self.wrong, self.asked = context.new_page(), [], []
        self.page.on("console", lambda said: self.wrong.append(said.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        self.page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture(scope="module")
def tab(browser: object) -> Tab:
    return Tab(browser.new_context(viewport={"width": 1280, "height": 900}))


@pytest.fixture
def show(tab: Tab, site: Path) -> object:
    """Open a page from the file system, wholly, on a desk and in the light."""

    def show(name: str, width: int = 1280) -> object:
        tab.page.emulate_media(color_scheme="light", media="screen", forced_colors="none")
        tab.page.set_viewport_size({"width": width, "height": 900})
        tab.page.goto("about:blank")
        tab.page.goto(f"{site.as_uri()}/{name}", wait_until="load")
        return tab.page

    return show


def test_every_page_opens_without_an_error_or_an_outside_request(site, browser):
    tab = Tab(browser.new_context())
    for path in sorted(site.glob("*.html")):
        tab.page.goto(path.as_uri(), wait_until="load")
        tab.page.evaluate("async () => { await document.fonts.ready }")
        unseen = "[...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src)"
        assert tab.page.evaluate(unseen) == [], path.name
    assert tab.wrong == []
    assert [url for url in tab.asked if not url.startswith((site.as_uri(), "data:"))] == []


def test_any_static_host_will_do(site, browser):
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: 0})
    handler = functools.partial(quiet, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        tab, host = Tab(browser.new_context()), f"http://127.0.0.1:{server.server_port}/"
        tab.page.goto(host, wait_until="load")
        for name in CHAPTERS[1:]:  # on to the next only when a page and its figures are there
            tab.page.click("a.after")
            tab.page.wait_for_url(host + name, wait_until="load")
        assert tab.wrong == [] and all(url.startswith((host, "data:")) for url in tab.asked)
    finally:
        server.shutdown()
        server.server_close()


@every
def test_axe_finds_no_violation_in_light_and_dark(show, name):
    page = show(name)
    page.evaluate(OPEN)
    found = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
    page.evaluate(Path(found, "axe.min.js").read_text("utf-8"))
    light, dark = "rgb(255, 255, 255)", "rgb(21, 24, 28)"
    for scheme, ground, rules in (
        ("light", light, "{preload: false, resultTypes: ['violations']}"),
        ("dark", dark, "{preload: false, runOnly: ['color-contrast', 'link-in-text-block']}"),
    ):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(f"async () => (await axe.run(document, {rules})).violations")
        assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found] == [], scheme
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
        cards = "[...document.images].map(i => getComputedStyle(i).backgroundColor)"
        assert set(page.evaluate(cards)) <= {light}, "figures stand on a light card"


@every
def test_no_page_or_table_is_wider_than_a_phone_or_an_enlarged_window(show, name):
    page = show(name, 320)
    for opened in (False, True):
        for width in (320, 390, 640, 900, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(WIDE) == {"scrolls": 0, "out": []}, (width, opened)
        page.evaluate(OPEN)
    page.set_viewport_size({"width": 640, "height": 450})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(WIDE) == {"scrolls": 0, "out": []}, "text at 200 %"


@pytest.mark.parametrize("name", ["index.html", "check.html", "briefing_140.html"])
def test_everything_is_reached_by_keyboard_and_seen_when_it_is(show, name):
    page, reached = show(name), []
    stops = "[...document.querySelectorAll('a[href], summary, input, [tabindex=\"0\"]')]"
    stops += ".filter(e => e.checkVisibility())"
    count = page.evaluate(f"{stops}.map((e, i) => e.dataset.stop = i).length")
    for _ in range(count):
        page.keyboard.press("Tab")
        at, outline, seen = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            "const r = e.getBoundingClientRect(), seen = r.bottom > 0 && r.top < innerHeight;"
            "return [e.dataset.stop, s.outlineStyle + ' ' + s.outlineWidth, seen && r.right > 0] })()"
        )
        assert outline == "solid 3px" and seen, (at, outline, seen)
        reached.append(int(at))
    assert reached == list(range(count))
    page.keyboard.press("Home")
    page.focus(".skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_reference_leads_to_its_row_in_sight_even_where_it_is_folded(show):
    for number in ("central_new", "briefing_month"):
        page = show(f"briefing_155.html#155/{number}")
        row = page.locator("tr:target")
        assert row.get_attribute("id") == f"155/{number}" and row.is_visible()
        seen = "e => { const r = e.getBoundingClientRect(); return r.top > 0 && r.bottom < innerHeight }"
        assert row.evaluate(seen)
        assert row.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 243, 196)"


def test_a_percentage_is_tested_and_its_state_is_in_the_address(show, tab):
    page = show("index.html")
    page.locator("a[href='check.html#71.17%25/3930/5522']:visible").first.click()
    told = page.locator("output")
    told.locator(
        "strong:visible"
    ).wait_for()  # no condition can be waited for where no script may run
    assert re.search("● *reproduces 相符\\s+3,930 / 5,522 ≈ 71.16987%", said(told))
    assert "Fits: 1 whole number of 5,522 would print 71.17%: 3,930." in said(told)
    page.fill("#part", "3,931")
    assert "✕ does not reproduce 不符" in said(told) and "71.18798%" in said(told)
    assert page.url.endswith("#71.17%/3%2C931/5522")
    page.fill("#printed", "71.18%")
    assert "▲ reproduces by another rule" in said(
        told
    ) and "Rules that print 71.18%: down." in said(told)
    page.fill("#whole", "")
    assert said(told).strip() == "○ cannot be checked 無從核對"
    page.fill("#printed", "<5%")
    assert said(told).strip() == "Please give as printed a percentage such as 71.17% or 0.7‰."
    page.goto(page.url.partition("#")[0] + "#8%/85/1062")
    assert "Fits: 11 whole numbers of 1,062 would print 8%: 80 to 90." in said(told)
    assert tab.wrong == []


def said(told: object) -> str:
    return told.inner_text().replace("\xa0", " ")


@every
def test_it_prints_whole_and_keeps_its_signs_in_forced_colours(show, name):
    page = show(name)
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})  # A4 within its margins
    assert page.evaluate(WIDE)["scrolls"] == 0
    hidden = "['header', '.turn', '.skip', 'details.code', 'form'].flatMap(s => [...document.querySelectorAll(s)])"
    assert page.evaluate(f"{hidden}.filter(e => e.getClientRects().length).length") == 0
    rows = "[...document.querySelectorAll('details.rows tr')].filter(e => !e.checkVisibility({contentVisibilityAuto: true}))"
    assert page.evaluate(f"{rows}.length") == 0, "what is folded on a screen is printed"
    page.emulate_media(media="screen", forced_colors="active")
    signs = page.locator(".verdict:visible").all_inner_texts()[:9]
    assert all(re.match("[●▲✕○]", sign.strip()) for sign in signs)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """JupyterLab as the README starts it, in a copy of the project; its address."""
    home = tmp_path / "project"
    shutil.copytree(ROOT, home, ignore=shutil.ignore_patterns(".*", "tests", "__pycache__"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "helpers", "open", "--no-browser", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token=reader"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--LabApp.expose_app_in_browser=True"],
            cwd=home, env=os.environ | {"HOME": str(tmp_path)},
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                assert process.poll() is None, (tmp_path / "log").read_text()[-2000:]
                threading.Event().wait(0.1)
            yield f"http://127.0.0.1:{port}/?token=reader"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


CELLS = "jupyterapp.shell.currentWidget.content.model.toJSON().cells.filter(c => c.cell_type === 'code')"


def test_the_first_notebook_runs_in_jupyterlab(lab, browser):
    page = Tab(browser.new_context(viewport={"width": 1440, "height": 900})).page
    page.set_default_timeout(90_000)
    page.goto(lab)
    shown = "window.jupyterapp?.shell.currentWidget"
    page.wait_for_function(f"{shown}?.content?.model?.cells?.length > 5")
    assert page.evaluate(f"{shown}.context.path") == f"notebooks/{NOTEBOOKS[0].name}"
    page.wait_for_function(f"{shown}.sessionContext.session?.kernel?.status === 'idle'")
    assert page.locator(".Toastify__toast").all_inner_texts() == [], "no news pop-up"
    there = "f => /Noto/.test(f.family) && f.status === 'loaded'"  # Chinese is in no boxes
    page.wait_for_function(f"[...document.fonts].some({there})")
    for command in ("notebook:clear-all-cell-outputs", "notebook:run-all-cells"):
        page.evaluate(f"jupyterapp.commands.execute('{command}')")
    page.wait_for_function(f"{CELLS}.every((c, i) => c.execution_count === i + 1)")
    kinds = set(page.evaluate(f"{CELLS}.flatMap(c => c.outputs.map(o => o.name || o.output_type))"))
    assert kinds <= {"display_data", "execute_result", "stdout"} and kinds
    shown = set(
        page.evaluate(f"{CELLS}.flatMap(c => c.outputs.flatMap(o => Object.keys(o.data || {{}})))")
    )
    assert {"image/png", "text/html"} <= shown
