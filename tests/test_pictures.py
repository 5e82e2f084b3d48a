"""Every stored picture is the one that a fresh run draws."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tests.shell import NOTEBOOKS, ROOT, cells, run

TOLERANCE = 18.0  # of 255: other processors draw edges a little differently
every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def opened(png: bytes | str) -> Image.Image:
    raw = base64.b64decode(png) if isinstance(png, str) else png
    return Image.open(io.BytesIO(raw)).convert("L")


def pictures(outputs: list[list[dict]]) -> list[tuple[int, Image.Image]]:
    """The pictures of code cells, with the place of their cell."""
    return [
        (place, opened(output["image/png"]))
        for place, shown in enumerate(outputs)
        for output in shown
        if "image/png" in output
    ]


def stored(path) -> list[tuple[int, Image.Image]]:
    return pictures([cell.outputs for cell in cells(path) if cell.kind == "code"])


def apart(one: Image.Image, other: Image.Image, block: int = 24) -> float:
    """The largest mean difference of two pictures in any square of so many dots."""
    if one.size != other.size:
        return 255.0
    gap = np.abs(np.asarray(one, int) - np.asarray(other, int))
    rows, columns = (length // block * block for length in gap.shape)
    squares = gap[:rows, :columns].reshape(rows // block, block, columns // block, block)
    return float(squares.mean(axis=(1, 3)).max())


@every
def test_every_stored_picture_is_the_one_its_cell_draws(path):
    old, new = stored(path), pictures(run(path).outputs)
    assert [place for place, _ in old] == [place for place, _ in new]
    far = [apart(a, b) for (_, a), (_, b) in zip(old, new, strict=True)]
    assert all(distance < TOLERANCE for distance in far), far


def test_the_front_pages_picture_is_the_scorecard_of_the_first_notebook():
    front = opened((ROOT / "notebooks" / "scorecard.png").read_bytes())
    assert apart(front, stored(NOTEBOOKS[0])[0][1]) < TOLERANCE


def test_the_tolerance_catches_a_moved_label_and_another_picture():
    every_picture = [picture for path in NOTEBOOKS for _, picture in stored(path)]
    for number, picture in enumerate(every_picture):
        for other in every_picture[:number]:
            assert apart(picture, other) > TOLERANCE
        words = picture.crop((0, 0, picture.width // 2, 40))
        moved = picture.copy()
        moved.paste(255, (0, 0, picture.width // 2, 40))
        moved.paste(words, (6, 3))
        assert apart(picture, moved) > TOLERANCE
