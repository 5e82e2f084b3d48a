"""The place the commands run in: made once, mended by the next start, the same for everyone."""

from __future__ import annotations

import base64
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
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = []
    for file, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record.append(f"{file},sha256={digest.decode()},{len(text)}\n")
    with zipfile.ZipFile(path, "w") as packed:
        for file, text in [*files.items(), (f"{info}/RECORD", "".join(record) + f"{info}/RECORD,,\n")]:
            packed.writestr(file, text)
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
        self.venv = self.root / ".venv"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_", "UV_"))}
        self.env |= {"PIP_FIND_LINKS": self.index.as_uri(), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
        self.env |= {"UV_FIND_LINKS": str(self.index), "UV_NO_INDEX": "1", "UV_NO_CACHE": "1"}

    def without_uv(self) -> Clone:
        keep = [p for p in os.environ["PATH"].split(os.pathsep) if not list(Path(p).glob("uv*"))]
        self.env["PATH"] = os.pathsep.join(keep)
        return self

    def start(self, *command: str, **settings: str) -> subprocess.Popen:
        words = [getattr(sys, "_base_executable", sys.executable), "-m", "helpers", *command]
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "encoding": "utf-8"}
        return subprocess.Popen(words, cwd=self.root, env=self.env | settings, **how)

    def run(self, *command: str, status: int = 0, **settings: str) -> str:
        process = self.start(*command, **settings)
        said = process.communicate(timeout=300)[0]
        assert process.returncode == status and "Traceback" not in said, said
        return said


@pytest.fixture
def clone(tmp_path) -> Clone:
    return Clone(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Clone:
    """A clone that has been started once, by pip."""
    made = Clone(tmp_path_factory.mktemp("ready")).without_uv()
    made.said = made.run("open")
    return made


# ── Made once, and mended ──


def test_a_bare_clone_is_made_ready_once_and_says_how_far_it_is(ready):
    assert "Preparing .venv, this once: some 1 packages" in ready.said and "ready after" in ready.said
    again = ready.run("open", "--no-browser")
    assert "Preparing" not in again and f"in {ready.venv} {ready.venv}" in again
    assert again.endswith("--allow-root --no-browser\n")


def test_only_test_brings_what_only_the_tests_need(ready):
    assert not [*ready.venv.rglob("more.py")]
    said = ready.run("test", "-k", "x")
    assert "some 2 packages" in said and [*ready.venv.rglob("more.py")]
    assert said.endswith("-p tests -n logical --maxprocesses 4 --dist loadfile -k x\n")
    assert "Preparing" not in ready.run("open"), "what there is besides does not matter"


@pytest.mark.skipif(not shutil.which("uv"), reason="uv is not installed here")
def test_uv_is_used_where_it_is(clone):
    assert f"in {clone.venv}" in clone.run("open")
    assert "uv" in (clone.venv / "pyvenv.cfg").read_text("utf-8")


def test_a_half_made_environment_is_made_anew(ready):
    (ready.venv / workspace.STAMP).unlink()
    for package in ready.venv.rglob("pip"):
        shutil.rmtree(package, ignore_errors=True)
    for info in ready.venv.rglob("demo-*.dist-info"):
        shutil.rmtree(info)
    said = ready.run("open")
    assert "Preparing" in said and f"in {ready.venv}" in said


def test_one_whose_filling_was_stopped_is_filled(ready):
    (ready.venv / workspace.STAMP).write_text("")
    marker = ready.venv / "mine"
    marker.touch()
    assert "ready after" in ready.run("open") and marker.exists(), "mended, not made anew"


def test_other_pins_are_installed_by_the_next_start(ready):
    lock = ready.root / "requirements.lock"
    lock.write_text(lock.read_text() + "# another\n")
    assert "ready after" in ready.run("open")
    assert "Preparing" not in ready.run("open")


def test_two_starts_at_once_both_succeed(clone):
    both = [clone.without_uv().start("open") for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Preparing .venv, this once" in text for text in said) == 1
    assert sum("Another start is preparing .venv" in text for text in said) == 1


@on_posix
def test_a_start_that_was_killed_is_made_good_by_the_next(clone):
    first = clone.without_uv().start("open")
    while not workspace.PYTHON.name or not (clone.venv / "bin" / "python").exists():
        time.sleep(0.01)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    assert f"in {clone.venv}" in clone.run("open")


@on_posix
def test_a_moved_clone_goes_on_with_its_own_helpers(ready):
    moved = ready.root.parent / "moved"
    ready.root.rename(moved)
    try:
        words = [sys.executable, "-m", "helpers", "open"]
        done = subprocess.run(words, cwd=moved, env=ready.env, capture_output=True, text=True, check=False)
        assert f"in {moved / '.venv'}" in done.stdout and "Preparing" not in done.stdout
        assert f"root_dir={moved} " in done.stdout and str(ready.root) not in done.stdout
    finally:
        moved.rename(ready.root)


def test_a_changed_file_of_a_package_is_refused(clone):
    wheel(clone.index, "demo", "print('not what was locked')\n")
    said = clone.without_uv().run("open", status=1)
    assert "HASHES" in said and "Preparing .venv failed; see above." in said
    assert "Preparing .venv failed" in clone.run("open", status=1), "and still refused"


@on_posix
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(clone):
    clone.root.chmod(0o555)
    assert ".venv.lock: Permission denied" in clone.run("open", status=2)


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
def test_a_start_under_other_settings(ready, settings, tmp_path):
    elsewhere = ready.root / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "demo.py").write_text("raise SystemExit('not the one that is pinned')")
    (ready.venv / workspace.STAMP).write_text("")  # so that it is also filled
    assert f"in {ready.venv} {ready.venv}" in ready.run("open", **settings)


def test_what_every_process_gets(monkeypatch):
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("USERPROFILE", "/nonexistent")
    monkeypatch.setenv("MATPLOTLIBRC", "mine")
    found = workspace._settings()
    assert found["HOME"] == str(workspace.VENV) and found["PYTHONUTF8"] == "1"
    assert found["MATPLOTLIBRC"] == "" and Path(found["MPLCONFIGDIR"]).parent == workspace.VENV
    monkeypatch.setenv("HOME", str(ROOT))
    assert "HOME" not in workspace._settings()


def test_the_lists_agree(tmp_path):
    """What `helpers` installs is what an environment of one's own gets."""
    def pins(*names: str) -> set[str]:
        text = "\n".join((ROOT / name).read_text("utf-8") for name in names)
        return set(re.findall(r"^([\w.-]+==\S+)", text, re.MULTILINE))

    assert pins("requirements.lock", "tests/requirements.lock") == pins("constraints.txt")
    for place in ("", "tests/"):
        assert pins(f"{place}requirements.txt") <= pins(f"{place}requirements.lock")
        lock = (ROOT / f"{place}requirements.lock").read_text("utf-8")
        assert all("--hash=sha256:" in part for part in re.split(r"^(?=\w)", lock, flags=re.M)[1:])


# ── Stopped ──


@on_posix
def test_who_stops_open_stops_jupyterlab(ready):
    (ready.root / "jupyterlab.py").write_text("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
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
    assert workspace.execute([]) == 1
    said = capsys.readouterr().out
    assert re.findall(r"^(\d) of 3  (\w+).ipynb \.\.\. (?:\d+\.\d s, )?(\w+)", said, re.MULTILINE) == [
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
    assert workspace.execute([]) == 0 and "unchanged" in capsys.readouterr().out
    after = first.stat()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{torn", "not JSON"),
        ('{"cells": [], "metadata": {"kernelspec": {"name": "julia", "display_name": ""}}, '
         '"nbformat": 4, "nbformat_minor": 5}', "It names the kernel 'julia'; expected 'python3'."),
    ],
)  # fmt: skip
def test_what_cannot_be_executed_is_told_and_left(content, said, notebooks, capsys):
    path = notebooks / "00_a.ipynb"
    path.write_text(content)
    assert workspace.execute([]) == 1
    told = capsys.readouterr().out
    assert said.lower() in told.lower() and "left as it was" in told and path.read_text() == content


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
    code += "w.NOTEBOOKS = Path(sys.argv[1]); w.enter = lambda *_: None; w.execute([])"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(notebooks)], cwd=ROOT, stdout=-1, stderr=-2, text=True
    )
    while not process.stdout.read(1) == ".":
        pass
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[0]
    assert process.returncode == 130 and said.endswith("stopped; the file is left as it was.\n")
    assert path.read_bytes() == before and json.loads(before)


def test_the_set_up_cell_finds_the_helpers_in_any_kernel(tmp_path):
    """VS Code's, or one of an environment of one's own: nothing is installed, no path is set."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = [c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
        code = "".join(cells[0]["source"]).split("\nfrom")[0] + "\nimport helpers; print(helpers.__file__)"
        done = subprocess.run(
            [sys.executable, "-I", "-c", code], cwd=path.parent, capture_output=True, text=True, check=False
        )
        assert done.stdout.strip().endswith("__init__.py") and Path(done.stdout.strip()).samefile(
            ROOT / "helpers" / "__init__.py"
        ), path.name
