"""ledger → verdicts: a frame a question, a row a verdict.

There is one rule, `bounds.judge`: a claim holds if it allows everything that is known to be
possible, fails if it allows nothing of it, and is undecided else. The questions differ in what is
claimed and in where the known values come from: a rate is judged by the counts of its own text, a
balance by what is printed, a change or a run by the best of the record. Where a text prints two
values for a cell, both are tried, and a verdict is firm only if it is the same for each.

Every question takes what `ledger.load()` gives, or `Evidence` that several share. `rests_on` names
the printed numbers behind a verdict as file/number, `rows` has their indexes. The `..._rows`
functions give the same as plain named tuples, without pandas.

A curator who is not sure that a page makes a claim puts `~` in front of what it `reads`: such a
change, run or bound is undecided, and nothing is derived from its size.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cache, cached_property, partial
from heapq import heappop, heappush
from itertools import (
    chain,
    combinations,
    islice,
    pairwise,
    permutations,
    product,
    repeat,
    takewhile,
)
from math import prod
from operator import attrgetter, mul
from typing import TYPE_CHECKING, Any, NamedTuple

from helpers import rounding
from helpers.ledger import Ledger
from helpers.record import bounds
from helpers.record.bounds import (
    ANY,
    COUNT,
    ZERO,
    Bounds,
    agree,
    exact,
    exactly,
    judge,
    ratio,
    sure,
)
from helpers.record.facts import (
    DAY,
    NOTHING,
    Cell,
    Record,
    Row,
    Sum,
    Value,
    contradictions,
    grouped,
    joined,
    rows_of,
    whole_and_parts,
)
from helpers.rounding import RULES
from helpers.words import Names, Verdict, frame, says, when

if TYPE_CHECKING:
    import pandas as pd

CHECKS = {True: Verdict.HOLDS, False: Verdict.FAILS, None: Verdict.UNDECIDED}
MOVES = {"down": Bounds(None, False, 0, False), "up": Bounds(0, False, None, False)}
SHARE = Bounds(0, True, 1, True)
UNKNOWN = Value(sure(COUNT), frozenset(), "unknown")
YEAR = 366  # no claim about running days is followed further back
MOST_CHOICES = 64  # of values that contradict each other in one claim
ROUNDED = "the exact values behind rounded ones"


class Evidence(Record):
    """A ledger's record and its names; several audits can share one."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.names = Names(ledger)
        self.numbers = {number.index: number for number in ledger.tables["numbers"]}
        self.kinds = {area.area: area.kind for area in ledger.tables["areas"]}
        self.unit = {m.measure: m.unit for m in ledger.tables["measures"]}
        self.units = cache(self._units)

    @classmethod
    def of(cls, ledger: Given) -> Evidence:
        return ledger if isinstance(ledger, cls) else cls(ledger)

    def _units(self, area):
        """The units that an area is made of, once for each scheme that names all of them."""
        if self.kinds.get(area) not in ("city", "part", "group", None):
            return [frozenset([area])]
        schemes = self.schemes["area"].get(area, ())
        complete = (one for one in schemes if one.is_equation and one.cells[0] == area)
        below = [[*map(self.units, one.cells[1:])] for one in complete]
        return [frozenset().union(*(units[0] for units in some)) for some in below if all(some)]

    def of_kind(self, kind: str) -> list[Row]:
        """The rows of a kind, in the order of the ledger."""
        return [row for _, row in sorted(self.rows.items()) if row.kind == kind]

    def told(
        self, kind: Any, cell: Cell, rows: Iterable[int], row: Row | None = None, **own: object
    ) -> tuple:
        """A verdict: the columns of its kind.

        They are those of the printed number (`row`) and of the cell that it is on, what it rests
        on, for readers and for programs, and its own.
        """
        rows = tuple(sorted(rows))
        said = self.numbers[row.index]._asdict() if row else {}
        said |= cell._asdict() | {"rests_on": self.names.rests_on(rows), "rows": rows} | own
        return kind._make(map(said.get, kind._fields))

    def is_contested(self, value: Value) -> bool:
        """Does a value rest on a number that another contradicts?"""
        return not value.rows.isdisjoint(self.contested)

    def described(self, value: Value) -> dict:
        """The columns of a value."""
        return {
            "low": value.bounds.lower,
            "high": value.bounds.upper,
            "route": value.route,
            "contested": self.is_contested(value),
        }

    @cached_property
    def claims(self) -> list[Claim]:
        """What must hold of the printed numbers, with the values to judge it by."""
        return [*_claims(self), *_over_time(self)]

    @cached_property
    def claims_about(self) -> dict[Cell, list[Claim]]:
        return grouped((cell, claim) for claim in self.claims for cell in claim.sum.cells)


Given = Ledger | Evidence  # what every question takes

# ── Judging ──


class Claim(NamedTuple):
    """What must hold of some cells, and the values of each that it is judged by."""

    file: str
    sum: Sum
    values: list[list[Value]]

    @property
    def ordinary(self) -> Claim:
        """The same, had every number been rounded by the ordinary rule."""
        return self._replace(values=[[v.ordinary for v in several] for several in self.values])

    @property
    def rows(self) -> frozenset[int]:
        """The rows that state it, and those that it is judged by."""
        return self.sum.rows.union(*map(rows_of, self.values))


def judged(claim: Claim) -> bool | None:
    """Does a claim hold, whichever of several values is taken? A cell without any may be any."""
    values = [several or [UNKNOWN] for several in claim.values]
    if prod(map(len, values)) > MOST_CHOICES:
        values = [[joined(several)] for several in values]
    found = {_holds(claim.sum, [v.reading for v in choice]) for choice in product(*values)}
    return found.pop() if len(found) == 1 else None


def _holds(one, readings):
    """An equation holds where all that its parts allow is what its whole says."""
    if one.factor:
        return judge(readings[0] / readings[1], one.factor)
    if one.within.usual == ZERO and not one.rows:
        return judge(one.solved(0, readings[1:]), readings[0])
    return judge(one.total(readings), one.within)


def _all_of(found):
    """Several answers as one: no if any is no, yes if all are yes."""
    found = set(found)
    return False if False in found else None if None in found else True


def _verdict(e, claim):
    """A verdict on a sum, and what would decide it."""
    one, found, usual = claim.sum, judged(claim), judged(claim.ordinary)
    if found is not None:
        return CHECKS[found], ""
    is_equation = one.within.usual not in (COUNT, ANY)
    if is_equation and usual is not False and None not in _numbers(e, claim):
        return Verdict.WITHIN, ""
    return Verdict.UNDECIDED, _lacking(e, claim) + _note(Verdict.UNDECIDED, CHECKS[usual])


def _note(verdict, usual):
    """What a verdict would be, had every number been rounded by the ordinary rule."""
    return "" if usual == verdict else f" (by the ordinary rule of rounding it {usual})"


def _lacking(e, claim):
    """What would decide a claim."""
    one, absent, several = claim.sum, [], []
    if not one.terms:
        return "what it is a rate of, in counts"
    if one.kind == "units" and one.within.usual == ANY:
        return "the names of the units"
    if one.factor and only(claim.values[1]) == 0:
        return "a whole above zero"
    roles = ("part: ", "whole: ") if one.kind == "rate" else repeat("")
    for role, cell, values in zip(roles, one.cells, claim.values):
        name = e.names.cell(cell)
        if not values:
            absent.append(role + name)
        elif len(values) > 1 or (one.factor and only(values) is None):
            several.append(f"one exact value of {name}: {_either(values)}")
    return "; ".join(absent or several) or ROUNDED


def only(values: list[Value]) -> int | Fraction | None:
    """The exact number that is the one value of a cell."""
    return exact(values[0].bounds) if len(values) == 1 else None


def _either(values):
    return " or ".join(says(value.bounds) for value in values)


def _as_printed(e, values):
    """The number that is the one value of a cell, and how the cell is shown.

    A rounded number is taken and shown as it is printed. None for several, or for "over 300".
    """
    match [e.rows[index] for index in rows_of(values)]:
        case [row] if only(values) is None and not row.is_bound:
            number = rounding.parse(row.printed, row.reads).value
            return int(number) if number.denominator == 1 else number, row.printed
    return only(values), _either(values)


def _numbers(e, claim):
    return [_as_printed(e, values)[0] for values in claim.values]


# ── Rates ──


Rate = namedtuple(
    "Rate",
    "briefing number measure area of_area start end printed part whole reconstructed "
    "half_up half_even half_down down up verdict rule missing power lower upper "
    "part_from whole_from paragraph position rests_on rows",
)
Rate.__doc__ = "A verdict on one quoted rate, see `rates`."


def rates(ledger: Given) -> pd.DataFrame:
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


def rate_rows(ledger: Given) -> list[Rate]:
    e = Evidence.of(ledger)
    return [_rate(e, row) for row in e.of_kind("rate")]


def _rate(e, row):
    one = e.stated_by(row)
    values = [_own_or_best(e, cell, row) for cell in one.cells] or [[], []]
    claim = Claim(row.file, one, values)
    verdict, fits = _verdict_on_rate(row, claim)
    missing = ""
    if verdict.sign == "○" or (fits and not all(values)):
        usual, _ = _verdict_on_rate(row, claim.ordinary)
        missing = _lacking(e, claim) + _note(verdict, usual)
    part, whole = map(only, values)
    share = Fraction(part, whole) if whole and part is not None else None
    like = (row.reads or row.printed).lstrip("<>=~")
    part_from, whole_from = map(e.names.rests_on, map(rows_of, values))
    return e.told(
        Rate,
        row.cell,
        claim.rows,
        row,
        **dict(zip(("part", "whole"), _numbers(e, claim))),
        **{rule: rounding.reround(share, 1, like, rule) for rule in RULES if share is not None},
        of_area=row.cell.of_area or row.cell.area,
        part_from=part_from,
        whole_from=whole_from,
        reconstructed=share,
        verdict=verdict,
        rule=", ".join(fits),
        missing=missing,
        power=None if row.reads else whole and rounding.implied_parts(row.printed, whole).size,
        lower=row.reading.usual.lower,
        upper=row.reading.usual.upper,
    )


def _own_or_best(e, cell, row):
    """What the text itself prints for a count, else what the rest of the record has for it."""
    if own := e.stated(cell, row.text):
        return own
    best = e.best(cell, [again.index for again in e.alike[row.says]])
    is_good = best and (exact(best.bounds) is not None or best.route in ("printed", "in conflict"))
    return [best] if is_good else []


def _verdict_on_rate(row, claim):
    """A verdict, and the rules that print the rate, or by which alone some whole number could."""
    if row.is_bound:
        return CHECKS[judged(claim)], []
    prints = {rule: _prints(claim, by_rule(row, rule)) for rule in RULES}
    fits = [rule for rule in RULES if prints[rule]]
    if RULES[0] in fits:
        return (Verdict.REPRODUCES, fits) if all(claim.values) else (Verdict.UNCHECKED, [])
    if fits:
        return Verdict.OTHER_RULE, fits
    return Verdict.UNCHECKED if None in prints.values() else Verdict.DIFFERS, []


def _prints(claim, rate):
    """Is the ratio of two counts within a rate? Where one is not known: could it be?"""
    part, whole = claim.values
    if part and whole:
        return judged(claim._replace(sum=replace(claim.sum, factor=sure(rate))))
    given = [value.reading.wide for value in part + whole] or [COUNT]
    fits = (fitting(rate, "part" if whole else "whole", one) for one in given)
    return not claim.sum.terms or any(fits)


def by_rule(row: Row, rule: str) -> Bounds:
    """What a printed rate can stand for, had a certain rule been used."""
    return rounding.unround(row.printed, rule, row.reads)


def fitting(rate: Bounds, wanted: str, given: Bounds) -> Bounds | None:
    """The counts that the wanted part or whole can be, beside the other one, by a rate.

    No part is above its whole, and no whole is zero. None where no count fits.
    """
    if not agree(rate, SHARE):
        return None
    rate = bounds.meet(rate, SHARE)
    found = bounds.product(rate, given)
    if wanted == "whole":
        found = bounds.meet(ratio(given, rate), Bounds(1, True, None, False))
    return bounds.counts(found) if found.whole_numbers() else None


Rule = namedtuple(
    "Rule",
    "briefing rule rates reproduced excluded",
)
Rule.__doc__ = "How many rates a rounding rule reproduces, see `rules`."


def rules(ledger: Given) -> pd.DataFrame:
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
    divided = zip(e.of_kind("rate"), (rate.reconstructed for rate in rate_rows(e)), strict=True)
    known = [(row, share) for row, share in divided if share is not None and not row.is_bound]
    groups = grouped((row.file, (row, share)) for row, share in known) | {"all": known}
    rows = []
    for (briefing, group), rule in product(groups.items(), RULES):
        others = [
            f"{row.file}/{row.number} {row.printed}"
            for row, share in group
            if not by_rule(row, rule).contains(share)
        ]
        rows.append(Rule(briefing, rule, len(group), len(group) - len(others), "; ".join(others)))
    return frame(rows, Rule._fields)


Fit = namedtuple(
    "Fit",
    "briefing number printed wanted measure area basis rule low high fits assumes "
    "paragraph position rests_on rows",
)
Fit.__doc__ = "Which counts fit a rate, see `unstated`."


def unstated(ledger: Given) -> pd.DataFrame:
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
    rows = [fit for row in e.of_kind("rate") if not row.reads for fit in _unstated(e, row)]
    return frame(sorted(rows, key=attrgetter("briefing", "number")), Fit._fields)


def _unstated(e, row):
    cells = e.part_and_whole(row.cell, row.text)
    own = [[r for r in e.printed.get(cell, ()) if r.text == row.text] for cell in cells]
    for wanted, cell, printed, others in zip(("part", "whole"), cells, own, own[::-1]):
        if printed:
            continue
        for other, rule in product(others or [None], ("half_up", "down")):
            told = partial(e.told, Fit, cell, row=row, wanted=wanted, rule=rule)
            given = bounds.counts(by_rule(other, rule)) if other else COUNT
            fit = fitting(by_rule(row, rule), wanted, given)
            fits = None if fit else False
            yield told(
                rows=[one.index for one in (row, other) if one],
                basis="alone",
                low=fit and fit.lower,
                high=fit and fit.upper,
                fits=fits,
                assumes=f"rounded by {rule}",
            )
            for stock in _elsewhere(e, row, cell):
                number, _ = _as_printed(e, [stock.value])
                yield told(
                    rows=[stock.index],
                    basis="candidate",
                    low=number,
                    high=number,
                    fits=judge(stock.reading, sure(fit)) if fit and fit.upper else fits,
                    assumes=f"the number {when(*stock.cell[3:5])} stands for that of this text",
                )


def _elsewhere(e, row, cell):
    """What other texts print for a stock, of any day."""
    levels = e.of_kind("level") if e.nature[cell.measure] == "stock" else ()
    return [one for one in levels if one.cell[:2] == cell[:2] and one.text != row.text]


# ── Balances ──


Balance = namedtuple(
    "Balance",
    "briefing balance measure area of_area start end statement arithmetic difference "
    "verdict missing assumes rests_on rows",
)
Balance.__doc__ = "A verdict on counts that must add up, or fit into one another, see `balances`."


def balances(ledger: Given) -> pd.DataFrame:
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


def balance_rows(ledger: Given) -> list[Balance]:
    e = Evidence.of(ledger)
    found = [*(_balance(e, claim) for claim in e.claims), *_repeats(e)]
    once = {(balance.briefing, balance.balance, balance.rows): balance for balance in found}
    return sorted(once.values(), key=attrgetter("briefing"))


def _claims(e):
    """What must hold of the numbers that one file prints."""
    rows = (row for row in e.rows.values() if row.kind in ("level", "rate"))
    for file, own in grouped((row.file, row) for row in rows).items():
        texts = {}
        for row in own:
            texts.setdefault(row.cell, row.text)
        for claimed in (_sums, _within, _tallies, _shares):
            for one in claimed(e, texts):
                values = [e.printed_values(cell, texts.get(cell, file)) for cell in one.cells]
                yield Claim(file, one, values)


def _sums(e, printed):
    """Sums of which a file prints two cells or more; a whole holds those parts that are known."""
    asked = Counter(one for cell in printed for one in e.sums(cell))
    for one, times in asked.items():
        if times < 2 or one.kind not in ("parts", "terms", "list"):
            continue
        known = tuple(term for term in one.terms if term[1] in e.printed)
        if one.is_equation and known == one.terms:
            yield one
        elif known[0] == one.terms[0] and one.terms == whole_and_parts(one.cells):
            yield Sum("within", known, sure(COUNT), one.assumes)


def _within(e, printed):
    """The part of a rate in its whole; a group of named units in the area that holds them all."""
    alike = grouped((cell._replace(area=""), cell) for cell in printed)
    for small in printed:
        large = [
            small._replace(measure=whole)
            for part, whole in e.made_of.values()
            if part == small.measure
        ]
        if e.unit[small.measure] not in ("units", None):
            same = alike[small._replace(area="")]
            large += (cell for cell in same if _holds_units(e, cell.area, small.area))
        for cell in large:
            if cell in printed and cell != small:
                yield Sum("within", whole_and_parts([cell, small]), sure(COUNT))


def _holds_units(e, area, group):
    """Has an area all the units of a group, and more?"""
    pairs = product(e.units(group), e.units(area))
    return any(len(units) > 1 and units < more for units, more in pairs)


def _tallies(e, printed):
    """Numbers of units: no more than are named, and for a longer time no more than for a part."""
    for cell in printed:
        if e.unit[cell.measure] == "units":
            is_all = e.nature[cell.measure] == "members"
            limits = [
                sure(Bounds(-len(units), True, -len(units) * is_all, True))
                for units in e.units(cell.area)
            ] or [sure(ANY)]
            counted = NOTHING - e.printed_values(cell, printed[cell])[0].reading
            limit = next((limit for limit in limits if judge(counted, limit)), limits[0])
            yield Sum("units", ((-1, cell),), limit)
    timed = [c for c in printed if e.nature[c.measure] == "tally" and c.start and c.end]
    for long, short in permutations(timed, 2):
        is_longer = long.start <= short.start and short.end <= long.end
        if is_longer and long[:3] == short[:3]:
            yield Sum("longer time", whole_and_parts([short, long]), sure(COUNT))


def _shares(e, printed):
    """Shares of the parts that make up a whole: they add up to 100 %, or to less if some lack."""
    made = (cell for cell in printed if cell.measure in e.made_of)
    shares = {e.part_and_whole(cell, cell.scope): cell for cell in made}
    for one in dict.fromkeys(one for part, _ in shares for one in e.sums(part)):
        whole, *parts = one.cells
        known = [shares[part, whole] for part in parts if (part, whole) in shares]
        if len(known) > 1 and one.terms == whole_and_parts(one.cells):
            is_all = one.is_equation and len(known) == len(parts)
            within = exactly(1) if is_all else SHARE
            yield Sum("shares", tuple((-1, cell) for cell in known), sure(within.times(-1)))


def _over_time(e):
    """A flow over some time holds the flows of its parts; what only grows does not fall."""
    timed = (cell for cell in e.known if not cell.scope and None not in cell[3:5])
    flows = [cell for cell in timed if e.nature[cell.measure] == "flow"]
    flows.sort(key=lambda cell: cell.start)
    series = grouped((cell[:3], cell) for cell in flows)
    for cell in (cell for cell in flows if cell in e.printed):
        yield from _along(e, "span", [cell], series[cell[:3]], *cell[3:5])
    stocks = [c for c in e.printed if c.measure in e.inflow and not c.scope]
    stocks.sort(key=lambda cell: cell.end)
    for before, after in chain(*map(pairwise, grouped((c[:3], c) for c in stocks).values())):
        inflow = series.get((e.inflow[after.measure], *after[1:3]), [])
        yield from _along(e, "stock", [after, before], inflow, before.end, after.end)


def _along(e, kind, cells, flows, start, end):
    """Claims about what flowed in some time, by the flows inside it that leave the least gap."""
    whole = cells[0]
    own = [row.index for cell in cells for row in e.printed[cell]]
    first, behind = (bisect_left(flows, moment, key=lambda c: c.start) for moment in (start, end))
    inside = (cell for cell in flows[first:behind] if cell.end <= end and cell != whole)
    best = ((cell, [e.best(cell, own)]) for cell in inside)
    known = {cell: values for cell, values in best if values[0] and only(values) is not None}
    gap, pieces = _way(start, end, known)
    if pieces or kind == "stock":
        terms = (*whole_and_parts(cells), *pieces)
        one = Sum("within", terms, sure(COUNT)) if gap else Sum(kind, terms)
        for row in {row.reading: row for row in e.printed[whole]}.values():
            values = [e.printed_values(cell, row.text) for cell in cells]
            yield Claim(row.file, one, [*values, *(known[cell] for _, cell in pieces)])


def _way(start, end, cells):
    """From one moment to another along cells, forward (-1) or back (1), with the least gaps."""
    moments = sorted({start, end, *(moment for cell in cells for moment in cell[3:5])})
    steps = [(here, there, there - here, ()) for here, there in pairwise(moments)]
    for cell in cells:
        steps.append((cell.start, cell.end, timedelta(0), ((-1, cell),)))
        steps.append((cell.end, cell.start, timedelta(0), ((1, cell),)))
    onward = grouped((here, step) for here, *step in steps)
    ways, here, gap, way = [], start, timedelta(0), ()
    while here != end:
        for there, more, term in onward.pop(here, ()):
            heappush(ways, (gap + more, len(way + term), there, way + term))
        gap, _, here, way = heappop(ways)
    return gap, way


def _balance(e, claim):
    verdict, missing = _verdict(e, claim)
    one, whole = claim.sum, claim.sum.cells[0]
    sides = [
        (sign, _differs(e, cell, whole), *_as_printed(e, values))
        for (sign, cell), values in zip(one.terms, claim.values)
    ]
    equal = "≥" if exact(one.within.usual) is None else "="
    if one.kind == "shares":
        sides.insert(0, (1, "100%", 1, "100%"))
    if one.kind == "units":
        limit = one.within.usual.times(-1).upper
        shown = "not known" if limit is None else str(limit)
        sides.append((1, "the units that make it up", limit, shown))
        equal = "=" if e.nature[whole.measure] == "members" else "≤"
    signs, names, numbers, shown = zip(*sides)
    return e.told(
        Balance,
        whole,
        claim.rows,
        briefing=claim.file,
        balance=one.kind,
        statement=_written(equal, signs, names),
        arithmetic=_written(equal, signs, shown),
        difference=None if None in numbers else sum(map(mul, signs, numbers)),
        verdict=verdict,
        missing=missing,
        assumes=one.assumes,
    )


def _written(equal, signs, sides):
    """A whole, and what it is to be equal to, not less or not more."""
    whole, *parts = sides
    marks = ["−" if sign == signs[0] else "+" for sign in signs[1:]]
    right = " ".join(chain(*zip(marks, parts))).removeprefix("+ ")
    return f"{whole} {equal} {right}"


def _differs(e, cell, whole):
    """A part, named by what sets it apart from its whole; the whole by its full name."""
    for field in ("area", "measure"):
        if (key := getattr(cell, field)) != getattr(whole, field):
            return e.names.columns[field].get(key, key)
    return e.names.cell(cell) if cell == whole else when(*cell[3:5])


def _repeats(e):
    """A number that a text prints twice must be the same; two ends of a range are no repeat."""
    for same in grouped(((row.says, row.text), row) for row in e.rows.values()).values():
        found = {_is_same(*pair) for pair in combinations(same, 2)}
        if not found or (found == {None} and all(row.is_bound for row in same)):
            continue
        first, numbers = same[0], [exact(row.reading.usual) for row in same]
        verdict = CHECKS[_all_of(found)]
        yield e.told(
            Balance,
            first.cell,
            [row.index for row in same],
            briefing=first.file,
            balance="repeat",
            statement=f"{e.names.cell(first.cell)}, {first.kind}: "
            f"printed {len(same)} times, always the same",
            arithmetic=" = ".join(row.printed for row in same),
            difference=None if None in numbers else max(numbers) - min(numbers),
            verdict=verdict,
            missing=ROUNDED if verdict == Verdict.UNDECIDED else "",
            assumes="",
        )


def _is_same(one, other):
    """Do two printed numbers say the same? A rounded or vague one may hold the other."""
    if (one.printed, one.reads) == (other.printed, other.reads):
        return True
    if one.is_vague or other.is_vague:
        return None
    return judge(one.reading, other.reading) or judge(other.reading, one.reading)


# ── Changes ──


Change = namedtuple(
    "Change",
    "briefing number route measure area of_area start end since since_start since_end "
    "claim printed change level implied earlier verdict missing paragraph position "
    "rests_on rows",
)
Change.__doc__ = "A verdict on one change since another time, see `changes`."


def changes(ledger: Given) -> pd.DataFrame:
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


def change_rows(ledger: Given) -> list[Change]:
    e = Evidence.of(ledger)
    printed = (_change(e, row, e.stated_by(row)) for row in e.of_kind("change"))
    return [*printed, *_by_difference(e)]


def _change(e, row, one):
    """A change that a row prints, by all the rest."""
    (_, cell), (_, before) = one.terms
    again = {other.index for i in one.rows for other in e.alike[e.rows[i].says]}
    printed = [] if e.is_rate(cell) else e.printed_values(cell, row.text)
    levels = printed or [*filter(None, [e.of_day(cell, one.rows)])]
    earlier = [*filter(None, [e.of_day(before, again)])]
    claim = Claim(row.file, one, [levels, earlier])
    verdict, missing = (Verdict.UNDECIDED, ROUNDED) if row.is_vague else _verdict(e, claim)
    return e.told(
        *(Change, cell, claim.rows, row),
        route="printed",
        since_start=before.start,
        since_end=before.end,
        change=exact((row.change if one.factor else one.within).usual),
        level=only(levels),
        implied=exact(one.solved(1, [levels[0].reading]).usual) if len(levels) == 1 else None,
        earlier=only(earlier),
        verdict=verdict,
        missing=missing,
    )


def _by_difference(e):
    """Where the whole and all parts but one have a printed change, that of the last follows."""
    plain = (row for row in e.rows.values() if not row.relative and not row.is_bound)
    said = [row for row in plain if row.kind == "change"][::-1]
    printed = {(row.file, row.cell, row.before): row for row in said}
    sums = ((row, one) for row in said for one in e.sums(row.cell) if one.kind == "parts")
    for first, one in sums:
        pairs = [(cell, first.before._replace(area=cell.area)) for cell in one.cells]
        rows = [printed.get((first.file, *pair)) for pair in pairs]
        others = list(filter(None, rows))
        if one.is_equation and rows.count(None) == 1 and first == others[0]:
            place, behind = rows.index(None), frozenset(other.index for other in others)
            change = one.solved(place, [other.change for other in others])
            stated = Sum("change", whole_and_parts(pairs[place]), change, rows=behind)
            claim = next((way for way, by in MOVES.items() if judge(change, sure(by))), "")
            own = {"route": "by difference", "claim": claim, "number": "", "printed": ""}
            yield _change(e, first, stated)._replace(**own, paragraph=None, position=None)


# ── Runs ──


class Step(NamedTuple):
    """A day of a run, what is known of it, and does it go as claimed, since the day before."""

    cell: Cell
    value: Value | None
    holds: bool | None


Run = namedtuple(
    "Run",
    "briefing number measure area of_area start end claim printed days values shown "
    "longest verdict verdict_as_values missing paragraph position rests_on rows",
)
Run.__doc__ = "A verdict on one claim about running days, see `runs`."


def runs(ledger: Given) -> pd.DataFrame:
    """Does the record bear out each claim about running days?

    A run of N days down to day D means N falls: N + 1 values, the last on D; likewise up. A run of
    N days at zero, below x or above x means N values. The values are the best supported ones of
    the record. One day is no run, and "about" or "fewer than" so many days are undecided.

    Returns:
        One row a claim. `days`: N. `values`: day by day, as far as known, ◇ behind one that is
        contested. `shown`: how many of the N steps the record shows. `verdict`;
        `verdict_as_values`: the verdict if a text that says N days means N values, so N - 1 steps.
        `missing`: days without a value, and what each would have to be. `longest`: how many steps
        up to D the record does support without a gap.

    >>> from helpers import ledger
    >>> found = runs(ledger.load()).query("briefing == '155' and number == 'central_new_run'")
    >>> found["values"].tolist()[0]
    '11-27: 8,750; 11-28: 7,571; 11-29: 6,385; 11-30: 5,522'
    """
    return frame(run_rows(ledger), Run._fields)


def run_rows(ledger: Given) -> list[Run]:
    e = Evidence.of(ledger)
    return [_run(e, row) for row in e.of_kind("run")]


def _run(e, row):
    numeral = rounding.parse(row.printed, row.reads)
    number = int(numeral.value) + (numeral.comparator == ">")
    days = list(islice(steps_back(e, row), number + row.moves))[::-1]
    verdict = as_values = Verdict.UNDECIDED
    if numeral.comparator not in ("", ">", ">="):
        missing = "how many days exactly"
    elif number < 2:
        missing = "a second day: one is no run"
    else:
        verdict, as_values = (_of_days(e, row, some) for some in (days, days[row.moves :]))
        missing = _needed(e, row, days) if verdict == Verdict.UNDECIDED else ""
    return e.told(
        *(Run, row.cell, rows_of(day.value for day in days if day.value), row),
        days=number,
        values="; ".join(f"{day.cell.end - DAY:%m-%d}: {_of_day(e, day)}" for day in days),
        shown=[day.holds for day in days[row.moves :]].count(True),
        longest=sum(1 for _ in takewhile(lambda day: day.holds, steps_back(e, row))),
        verdict=verdict,
        verdict_as_values=as_values,
        missing=missing,
    )


def steps_back(e: Evidence, row: Row) -> Iterator[Step]:
    """The days of a run, from the last one back, as far as a run is followed."""
    claim = sure(_claimed(row))
    cells = map(row.cell.later, range(0, -YEAR - 1, -1))
    days = ((cell, e.of_day(cell)) for cell in cells)
    for (cell, now), (_, before) in pairwise(days):
        known = now and now.reading
        if row.moves:
            known = now.reading - before.reading if now and before else None
        yield Step(cell, now, judge(known, claim))


def _claimed(row):
    """What a run claims of each day, or of each step."""
    if row.moves:
        return MOVES[row.claim]
    return ZERO if row.claim == "zero" else rounding.unround(row.claim[1:], reads=row.claim)


def _of_days(e, row, days):
    """A verdict on some days of a run; of one that moves, the first is where it starts.

    There must be room for the steps between two known days, and between the last one and zero.
    """
    found = [day.holds for day in days[row.moves :]]
    falling = days[::-1] if row.claim == "up" else days
    known = [(place, day.value.reading) for place, day in enumerate(falling) if day.value]
    known.append((len(days) - 1, sure(ZERO)))
    is_counted = not e.is_rate(row.cell)
    for (place, higher), (later, lower) in pairwise(known) if row.moves else ():
        steps = later - place
        room = Bounds(steps * is_counted, is_counted or not steps, None, False)
        found.append(judge(higher - lower, sure(room)))
    return CHECKS[_all_of(found)]


def _needed(e, row, days):
    """The days without a value, and what each would have to be for the claim to hold."""
    said = []
    for place, day in enumerate(days):
        ends = [row.claim.replace("<", "below ").replace(">", "above ")]
        if row.moves:
            sides = days[:place][::-1], days[place + 1 :]
            nearest = [next((other for other in side if other.value), None) for side in sides]
            words = ("below", "above") if row.claim == "down" else ("above", "below")
            named = zip(words, nearest, strict=True)
            ends = [f"{word} {_of_day(e, other)}" for word, other in named if other]
        if not day.value:
            limits = f" ({' and '.join(ends)})" if ends else ""
            said.append(when(day.cell.start, day.cell.end) + limits)
    return "; ".join(said) or ROUNDED


def _of_day(e, day):
    """A count as it is, a rate in percent to two places (the verdict rests on the exact value)."""
    if day.value is None:
        return "?"
    shown = says(day.value.bounds)
    if e.is_rate(day.cell):
        ends = [end for end in (day.value.bounds.lower, day.value.bounds.upper) if end is not None]
        shown = " to ".join(dict.fromkeys(rounding.reround(end, 1, "0.00%") for end in ends))
    return shown + " ◇" * e.is_contested(day.value)


# ── Days and witnesses ──


Daily = namedtuple(
    "Daily",
    "measure area of_area day low high contested route verdict translated rests_on rows",
)
Daily.__doc__ = "What the record has for one measure, area and day, see `daily`."


def daily(ledger: Given) -> pd.DataFrame:
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
    known = {cell for cell in e.known if _is_day(cell)}
    for rate, (part, whole) in e.made_of.items():
        if part != whole:
            known |= {cell._replace(measure=rate) for cell in known if cell.measure == part}
    cells = sorted(known, key=lambda cell: (*cell[:3], cell.end))
    found = ((cell, e.of_day(cell)) for cell in cells)
    return frame((_daily(e, cell, value) for cell, value in found if value), Daily._fields)


def _daily(e, cell, value):
    is_ratio = value.route == "part over whole"
    kinds = {page.kind for index in value.rows for page in e.rows[index].pages}
    return e.told(
        *(Daily, cell, value.rows),
        **e.described(value),
        day=cell.end - DAY,
        verdict="" if is_ratio else agreement(e, e.known[cell]),
        translated=kinds == {"translation"},
    )


def _is_day(cell):
    if cell.end is None or cell.scope or not cell.area or cell.end.hour or cell.end.minute:
        return False
    return cell.start is None or cell.days == 1


Witness = namedtuple(
    "Witness",
    "measure area of_area start end route low high best verdict contested texts rests_on rows",
)
Witness.__doc__ = "One value of a cell, see `witnesses`."


def witnesses(ledger: Given) -> pd.DataFrame:
    """All values of every cell, printed and derived, and whether they bear one another out.

    Returns:
        One row a value. `low`, `high`: equal where exact, None where there is no end, by the
        ordinary rule of rounding. `route`: printed, parts (their sum), rest (the whole without its
        other parts), terms, list, change, growth, points, span, stock, rate (bounds alone),
        nothing left (zero, since the printed parts make up the whole). `verdict`, of the cell:
        corroborated (two agree that come from different texts or by different routes from
        different rows), single, in conflict. `best`: the best supported value. `contested`: it
        rests on a number that another contradicts.

    >>> from helpers import ledger
    >>> found = witnesses(ledger.load().only("155"))
    >>> found = found.query("measure == 'new_infections' and area == 'city' and route == 'parts'")
    >>> found[["low", "verdict"]].values.tolist()
    [[6584, <Verdict.CORROBORATED: 'corroborated'>]]
    """
    return frame(witness_rows(ledger), Witness._fields)


def witness_rows(ledger: Given) -> list[Witness]:
    e = Evidence.of(ledger)
    known = e.known.items()
    return [witness for cell, values in known for witness in _witnesses(e, cell, values)]


def _witnesses(e, cell, values):
    best, verdict = e.best(cell), agreement(e, values)
    for value in values:
        yield e.told(
            *(Witness, cell, value.rows),
            **e.described(value),
            best=value.bounds == best.bounds,
            verdict=verdict,
            texts="; ".join(sorted(e.texts([value]))),
        )


def agreement(e: Evidence, values: list[Value]) -> Verdict:
    """Do the values of a cell bear one another out?"""
    if contradictions(values):
        return Verdict.CONFLICT
    told = [(v, e.texts([v])) for v in values if exact(v.bounds) is not None]
    twice = any(value.route == "printed" and len(texts) > 1 for value, texts in told)
    apart = (
        a.rows.isdisjoint(b.rows) and (a.route != b.route or a_texts.isdisjoint(b_texts))
        for (a, a_texts), (b, b_texts) in combinations(told, 2)
    )
    return Verdict.CORROBORATED if twice or any(apart) else Verdict.SINGLE


def touched(e: Evidence) -> set[int]:
    """The rows that some decided verdict rests on: a slip in any other would go unseen."""
    questions = rate_rows, balance_rows, change_rows, witness_rows
    found = [(one, one.rows) for ask in questions for one in ask(e)]
    runs = zip(run_rows(e), e.of_kind("run"), strict=True)
    found += [(run, (*run.rows, row.index)) for run, row in runs]
    return {row for one, rows in found if one.verdict.sign != "○" for row in rows}
