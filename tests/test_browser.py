"""The reading edition and JupyterLab in a real browser: Debian's Chromium, driven by playwright. Skipped where there is none."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers import pages

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NEEDED = ("playwright", "axe_playwright_python")
pytestmark = pytest.mark.skipif(
    not CHROMIUM or any(importlib.util.find_spec(name) is None for name in NEEDED),
    reason=f"needs Chromium on the path (found: {CHROMIUM}), and {' and '.join(NEEDED)}",
)
CHAPTERS = sorted(f"{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb"))
PAGES = ["index.html", "ledger.html", "glossary.html", "data.html", "ledger_155.html", "ledger_press.html", *CHAPTERS]
every = pytest.mark.parametrize("name", PAGES)
WIDE = """() => {
    const wide = document.documentElement.clientWidth, region = '[role=region]';
    const out = [...document.querySelectorAll('body *:not(.skip)')].filter(
        e => e.getBoundingClientRect().right > wide + 1 && !e.parentElement.closest(region)).map(e => e.outerHTML.slice(0, 200));
    return {scrolls: document.documentElement.scrollWidth - wide, out};
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser") / "site"
    pages.build(folder)
    return folder


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
        self.page = context.new_page()
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        self.page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture(scope="module")
def tab(browser: object) -> Tab:
    return Tab(browser.new_context(viewport={"width": 1200, "height": 900}))


@pytest.fixture
def show(tab: Tab, site: Path) -> object:
    """Open a page from the file system, on a desk and in the light."""

    def show(name: str, width: int = 1200) -> object:
        tab.page.emulate_media(color_scheme="light", media="screen")
        tab.page.set_viewport_size({"width": width, "height": 900})
        tab.page.goto((site / name).as_uri())
        return tab.page

    return show


def test_every_page_opens_without_an_error_or_an_outside_request(site, browser):
    tab = Tab(browser.new_context())
    for path in sorted(site.glob("*.html")):
        tab.page.goto(path.as_uri())
        tab.page.evaluate("async () => { await document.fonts.ready }")
        unseen = "[...document.images].filter(i => !i.complete || !i.naturalWidth || !i.alt).map(i => i.src)"
        assert tab.page.evaluate(unseen) == [], path.name
    assert tab.wrong == []
    assert [url for url in tab.asked if not url.startswith((site.as_uri(), "data:"))] == []


def test_any_static_host_will_do(site, browser):
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        tab, host = Tab(browser.new_context()), f"http://127.0.0.1:{server.server_port}/"
        tab.page.goto(host)
        while tab.page.locator("a.after").count():
            tab.page.click("a.after")
        assert tab.page.url == host + CHAPTERS[-1]
        assert tab.wrong == [] and all(url.startswith((host, "data:")) for url in tab.asked)
    finally:
        server.shutdown()
        server.server_close()


@every
def test_axe_finds_no_violation_in_light_and_dark(show, name):
    page = show(name)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    source = Path(importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0], "axe.min.js")
    page.evaluate(source.read_text(encoding="utf-8"))
    for scheme, rules in (
        ("light", "{resultTypes: ['violations']}"),
        ("dark", "{runOnly: ['color-contrast', 'link-in-text-block']}"),
    ):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(f"async () => (await axe.run(document, {rules})).violations")
        assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found] == [], scheme
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == {
            "light": "rgb(255, 255, 255)", "dark": "rgb(21, 24, 28)",
        }[scheme]  # fmt: skip


@every
def test_no_page_scrolls_sideways_on_a_phone_or_when_enlarged(show, name):
    page = show(name, 360)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(WIDE) == {"scrolls": 0, "out": []}, "360 px"
    page.set_viewport_size({"width": 640, "height": 450})
    assert page.evaluate(WIDE) == {"scrolls": 0, "out": []}, "1,280 px at 200 %"
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(WIDE) == {"scrolls": 0, "out": []}, "text at 200 %"


@pytest.mark.parametrize("name", ["index.html", CHAPTERS[0], "ledger_140.html", "glossary.html"])
def test_everything_is_reached_by_keyboard_and_seen_when_it_is(show, name):
    page, reached = show(name), []
    page.evaluate(
        "[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')].forEach((e, i) => e.dataset.stop = i)"
    )
    stops = page.evaluate("document.querySelectorAll('[data-stop]').length")
    for _ in range(stops):
        page.keyboard.press("Tab")
        at, outline, inside = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();"
            " return [e.dataset.stop, s.outlineStyle + ' ' + parseFloat(s.outlineWidth), r.bottom > 0 && r.top < innerHeight && r.right > 0] })()"
        )
        assert outline == "solid 3" and inside, (at, outline, inside)
        reached.append(int(at))
    assert reached == list(range(stops))


def test_code_opens_and_tables_scroll_by_keyboard(show):
    page = show(CHAPTERS[0], 360)
    page.focus("details.code summary")
    page.keyboard.press("Enter")
    assert page.locator("details.code[open] pre").first.is_visible()
    wide = "[...document.querySelectorAll('[role=region]')].findIndex(e => e.scrollWidth > e.clientWidth + 40)"
    region = page.locator("[role=region]").nth(page.evaluate(wide))
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)  # the page allows no script, so no condition can be waited for in it
    assert page.evaluate("document.activeElement.scrollLeft") > 0
    page = show("ledger_155.html")
    region = page.locator("[role=region]")
    region.evaluate("e => e.scrollTop = 900")
    gap = "e => e.querySelector('thead th').getBoundingClientRect().top - e.getBoundingClientRect().top"
    assert abs(region.evaluate(gap)) < 2, "headings stay"


def test_a_reference_leads_to_its_row_in_sight(show):
    page = show(CHAPTERS[0])
    page.click("a[href='ledger_155.html#155/central_new'] >> nth=0")
    row = page.locator("tr:target")
    assert row.get_attribute("id") == "155/central_new" and "5522" in row.inner_text()
    seen = row.evaluate("e => { const r = e.getBoundingClientRect(); return r.top > 20 && r.bottom < innerHeight }")
    assert seen and row.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 243, 196)"


@every
def test_it_prints_whole(show, name):
    page = show(name)
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})  # A4 within its margins
    boxes = "[...document.querySelectorAll('[role=region], figure, pre')]"
    cut = "e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1"
    assert page.evaluate(f"{boxes}.filter(e => {cut}).map(e => e.getAttribute('aria-label'))") == []
    hidden = "['header', '.turn', '.skip', 'details'].flatMap(s => [...document.querySelectorAll(s)])"
    assert page.evaluate(f"{hidden}.filter(e => e.getClientRects().length).length") == 0


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """JupyterLab as the README starts it, in a copy of the project; its address."""
    home = tmp_path / "project"
    for name in ("helpers", "notebooks", "data"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in ("requirements.txt", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, home / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "RUNTIME")}
    own |= {
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "spaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
    }
    command = [sys.executable, "-m", "helpers", "open", "--no-browser", f"--port={port}", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=reader", "--LabApp.expose_app_in_browser=True"]
    with (tmp_path / "log").open("wb") as log:
        started = {"cwd": home, "env": os.environ | own, "stdout": log, "stderr": log, "start_new_session": True}
        process = subprocess.Popen(command, **started)
        try:
            for _ in range(300):
                if process.poll() is not None:
                    break
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                threading.Event().wait(0.1)
            else:
                pytest.fail((tmp_path / "log").read_text()[-2000:])
            assert process.poll() is None, (tmp_path / "log").read_text()[-2000:]
            yield f"http://127.0.0.1:{port}/?token=reader"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def test_the_first_notebook_runs_in_jupyterlab(lab, browser):
    tab = Tab(browser.new_context(viewport={"width": 1300, "height": 1000}))
    page, cells = (
        tab.page,
        "jupyterapp.shell.currentWidget.content.model.toJSON().cells.filter(c => c.cell_type === 'code')",
    )
    page.goto(lab)
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.content?.model?.cells?.length > 5", timeout=30_000)
    assert page.evaluate("jupyterapp.shell.currentWidget.context.path") == f"notebooks/{CHAPTERS[0][:-4]}ipynb"
    page.wait_for_function(
        "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'", timeout=30_000
    )
    menu(page, "Edit", "Clear Outputs of All Cells")
    page.wait_for_function(f"{cells}.every(c => c.outputs.length === 0)")
    menu(page, "Run", "Run All Cells")
    page.wait_for_function(f"{cells}.every((c, i) => c.execution_count === i + 1)", timeout=60_000)
    outputs = page.evaluate(
        f"{cells}.flatMap(c => c.outputs.map(o => [o.output_type, o.name || '', Object.keys(o.data || {{}})]))"
    )
    assert outputs and all(kind == "display_data" for kind, _, _ in outputs), outputs
    assert any("image/png" in data for *_, data in outputs)
    page.evaluate("jupyterapp.commands.execute('notebook:move-cursor-up')")
    figure, table = page.locator(".jp-Notebook .jp-RenderedImage img"), page.locator(".jp-Notebook caption")
    for found in (figure, table):
        for step in range(0, 12_000, 500):
            if found.count():
                break
            page.evaluate(f"document.querySelector('.jp-WindowedPanel-outer').scrollTop = {step}")
            page.wait_for_timeout(50)
        found.first.wait_for(timeout=10_000)
    assert figure.first.evaluate("i => i.naturalWidth") > 1000
    assert (
        page.locator(
            ".jp-OutputArea-output[data-mime-type*='error'], .jp-OutputArea-output[data-mime-type*='stderr']"
        ).count()
        == 0
    )


def menu(page: object, name: str, entry: str) -> None:
    page.click(f".lm-MenuBar-itemLabel:text-is('{name}')")
    page.click(f".lm-Menu-itemLabel:text-is('{entry}')")
