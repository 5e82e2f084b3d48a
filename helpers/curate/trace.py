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
from shlex import quote
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
    table = csv.DictReader(path.read_text("utf-8-sig").splitlines(), restval="")
    if column not in (table.fieldnames or ()):
        raise Refused(f"{path}: expected a column {column}, and commas between the cells")
    return list(table)


def recorded(path: Path) -> list[Recorded]:
    """The numerals in a file of numbers/, in its order, whether or not a ledger would load it."""
    found: dict[tuple, Recorded] = {}
    for row, cells in enumerate(read_rows(path, "printed"), 2):
        cells |= {"row": row, "spelling": spelling(cells["printed"])}
        one = Recorded(*map(cells.get, Recorded._fields))
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
    found, ranked = [*map(value, numerals(text))], []
    own = {*found}
    for key, rows in texts.items():
        theirs = {*map(value, rows)}
        shared = _digits(own & theirs)
        is_same = shared > 3 and 2 * shared > min(_digits(own), _digits(theirs))
        ranked.append((is_same * shared, sum(one in theirs for one in found), key))
    shared, count, key = max(ranked)
    return key, count, shared > 0


def _digits(values: set[str]) -> int:
    """How many digits some values have, one for each value left aside."""
    return len(re.sub(r"\D", "", "".join(values))) - len(values)


def compare(text: str, rows: Sequence[Recorded]) -> tuple[list[str], list[str]]:
    """What rows of a briefing lack of a text, and what is wrong in them: a sentence for each.

    Rows with positions are compared in their order, and with their paragraphs. Of rows without any
    is asked only whether the text has them, and of the text, whether they have its quantities. A
    row may be a numeral that the reader cuts in two.
    """
    found, lacking, absent, moved = numerals(text), [], [], []
    if all(row.position for row in rows):
        theirs = [row.spelling for row in rows]
        found = _joined(text, found, theirs)
        own = [n.spelling for n in found]
        for what, i, j, k, m in SequenceMatcher(None, own, theirs, autojunk=False).get_opcodes():
            if what == "equal":
                moved += [
                    f"in paragraph {n.paragraph}, {row}, ff."
                    for n, row in zip(found[i:j], rows[k:m])
                    if str(n.paragraph) != row.paragraph
                ]
            else:
                lacking += found[i:j]
                absent += rows[k:m]
    else:
        own, known = {*map(value, found)}, {*map(value, rows)}
        lacking = [n for n in found if n.quantity and value(n) not in known]
        absent = [row for row in rows if value(row) not in own]
    return (
        [f"paragraph {n.paragraph}, not in the record: {around(text, n)}" for n in lacking],
        [f"not in the text: {row}" for row in absent] + moved[:1],
    )


def _joined(text: str, found: Iterable[Numeral], wanted: Sequence[str]) -> list[Numeral]:
    """The numerals of a text, two neighbours as one where rows want them as one."""
    joined: list[Numeral] = []
    for n in found:
        both = spelling(text[joined[-1].start : n.stop]) if joined else ""
        if both in wanted:
            n = n._replace(start=joined.pop().start, spelling=both)
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
    return [
        row
        for row in record.tables["numbers"]
        if row.briefing == briefing and row.kind != "context" and row.index not in touched
    ]


def main(text: str, data: Path = ledger.DATA) -> int:
    """The command `trace`: see the module for the exit status."""
    name, text = text, read_text(text)
    texts = {
        row["briefing"]: recorded(data / "numbers" / f"{row['briefing']}.csv")
        for row in read_rows(data / "briefings.csv", "briefing")
    }
    key, count, is_same = nearest(text, texts)
    if not is_same:
        print(
            f"No recorded text is like this one; the nearest, {key}, shares {count} of"
            f" {len(numerals(text))} numerals.\n"
            "To record it, under an ID such as 161 or guangzhou_2022-11-07:\n"
            f"python3 -m helpers draft {quote(name)} --as ID"
        )
        return 2
    lacking, wrong = compare(text, texts[key])
    wrong += lacking
    counted = f"{len(texts[key])} numerals: {len(wrong)} differences from the text."
    print(*wrong, f"numbers/{key}.csv, {counted}", sep="\n")
    try:
        alone = unchecked(ledger.load(data), key)
    except Refused as error:
        print(f"The record does not load: {error}")
    else:
        print(f"Look twice where nothing else would show a slip ({len(alone)}):")
        for row in alone:
            print(f"  row {row.row}, {row.number}: {row.printed}")
    return int(bool(wrong))
