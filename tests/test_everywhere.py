"""Figures look as they are stored."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import audit, charts, ledger

ROOT = Path(__file__).resolve().parent.parent
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
