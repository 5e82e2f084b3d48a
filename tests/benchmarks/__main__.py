"""Everything that is to be fast, side by side with what it is held against.

    python -m tests.benchmarks [consistent] [record] [start] [nbval] [notebooks] [--runs N]

Without a name: all of them, in half an hour. What is compared is run turn by turn, so that a busy machine slows
both. Printed are the median of the ratios and their spread, lowest to highest. Not part of the test run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.benchmarks import record

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SIZES = (10, 100, 1000)
FLOOR = "import pandas, matplotlib.pyplot"


def python(*arguments: str | Path, cwd: Path = ROOT) -> str:
    """Run this Python; what it prints."""
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, check=False, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def side_by_side(calls: dict[str, Callable[[], object]], runs: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds on the clock and of processor time of each call, turn by turn; the first turn only warms up."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for turn in range(runs + 1):
        for name, call in calls.items():
            clock, processor = time.perf_counter(), _processor()
            call()
            if turn:
                times[name].append((time.perf_counter() - clock, _processor() - processor))
    return times


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def spread(values: list[float], digits: int = 2) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def compare(times: dict[str, list[tuple[float, float]]], floor: str) -> None:
    """Print each call against the floor: on the clock, and in processor time."""
    print(f"{'':<34} {'clock, s':>22} {'ratio':>22} {'processor, s':>22} {'ratio':>22}")
    for name in times:
        said = []
        for which in (0, 1):
            own, other = ([t[which] for t in times[n]] for n in (name, floor))
            said += [spread(own), "" if name == floor else spread([a / b for a, b in zip(own, other, strict=True)])]
        print(f"{name:<34} " + " ".join(f"{text:>22}" for text in said))


def consistent(runs: int | None) -> None:
    """The vectorised check against its rivals and the bare float expression."""
    print(python("-m", "tests.benchmarks.consistent", *(["--runs", str(runs)] if runs else [])), end="")


def records(runs: int | None) -> None:
    """Loading and auditing 10, 100 and 1,000 briefings; the ratio is that of a number's cost to the one of 100."""
    for title, made in (("made up", record.dense), ("the 155th again", record.repeated)):
        with tempfile.TemporaryDirectory() as folder:
            folders = {size: made(size, Path(folder) / str(size)) for size in SIZES}
            found = {size: [] for size in SIZES}
            for _ in range(runs or 3):
                for size, data in folders.items():
                    found[size].append(json.loads(python("-m", "tests.benchmarks.record", data)))
            peaks = {s: json.loads(python("-m", "tests.benchmarks.record", d, "--memory")) for s, d in folders.items()}
        steps = ("load", "evidence", *record.AUDITS)
        print(f"{title}: microseconds of processor time a number")
        print(f"{'briefings':>9} {'numbers':>8} " + " ".join(f"{s:>9}" for s in (*steps, "all", "ratio", "bytes", "ratio"))
              + f" {'clock, s':>22}")  # fmt: skip
        cost, memory = {}, {}
        for size, results in found.items():
            numbers = results[0]["numbers"]
            each = [median(r["seconds"][s] for r in results) / numbers * 1e6 for s in steps]
            cost[size] = median(sum(r["seconds"].values()) for r in results) / numbers * 1e6
            memory[size] = peaks[size]["peak"] / numbers
            found[size] = (numbers, [*each, cost[size]], spread([r["wall"] for r in results]))
        for size, (numbers, each, clock) in found.items():
            shown = [f"{e:9.1f}" for e in each] + [f"{cost[size] / cost[100]:9.2f}"]
            shown += [f"{memory[size]:9,.0f}", f"{memory[size] / memory[100]:9.2f}"]
            print(f"{size:>9,} {numbers:>8,} {' '.join(shown)} {clock:>22}")


def start(runs: int | None) -> None:
    """The scorecard in a terminal, from nothing, against importing pandas."""
    calls = {
        "import pandas": lambda: python("-c", "import pandas"),
        "python -m helpers": lambda: python("-m", "helpers"),
    }
    compare(side_by_side(calls, runs or 15), "import pandas")


def kernels() -> None:
    """The floor of every run of the notebooks: as many kernels, one after another, that import and do nothing."""
    from jupyter_client import BlockingKernelClient, KernelManager

    with tempfile.TemporaryDirectory(prefix="floor-") as folder:
        for i, path in enumerate(NOTEBOOKS):
            manager = KernelManager(transport="ipc", ip=f"{folder}/{i}")
            manager.start_kernel(cwd=str(path.parent), stderr=subprocess.DEVNULL)
            client: BlockingKernelClient = manager.client()
            client.start_channels()
            client.wait_for_ready(timeout=60)
            reply = client.execute_interactive(FLOOR)
            assert reply["content"]["status"] == "ok"
            client.stop_channels()
            manager.shutdown_kernel()


def nbval(runs: int | None) -> None:
    """All notebooks held to their stored outputs, serially and by two workers."""
    check = ("-m", "pytest", "-q", "notebooks")
    floor = f"{len(NOTEBOOKS)} kernels that only import"
    calls = {
        floor: kernels,
        "nbval, serially": lambda: python(*check),
        "nbval, two workers": lambda: python(*check, "-n", "2", "--dist", "loadfile"),
    }
    compare(side_by_side(calls, runs or 5), floor)


def notebooks(runs: int | None) -> None:
    """Executing all notebooks anew and building the reading edition, in a copy of the project."""
    floor = f"{len(NOTEBOOKS)} kernels that only import"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "site"))
        calls = {
            floor: kernels,
            "python -m helpers execute": lambda: python("-m", "helpers", "execute", cwd=copy),
            "python -m helpers pages": lambda: python("-m", "helpers", "pages", Path(folder) / "site", cwd=copy),
        }
        compare(side_by_side(calls, runs or 3), floor)


SECTIONS = {"consistent": consistent, "record": records, "start": start, "nbval": nbval, "notebooks": notebooks}


def main() -> None:
    options = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(SECTIONS)} (default: all)")
    options.add_argument("--runs", type=int, help="how many turns, instead of each section's own number")
    given = options.parse_args()
    if unknown := set(given.names) - SECTIONS.keys():
        options.error(f"unknown: {', '.join(sorted(unknown))}")
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    for name in given.names or SECTIONS:
        print(f"\n{name}: {SECTIONS[name].__doc__}", flush=True)
        SECTIONS[name](given.runs)


if __name__ == "__main__":
    main()
