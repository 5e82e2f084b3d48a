"""ledger → what is known of each cell (measure × area × time), and which sums bind cells together.

A value is a pair of bounds, so a rounded count, "over 1,000" and an exact count are one kind of thing. The ends of
a count are plain ints, which are ten times as fast as Fractions; so divide with Fraction(a, b), never with a slash.
All relations are found by structure: parts from members.csv, sums of measures from terms.csv, differences
from the day line, part and whole from measures.csv. Nothing is guessed: what does not follow stays unknown.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from numbers import Rational
from typing import NamedTuple

import pandas as pd

from helpers import rounding
from helpers.ledger import Ledger
from helpers.rounding import Bounds

DAY = 86_400
DEPTH = 2  # a value may be derived from values that are themselves derived once
_KINDS = ("parts", "terms", "span", "stock")  # of sums that no row states, in the order in which they are tried
_MOST = 3  # different values of one cell that a derivation tries out
UNKNOWN = Bounds(0, True, None, False)
ZERO = Bounds(0, True, 0, True)


class Cell(NamedTuple):
    """What a number speaks of. Times are seconds since 1970; `scope` names the file where the time or the area
    is not stated, since such a cell can only be compared with its own text."""

    measure: str
    area: str
    of_area: str
    start: int | None
    end: int | None
    scope: str


class Witness(NamedTuple):
    """One value of a cell, the rows of `numbers` it rests on, and the route from them to it."""

    value: Bounds
    rows: frozenset[int]
    route: str


class Relation(NamedTuple):
    """Cells with signs whose sum is zero, once `rows` (printed changes) have been added as `constant`."""

    kind: str
    signs: tuple[int, ...]
    cells: tuple[Cell, ...]
    constant: Bounds = ZERO
    rows: frozenset[int] = frozenset()
    complete: bool = True
    assumes: str = ""

    @property
    def signed(self) -> Iterable[tuple[int, Cell]]:
        """Each cell with its sign."""
        return zip(self.signs, self.cells, strict=True)


def exact(value: int | Fraction) -> Bounds:
    """The bounds of a value without doubt."""
    end = value.numerator if value.denominator == 1 else value
    return Bounds(end, True, end, True)


def is_exact(value: Bounds) -> bool:
    return value.lower is not None and value.lower == value.upper


def add(values: Iterable[tuple[int, Bounds]]) -> Bounds:
    """The signed sum of bounds: exact as soon as all are."""
    lower, upper, incl_lower, incl_upper = 0, 0, True, True
    for sign, value in values:
        if sign < 0:
            value = Bounds(_negative(value.upper), value.incl_upper, _negative(value.lower), value.incl_lower)
        lower = None if lower is None or value.lower is None else lower + value.lower
        upper = None if upper is None or value.upper is None else upper + value.upper
        incl_lower, incl_upper = incl_lower and value.incl_lower, incl_upper and value.incl_upper
    return Bounds(lower, incl_lower, upper, incl_upper)


def _negative(value: Rational | None) -> Rational | None:
    return None if value is None else -value


def below(left: Bounds, right: Bounds) -> bool:
    """Is every value of left smaller than every value of right?"""
    if left.upper is None or right.lower is None:
        return False
    return left.upper < right.lower or (left.upper == right.lower and not (left.incl_upper and right.incl_lower))


def agree(left: Bounds, right: Bounds) -> bool:
    """Is there a value that both allow?"""
    return not below(left, right) and not below(right, left)


def hull(values: Iterable[Bounds]) -> Bounds:
    """The narrowest bounds that hold all of the given ones."""
    values = list(values)
    lowest = min(values, key=lambda v: (v.lower is not None, v.lower or 0, not v.incl_lower))
    highest = max(values, key=lambda v: (v.upper is None, v.upper or 0, v.incl_upper))
    return Bounds(lowest.lower, lowest.incl_lower, highest.upper, highest.incl_upper)


@cache
def count_bounds(printed: str, reads: str | None) -> Bounds:
    """The whole numbers that a printed count can stand for (half_up, the ordinary rule)."""
    numeral = rounding.parse(printed, reads)
    if not numeral.comparator and numeral.unit == 1:
        return exact(numeral.value)
    bounds = rounding.unround(printed, "half_up", reads)
    return bounds if numeral.unit < 1 else _whole(bounds.whole_numbers())


@cache
def rate_bounds(printed: str, reads: str | None, rule: str = "half_up") -> Bounds:
    """The values that a printed rate can stand for."""
    return rounding.unround(printed, rule, reads)


def _whole(numbers: rounding.WholeNumbers) -> Bounds:
    return Bounds(numbers.low, True, numbers.high, numbers.high is not None)


class Row(NamedTuple):
    """One printed number that speaks of a cell, ready for arithmetic."""

    index: int
    file: str
    number: str
    kind: str
    printed: str
    reads: str | None
    claim: str | None
    since: int | None
    cell: Cell
    texts: frozenset[str]
    bounds: Bounds | None = None  # what it stands for, where that is not what the ordinary rule says


class Cells:
    """The printed rows of a ledger by cell, and the relations between cells.

    row: every row of `numbers` that is not context, by its index. printed: the levels and rates of each cell.
    """

    def __init__(self, ledger: Ledger) -> None:
        measures = ledger.measures.astype(object).where(ledger.measures.notna(), None)
        self.nature: dict[str, str] = dict(zip(measures["measure"], measures["nature"], strict=True))
        self.part_of_rate = {
            m: (p, w) for m, p, w in zip(measures["measure"], measures["part"], measures["whole"], strict=True) if p
        }
        self.inflow = {m: f for m, f in zip(measures["measure"], measures["inflow"], strict=True) if f}
        self._stocks_of = _grouped((flow, stock) for stock, flow in self.inflow.items())
        members = _grouped(((row.area, row.scheme), row) for row in ledger.members.itertuples())
        self.schemes: dict[tuple[str, str], tuple[bool, tuple[str, ...]]] = {
            key: (rows[0].complete == "yes", tuple(row.member for row in rows)) for key, rows in members.items()
        }
        self._schemes_of = _grouped(
            (area, key) for key, (_, members) in self.schemes.items() for area in {key[0], *members}
        )
        terms = _grouped(((row.measure, row.scheme), row) for row in ledger.terms.itertuples())
        self.sums: dict[tuple[str, str], tuple[bool, tuple[int, ...], tuple[str, ...], str]] = {
            key: (
                rows[0].complete == "yes",
                (1, *(-1 if row.sign == "+" else 1 for row in rows)),
                tuple(row.term for row in rows),
                "; ".join(dict.fromkeys(row.assumes for row in rows if isinstance(row.assumes, str))),
            )
            for key, rows in terms.items()
        }
        self._sums_of = _grouped((m, key) for key, (_, _, terms, _) in self.sums.items() for m in {key[0], *terms})
        self._cells: dict[Cell, Cell] = {}
        self._rate_cells: dict[tuple[Cell, str], tuple[Cell, Cell]] = {}
        text = dict(zip(ledger.sources["source"], ledger.sources["text"], strict=True))
        self.row = {row.index: row for row in self._read(ledger.numbers, text)}
        self._indexes = _grouped((row.file, index) for index, row in self.row.items())
        self.printed: dict[Cell, list[Row]] = _grouped((cell, row) for row in self.rows for cell in self._own(row))
        self.changes = _grouped((cell, row) for row in self.rows for cell in self._compared(row))
        self._rates_of = _grouped((cell, row) for row in self.rows for cell in self._made_of(row))
        self._spans = _grouped(((c.measure, c.area), c) for c in self.printed if self._days(c) > 1)
        self._relations: dict[tuple, Relation] = {}
        self._rated: dict[Cell, list[Witness]] = {}
        self._memo: dict[int, dict[Cell, list[Witness]]] = defaultdict(dict)
        self._depths: dict[Cell, int] | None = self._reach()

    @property
    def rows(self) -> list[Row]:
        """Every number that speaks of a cell, in the order of the ledger."""
        return list(self.row.values())

    def rows_of(self, file: str) -> list[Row]:
        """Those of one file."""
        return [self.row[index] for index in self._indexes[file]]

    def _read(self, numbers: pd.DataFrame, text: dict[str, str]) -> Iterator[Row]:
        wanted = numbers[numbers["kind"] != "context"]
        start, end, since = (
            _seconds(c) for c in (wanted["start"], wanted["end"], pd.to_datetime(wanted["since"]))
        )
        columns = ["briefing", "number", "kind", "printed", "reads", "claim", "measure", "area", "of_area"]
        plain = wanted[[*columns, "source", "second_source"]].astype(object)
        plain = plain.where(plain.notna(), None)
        pages = list(zip(plain["source"], plain["second_source"], strict=True))
        texts_of = {pair: frozenset(text[page] for page in pair if page) for pair in set(pages)}
        texts = (texts_of[pair] for pair in pages)
        rows = zip(wanted.index, *(plain[c] for c in columns), start, end, since, texts, strict=True)
        for index, file, number, kind, printed, reads, claim, measure, area, of_area, first, last, day, carried in rows:
            cell = self.cell(measure, area, of_area, first, last, file)
            yield Row(index, file, number, kind, printed, reads, claim, day, cell, carried)

    def cell(
        self, measure: str, area: str | None, of_area: str | None, start: int | None, end: int | None, file: str
    ) -> Cell:
        """The cell of a measure, its scope left out wherever time and area are stated."""
        nature = self.nature[measure]
        if nature in ("stock", "members"):
            start = None
        stated = bool(area) and end is not None and (start is not None or nature in ("stock", "members", "rate"))
        return self._same(Cell(measure, area or "", of_area or "", start, end, "" if stated else file))

    def _same(self, cell: Cell) -> Cell:
        """One object for equal cells: most come again in several relations."""
        return self._cells.setdefault(cell, cell)

    def earlier(self, change: Row) -> Cell:
        """The cell that a printed change is compared with: the same hours, so many days earlier that it ends on `since`."""
        cell = change.cell
        shift = change.since - (cell.end - 1) // DAY * DAY
        return cell._replace(start=None if cell.start is None else cell.start + shift, end=cell.end + shift)

    def rate_cells(self, rate: Cell, file: str = "") -> tuple[Cell, Cell]:
        """The part and the whole of a rate's cell, in the text of that file where time or area is not stated."""
        if (rate, file) not in self._rate_cells:
            part, whole = self.part_of_rate[rate.measure]
            self._rate_cells[rate, file] = (
                self.cell(part, rate.area, "", rate.start, rate.end, file),
                self.cell(whole, rate.of_area or rate.area, "", rate.start, rate.end, file),
            )
        return self._rate_cells[rate, file]

    def _own(self, row: Row) -> tuple[Cell, ...]:
        return (row.cell,) if row.kind in ("level", "rate") else ()

    def _compared(self, row: Row) -> tuple[Cell, ...]:
        return (row.cell, self.earlier(row)) if row.kind == "change" else ()

    def _made_of(self, row: Row) -> set[Cell]:
        defined = row.kind == "rate" and row.cell.measure in self.part_of_rate
        return set(self.rate_cells(row.cell, row.file)) if defined else set()

    def _days(self, cell: Cell) -> int:
        """How many whole days a flow counts; zero for anything else."""
        timed = cell.start is not None and cell.end is not None and self.nature[cell.measure] == "flow"
        return (cell.end - cell.start) // DAY if timed and (cell.end - cell.start) % DAY == 0 else 0

    def relations(self, cell: Cell) -> list[Relation]:
        """The sums that bind this cell to others."""
        return [self.relation(key) for key in self.keys(cell)]

    def keys(self, cell: Cell) -> list[tuple]:
        """What identifies those sums: kind, and what it takes to write one out."""
        if self.nature[cell.measure] == "rate":
            return []
        measure, area, *where = cell
        no_area, no_measure = self._same(Cell(measure, "", *where)), self._same(Cell("", area, *where))
        keys = [("parts", key, no_area) for key in self._schemes_of.get(area, ())]
        keys += [("terms", key, no_measure) for key in self._sums_of.get(measure, ())]
        return [*keys, *self._changing(cell), *self._over_time(cell)]

    def _changing(self, cell: Cell) -> list[tuple]:
        """Keys of the printed changes of a count, and of those that are compared with it."""
        counted = self.nature[cell.measure] != "rate"
        return [("change", row, None) for row in self.changes.get(cell, ()) if counted]

    def relation(self, key: tuple) -> Relation:
        """The sum that a key identifies, written out once."""
        if key not in self._relations:
            self._relations[key] = getattr(self, "_" + key[0])(*key[1:])
        return self._relations[key]

    def _hopeless(self, key: tuple, areas: dict[Cell, set[str]]) -> bool:
        """Can this sum give no value, since too many of its areas have none? (A cheap test, before it is written out.)

        areas: for each measure and time, those that have a value.
        """
        if key[0] != "parts":
            return False
        complete, members = self.schemes[key[1]]
        known = areas[key[2]]
        with_value = len(known.intersection(members))
        whole = key[1][0] in known
        return not complete or (with_value + whole < len(members) and not (whole and with_value))

    def _parts(self, scheme: tuple[str, str], rest: Cell) -> Relation:
        complete, members = self.schemes[scheme]
        measure, _, *where = rest
        cells = tuple(self._same(Cell(measure, area, *where)) for area in (scheme[0], *members))
        return Relation("parts", _whole_and_parts(len(members)), cells, complete=complete)

    def _terms(self, scheme: tuple[str, str], rest: Cell) -> Relation:
        complete, signs, terms, assumes = self.sums[scheme]
        _, *where = rest
        cells = tuple(self._same(Cell(term, *where)) for term in (scheme[0], *terms))
        return Relation("terms", signs, cells, complete=complete, assumes=assumes)

    def _change(self, row: Row, _: None) -> Relation:
        sign = 1 if row.claim == "down" else -1
        cells, constant = (self.earlier(row), row.cell), add([(-1, self.row_bounds(row))])
        return Relation("change", (sign, -sign), cells, constant, frozenset([row.index]))

    def _over_time(self, cell: Cell) -> Iterator[tuple]:
        """Keys of the relations along the day line: a span of days, a stock and what flows into it."""
        days = self._days(cell)
        for span in [cell] if days > 1 else self._spans.get((cell.measure, cell.area), ()) if days == 1 else ():
            if span.start <= cell.start and cell.end <= span.end:
                yield "span", span, None
        if cell.measure in self.inflow and cell.end is not None:
            for end in (cell.end, cell.end + DAY):
                yield "stock", cell._replace(start=end - DAY, end=end), None
        for stock in self._stocks_of.get(cell.measure, ()) if cell.start is not None else ():
            yield "stock", cell._replace(measure=stock), None

    def _span(self, span: Cell, _: None) -> Relation:
        days = range(span.start, span.end, DAY)
        cells = (span, *(self._same(span._replace(start=day, end=day + DAY)) for day in days))
        return Relation("span", _whole_and_parts(len(days)), cells)

    def _stock(self, growth: Cell, _: None) -> Relation:
        after, before = (growth._replace(start=None, end=moment) for moment in (growth.end, growth.start))
        inflow = growth._replace(measure=self.inflow[growth.measure])
        return Relation("stock", _whole_and_parts(2), tuple(map(self._same, (after, before, inflow))))

    def depths(self) -> dict[Cell, int]:
        """Every cell that has a value, and through how many steps: 0 where one is printed."""
        if self._depths is None:
            self._depths = self._reach()
        return self._depths

    def _reach(self) -> dict[Cell, int]:
        """The depths, step by step; on the way, for each cell the sums that can give it a value (`_useful`).

        A step gives the one unknown cell of a relation, the part or whole of a rate, or zero for all parts that
        are not printed where those that are make up the whole.
        """
        found = dict.fromkeys(self.printed, 0)
        useful: dict[tuple, Relation] = {}
        areas: dict[Cell, set[str]] = defaultdict(set)
        fresh: Iterable[Cell] = [*self.printed, *self.changes]
        for depth in range(1, DEPTH + 2):  # the last time only to gather the sums of what was found last
            for cell in fresh if depth > 1 else found:
                areas[Cell(cell.measure, "", *cell[2:])].add(cell.area)
            derived: dict[Cell, int] = {}
            for key in dict.fromkeys(key for cell in fresh for key in self.keys(cell)):
                if self._hopeless(key, areas) or not (relation := self.relation(key)).complete:
                    continue
                if key[0] in _KINDS:
                    useful[key] = relation
                unknown = [c for c in relation.cells if c not in found]
                if len(unknown) == 1 or (unknown and self._used_up(relation)):
                    derived |= dict.fromkeys(unknown, depth)
            if depth > DEPTH:
                break
            for cell in fresh:
                for row in self._rates_of.get(cell, ()) if cell in found else ():
                    derived |= {c: depth for c in self.rate_cells(row.cell, row.file) if c not in found}
            found = derived | found
            fresh = derived
        by_kind = sorted(useful.values(), key=lambda r: _KINDS.index(r.kind))
        self._useful = _grouped((cell, relation) for relation in by_kind for cell in relation.cells if cell in found)
        return found

    def _used_up(self, relation: Relation) -> bool:
        """Do the printed parts, each with one value, make up the printed whole, so that nothing is left for others?"""
        if relation.kind != "parts" or relation.cells[0] not in self.printed:
            return False
        stated = [(sign, cell) for sign, cell in relation.signed if cell in self.printed]
        if not 1 < len(stated) < len(relation.cells) - 1:
            return False
        printed = [(sign, {self.row_bounds(row) for row in self.printed[c]}) for sign, c in stated]
        single = all(len(values) == 1 for _, values in printed)
        return single and add([(sign, value) for sign, (value,) in printed]) == ZERO

    def witnesses(self, cell: Cell, depth: int = DEPTH) -> list[Witness]:
        """All values of a cell: as printed, and as derived from printed values of other cells.

        A derivation never uses what is printed for the cell itself, and goes through at most `depth` steps.
        """
        known = self._memo[depth]
        if cell not in known:
            if depth:
                printed, fewer = self.witnesses(cell, 0), self._memo[depth - 1].get(cell)
                own = frozenset().union(*(w.rows for w in printed))
                found = _without_repeats([*printed, *self._derived(cell, depth, own)])
                known[cell] = fewer if found == fewer else found  # one object for equal ones: a third of the memory
            else:
                rows = self.printed.get(cell, ())
                known[cell] = [Witness(self.row_bounds(row), frozenset([row.index]), "printed") for row in rows]
        return known[cell]

    def stated(self, cell: Cell, file: str) -> Witness | None:
        """The value of a cell that a file prints, the first if there are several."""
        rows = zip(self.printed.get(cell, ()), self.witnesses(cell, 0), strict=True)
        return next((witness for row, witness in rows if row.file == file), None)

    def row_bounds(self, row: Row) -> Bounds:
        """What a printed number can stand for."""
        if row.bounds:
            return row.bounds
        if self.nature[row.cell.measure] == "rate":
            return rate_bounds(row.printed, row.reads)
        return count_bounds(row.printed, row.reads)

    def _derived(self, cell: Cell, depth: int, own: frozenset[int]) -> Iterator[Witness]:
        for relation in self._useful.get(cell, ()):
            yield from self._solved(relation, cell, depth, own)
        for key in self._changing(cell):
            yield from self._solved(self.relation(key), cell, depth, own)
        yield from self._from_rates(cell)

    def _solved(self, relation: Relation, cell: Cell, depth: int, own: frozenset[int]) -> Iterator[Witness]:
        """The value of one cell of a relation, from all the others."""
        if cell not in self.printed and self._used_up(relation):
            rows = (self.printed[c][0].index for c in relation.cells if c in self.printed)
            yield Witness(ZERO, frozenset(rows), "nothing left")
            return
        signs, known = [], []
        for sign, other in relation.signed:
            if other == cell:
                own_sign = sign
            elif values := self._known(other, depth, own):
                signs.append(sign)
                known.append(values)
            else:
                return
        route = "rest" if relation.kind == "parts" and own_sign < 0 else relation.kind
        for choice in _one_at_a_time(known):
            signed = [(-own_sign * sign, w.value) for sign, w in zip(signs, choice, strict=True)]
            value = add([*signed, (-own_sign, relation.constant)])
            if value.upper is None or value.upper >= 0:
                yield Witness(_not_negative(value), relation.rows.union(*(w.rows for w in choice)), route)

    def _known(self, cell: Cell, depth: int, own: frozenset[int]) -> list[Witness]:
        """What a derivation may start from: the best supported value, or those that are equally well supported.

        What rests on the rows of the cell to be derived (`own`) is left aside: it would only lead back to them.
        """
        free = [w for w in self.witnesses(cell, depth - 1) if w.rows.isdisjoint(own)]
        return free if len(free) < 2 else self.best_of(free)[:_MOST]

    def best_of(self, found: list[Witness]) -> list[Witness]:
        """The witnesses to take: exact ones if there are any, of those the best supported, one for each value.

        A value's support is the number of texts that print it and of routes that lead to it, or to bounds that
        hold it.
        """
        best = [w for w in found if is_exact(w.value)] or found
        if all(w.value == best[0].value for w in best):
            return best[:1]
        distinct: dict[Bounds, Witness] = {}
        for witness in best:
            distinct.setdefault(witness.value, witness)
        support = {value: self.support(value, found) for value in distinct}
        return [w for value, w in distinct.items() if support[value] == max(support.values())]

    def support(self, value: Bounds, found: list[Witness]) -> int:
        same = [w for w in found if w.value == value]
        texts = {text for w in same if w.route == "printed" for row in w.rows for text in self.row[row].texts}
        near = [w for w in found if is_exact(value) and not is_exact(w.value) and w.value.contains(value.lower)]
        return len(texts) + len({w.route for w in [*same, *near] if w.route != "printed"})

    def _from_rates(self, cell: Cell) -> list[Witness]:
        """What the printed rates say of their part or whole: the same at every depth."""
        if cell in self._rates_of and cell not in self._rated:
            rows = (row for row in self._rates_of[cell] if not row.reads)
            self._rated[cell] = [witness for row in rows for witness in self._from_rate(row, cell)]
        return self._rated.get(cell, [])

    def _from_rate(self, row: Row, cell: Cell) -> Iterator[Witness]:
        """Bounds of the part from the rate and the whole, or of the whole from the rate and the part."""
        part, whole = self.rate_cells(row.cell, row.file)
        rate = self.row_bounds(row)
        for witness in self.witnesses(whole if cell == part else part, 0):
            count = witness.value.lower
            if is_exact(witness.value) and count > 0 and (cell == part or rate.upper > 0):
                fit = rate.times(count) if cell == part else _quotient(count, rate)
                numbers = fit.whole_numbers()
                some = numbers.high is None or numbers.low <= numbers.high
                # bounds without a whole number in them stay as they are: every count contradicts them
                yield Witness(_whole(numbers) if some else fit, witness.rows | {row.index}, "rate")

    def with_row(self, new: Row) -> Cells:
        """The same cells with one row changed, for asking what would follow."""
        old, changed = self.row[new.index], copy.copy(self)
        changed._memo, changed._rated, changed.row = defaultdict(dict), {}, self.row | {new.index: new}
        for name, keys_of in (("printed", self._own), ("changes", self._compared), ("_rates_of", self._made_of)):
            before, after = keys_of(old), keys_of(new)
            groups = dict(getattr(self, name)) if before or after else getattr(self, name)
            for cell in before:
                groups[cell] = [row for row in groups[cell] if row.index != new.index]
            for cell in after:
                groups[cell] = sorted([*groups.get(cell, ()), new])
            for cell in before:
                if not groups[cell]:
                    del groups[cell]
            setattr(changed, name, groups)
        if new.cell != old.cell:
            changed._depths = None
            speaks_of = self._made_of(new) if new.kind == "rate" else {new.cell, *self._compared(new)}
            if not speaks_of <= self.depths().keys():  # else no sum becomes useful that was not
                changed.depths()
        return changed


@cache
def _whole_and_parts(parts: int) -> tuple[int, ...]:
    """The signs of a whole and so many parts."""
    return (1, *[-1] * parts)


def _quotient(count: int, rate: Bounds) -> Bounds:
    """count/rate: the ends change places, and a rate that may be zero leaves no upper end."""
    upper = Fraction(count, rate.lower) if rate.lower and rate.lower > 0 else None
    return Bounds(Fraction(count, rate.upper), rate.incl_upper, upper, rate.incl_lower and upper is not None)


def _not_negative(value: Bounds) -> Bounds:
    return value._replace(lower=0, incl_lower=True) if value.lower is None or value.lower < 0 else value


def _one_at_a_time(alternatives: list[list[Witness]]) -> Iterator[list[Witness]]:
    """The first choice everywhere, then each other choice in one place: all of them would be too many."""
    first = [witnesses[0] for witnesses in alternatives]
    yield first
    for i, witnesses in enumerate(alternatives):
        for other in witnesses[1:]:
            yield [*first[:i], other, *first[i + 1 :]]


def _without_repeats(witnesses: list[Witness]) -> list[Witness]:
    """Leave out a value that only says again, from more rows, what another says from fewer."""
    if len(witnesses) < 2:
        return witnesses
    kept: list[Witness] = []
    for witness in sorted(witnesses, key=lambda w: (w.route != "printed", len(w.rows), sorted(w.rows))):
        if not any(other.value == witness.value and other.rows <= witness.rows for other in kept):
            kept.append(witness)
    return kept


def _grouped(pairs: Iterable[tuple]) -> dict:
    groups = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)


def _seconds(times: pd.Series) -> list[int | None]:
    seconds = times.astype("datetime64[s]").astype("int64")
    return [second if known else None for second, known in zip(seconds.tolist(), times.notna(), strict=True)]
