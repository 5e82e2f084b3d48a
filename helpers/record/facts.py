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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import combinations, permutations
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
        if not self.start or not self.end:
            return 0
        days, rest = divmod(self.end - self.start, DAY)
        return 0 if rest else days

    def later(self, days: int) -> Cell:
        shift = days * DAY
        return self._replace(start=self.start and self.start + shift, end=self.end + shift)


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

    `text` is the text that prints it, `pages` carry it, `before` is what a change is compared with.
    It is `relative` where it is a percentage of a count.
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
    before: Cell
    part_of: str | None
    pages: tuple
    reading: Reading
    relative: bool

    @property
    def texts(self) -> set[str]:
        """The originals that its pages carry."""
        return {page.text for page in self.pages}

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
        length = self.kind == "run" and self.reading
        return self.kind, self.cell, self.claim, self.before, self.relative, length


class Relations:
    """How cells hang together: by the tables of measures, terms and areas, and by what is printed.

    rows: every number that speaks of a cell, by its index. printed: the levels and rates of each
    cell. sums: those that a cell is part of; each is one object, whichever of its cells asks.
    """

    def __init__(self, ledger: Ledger) -> None:
        measures = ledger.tables["measures"]
        self.nature = {m.measure: m.nature for m in measures}
        self.made_of = {m.measure: (m.part, m.whole) for m in measures if m.part}
        self.inflow = {m.measure: m.inflow for m in measures if m.inflow}
        self.schemes = {
            "area": grouped(_schemes("parts", ledger.tables["members"])),
            "measure": grouped(_schemes("terms", ledger.tables["terms"])),
        }
        self.rows = {row.index: row for row in self._read(ledger)}
        self.rank = {index: place for place, index in enumerate(self.rows)}
        rows = self.rows.values()
        self.printed = grouped((row.cell, row) for row in rows if row.kind in ("level", "rate"))
        self.alike = grouped((row.says, row) for row in rows)
        changes = (self.stated_by(row) for row in rows if row.kind == "change")
        stated = [*self._lists(), *self._spans(), *changes]
        self._stated = grouped((cell, one) for one in stated for cell in one.cells)
        self.sums = cache(self._sums)
        self._made_up, self._grown = cache(_made_up), cache(_grown)

    def _read(self, ledger):
        """The rows that speak of a cell, sorted by what they say of their place."""
        pages = {page.source: page for page in ledger.tables["sources"]}
        briefings = {row.briefing for row in ledger.tables["briefings"]}
        for row in sorted(ledger.tables["numbers"], key=_place_in_record):
            if row.kind == "context":
                continue
            own = tuple(pages[page] for page in (row.source, row.second_source) if page)
            text = row.briefing if row.briefing in briefings else own[0].text
            place = row.measure, row.area or "", row.of_area or "", row.start, row.end, text
            cell = self.in_full(Cell(*place))
            before = cell._replace(start=cell.start and row.since_start, end=row.since_end)
            is_rate = self.is_rate(cell)
            relative = not is_rate and (row.reads or row.printed)[-1] in "%‰"
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
                before,
                row.part_of,
                own,
                bounds.stands_for(row.printed, row.reads, is_rate or relative),
                relative,
            )

    def is_rate(self, cell: Cell) -> bool:
        return self.nature[cell.measure] == "rate"

    def in_full(self, cell: Cell) -> Cell:
        """A cell without a start where none is counted, and without a text where it is clear."""
        nature = self.nature[cell.measure]
        start = None if nature in STANDING else cell.start
        is_clear = cell.area and cell.end and (start or nature in (*STANDING, "rate"))
        return cell._replace(start=start, scope="" if is_clear else cell.scope)

    def part_and_whole(self, rate: Cell, text: str) -> tuple[Cell, ...]:
        """The cells whose ratio a rate is, in a text where time or area is not stated."""
        areas = rate.area, rate.of_area or rate.area
        return tuple(
            self.in_full(rate._replace(measure=measure, area=area, of_area="", scope=text))
            for measure, area in zip(self.made_of.get(rate.measure, ()), areas, strict=False)
        )

    def stated_by(self, row: Row) -> Sum:
        """What a printed rate, or change, says of its two cells."""
        rows = row.value.rows
        if row.kind == "rate":
            pair = whole_and_parts(self.part_and_whole(row.cell, row.text))
            return Sum("rate", pair, rows=rows, factor=row.reading)
        pair = whole_and_parts([row.cell, row.before])
        if row.relative:
            return Sum("growth", pair, rows=rows, factor=row.factor)
        kind = "points" if self.is_rate(row.cell) else "change"
        return Sum(kind, pair, row.change, rows=rows)

    def _lists(self):
        """Complete lists that a text prints: their rows add up to the number they are part of."""
        rows = [row for _, row in sorted(self.rows.items())]
        cells = {(row.file, row.number): row.cell for row in rows}
        lists = grouped(((row.file, row.part_of), row.cell) for row in rows if row.part_of)
        for (file, name), parts in lists.items():
            whole = cells[file, name.partition(":")[0]]
            yield Sum("list", whole_and_parts([whole, *parts]))

    def _spans(self):
        """A flow over several days is the sum of its days."""
        for span in self.printed:
            if self.nature[span.measure] == "flow" and span.days > 1:
                first = span._replace(end=span.start + DAY)
                yield Sum("span", whole_and_parts([span, *map(first.later, range(span.days))]))

    def _sums(self, cell):
        found = []
        if not self.is_rate(cell):
            for field, schemes in self.schemes.items():
                anywhere = cell._replace(**{field: ""})
                for scheme in schemes.get(getattr(cell, field), ()):
                    found.append(self._made_up(scheme, field, anywhere))
            found += (self._grown(*growth) for growth in self._growths(cell))
        return [*found, *self._stated.get(cell, ())]

    def _growths(self, cell):
        """The stocks, and what flows into them, that a stock or its inflow speaks of."""
        for stock, inflow in self.inflow.items():
            if cell.measure == stock and cell.end:
                flow = cell._replace(measure=inflow, start=cell.end - DAY)
                yield from ((stock, flow), (stock, flow.later(1)))
            elif cell.measure == inflow and cell.start and cell.end:
                yield stock, cell


class Known(Relations):
    """All values of each cell, as they follow step by step from what is printed."""

    @cached_property
    def known(self) -> dict[Cell, list[Value]]:
        """Every value of every cell, printed and derived, the printed ones first."""
        printed = [(row.cell, row.value) for rows in self.printed.values() for row in rows]
        known = grouped(printed)
        for _ in range(STEPS):
            found = grouped([*printed, *self._one_step(known)])
            cells = [*(cell for cell in found if cell not in known), *known]
            known = {cell: self._distinct(found.get(cell, ())) for cell in cells}
        return known

    def _one_step(self, known):
        """What follows in one step, by a sum with one unknown cell, or by a printed rate."""
        for one in dict.fromkeys(one for cell in known for one in self.sums(cell)):
            if one.is_equation:
                yield from self._derived(one, known)
                yield from self._nothing_left(one, known)
        for row in self.rows.values():
            if row.kind == "rate" and not row.reads:
                yield from self._by_rate(self.stated_by(row))

    def _derived(self, one, known):
        unknown = [cell for cell in one.cells if cell not in known]
        for cell in unknown or one.cells:
            if len(unknown) < 2:
                own = frozenset(row.index for row in self.printed.get(cell, ()))
                yield from ((cell, value) for value in self.solve(one, cell, known, own))

    def _by_rate(self, one):
        """Bounds of a part or a whole, from a rate and a printed count of the other."""
        for cell, other in permutations(one.cells, 2):
            for row in self.printed.get(other, ()):
                if exact(row.reading.usual):
                    found = self.solve(one, cell, {other: [row.value]}, frozenset())
                    yield from ((cell, value) for value in found)

    def _nothing_left(self, one, known):
        """Zero for the other parts of a printed whole, where some printed ones make it up."""
        absent = [cell for cell in one.cells if cell not in self.printed]
        is_some = one.cells[0] in self.printed and 1 < len(absent) < len(one.cells) - 2
        if one.kind == "parts" and is_some:
            terms = [term for term in one.terms if term[1] not in absent]
            left = Sum("nothing left", (*terms, (-1, absent[0])))
            for value in self.solve(left, absent[0], known, frozenset()):
                if value.reading == NOTHING:
                    yield from ((cell, value) for cell in absent)

    def solve(
        self, one: Sum, cell: Cell, known: dict[Cell, list[Value]], without: frozenset[int]
    ) -> Iterator[Value]:
        """The values of one cell of a sum that follow from all others.

        Only values count that do not rest on the rows `without`. Where another cell has several
        equally good ones, the first is taken everywhere, and each other one in its place.
        """
        beside = (free(known.get(other, ()), without) for other in one.cells if other != cell)
        others = [self.best_of(values)[:TRIED] for values in beside]
        if one.rows & without or not all(others):
            return
        place = one.cells.index(cell)
        route = "rest" if one.kind == "parts" and place else one.kind
        for choice in _one_at_a_time(others):
            reading = one.solved(place, [value.reading for value in choice])
            if agree(reading.usual, COUNT):  # nothing is below zero
                reading = both(bounds.counts if one.factor else bounds.not_negative, reading)
                yield Value(reading, one.rows | rows_of(choice), route)

    def _distinct(self, values):
        """Leave out a value that only says again, from more rows, what another says from fewer."""
        kept: list[Value] = []
        for value in sorted(values, key=self._precedence):
            if not any(o.reading == value.reading and o.rows <= value.rows for o in kept):
                kept.append(value)
        return kept

    def _precedence(self, value):
        """A sort of values that does not depend on the order of rows in a file."""
        rows = sorted(self.rank[row] for row in value.rows)
        return value.route != "printed", len(rows), rows, value.route

    def best_of(self, values: list[Value]) -> list[Value]:
        """Exact values if there are any, of those the best supported, one for each number.

        What supports one: the texts that print it, and the routes that lead to it or to bounds
        that hold it; so narrow bounds are supported by wide ones around them.
        """
        if len(values) < 2:
            return values
        best = one_each([v for v in values if exact(v.bounds) is not None] or values)
        if len(best) < 2:
            return best
        support = grouped((self._support(value.bounds, values), value) for value in best)
        return support[max(support)]

    def _support(self, number, values):
        holding = [v for v in values if bounds.inside(number, v.bounds)]
        printed = (v for v in holding if v.route == "printed" and v.bounds == number)
        return len(self.texts(printed)) + len({v.route for v in holding} - {"printed"})

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
        found = [row.value for row in self.printed.get(cell, ()) if row.text == text]
        return _met(found) if len(found) > 1 else found

    def printed_values(self, cell: Cell, text: str) -> list[Value]:
        """What a text prints for a cell, else the best supported of what others print."""
        rows = self.printed.get(cell, ())
        return self.stated(cell, text) or self.best_of([row.value for row in rows])

    def of_day(self, cell: Cell, without: Collection[int] = ()) -> Value | None:
        """The best value; of a rate its exact part over its exact whole, else the printed rate."""
        counts = self.part_and_whole(cell, cell.scope)
        found = [self.best(count, without) for count in counts]
        if found and all(found):
            ratio = share(*found)
            if exact(ratio.bounds) is not None:
                return ratio
        return self.best(cell, without)

    @cached_property
    def contested(self) -> frozenset[int]:
        """The rows that print a cell whose values contradict each other."""
        cells = (cell for cell, values in self.known.items() if contradictions(values))
        return frozenset(row.index for cell in cells for row in self.printed.get(cell, ()))


def contradictions(values: list[Value]) -> list[tuple[Value, Value]]:
    """The pairs of values of a cell that contradict each other, by the ordinary rule."""
    return [(a, b) for a, b in combinations(values, 2) if not agree(a.bounds, b.bounds)]


# ── Reading the tables ──


def _place_in_record(row):
    """A sort of rows by what they say of their place, not by the order that a file has them in."""
    return row.briefing, row.position or 0, row.number


def _schemes(kind, table):
    """The ways to make up a whole, as sums of names, by each of these names."""
    for (whole, _), rows in grouped((row[:2], row) for row in table).items():
        parts = ((1 if getattr(row, "sign", "+") == "-" else -1, row[2]) for row in rows)
        within = NOTHING if rows[0].complete == "yes" else sure(COUNT)
        assumes = getattr(rows[0], "assumes", None) or ""
        scheme = Sum(kind, ((1, whole), *parts), within, assumes)
        yield from ((name, scheme) for name in scheme.cells)


def _made_up(scheme, field, cell):
    """The sum of cells that bear the names of a scheme, all else as one cell has it."""
    terms = tuple((sign, cell._replace(**{field: name})) for sign, name in scheme.terms)
    return replace(scheme, terms=terms)


def _grown(stock, flow):
    """What flows into a stock makes it grow."""
    now = flow._replace(measure=stock, start=None)
    return Sum("stock", whole_and_parts([now, now._replace(end=flow.start), flow]))


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
    alike = grouped((value.bounds, value) for value in values)
    return [same[0] for same in alike.values()]


def rows_of(values: Iterable[Value]) -> frozenset[int]:
    """The rows that some values rest on."""
    return frozenset().union(*(value.rows for value in values))


def joined(best: list[Value]) -> Value | None:
    """Equally good values as one that allows what any of them allows."""
    if len(best) < 2:
        return best[0] if best else None
    reading = both(bounds.hull, *(value.reading for value in best))
    return Value(reading, rows_of(best), "in conflict")


def _met(values):
    """What values that agree allow together: one of them, where it says as much by itself."""
    usual, wide = zip(*(value.reading for value in values), strict=True)
    if not agree(*wide):
        return one_each(values)
    reading = Reading(bounds.meet(*(usual if agree(*usual) else wide)), bounds.meet(*wide))
    alone = [value for value in values if value.reading == reading]
    return alone[:1] or [Value(reading, rows_of(values), "printed")]


def _one_at_a_time(alternatives):
    """The first choice everywhere, then each other one in one place: all would be too many."""
    first = [values[0] for values in alternatives]
    yield first
    for place, values in enumerate(alternatives):
        for other in values[1:]:
            yield [*first[:place], other, *first[place + 1 :]]
