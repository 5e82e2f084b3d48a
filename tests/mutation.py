"""Would the tests notice a wrong line? Every small change of helpers/ that mutmut makes is tried on them.

    pip install mutmut==3.8.1
    python -m tests.mutation [MODULE ...] [--share 0.1] [--seed 155] [--full] [--workers 2] [--only NAME ...]

Not part of the test run: it takes hours, and needs os.fork. mutmut makes some 15,000 mutants and needs two seconds to
start pytest for each; here the tests are collected once, and each mutant is a fork. It is tried on the tests of its
module (TESTS), the quick ones first, until one fails. Without --full hypothesis tries ten examples at most, and the
longest tests are left out. Printed is which test notices each, what survives as a diff, and the score. mutmut leaves
alone: code outside functions, decorated functions, f-strings.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = {
    "__main__": ("commands",),
    "audit": ("audit", "explain", "tables"),
    "cells": ("cells", "audit", "explain"),
    "charts": ("charts",),
    "explain": ("explain",),
    "ledger": ("ledger", "data"),
    "pages": ("pages",),
    "pages.links": ("pages",),
    "rounding": ("rounding",),
    "scorecard": ("commands",),
    "tables": ("tables", "pages"),
    "tamper": ("tamper",),
    "trace": ("trace",),
    "words": ("words", "tables", "explain", "audit"),
    "workspace": ("commands",),
}
SECONDS = 120  # of processor time, for one mutant
EXAMPLES = 10  # of hypothesis, without --full
LONG = 4  # seconds: longer tests are left out without --full
FEW = 4  # a function that so few tests reach may be reached by a fixture or kept in a cache: try all tests of the file


def prepare(folder: Path, module: str) -> None:
    """Copy the project, with every mutant of one module behind a switch (by mutmut)."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "__pycache__", "site"))
    path = path_of(module).relative_to(ROOT)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[tool.mutmut]\nsource_paths = ["helpers"]\nonly_mutate = ["{path.as_posix()}"]\n')
    code = "from mutmut import __main__ as m; m.copy_src_dir(); m.copy_also_copy_files(); m.create_mutants(1)"
    switched = os.environ | {"MUTANT_UNDER_TEST": "mutant_generation"}
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, env=switched, stdout=subprocess.DEVNULL)
    shutil.copy(folder / "mutants" / path, folder / path)


def path_of(module: str) -> Path:
    """The file of a module."""
    path = ROOT / "helpers" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def mutants_of(module: str) -> list[str]:
    """The names of its mutants."""
    path = ROOT / "mutants" / path_of(module).relative_to(ROOT)
    return list(json.loads(path.with_name(f"{path.name}.meta").read_text(encoding="utf-8"))["exit_code_by_key"])


class Tries:
    """A pytest plugin: instead of running the collected tests, try each mutant on them in a fork of its own."""

    def __init__(self, path: Path, mutants: list[str], workers: int, full: bool) -> None:
        self.path, self.mutants, self.workers, self.full = path, mutants, workers, full
        self.noticed_by: dict[str, str] = {}

    def diff(self, name: str) -> str:
        from mutmut.mutation.diff_apply import get_diff_for_mutant

        return get_diff_for_mutant(name, path=self.path)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not self.full:
            _fewer_examples(session.items)
        child, reader = _fork(lambda: json.dumps(_timed(session.items)))
        seconds, hit = json.loads(reader.read())
        os.waitpid(child, 0)
        print(f"{len(seconds)} of {len(session.items)} tests, {sum(seconds.values()):.0f} s", flush=True)
        running, left = {}, self.mutants[::-1]
        while left or running:
            while left and len(running) < self.workers:
                name = left.pop()
                wanted = {*hit.get(name.rpartition("__mutmut_")[0], ())} & seconds.keys()
                if not self.full:
                    wanted = {test for test in wanted if seconds[test] < LONG}
                items = sorted((i for i in session.items if i.nodeid in wanted), key=lambda i: seconds[i.nodeid])
                child, reader = _fork(lambda items=items, name=name: _first_to_fail(items, name))
                running[child] = name, reader
            child, status = os.wait()
            name, reader = running.pop(child)
            self.noticed_by[name] = "time" if status else reader.read()
            print(name, "→", self.noticed_by[name] or f"SURVIVED\n{self.diff(name)}", flush=True)
        return True


def _fewer_examples(items: list[pytest.Item]) -> None:
    from hypothesis import settings

    for item in items:
        function = getattr(item, "obj", None)
        own = getattr(function, "_hypothesis_internal_use_settings", None)
        if own is not None and own.max_examples > EXAMPLES:
            function._hypothesis_internal_use_settings = settings(own, max_examples=EXAMPLES)


def _fork(call: Callable[[], str]) -> tuple[int, object]:
    """Start a child that makes this call; its number, and what its result can be read from."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        try:
            with os.fdopen(writer, "w", encoding="utf-8") as pipe:
                pipe.write(call())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writer)
    return child, os.fdopen(reader, encoding="utf-8")


def _fails(item: pytest.Item) -> bool:
    from _pytest.runner import runtestprotocol

    return any(report.failed for report in runtestprotocol(item, log=False))


def _timed(items: list[pytest.Item]) -> tuple[dict[str, float], dict[str, list[str]]]:
    """Seconds of each test that passes without a mutant, and the tests that reach each function.

    What a fixture reaches, or what may be kept since an earlier test, counts for all tests of the file.
    """
    from mutmut.mutation import trampoline

    seconds, hit, reached = {}, defaultdict(set), set()

    def no_mutant() -> str:
        function = sys._getframe(1).f_locals["orig_func"]
        reached.add(f"{function.__module__}.{function.__name__.rpartition('__mutmut_')[0]}")
        return ""

    trampoline.get_mutant_under_test = no_mutant
    for item in items:
        start = time.process_time()
        passed = not _fails(item)
        if passed:
            seconds[item.nodeid] = time.process_time() - start
        for name in reached:
            hit[name].add(item.nodeid)
        reached.clear()
    for tests in hit.values():
        if len(tests) < FEW:
            files = {test.partition("::")[0] for test in tests}
            tests.update(test for test in seconds if test.partition("::")[0] in files)
    return seconds, {name: sorted(tests & seconds.keys()) for name, tests in hit.items()}


def _first_to_fail(items: list[pytest.Item], mutant: str) -> str:
    import resource  # not on Windows, where this file is looked at for examples too

    from mutmut.mutation import trampoline

    trampoline.get_mutant_under_test = lambda: mutant  # quicker than through the environment, which children read
    os.environ["MUTANT_UNDER_TEST"] = mutant
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    signal.alarm(5 * SECONDS)
    return next((item.nodeid for item in items if _fails(item)), "")


def main() -> int:
    options = argparse.ArgumentParser(
        prog="python -m tests.mutation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("modules", nargs="*", metavar="module", default=list(TESTS))
    options.add_argument("--share", type=float, default=1, help="try this share of the mutants, drawn by chance")
    options.add_argument("--seed", type=int, default=155, help="another seed draws others")
    options.add_argument("--full", action="store_true", help="all examples of hypothesis")
    options.add_argument("--workers", type=int, default=os.cpu_count())
    options.add_argument("--only", nargs="*", default=(), metavar="name", help="these mutants alone")
    given = options.parse_args()
    if (ROOT / "mutants").is_dir():  # in a copy made ready for one module
        return try_all(*given.modules, given)
    for module in given.modules:
        with tempfile.TemporaryDirectory() as place:
            prepare(Path(place) / "copy", module)
            options = [option for option in sys.argv[1:] if option not in given.modules]
            command = [sys.executable, "-m", "tests.mutation", module, *options]
            subprocess.run(command, cwd=Path(place) / "copy", check=True)
    return 0


def try_all(module: str, given: argparse.Namespace) -> int:
    os.environ["MUTANT_UNDER_TEST"] = "none"
    made = [name for name in mutants_of(module) if not given.only or name in given.only]
    drawn = random.Random(given.seed).sample(made, round(given.share * len(made)))
    tries = Tries(path_of(module).relative_to(ROOT), drawn, given.workers, given.full)
    files = [*(f"tests/test_{name}.py" for name in TESTS[module]), str(path_of(module))]
    pytest.main(["-qs", "-p", "no:cacheprovider", *files], plugins=[tries])
    noticed = sum(map(bool, tries.noticed_by.values()))
    print(f"{module}: {noticed} of {len(drawn)} noticed ({len(made)} in all)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
