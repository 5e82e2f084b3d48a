"""What is to be fast, beside what it is held against.

    python -m tests.benchmarks        some three minutes; grim is compared where it is installed

Ratios are printed and nothing is asserted: a busy machine slows both sides of a ratio alike. A
fresh process each is timed turn by turn; of the made-up briefings the processor's time counts.
"""

import subprocess
import sys
import time
from statistics import median

from helpers import ledger
from helpers.record import audit
from tests import made_up
from tests.benchmarks import check

TURNS = 7
AUDITS = ("rate", "balance", "change", "run", "witness")


def started(*arguments):
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def audited(record):
    """Processor's seconds for all audits of a record, explanations aside."""
    begin = time.process_time()
    evidence = audit.Evidence(record)
    for question in AUDITS:
        getattr(audit, f"{question}_rows")(evidence)
    return time.process_time() - begin


def main():
    pairs = [(started("-m", "helpers"), started("-c", "import pandas")) for _ in range(TURNS)]
    ours, pandas = (median(times) for times in zip(*pairs, strict=True))
    print(f"scorecard {ours:.2f} s, import pandas {pandas:.2f} s: {ours / pandas:.2f}")
    print("one check, µs:", ", ".join(f"{k} {v:.2f}" for k, v in check.compare().items()))
    print(f"all audits of the record {min(audited(ledger.load()) for _ in range(3)):.2f} s")
    cost = {}
    for briefings in (100, 1000):
        record = made_up.record(briefings, 70, central=11, outside=11).load()
        seconds, numbers = audited(record), len(record.tables["numbers"])
        cost[briefings] = seconds / numbers
        print(f"{briefings} briefings, {numbers:,} numbers: {seconds:.1f} s")
    print(f"a number costs {cost[1000] / cost[100]:.2f} times as much among ten times as many")


if __name__ == "__main__":
    main()
