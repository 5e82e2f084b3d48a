"""The commands: each is handed on, and the place they run in is made ready once."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

import helpers
from helpers import __main__ as commands
from helpers import audit, ledger, pages, scorecard, trace, workspace

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


# ── The commands, in this process: what they hand on, and what they answer ──


@pytest.fixture
def handed(monkeypatch):
    """What a command hands on, and to whom, instead of its being done; the answer is 7."""
    found = []

    def stand_in(module: object, name: str) -> None:
        told = f"{module.__name__.rpartition('.')[2]}.{name}"
        monkeypatch.setattr(module, name, lambda *given, **named: found.append((told, *given, *named.values())) or 7)

    for module in (scorecard, pages, trace):
        stand_in(module, "main")
    for name in ("enter", "open_lab", "execute", "test"):
        stand_in(workspace, name)
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", [("scorecard.main", False)]),
        ("verdicts", [("scorecard.main", True)]),
        ("open --no-browser", [("workspace.enter", ["open", "--no-browser"]), ("workspace.open_lab", ["--no-browser"])]),
        ("test -k x --help", [("workspace.enter", ["test", "-k", "x", "--help"]), ("workspace.test", ["-k", "x", "--help"])]),
        ("open --help", [("workspace.enter", ["open", "--help"]), ("workspace.open_lab", ["--help"])]),
        ("trace -h", [("workspace.enter", ["trace", "-h"]), ("trace.main", ["-h"])]),
        ("execute", [("workspace.enter", ["execute"]), ("workspace.execute",)]),
        ("pages", [("workspace.enter", ["pages"]), ("pages.main", "site")]),
        ("pages here", [("workspace.enter", ["pages", "here"]), ("pages.main", "here")]),
        ("trace a.txt", [("workspace.enter", ["trace", "a.txt"]), ("trace.main", ["a.txt"])]),
        ("trace a.txt --draft", [("trace.main", ["a.txt", "--draft"])]),
    ],
)  # fmt: skip
def test_a_command_is_handed_on_with_its_arguments_once_the_place_is_ready(words, expected, handed):
    assert commands.main(words.split()) == 7
    assert handed == expected


@pytest.mark.parametrize("words", ["execute now --please", "pages a now --please", "verdicts now --please"])
def test_what_a_command_does_not_know_is_named_and_nothing_done(words, handed, capsys):
    with pytest.raises(SystemExit) as left:
        commands.main(words.split())
    assert left.value.code == 2 and capsys.readouterr().err.endswith("error: unknown: now --please\n")
    assert handed == []


def test_the_help_describes_every_command(capsys):
    with pytest.raises(SystemExit) as left:
        commands.main(["--help"])
    told = capsys.readouterr().out
    assert (
        not left.value.code and told.startswith("usage: python -m helpers ") and "the project from a terminal" in told
    )
    for name in ("open", "execute", "test", "pages", "verdicts", "trace"):
        assert re.search(rf"^    {name} +\w+", told, re.MULTILINE), name
    with pytest.raises(SystemExit):
        commands.main(["pages", "--help"])
    assert "(default: site)" in capsys.readouterr().out


def test_the_scorecard_needs_the_place_only_where_a_package_is_missing(handed, monkeypatch):
    monkeypatch.delattr(helpers, "scorecard")
    monkeypatch.setitem(sys.modules, "helpers.scorecard", None)  # as if it could not import pandas
    with pytest.raises(ModuleNotFoundError):
        commands.main(["verdicts"])
    assert handed == [("workspace.enter", ["verdicts"])]


def _terminal(monkeypatch, encoding="ascii"):
    """A terminal that knows nothing but ASCII until it is told otherwise; returned is what reads it."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="") for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)

    def said(name: str) -> str:
        streams[name].flush()
        return streams[name].buffer.getvalue().decode("utf-8")

    return said


def test_the_scorecard_is_printed_in_utf8_whatever_the_terminal(monkeypatch):
    said = _terminal(monkeypatch)
    assert scorecard.main(as_csv=False) == 0
    assert f"```\n{said('stdout')}```" in README and said("stderr") == ""


def test_the_verdicts_are_those_of_the_whole_record_as_csv(monkeypatch):
    said = _terminal(monkeypatch)
    assert scorecard.main(as_csv=True) == 0
    assert said("stdout") == audit.rates(ledger.load()).to_csv(index=False, lineterminator="\n")


@pytest.mark.parametrize("whole", [["154"], ["154", "155"]])
def test_the_scorecard_is_of_the_last_briefing_read_whole(whole, monkeypatch):
    said = _terminal(monkeypatch)
    record = ledger.load()
    read = ["whole" if name in whole else "part" for name in record.briefings["briefing"]]
    record = dataclasses.replace(record, briefings=record.briefings.assign(coverage=read))
    monkeypatch.setattr(scorecard, "load", lambda: record)
    assert scorecard.main(as_csv=False) == 0
    printed, rates = said("stdout"), audit.rates(record.only(whole[-1]))
    day = record.briefings.set_index("briefing")["day"][whole[-1]]
    assert f"briefing {whole[-1]} ({day:%Y-%m-%d})" in printed and f"\n{len(rates)} rates: " in printed


def test_a_refused_record_is_told_where_errors_go(monkeypatch):
    said = _terminal(monkeypatch)

    def refuse() -> None:
        raise ledger.LedgerError([ledger.Problem("numbers/155.csv", None, None, "重慶", "an area")])

    monkeypatch.setattr(scorecard, "load", refuse)
    for as_csv in (False, True):
        assert scorecard.main(as_csv) == 2
    assert said("stdout") == "" and said("stderr").count("found 重慶; expected an area\n") == 2


# ── The place they run in ──


@pytest.fixture
def place(monkeypatch, tmp_path):
    """A bare clone that asks for one package, in a Python that is not ready; what would be run is kept in `run`."""
    found = SimpleNamespace(run=[], status=0, venv=tmp_path / ".venv", python=tmp_path / ".venv" / "bin" / "python")
    (tmp_path / "requirements.txt").write_text("# why\npytest==999\nnot-a-pin\n")
    (tmp_path / "constraints.txt").write_text("other==1\n")
    found.venv.mkdir()
    for name, path in {
        "ROOT": tmp_path, "NOTEBOOKS": tmp_path / "notebooks", "REQUIREMENTS": tmp_path / "requirements.txt",
        "CONSTRAINTS": tmp_path / "constraints.txt", "VENV": found.venv, "PYTHON": found.python,
    }.items():  # fmt: skip
        monkeypatch.setattr(workspace, name, path)

    def run(*words: object, cwd: Path | None = None) -> int:
        found.run.append((*map(str, words), cwd))
        return found.status if "venv" in words or "pip" in words else 7

    monkeypatch.setattr(workspace, "_run", run)
    return found


def test_a_bare_clone_is_made_ready_once_and_the_command_done_there(place, capsys):
    again = (str(place.python), "-m", "helpers", "pages", "here", None)
    for _ in range(2):
        with pytest.raises(SystemExit) as left:
            workspace.enter(["pages", "here"])
        assert left.value.code == 7
    made, installed, *rest = place.run
    assert made == (sys.executable, "-m", "venv", "--clear", str(place.venv), None)
    root = place.venv.parent
    files = ("-r", str(root / "requirements.txt"), "-c", str(root / "constraints.txt"), root)
    assert installed[:4] == (str(place.python), "-m", "pip", "install") and installed[-5:] == files
    assert {"--quiet", "--disable-pip-version-check"} < {*installed}, "else it speaks of itself"
    assert int(installed[installed.index("--retries") + 1]) < 5
    assert rest == [again, again]
    assert capsys.readouterr().out.count(f"Preparing {place.venv}") == 1
    (root / "constraints.txt").write_text("other==2\n")  # other versions are asked for: it is not ready any more
    place.python.parent.mkdir()
    place.python.touch()
    with pytest.raises(SystemExit):
        workspace.enter(["pages", "here"])
    assert place.run[4:] == [installed, again], "the environment is there, its packages are not"


@pytest.mark.parametrize(("python", "words"), [(False, "could not be made"), (True, "Installing failed")])
def test_what_could_not_be_made_ready_is_told_and_tried_again(python, words, place):
    place.status = 1
    if python:
        place.python.parent.mkdir()
        place.python.touch()
    for times in (1, 2):
        with pytest.raises(SystemExit, match=words):
            workspace.enter([])
        assert len(place.run) == times


@pytest.mark.parametrize(
    ("pins", "ready"),
    [
        (f"# tests\npytest=={metadata.version('pytest')}\nsomething-loose\n", True),
        (f"pytest=={metadata.version('pytest')}\nnumpy==0.1\n", False),
        ("no-such-package-at-all==1\n", False),
    ],
)
def test_a_python_with_the_pinned_versions_needs_nothing(pins, ready, place):
    (place.venv.parent / "requirements.txt").write_text(pins)
    if ready:
        assert workspace.enter(["test"]) is None and place.run == []
    else:
        with pytest.raises(SystemExit):
            workspace.enter(["test"])
        assert place.run[-1] == (str(place.python), "-m", "helpers", "test", None)


def test_inside_its_own_environment_a_command_goes_on(place, monkeypatch):
    with pytest.raises(SystemExit):
        workspace.enter([])
    place.run.clear()
    monkeypatch.setattr(sys, "prefix", str(place.venv))
    assert workspace.enter([]) is None and place.run == []


def test_an_old_python_is_named_before_anything_is_run(place, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    with pytest.raises(SystemExit, match=r"3\.11 or newer") as left:
        workspace.enter([])
    assert sys.version.split()[0] in str(left.value) and sys.executable in str(left.value) and place.run == []
    monkeypatch.setattr(sys, "version_info", (3, 11))
    with pytest.raises(SystemExit) as left:
        workspace.enter([])
    assert left.value.code == 7


def test_jupyterlab_opens_on_the_first_notebook(place):
    root = place.venv.parent
    (root / "notebooks").mkdir()
    for name in ("01_b.ipynb", "00_a.ipynb", "000.txt"):
        (root / "notebooks" / name).touch()
    assert workspace.open_lab(["--port", "1"]) == 7
    (words,) = place.run
    assert words[:3] == (sys.executable, "-m", "jupyterlab") and words[-3:] == ("--port", "1", None)
    assert f"--ServerApp.root_dir={root}" in words and "--allow-root" in words
    assert "--LabApp.default_url=/lab/tree/notebooks/00_a.ipynb" in words
    for path in (root / "notebooks").glob("*.ipynb"):
        path.unlink()
    workspace.open_lab([])
    assert "--LabApp.default_url=/lab/tree/notebooks" in place.run[-1], "no notebook: their folder"


def test_the_tests_are_run_in_the_project_with_the_arguments_given(place):
    assert workspace.test(["-k", "x"]) == 7
    (words,) = place.run
    assert words[:4] == (sys.executable, "-m", "pytest", "-n") and words[-3:] == ("-k", "x", place.venv.parent)
    assert " ".join(words[3:-3]) == "-n logical --maxprocesses 4 --dist loadfile"


@pytest.fixture
def executed(monkeypatch):
    """Execution without a kernel: every code cell prints its source, except that "fail" fails."""
    import nbclient

    done = []

    class Client:
        def __init__(self, notebook, **options: object) -> None:
            self.notebook, self.options, self.resources = notebook, options, {}

        def execute(self) -> None:
            assert self.extra_arguments == ["--log-level=ERROR"] and os.environ["PYTHONUTF8"] == "1"
            assert sys.stdout.buffer.getvalue().decode().endswith(".ipynb ... "), "what is under way can be seen"
            done.append((self.resources["metadata"]["path"], self.options))
            version = {"version": "3.99"} if self.notebook.cells[0].source == "one" else {}
            self.notebook.metadata.language_info = {"name": "python", **version}
            for cell in self.notebook.cells:
                cell.outputs = [nbformat.v4.new_output("stream", text=f"{cell.source} 重慶")]
                if cell.source == "fail":
                    raise nbclient.exceptions.CellExecutionError("the traceback", "ValueError", "no")

    monkeypatch.setattr(nbclient, "NotebookClient", Client)
    return done


def test_notebooks_are_executed_in_place_in_order_until_one_fails(place, executed, monkeypatch):
    said = _terminal(monkeypatch, "utf-8")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    folder = workspace.NOTEBOOKS
    folder.mkdir()
    (folder / "notes.txt").write_text("no notebook")
    for name, source in (("02_c", "fail"), ("00_a", "one"), ("01_b", "two"), ("03_d", "never")):
        cells = [nbformat.v4.new_code_cell(source, id=name)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")
    failing, later = (folder / f"{name}.ipynb" for name in ("02_c", "03_d"))
    as_it_was = failing.read_bytes(), later.read_bytes()
    assert workspace.execute() == 1
    assert (failing.read_bytes(), later.read_bytes()) == as_it_was
    told = said("stdout")
    assert re.findall(r"^(\w+)\.ipynb \.\.\. (?:\d\.\d s, )?(\w+)", told, re.MULTILINE) == [
        ("00_a", "updated"),
        ("01_b", "updated"),
        ("02_c", "failed"),
    ]
    assert "the traceback" in told
    for name, source in (("00_a", "one"), ("01_b", "two")):
        notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        assert notebook.cells[0].outputs[0].text == f"{source} 重慶"
        assert notebook.metadata.language_info == {"name": "python"}, "no version: it is no result"
        assert (folder / f"{name}.ipynb").read_bytes().endswith(b"}\n")
    for where, options in executed:
        assert where == folder and options["timeout"] >= 60
        assert options["record_timing"] is False, "times would differ with every run"
        assert options["coalesce_streams"] is True, "as would the cutting of a stream"
    failing.unlink()
    later.unlink()
    for path in folder.glob("*.ipynb"):
        path.chmod(0o444)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.ipynb")}
    assert workspace.execute() == 0
    assert said("stdout").count("s, unchanged\n") == 2
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.ipynb")} == before


def test_a_child_finds_these_helpers_first_and_speaks_utf8(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    out = tmp_path / "out.txt"
    code = "import os, sys; open(sys.argv[1], 'w').write(repr((os.getcwd(), os.environ['PYTHONPATH'], sys.flags.utf8_mode, "
    code += "os.environ['OWN']))); sys.exit(3)"
    monkeypatch.setenv("OWN", "kept")
    assert workspace._run(sys.executable, "-c", code, out, cwd=tmp_path) == 3
    assert out.read_text() == repr((str(tmp_path), f"{ROOT}{os.pathsep}elsewhere", 1, "kept"))
    monkeypatch.delenv("PYTHONPATH")
    assert workspace._environment()["PYTHONPATH"] == str(ROOT)


def test_an_interrupt_is_left_to_the_child(monkeypatch):
    class Child:
        answers = iter([KeyboardInterrupt, KeyboardInterrupt, 5])

        def wait(self) -> int:
            if (answer := next(self.answers)) is KeyboardInterrupt:
                raise answer
            return answer

    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: Child())
    assert workspace._run("anything") == 5
