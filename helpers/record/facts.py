"""ledger → all that is known of each cell.

Throughout:

    cell    what a number speaks of: measure × area × time
    value   what a cell can be, the rows that this rests on, and the route from them to it
    sum     cells with signs whose sum lies within bounds: every relation is one
    row     one printed number that speaks of a cell, and all that it can stand for
    known   every value of every cell: as printed, and as it follows from values of other cells
    rest    what all values that do not rest on a row allow the row to say (see `slips`)

The method is assumption-based truth maintenance (de Kleer 1986, doi:10.1016/0004-3702(86)90080-9):
each value carries the rows that it assumes, so nothing is guessed, and a contradiction in one
place spoils nothing elsewhere. The order of the rows decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import combinations
from typing import NamedTuple

from helpers.ledger import Ledger
from helpers.record import bounds
from helpers.record.bounds import COUNT, ZERO, Bounds, Reading, agree, both, exact, sure

DAY = timedelta(days=1)
STEPS = 2  # a value may be derived from values that are themselves derived once
NOTHING, ONE = sure(ZERO), sure(bounds.exactly(1))
TRIED = 3  # of equally good values of a cell, as many are tried in a derivation
STANDING = ("stock", "members")  # measures that are counted at a moment


class Cell(NamedTuple):
    """What a number speaks of. `scope`: its text, where the time or the area is not stated."""

    measure: str
    area: str
    of_area: str
    start: datetime | None
    end: datetime | None
    scope: str = ""

    @property
    def days(self) -> int:
        """How many whole days are counted; zero for a moment, or for hours."""
        if self.start is None or self.end is None or (self.end - self.start) % DAY:
            return 0
        return (self.end - self.start) // DAY

    def later(self, days: int) -> Cell:
        shift = days * DAY
        start = None if self.start is None else self.start + shift
        return self._replace(start=start, end=self.end + shift)


class Value(NamedTuple):
    """One value of a cell, the rows of `numbers` it rests on, and the route from them to it."""

    reading: Reading
    rows: frozenset[int]
    route: str

    @property
    def bounds(self) -> Bounds:
        """What it can be by the ordinary rule of rounding."""
        return self.reading.usual

    @property
    def ordinary(self) -> Value:
        """The same, had everything been rounded by the ordinary rule."""
        return self._replace(reading=self.reading.ordinary)


@dataclass(frozen=True, eq=False)
class Sum:
    """Cells with signs, and what their sum can be: zero where parts (-1) make up a whole (1).

    `factor`: how many times the last cell counts, for a change told in percent.
    """

    kind: str
    terms: tuple[tuple[int, Cell], ...]
    within: Reading = NOTHING
    assumes: str = ""
    rows: frozenset[int] = frozenset()
    factor: Reading | None = None

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for _, cell in self.terms)

    @property
    def is_equation(self) -> bool:
        return self.within.usual != COUNT

    def total(self, readings: Iterable[Reading]) -> Reading:
        """The sum of readings, one for each cell."""
        return bounds.total([sign for sign, _ in self.terms], readings)

    def solved(self, place: int, others: list[Reading]) -> Reading:
        """What one cell must be, given all others: those before its place and those behind."""
        if self.factor:
            return others[0] / self.factor if place else self.factor * others[0]
        signs = [sign for sign, _ in self.terms]
        own = signs.pop(place)
        return bounds.total([own, *(-own * sign for sign in signs)], [self.within, *others])


class Row(NamedTuple):
    """One printed number that speaks of a cell, and all that it can stand for.

    `text` is the text that prints it, `texts` the originals that its pages carry, `before` what a
    change is compared with. A change is `relative` where it is a percentage of a count.
    """

    index: int
    file: str
    text: str
    number: str
    kind: str
    printed: str
    reads: str | None
    claim: str | None
    cell: Cell
    before: Cell | None
    texts: frozenset[str]
    reading: Reading
    relative: bool = False

    @property
    def is_bound(self) -> bool:
        """Does it only say above, below or about what it is?"""
        return (self.reads or "").startswith(("<", ">", "~"))

    @property
    def is_vague(self) -> bool:
        return (self.reads or "").startswith("~")

    @property
    def moves(self) -> bool:
        """Of a run: does each day differ from the day before?"""
        return self.claim in ("down", "up")

    @property
    def value(self) -> Value:
        return Value(self.reading, frozenset([self.index]), "printed")

    @property
    def change(self) -> Reading:
        """A printed change with its sign."""
        return NOTHING - self.reading if self.claim == "down" else self.reading

    @property
    def factor(self) -> Reading:
        """How many times the earlier count a count is, by a printed relative change."""
        return both(bounds.not_negative, bounds.total((1, 1), (ONE, self.change)))

    @property
    def says(self) -> tuple:
        """Rows with the same of these say the same; two runs may differ in length."""
        length = self.reading if self.kind == "run" else None
        return self.kind, self.cell, self.claim, self.before, self.relative, length


@dataclass(frozen=True, eq=False)
class Split:
    """One way to make up a whole, of areas or of measures: its parts, added (1) or taken away."""

    field: str
    whole: str
    parts: dict[str, int]
    complete: bool
    assumes: str

    def of(self, cell: Cell) -> Sum:
        """The sum of cells that differ from a cell in area, or in measure."""
        signs = {self.whole: 1} | {part: -sign for part, sign in self.parts.items()}
        terms = tuple((sign, cell._replace(**{self.field: name})) for name, sign in signs.items())
        within = NOTHING if self.complete else sure(COUNT)
        return Sum("parts" if self.field == "area" else "terms", terms, within, self.assumes)


class Structure:
    """How cells hang together, by the tables of measures, terms and areas."""

    def __init__(self, ledger: Ledger) -> None:
        measures = ledger.tables["measures"]
        self.nature = {m.measure: m.nature for m in measures}
        self.made_of = {m.measure: (m.part, m.whole) for m in measures if m.part}
        self.inflow = {m.measure: m.inflow for m in measures if m.inflow}
        self.stocks = grouped((flow, stock) for stock, flow in self.inflow.items())
        members, terms = ledger.tables["members"], ledger.tables["terms"]
        areas = ((m.area, m.scheme, m.member, "+", m.complete, None) for m in members)
        formulas = ((t.measure, t.scheme, t.term, t.sign, t.complete, t.assumes) for t in terms)
        self.splits_of_area = _splits("area", areas)
        self.splits_of_measure = _splits("measure", formulas)

    def is_rate(self, cell: Cell) -> bool:
        return self.nature[cell.measure] == "rate"

    def stated(self, cell: Cell) -> Cell:
        """A cell without a start where none is counted, and without a text where it is clear."""
        nature = self.nature[cell.measure]
        start = None if nature in STANDING else cell.start
        timed = cell.end is not None and (start is not None or nature in (*STANDING, "rate"))
        return cell._replace(start=start, scope="" if cell.area and timed else cell.scope)

    def part_and_whole(self, rate: Cell, text: str) -> tuple[Cell, ...]:
        """The cells whose ratio a rate is, in a text where time or area is not stated."""
        areas = rate.area, rate.of_area or rate.area
        return tuple(
            self.stated(rate._replace(measure=measure, area=area, of_area="", scope=text))
            for measure, area in zip(self.made_of.get(rate.measure, ()), areas, strict=False)
        )


class Sums:
    """The rows of a ledger, and the sums that bind their cells.

    rows: every number that speaks of a cell, by its index. printed: the levels and rates of each
    cell. sums: those that a cell is part of; each is one object, whichever of its cells asks.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.structure = Structure(ledger)
        self.rows = {row.index: row for row in _read(ledger, self.structure)}
        self.rank = {index: place for place, index in enumerate(self.rows)}
        rows = self.rows.values()
        self.printed = grouped((row.cell, row) for row in rows if row.kind in ("level", "rate"))
        self.alike = grouped((row.says, row) for row in rows)
        changes = (self.stated_by_change(row) for row in rows if row.kind == "change")
        stated = [*_lists(ledger, self.rows), *self._spans(), *changes]
        self._stated = grouped((cell, one) for one in stated for cell in one.cells)
        self.sums = cache(self._sums)
        self._made_up, self._grown = cache(Split.of), cache(self._growth)

    def _spans(self):
        """A flow over several days is the sum of its days."""
        for span in self.printed:
            if self.structure.nature[span.measure] == "flow" and span.days > 1:
                first = span._replace(end=span.start + DAY)
                yield Sum("span", whole_and_parts([span, *map(first.later, range(span.days))]))

    def _sums(self, cell):
        structure, found = self.structure, []
        if not structure.is_rate(cell):
            for split in structure.splits_of_area.get(cell.area, ()):
                found.append(self._made_up(split, cell._replace(area="")))
            for split in structure.splits_of_measure.get(cell.measure, ()):
                found.append(self._made_up(split, cell._replace(measure="")))
            found += (self._grown(*grown) for grown in self._growths(cell))
        return [*found, *self._stated.get(cell, ())]

    def _growths(self, cell):
        """The stocks, and since when they grow, that a stock or its inflow speaks of."""
        if cell.end is not None and cell.measure in self.structure.inflow:
            yield cell, cell.end - DAY
            yield cell.later(1), cell.end
        if cell.end is not None and cell.start is not None:
            for stock in self.structure.stocks.get(cell.measure, ()):
                yield cell._replace(measure=stock, start=None), cell.start

    def _growth(self, stock, start):
        """What flows into a stock makes it grow."""
        flow = stock._replace(measure=self.structure.inflow[stock.measure], start=start)
        return Sum("stock", whole_and_parts([stock, stock._replace(end=start), flow]))

    def stated_by_change(self, row: Row) -> Sum:
        """What a printed change says of its two cells."""
        cells, rows = ((1, row.cell), (-1, row.before)), row.value.rows
        if row.relative:
            return Sum("growth", cells, rows=rows, factor=row.factor)
        kind = "points" if self.structure.is_rate(row.cell) else "change"
        return Sum(kind, cells, row.change, rows=rows)

    def _used_up(self, one):
        """The rows of printed parts that make up a printed whole, so that nothing is left."""
        if one.kind != "parts" or one.cells[0] not in self.printed:
            return frozenset()
        first = {cell: self.printed[cell][0] for cell in one.cells if cell in self.printed}
        rows = [row for cell in first for row in self.printed[cell]]
        left = Sum("parts", whole_and_parts(first)).total(row.reading for row in first.values())
        is_single = all(row.reading == first[row.cell].reading for row in rows)
        is_some = 2 < len(first) < len(one.cells) - 1
        found = first.values() if is_some and is_single and left.wide == ZERO else ()
        return frozenset(row.index for row in found)

    def _by_rate(self, row):
        """Bounds of the part from a rate and its whole, or of the whole from it and its part."""
        pair = self.structure.part_and_whole(row.cell, row.text)
        one = Sum("rate", whole_and_parts(pair), factor=row.reading)
        for place, cell in enumerate(pair if not row.reads else ()):
            for other in self.printed.get(pair[1 - place], ()):
                if exact(other.reading.usual):
                    count = both(bounds.counts, one.solved(place, [other.reading]))
                    yield cell, Value(count, frozenset([row.index, other.index]), "rate")


class Known(Sums):
    """All values of each cell, as they follow step by step from what is printed."""

    @cached_property
    def known(self) -> dict[Cell, list[Value]]:
        """Every value of every cell, printed and derived, the printed ones first."""
        printed = {cell: [row.value for row in rows] for cell, rows in self.printed.items()}
        known = printed
        for _ in range(STEPS):
            derived = grouped(self._one_step(known))
            cells = [*(cell for cell in derived if cell not in known), *known]
            known = {
                cell: self._distinct([*printed.get(cell, ()), *derived.get(cell, ())])
                for cell in cells
            }
        return known

    def _one_step(self, known):
        """What follows in one step, by a sum with one unknown cell, or by a printed rate."""
        for one in dict.fromkeys(one for cell in known for one in self.sums(cell)):
            if one.is_equation:
                yield from self._derived(one, known)
        for row in self.rows.values():
            if row.kind == "rate":
                yield from self._by_rate(row)

    def _derived(self, one, known):
        nothing_left = self._used_up(one)
        unknown = [cell for cell in one.cells if cell not in known]
        for cell in one.cells:
            if nothing_left and cell not in self.printed:
                yield cell, Value(NOTHING, nothing_left, "nothing left")
            elif unknown in ([], [cell]):
                own = frozenset(row.index for row in self.printed.get(cell, ()))
                yield from ((cell, value) for value in self.solve(one, cell, known, own))

    def solve(
        self, one: Sum, cell: Cell, known: dict[Cell, list[Value]], without: frozenset[int]
    ) -> Iterator[Value]:
        """The values of one cell of a sum that follow from all others.

        Only values count that do not rest on the rows `without`. Where another cell has several
        equally good ones, the first is taken everywhere, and each other one in its place.
        """
        others = []
        for other in one.cells:
            if other != cell:
                others.append(self.best_of(free(known.get(other, ()), without))[:TRIED])
                if not others[-1]:
                    return
        if one.rows & without:
            return
        place = one.cells.index(cell)
        route = "rest" if one.kind == "parts" and place else one.kind
        for choice in _one_at_a_time(others):
            reading = one.solved(place, [value.reading for value in choice])
            if agree(reading.usual, COUNT):  # nothing is below zero
                reading = both(bounds.counts if one.factor else bounds.not_negative, reading)
                rows = one.rows.union(*(value.rows for value in choice))
                yield Value(reading, rows, route)

    def _distinct(self, values):
        """Leave out a value that only says again, from more rows, what another says from fewer."""
        if len(values) < 2:
            return values
        kept: list[Value] = []
        for value in sorted(values, key=self._precedence):
            again = (o for o in kept if o.reading == value.reading and o.rows <= value.rows)
            if not any(again):
                kept.append(value)
        return kept

    def _precedence(self, value):
        """A sort of values that does not depend on the order of rows in a file."""
        ends = bounds.begin(value.bounds), bounds.end(value.bounds)
        rows = sorted(self.rank[row] for row in value.rows)
        return value.route != "printed", len(rows), rows, value.route, ends

    def best_of(self, values: list[Value]) -> list[Value]:
        """Exact values if there are any, of those the best supported, one for each number.

        What supports one: the texts that print it, and the routes that lead to it or to bounds
        that hold it.
        """
        if len(values) < 2:
            return values
        best = one_each([v for v in values if exact(v.bounds) is not None] or values)
        if len(best) < 2:
            return best
        support = [self._support(value.bounds, values) for value in best]
        return [v for v, found in zip(best, support, strict=True) if found == max(support)]

    def _support(self, number, values):
        same = [value for value in values if value.bounds == number]
        texts = self.texts(value for value in same if value.route == "printed")
        holding = (
            [v for v in values if agree(v.bounds, number)] if exact(number) is not None else same
        )
        return len(texts) + len({value.route for value in holding} - {"printed"})

    def texts(self, values: Iterable[Value]) -> set[str]:
        """The originals that values rest on: two pages of one original are one witness."""
        return {text for value in values for row in value.rows for text in self.rows[row].texts}


class Record(Known):
    """All that is known of each cell, and which value to take where there are several."""

    def best(self, cell: Cell, without: Collection[int] = ()) -> Value | None:
        """The best supported value; where several tie, the bounds that hold them all."""
        return joined(self.best_of(free(self.known.get(cell, ()), without)))

    def stated(self, cell: Cell, text: str) -> list[Value]:
        """What a text prints for a cell: one value, or several that contradict each other."""
        found: list[Value] = []
        for value in (row.value for row in self.printed.get(cell, ()) if row.text == text):
            for place, before in enumerate(found):
                if agree(before.reading.wide, value.reading.wide):
                    found[place] = _met(before, value)
                    break
            else:
                found.append(value)
        return found

    def printed_values(self, cell: Cell, text: str) -> list[Value]:
        """What a text prints for a cell, else the best supported of what others print."""
        rows = self.printed.get(cell, ())
        return self.stated(cell, text) or self.best_of([row.value for row in rows])

    def of_day(self, cell: Cell, without: Collection[int] = ()) -> Value | None:
        """The best value; of a rate its exact part over its exact whole, else the printed rate."""
        counts = self.structure.part_and_whole(cell, cell.scope)
        found = [self.best(count, without) for count in counts]
        if found and all(value and exact(value.bounds) is not None for value in found):
            part, whole = found
            if exact(whole.bounds):
                return share(part, whole)
        return self.best(cell, without)

    @cached_property
    def contested(self) -> frozenset[int]:
        """The rows that print a cell whose values contradict each other."""
        cells = (cell for cell, values in self.known.items() if contradictions(values))
        return frozenset(row.index for cell in cells for row in self.printed.get(cell, ()))


def contradictions(values: list[Value]) -> list[tuple[Value, Value]]:
    """The pairs of values of a cell that contradict each other, by the ordinary rule."""
    if len(values) < 2:
        return []
    return [(a, b) for a, b in combinations(values, 2) if not agree(a.bounds, b.bounds)]


# ── Reading the tables ──


def _read(ledger, structure):
    briefings = {row.briefing for row in ledger.tables["briefings"]}
    carried = {row.source: row.text for row in ledger.tables["sources"]}
    for row in sorted(ledger.tables["numbers"], key=_place_in_record):
        if row.kind == "context":
            continue
        text = row.briefing if row.briefing in briefings else carried[row.source]
        place = row.measure, row.area or "", row.of_area or "", row.start, row.end, text
        cell = structure.stated(Cell(*place))
        before = cell._replace(start=cell.start and row.since_start, end=row.since_end)
        rate, is_change = structure.is_rate(cell), row.kind == "change"
        relative = is_change and not rate and (row.reads or row.printed)[-1] in "%‰"
        yield Row(
            row.index,
            row.briefing,
            text,
            row.number,
            row.kind,
            row.printed,
            row.reads,
            row.claim,
            cell,
            before if is_change else None,
            frozenset(carried[page] for page in (row.source, row.second_source) if page),
            bounds.stands_for(row.printed, row.reads, rate or relative),
            relative,
        )


def _place_in_record(row):
    """A sort of rows by what they say of their place, not by the order that a file has them in."""
    return row.briefing, row.position or 0, row.number


def _lists(ledger, rows):
    """Complete lists that a text prints: their rows add up to the number they are part of."""
    index = {row.reference: row.index for row in ledger.tables["numbers"]}
    lists = grouped(
        ((r.briefing, r.part_of), r.index) for r in ledger.tables["numbers"] if r.part_of
    )
    for (file, name), parts in lists.items():
        whole = index[f"{file}/{name.partition(':')[0]}"]
        yield Sum("list", whole_and_parts(rows[i].cell for i in (whole, *parts)))


def _splits(field, rows):
    """The ways to make up a whole, under its own name and under those of its parts."""
    found: dict[tuple, Split] = {}
    for whole, scheme, part, sign, complete, assumes in rows:
        split = Split(field, whole, {}, complete == "yes", assumes or "")
        found.setdefault((whole, scheme), split).parts[part] = -1 if sign == "-" else 1
    return grouped((key, split) for split in found.values() for key in (split.whole, *split.parts))


# ── Small things ──


def whole_and_parts(cells: Iterable[Cell]) -> tuple[tuple[int, Cell], ...]:
    """A whole and its parts, with their signs."""
    return tuple((-1 if place else 1, cell) for place, cell in enumerate(cells))


def grouped(pairs: Iterable[tuple]) -> dict:
    groups = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)


def share(part: Value, whole: Value) -> Value:
    return Value(part.reading / whole.reading, part.rows | whole.rows, "part over whole")


def free(values: Iterable[Value], without: Collection[int]) -> list[Value]:
    """The values that do not rest on some rows."""
    return [value for value in values if value.rows.isdisjoint(without)]


def one_each(values: Iterable[Value]) -> list[Value]:
    """The first of the values with the same bounds."""
    first: dict[Bounds, Value] = {}
    for value in values:
        first.setdefault(value.bounds, value)
    return list(first.values())


def joined(best: list[Value]) -> Value | None:
    """Equally good values as one that allows what any of them allows."""
    if len(best) < 2:
        return best[0] if best else None
    rows = frozenset().union(*(value.rows for value in best))
    return Value(both(bounds.hull, *(value.reading for value in best)), rows, "in conflict")


def _met(one, other):
    """What two values allow that agree: one of them, where it says as much by itself."""
    reading = both(bounds.meet, one.reading, other.reading)
    if not agree(one.bounds, other.bounds):
        reading = sure(reading.wide)
    alone = (value for value in (one, other) if value.reading == reading)
    return next(alone, Value(reading, one.rows | other.rows, "printed"))


def _one_at_a_time(alternatives):
    """The first choice everywhere, then each other one in one place: all would be too many."""
    first = [values[0] for values in alternatives]
    yield first
    for place, values in enumerate(alternatives):
        for other in values[1:]:
            yield [*first[:place], other, *first[place + 1 :]]
