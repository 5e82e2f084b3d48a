"""The command `trace`: which recorded text is this one, and what do the two differ in?

What stands in data/numbers/ is read as plain rows, so that a draft which the record would still
refuse can be compared as well. A numeral is the same whatever its characters (萬 or 万), its blanks
and its dashes are; where rows have no positions, whatever its separators are. The exit status says
the result: 0 nothing to tell, 1 text and rows differ, 2 there is nothing to compare.
"""

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from helpers import Refused, ledger, words
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

    Raises OSError where it cannot be read, Refused where it is no text with numerals in it.
    """
    raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    text = raw.decode("utf-8-sig", "replace")
    if re.search("[\0\ufffd]", text) or not numerals(text):
        raise Refused(f"{words.text(name)}: expected a text in UTF-8 with numerals in it")
    return text


def read_rows(path: Path, column: str) -> list[dict[str, str]]:
    """The rows of a CSV as they stand there, by column; Refused where it has no such column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file, restval="")
        if column not in (table.fieldnames or ()):
            raise Refused(f"{path}: expected a column {column}, and commas between the cells")
        return list(table)


def recorded(path: Path) -> list[Recorded]:
    """The numerals in a file of numbers/, in its order, whether or not a ledger would load it."""
    columns = ("number", "paragraph", "position", "printed", "reads")
    found: dict[tuple, Recorded] = {}
    for row, cells in enumerate(read_rows(path, "printed"), 2):
        number, paragraph, position, printed, reads = map(cells.get, columns)
        one = Recorded(row, number, paragraph, position, spelling(printed), reads)
        found.setdefault((position or row, one.spelling), one)
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
        shared = _digits(theirs & {*own})
        same = shared > 3 and 2 * shared > min(_digits({*own}), _digits(theirs))
        ranked.append((same * shared, sum(one in theirs for one in own), briefing))
    weight, count, briefing = max(ranked)
    return briefing, count, weight > 0


def _digits(values: set[str]) -> int:
    """How many digits some values have, one for each value left aside."""
    return len(re.sub(r"\D", "", "".join(values))) - len(values)


def compare(text: str, rows: Sequence[Recorded]) -> tuple[list[Numeral], list[str]]:
    """The numerals of a text that the rows of a briefing lack, and what is wrong with the rows.

    Rows with positions are compared in their order, and with their paragraphs. Of rows without any
    is asked only whether the text has them, and of the text, whether they have its quantities. A
    row may be a numeral that the reader cuts in two.
    """
    found, moved = numerals(text), []
    if all(row.position for row in rows):
        found = _joined(text, found, {row.spelling for row in rows})
        same = _in_order(found, rows)
        lacking = [n for n in found if n not in same]
        absent = [row for row in rows if row not in same.values()]
        moved = [pair for pair in same.items() if str(pair[0].paragraph) != pair[1].paragraph]
    else:
        own, known = {*map(value, found)}, {*map(value, rows)}
        lacking = [n for n in found if n.quantity and value(n) not in known]
        absent = [row for row in rows if value(row) not in own]
    wrong = [f"not in the text: {row}" for row in absent]
    return lacking, wrong + [f"in paragraph {n.paragraph}, {row}, ff." for n, row in moved[:1]]


def _joined(text: str, found: Iterable[Numeral], wanted: set[str]) -> list[Numeral]:
    """The numerals of a text, two neighbours as one where rows want them as one."""
    joined: list[Numeral] = []
    for n in found:
        both = spelling(text[joined[-1].start : n.stop]) if joined else ""
        if both in wanted:
            n = n._replace(start=joined.pop().start, spelling=both)
        joined.append(n)
    return joined


def _in_order(found: list[Numeral], rows: Sequence[Recorded]) -> dict[Numeral, Recorded]:
    """The numerals that stand in the rows, in the same order, each with its row."""
    sides = [[one.spelling for one in side] for side in (found, rows)]
    blocks = SequenceMatcher(None, *sides, autojunk=False).get_matching_blocks()
    return {found[i + k]: rows[j + k] for i, j, size in blocks for k in range(size)}


def lacks(text: str, n: Numeral) -> str:
    """The sentence on a numeral that is no row: its place, and the few words on either side."""
    return f"paragraph {n.paragraph}, not in the record: {around(text, n)}"


def around(text: str, n: Numeral) -> str:
    """A numeral in brackets, with the few words on either side of it."""
    said = f"{text[max(n.start - 12, 0) : n.start]}[{n.printed}]{text[n.stop : n.stop + 12]}"
    return words.text(re.sub(r"\s+", " ", said))


def unchecked(record: ledger.Ledger, briefing: str) -> list:
    """The rows of a briefing that no decided rate, sum, change, run or other text rests on."""
    from helpers.record import audit

    touched = audit.touched(audit.Evidence(record))
    return [
        row
        for row in record.tables["numbers"]
        if row.briefing == briefing and row.kind != "context" and row.index not in touched
    ]


def main(text: str, data: Path = ledger.DATA) -> int:
    """The command `trace`: see the module for the exit status."""
    text = read_text(text)
    known = [row["briefing"] for row in read_rows(data / "briefings.csv", "briefing")]
    texts = {key: recorded(data / "numbers" / f"{key}.csv") for key in known}
    key, count, same = nearest(text, texts)
    if not same:
        print(
            f"No recorded text is like this one; the nearest, {key}, shares {count} of"
            f" {len(numerals(text))} numerals.\nTo record it: python3 -m helpers draft TEXT --as ID"
        )
        return 2
    lacking, wrong = compare(text, texts[key])
    wrong += [lacks(text, n) for n in lacking]
    total = f"{len(texts[key])} numerals: {len(wrong)} differences from the text."
    print(*wrong, f"numbers/{key}.csv, {total}", sep="\n")
    try:
        alone = unchecked(ledger.load(data), key)
    except ledger.LedgerError as error:
        print(f"The record does not load: {error}")
    else:
        print(f"Look twice where nothing else would show a slip ({len(alone)}):")
        for row in alone:
            print(f"  row {row.row}, {row.number}: {row.printed}")
    return int(bool(wrong))
