"""The command `trace`: which recorded text is this one, and what do the two differ in?

What stands in data/numbers/ is read as plain rows, so that a draft which the record would still
refuse can be compared as well. A numeral is the same whatever its characters (萬 or 万), its blanks
and its dashes are; where rows have no positions, whatever its separators are. The exit status says
the result: 0 nothing to tell, 1 text and rows differ, 2 there is nothing to compare.
"""

import argparse
import csv
import re
import sys
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from helpers import ledger, words
from helpers.curate.numerals import Numeral, numerals, spelling


class Recorded(NamedTuple):
    """A numeral as the rows of a briefing have it; rows that share a position are one.

    `row` is the line of the file and `number` the id of the first of them.
    """

    row: int
    number: str
    paragraph: str
    position: str
    spelling: str
    reads: str

    def __str__(self) -> str:
        return f"{self.spelling}, row {self.row}, {self.number}"


def read_text(name: str) -> str:
    """The text of a file, UTF-8, or of standard input where the name is `-`.

    Raises OSError where it cannot be read, ValueError where it is no text with numerals in it.
    """
    raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    text = raw.decode("utf-8-sig", "replace")
    if re.search("[\0\ufffd]", text) or not numerals(text):
        raise ValueError(f"{words.text(name)}: expected a text in UTF-8 with numerals in it")
    return text


def read_rows(path: Path, column: str) -> list[dict[str, str]]:
    """The rows of a CSV as they stand there, by column; ValueError where it has no such column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file, restval="")
        if column not in (table.fieldnames or ()):
            raise ValueError(f"{path}: expected a column {column}, and commas between the cells")
        return list(table)


def recorded(path: Path) -> list[Recorded]:
    """The numerals in a file of numbers/, in its order, whether or not a ledger would load it."""
    found = {}
    for row, cells in enumerate(read_rows(path, "printed"), 2):
        one = Recorded(
            row, *map(cells.get, ("number", "paragraph", "position", "printed", "reads"))
        )
        one = one._replace(spelling=spelling(one.spelling))
        found.setdefault((one.position or row, one.spelling), one)
    return list(found.values())


def value(one: Numeral | Recorded) -> str:
    """What makes two numerals the same where order and place are not known."""
    return re.sub("^[<>=~]+|,", "", one.reads or one.spelling)


def nearest(text: str, texts: dict[str, list[Recorded]]) -> tuple[str, int, bool]:
    """The recorded text most like another: its key, how many numerals it shares, is it the same.

    Two are the same text, whole or in part, if they share more than half of the digits, one for
    each numeral left aside, of whichever has fewer, and four at least: a day may be in any.
    """
    own = [value(n) for n in numerals(text)]
    ranked = [(0, 0, "")]
    for briefing, rows in texts.items():
        theirs = {value(row) for row in rows}
        sides = theirs & {*own}, {*own}, theirs
        shared, *sizes = (len(re.sub(r"\D", "", "".join(side))) - len(side) for side in sides)
        same = shared > 3 and 2 * shared > min(sizes)
        ranked.append((same * shared, sum(one in theirs for one in own), briefing))
    same, count, briefing = max(ranked)
    return briefing, count, same > 0


def compare(text: str, rows: Sequence[Recorded]) -> tuple[list[Numeral], list[str]]:
    """The numerals of a text that the rows of a briefing lack, and what is wrong with the rows.

    Rows with positions are compared in their order, and with their paragraphs. Of rows without any
    is asked only whether the text has them, and of the text, whether they have its quantities. A
    row may be a numeral that the reader cuts in two.
    """
    found, lacking, absent, moved = numerals(text), [], [], []
    if not all(row.position for row in rows):
        own, known = {*map(value, found)}, {*map(value, rows)}
        lacking = [n for n in found if n.quantity and value(n) not in known]
        absent = [row for row in rows if value(row) not in own]
    else:
        words_of_rows = [row.spelling for row in rows]
        found = _joined(text, found, {*words_of_rows} - {n.spelling for n in found})
        sides = SequenceMatcher(None, [n.spelling for n in found], words_of_rows, autojunk=False)
        for tag, i, j, k, m in sides.get_opcodes():
            if tag == "equal":
                pairs = zip(found[i:j], rows[k:m], strict=True)
                moved += [pair for pair in pairs if str(pair[0].paragraph) != pair[1].paragraph]
            else:
                lacking += found[i:j]
                absent += rows[k:m]
    wrong = [f"not in the text: {row}" for row in absent]
    return lacking, wrong + [f"in paragraph {n.paragraph}, {row}, ff." for n, row in moved[:1]]


def _joined(text: str, found: Iterable[Numeral], wanted: set[str]) -> list[Numeral]:
    """The numerals of a text, neighbours as one where rows want them as one."""
    joined = []
    for n in found:
        for first in joined[-2:]:
            both = spelling(text[first.start : n.stop])
            if both in wanted:
                del joined[joined.index(first) :]
                n = n._replace(start=first.start, spelling=both)
        joined.append(n)
    return joined


def around(text: str, n: Numeral) -> str:
    """A numeral in brackets, with the few words on either side of it."""
    said = f"{text[max(n.start - 12, 0) : n.start]}[{n.printed}]{text[n.stop : n.stop + 12]}"
    return words.text(re.sub(r"\s+", " ", said))


def unchecked(record: ledger.Ledger, briefing: str) -> list:
    """The rows of a briefing that no decided rate, sum, change, run or other text rests on."""
    from helpers.record import audit

    touched = audit.touched(audit.Evidence(record))
    own = (row for row in record.tables["numbers"] if row.briefing == briefing)
    return [row for row in own if row.kind != "context" and row.index not in touched]


def main(arguments: list[str], data: Path = ledger.DATA) -> int:
    """The command `trace`: see the module for the exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m helpers trace",
        description="Find the recorded briefing that a text is, and what the two differ in.",
        epilog="exit status: 0 no difference, 1 differences, 2 nothing to compare",
    )
    parser.add_argument("text", metavar="TEXT", help="UTF-8, a paragraph a line; - standard input")
    try:
        text = read_text(parser.parse_args(arguments).text)
        known = (row["briefing"] for row in read_rows(data / "briefings.csv", "briefing"))
        texts = {key: recorded(data / "numbers" / f"{key}.csv") for key in known}
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    key, count, same = nearest(text, texts)
    if not same:
        print(
            f"No recorded text is like this one; the nearest, {key}, shares {count} of"
            f" {len(numerals(text))} numerals.\nTo record it: python3 -m helpers draft TEXT --as ID"
        )
        return 2
    lacking, wrong = compare(text, texts[key])
    wrong += [f"paragraph {n.paragraph}, not in the record: {around(text, n)}" for n in lacking]
    print(*wrong, sep="\n", end="\n" * bool(wrong))
    print(f"numbers/{key}.csv, {len(texts[key])} numerals: {len(wrong)} differences from the text.")
    try:
        alone = unchecked(ledger.load(data), key)
        rows = (f"  row {row.row}, {row.number}: {row.printed}" for row in alone)
        print(
            f"Look twice where nothing else would show a slip ({len(alone)}):",
            *rows,
            sep="\n",
        )
    except ledger.LedgerError as error:
        print(f"The record does not load: {error}")
    return int(bool(wrong))
