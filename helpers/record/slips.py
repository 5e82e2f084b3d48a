"""ledger → the single edits that would explain a contradiction.

There is one question: what does the rest of the record, without a row, allow the row to say? An
edit explains where the rest allows it and bears it out; a slip is noticed where the rest does not
allow it. Explanations are those of consistency-based diagnosis for one fault (Reiter 1987,
doi:10.1016/0004-3702(87)90062-2). The record stays as printed: nothing found here is applied.
"""

from __future__ import annotations

from collections import Counter, namedtuple
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, product
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from helpers import rounding
from helpers.ledger import Ledger
from helpers.record.audit import Evidence, balance_rows, by_rule, change_rows, rate_rows
from helpers.record.bounds import Bounds, agree, exact, exactly, stands_for, sure
from helpers.record.facts import (
    ONE,
    Cell,
    Row,
    Value,
    contradictions,
    free,
    one_each,
    share,
)
from helpers.rounding import RULES
from helpers.words import Verdict, frame, says

if TYPE_CHECKING:
    import pandas as pd

DAYS = (-1, 1, -2, 2, -3, 3)  # how many days later a count is tried for
FAILING = (Verdict.FAILS, Verdict.DIFFERS)
TWICE = {  # how much of a unit the ends move where a number is first rounded to more places
    "one more place": Fraction(1, 20),
    "2 more places, one by one,": Fraction(1, 20) + Fraction(1, 200),
}


class Edit(NamedTuple):
    """One row, or two exchanged, as they would have to be, and how the first differs."""

    kind: str
    rows: tuple[Row, ...]
    instead: str | None


Explained = namedtuple(
    "Explained",
    "finding origin statement measure area number edit printed instead support explains only "
    "rests_on rows",
)
Explained.__doc__ = "One edit that would explain a contradiction, see `explain`."


# ── What the rest allows ──


def rest(e: Evidence, row: Row, without: frozenset[int]) -> Iterator[Value]:
    """What all that does not rest on certain rows allows a level, rate or change to say."""
    if row.kind == "change":
        again = [o.value._replace(reading=o.change) for o in e.alike.get(row.says, ())]
        days = product(*(_known(e, cell, row.text, without) for cell in (row.cell, row.before)))
        yield from free((*again, *(_grown(row, now, before) for now, before in days)), without)
        return
    yield from _known(e, row.cell, row.text, without)
    for one in e.sums(row.cell):
        if one.is_equation:
            yield from e.solve(one, row.cell, e.known, without)
    for claim in e.claims_about.get(row.cell, ()):
        known = dict(zip(claim.sum.cells, claim.values, strict=True))
        yield from e.solve(claim.sum, row.cell, known, without)


def _known(e, cell, text, without):
    """What is known of a cell without some rows; of a rate also each part over each whole."""
    found = free(e.known.get(cell, ()), without)
    if counts := e.part_and_whole(cell, text):
        pairs = product(*(_known(e, count, text, without) for count in counts))
        found += (share(part, whole) for part, whole in pairs if exact(whole.bounds) != 0)
    return one_each(found)


def _grown(row, now, before):
    """The change between two values, relative where the row's is."""
    grown = now.reading - before.reading
    if row.relative:
        grown = now.reading / before.reading - ONE
    return Value(grown, now.rows | before.rows, "change")


def said(row: Row) -> Bounds:
    """What a row says, by the ordinary rule of rounding."""
    return row.change.usual if row.kind == "change" else row.reading.usual


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
    rows = (row for n, finding in enumerate(_findings(e), 1) for row in _told(e, n, *finding))
    return frame(rows, Explained._fields)


def _conflicts(e):
    """What disagrees, a cell and what is said of it, by the rows that cannot all be right."""
    found = {}
    for cell, values in e.known.items():
        for a, b in contradictions(values):
            found.setdefault(a.rows | b.rows, (cell, f"{_value(e, a)} or {_value(e, b)}"))
    for check in (*balance_rows(e), *rate_rows(e), *change_rows(e)):
        if check.verdict in FAILING:
            cell = Cell(check.measure, check.area, check.of_area, check.start, check.end)
            said = getattr(check, "arithmetic", "") or check.printed
            found.setdefault(frozenset(check.rows), (cell, said))
    return found


def _value(e, value):
    """A value and where it comes from."""
    route = value.route
    if route == "rate":
        rows = (e.rows[row] for row in value.rows)
        route = "to print " + next(row.printed for row in rows if row.kind == "rate")
    return f"{says(value.bounds)} ({route})"


def _findings(e):
    """Each contradiction with its edits, those of few rows first, those without any last.

    Contradictions that one edit removes together are told once, by the first of them; so are those
    without any edit that hang together by their rows.
    """
    conflicts = _conflicts(e)
    removes = Counter(chain.from_iterable(conflicts))
    tried = {row: list(_explaining(e, e.rows[row])) for row in removes}
    causes = {rows: sorted(filter(tried.get, rows)) for rows in conflicts}
    told: set[int] = set()
    for rows in sorted(
        conflicts, key=lambda rows: (not causes[rows], len(rows), sorted(map(e.rank.get, rows)))
    ):
        if rows.isdisjoint(told):
            told.update(causes[rows])
            edits = [(removes[row], *edit) for row in causes[rows] for edit in tried[row]]
            yield rows, *conflicts[rows], sorted(edits, key=itemgetter(0, 1), reverse=True)
        if not causes[rows]:
            told |= rows


def _told(e, finding, rows, cell, said, edits):
    for explains, support, edit in edits or [(0, 0, Edit("", (), None))]:
        row = next(iter(edit.rows), None)
        yield e.told(
            *(Explained, cell, rows, row),
            finding=finding,
            origin=_origin(e, rows),
            statement=f"{e.names.cell(cell)}: {said}",
            number=row and e.numbers[row.index].reference,
            edit=edit.kind,
            instead=edit.instead,
            support=support,
            explains=explains,
            only=len(edits) == 1,
        )


def _origin(e, rows):
    """Whose numbers disagree, by what the pages they were read from report."""
    pages = [e.rows[row].pages[0] for row in rows]
    briefings, texts = {page.briefing for page in pages}, {page.text for page in pages}
    if briefings == {None}:
        return "copies of a bulletin"
    return "reports of one briefing" if len(briefings) == 1 < len(texts) else "briefings"


def _explaining(e, row):
    """The edits of a row at odds with the rest that the rest bears out, and by how many texts."""
    allowed = list(rest(e, row, row.value.rows))
    agreeing = [value for value in allowed if agree(said(row), value.bounds)]
    if len(agreeing) == len(allowed):
        return
    as_printed = len(row.texts | _texts(e, agreeing))
    listed = set()
    for edit in edits(e, row, allowed):
        is_moved = len(edit.rows) > 1 or edit.rows[0].cell != row.cell
        without = frozenset(one.index for one in edit.rows)
        support = min(
            _support(e, one, rest(e, one, without) if is_moved else allowed) for one in edit.rows
        )
        if support >= as_printed and edit.rows not in listed:
            listed.add(edit.rows)
            yield support, edit


def _support(e, row, allowed):
    """How many texts bear a row out; none where the rest does not allow what it says."""
    agreeing = []
    for value in allowed:
        if not agree(said(row), value.bounds):
            return 0
        agreeing.append(value)
    return len(_texts(e, agreeing))


def _texts(e, values):
    """The texts behind exact values."""
    return e.texts(value for value in values if exact(value.bounds) is not None)


# ── Edits ──


def edits(e: Evidence, row: Row, allowed: Iterable[Value]) -> Iterator[Edit]:
    """Every single edit of a printed number, the plainest first."""
    if not row.reads:
        for kind, text in rounding.edits(row.printed):
            yield Edit(f"digit {kind}", (reprinted(e, row, text),), text)
        if row.kind == "rate":
            yield from _other_roundings(row)
        yield from _implied(e, row, allowed)
    if row.kind == "rate":
        yield from _other_bases(e, row)
    if row.kind == "level":
        yield from _other_cells(e, row)
        yield from _exchanged(e, row)


def reprinted(e: Evidence, row: Row, text: str) -> Row:
    """A row had its numeral been printed so."""
    rate = row.relative or e.is_rate(row.cell)
    return row._replace(printed=text, reading=stands_for(text, None, rate))


def _other_roundings(row):
    for rule in RULES[1:]:
        edited = row._replace(reading=sure(by_rule(row, rule)))
        yield Edit("another rule", (edited,), f"rounded by {rule}")
    for first, share_of_unit in TWICE.items():
        shift = sure(exactly(rounding.parse(row.printed).unit * share_of_unit))
        edited = row._replace(reading=row.reading.ordinary - shift)
        yield Edit("rounded twice", (edited,), f"rounded to {first} first")


def _implied(e, row, allowed):
    """The exact values that follow from the rest, printed in the manner of the row."""
    for value in allowed:
        number = exact(value.bounds)
        if number is None:
            continue
        text, claim = rounding.reround(abs(number), 1, row.printed), row.claim
        if row.kind == "change" and number != 0:
            claim = "down" if number < 0 else "up"
        instead = text if claim == row.claim else f"{claim} by {text}"
        edited = reprinted(e, row, text)._replace(claim=claim)
        yield Edit("what the rest implies", (edited,), instead)


def _other_bases(e, row):
    """The same rate of another whole, or as the rate of another area or measure."""
    cell = row.cell
    for whole in e.part_and_whole(cell, row.text)[1:]:
        for area in dict.fromkeys(other.area for other in _related(e, whole)):
            yield _moved(row, "another base", f"of {area}", cell._replace(of_area=area))
            yield _moved(row, "another area", area, cell._replace(area=area))
        for measure, (_, of) in e.made_of.items():
            if of == whole.measure:
                yield _moved(row, "another measure", measure, cell._replace(measure=measure))


def _other_cells(e, row):
    """The same count of another area, measure or day."""
    if any(one.kind == "list" for one in e.sums(row.cell)):
        return
    for cell in _related(e, row.cell):
        field = "area" if cell.area != row.cell.area else "measure"
        yield _moved(row, f"another {field}", getattr(cell, field), cell)
    for days in DAYS if row.cell.end is not None else ():
        instead = f"{days:+d} day" + "s" * (abs(days) > 1)
        yield _moved(row, "another day", instead, row.cell.later(days))


def _moved(row, kind, instead, cell):
    """A row that speaks of another cell."""
    return Edit(kind, (row._replace(cell=cell),), instead)


def _related(e, cell):
    """The other cells of the sums by area and by measure that a count is part of."""
    sums = (one for one in e.sums(cell) if one.kind in ("parts", "terms"))
    found = dict.fromkeys(other for one in sums for other in one.cells)
    return [other for other in found if other != cell]


def _exchanged(e, row):
    """The count of a related cell that the same text prints, exchanged with this one."""
    for other in (r for cell in _related(e, row.cell) for r in e.printed.get(cell, ())):
        is_later = e.rank[other.index] > e.rank[row.index]  # so that each pair is tried once
        if other.text == row.text and is_later and other.reading != row.reading:
            pair = row._replace(reading=other.reading), other._replace(reading=row.reading)
            yield Edit("exchanged", pair, f"exchanged with {e.numbers[other.index].reference}")
