"""How fast, how lean and how right is the vectorised `consistent`?

    python -m tests.benchmarks.consistent [--rows 10000 100000 1000000 10000000] [--runs 15]

Each comparison is run side by side, turn by turn, on the same rows: part/whole printed to two
decimals of a percent, half up. Printed are the median ratio of the times (ours / theirs: below 1 we
are faster) with the quartiles, and on how many rows the answers differ. Not collected by pytest.
The comparison with the GRIM test needs `pip install grim`.
"""

import argparse
import decimal
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from helpers.rounding import consistent, parse, parse_column

SLOW_ROWS = 5_000  # for what goes row by row


def sample(rows: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Rates as printed, one in eight off by a unit in the last place, one in four over 32nds (ties)."""
    random = np.random.default_rng(155)
    whole = random.integers(1, 10_000, rows)
    whole[::4] = 32 * random.integers(1, 300, len(whole[::4]))
    part = (whole * random.random(rows)).astype(np.int64)
    units = (2 * 10_000 * part + whole) // (2 * whole)  # half up, in integers
    units[::8] = np.maximum(units[::8] + random.choice([-1, 1], len(units[::8])), 0)
    texts = np.array([f"{unit // 100}.{unit % 100:02d}%" for unit in range(10_002)], dtype=object)
    return texts[units].tolist(), part, whole


def compare(label: str, ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> None:
    times = np.empty((runs, 2))
    for run in range(runs):
        for column, call in enumerate((ours, theirs)):
            start = time.perf_counter()
            answer = call()
            times[run, column] = time.perf_counter() - start
            if column == 0:
                expected = np.asarray(answer)
    low, middle, high = np.quantile(times[:, 0] / times[:, 1], [0.25, 0.5, 0.75])
    differ = int((np.asarray(answer) != expected).sum())
    print(f"{len(expected):>10,}  {label:<44} {middle:9.4f}  ({low:.4f} to {high:.4f})  differ on {differ:,} rows")


def by_decimal(printed: list[str], part: np.ndarray, whole: np.ndarray) -> list[bool]:
    """As one would by hand: divide to 28 digits, quantize."""
    answers = []
    for text, a, n in zip(printed, part.tolist(), whole.tolist()):
        value = decimal.Decimal(text.removesuffix("%"))
        percent = decimal.Decimal(100 * a) / decimal.Decimal(n)
        answers.append(percent.quantize(value, rounding=decimal.ROUND_HALF_UP) == value)
    return answers


def by_grim(printed: list[str], whole: np.ndarray) -> list[bool]:
    """The GRIM question: does any whole-number part print as this share of whole?"""
    from grim.mean_tester import consistency_check

    answers = []
    for text, n in zip(printed, whole.tolist()):
        share = str(decimal.Decimal(text.removesuffix("%")).scaleb(-2))
        answers.append(consistency_check(share, str(n)))
    return answers


def grim_by_consistent(printed: list[str], whole: np.ndarray) -> np.ndarray:
    """The same question of us: if any part prints as printed, the one nearest to it does."""
    column = parse_column(printed)
    doubled = 2 * column.in_units * column.width * whole
    nearest = -((column.scale - doubled) // (2 * column.scale))
    return consistent(column, nearest, whole)


def against_float(rows: int, runs: int) -> None:
    """One size against the bare float expression: time, wrong answers, peak memory."""
    printed, part, whole = sample(rows)
    column = parse_column(printed)
    value = np.array([float(parse(text).value * 100) for text in dict.fromkeys(printed)])
    codes = {text: code for code, text in enumerate(dict.fromkeys(printed))}
    value = value[[codes[text] for text in printed]]

    def by_float() -> np.ndarray:
        return np.round(part / whole * 100, 2) == value

    compare("parsed / float", lambda: consistent(column, part, whole), by_float, runs)
    compare("from text / float", lambda: consistent(printed, part, whole), by_float, max(3, runs // 5))
    ties = (2 * 10_000 * part) % (2 * whole) == whole
    wrong = by_float() != consistent(column, part, whole)
    print(f"{rows:>10,}  float wrong on {wrong.sum():,} rows, {(wrong & ties).sum():,} of {ties.sum():,} ties")
    peaks = []
    for call in (lambda: consistent(column, part, whole), lambda: consistent(printed, part, whole), by_float):
        tracemalloc.start()
        call()
        peaks.append(tracemalloc.get_traced_memory()[1] / rows)
        tracemalloc.stop()
    print(f"{rows:>10,}  peak bytes per row: parsed {peaks[0]:.1f}, from text {peaks[1]:.1f}, float {peaks[2]:.1f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, nargs="+", default=[10**4, 10**5, 10**6, 10**7])
    options.add_argument("--runs", type=int, default=15)
    given = options.parse_args()

    print(f"{'rows':>10}  {'ours / theirs':<44} {'median':>9}  (quartiles)")
    printed, part, whole = sample(SLOW_ROWS)
    column = parse_column(printed)

    def one_by_one() -> list[bool]:
        return [consistent(*row) for row in zip(printed, part.tolist(), whole.tolist())]

    for label, theirs in (
        ("itself, one by one", one_by_one),
        ("decimal", lambda: by_decimal(printed, part, whole)),
    ):
        compare(f"parsed / {label}", lambda: consistent(column, part, whole), theirs, given.runs)
        compare(f"from text / {label}", lambda: consistent(printed, part, whole), theirs, given.runs)
    try:
        compare(
            "from text / grim (does any part fit?)",
            lambda: grim_by_consistent(printed, whole),
            lambda: by_grim(printed, whole),
            given.runs,
        )
    except ImportError:
        print("grim is not installed: left out")

    for rows in given.rows:
        against_float(rows, given.runs)


if __name__ == "__main__":
    main()
