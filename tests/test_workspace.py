"""The place the commands run in: made once, mended by the next start, the same for everyone."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import pytest

from helpers import workspace

ROOT = Path(__file__).resolve().parent.parent
SHOW = "import sys, demo; print('in', sys.prefix, demo.__file__, *sys.argv[1:], flush=True)\n"
on_posix = pytest.mark.skipif(os.name == "nt", reason="signals and links as Windows has none")


def wheel(folder: Path, name: str, code: str = "") -> str:
    """A package of one module, in a folder that serves as the index; its line in a lock."""
    path, info = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as packed:
        for file, text in files.items():
            packed.writestr(zipfile.ZipInfo(file), text)
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Clone:
    """A bare clone in a folder with a blank and Chinese in its name, which needs one package.

    Its `jupyterlab` and `pytest` say where they run.
    """

    def __init__(self, folder: Path) -> None:
        self.root, self.index = folder / "a clone 重慶", folder / "index"
        for name in ("helpers", "tests", "notebooks"):
            (self.root / name).mkdir(parents=True)
        self.index.mkdir()
        for name in ("__init__", "__main__", "workspace"):
            shutil.copy(ROOT / "helpers" / f"{name}.py", self.root / "helpers")
        shutil.copy(ROOT / "pyproject.toml", self.root)
        for place, name in (("", "demo"), ("tests/", "more")):
            (self.root / f"{place}requirements.txt").write_text(f"{name}==1.0  # why\n")
            (self.root / f"{place}requirements.lock").write_text(wheel(self.index, name))
        for name in ("jupyterlab", "pytest"):
            (self.root / f"{name}.py").write_text(SHOW)
        (self.root / "notebooks" / "00_a.ipynb").touch()
        (self.root / "pylopdf_fonts_zh_cn.py").write_text("def sans_path(): return __file__\n")
        self.venv = self.root / ".venv"
        own = ("PYTHON", "PIP_", "UV_")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(own)}
        index = {"FIND_LINKS": str(self.index), "NO_INDEX": "1", "NO_CACHE": "1"}
        self.env |= {f"{tool}_{k}": v for tool in ("PIP", "UV") for k, v in index.items()}
        self.env["PIP_CONFIG_FILE"] = os.devnull

    def without_uv(self) -> Clone:
        keep = [p for p in os.environ["PATH"].split(os.pathsep) if not list(Path(p).glob("uv*"))]
        self.env["PATH"] = os.pathsep.join(keep)
        return self

    def start(self, *command: str, **settings: str) -> subprocess.Popen:
        words = [getattr(sys, "_base_executable", sys.executable), "-m", "helpers", *command]
        how = {"cwd": self.root, "env": self.env | settings, "text": True, "encoding": "utf-8"}
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)

    def run(self, *command: str, status: int = 0, **settings: str) -> str:
        process = self.start(*command, **settings)
        said = process.communicate(timeout=300)[0]
        assert process.returncode == status and "Traceback" not in said, said
        return said


@pytest.fixture
def clone(tmp_path) -> Clone:
    """A clone that has never been started."""
    return Clone(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Clone:
    """A clone that has been started once, by pip."""
    made = Clone(tmp_path_factory.mktemp("ready")).without_uv()
    made.said = made.run("open")
    return made


# ── Made once, and mended ──


def test_a_bare_clone_is_made_ready_once_and_says_how_far_it_is(ready):
    assert ready.said.startswith("Preparing .venv, this once; it takes a minute or two.\n")
    assert re.search(r"demo.*\n.*Successfully installed demo-1\.0\n", ready.said, re.DOTALL)
    again = ready.run("open", "--no-browser")
    assert "Preparing" not in again and f"in {ready.venv} {ready.venv}" in again
    assert again.endswith("--allow-root --no-browser\n")


def test_only_test_brings_what_only_the_tests_need(ready):
    assert not [*ready.venv.glob("[Ll]ib/**/site-packages/more.py")]
    said = ready.run("test", "-k", "x")
    assert "Preparing" in said and [*ready.venv.glob("[Ll]ib/**/site-packages/more.py")]
    assert said.endswith("-p tests -n logical --maxprocesses 4 --dist loadfile -k x\n")
    assert "Preparing" not in ready.run("open"), "what there is besides does not matter"


@pytest.mark.skipif(not shutil.which("uv"), reason="uv is not installed here")
def test_uv_is_used_where_it_is(clone):
    said = clone.run("open")
    assert "Installed 1 package" in said and f"in {clone.venv}" in said
    said = clone.without_uv().run("test")
    assert "Successfully installed demo-1.0 more-1.0" in said, "where uv is gone, pip is brought"


def stopped_while_it_was_made(clone: Clone) -> None:
    (clone.venv / workspace.STAMP.name).unlink()
    for name in ("pip", "demo-1.0.dist-info"):
        shutil.rmtree(next(clone.venv.glob(f"[Ll]ib/**/site-packages/{name}")))


def stopped_while_it_was_filled(clone: Clone) -> None:
    (clone.venv / workspace.STAMP.name).write_text("")


def made_for_other_pins(clone: Clone) -> None:
    lock = clone.root / "requirements.lock"
    lock.write_text(lock.read_text() + "# another\n")


def made_by_a_python_that_is_gone(clone: Clone) -> None:
    for python in (clone.venv / workspace.PYTHON.parent.name).glob("python*"):
        python.unlink()


@pytest.mark.parametrize(
    ("harm", "anew"),
    [
        (stopped_while_it_was_made, True),
        (stopped_while_it_was_filled, False),
        (made_for_other_pins, False),
        (made_by_a_python_that_is_gone, True),
    ],
)
def test_the_next_start_mends_an_environment(harm, anew, ready):
    marker = ready.venv / "mine"
    marker.touch()
    harm(ready)
    said = ready.run("open")
    assert "Preparing" in said and f"in {ready.venv} {ready.venv}" in said
    assert marker.exists() != anew, "made anew only where it must be"
    assert "Preparing" not in ready.run("open")


@on_posix
def test_after_an_interrupted_start_two_at_once_both_succeed(clone):
    first = clone.without_uv().start("open")
    while not (clone.venv / "bin" / "python").exists():
        time.sleep(0.01)
    first.send_signal(signal.SIGINT)
    assert first.communicate(timeout=60)[0].endswith("Stopped.\n") and first.returncode == 130
    both = [clone.start("open") for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert all(f"in {clone.venv} {clone.venv}" in text for text in said), said
    assert sum("Preparing .venv, this once" in text for text in said) == 1
    assert sum("Another start is preparing .venv" in text for text in said) == 1


@on_posix
def test_a_moved_clone_goes_on_with_its_own_helpers(ready):
    home, ready.root = ready.root, ready.root.parent / "moved"
    home.rename(ready.root)
    try:
        said = ready.run("open")
        assert f"in {ready.root / '.venv'}" in said and "Preparing" not in said
        assert f"root_dir={ready.root} " in said and str(home) not in said
    finally:
        ready.root = ready.root.rename(home)


def test_a_package_that_is_not_what_was_locked_is_refused(ready):
    wheel(ready.index, "demo", "print('not what was locked')\n")
    stopped_while_it_was_made(ready)
    said = ready.run("open", status=1)
    assert "HASHES" in said and "Preparing .venv failed; see above." in said
    wheel(ready.index, "demo")
    assert f"in {ready.venv} {ready.venv}" in ready.run("open"), "the next start tries again"


def test_a_folder_that_cannot_be_written_is_told(clone):
    (clone.root / ".venv.lock").mkdir()
    why = r"\.venv\.lock: (Is a directory|Permission denied); .+ or clone to a folder of yours$"
    assert re.search(why, clone.run("open", status=2)), "it names a way out"


# ── The same for everyone ──


@pytest.mark.parametrize(
    "settings",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "zh_CN.GBK"},
        {"PIP_USER": "1"},
        {"HOME": "/nonexistent"},
        {"PYTHONPATH": "elsewhere", "MATPLOTLIBRC": "mine"},
    ],
    ids=str,
)
def test_a_start_under_other_settings(settings, ready):
    (ready.root / "elsewhere").mkdir(exist_ok=True)
    (ready.root / "elsewhere" / "demo.py").write_text("raise SystemExit('not the one pinned')")
    stopped_while_it_was_filled(ready)
    assert f"in {ready.venv} {ready.venv}" in ready.run("open", **settings)


def test_settings_and_folders_of_a_reader_are_left_out(monkeypatch):
    assert os.name == "nt" or "HOME" not in workspace._settings()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, "/nonexistent")
    found = workspace._settings()
    assert found["HOME"] == str(workspace.VENV) and found["MATPLOTLIBRC"] == ""
    assert Path(found["MPLCONFIGDIR"]).parent == workspace.VENV


def test_what_helpers_installs_is_what_an_environment_of_ones_own_gets():
    def pins(*names: str) -> set[str]:
        text = "\n".join((ROOT / name).read_text("utf-8") for name in names)
        return set(re.findall(r"^([\w.-]+==\S+)", text, re.MULTILINE))

    assert pins("requirements.lock", "tests/requirements.lock") == pins("constraints.txt")
    for name in ("requirements", "tests/requirements"):
        assert pins(f"{name}.txt") <= pins(f"{name}.lock")
        lock = (ROOT / f"{name}.lock").read_text("utf-8")
        assert all("--hash=sha256:" in part for part in re.split(r"(?m)^(?=\w)", lock)[1:])


@on_posix
def test_who_stops_open_stops_jupyterlab(ready):
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    (ready.root / "jupyterlab.py").write_text(code)
    process = ready.start("open")
    assert int(process.stdout.readline()) == process.pid, "it has become JupyterLab"
    process.terminate()
    assert process.wait(timeout=30) == -signal.SIGTERM
    (ready.root / "jupyterlab.py").write_text(SHOW)


# ── Executed ──


@pytest.fixture
def notebooks(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(workspace, "NOTEBOOKS", folder)
    monkeypatch.setattr(workspace, "enter", lambda *_: None)
    return folder


def written(folder: Path, name: str, *sources: str, **metadata: object) -> Path:
    cells = [nbformat.v4.new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources)]
    path = folder / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


def test_notebooks_are_executed_in_order_until_one_fails(notebooks, capsys):
    first = written(notebooks, "00_a", "import os; print('重慶', os.getcwd())")
    failing = written(notebooks, "01_b", "raise ValueError('why')")
    later = written(notebooks, "02_c", "1")
    (notebooks / "notes.txt").write_text("no notebook")
    first.chmod(0o640)
    kept = failing.read_bytes(), later.read_bytes()
    assert workspace.execute() == 1
    said = capsys.readouterr().out
    assert re.findall(r"^(\d) of 3  (\w+).ipynb \.\.\. (\w+)", said, re.MULTILINE) == [
        ("1", "00_a", "updated"),
        ("2", "01_b", "failed"),
    ]
    assert "ValueError: why" in said and "\x1b" not in said, "no colour codes in a log"
    assert (failing.read_bytes(), later.read_bytes()) == kept
    stored = nbformat.read(first, as_version=4)
    assert stored.cells[0].outputs[0].text == f"重慶 {notebooks}\n"
    assert "version" not in stored.metadata.language_info, "which Python a reader has is no result"
    failing.unlink(), later.unlink()
    before = first.stat()
    assert workspace.execute() == 0 and "unchanged" in capsys.readouterr().out
    after = first.stat()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{torn", "not appear to be JSON"),
        (
            '{"metadata": {"kernelspec": {"name": "R"}}, "cells": [], "nbformat": 4}',
            "It names the kernel 'R'; expected 'python3'.",
        ),
    ],
)
def test_what_cannot_be_executed_is_told_and_left(content, said, notebooks, capsys):
    path = notebooks / "00_a.ipynb"
    path.write_text(content)
    assert workspace.execute() == 1
    told = capsys.readouterr().out
    assert said in told and "left as it was" in told and path.read_text() == content


@pytest.mark.parametrize("where", ["write", "replace"])
def test_a_full_disk_leaves_no_torn_notebook(where, notebooks, monkeypatch):
    path = written(notebooks, "00_a", "1")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(*((shutil, "copymode") if where == "write" else (os, "replace")), full)
    with pytest.raises(OSError, match="No space"):
        workspace._replace(path, b"new")
    assert path.read_bytes() == before and [*notebooks.iterdir()] == [path]


@on_posix
def test_an_interrupt_ends_in_a_sentence_and_leaves_the_file(notebooks):
    path = written(notebooks, "00_a", "import time; time.sleep(60)")
    before = path.read_bytes()
    code = "import sys; from helpers import workspace as w; from pathlib import Path; "
    code += "w.NOTEBOOKS = Path(sys.argv[1]); w.enter = lambda *_: None; w.execute()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(notebooks)], cwd=ROOT, stdout=-1, stderr=-2, text=True
    )
    while process.stdout.read(1) != ".":
        pass
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[0]
    assert process.returncode == 130 and said.endswith("stopped; the file is left as it was.\n")
    assert path.read_bytes() == before and json.loads(before)


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_the_set_up_cell_finds_the_helpers_in_any_kernel(path):
    """VS Code's, or one of an environment of one's own: nothing is installed, no path is set."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    first = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    code = f"{first.splitlines()[0]}\nimport helpers; print(helpers.__file__)"
    told = subprocess.check_output([sys.executable, "-I", "-c", code], cwd=path.parent, text=True)
    assert Path(path.parent, told.strip()).samefile(ROOT / "helpers" / "__init__.py")
