"""ledger → the single edits that would explain a contradiction.

There is one question: what does the rest of the record, without a row, allow the row to say? An
edit explains where the rest allows it and bears it out; a slip is noticed where the rest does not
allow it. Explanations are those of consistency-based diagnosis for one fault (Reiter 1987,
doi:10.1016/0004-3702(87)90062-2). The record stays as printed: nothing found here is applied.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from helpers import rounding
from helpers.ledger import Ledger
from helpers.record import bounds
from helpers.record.audit import (
    Evidence,
    balance_rows,
    by_rule,
    change_rows,
    rate_rows,
    steps_back,
)
from helpers.record.bounds import Bounds, agree, exact, sure
from helpers.record.facts import ONE, Cell, Row, Value, contradictions, free, one_each, share
from helpers.rounding import RULES
from helpers.words import Verdict, frame, says

if TYPE_CHECKING:
    import pandas as pd

DAYS = (-1, 1, -2, 2, -3, 3)  # how many days later a count is tried for
TWICE = {1: "one more place", 2: "2 more places, one by one,"}  # of a number rounded twice
FAILING = (Verdict.FAILS, Verdict.DIFFERS)


class Edit(NamedTuple):
    """One row as it would have to be, and how it differs."""

    kind: str
    row: Row
    instead: str


Explained = namedtuple(
    "Explained",
    "finding origin statement measure area number edit printed instead support explains only "
    "rests_on rows",
)
Explained.__doc__ = "One edit that would explain a contradiction, see `explain`."


class Conflict(NamedTuple):
    """Rows that cannot all be right, and what they contradict each other about."""

    rows: frozenset[int]
    cell: Cell
    statement: str


# ── What the rest allows ──


def rest(e: Evidence, row: Row, without: frozenset[int]) -> list[Value]:
    """What all that does not rest on certain rows allows a row to say, one by one."""
    if row.kind == "run":
        broken = next((n for n, day in enumerate(steps_back(e, row)) if day.holds is False), None)
        return [Value(sure(Bounds(0, True, broken, broken is not None)), frozenset(), "days")]
    if row.kind == "change":
        again = [o.value._replace(reading=o.change) for o in e.record.alike.get(row.says, ())]
        days = product(*(_values(e, row, cell, without) for cell in (row.cell, row.before)))
        grown = (_differing(row, now, before) for now, before in days)
        return free((*again, *grown), without)
    return [*_values(e, row, row.cell, without), *_claimed(e, row, without)]


def said(row: Row) -> Bounds:
    """What a row says, by the ordinary rule of rounding."""
    return row.change.usual if row.kind == "change" else row.reading.usual


def _values(e, row, cell, without):
    """What is known of a cell without some rows, and what follows from that in one step more."""
    record = e.record
    found = free(record.known.get(cell, ()), without)
    for one in record.sums(cell):
        if one.is_equation:
            found += record.solve(one, cell, record.known, without)
    if counts := record.structure.part_and_whole(cell, row.text):
        pairs = product(*(_values(e, row, count, without) for count in counts))
        found += (share(*pair) for pair in pairs if exact(pair[1].bounds) != 0)
    return one_each(found)


def _differing(row, now, before):
    """The change between two values, relative where the row's is."""
    grown = now.reading - before.reading
    if row.relative:
        grown = now.reading / before.reading - ONE
    return Value(grown, now.rows | before.rows, "change")


def _claimed(e, row, without):
    """What the claims about a row's cell leave for it."""
    for claim in e.claims_about.get(row.cell, ()):
        one, terms = claim.sum, zip(claim.sum.cells, claim.values, strict=True)
        others = [values[0] for cell, values in terms if cell != row.cell]
        rows = frozenset().union(*(value.rows for value in others))
        if one.kind != "units" and rows.isdisjoint(without):
            place = one.cells.index(row.cell)
            left = one.solved(place, [value.reading for value in others])
            yield Value(left, rows, one.kind)


# ── Explanations ──


def explain(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Which single edit would explain each contradiction of the record?

    A contradiction is one between two values of a cell, or a rate, balance or change that does not
    hold. An edit is listed if it removes every contradiction that the edited number has a part in,
    if some exact value bears it out, and if no fewer texts are behind that than behind the number
    as printed.

    Returns:
        One row an edit, the best supported of a finding first; one row with an empty `edit` where
        there is none. `finding`: counts from 1; `origin`: whose numbers disagree,
        "briefings", "reports of one briefing" or "copies of a bulletin", by what their pages
        report; `statement`: what disagrees. `rests_on`: the rows
        that do; `number`: the row edited (file/number); `printed`, `instead`; `support`: how many
        texts bear the edit out; `explains`: how many contradictions it removes; `only`: no other
        edit is listed.

    >>> from helpers import ledger
    >>> found = explain(ledger.load()).query("number == '152/outside_community'")
    >>> found[["edit", "printed", "instead"]].values.tolist()
    [['digit changed', '43', '49']]
    """
    e = Evidence.of(ledger)
    findings = enumerate(_findings(e, _conflicts(e)), 1)
    rows = (row for n, finding in findings for row in _told(e, n, *finding))
    return frame(rows, Explained._fields)


def _findings(e, conflicts):
    """Each contradiction with its edits; those that one edit removes together are told once."""
    behind = sorted({index for conflict in conflicts for index in conflict.rows})
    tried = {index: list(_explaining(e, e.record.rows[index])) for index in behind}
    removes = {i: {c.rows for c in conflicts if i in c.rows} for i in behind if tried[i]}
    told, explained, open_ones = set(), [], []
    for conflict in conflicts:
        if conflict.rows in told:
            continue
        causes = sorted(conflict.rows & removes.keys())
        edits = [(len(removes[index]), *edit) for index in causes for edit in tried[index]]
        edits.sort(key=lambda edit: (-edit[0], -edit[1]))
        told |= {conflict.rows}.union(*(removes[index] for index in causes))
        (explained if edits else open_ones).append((conflict, edits))
    return explained + _apart(open_ones)


def _told(e, finding, conflict, edits):
    for explains, support, edit in edits or [(0, 0, Edit("", None, None))]:
        row = edit.row and e.record.rows[edit.row.index]
        yield e.told(
            Explained,
            conflict.cell,
            conflict.rows,
            row,
            finding=finding,
            origin=_origin(e, conflict.rows),
            statement=conflict.statement,
            number=row and e.numbers[row.index].reference,
            edit=edit.kind,
            instead=edit.instead,
            support=support,
            explains=explains,
            only=len(edits) == 1,
        )


def _origin(e, rows):
    """Whose numbers disagree, by what the pages they were read from report."""
    read = [e.pages[e.numbers[row].source] for row in rows]
    briefings, texts = ({getattr(page, of) for page in read} for of in ("briefing", "text"))
    if briefings == {None}:
        return "copies of a bulletin"
    return "reports of one briefing" if len(briefings) == 1 < len(texts) else "briefings"


def _conflicts(e):
    """All contradictions, those that rest on few rows first."""
    found = [
        Conflict(a.rows | b.rows, cell, f"{e.names.cell(cell)}: {_value(e, a)} or {_value(e, b)}")
        for cell, values in e.record.known.items()
        for a, b in contradictions(values)
    ]
    checks = [*balance_rows(e), *rate_rows(e), *change_rows(e)]
    for check in (check for check in checks if check.verdict in FAILING):
        cell = Cell(check.measure, check.area, check.of_area, check.start, check.end)
        told = getattr(check, "arithmetic", "") or check.printed
        found.append(Conflict(frozenset(check.rows), cell, f"{e.names.cell(cell)}: {told}"))
    rank = e.record.rank
    return sorted(found, key=lambda c: (len(c.rows), sorted(rank[row] for row in c.rows)))


def _value(e, value):
    """A value and where it comes from."""
    printed = [
        e.record.rows[row].printed for row in value.rows if e.record.rows[row].kind == "rate"
    ]
    route = f"to print {printed[0]}" if value.route == "rate" else value.route
    return f"{says(value.bounds)} ({route})"


def _apart(conflicts):
    """Of contradictions that hang together by the rows behind them, only the first."""
    groups: list[tuple[frozenset[int], tuple]] = []
    for conflict in conflicts:
        joined = [group for group in groups if group[0] & conflict[0].rows]
        first = joined[0][1] if joined else conflict
        groups = [group for group in groups if group not in joined]
        groups.append((conflict[0].rows.union(*(rows for rows, _ in joined)), first))
    return [first for _, first in groups]


def _explaining(e, row):
    """The edits of a row at odds with the rest that the rest bears out, and by how many texts."""
    own = frozenset([row.index])
    allowed = rest(e, row, own)
    if all(agree(said(row), value.bounds) for value in allowed):
        return
    as_printed = len(row.texts | _texts(e, allowed, row))
    seen = set()
    for edit in edits(e, row, allowed):
        key = edit.row.cell, edit.row.claim, edit.row.printed, edit.row.reading
        if key not in seen:
            seen.add(key)
            support = _support(e, edit.row, own, allowed if edit.row.cell == row.cell else None)
            if support >= as_printed:
                yield support, edit
    yield from _exchanged(e, row)


def _support(e, row, without, allowed):
    """How many texts bear an edited row out; none where the rest does not allow it."""
    allowed = rest(e, row, without) if allowed is None else allowed
    if not all(agree(said(row), value.bounds) for value in allowed):
        return 0
    return len(_texts(e, allowed, row))


def _texts(e, allowed, row):
    """The texts behind the exact values that a row agrees with."""
    pinned = (v for v in allowed if exact(v.bounds) is not None and agree(said(row), v.bounds))
    return e.record.texts(pinned)


def _exchanged(e, row):
    """The count of a related cell that the same text prints, exchanged with this one."""
    if row.kind != "level":
        return
    for cell in _related(e, [row.cell]):
        for other in e.record.printed.get(cell, ()):
            later = e.record.rank[other.index] > e.record.rank[row.index]
            if other.text != row.text or not later or other.reading == row.reading:
                continue
            without = frozenset([row.index, other.index])
            pair = [_printed_as(row, other), _printed_as(other, row)]
            support = [_support(e, one, without, None) for one in pair]
            if all(support):
                reference = f"{other.file}/{other.number}"
                yield min(support), Edit("exchanged", pair[0], f"exchanged with {reference}")


def _printed_as(row, other):
    return row._replace(printed=other.printed, reads=other.reads, reading=other.reading)


def edits(e: Evidence, row: Row, allowed: Iterable[Value]) -> Iterator[Edit]:
    """Every single edit of a printed number, the plainest first."""
    if not row.reads:
        for kind, text in rounding.edits(row.printed):
            yield Edit(f"digit {kind}", reprinted(e, row, text), text)
        if row.kind == "rate":
            yield from _other_roundings(row)
    if row.kind == "rate":
        yield from _other_bases(e, row)
    if row.kind == "level":
        yield from _other_cells(e, row)
    if not row.reads:
        yield from _implied(e, row, allowed)


def reprinted(e: Evidence, row: Row, text: str) -> Row:
    """A row had its numeral been printed so."""
    rate = row.relative or e.record.structure.is_rate(row.cell)
    return row._replace(printed=text, reading=bounds.stands_for(text, None, rate))


def _implied(e, row, allowed):
    """The exact values that follow from the rest, printed in the manner of the row."""
    plain = "1,000" if "," in row.printed else "0"
    like = row.printed if row.kind == "rate" or row.relative else plain
    values = dict.fromkeys(exact(value.bounds) for value in allowed)
    for value in (value for value in values if value is not None):
        text = rounding.reround(abs(value), 1, like)
        claim = row.claim
        if row.kind == "change" and value != 0:
            claim = "down" if value < 0 else "up"
        instead = text if claim == row.claim else f"{claim} by {text}"
        yield Edit("what the rest implies", reprinted(e, row, text)._replace(claim=claim), instead)


def _other_roundings(row):
    usual = row.reading.usual
    for rule in RULES[1:]:
        reading = sure(by_rule(row, rule))
        yield Edit("another rule", row._replace(reading=reading), f"rounded by {rule}")
    for places, first in TWICE.items():
        more = sum(Fraction(1, 2 * 10**n) for n in range(1, places + 1))
        shift = bounds.exactly((usual.upper - usual.lower) * more)
        reading = row.reading.ordinary - sure(shift)
        yield Edit("rounded twice", row._replace(reading=reading), f"rounded to {first} first")


def _other_bases(e, row):
    """The same rate of another whole, or as the rate of another area or measure."""
    structure = e.record.structure
    part, whole = structure.made_of.get(row.cell.measure, ("", ""))
    for cell in _related(e, structure.part_and_whole(row.cell, row.text)[1:]):
        if cell.measure == whole and cell.area != row.cell.area:
            if e.record.stated(cell, row.text):
                yield _moved(row, "another base", f"of {cell.area}", of_area=cell.area)
            if part != whole:
                yield _moved(row, "another area", cell.area, area=cell.area)
    for measure, pair in structure.made_of.items():
        if pair[1] == whole and measure != row.cell.measure:
            yield _moved(row, "another measure", measure, measure=measure)


def _other_cells(e, row):
    """The same count of another area, measure or day, where another value bears it out."""
    moved = []
    for cell in _related(e, [row.cell]):
        field = "area" if cell.area != row.cell.area else "measure"
        name = getattr(cell, field)
        moved.append(_moved(row, f"another {field}", name, **{field: name}))
    for days in DAYS if row.cell.end is not None else ():
        later = row.cell.later(days)
        instead = f"{days:+d} day" + "s" * (abs(days) > 1)
        moved.append(_moved(row, "another day", instead, start=later.start, end=later.end))
    if not any(one.kind == "list" for one in e.record.sums(row.cell)):
        for edit in moved:
            values = free(e.record.known.get(edit.row.cell, ()), [row.index])
            if any(value.bounds == row.reading.usual for value in values):
                yield edit


def _moved(row, kind, instead, **fields):
    """A row that speaks of another cell."""
    return Edit(kind, row._replace(cell=row.cell._replace(**fields)), instead)


def _related(e, cells):
    """The other cells of the sums by area and by measure that counts are part of."""
    sums = [one for cell in cells for one in e.record.sums(cell)]
    found = dict.fromkeys(c for one in sums if one.kind in ("parts", "terms") for c in one.cells)
    return [cell for cell in found if cell not in cells]
