"""The house: imports run one way, and what is small stays small.

The limits are a ratchet: each is what was reached when it was last lowered. Lower one whenever
you can; raising one needs an issue that says why.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HELPERS = ROOT / "helpers"

FLOORS = [  # from the ground up: a module imports only from floors below its own
    ["rounding"],
    ["ledger"],
    ["words"],
    ["record.bounds"],
    ["record.facts"],
    ["record.audit"],
    ["record.slips"],
    ["curate.numerals"],
    ["curate.trace"],
    ["curate.pairs"],
    ["curate.draft"],
    ["charts", "scorecard"],
    ["edition"],
    ["workspace"],
    ["__main__"],
]
NODES = {"the core": 39_688, "edition": 5_338}  # syntax nodes, docstrings left out
LINES = {"four modules at the top": 1_668, "tests": 7_000, "templates": 400}
FUNCTION, CLASS, WIDTH = 40, 150, 100


def modules() -> dict[str, Path]:
    """Every module of helpers/ by its name below `helpers`; packages by the name of their folder."""
    named = {}
    for path in sorted(HELPERS.rglob("*.py")):
        parts = path.relative_to(HELPERS).with_suffix("").parts
        named[".".join(part for part in parts if part != "__init__")] = path
    return named


def floor(module: str) -> int:
    """The floor of a module; of a package or a part of one, the lowest that bears its name."""
    for height, names in enumerate(FLOORS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return height
    inside = [h for h, names in enumerate(FLOORS) if any(n.startswith(f"{module}.") for n in names)]
    assert inside, f"{module} has no floor: give it one in FLOORS"
    return min(inside)


def imported(path: Path) -> Iterator[str]:
    """The modules of helpers/ that a file imports, wherever in it."""
    known = modules()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            assert not isinstance(node, ast.ImportFrom), f"{path.name}: a relative import"
            continue
        for name in names:
            if name.split(".")[0] == "helpers":
                inner = name.removeprefix("helpers").removeprefix(".")
                yield inner if inner in known else inner.rpartition(".")[0]


def nodes(path: Path) -> int:
    """How many syntax nodes a file has, docstrings left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if documented and ast.get_docstring(node):
            node.body = node.body[1:]
    return sum(1 for _ in ast.walk(tree))


def lines(*paths: Path) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


@pytest.mark.parametrize("module", [name for name in modules() if name])
def test_imports_run_one_way(module: str) -> None:
    for other in filter(None, imported(modules()[module])):
        same_package = module.split(".")[0] == other.split(".")[0] == "edition"
        assert same_package or floor(other) < floor(module), f"{module} imports {other}"


def test_the_core_stays_small() -> None:
    core = [path for name, path in modules().items() if name.split(".")[0] != "edition"]
    assert sum(map(nodes, core)) <= NODES["the core"]


def test_the_edition_stays_small() -> None:
    edition = HELPERS / "edition"
    assert sum(map(nodes, edition.rglob("*.py"))) <= NODES["edition"]
    templates = [p for p in edition.rglob("*") if p.suffix in (".j2", ".css", ".js", ".html")]
    assert lines(*templates) <= LINES["templates"]


def test_what_a_notebook_imports_is_read_in_one_sitting() -> None:
    top = [HELPERS / f"{name}.py" for name in ("rounding", "ledger", "words", "charts")]
    assert lines(*top) <= LINES["four modules at the top"]


def test_the_tests_stay_small() -> None:
    assert lines(*(ROOT / "tests").rglob("*.py")) <= LINES["tests"]


@pytest.mark.parametrize("module", [name for name in modules() if name])
def test_functions_and_classes_are_short_and_lines_are_not_wide(module: str) -> None:
    source = modules()[module].read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            most = CLASS if isinstance(node, ast.ClassDef) else FUNCTION
            assert node.end_lineno - node.lineno + 1 <= most, f"{module}.{node.name}"
    wide = [n for n, line in enumerate(source.splitlines(), 1) if len(line) > WIDTH]
    assert not wide, f"{module}, lines {wide}"


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_finds_nothing(command: list[str]) -> None:
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
    done = subprocess.run(ruff, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
