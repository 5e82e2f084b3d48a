"""ledger → for whatever contradicts itself, the single edits that would make everything around it hold.

Tried exhaustively: every slip of a digit (changed, swapped, dropped, doubled); another rounding rule, and rounding
twice; another base for a rate; another area, day or measure for a count; and the value that the rest implies.
The record stays as printed: nothing found here is applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from helpers import rounding
from helpers.cells import DAY, Cell, Cells, Row, Witness, agree, is_exact
from helpers.ledger import Ledger
from helpers.rounding import RULES
from helpers.words_old import Names, frame, says

_DAYS = 3  # how many days earlier or later a count is tried for
_MORE_PLACES = (1, 2)  # how many more places a number may have had before it was rounded a second time


class Finding(NamedTuple):
    """Two values of one cell that contradict each other, and the rows they rest on."""

    cell: Cell
    one: Witness
    other: Witness

    @property
    def rows(self) -> frozenset[int]:
        return self.one.rows | self.other.rows


class Edit(NamedTuple):
    """One row as it would have to be, and how it differs."""

    kind: str
    row: Row
    instead: str


def explain(ledger: Ledger) -> pd.DataFrame:
    """Which single edit would explain each contradiction of the record?

    An edit is listed if it removes every contradiction that the edited number has a part in.

    Returns:
        One row an edit, the best supported of a finding first; one row with an empty `edit` where there is none.
        `finding`: counts from 1; `statement`: which values disagree. `rests_on`: the rows that do; `number`: the
        row edited (file/number); `printed`, `instead`; `support`: how many values, resting on other rows, the
        edited one agrees with; `explains`: how many contradictions it removes; `only`: no other edit is listed.
    """
    cells, names = Cells(ledger), Names(ledger)
    rows = []
    for number, (finding, explained) in enumerate(_explained(cells), 1):
        said = {
            "finding": number,
            "statement": f"{names.name(finding.cell)}: {_value(cells, finding.one)} or {_value(cells, finding.other)}",
            "rests_on": names.rests_on(finding.rows),
            "measure": finding.cell.measure,
            "area": finding.cell.area,
            "only": len(explained) == 1,
        }
        for edit, support, removed in explained:
            printed = cells.row[edit.row.index].printed
            reference = names.rests_on([edit.row.index])
            found = {"number": reference, "edit": edit.kind, "printed": printed, "instead": edit.instead}
            rows.append(said | found | {"support": support, "explains": removed})
        if not explained:
            rows.append(said | {"edit": "", "support": 0, "explains": 0})
    return frame(rows, "finding statement measure area number edit printed instead support explains only rests_on")


def _value(cells: Cells, witness: Witness) -> str:
    """A value and where it comes from."""
    printed = next((cells.row[row].printed for row in witness.rows if cells.row[row].kind == "rate"), "")
    return f"{says(witness.value)} ({f'to print {printed}' if witness.route == 'rate' else witness.route})"


def contradictions(cells: Cells, among: Iterable[Cell], row: int | None = None) -> list[Finding]:
    """The pairs of values of these cells that contradict each other (and rest on that row)."""
    return [
        Finding(cell, one, other)
        for cell in among
        for one, other in combinations(cells.witnesses(cell), 2)
        if (row is None or row in one.rows or row in other.rows) and not agree(one.value, other.value)
    ]


def resting(cells: Cells) -> dict[int, set[Cell]]:
    """For each row the cells that have a value resting on it."""
    found: dict[int, set[Cell]] = defaultdict(set)
    for cell in cells.depths():
        for witness in cells.witnesses(cell):
            for row in witness.rows:
                found[row].add(cell)
    return found


def at_odds(cells: Cells, changed: Row) -> Iterator[frozenset[int]]:
    """The rows of contradictions between a changed row and the other values of its cell.

    Told at once: no value of a cell is derived from what is printed for it.
    """
    if changed.kind in ("level", "rate"):
        value = cells.row_bounds(changed)
        for other in cells.witnesses(changed.cell):
            if changed.index not in other.rows and not agree(value, other.value):
                yield other.rows | {changed.index}


def _explained(cells: Cells) -> Iterator[tuple[Finding, list[tuple[Edit, int, int]]]]:
    """Each contradiction with its explanations; those that an explanation removes too are not told again."""
    around = resting(cells)
    findings = contradictions(cells, cells.depths())
    findings.sort(key=lambda f: (len(f.rows), sorted(f.rows)))
    tried: dict[int, list[tuple[Edit, int, frozenset]]] = {}
    told: set[frozenset[int]] = set()
    unexplained: list[Finding] = []
    for finding in findings:
        if finding.rows in told:
            continue
        explained = []
        for index in sorted(finding.rows):
            if index not in tried:
                tried[index] = list(_tried(cells, cells.row[index], around[index], findings))
            explained += [e for e in tried[index] if finding.rows in e[2]]
        explained.sort(key=lambda e: (-len(e[2]), -e[1], e[0].row.index))
        told |= {finding.rows}.union(*(removed for _, _, removed in explained))
        if explained:
            yield finding, [(edit, support, len(removed)) for edit, support, removed in explained]
        else:
            unexplained.append(finding)
    for finding in _apart(unexplained):
        yield finding, []


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """Of findings that hang together by the rows they rest on, only the first."""
    first: list[tuple[Finding, set[int]]] = []
    for finding in findings:
        joined = [group for group in first if group[1] & finding.rows]
        for group in joined[1:]:
            joined[0][1].update(group[1])
            first.remove(group)
        if joined:
            joined[0][1].update(finding.rows)
        else:
            first.append((finding, set(finding.rows)))
    return [finding for finding, _ in first]


def _tried(
    cells: Cells, row: Row, resting_on: set[Cell], findings: list[Finding]
) -> Iterator[tuple[Edit, int, frozenset[frozenset[int]]]]:
    """The edits of a row that leave no contradiction with it, their support, and the contradictions they remove."""
    own = [f for f in findings if row.index in f.rows]
    first = [f.cell for f in own[:1]]
    removed = frozenset(f.rows for f in own)
    seen: set[tuple] = set()
    for edit in edits(cells, row):
        key = (edit.row.printed, edit.row.claim, edit.row.cell, edit.row.bounds)
        if key in seen:
            continue
        seen.add(key)
        if edit.row.cell == row.cell and any(at_odds(cells, edit.row)):
            continue
        changed = cells.with_row(edit.row)
        if contradictions(changed, first, row.index):
            continue
        compared = {cells.earlier(edit.row)} if row.kind == "change" else set()
        around = resting_on | {edit.row.cell} | compared
        if not contradictions(changed, around, row.index) and (support := _support(changed, around, edit.row)):
            yield edit, support, removed


def _support(cells: Cells, around: set[Cell], row: Row) -> int:
    """How many values that rest on other rows the edited one agrees with."""
    bearing = set()
    for cell in around:
        found = cells.witnesses(cell)
        if any(row.index in w.rows for w in found):
            bearing |= {(cell, w.rows) for w in found if row.index not in w.rows}
    return len(bearing)


def edits(cells: Cells, row: Row) -> Iterator[Edit]:
    """Every single edit of a printed number, the plainest first."""
    yield from slips(row)
    if row.kind == "rate":
        yield from _other_roundings(row)
        yield from _other_bases(cells, row)
    if row.kind == "level":
        yield from _other_cells(cells, row)
    yield from _implied(cells, row)


def slips(row: Row) -> Iterator[Edit]:
    """Every slip of a digit."""
    if not row.reads:
        for kind, text in rounding.edits(row.printed):
            yield Edit(f"digit {kind}", row._replace(printed=text), text)


def _other_roundings(row: Row) -> Iterator[Edit]:
    if row.reads:
        return
    for rule in RULES[1:]:
        yield Edit("another rule", row._replace(bounds=rounding.unround(row.printed, rule)), f"rounded by {rule}")
    once = rounding.unround(row.printed)
    for places in _MORE_PLACES:
        shift = (once.upper - once.lower) * sum(Fraction(1, 2 * 10**place) for place in range(1, places + 1))
        twice = once._replace(lower=once.lower - shift, upper=once.upper - shift)
        first = "one more place" if places == 1 else f"{places} more places, one by one,"
        yield Edit("rounded twice", row._replace(bounds=twice), f"rounded to {first} first")


def _other_bases(cells: Cells, row: Row) -> Iterator[Edit]:
    """The same rate of another whole that its own text prints for the same time."""
    if row.cell.measure not in cells.part_of_rate:
        return
    _, whole = cells.rate_cells(row.cell, row.file)
    for cell, rows in cells.printed.items():
        same = cell._replace(area=whole.area) == whole and cell.area not in (whole.area, row.cell.area)
        if same and any(r.file == row.file for r in rows):
            yield Edit("another base", row._replace(cell=row.cell._replace(of_area=cell.area)), f"of {cell.area}")


def _other_cells(cells: Cells, row: Row) -> Iterator[Edit]:
    """The same count of another area, day or measure, where another value bears it out."""
    cell, value = row.cell, cells.row_bounds(row)
    moved = [("another area", other, other.area) for other in _in_relations(cells, cell) if other.area != cell.area]
    moved += [("another measure", o, o.measure) for o in _in_relations(cells, cell) if o.measure != cell.measure]
    for days in (day for n in range(1, _DAYS + 1) for day in (-n, n)):
        if cell.end is not None:
            start = None if cell.start is None else cell.start + days * DAY
            other = cell._replace(start=start, end=cell.end + days * DAY)
            moved.append(("another day", other, f"{days:+d} day" + "s" * (abs(days) > 1)))
    for kind, other, instead in moved:
        if any(w.value == value and row.index not in w.rows for w in cells.witnesses(other)):
            yield Edit(kind, row._replace(cell=other), instead)


def _in_relations(cells: Cells, cell: Cell) -> list[Cell]:
    related = (
        other for relation in cells.relations(cell) if relation.kind in ("parts", "terms") for other in relation.cells
    )
    return list(dict.fromkeys(related))


def _implied(cells: Cells, row: Row) -> Iterator[Edit]:
    """The value that follows from the rest."""
    if row.kind == "rate" and row.cell.measure in cells.part_of_rate:
        part, whole = (_one(cells, cell, row) for cell in cells.rate_cells(row.cell, row.file))
        if part is not None and whole and not row.reads:
            text = rounding.reround(part, whole, row.printed)
            yield Edit("what the rest implies", row._replace(printed=text), text)
    elif row.kind == "level" and not row.reads:
        exactly = dict.fromkeys(w.value.lower for w in cells.witnesses(row.cell) if is_exact(w.value))
        yield from (_plainly(row, value) for value in exactly)
    elif row.kind == "change" and not row.reads:
        level, before = (_one(cells, cell, row) for cell in (row.cell, cells.earlier(row)))
        if level is not None and before is not None:
            edit = _plainly(row, abs(level - before))
            claim = "down" if level < before else "up" if level > before else row.claim
            said = edit.instead if claim == row.claim else f"{claim} by {edit.instead}"
            yield edit._replace(row=edit.row._replace(claim=claim), instead=said)


def _one(cells: Cells, cell: Cell, row: Row) -> Fraction | None:
    """The best value of a cell that does not rest on this row, where it is exact and the only one."""
    best = cells.best_of([w for w in cells.witnesses(cell) if row.index not in w.rows])
    return best[0].value.lower if len(best) == 1 and is_exact(best[0].value) else None


def _plainly(row: Row, value: Fraction) -> Edit:
    text = rounding.reround(value, 1, "1,000" if "," in row.printed else "0")
    return Edit("what the rest implies", row._replace(printed=text), text)
