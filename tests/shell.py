"""The notebooks run anew in this process: their cells, variables and outputs."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


class Cell(NamedTuple):
    """A cell as it is stored; `outputs` is what each of its outputs shows, by type."""

    kind: str
    source: str
    count: int | None
    outputs: list[dict]


class Run(NamedTuple):
    """What a fresh run of a notebook leaves: its variables, and the outputs of each code cell."""

    variables: dict
    outputs: list[list[dict]]


def cells(path: Path) -> list[Cell]:
    stored = json.loads(path.read_text("utf-8"))["cells"]
    return [
        Cell(
            cell["cell_type"],
            "".join(cell["source"]),
            cell.get("execution_count"),
            [_joined(output["data"]) for output in cell.get("outputs", []) if "data" in output],
        )
        for cell in stored
    ]


def _joined(data: dict) -> dict:
    return {kind: "".join(said) if isinstance(said, list) else said for kind, said in data.items()}


@cache
def run(path: Path) -> Run:
    """Run a notebook's code in a shell of its own, in its own folder."""
    before, shell = Path.cwd(), InteractiveShell.instance()
    os.chdir(path.parent)
    try:
        outputs = [_run_cell(shell, cell.source) for cell in cells(path) if cell.kind == "code"]
        return Run(dict(shell.user_ns), outputs)
    finally:
        os.chdir(before)
        InteractiveShell.clear_instance()


def _run_cell(shell: InteractiveShell, source: str) -> list[dict]:
    with capture_output() as captured:
        shell.run_cell(source, store_history=False).raise_error()
    assert not captured.stderr, captured.stderr
    shown = [output.data for output in captured.outputs]
    return shown + ([{"text/plain": captured.stdout}] if captured.stdout else [])
