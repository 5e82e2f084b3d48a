"""The same output whatever the machine is set to, and figures that look as they are stored."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import audit, charts, ledger

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {
    "another time zone": {"TZ": "Asia/Kathmandu"},
    "a plain locale": {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    "a Chinese locale": {"LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"},
    "a Turkish locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "another hash seed": {"PYTHONHASHSEED": "4242"},
    "warnings as errors": {"PYTHONWARNINGS": "error"},
    "no home": {"HOME": "/nonexistent", "MPLCONFIGDIR": ""},
}
COMMANDS = [[], ["verdicts"], ["trace", "--draft", str(ROOT / "data" / "README.md")]]


def output(command: list[str], cwd: Path = ROOT, **settings: str) -> bytes:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **settings}
    done = subprocess.run(
        [sys.executable, "-m", "helpers", *command], cwd=cwd, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def plain() -> list[bytes]:
    return [output(command) for command in COMMANDS]


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_commands_print_the_same_bytes_under(settings, plain):
    assert [output(command, **settings) for command in COMMANDS] == plain


def test_the_commands_print_the_same_bytes_in_another_folder(plain, tmp_path):
    assert [output(command, cwd=tmp_path) for command in COMMANDS] == plain


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be made read-only in this way on Windows")
def test_a_checkout_that_cannot_be_written_is_enough(plain, tmp_path):
    for name in ("helpers", "data"):
        subprocess.run(["cp", "-r", ROOT / name, tmp_path / name], check=True)
    subprocess.run(["chmod", "-R", "a-w", tmp_path], check=True)
    try:
        assert output([], cwd=tmp_path, PYTHONPATH=str(tmp_path)) == plain[0]
    finally:
        subprocess.run(["chmod", "-R", "u+w", tmp_path], check=True)


@pytest.fixture(scope="module")
def figures() -> dict[str, tuple[str, object]]:
    """The figures that matter most: the notebook and cell that store each, and how it is drawn."""
    record = ledger.load()
    briefing, days, changes = record.only("155"), audit.daily(record), audit.changes(record)
    return {
        "the scorecard": ("00", lambda p: charts.scorecard(briefing, audit.rates(briefing), save=p)),
        "the fall": ("01", lambda p: charts.falls(record, changes[changes["briefing"].eq("155")], save=p)),
        "the month": ("01", lambda p: charts.daily(record, days, save=p)),
        "the map": ("02", lambda p: charts.tiles(record, days, "new_infections_with_converted", "2022-12-02", save=p)),
    }


def stored(notebook: str) -> list[Image.Image]:
    path = next((ROOT / "notebooks").glob(f"{notebook}_*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output["data"] for cell in cells for output in cell.get("outputs", []) if "data" in output]
    return [opened(base64.b64decode(data["image/png"])) for data in outputs if "image/png" in data]


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("L")


def apart(one: Image.Image, other: Image.Image, block: int = 24) -> float:
    """The largest mean difference of two pictures in any square of that many dots, from 0 to 255."""
    if one.size != other.size:
        return 255.0
    gap = np.abs(np.asarray(one, int) - np.asarray(other, int))
    rows, columns = (length // block * block for length in gap.shape)
    squares = gap[:rows, :columns].reshape(rows // block, block, columns // block, block)
    return float(squares.mean(axis=(1, 3)).max())


TOLERANCE = 18.0


@pytest.mark.skipif(
    importlib.util.find_spec("pylopdf_fonts_zh_cn") is None, reason="the font of the stored figures is missing"
)
@pytest.mark.parametrize("name", ["the scorecard", "the fall", "the month", "the map"])
def test_a_figure_looks_as_it_is_stored(name, figures, tmp_path):
    notebook, draw = figures[name]
    draw(tmp_path / "again.png")
    again = opened((tmp_path / "again.png").read_bytes())
    assert min(apart(again, picture) for picture in stored(notebook)) < TOLERANCE


def test_the_tolerance_catches_a_moved_label():
    picture = stored("00")[0]
    words = picture.crop((0, 160, 200, 200))
    moved = picture.copy()
    moved.paste(255, (0, 160, 200, 200))
    moved.paste(words, (12, 164))
    assert apart(picture, moved) > TOLERANCE
