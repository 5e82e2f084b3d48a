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
from helpers.words import Verdict

_OPEN = {Verdict.UNCHECKED, Verdict.UNDECIDED, Verdict.SINGLE}


class Recorded(NamedTuple):
    """A numeral as the rows of a briefing have it; rows that share a position are one.

    `row` is the line of the file and `number` the id of the first of them; `value` is what it
    reads, without comparator and separators.
    """

    row: int
    number: str
    paragraph: str
    position: str
    spelling: str
    value: str

    def __str__(self) -> str:
        return f"{words.text(self.spelling)}, row {self.row}, {self.number}"


def read_text(name: str) -> str:
    """The text of a file, UTF-8, or of standard input where the name is `-`.

    Raises ValueError where it cannot be read, or is no text with numerals in it.
    """
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise ValueError(f"{words.text(name)}: {error.strerror}") from None
    text = raw.decode("utf-8-sig", "replace")
    if re.search("[\0\ufffd]", text) or not numerals(text):
        raise ValueError(f"{words.text(name)}: expected a text in UTF-8 with numerals in it")
    return text


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV as they stand there, by column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, restval=""))


def recorded(path: Path) -> list[Recorded]:
    """The numerals in a file of numbers/, in its order, whether or not a ledger would load it."""
    found: dict[tuple, Recorded] = {}
    for row, cells in enumerate(read_rows(path), 2):
        word, place = spelling(cells["printed"]), (cells["paragraph"], cells["position"])
        read = value(word, cells["reads"])
        one = Recorded(row, cells["number"], *place, word, read)
        found.setdefault((place[1] or row, word), one)
    return list(found.values())


def value(word: str, reads: str) -> str:
    """What makes two numerals the same where order and place are not known."""
    return re.sub("^[<>=~]+|,", "", reads or word)


def nearest(text: str, texts: dict[str, list[Recorded]]) -> tuple[str, int, bool]:
    """The recorded text most like another: its key, how many numerals it shares, is it the same.

    Two are the same text, whole or in part, if they share more than half of the digits, one for
    each numeral left aside, of whichever has fewer, and four at least.
    """
    own = [value(n.spelling, n.reads) for n in numerals(text)]
    ranked = [(0, 0, "")]
    for briefing, rows in texts.items():
        theirs = {row.value for row in rows}
        shared = _telling(theirs.intersection(own))
        same = shared >= 4 and 2 * shared > min(_telling(theirs), _telling(set(own)))
        ranked.append((same and shared, sum(one in theirs for one in own), briefing))
    same, count, briefing = max(ranked)
    return briefing, count, bool(same)


def _telling(values: Iterable[str]) -> int:
    """How telling some numerals are: a digit alone may stand in any text."""
    return sum(max(len(re.sub(r"\D", "", one)) - 1, 0) for one in values)


def compare(text: str, rows: Sequence[Recorded]) -> tuple[list[Numeral], list[str]]:
    """The numerals of a text that the rows of a briefing lack, and what is wrong with the rows.

    Rows with positions are compared in their order, and with their paragraphs. Of rows without any
    is asked only whether the text has them, and of the text, whether they have its quantities. A
    row may be a numeral that the reader cuts in two.
    """
    found, lacking, wrong, further = numerals(text), [], [], 0
    if not all(row.position for row in rows):
        own, known = {value(n.spelling, n.reads) for n in found}, {row.value for row in rows}
        lacking = [n for n in found if n.quantity and value(n.spelling, n.reads) not in known]
        return lacking, [f"not in the text: {row}" for row in rows if row.value not in own]
    found = _joined(text, found, {row.spelling for row in rows})
    sides = [n.spelling for n in found], [row.spelling for row in rows]
    for tag, i, j, k, m in SequenceMatcher(None, *sides, autojunk=False).get_opcodes():
        if tag != "equal":
            lacking += found[i:j]
            wrong += [f"not in the text: {row}" for row in rows[k:m]]
            continue
        for n, row in zip(found[i:j], rows[k:m], strict=True):
            before, further = further, n.paragraph - int(row.paragraph or 0)
            if further not in (0, before):
                wrong.append(f"in paragraph {n.paragraph}, not {row.paragraph}: {row}")
    return lacking, wrong


def _joined(text: str, found: Sequence[Numeral], wanted: set[str]) -> list[Numeral]:
    """The numerals of a text, neighbours as one where a row has them as one."""
    joined: list[Numeral] = []
    unknown = wanted - {n.spelling for n in found}
    for n in found:
        for first in joined[-2:] * bool(unknown):
            both = text[first.start : n.stop]
            if spelling(both[:40]) in unknown:
                del joined[joined.index(first) :]
                n = n._replace(start=first.start, printed=both, spelling=spelling(both))
        joined.append(n)
    return joined


def around(text: str, n: Numeral) -> str:
    """A numeral in brackets, with the few words of its paragraph on either side."""
    before = re.split("[\r\n]", text[max(n.start - 12, 0) : n.start])[-1]
    after = re.split("[\r\n]", text[n.stop : n.stop + 12])[0]
    return words.text(f"{before}[{n.printed}]{after}")


def unchecked(record: ledger.Ledger, briefing: str) -> list:
    """The rows of a briefing that no decided rate, sum, change, run or other text rests on."""
    from helpers.record import audit

    evidence = audit.Evidence(record)
    asked = (audit.rate_rows, audit.balance_rows, audit.change_rows, audit.run_rows)
    found = [said for ask in (*asked, audit.witness_rows) for said in ask(evidence)]
    touched = {row for said in found if said.verdict not in _OPEN for row in said.rows}
    own = [row for row in record.tables["numbers"] if row.briefing == briefing]
    return [row for row in own if row.kind != "context" and row.index not in touched]


def main(arguments: list[str], data: Path = ledger.DATA) -> int:
    """The command `trace`: see the module for the exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m helpers trace",
        description="Find the recorded briefing that a text is, and what the two differ in.",
        epilog="exit status: 0 no difference, 1 differences, 2 nothing to compare",
    )
    parser.add_argument("text", metavar="TEXT", help="UTF-8, a paragraph a line; - standard input")
    options = parser.parse_args(arguments)
    try:
        return _report(read_text(options.text), data)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


def _report(text: str, data: Path) -> int:
    known = [row["briefing"] for row in read_rows(data / "briefings.csv")]
    texts = {key: recorded(data / "numbers" / f"{key}.csv") for key in known}
    key, count, same = nearest(text, texts)
    if not same:
        others = f"the nearest, {key}, shares {count} of {len(numerals(text))} numerals"
        print(f"No recorded text is like this one; {others}.")
        print("To record it: python3 -m helpers draft TEXT --as ID")
        return 2
    lacking, wrong = compare(text, texts[key])
    wrong += [f"paragraph {n.paragraph}, not in the record: {around(text, n)}" for n in lacking]
    differ = f"differ {len(wrong)} times" if wrong else "agree"
    print(
        *wrong, f"The text and numbers/{key}.csv ({len(texts[key])} numerals) {differ}.", sep="\n"
    )
    try:
        alone = unchecked(ledger.load(data), key)
    except ledger.LedgerError as error:
        print(f"The record does not load: {error}")
    else:
        print(f"Rows where nothing else would show a slip, so look twice: {len(alone) or 'none'}")
        for row in alone:
            place = f"{row.paragraph or '–'}:{row.position or '–'}"
            print(f"  {place:>6}  {words.text(row.printed)}  {row.number}")
    return int(bool(wrong))
