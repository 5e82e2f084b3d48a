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
from functools import cached_property
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

    @property
    def is_equation(self) -> bool:
        return self.within.usual != COUNT

    def total(self, readings: Iterable[Reading]) -> Reading:
        """The sum of readings, one for each cell."""
        readings = list(readings)
        if self.factor:
            return readings[0] - self.factor * readings[1]
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
        return bool(self.reads) and self.reads[0] in "<>~"

    @property
    def is_vague(self) -> bool:
        return bool(self.reads) and self.reads[0] == "~"

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


class Split(NamedTuple):
    """One way to make up a whole, of areas or of measures: its parts, added (1) or taken away."""

    whole: str
    scheme: str
    parts: dict[str, int]
    complete: bool
    assumes: str

    def signs(self) -> Iterator[tuple[str, int]]:
        """The whole, and its parts on the other side."""
        yield self.whole, 1
        yield from ((part, -sign) for part, sign in self.parts.items())


class Structure:
    """How cells hang together, by the tables of measures, terms and areas."""

    def __init__(self, ledger: Ledger) -> None:
        measures = ledger.tables["measures"]
        self.nature = {m.measure: m.nature for m in measures}
        self.made_of = {m.measure: (m.part, m.whole) for m in measures if m.part}
        self.inflow = {m.measure: m.inflow for m in measures if m.inflow}
        self.stocks = grouped((flow, stock) for stock, flow in self.inflow.items())
        self.areas = _splits(ledger.tables["members"], "area", "member")
        self.terms = _splits(ledger.tables["terms"], "measure", "term")
        self.splits_of_area = _by_any(self.areas)
        self.splits_of_measure = _by_any(self.terms)

    def is_rate(self, cell: Cell) -> bool:
        return self.nature[cell.measure] == "rate"

    def cell(
        self,
        measure: str,
        area: str | None,
        of_area: str | None,
        start: datetime | None,
        end: datetime | None,
        text: str,
    ) -> Cell:
        """The cell of a measure; its scope is left out wherever time and area are stated."""
        nature = self.nature[measure]
        start = None if nature in STANDING else start
        timed = end is not None and (start is not None or nature in (*STANDING, "rate"))
        scope = "" if area and timed else text
        return Cell(measure, area or "", of_area or "", start, end, scope)

    def part_and_whole(self, rate: Cell, text: str) -> tuple[Cell, Cell]:
        """The cells whose ratio a rate is, in a text where time or area is not stated."""
        part, whole = self.made_of[rate.measure]
        return (
            self.cell(part, rate.area, "", rate.start, rate.end, text),
            self.cell(whole, rate.of_area or rate.area, "", rate.start, rate.end, text),
        )


class Sums:
    """The rows of a ledger, and the sums that bind their cells.

    rows: every number that speaks of a cell, by its index. printed: the levels and rates of each
    cell. changes: the sums that printed changes state, for each of their two cells.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.structure = Structure(ledger)
        read = sorted(_read(ledger, self.structure), key=_place_in_text(ledger))
        self.rank = {row.index: place for place, row in enumerate(read)}
        self.rows = {row.index: row for row in read}
        self.printed = grouped((row.cell, row) for row in read if row.kind in ("level", "rate"))
        self.alike = grouped((row.says, row) for row in read)
        self.changes = grouped(
            (cell, stated)
            for row in read
            if row.kind == "change"
            for stated in [self.stated_by_change(row)]
            for _, cell in stated.terms
        )
        self.lists = grouped(
            (cell, one) for one in _lists(ledger, self.rows) for _, cell in one.terms
        )
        self._spans = grouped((day, span) for span in self.printed for day in self._days_of(span))
        self._sums: dict[tuple, Sum] = {}
        self._sums_of: dict[Cell, list[Sum]] = {}

    def _days_of(self, span):
        """The days that a flow over several days is the sum of, and the span itself."""
        if self.structure.nature[span.measure] == "flow" and span.days > 1:
            yield span
            first = span._replace(end=span.start + DAY)
            yield from map(first.later, range(span.days))

    def sums(self, cell: Cell) -> list[Sum]:
        """The sums that a cell is part of."""
        if cell not in self._sums_of:
            self._sums_of[cell] = list(self._written_out(cell))
        return self._sums_of[cell]

    def _written_out(self, cell):
        if not self.structure.is_rate(cell):
            yield from self._by_split(cell, "parts", "area", self.structure.splits_of_area)
            yield from self._by_split(cell, "terms", "measure", self.structure.splits_of_measure)
            yield from self._over_time(cell)
            yield from self.lists.get(cell, ())
        yield from self.changes.get(cell, ())

    def _once(self, key, kind, terms, within=NOTHING, assumes=""):
        """Each sum is written out once, whichever of its cells asks for it."""
        if key not in self._sums:
            self._sums[key] = Sum(kind, tuple(terms), within, assumes)
        return self._sums[key]

    def _by_split(self, cell, kind, field, splits):
        """An area is the sum of its members; a measure that of its terms, some taken away."""
        for split in splits.get(getattr(cell, field), ()):
            cells = ((sign, cell._replace(**{field: name})) for name, sign in split.signs())
            key = kind, split.whole, split.scheme, cell._replace(**{field: ""})
            within = NOTHING if split.complete else sure(COUNT)
            yield self._once(key, kind, cells, within, split.assumes)

    def _over_time(self, cell):
        """A span of days is the sum of its days; what flows into a stock makes it grow."""
        for span in self._spans.get(cell, ()):
            yield self._once(span, "span", whole_and_parts(self._days_of(span)))
        if cell.end is not None and cell.measure in self.structure.inflow:
            yield self._growth(cell, cell.end - DAY, cell.end)
            yield self._growth(cell, cell.end, cell.end + DAY)
        if cell.end is not None and cell.start is not None:
            for stock in self.structure.stocks.get(cell.measure, ()):
                yield self._growth(cell._replace(measure=stock), cell.start, cell.end)

    def _growth(self, stock, start, end):
        after, before = (stock._replace(start=None, end=moment) for moment in (end, start))
        flow = stock._replace(measure=self.structure.inflow[stock.measure], start=start, end=end)
        terms = whole_and_parts([after, before, flow])
        return self._once((after, start), "stock", terms)

    def stated_by_change(self, row: Row) -> Sum:
        """What a printed change says of its two cells."""
        cells, rows = ((1, row.cell), (-1, row.before)), row.value.rows
        if row.relative:
            return Sum("growth", cells, rows=rows, factor=row.factor)
        kind = "points" if self.structure.is_rate(row.cell) else "change"
        return Sum(kind, cells, row.change, rows=rows)

    def _used_up(self, one):
        """The rows of printed parts that make up a printed whole, so that nothing is left."""
        stated = [(sign, self.printed[cell]) for sign, cell in one.terms if cell in self.printed]
        is_partly = 2 < len(stated) < len(one.terms) - 1 and stated[0][0] > 0
        if one.kind != "parts" or not is_partly:
            return frozenset()
        values = [{row.reading for row in rows} for _, rows in stated]
        readings = [reading for several in values for reading in several]
        is_single = len(readings) == len(stated)
        if is_single and bounds.total([s for s, _ in stated], readings).wide == ZERO:
            return frozenset(rows[0].index for _, rows in stated)
        return frozenset()

    def _by_rate(self, row):
        """Bounds of the part from a rate and its whole, or of the whole from it and its part."""
        if row.reads or row.cell.measure not in self.structure.made_of:
            return
        part, whole = self.structure.part_and_whole(row.cell, row.text)
        fits = [(part, row.reading * r.reading, r) for r in self.printed.get(whole, ())]
        if row.reading.usual.upper > 0:
            fits += [(whole, r.reading / row.reading, r) for r in self.printed.get(part, ())]
        for cell, fit, printed in fits:
            if exact(printed.reading.usual):
                rows = frozenset([row.index, printed.index])
                yield cell, Value(both(bounds.counts, fit), rows, "rate")


class Known(Sums):
    """All values of each cell, as they follow step by step from what is printed."""

    @cached_property
    def known(self) -> dict[Cell, list[Value]]:
        """Every value of every cell, printed and derived, the printed ones first."""
        printed = {cell: [row.value for row in rows] for cell, rows in self.printed.items()}
        known = printed
        for _ in range(STEPS):
            derived = self._one_step(known)
            cells = [*(cell for cell in derived if cell not in known), *known]
            known = {
                cell: self._distinct([*printed.get(cell, ()), *derived.get(cell, ())])
                for cell in cells
            }
        return known

    def _one_step(self, known):
        """What follows in one step, by a sum with one unknown cell, or by a printed rate."""
        derived: dict[Cell, list[Value]] = defaultdict(list)
        cells = (*known, *self.changes)
        for one in dict.fromkeys(one for cell in cells for one in self.sums(cell)):
            if one.is_equation:
                self._derive(one, known, derived)
        for row in self.rows.values():
            if row.kind == "rate":
                for cell, value in self._by_rate(row):
                    derived[cell].append(value)
        return derived

    def _derive(self, one, known, derived):
        cells = [cell for _, cell in one.terms]
        unknown = [cell for cell in cells if cell not in known]
        if nothing_left := self._used_up(one):
            unprinted = [cell for cell in cells if cell not in self.printed]
            for cell in unprinted:
                derived[cell].append(Value(sure(ZERO), nothing_left, "nothing left"))
            cells, unknown = [cell for cell in cells if cell in self.printed], []
        if len(unknown) < 2:
            for cell in unknown or cells:
                own = frozenset(row.index for row in self.printed.get(cell, ()))
                derived[cell] += self.solve(one, cell, known, own)

    def solve(
        self, one: Sum, cell: Cell, known: dict[Cell, list[Value]], without: frozenset[int]
    ) -> Iterator[Value]:
        """The values of one cell of a sum that follow from all others.

        Only values count that do not rest on the rows `without`. Where another cell has several
        equally good ones, the first is taken everywhere, and each other one in its place.
        """
        if one.rows & without:
            return
        place, others = 0, []
        for i, (_, other) in enumerate(one.terms):
            if other == cell:
                place = i
            elif free := [v for v in known.get(other, ()) if v.rows.isdisjoint(without)]:
                others.append(self.best_of(free)[:TRIED])
            else:
                return
        route = "rest" if one.kind == "parts" and place else one.kind
        for choice in _one_at_a_time(others):
            reading = one.solved(place, [value.reading for value in choice])
            if agree(reading.usual, COUNT):
                rows = one.rows.union(*(value.rows for value in choice))
                yield Value(self._possible(reading, cell, one), rows, route)

    def _possible(self, reading, cell, one):
        """Nothing is below zero, and what is counted is a whole number."""
        counted = one.factor is not None and not self.structure.is_rate(cell)
        return both(bounds.counts if counted else bounds.not_negative, reading)

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
        lower, upper = value.bounds.lower, value.bounds.upper
        ends = lower is None, lower or 0, upper is None, upper or 0
        rows = sorted(self.rank[row] for row in value.rows)
        return value.route != "printed", len(rows), rows, value.route, ends

    def best_of(self, values: list[Value]) -> list[Value]:
        """Exact values if there are any, of those the best supported, one for each number.

        What supports one: the texts that print it, and the routes that lead to it or to bounds
        that hold it.
        """
        if len(values) < 2:
            return values
        exactly = [value for value in values if exact(value.bounds) is not None]
        best: dict[Bounds, Value] = {}
        for value in exactly or values:
            best.setdefault(value.bounds, value)
        if len(best) < 2:
            return list(best.values())
        support = {number: self._support(number, values) for number in best}
        most = max(support.values())
        return [value for number, value in best.items() if support[number] == most]

    def _support(self, number, values):
        same = [value for value in values if value.bounds == number]
        texts = self.texts(value for value in same if value.route == "printed")
        near = []
        if exact(number) is not None:
            near = [v for v in values if exact(v.bounds) is None and agree(v.bounds, number)]
        return len(texts) + len({value.route for value in [*same, *near]} - {"printed"})

    def texts(self, values: Iterable[Value]) -> set[str]:
        """The originals that values rest on: two pages of one original are one witness."""
        return {text for value in values for row in value.rows for text in self.rows[row].texts}


class Record(Known):
    """All that is known of each cell, and which value to take where there are several."""

    def best(self, cell: Cell, without: Collection[int] = ()) -> Value | None:
        """The best supported value; where several tie, the bounds that hold them all."""
        free = self.known.get(cell, [])
        if without:
            free = [value for value in free if value.rows.isdisjoint(without)]
        return joined(self.best_of(free))

    def stated(self, cell: Cell, text: str) -> list[Value]:
        """What a text prints for a cell: one value, or several that contradict each other."""
        found: list[Value] = []
        for row in self.printed.get(cell, ()):
            if row.text == text:
                found = _narrowed(found, row.value)
        return found

    def printed_values(self, cell: Cell, text: str) -> list[Value]:
        """What a text prints for a cell, else the best supported of what others print."""
        rows = self.printed.get(cell, ())
        return self.stated(cell, text) or self.best_of([row.value for row in rows])

    def of_day(self, cell: Cell, without: Collection[int] = ()) -> Value | None:
        """The best value; of a rate its exact part over its exact whole, else the printed rate."""
        if cell.measure in self.structure.made_of:
            pair = self.structure.part_and_whole(cell, cell.scope)
            part, whole = (self.best(count, without) for count in pair)
            if part and whole and exact(part.bounds) is not None and exact(whole.bounds):
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
    for row in ledger.tables["numbers"]:
        if row.kind == "context":
            continue
        text = row.briefing if row.briefing in briefings else carried[row.source]
        cell = structure.cell(row.measure, row.area, row.of_area, row.start, row.end, text)
        rate = structure.is_rate(cell)
        relative = row.kind == "change" and not rate and (row.reads or row.printed)[-1] in "%‰"
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
            _before(cell, row) if row.kind == "change" else None,
            frozenset(carried[page] for page in (row.source, row.second_source) if page),
            bounds.stands_for(row.printed, row.reads, rate or relative),
            relative,
        )


def _before(cell, row):
    """What a change is compared with."""
    start = None if cell.start is None else row.since_start
    return cell._replace(start=start, end=row.since_end)


def _place_in_text(ledger):
    """A sort of rows by what they say of their place, not by the order that a file has them in."""
    numbers = ledger.tables["numbers"]
    files = {name: n for n, name in enumerate(dict.fromkeys(row.briefing for row in numbers))}
    positions = {row.index: row.position or 0 for row in numbers}
    return lambda row: (files[row.file], positions[row.index], row.number)


def _lists(ledger, rows):
    """Complete lists that a text prints: their rows add up to the number they are part of."""
    index = {row.reference: row.index for row in ledger.tables["numbers"]}
    lists = grouped(
        ((r.briefing, r.part_of), r.index) for r in ledger.tables["numbers"] if r.part_of
    )
    for (file, name), parts in lists.items():
        whole = index[f"{file}/{name.partition(':')[0]}"]
        yield Sum("list", whole_and_parts(rows[i].cell for i in (whole, *parts)))


def _splits(table, whole, part):
    found: dict[tuple, Split] = {}
    for row in table:
        key = getattr(row, whole), row.scheme
        assumes = getattr(row, "assumes", None) or ""
        split = found.setdefault(key, Split(*key, {}, row.complete == "yes", assumes))
        split.parts[getattr(row, part)] = -1 if getattr(row, "sign", "+") == "-" else 1
    return list(found.values())


def _by_any(splits):
    """The splits that a key is the whole or a part of."""
    return grouped((key, split) for split in splits for key in {split.whole, *split.parts})


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


def joined(best: list[Value]) -> Value | None:
    """Equally good values as one that allows what any of them allows."""
    if len(best) < 2:
        return best[0] if best else None
    rows = frozenset().union(*(value.rows for value in best))
    return Value(both(bounds.hull, *(value.reading for value in best)), rows, "in conflict")


def _narrowed(found, value):
    """One more value of a cell by the same text: where it agrees with one before, both count."""
    for place, before in enumerate(found):
        if agree(before.reading.wide, value.reading.wide):
            met = _met(before, value)
            return [*found[:place], met, *found[place + 1 :]]
    return [*found, value]


def _met(one, other):
    wide = bounds.meet(one.reading.wide, other.reading.wide)
    usual = bounds.meet(one.bounds, other.bounds) if agree(one.bounds, other.bounds) else wide
    reading = Reading(usual, wide)
    for value in (one, other):
        if value.reading == reading:
            return value
    return Value(reading, one.rows | other.rows, "printed")


def _one_at_a_time(alternatives):
    """The first choice everywhere, then each other one in one place: all would be too many."""
    first = [values[0] for values in alternatives]
    yield first
    for place, values in enumerate(alternatives):
        for other in values[1:]:
            yield [*first[:place], other, *first[place + 1 :]]
