"""ledger → verdicts: a frame a question, a row a verdict.

There is one rule, `bounds.judge`: a claim holds if it allows everything that is known to be
possible, fails if it allows nothing of it, and is undecided else. The questions differ in what is
claimed and in where the known values come from: a rate is judged by the counts of its own text, a
balance by what is printed, a change or a run by the best of the record. Where a text prints two
values for a cell, both are tried, and a verdict is firm only if it is the same for each.

Every question takes what `ledger.load()` gives, or `Evidence` that several share. `rests_on` names
the printed numbers behind a verdict as file/number, `rows` has their indexes. The `..._rows`
functions give the same as plain named tuples, without pandas.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache, cached_property
from itertools import combinations, islice, pairwise, product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from helpers import rounding
from helpers.ledger import Ledger
from helpers.record import bounds
from helpers.record.bounds import COUNT, ZERO, Bounds, Reading, agree, both, exact, judge, sure
from helpers.record.facts import (
    DAY,
    Cell,
    Record,
    Row,
    Sum,
    Value,
    contradictions,
    grouped,
    joined,
)
from helpers.rounding import RULES
from helpers.words import Names, Verdict, frame, says, when

if TYPE_CHECKING:
    import pandas as pd

CHECKS = {True: Verdict.HOLDS, False: Verdict.FAILS, None: Verdict.UNDECIDED}
MOVES = {"down": Bounds(None, False, 0, False), "up": Bounds(0, False, None, False)}
SHARE = Bounds(0, True, 1, True)
YEAR = 366  # no claim about running days is followed further back
ROUNDED = "the exact values behind rounded ones"
ROUNDED_COUNTS = "the exact counts behind rounded ones"
MOST_CHOICES = 64  # of values that contradict each other in one claim


class Evidence:
    """A ledger's record and its names; several audits can share one."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.names, self.record = ledger, Names(ledger), Record(ledger)
        measures, areas = ledger.tables["measures"], ledger.tables["areas"]
        self.counts_units = {m.measure for m in measures if m.unit == "units"}
        self.kinds = {area.area: area.kind for area in areas}
        self.numbers = {number.index: number for number in ledger.tables["numbers"]}
        self.units = cache(self._units)

    @classmethod
    def of(cls, ledger: Ledger | Evidence) -> Evidence:
        return ledger if isinstance(ledger, cls) else cls(ledger)

    def _units(self, area: str) -> list[frozenset[str]]:
        """The units that an area is made of, for each scheme that names all of them."""
        if self.kinds.get(area) not in ("city", "part", "group", None):
            return [frozenset([area])]
        ways = []
        for split in self.record.structure.splits_of_area.get(area, ()):
            below = [self.units(part) for part in split.parts] if split.whole == area else []
            if split.complete and below and all(below):
                ways.append(frozenset().union(*(units[0] for units in below)))
        return ways

    def about(self, cell: Cell) -> dict:
        """The columns that say of what cell a verdict is."""
        return dict(zip(("measure", "area", "of_area", "start", "end"), cell, strict=False))

    def printed(self, row: Row) -> dict:
        """The columns that say of which printed number a verdict is."""
        number = self.numbers[row.index]
        columns = ("briefing", "number", "printed", "paragraph", "position")
        return {column: getattr(number, column) for column in columns}

    def behind(self, rows: Iterable[int]) -> dict:
        rows = tuple(sorted(rows))
        return {"rests_on": self.names.rests_on(rows), "rows": rows}

    @cached_property
    def claims(self) -> list[Claim]:
        """What must hold of the printed numbers, with the values to judge it by."""
        return list(_claims(self))

    @cached_property
    def claims_about(self) -> dict[Cell, list[Claim]]:
        return grouped((cell, claim) for claim in self.claims for _, cell in claim.sum.terms)


# ── Rates ──


class Rate(NamedTuple):
    """A verdict on one quoted rate, see `rates`."""

    briefing: str
    number: str
    measure: str
    area: str
    of_area: str
    start: datetime | None
    end: datetime | None
    printed: str
    part: int | Fraction | None = None
    whole: int | Fraction | None = None
    reconstructed: Fraction | None = None
    half_up: str | None = None
    half_even: str | None = None
    half_down: str | None = None
    down: str | None = None
    up: str | None = None
    verdict: Verdict = Verdict.UNCHECKED
    rule: str = ""
    missing: str = ""
    power: int | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None
    part_from: str = ""
    whole_from: str = ""
    paragraph: int | None = None
    position: int | None = None
    rows: tuple[int, ...] = ()


def rates(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Does each quoted rate follow from its part and its whole?

    Part and whole are the cells that measures.csv names, taken from the rate's own text, else from
    the best value elsewhere in the record (`part_from`, `whole_from` say which).

    Returns:
        One row a quoted rate. `part`, `whole`: counts as printed. `reconstructed`: part/whole, a
        Fraction. `half_up`, `half_even`, `half_down`, `down`, `up`: what each rule would have
        printed. `verdict`; `rule`: the rules by which it reproduces, or by which alone some whole
        number could; `missing`: what would decide. `power`: how many whole-number parts would have
        printed the same, where the whole is known: a check that many pass says little. `lower`,
        `upper`: what the printed rate can stand for (half_up). A bound such as "below 5%" is no
        reproduced rate: it holds, does not hold, or is undecided.

    >>> from helpers import ledger
    >>> found = rates(ledger.load().only("155")).set_index("number").loc["four_districts_share"]
    >>> int(found["part"]), int(found["whole"]), found["verdict"], found["power"]
    (3930, 5522, <Verdict.REPRODUCES: 'reproduces'>, 1)
    """
    return frame(rate_rows(ledger), Rate._fields)


def rate_rows(ledger: Ledger | Evidence) -> list[Rate]:
    e = Evidence.of(ledger)
    return [_rate(e, row) for row in _of_kind(e, "rate")]


def _rate(e: Evidence, row: Row) -> Rate:
    usual = row.reading.usual
    said = e.about(row.cell) | e.printed(row) | {"lower": usual.lower, "upper": usual.upper}
    said["of_area"] = row.cell.of_area or row.cell.area
    unknown = Verdict.UNDECIDED if row.is_bound else Verdict.UNCHECKED
    if row.cell.measure not in e.record.structure.made_of:
        missing = "what it is a rate of, in counts"
        return Rate(**said, verdict=unknown, missing=missing, rows=(row.index,))
    cells = e.record.structure.part_and_whole(row.cell, row.text)
    found = [_own_or_best(e, cell, row) for cell in cells]
    judged = {_judged(row, *pair) for pair in product(*(values or [None] for values in found))}
    verdict, rule = judged.pop() if len(judged) == 1 else (unknown, "")
    for name, values in zip(("part", "whole"), found, strict=True):
        rows = frozenset().union(*(value.rows for value in values))
        said |= {name: _as_printed(e, values), f"{name}_from": e.names.rests_on(rows)}
        said["rows"] = (*said.get("rows", (row.index,)), *sorted(rows))
    if all(len(values) == 1 for values in found):
        said |= _reprinted(row, *(value.reading for (value,) in found))
    if verdict == unknown or (rule and not all(found)):
        said["missing"] = _lacking(e, row, cells, found)
    return Rate(**said, verdict=verdict, rule=rule, power=_power(row, found[1]))


def _own_or_best(e: Evidence, cell: Cell, row: Row) -> list[Value]:
    """What the text itself prints for a count, else what the rest of the record has for it."""
    if own := e.record.stated(cell, row.text):
        return own
    found = e.record.best(cell, without=[other.index for other in e.record.alike[row.says]])
    usable = found and (
        exact(found.bounds) is not None or found.route in ("printed", "in conflict")
    )
    return [found] if usable else []


def _judged(row: Row, part: Value | None, whole: Value | None) -> tuple[Verdict, str]:
    """A verdict on a rate, and the rules it is reproduced by."""
    share = None
    if part and whole and whole.bounds.upper != 0:
        share = both(bounds.ratio, part.reading, whole.reading)
    if row.is_bound:
        return CHECKS[judge(share, row.reading)], ""
    if share:
        fits = [rule for rule in RULES if bounds.inside(share.wide, by_rule(row, rule))]
        possible = agree(share.wide, row.reading.wide)
    else:
        fits = [rule for rule in RULES if _is_possible(by_rule(row, rule), part, whole)]
        possible = bool(fits)
        fits = [] if RULES[0] in fits else fits
    unclear = Verdict.UNCHECKED if possible else Verdict.DIFFERS
    verdict = Verdict.REPRODUCES if RULES[0] in fits else Verdict.OTHER_RULE if fits else unclear
    return verdict, ", ".join(fits)


def _is_possible(rate: Bounds, part: Value | None, whole: Value | None) -> bool:
    """Can a rate be that of any counts, one of them perhaps known, the part within the whole?"""
    if whole and exact(whole.reading.wide):
        most = exact(whole.reading.wide)
        parts = rate.times(most).whole_numbers()
        return parts.high is None or parts.low <= min(parts.high, most)
    if part and exact(part.reading.wide) and rate.upper > 0:
        least = exact(part.reading.wide)
        wholes = bounds.ratio(part.bounds, rate).whole_numbers()
        return wholes.high is None or max(least, wholes.low) <= wholes.high
    return agree(rate, SHARE)


def _reprinted(row: Row, part: Reading, whole: Reading) -> dict:
    """The exact ratio, and what each rule would have printed."""
    share = exact(both(bounds.ratio, part, whole).wide) if whole.usual.upper != 0 else None
    if share is None:
        return {}
    like = row.reads.lstrip("<>=~") if row.reads else row.printed
    printed = {rule: rounding.reround(share, 1, like, rule) for rule in RULES}
    return {"reconstructed": share} | printed


def _power(row: Row, wholes: list[Value]) -> int | None:
    """How many whole-number parts of the one exact whole print the same by the ordinary rule."""
    whole = exact(wholes[0].bounds) if len(wholes) == 1 else None
    if not whole or row.reads:
        return None
    parts = row.reading.usual.times(whole).whole_numbers()
    return parts.high - parts.low + 1


def _as_printed(e: Evidence, values: list[Value]) -> int | Fraction | None:
    """An exact count, or a rounded one as printed; None for several, or for "over 300"."""
    if len(values) != 1 or exact(values[0].bounds) is not None:
        return exact(values[0].bounds) if len(values) == 1 else None
    row = e.record.rows[min(values[0].rows)]
    plain = values[0].route == "printed" and not row.reads
    return int(rounding.parse(row.printed).value) if plain else None


def _lacking(e: Evidence, row: Row, cells: tuple[Cell, Cell], found: list[list[Value]]) -> str:
    """What would decide a rate."""
    named = list(zip(("part", "whole"), cells, found, strict=True))
    if absent := [f"{name}: {e.names.cell(cell)}" for name, cell, values in named if not values]:
        return "; ".join(absent)
    if found[1][0].bounds.upper == 0:
        return "a whole above zero"
    vague = [
        f"one exact value of {e.names.cell(cell)}: {_several(values)}"
        for _, cell, values in named
        if len(values) > 1 or exact(values[0].bounds) is None
    ]
    return "; ".join(vague) or "a numeral that is not approximate"


def by_rule(row: Row, rule: str) -> Bounds:
    """What a printed rate can stand for, had a certain rule been used."""
    return rounding.unround(row.printed, rule, row.reads)


def _several(values: list[Value]) -> str:
    return " or ".join(says(value.bounds) for value in values)


def _of_kind(e: Evidence, kind: str) -> list[Row]:
    """The rows of a kind, in the order of the ledger."""
    rows = e.record.rows
    return [rows[index] for index in sorted(rows) if rows[index].kind == kind]


class Rule(NamedTuple):
    """How many rates a rounding rule reproduces, see `rules`."""

    briefing: str
    rule: str
    rates: int
    reproduced: int
    excluded: str


def rules(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Which rounding rule do the rates follow whose part and whole are both known exactly?

    Returns:
        One row a briefing and rule, and one a rule for the whole record (`briefing` "all").
        `rates`: how many can be compared, bounds such as "below 5%" left out; `reproduced`: how
        many of them the rule reproduces; `excluded`: the printed rates it does not.

    >>> from helpers import ledger
    >>> rules(ledger.load().only("155")).query("briefing == 'all'")["reproduced"].tolist()[0]
    7
    """
    e = Evidence.of(ledger)
    plain = [row for row in _of_kind(e, "rate") if not row.is_bound]
    known = [rate for rate in (_rate(e, row) for row in plain) if rate.reconstructed is not None]
    files = dict.fromkeys(rate.briefing for rate in known)
    groups = {file: [rate for rate in known if rate.briefing == file] for file in files}
    rows = []
    for briefing, group in (groups | {"all": known}).items():
        for rule in RULES:
            others = [rate for rate in group if rule not in rate.rule.split(", ")]
            named = "; ".join(f"{r.briefing}/{r.number} {r.printed}" for r in others)
            rows.append(Rule(briefing, rule, len(group), len(group) - len(others), named))
    return frame(rows, Rule._fields)


class Fit(NamedTuple):
    """Which counts fit a rate, see `unstated`."""

    briefing: str
    number: str
    printed: str
    wanted: str
    measure: str
    area: str
    basis: str
    rule: str
    low: int | Fraction | None
    high: int | Fraction | None
    fits: bool | None
    assumes: str
    rests_on: str
    paragraph: int | None
    position: int | None
    rows: tuple[int, ...]


def unstated(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Which whole numbers fit a rate whose part or whole its own text does not print?

    Returns:
        Several rows a rate. `wanted` is "part" or "whole". `basis` "alone": the rate and the other
        count, under half_up and under down; `low`, `high`: the range that fits (high None: no end;
        low None: no whole number fits, and `fits` is False). "candidate": a value printed
        elsewhere in the record (`low` = `high`), and whether it `fits`; only of stocks, which
        change slowly: another day's flow says nothing of this one. `rests_on`: the numbers used.

    >>> from helpers import ledger
    >>> found = unstated(ledger.load().only("155"))
    >>> found[found["number"].eq("infected_firms_share")][["rule", "low", "high"]].values.tolist()
    [['half_up', 7486, 7939], ['down', 7278, 7705]]
    """
    e = Evidence.of(ledger)
    made_of = e.record.structure.made_of
    wanted = [row for row in _of_kind(e, "rate") if row.cell.measure in made_of and not row.reads]
    rows = [fit for row in wanted for fit in _unstated(e, row)]
    return frame(sorted(rows, key=lambda fit: (fit.briefing, fit.number)), Fit._fields)


def _unstated(e: Evidence, row: Row) -> Iterator[Fit]:
    cells = e.record.structure.part_and_whole(row.cell, row.text)
    own = [[r for r in e.record.printed.get(c, ()) if r.text == row.text] for c in cells]
    for i, (wanted, cell) in enumerate(zip(("part", "whole"), cells, strict=True)):
        for given in dict.fromkeys(own[1 - i] or [None]) if not own[i] else ():
            for rule in ("half_up", "down"):
                fit = _fitting(row, rule, wanted, given)
                yield from _fits(e, row, cell, wanted, rule, given, fit)


def _fitting(row: Row, rule: str, wanted: str, given: Row | None) -> Bounds | None:
    """The counts for which a rate prints as it does, beside a count that may be rounded itself."""
    least = 0 if wanted == "part" else 1
    if not given or given.is_bound or given.reading.usual == ZERO:
        return Bounds(least, True, None, False)
    rate = by_rule(row, rule)
    other = given.reading.usual
    if exact(other) is None and not given.reads:
        other = bounds.counts(rounding.unround(given.printed, rule))
    fit = bounds.product(rate, other) if wanted == "part" else bounds.ratio(other, rate)
    numbers = fit._replace(lower=max(fit.lower, least)).whole_numbers()
    if numbers.high is not None and numbers.high < numbers.low:
        return None
    return Bounds(numbers.low, True, numbers.high, numbers.high is not None)


def _fits(
    e: Evidence, row: Row, cell: Cell, wanted: str, rule: str, given: Row | None, fit: Bounds | None
) -> Iterator[Fit]:
    said = e.printed(row) | {"measure": cell.measure, "area": cell.area}
    said |= {"wanted": wanted, "rule": rule}
    rows = [row.index, given.index] if given else [row.index]
    low, high = (fit.lower, fit.upper) if fit else (None, None)
    alone = {"low": low, "high": high, "fits": None if fit else False}
    yield Fit(**said, **alone, **e.behind(rows), basis="alone", assumes=f"rounded by {rule}")
    if e.record.structure.nature[cell.measure] != "stock":
        return
    for other in (r for r in _of_kind(e, "level") if r.cell[:2] == cell[:2]):
        if other.text != row.text:
            value = _as_printed(e, [other.value])
            fits = False if not fit else judge(other.reading, sure(fit)) if high else None
            assumes = (
                f"the number {when(other.cell.start, other.cell.end)} stands for that of this text"
            )
            found = {"low": value, "high": value, "fits": fits, "assumes": assumes}
            yield Fit(**said, **found, **e.behind([other.index]), basis="candidate")


# ── Balances ──


class Claim(NamedTuple):
    """What must hold of some cells, and the values of each that it is judged by."""

    file: str
    sum: Sum
    values: list[list[Value]]


class Balance(NamedTuple):
    """A verdict on counts that must add up, or fit into one another, see `balances`."""

    briefing: str
    balance: str
    measure: str
    area: str
    of_area: str
    start: datetime | None
    end: datetime | None
    statement: str
    arithmetic: str
    difference: int | Fraction | None
    verdict: Verdict
    missing: str
    assumes: str
    rests_on: str
    rows: tuple[int, ...]


def balances(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Do the counts that must add up, or fit into one another, do so?

    Returns:
        One row a check. `balance`: parts (of an area), terms (of a measure), list (that a text
        calls complete), span (of times), stock (with its inflow), shares (of one whole), within (a
        part, or some parts, in their whole), longer time (a tally that cannot grow with the time),
        units (a number of units against those named), repeat (a number printed twice).
        `statement` in words, `arithmetic` in numbers, `difference`: whole less parts, of rounded
        numbers as printed. `verdict`; `missing`; `assumes`. Rounded numbers that can add up hold
        within rounding.

    >>> from helpers import ledger
    >>> found = balances(ledger.load().only("155")).query("measure == 'new_infections'")
    >>> found["arithmetic"].tolist()[0], found["verdict"].tolist()[0]
    ('6,584 = 5,522 + 1,062', <Verdict.HOLDS: 'holds'>)
    """
    return frame(balance_rows(ledger), Balance._fields)


def balance_rows(ledger: Ledger | Evidence) -> list[Balance]:
    e = Evidence.of(ledger)
    found = [*(_balance(e, claim) for claim in e.claims), *_repeats(e)]
    once = {(b.briefing, b.balance, b.rows): b for b in found}
    files = {
        file: n for n, file in enumerate(dict.fromkeys(r.file for r in e.record.rows.values()))
    }
    return sorted(once.values(), key=lambda b: files[b.briefing])


def _claims(e: Evidence) -> Iterator[Claim]:
    files = grouped((row.file, row) for row in e.record.rows.values())
    for file, rows in files.items():
        counts = grouped((row.cell, row) for row in rows if row.kind == "level")
        printed = {cell: rows[0].text for cell, rows in counts.items()}
        for one in (*_sums(e, printed), *_groups(e, printed), *_tallies(e, printed)):
            values = [
                e.record.printed_values(cell, printed.get(cell, file)) for _, cell in one.terms
            ]
            yield Claim(file, one, values)
        yield from _shares(e, file, [row for row in rows if row.kind == "rate"])
    yield from _over_time(e)


def _sums(e: Evidence, printed: Collection[Cell]) -> Iterator[Sum]:
    """Sums of which a file prints two cells or more; a whole holds those parts that are known."""
    record = e.record
    asked = (one for cell in printed for one in record.sums(cell))
    for one, times in Counter(asked).items():
        whole, *parts = one.terms
        known = [term for term in parts if term[1] in record.printed]
        if times < 2 or one.kind not in ("parts", "terms", "list") or not known:
            continue
        if whole[1] in record.printed and one.is_equation and len(known) == len(parts):
            yield one
        elif whole[1] in record.printed and all(sign < 0 for sign, _ in parts):
            yield Sum("within", (whole, *known), sure(COUNT), one.assumes)


def _groups(e: Evidence, printed: Collection[Cell]) -> Iterator[Sum]:
    """A group of named units in the area that holds them all; the part of a rate in its whole."""
    pairs = {pair for pair in e.record.structure.made_of.values() if pair[0] != pair[1]}
    wholes = grouped(sorted(pairs))
    alike = grouped((cell._replace(area=""), cell) for cell in printed)
    for small in printed:
        named = [] if small.measure in e.counts_units else e.units(small.area)
        larger = [large for large in alike[small._replace(area="")] if named and len(named[0]) > 1]
        within = [c for c in larger if any(named[0] < units for units in e.units(c.area))]
        scope = small.scope
        for whole in wholes.get(small.measure, ()):
            large = e.record.structure.cell(whole, small.area, "", small.start, small.end, scope)
            within += [large] if large in printed else []
        for large in within:
            yield Sum("within", ((1, large), (-1, small)), sure(COUNT))


def _tallies(e: Evidence, printed: Collection[Cell]) -> Iterator[Sum]:
    """Numbers of units: no more than are named, and for a longer time no more than for a part."""
    nature = e.record.structure.nature
    timed = [c for c in printed if nature[c.measure] == "tally" and None not in c[3:5]]
    for cells in grouped((cell[:3], cell) for cell in timed).values():
        for long, short in product(cells, cells):
            if long != short and long.start <= short.start and short.end <= long.end:
                yield Sum("longer time", ((1, short), (-1, long)), sure(COUNT))
    for cell in printed:
        if cell.measure in e.counts_units:
            yield Sum("units", ((1, cell),), sure(COUNT))


def _shares(e: Evidence, file: str, rows: list[Row]) -> Iterator[Claim]:
    """Shares of the parts that make up a whole: they add up to 100 %, or to less if some lack."""
    structure = e.record.structure
    whole = sure(bounds.exactly(1))
    for text, own in grouped((row.text, row) for row in rows).items():
        cells = dict.fromkeys(row.cell for row in own)
        for parts, complete in dict.fromkeys(
            w for cell in cells for w in _made_up(structure, cell)
        ):
            known = [cell for cell in parts if cell in cells]
            if len(known) > 1:
                full = complete and len(known) == len(parts)
                within = whole if full else sure(SHARE)
                one = Sum("shares", tuple((1, cell) for cell in known), within)
                yield Claim(file, one, [e.record.stated(cell, text) for cell in known])


def _made_up(structure, share: Cell) -> Iterator[tuple[tuple[Cell, ...], bool]]:
    """The shares of one whole that a share is among, by area or by measure."""
    part, whole = structure.made_of.get(share.measure, ("", ""))
    for split in structure.splits_of_area.get(share.area, ()) if part == whole else ():
        if split.whole == share.of_area:
            yield tuple(share._replace(area=area) for area in split.parts), split.complete
    for split in structure.splits_of_measure.get(part, ()):
        if split.whole == whole and -1 not in split.parts.values():
            pairs = [(term, whole) for term in split.parts]
            measures = [
                m for pair in pairs for m, made in structure.made_of.items() if made == pair
            ]
            cells = tuple(share._replace(measure=measure) for measure in measures)
            yield cells, split.complete and len(measures) == len(pairs)


def _over_time(e: Evidence) -> Iterator[Claim]:
    """A flow over some time holds the flows of its parts; what only grows does not fall."""
    record, structure = e.record, e.record.structure
    timed = [c for c in record.known if not c.scope and structure.nature[c.measure] == "flow"]
    flows = grouped((c[:3], c) for c in timed if c.start is not None and c.end is not None)
    series = {key: sorted(cells, key=lambda c: c.start) for key, cells in flows.items()}
    for cell in [c for c in timed if c in record.printed]:
        inside = _inside(series[cell[:3]], cell.start, cell.end)
        yield from _along(e, "span", [(1, cell)], [c for c in inside if c != cell], cell)
    stocks = [c for c in record.printed if c.measure in structure.inflow and c.end and not c.scope]
    for cells in grouped((c[:3], c) for c in stocks).values():
        cells.sort(key=lambda c: c.end)
        for before, after in pairwise(cells):
            key = structure.inflow[after.measure], *after[1:3]
            inside = _inside(series.get(key, []), before.end, after.end)
            terms = [(1, after), (-1, before)]
            yield from _along(e, "stock", terms, inside, after._replace(start=before.end))


def _inside(cells: list[Cell], start: datetime, end: datetime) -> list[Cell]:
    """Of cells sorted by their start, those that lie within some time."""
    first = bisect_left(cells, start, key=lambda cell: cell.start)
    behind = bisect_left(cells, end, key=lambda cell: cell.start)
    return [cell for cell in cells[first:behind] if cell.end <= end]


def _along(
    e: Evidence, kind: str, terms: list[tuple[int, Cell]], inside: list[Cell], time: Cell
) -> Iterator[Claim]:
    """A claim about what flowed in some time, by the flows inside it that leave the least gap."""
    record = e.record
    rows = [row for _, cell in terms for row in record.printed[cell]]
    own = [row.index for row in rows]
    found = {cell: record.best(cell, own) for cell in inside}
    known = {
        cell: value for cell, value in found.items() if value and exact(value.bounds) is not None
    }
    gap, pieces = _way(time.start, time.end, list(known))
    if not pieces and kind == "span":
        return
    one = Sum(kind, (*terms, *pieces)) if not gap else Sum("within", (*terms, *pieces), sure(COUNT))
    last = max(rows, key=lambda row: record.rank[row.index])
    values = [record.printed_values(cell, last.text) for _, cell in terms]
    yield Claim(last.file, one, [*values, *([known[cell]] for _, cell in pieces)])


def _way(start: datetime, end: datetime, cells: list[Cell]) -> tuple[timedelta, tuple]:
    """From one moment to another along cells, forward (-1) or back (1), with the least gaps."""
    moments = sorted({start, end, *(moment for cell in cells for moment in cell[3:5])})
    later = dict(pairwise(moments))
    starting = grouped((cell.start, cell) for cell in cells)
    ending = grouped((cell.end, cell) for cell in cells)
    queue, seen = [(timedelta(0), 0, start, ())], set()
    while True:
        gap, steps, moment, way = heapq.heappop(queue)
        if moment == end:
            return gap, way
        if moment in seen:
            continue
        seen.add(moment)
        for cell in starting.get(moment, ()):
            heapq.heappush(queue, (gap, steps + 1, cell.end, (*way, (-1, cell))))
        for cell in ending.get(moment, ()):
            heapq.heappush(queue, (gap, steps + 1, cell.start, (*way, (1, cell))))
        if moment in later:
            heapq.heappush(queue, (gap + later[moment] - moment, steps, later[moment], way))


def choices(claim: Claim) -> list[list[Reading]]:
    """The values of a claim, once for each choice among those that disagree."""
    values = claim.values
    if prod(map(len, values)) > MOST_CHOICES:
        values = [[joined(several)] for several in values]
    return [[value.reading for value in choice] for choice in product(*values)]


def judge_sum(one: Sum, readings: list[Reading]) -> bool | None:
    """Does a sum hold? An equation does where all that its parts allow is what its whole says."""
    if one.within.usual == ZERO:
        whole, *parts = readings
        return judge(one.solved(0, parts), whole)
    return judge(one.total(readings), one.within)


def _balance(e: Evidence, claim: Claim) -> Balance:
    one, ((_, whole), *parts) = claim.sum, claim.sum.terms
    rows = {row for values in claim.values for value in values for row in value.rows}
    if one.kind == "units":
        return _units(e, claim, whole, rows)
    found = choices(claim)
    verdict, missing = _verdict(e, claim, found)
    equal = "=" if one.is_equation and one.within.usual != SHARE else "≥"
    first = 0 if one.kind == "shares" else 1
    names = [(1, e.names.cell(whole)), *((sign, differs(e, c, whole)) for sign, c in parts)]
    numbers = [
        (sign, _shown(e, values)) for (sign, _), values in zip(one.terms, claim.values, strict=True)
    ]
    sides = []
    for told in (names, numbers):
        left = told[0][1] if first else "100%"
        right = [(sign if first else -sign, text) for sign, text in told[first:]]
        sides.append(f"{left} {equal} {_signed(right)}")
    return Balance(
        **e.about(whole),
        **e.behind(rows),
        briefing=claim.file,
        balance=one.kind,
        statement=sides[0],
        arithmetic=sides[1],
        difference=_difference(e, claim, found),
        verdict=verdict,
        missing=missing,
        assumes=one.assumes,
    )


def _verdict(e: Evidence, claim: Claim, found: list[list[Reading]]) -> tuple[Verdict, str]:
    """A verdict that is the same for each choice of values, and what is missing else."""
    one = claim.sum
    judged = {judge_sum(one, readings) for readings in found}
    if judged == {True} or judged == {False}:
        return CHECKS[judged.pop()], ""
    several = [
        f"one value of {e.names.cell(cell)}: {_several(values)}"
        for (_, cell), values in zip(one.terms, claim.values, strict=True)
        if len(values) > 1
    ]
    if several:
        return Verdict.UNDECIDED, "; ".join(several)
    rows = [e.record.rows[row] for (value,) in claim.values for row in value.rows]
    rounded = one.is_equation and not any(row.is_bound for row in rows)
    if rounded and agree(one.total(found[0]).usual, one.within.usual):
        return Verdict.WITHIN, ""
    usual = judge_sum(one, [reading.ordinary for reading in found[0]])
    return Verdict.UNDECIDED, ROUNDED_COUNTS + by_ordinary_rule(usual)


def by_ordinary_rule(found: bool | None) -> str:
    """What an undecided verdict would be, had everything been rounded by the ordinary rule."""
    return "" if found is None else f" (by the ordinary rule of rounding it {CHECKS[found]})"


def _difference(e: Evidence, claim: Claim, found: list[list[Reading]]) -> int | Fraction | None:
    """The sum where it is exact; of rounded numbers that of the numbers as printed."""
    if len(found) > 1:
        return None
    total = exact(claim.sum.total(found[0]).usual)
    if total is not None:
        return total
    rows = [e.record.rows[min(value.rows)] for (value,) in claim.values]
    if any(value.route != "printed" for (value,) in claim.values) or any(
        row.is_bound for row in rows
    ):
        return None
    plain = (sure(bounds.exactly(rounding.parse(r.printed, r.reads).value)) for r in rows)
    value = exact(claim.sum.total(plain).usual)
    return int(value) if value == int(value) else value


def _shown(e: Evidence, values: list[Value]) -> str:
    """A count as it is, a rounded one as printed, a bound from end to end."""
    row = e.record.rows[min(values[0].rows)]
    plain = len(values) == 1 and values[0].route == "printed" and not row.reads
    if plain and exact(values[0].bounds) is None:
        return row.printed
    return _several(values)


def _signed(terms: Iterable[tuple[int, str]]) -> str:
    """Parts with the signs that they have on the other side of the whole."""
    told = (
        (" − " if sign > 0 else " + " if i else "") + text for i, (sign, text) in enumerate(terms)
    )
    return "".join(told).strip()


def differs(e: Evidence, cell: Cell, whole: Cell) -> str:
    """A part, named by what sets it apart from its whole."""
    if cell.area != whole.area:
        return e.names.columns["area"].get(cell.area, cell.area)
    if cell.measure != whole.measure:
        return e.names.columns["measure"][cell.measure]
    return when(cell.start, cell.end)


def _units(e: Evidence, claim: Claim, cell: Cell, rows: Iterable[int]) -> Balance:
    """A number of units against those that make up the area, by any scheme that names them all."""
    is_all = e.record.structure.nature[cell.measure] == "members"
    sign = "=" if is_all else "≤"
    sizes = [len(units) for units in e.units(cell.area)]
    (printed, *_) = claim.values[0]
    limits = {
        size: bounds.exactly(size) if is_all else Bounds(0, True, size, True) for size in sizes
    }
    judged = {
        size: {judge(value.reading, sure(limit)) for value in claim.values[0]}
        for size, limit in limits.items()
    }
    holding = [size for size, found in judged.items() if found == {True}]
    failing = sizes and all(found == {False} for found in judged.values())
    verdict = CHECKS[True if holding else False if failing else None]
    size = (holding or sizes or [None])[0]
    number = exact(printed.bounds)
    return Balance(
        **e.about(cell),
        **e.behind(rows),
        briefing=claim.file,
        balance="units",
        statement=f"{e.names.cell(cell)} {sign} the units that make it up",
        arithmetic=f"{_several(claim.values[0])} {sign} {'not known' if size is None else size}",
        difference=None if None in (size, number) else size - number,
        verdict=verdict,
        missing="" if holding or failing else ROUNDED_COUNTS if sizes else "the names of the units",
        assumes="",
    )


def _repeats(e: Evidence) -> Iterator[Balance]:
    """A number that a text prints twice must be the same; two ends of a range are no repeat."""
    for (kind, cell, *_), rows in e.record.alike.items():
        for same in grouped((row.text, row) for row in rows).values():
            pairs = list(combinations(same, 2))
            judged = {_same(a, b) for a, b in pairs}
            if not pairs or (judged == {None} and all(row.is_bound for row in same)):
                continue
            found = False if False in judged else None if None in judged else True
            apart = [exact(bounds.total((1, -1), [a.reading, b.reading]).usual) for a, b in pairs]
            vague = ROUNDED_COUNTS if found is None else ""
            yield Balance(
                **e.about(cell),
                **e.behind(row.index for row in same),
                briefing=same[0].file,
                balance="repeat",
                statement=f"{e.names.cell(cell)}, {kind}: printed {len(same)} times, the same each time",
                arithmetic=" = ".join(row.printed for row in same),
                difference=max(apart, key=abs) if None not in apart else None,
                verdict=CHECKS[found],
                missing=vague,
                assumes="",
            )


def _same(one: Row, other: Row) -> bool | None:
    """Do two printed numbers say the same? A rounded or vague one may hold the other."""
    if one.printed == other.printed and one.reads == other.reads:
        return True
    if one.is_vague or other.is_vague:
        return None
    found = {judge(a.reading, b.reading) for a, b in ((one, other), (other, one))}
    return True if True in found else False if False in found else None


# ── Days ──


class Change(NamedTuple):
    """A verdict on one change since another day, see `changes`."""

    briefing: str
    number: str
    route: str
    measure: str
    area: str
    of_area: str
    since: str
    since_start: datetime | None
    since_end: datetime | None
    start: datetime | None
    end: datetime | None
    claim: str
    printed: str
    change: int | Fraction | None
    level: int | Fraction | None
    implied: int | Fraction | None
    earlier: int | Fraction | None
    verdict: Verdict
    missing: str
    rests_on: str
    paragraph: int | None
    position: int | None
    rows: tuple[int, ...]


def changes(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Is a printed change the difference between a level and that of the time compared with?

    A change of a count told in percent is relative: this over earlier, less one. That of a rate is
    in points. Where the whole and all parts but one have a printed change, the last one follows by
    difference (`route`).

    Returns:
        One row a change. `change`: signed. `level`: the value it leads to. `implied`: what level
        and change imply for the time compared with. `earlier`: what the record has for that,
        independent of this change. `verdict`; `missing`.

    >>> from helpers import ledger
    >>> found = changes(ledger.load()).query("briefing == '155' and number == 'central_new_change'")
    >>> found[["change", "level", "earlier", "verdict"]].values.tolist()
    [[-863, 5522, 6385, <Verdict.HOLDS: 'holds'>]]
    """
    return frame(change_rows(ledger), Change._fields)


def change_rows(ledger: Ledger | Evidence) -> list[Change]:
    e = Evidence.of(ledger)
    said = _of_kind(e, "change")
    return [*(_change(e, row) for row in said), *_remaining(e, said)]


def _change(e: Evidence, row: Row) -> Change:
    said = e.printed(row) | {"route": "printed", "claim": row.claim}
    return _judged_change(e, row, row.cell, e.record.stated_by_change(row), said)


def _judged_change(e: Evidence, row: Row, cell: Cell, one: Sum, said: dict) -> Change:
    """A change of a cell since the time that a row compares with, by the rest of the record."""
    record, before = e.record, one.terms[1][1]
    repeats = {r.index for i in one.rows for r in record.alike[record.rows[i].says]}
    if record.structure.is_rate(cell):
        levels = _listed(record.of_day(cell, one.rows))
        earlier = record.of_day(before, repeats)
    else:
        levels = record.printed_values(cell, row.text) or _listed(record.best(cell, one.rows))
        earlier = record.best(before, repeats)
    claim = one.factor or one.within
    grown = [_grown(one, level, earlier) for level in levels if earlier]
    implied = [one.solved(1, [level.reading]) for level in levels]
    judged = {None if row.is_vague else judge(found, claim) for found in grown}
    if implied and not any(agree(found.wide, COUNT) for found in implied):
        judged = {False}
    verdict = CHECKS[judged.pop() if len(judged) == 1 else None]
    used = [*levels, *_listed(earlier if levels else None)]
    missing = e.names.cell(before if levels else cell)
    if grown and not row.is_vague:
        missing = ROUNDED + by_ordinary_rule(judge(grown[0].ordinary, claim.ordinary))
    elif grown:
        missing = ROUNDED
    if len(levels) > 1:
        missing = f"one value of {e.names.cell(cell)}: {_several(levels)}"
    day = e.numbers[row.index]
    return Change(
        **e.about(cell),
        **e.behind(one.rows.union(*(value.rows for value in used))),
        **said,
        since=day.since,
        since_start=day.since_start,
        since_end=day.since_end,
        change=_single(
            [both(bounds.add, claim, sure(bounds.exactly(-1))) if one.factor else claim]
        ),
        level=_single([level.reading for level in levels]),
        implied=_single(implied),
        earlier=_single([earlier.reading] if levels and earlier else []),
        verdict=verdict,
        missing=missing if verdict == Verdict.UNDECIDED else "",
    )


def _grown(one: Sum, level: Value, earlier: Value) -> Reading:
    """By how much, or how many times, a level differs from an earlier one."""
    if one.factor:
        return both(bounds.ratio, level.reading, earlier.reading)
    return bounds.total((1, -1), [level.reading, earlier.reading])


def _single(readings: list[Reading]) -> int | Fraction | None:
    """The one exact number; None where there are several, or none."""
    return exact(readings[0].usual) if len(readings) == 1 else None


def _listed(value: Value | None) -> list[Value]:
    return [value] if value else []


def _remaining(e: Evidence, said: list[Row]) -> Iterator[Change]:
    """Where the whole and all parts but one have a printed change, that of the last follows."""
    plainest_last = sorted(said, key=lambda row: (not row.is_bound, -e.record.rank[row.index]))
    printed = {_since(e, row, row.cell): row for row in plainest_last if not row.relative}
    told = set()
    for row in said:
        for one in e.record.sums(row.cell):
            rows = [printed.get(_since(e, row, cell)) for _, cell in one.terms]
            key = _since(e, row, one)
            if one.kind != "parts" or not one.is_equation or rows.count(None) != 1 or key in told:
                continue
            told.add(key)
            place = rows.index(None)
            others = [other for other in rows if other]
            change = one.solved(place, [other.change for other in others])
            cell = one.terms[place][1]
            before = row.before._replace(area=cell.area)
            behind = frozenset(other.index for other in others)
            last = Sum("change", ((1, cell), (-1, before)), change, rows=behind)
            ways = (way for way, moved in MOVES.items() if judge(change, sure(moved)))
            named = {"number": "", "route": "by difference", "claim": next(ways, "")}
            place = {"paragraph": None, "position": None, "briefing": row.file, "printed": ""}
            yield _judged_change(e, row, cell, last, named | place)


def _since(e: Evidence, row: Row, about: Cell | Sum) -> tuple:
    return row.file, e.numbers[row.index].since, about


class Day(NamedTuple):
    """What the record has for one day of a run; None for both ends where it has nothing."""

    day: datetime
    low: int | Fraction | None
    high: int | Fraction | None
    contested: bool


class Run(NamedTuple):
    """A verdict on one claim about running days, see `runs`."""

    briefing: str
    number: str
    measure: str
    area: str
    of_area: str
    claim: str
    printed: str
    days: int
    start: datetime | None
    end: datetime | None
    values: str
    read: tuple[Day, ...]
    shown: int
    longest: int
    verdict: Verdict
    verdict_as_values: Verdict
    missing: str
    rests_on: str
    paragraph: int | None
    position: int | None
    rows: tuple[int, ...]


def runs(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Does the record bear out each claim about running days?

    A run of N days down to day D means N falls: N + 1 values, the last on D; likewise up. A run of
    N days at zero, below x or above x means N values. The values are the best supported ones of
    the record. One day is no run, and "about" or "fewer than" so many days are undecided.

    Returns:
        One row a claim. `days`: N. `values`: day by day, as far as known; `read`: the same as
        (day, low, high, contested). `shown`: how many of the N steps the record shows. `verdict`;
        `verdict_as_values`: the verdict if a text that says N days means N values, so N - 1 steps.
        `missing`: days without a value, and what each would have to be. `longest`: how many steps
        up to D the record does support without a gap.

    >>> from helpers import ledger
    >>> found = runs(ledger.load()).query("briefing == '155' and number == 'central_new_run'")
    >>> found[["days", "values", "verdict"]].values.tolist()[0][1]
    '11-27: 8,750; 11-28: 7,571; 11-29: 6,385; 11-30: 5,522'
    """
    return frame(run_rows(ledger), Run._fields)


def run_rows(ledger: Ledger | Evidence) -> list[Run]:
    e = Evidence.of(ledger)
    return [_run(e, row) for row in _of_kind(e, "run")]


def _run(e: Evidence, row: Row) -> Run:
    days, is_exact = _length(row)
    cells = [row.cell.later(-back) for back in range(min(days, YEAR) + (row.claim in MOVES))][::-1]
    found = [e.record.of_day(cell) for cell in cells]
    steps = list(islice(steps_back(e, row), days))[::-1]
    verdicts = [Verdict.UNDECIDED] * 2
    if is_exact and days > 1:
        verdicts = [_of_steps(e, row, found, steps), _of_steps(e, row, found[1:], steps[1:])]
        if row.claim not in MOVES:
            verdicts[1] = verdicts[0]
    missing = "" if is_exact else "how many days exactly"
    if is_exact:
        missing = _needed(e, row, cells, found) if days > 1 else "a second day: one is no run"
    longest = next((n for n, step in enumerate(steps_back(e, row)) if not step), YEAR)
    shown = zip(cells, found, strict=True)
    return Run(
        **e.about(row.cell),
        **e.behind({index for value in found if value for index in value.rows}),
        **e.printed(row),
        claim=row.claim,
        days=days,
        values="; ".join(f"{_first_moment(c):%m-%d}: {_of_day(e, c, v)}" for c, v in shown),
        read=tuple(_day(e, *pair) for pair in zip(cells, found, strict=True)),
        shown=steps.count(True),
        longest=longest,
        verdict=verdicts[0],
        verdict_as_values=verdicts[1],
        missing=missing if verdicts[0] == Verdict.UNDECIDED else "",
    )


def _length(row: Row) -> tuple[int, bool]:
    """How many days a run has at least, and whether that is what it claims."""
    numeral = rounding.parse(row.printed, row.reads)
    more = numeral.comparator == ">"
    return int(numeral.value) + more, numeral.comparator in ("", ">", ">=")


def steps_back(e: Evidence, row: Row) -> Iterator[bool | None]:
    """Day by day, from the last one back: does it go as a run claims?"""
    claim = sure(_claimed(row))
    now = e.record.of_day(row.cell)
    for back in range(1, YEAR + 1):
        before = e.record.of_day(row.cell.later(-back))
        if row.claim not in MOVES:
            yield judge(now and now.reading, claim)
        elif now and before:
            yield judge(bounds.total((1, -1), [now.reading, before.reading]), claim)
        else:
            yield None
        now = before


def _claimed(row: Row) -> Bounds:
    """What a run claims of each day, or of each step."""
    if row.claim in MOVES:
        return MOVES[row.claim]
    if row.claim == "zero":
        return ZERO
    limit = rounding.parse(row.claim[1:]).value
    below = row.claim[0] == "<"
    return Bounds(None, False, limit, False) if below else Bounds(limit, False, None, False)


def _of_steps(e: Evidence, row: Row, found: list[Value | None], steps: list) -> Verdict:
    if False in steps or (row.claim in MOVES and _is_impossible(e, row, found)):
        return Verdict.FAILS
    return Verdict.HOLDS if all(steps) else Verdict.UNDECIDED


def _is_impossible(e: Evidence, row: Row, found: list[Value | None]) -> bool:
    """Is there no room for the steps between two known days, or between one and zero?"""
    days = found[::-1] if row.claim == "up" else found
    known = [(place, value.reading) for place, value in enumerate(days) if value]
    counted = not e.record.structure.is_rate(row.cell)
    steps = zip(known, [*known[1:], (len(days) - 1, sure(COUNT))], strict=False)
    for (place, higher), (later, lower) in steps:
        least = later - place if counted else 0
        room = Bounds(least, counted or later == place, None, False)
        if judge(bounds.total((1, -1), [higher, lower]), sure(room)) is False:
            return True
    return False


def _needed(e: Evidence, row: Row, cells: list[Cell], found: list[Value | None]) -> str:
    """The days without a value, and what each would have to be for the claim to hold."""
    said = []
    for place, cell in ((i, cell) for i, cell in enumerate(cells) if not found[i]):
        if row.claim in MOVES:
            sides = found[:place][::-1], found[place + 1 :]
            nearest = [next((value for value in side if value), None) for side in sides]
            words = ("below", "above") if row.claim == "down" else ("above", "below")
            named = zip(words, nearest, strict=True)
            ends = [f"{word} {_of_day(e, cell, value)}" for word, value in named if value]
        else:
            word = {"<": "below ", ">": "above "}.get(row.claim[0], "")
            ends = [word + row.claim.lstrip("<>")]
        told = f" ({' and '.join(ends)})" if ends else ""
        said.append(when(cell.start, cell.end) + told)
    return "; ".join(said) or ROUNDED


def _of_day(e: Evidence, cell: Cell, value: Value | None) -> str:
    """A count as it is, a rate in percent to two places (the verdict rests on the exact value)."""
    if value is None:
        return "?"
    if not e.record.structure.is_rate(cell):
        return says(value.bounds)
    ends = [end for end in (value.bounds.lower, value.bounds.upper) if end is not None]
    return " to ".join(dict.fromkeys(rounding.reround(end, 1, "0.00%") for end in ends))


def _day(e: Evidence, cell: Cell, value: Value | None) -> Day:
    low, high = (value.bounds.lower, value.bounds.upper) if value else (None, None)
    contested = bool(value) and not value.rows.isdisjoint(e.record.contested)
    return Day(_first_moment(cell), low, high, contested)


def _first_moment(cell: Cell) -> datetime:
    """The day whose end a cell is counted to."""
    return cell.end - DAY


class Daily(NamedTuple):
    """What the record has for one measure, area and day, see `daily`."""

    measure: str
    area: str
    of_area: str
    day: datetime
    low: int | Fraction | None
    high: int | Fraction | None
    route: str
    verdict: str
    contested: bool
    translated: bool
    rests_on: str
    rows: tuple[int, ...]


def daily(ledger: Ledger | Evidence) -> pd.DataFrame:
    """The best supported value of every day: the series that trends are drawn from.

    Returns:
        One row a measure, area and day that has a value; every gap is left a gap. `low`, `high`:
        equal where exact; apart where the record gives bounds, or where equally well supported
        values disagree. Of a rate they are Fractions, its exact part over its exact whole if both
        are known. `route`, `verdict`, `rests_on` as in witnesses(). `contested`: it rests on a
        number that another contradicts. `translated`: every page it rests on is a machine
        translation.

    >>> from helpers import ledger
    >>> found = daily(ledger.load()).query("measure == 'new_infections' and area == 'central'")
    >>> found.set_index("day").loc["2022-11-30", "low"]
    5522
    """
    e = Evidence.of(ledger)
    structure = e.record.structure
    shares = {part: rate for rate, (part, whole) in structure.made_of.items() if part != whole}
    known = [cell for cell in e.record.known if _is_day(cell)]
    implied = [c._replace(measure=shares[c.measure]) for c in known if c.measure in shares]
    cells = sorted({*known, *implied}, key=lambda cell: (*cell[:3], cell.end))
    found = ((cell, e.record.of_day(cell)) for cell in cells)
    return frame((_daily(e, cell, value) for cell, value in found if value), Daily._fields)


def _daily(e: Evidence, cell: Cell, value: Value) -> Daily:
    read = _day(e, cell, value)
    ratio = value.route == "part over whole"
    pages = {s.source: s.kind for s in e.ledger.tables["sources"]}
    kinds = {
        pages[page]
        for index in value.rows
        for page in (e.numbers[index].source, e.numbers[index].second_source)
        if page
    }
    return Daily(
        *cell[:3],
        *read[:3],
        route=value.route,
        verdict="" if ratio else agreement(e, e.record.known[cell]),
        contested=read.contested,
        translated=kinds == {"translation"},
        **e.behind(value.rows),
    )


def _is_day(cell: Cell) -> bool:
    if (
        cell.end is None
        or cell.scope
        or not cell.area
        or (cell.end.hour, cell.end.minute) != (0, 0)
    ):
        return False
    return cell.start is None or cell.days == 1


# ── Witnesses ──


class Witness(NamedTuple):
    """One value of a cell, see `witnesses`."""

    measure: str
    area: str
    of_area: str
    start: datetime | None
    end: datetime | None
    route: str
    low: int | Fraction | None
    high: int | Fraction | None
    best: bool
    verdict: Verdict
    contested: bool
    rests_on: str
    texts: str
    rows: tuple[int, ...]


def witnesses(ledger: Ledger | Evidence) -> pd.DataFrame:
    """All values of every cell, printed and derived, and whether they bear one another out.

    Returns:
        One row a value. `low`, `high`: equal where exact, None where there is no end, by the
        ordinary rule of rounding. `route`: printed, parts (their sum), rest (the whole without its
        other parts), terms, list, change, growth, points, span, stock, rate (bounds alone),
        nothing left (zero, since the printed parts make up the whole). `verdict`, of the cell:
        corroborated (two agree that come from different texts or by different routes from
        different rows), single, in conflict. `best`: the best supported value.

    >>> from helpers import ledger
    >>> found = witnesses(ledger.load().only("155"))
    >>> found = found.query("measure == 'new_infections' and area == 'city' and route == 'parts'")
    >>> found[["low", "verdict"]].values.tolist()
    [[6584, <Verdict.CORROBORATED: 'corroborated'>]]
    """
    return frame(witness_rows(ledger), Witness._fields)


def witness_rows(ledger: Ledger | Evidence) -> list[Witness]:
    e = Evidence.of(ledger)
    known = e.record.known.items()
    return [said for cell, values in known for said in _witnesses(e, cell, values)]


def _witnesses(e: Evidence, cell: Cell, values: list[Value]) -> Iterator[Witness]:
    best, verdict = e.record.best(cell), agreement(e, values)
    for value in values:
        yield Witness(
            *cell[:5],
            route=value.route,
            low=value.bounds.lower,
            high=value.bounds.upper,
            best=value.bounds == best.bounds,
            verdict=verdict,
            contested=not value.rows.isdisjoint(e.record.contested),
            texts="; ".join(sorted(e.record.texts([value]))),
            **e.behind(value.rows),
        )


def agreement(e: Evidence, values: list[Value]) -> Verdict:
    """Do the values of a cell bear one another out?"""
    if contradictions(values):
        return Verdict.CONFLICT
    told = [(v, e.record.texts([v])) for v in values if exact(v.bounds) is not None]
    if any(value.route == "printed" and len(texts) > 1 for value, texts in told):
        return Verdict.CORROBORATED
    for (a, a_texts), (b, b_texts) in combinations(told, 2):
        apart = a.route != b.route or a_texts.isdisjoint(b_texts)
        if apart and a.rows.isdisjoint(b.rows):
            return Verdict.CORROBORATED
    return Verdict.SINGLE
