"""The commands: each is handed on, has a help of ours, and ends in a sentence, not in a traceback."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import __main__ as commands
from helpers import ledger, scorecard, words, workspace
from helpers.record import audit

ROOT = Path(__file__).resolve().parent.parent
PRINTING = [[], ["verdicts"], ["verdicts", "--of", "runs"], ["pairs", "README.md"]]
SETTINGS = {
    "another time zone": {"TZ": "Asia/Kathmandu"},
    "a plain locale": {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    "another hash seed": {"PYTHONHASHSEED": "4242"},
    "warnings as errors": {"PYTHONWARNINGS": "error"},
    "no home": {"HOME": "/nonexistent"},
}


def run(*command: str, flags: str = "-SE", cwd: Path = ROOT, **how) -> subprocess.CompletedProcess:
    """A command in a Python without any package, as it is in a bare clone."""
    words = [sys.executable, flags, "-m", "helpers", *command]
    how = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "stdout": subprocess.PIPE} | how
    return subprocess.run(words, cwd=cwd, text=True, encoding="utf-8", check=False, **how)


# ── Handed on, described, refused ──


@pytest.mark.parametrize(
    ("given", "target", "handed"),
    [
        ("", "scorecard.main", {}),
        ("scorecard 152", "scorecard.main", {"briefing": "152"}),
        ("verdicts --of runs", "scorecard.verdicts", {"of": "runs"}),
        ("open --no-browser", "workspace.open_lab", {"arguments": ("--no-browser",)}),
        ("test -k x -h2", "workspace.test", {"arguments": ("-k", "x", "-h2")}),
        ("execute", "workspace.execute", {}),
        ("pages here --address x", "workspace.pages", {"folder": "here", "address": "x"}),
    ],
)
def test_a_command_is_handed_on_with_its_arguments(given, target, handed, monkeypatch):
    module, name = target.split(".")
    told, modules = [], {"scorecard": scorecard, "workspace": workspace}
    monkeypatch.setattr(modules[module], name, lambda **options: told.append(options))
    assert commands.main(given.split()) == 0
    assert told == [handed]


@pytest.mark.parametrize("command", ["", *commands.COMMANDS])
def test_every_help_is_ours_short_and_installs_nothing(command):
    done = run(*command.split(), "--help")
    assert done.returncode == 0 and not done.stderr and len(done.stdout.splitlines()) < 25
    assert done.stdout.startswith(f"usage: python3 -m helpers {command}".rstrip())
    if not command:
        assert all(f"\n  {name} " in done.stdout for name in commands.COMMANDS)


def test_the_version_is_that_of_the_project():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert run("--version").stdout == f"chongqing-briefing-audit {version[1]}\n"


@pytest.mark.parametrize("given", ["nonsense", "execute now", "pages a b", "verdicts --of x"])
def test_what_a_command_does_not_know_is_named_and_nothing_done(given):
    done = run(*given.split())
    assert done.returncode == 2 and "Traceback" not in done.stderr and not done.stdout
    assert given.split()[-1] in done.stderr


# ── Scorecard and verdicts ──


@pytest.fixture(scope="module")
def plain() -> list[str]:
    return [run(*command).stdout for command in PRINTING]


@pytest.mark.parametrize("command", PRINTING, ids=str)
def test_what_prints_needs_no_package_and_never_pandas(command, plain):
    code = "import sys; sys.modules.update(pandas=None, numpy=None); sys.argv[1:] = {!r}; "
    code += "import runpy; runpy.run_module('helpers', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code.format(command)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0 and plain[PRINTING.index(command)] == done.stdout.decode()
    assert plain[PRINTING.index(command)], "it works without any package at all"


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_same_bytes_under(settings, plain):
    done = run(flags="-S", env={**os.environ, "PYTHONPATH": "", **settings})
    assert done.stdout == plain[0]


def test_the_scorecard_fits_a_terminal_and_names_part_and_whole(plain):
    card = plain[0]
    assert max(map(words.width, card.splitlines())) <= 80
    record = ledger.load()
    names = words.Names(record).columns["area"]
    text = " ".join(card.split())
    for rate in audit.rate_rows(record.only(ledger.BRIEFING)):
        areas = dict.fromkeys([rate.area, rate.of_area])
        assert " / ".join(names[area] for area in areas) in text
        assert f"{rate.printed} " in text and f"{rate.verdict.sign} {rate.verdict}" in text
    assert scorecard.LIMIT in text


def test_a_scorecard_of_any_briefing_can_be_asked_for_and_of_no_other():
    for briefing in ("137", "152"):
        assert words.Names(ledger.load()).briefing(briefing) in run("scorecard", briefing).stdout
    done = run("scorecard", "one")
    assert (done.returncode, done.stdout) == (2, "")
    assert "briefing one: not in the record" in done.stderr


@pytest.mark.parametrize("kind", scorecard.KINDS)
def test_verdicts_are_those_of_the_record_with_signs_and_dates_in_one_form(kind):
    record = ledger.load()
    table = list(csv.DictReader(io.StringIO(scorecard.as_csv(record, kind))))
    found = scorecard.KINDS[kind](record)
    assert [row["verdict"] for row in table] == [str(row.verdict) for row in found]
    times = {row[column] for row in table for column in ("start", "end") if row.get(column)}
    assert times and all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", time) for time in times)
    if kind == "rates":
        signs = {row.reference: row.reads for row in record.tables["numbers"]}
        for row in table:
            sign = signs[f"{row['briefing']}/{row['number']}"] or ""
            assert row["printed"].startswith(sign[:1] if sign[:1] in "<>~" else "")
    if kind != "witnesses":
        only = scorecard.as_csv(record, kind, "155").splitlines()
        assert only == [line for line in scorecard.as_csv(record, kind).splitlines()
                        if line.startswith(("briefing,", "155,"))]  # fmt: skip


def test_a_refused_record_is_told_where_errors_go(monkeypatch, capsys):
    def refuse() -> None:
        raise ledger.LedgerError([ledger.Problem("numbers/155.csv", None, None, "重慶", "an area")])

    monkeypatch.setattr(ledger, "load", refuse)
    for command in ("scorecard", "verdicts"):
        assert commands.main([command]) == 2
        out, err = capsys.readouterr()
        assert not out and err.endswith("found 重慶; expected an area\n")


# ── Ends in a sentence ──


@pytest.mark.skipif(os.name == "nt", reason="Windows closes and fills its pipes in other ways")
@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("| head -n 0", ["141"]),  # no fault, and no word, as of other tools in a pipe
        ("> /dev/full", ["the output: No space left on device", "2"]),
        (">&-", ["There is nowhere to print to: standard output is closed.", "2"]),
    ],
)
@pytest.mark.parametrize("command", ["verdicts", "trace data/retelling-155.txt"])
def test_an_output_that_takes_nothing_ends_in_a_sentence(command, output, said):
    if "/dev/full" in output and not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    start = f'"{sys.executable}" -SE -m helpers {command}'
    command = f"({start}; echo $? >&2) {output}"
    if output.startswith(">"):
        command = f"{start} {output}; echo $? >&2"
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines() == said


def test_an_old_python_gets_a_sentence_before_anything_else_is_read(tmp_path):
    first = (ROOT / "helpers" / "__init__.py").read_text("ascii")
    assert not re.search(r"""\bf["']|:=|->|from __future__|print """, first), "as old as can be"
    old = first.replace("sys.version_info < (3, 11)", "sys.version_info < (4, 0)")
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "__init__.py").write_text(old)
    (tmp_path / "helpers" / "__main__.py").write_text("no Python at all")
    done = run(cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed; this is")
    assert sys.executable in done.stderr and len(done.stderr.splitlines()) == 1
