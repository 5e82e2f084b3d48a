"""One exact check from text, beside the PyPI package grim on the same cases.

    python -m tests.benchmarks.check        needs grim: pip install grim

A case is a printed percentage, a part and a whole. `consistent` answers whether that part prints it;
grim.mean_tester whether any does, by decimal arithmetic. Both get the same texts and wholes.
"""

from __future__ import annotations

import random
import time

from helpers.rounding import consistent, reround


def cases(number: int = 20_000, seed: int = 1) -> list[tuple[str, int, int]]:
    """Printed percentages of two decimals with their part and whole, every other one a unit off."""
    rng = random.Random(seed)
    drawn = []
    for i in range(number):
        whole = rng.randrange(20, 10_000)
        part = rng.randrange(whole)
        drawn.append((reround(part + i % 2, whole, like="0.00%"), part, whole))
    return drawn


def seconds(check, given: list[tuple], repeat: int = 5) -> float:
    """The quickest of some rounds over all cases, for one case."""
    rounds = []
    for _ in range(repeat):
        begin = time.perf_counter()
        for case in given:
            check(*case)
        rounds.append(time.perf_counter() - begin)
    return min(rounds) / len(given)


def compare() -> dict[str, float]:
    """Microseconds a check: ours, grim's where it is installed, and their ratio."""
    drawn = cases()
    told = {"ours": seconds(consistent, drawn) * 1e6}
    try:
        from grim.mean_tester import consistency_check
    except ImportError:
        return told
    theirs = [(printed.removesuffix("%"), str(whole)) for printed, _, whole in drawn]
    told["grim"] = seconds(consistency_check, theirs, repeat=2) * 1e6
    return told | {"ratio": told["ours"] / told["grim"]}


if __name__ == "__main__":
    print(", ".join(f"{name} {value:.3f}" for name, value in compare().items()))
