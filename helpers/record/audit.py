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

import heapq
from bisect import bisect_left
from collections import Counter, namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache, cached_property
from itertools import chain, combinations, islice, pairwise, product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

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
SHARE = sure(Bounds(0, True, 1, True))
YEAR = 366  # no claim about running days is followed further back
BY_STRUCTURE = ("parts", "terms", "list")
BALANCES = (*BY_STRUCTURE, "span", "stock", "shares")
MOST_CHOICES = 64  # of values that contradict each other in one claim
ROUNDED = "the exact values behind rounded ones"
BY_RULE = "by the ordinary rule of rounding it"


class Evidence:
    """A ledger's record and its names; several audits can share one."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.names, self.record = ledger, Names(ledger), Record(ledger)
        self.structure = self.record.structure
        measures, areas = ledger.tables["measures"], ledger.tables["areas"]
        self.counts_units = {m.measure for m in measures if m.unit == "units"}
        self.kinds = {area.area: area.kind for area in areas}
        self.numbers = {number.index: number for number in ledger.tables["numbers"]}
        self.units = cache(self._units)

    @classmethod
    def of(cls, ledger: Ledger | Evidence) -> Evidence:
        return ledger if isinstance(ledger, cls) else cls(ledger)

    def _units(self, area):
        """The units that an area is made of, once for each scheme that names all of them."""
        if self.kinds.get(area) not in ("city", "part", "group", None):
            return [frozenset([area])]
        ways = []
        for split in self.structure.splits_of_area.get(area, ()):
            below = [self.units(part) for part in split.parts] if split.whole == area else []
            if split.complete and below and all(below):
                ways.append(frozenset().union(*(units[0] for units in below)))
        return ways

    def of_kind(self, kind: str) -> list[Row]:
        """The rows of a kind, in the order of the ledger."""
        return [row for _, row in sorted(self.record.rows.items()) if row.kind == kind]

    def place(self, row: Row) -> tuple[int | None, int | None]:
        number = self.numbers[row.index]
        return number.paragraph, number.position

    def behind(self, rows: Iterable[int]) -> tuple[str, tuple[int, ...]]:
        """What a verdict rests on, for readers and for programs."""
        rows = tuple(sorted(rows))
        return self.names.rests_on(rows), rows

    def is_contested(self, value: Value) -> bool:
        return not value.rows.isdisjoint(self.record.contested)

    @cached_property
    def claims(self) -> list[Claim]:
        """What must hold of the printed numbers, with the values to judge it by."""
        return [*_claims(self), *_over_time(self)]

    @cached_property
    def claims_about(self) -> dict[Cell, list[Claim]]:
        return grouped((cell, claim) for claim in self.claims for _, cell in claim.sum.terms)


def printed_differently(e, cells, values):
    """Which cells are printed with values that contradict each other."""
    pairs = zip(cells, values, strict=True)
    told = [
        (c, " and ".join(says(v.bounds) for v in several)) for c, several in pairs if several[1:]
    ]
    return [f"one value of {e.names.cell(cell)}: {text} are printed" for cell, text in told]


# ── Rates ──


Rate = namedtuple(
    "Rate",
    "briefing number measure area of_area start end printed part whole reconstructed "
    "half_up half_even half_down down up verdict rule missing power lower upper "
    "part_from whole_from paragraph position rests_on rows",
)
Rate.__doc__ = "A verdict on one quoted rate, see `rates`."


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
    return [_rate(e, row) for row in e.of_kind("rate")]


def _rate(e, row):
    is_made = row.cell.measure in e.structure.made_of
    cells = e.structure.part_and_whole(row.cell, row.text) if is_made else ()
    found = [_own_or_best(e, cell, row) for cell in cells] or [[], []]
    verdict, rule = _verdict_on_rate(row, found) if cells else (_open(row), "")
    missing = ""
    if verdict == _open(row) or (rule and not all(found)):
        usual, _ = _verdict_on_rate(row, [[v.ordinary for v in values] for values in found])
        note = cells and usual != verdict and all(found)
        missing = _lacking(e, row, cells, found) + (f" ({BY_RULE} {usual})" if note else "")
    behind = [frozenset().union(*(value.rows for value in values)) for values in found]
    whole = exact(found[1][0].bounds) if len(found[1]) == 1 else None
    parts = row.reading.usual.times(whole).whole_numbers() if whole and not row.reads else None
    return Rate(
        *(row.file, row.number, *row.cell[:2], row.cell.of_area or row.cell.area),
        *(row.cell.start, row.cell.end, row.printed),
        *(_as_printed(e, values) for values in found),
        *_reprinted(row, found),
        *(verdict, rule, missing, None if parts is None else parts.size),
        *(row.reading.usual.lower, row.reading.usual.upper),
        *map(e.names.rests_on, behind),
        *e.place(row),
        *e.behind(frozenset([row.index]).union(*behind)),
    )


def _open(row):
    return Verdict.UNDECIDED if row.is_bound else Verdict.UNCHECKED


def _own_or_best(e, cell, row):
    """What the text itself prints for a count, else what the rest of the record has for it."""
    if own := e.record.stated(cell, row.text):
        return own
    best = e.record.best(cell, [again.index for again in e.record.alike[row.says]])
    is_good = best and (exact(best.bounds) is not None or best.route in ("printed", "in conflict"))
    return [best] if is_good else []


def _verdict_on_rate(row, found):
    """A verdict that is the same whichever of several values is taken, and the rules that fit."""
    pairs = product(*(values or [None] for values in found))
    judged = {_judged_rate(row, *(value and value.reading for value in pair)) for pair in pairs}
    return judged.pop() if len(judged) == 1 else (_open(row), "")


def _judged_rate(row, part, whole):
    share = part / whole if part and whole and whole.usual.upper != 0 else None
    if row.is_bound:
        return CHECKS[judge(share, row.reading)], ""
    by_rules = {rule: by_rule(row, rule) for rule in RULES}
    if share:
        fits = [rule for rule, rate in by_rules.items() if bounds.inside(share.wide, rate)]
        is_possible = agree(share.wide, row.reading.wide)
    else:
        fits = [rule for rule, rate in by_rules.items() if _is_possible(rate, part, whole)]
        is_possible = bool(fits)
        fits = [] if RULES[0] in fits else fits
    if fits:
        return Verdict.REPRODUCES if RULES[0] in fits else Verdict.OTHER_RULE, ", ".join(fits)
    return Verdict.UNCHECKED if is_possible else Verdict.DIFFERS, ""


def _is_possible(rate, part, whole):
    """Can a rate be that of any counts, one of them perhaps known, the part within the whole?"""
    least, most = (reading and exact(reading.wide) for reading in (part, whole))
    if most:
        return bool(bounds.product(bounds.meet(rate, SHARE.usual), whole.wide).whole_numbers())
    if least is not None and rate.upper > 0:
        above = Bounds(max(least, 1), True, None, False)
        return bool(bounds.meet(ratio(part.wide, rate), above).whole_numbers())
    return agree(rate, SHARE.usual)


def _reprinted(row, found):
    """The exact ratio, and what each rule would have printed."""
    share = None
    if all(len(values) == 1 for values in found) and found[1][0].bounds.upper != 0:
        share = exact((found[0][0].reading / found[1][0].reading).wide)
    if share is None:
        return [None] * (1 + len(RULES))
    like = row.reads.lstrip("<>=~") if row.reads else row.printed
    return [share, *(rounding.reround(share, 1, like, rule) for rule in RULES)]


def _as_printed(e, values):
    """An exact count, or a rounded one as printed; None for several, or for "over 300"."""
    if len(values) != 1:
        return None
    row = e.record.rows[min(values[0].rows)]
    if exact(values[0].bounds) is None and values[0].route == "printed" and not row.reads:
        return int(rounding.parse(row.printed).value)
    return exact(values[0].bounds)


def _lacking(e, row, cells, found):
    """What would decide a rate."""
    if not cells:
        return "what it is a rate of, in counts"
    named = list(zip(("part", "whole"), map(e.names.cell, cells), found, strict=True))
    if absent := [f"{name}: {cell}" for name, cell, values in named if not values]:
        return "; ".join(absent)
    if found[1][0].bounds.upper == 0:
        return "a whole above zero"
    several = printed_differently(e, cells, found)
    vague = [
        f"one exact value of {cell}: {says(values[0].bounds)}"
        for _, cell, values in named
        if len(values) == 1 and exact(values[0].bounds) is None
    ]
    return "; ".join([*vague, *several]) or "a numeral that is not approximate"


def by_rule(row: Row, rule: str) -> Bounds:
    """What a printed rate can stand for, had a certain rule been used."""
    return rounding.unround(row.printed, rule, row.reads)


Rule = namedtuple(
    "Rule",
    "briefing rule rates reproduced excluded",
)
Rule.__doc__ = "How many rates a rounding rule reproduces, see `rules`."


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
    plain = (_rate(e, row) for row in e.of_kind("rate") if not row.is_bound)
    known = [rate for rate in plain if rate.reconstructed is not None]
    groups = grouped((rate.briefing, rate) for rate in known) | {"all": known}
    rows = []
    for (briefing, group), rule in product(groups.items(), RULES):
        others = [rate for rate in group if rule not in rate.rule.split(", ")]
        named = "; ".join(f"{other.briefing}/{other.number} {other.printed}" for other in others)
        rows.append(Rule(briefing, rule, len(group), len(group) - len(others), named))
    return frame(rows, Rule._fields)


Fit = namedtuple(
    "Fit",
    "briefing number printed wanted measure area basis rule low high fits assumes "
    "paragraph position rests_on rows",
)
Fit.__doc__ = "Which counts fit a rate, see `unstated`."


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
    rates = [row for row in e.of_kind("rate") if row.cell.measure in e.structure.made_of]
    rows = [fit for row in rates if not row.reads for fit in _unstated(e, row)]
    return frame(sorted(rows, key=lambda fit: (fit.briefing, fit.number)), Fit._fields)


def _unstated(e, row):
    cells = e.structure.part_and_whole(row.cell, row.text)
    own = [[r for r in e.record.printed.get(cell, ()) if r.text == row.text] for cell in cells]
    for wanted, cell, printed, others in zip(("part", "whole"), cells, own, own[::-1], strict=True):
        for given, rule in product(others or [None], ("half_up", "down")) if not printed else ():
            fit = _fitting(row, rule, wanted, given)
            alone = Fit(
                *(
                    row.file,
                    row.number,
                    row.printed,
                    wanted,
                    cell.measure,
                    cell.area,
                    "alone",
                    rule,
                ),
                *((fit.lower, fit.upper, None) if fit else (None, None, False)),
                f"rounded by {rule}",
                *e.place(row),
                *e.behind(other.index for other in (row, given) if other),
            )
            yield alone
            if e.structure.nature[cell.measure] == "stock":
                yield from _candidates(e, row, cell, alone, fit)


def _fitting(row, rule, wanted, given):
    """The counts for which a rate prints as it does, beside a count that may be rounded itself."""
    least = Bounds(int(wanted == "whole"), True, None, False)
    if not given or given.is_bound or given.reading.usual == ZERO:
        return least
    rate, other = by_rule(row, rule), given.reading.usual
    if exact(other) is None and not given.reads:
        other = bounds.counts(by_rule(given, rule))
    fit = bounds.product(rate, other) if wanted == "part" else ratio(other, rate)
    fit = bounds.meet(fit, least)
    return bounds.counts(fit) if fit.whole_numbers() else None


def _candidates(e, row, cell, alone, fit):
    """Values of a stock that other texts print, for any day."""
    for other in e.of_kind("level"):
        if other.cell[:2] == cell[:2] and other.text != row.text:
            value = _as_printed(e, [other.value])
            found = {"basis": "candidate", "low": value, "high": value}
            found |= zip(("rests_on", "rows"), e.behind([other.index]), strict=True)
            if fit and fit.upper:
                found["fits"] = judge(other.reading, sure(fit))
            time = when(*other.cell[3:5])
            yield alone._replace(**found, assumes=f"the number {time} stands for that of this text")


# ── Balances ──


class Claim(NamedTuple):
    """What must hold of some cells, and the values of each that it is judged by."""

    file: str
    sum: Sum
    values: list[list[Value]]


Balance = namedtuple(
    "Balance",
    "briefing balance measure area of_area start end statement arithmetic difference "
    "verdict missing assumes rests_on rows",
)
Balance.__doc__ = "A verdict on counts that must add up, or fit into one another, see `balances`."


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
    once = {(balance.briefing, balance.balance, balance.rows): balance for balance in found}
    files = list(dict.fromkeys(row.file for row in e.record.rows.values()))
    return sorted(once.values(), key=lambda balance: files.index(balance.briefing))


def _claims(e):
    """What must hold of the numbers that one file prints."""
    for file, rows in grouped((row.file, row) for row in e.record.rows.values()).items():
        printed = {row.cell: row.text for row in reversed(rows) if row.kind == "level"}
        printed = dict(reversed(printed.items()))
        for one in (*_sums(e, printed), *_within(e, printed), *_tallies(e, printed)):
            cells = [cell for _, cell in one.terms]
            values = [e.record.printed_values(cell, printed.get(cell, file)) for cell in cells]
            yield Claim(file, one, values)
        for text, shares in grouped(
            (row.text, row.cell) for row in rows if row.kind == "rate"
        ).items():
            for one in _shares(e.structure, dict.fromkeys(shares)):
                yield Claim(file, one, [e.record.stated(cell, text) for _, cell in one.terms])


def _sums(e, printed):
    """Sums of which a file prints two cells or more; a whole holds those parts that are known."""
    record = e.record
    asked = Counter(one for cell in printed for one in record.sums(cell))
    for one in (one for one, times in asked.items() if times > 1 and one.kind in BY_STRUCTURE):
        whole, *parts = one.terms
        known = [term for term in parts if term[1] in record.printed]
        if whole[1] not in record.printed or not known:
            continue
        if one.is_equation and known == parts:
            yield one
        elif all(sign < 0 for sign, _ in parts):
            yield Sum("within", (whole, *known), sure(COUNT), one.assumes)


def _within(e, printed):
    """A group of named units in the area that holds them all; the part of a rate in its whole."""
    pairs = {pair for pair in e.structure.made_of.values() if pair[0] != pair[1]}
    alike = grouped((cell._replace(area=""), cell) for cell in printed)
    for small in printed:
        large = [small._replace(measure=whole) for part, whole in pairs if part == small.measure]
        units = e.units(small.area)
        if units and len(units[0]) > 1 and small.measure not in e.counts_units:
            same = alike[small._replace(area="")]
            large += [cell for cell in same if any(units[0] < more for more in e.units(cell.area))]
        for cell in (cell for cell in large if cell in printed):
            yield Sum("within", ((1, cell), (-1, small)), sure(COUNT))


def _tallies(e, printed):
    """Numbers of units: no more than are named, and for a longer time no more than for a part."""
    nature = e.structure.nature
    for cell in (cell for cell in printed if cell.measure in e.counts_units):
        is_all = nature[cell.measure] == "members"
        sizes = [len(units) for units in e.units(cell.area)]
        limits = [sure(Bounds(size * is_all, True, size, True)) for size in sizes]
        value = e.record.printed_values(cell, printed[cell])[0].reading
        holding = [limit for limit in limits if judge(value, limit)]
        yield Sum("units", ((1, cell),), (holding or limits or [sure(ANY)])[0])
    timed = [cell for cell in printed if nature[cell.measure] == "tally" and None not in cell[3:5]]
    for long, short in product(timed, timed):
        if long[:3] == short[:3] and long != short and _holds(long, short):
            yield Sum("longer time", ((1, short), (-1, long)), sure(COUNT))


def _holds(long, short):
    """Does one time hold another?"""
    return long.start <= short.start and short.end <= long.end


def _shares(structure, printed):
    """Shares of the parts that make up a whole: they add up to 100 %, or to less if some lack."""
    found = dict.fromkeys(made for cell in printed for made in _one_whole(structure, cell))
    for cells, complete in found:
        known = [cell for cell in cells if cell in printed]
        full = complete and len(known) == len(cells)
        if len(known) > 1:
            within = sure(exactly(1)) if full else SHARE
            yield Sum("shares", tuple((1, cell) for cell in known), within)


def _one_whole(structure, share):
    """The shares of one whole that a share is among, and whether that is all of it."""
    part, whole = structure.made_of.get(share.measure, ("", ""))
    for split in structure.splits_of_area.get(share.area, ()) if part == whole else ():
        if split.whole == share.of_area:
            yield tuple(share._replace(area=area) for area in split.parts), split.complete
    for split in structure.splits_of_measure.get(part, ()):
        if split.whole == whole and -1 not in split.parts.values():
            made = structure.made_of.items()
            measures = [m for m, (p, w) in made if w == whole and p in split.parts]
            complete = split.complete and len(measures) == len(split.parts)
            yield tuple(share._replace(measure=measure) for measure in measures), complete


def _over_time(e):
    """A flow over some time holds the flows of its parts; what only grows does not fall."""
    record, structure = e.record, e.structure
    timed = [cell for cell in record.known if not cell.scope and None not in cell[3:5]]
    flows = [cell for cell in timed if structure.nature[cell.measure] == "flow"]
    flows.sort(key=lambda cell: cell.start)
    series = grouped((cell[:3], cell) for cell in flows)
    for cell in (cell for cell in flows if cell in record.printed):
        yield from _along(e, "span", [(1, cell)], series[cell[:3]], *cell[3:5])
    stocks = [cell for cell in record.printed if cell.measure in structure.inflow and cell.end]
    stocks.sort(key=lambda cell: cell.end)
    for before, after in chain(*map(pairwise, grouped((c[:3], c) for c in stocks).values())):
        inflow = series.get((structure.inflow[after.measure], *after[1:3]), [])
        if not before.scope and not after.scope:
            terms = [(1, after), (-1, before)]
            yield from _along(e, "stock", terms, inflow, before.end, after.end)


def _along(e, kind, terms, flows, start, end):
    """Claims about what flowed in some time, by the flows inside it that leave the least gap."""
    record, whole = e.record, terms[0][1]
    own = [row.index for _, cell in terms for row in record.printed[cell]]
    first, behind = (bisect_left(flows, moment, key=lambda c: c.start) for moment in (start, end))
    inside = [cell for cell in flows[first:behind] if cell.end <= end and cell != whole]
    best = ((cell, record.best(cell, own)) for cell in inside)
    known = {cell: v for cell, v in best if v and exact(v.bounds) is not None}
    gap, pieces = _way(start, end, known)
    if pieces or kind == "stock":
        one = Sum("within" if gap else kind, (*terms, *pieces), sure(COUNT if gap else ZERO))
        for row in {row.reading: row for row in record.printed[whole]}.values():
            values = [record.printed_values(cell, row.text) for _, cell in terms]
            yield Claim(row.file, one, [*values, *([known[cell]] for _, cell in pieces)])


def _way(start, end, cells):
    """From one moment to another along cells, forward (-1) or back (1), with the least gaps."""
    moments = sorted({start, end, *(moment for cell in cells for moment in cell[3:5])})
    steps = [(here, timedelta(0), (), there) for here, there in pairwise(moments)]
    steps = [(here, there - here, (), there) for here, _, _, there in steps]
    steps += [(cell.start, timedelta(0), ((-1, cell),), cell.end) for cell in cells]
    steps += [(cell.end, timedelta(0), ((1, cell),), cell.start) for cell in cells]
    leaving = grouped((step[0], step[1:]) for step in steps)
    queue, seen = [(timedelta(0), 0, start, ())], set()
    while queue[0][2] != end:
        gap, length, moment, way = heapq.heappop(queue)
        for more, term, there in leaving[moment] if moment not in seen else ():
            heapq.heappush(queue, (gap + more, length + len(term), there, way + term))
        seen.add(moment)
    return queue[0][0], queue[0][3]


def _judged(one, readings):
    """Does a sum hold? An equation does where all that its parts allow is what its whole says."""
    if one.factor:
        return judge(readings[0] / readings[1], one.factor)
    if one.kind in BALANCES and one.within.usual == ZERO:
        return judge(one.solved(0, readings[1:]), readings[0])
    return judge(one.total(readings), one.within)


def _verdict(e, claim):
    """A verdict that is the same whichever of several values is taken, and what is missing else."""
    one, values, within = claim.sum, claim.values, claim.sum.within.usual
    if prod(map(len, values)) > MOST_CHOICES:
        values = [[joined(several)] for several in values]
    choices = [[value.reading for value in choice] for choice in product(*values)]
    judged = {_judged(one, readings) for readings in choices}
    if judged in ({True}, {False}):
        return CHECKS[judged.pop()], ""
    if several := printed_differently(e, [cell for _, cell in one.terms], claim.values):
        return Verdict.UNDECIDED, "; ".join(several)
    if within == ANY:
        return Verdict.UNDECIDED, "the names of the units" if one.kind == "units" else ROUNDED
    rows = [e.record.rows[row] for (value,) in values for row in value.rows]
    is_plain = one.kind in BALANCES or all(value.route == "printed" for (value,) in values)
    usual = [reading.ordinary for reading in choices[0]]
    is_plain = is_plain and one.is_equation and not any(row.is_bound for row in rows)
    if is_plain and _judged(one, usual) is not False:
        return Verdict.WITHIN, ""
    note = _judged(one, usual)
    return Verdict.UNDECIDED, ROUNDED + ("" if note is None else f" ({BY_RULE} {CHECKS[note]})")


def _balance(e, claim):
    verdict, missing = _verdict(e, claim)
    rows = {row for values in claim.values for value in values for row in value.rows}
    return Balance(
        *(claim.file, claim.sum.kind, *claim.sum.terms[0][1][:5]),
        *_told(e, claim),
        *(_difference(e, claim), verdict, missing, claim.sum.assumes),
        *e.behind(rows),
    )


def _told(e, claim):
    """A claim in words, and in numbers."""
    one = claim.sum
    signs, (whole, *parts) = [sign for sign, _ in one.terms], [cell for _, cell in one.terms]
    names = [e.names.cell(whole), *(differs(e, cell, whole) for cell in parts)]
    numbers = [_shown(e, values) for values in claim.values]
    equal = "=" if one.within.usual not in (COUNT, SHARE.usual) else "≥"
    if one.kind == "units":
        limit = one.within.usual.upper
        equal = "=" if e.structure.nature[whole.measure] == "members" else "≤"
        names, signs = [*names, "the units that make it up"], [1, -1]
        numbers.append("not known" if limit is None else str(limit))
    if one.kind == "shares":
        names, numbers, signs = ["100%", *names], ["100%", *numbers], [1, *(-s for s in signs)]
    for left, *right in (names, numbers):
        sides = ((" − " if s > 0 else " + ") + t for s, t in zip(signs[1:], right, strict=True))
        yield f"{left} {equal} " + "".join(sides).removeprefix(" + ").strip()


def _difference(e, claim):
    """Whole less parts where it is exact; of rounded numbers that of the numbers as printed."""
    one, values = claim.sum, [value for values in claim.values for value in values]
    if len(values) > len(one.terms):
        return None
    found = exact(one.total(value.reading for value in values).usual)
    rows = [e.record.rows[min(value.rows)] for value in values]
    is_plain = all(v.route == "printed" for v in values) and not any(r.is_bound for r in rows)
    if found is None and is_plain:
        plain = [sure(exactly(rounding.parse(r.printed, r.reads).value)) for r in rows]
        found = exact(one.total(plain).usual)
    if one.kind == "units":
        limit = one.within.usual.upper
        return None if None in (limit, found) else limit - found
    return int(found) if found is not None and found == int(found) else found


def _shown(e, values):
    """A count as it is, a rounded one as printed, a bound from end to end."""
    row = e.record.rows[min(values[0].rows)]
    is_plain = len(values) == 1 and values[0].route == "printed" and not row.reads
    if is_plain and exact(values[0].bounds) is None:
        return row.printed
    return " or ".join(says(value.bounds) for value in values)


def differs(e: Evidence, cell: Cell, whole: Cell) -> str:
    """A part, named by what sets it apart from its whole."""
    if cell.area != whole.area:
        return e.names.columns["area"].get(cell.area, cell.area)
    if cell.measure != whole.measure:
        return e.names.columns["measure"][cell.measure]
    return when(cell.start, cell.end)


def _repeats(e):
    """A number that a text prints twice must be the same; two ends of a range are no repeat."""
    said = ((says, row.text, row) for says, rows in e.record.alike.items() for row in rows)
    for ((kind, cell, *_), _), same in grouped(((s, text), row) for s, text, row in said).items():
        pairs = list(combinations(same, 2))
        judged = {_is_same(a, b) for a, b in pairs}
        if not pairs or (judged == {None} and all(row.is_bound for row in same)):
            continue
        found = False if False in judged else None if None in judged else True
        apart = [exact((a.reading - b.reading).usual) for a, b in pairs]
        yield Balance(
            *(same[0].file, "repeat", *cell[:5]),
            f"{e.names.cell(cell)}, {kind}: printed {len(same)} times, the same each time",
            " = ".join(row.printed for row in same),
            None if None in apart else max(apart, key=abs),
            *(CHECKS[found], ROUNDED if found is None else "", ""),
            *e.behind(row.index for row in same),
        )


def _is_same(one, other):
    """Do two printed numbers say the same? A rounded or vague one may hold the other."""
    if (one.printed, one.reads) == (other.printed, other.reads):
        return True
    if one.is_vague or other.is_vague:
        return None
    found = judge(one.reading, other.reading)
    return judge(other.reading, one.reading) if found is None else found


# ── Changes ──


Change = namedtuple(
    "Change",
    "briefing number route measure area of_area start end since since_start since_end "
    "claim printed change level implied earlier verdict missing paragraph position "
    "rests_on rows",
)
Change.__doc__ = "A verdict on one change since another time, see `changes`."


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
    said = e.of_kind("change")
    printed = (_change(e, row, e.record.stated_by_change(row)) for row in said)
    return [*printed, *_remaining(e, said)]


def _change(e, row, one, claim=None):
    """A change that a row prints, or one that follows (with its claim), by all the rest."""
    record, ((_, cell), (_, before)) = e.record, one.terms
    again = {other.index for i in one.rows for other in record.alike[record.rows[i].says]}
    if e.structure.is_rate(cell):
        levels, earlier = [record.of_day(cell, one.rows)], record.of_day(before, again)
    else:
        levels = record.printed_values(cell, row.text) or [record.best(cell, one.rows)]
        earlier = record.best(before, again)
    levels = [level for level in levels if level]
    known = [*levels, *([earlier] if levels and earlier else [])]
    if claim is None and row.is_vague:
        one = replace(one, within=sure(ANY))
    unknown = earlier or Value(sure(COUNT), frozenset(), "unknown")
    verdict, missing = Verdict.UNDECIDED, e.names.cell(before if levels else cell)
    if levels:
        verdict, vague = _verdict(e, Claim(row.file, one, [levels, [unknown]]))
        missing = vague if earlier or verdict != Verdict.UNDECIDED else missing
    implied = [one.solved(1, [level.reading]) for level in levels]
    exactly_known = (
        values[0] if len(values) == 1 else None
        for values in (
            [level.reading for level in levels],
            implied,
            [value.reading for value in known[len(levels) :]],
        )
    )
    return Change(
        *(row.file, *(("", "by difference") if claim is not None else (row.number, "printed"))),
        *(*cell[:5], e.numbers[row.index].since, before.start, before.end),
        *((row.claim, row.printed) if claim is None else (claim, "")),
        exact((row.change if one.factor else one.within).usual),
        *(reading and exact(reading.usual) for reading in exactly_known),
        *(verdict, missing),
        *(e.place(row) if claim is None else (None, None)),
        *e.behind(one.rows.union(*(value.rows for value in known))),
    )


def _remaining(e, said):
    """Where the whole and all parts but one have a printed change, that of the last follows."""
    said = [row for row in said if not row.relative and not row.is_vague]
    for rows in grouped(((row.file, e.numbers[row.index].since), row) for row in said).values():
        rows.sort(key=lambda row: (not row.is_bound, -e.record.rank[row.index]))
        printed = {row.cell: row for row in rows}
        for one in dict.fromkeys(one for cell in printed for one in e.record.sums(cell)):
            absent = [place for place, (_, cell) in enumerate(one.terms) if cell not in printed]
            if one.kind == "parts" and one.is_equation and len(absent) == 1:
                others = [printed[cell] for _, cell in one.terms if cell in printed]
                change = one.solved(absent[0], [other.change for other in others])
                cell = one.terms[absent[0]][1]
                pair = (1, cell), (-1, others[0].before._replace(area=cell.area))
                behind = frozenset(other.index for other in others)
                claim = next((way for way, by in MOVES.items() if judge(change, sure(by))), "")
                yield _change(e, others[0], Sum("change", pair, change, rows=behind), claim)


# ── Runs ──


Day = namedtuple(
    "Day",
    "day low high contested",
)
Day.__doc__ = "What the record has for one day; None for both ends where it has nothing."


Run = namedtuple(
    "Run",
    "briefing number measure area of_area start end claim printed days values read "
    "shown longest verdict verdict_as_values missing paragraph position rests_on rows",
)
Run.__doc__ = "A verdict on one claim about running days, see `runs`."


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
    >>> found["values"].tolist()[0]
    '11-27: 8,750; 11-28: 7,571; 11-29: 6,385; 11-30: 5,522'
    """
    return frame(run_rows(ledger), Run._fields)


def run_rows(ledger: Ledger | Evidence) -> list[Run]:
    e = Evidence.of(ledger)
    return [_run(e, row) for row in e.of_kind("run")]


def _run(e, row):
    numeral = rounding.parse(row.printed, row.reads)
    days = int(numeral.value) + (numeral.comparator == ">")
    cells = [row.cell.later(-back) for back in range(min(days, YEAR) + row.moves)][::-1]
    found = [e.record.of_day(cell) for cell in cells]
    steps = list(islice(steps_back(e, row), days))[::-1]
    verdict, as_values = Verdict.UNDECIDED, Verdict.UNDECIDED
    if numeral.comparator not in ("", ">", ">="):
        missing = "how many days exactly"
    elif days < 2:
        missing = "a second day: one is no run"
    else:
        verdict = _of_steps(e, row, found, steps)
        as_values = _of_steps(e, row, found[row.moves :], steps[row.moves :])
        missing = _needed(e, row, cells, found) if verdict == Verdict.UNDECIDED else ""
    shown = zip(cells, found, strict=True)
    return Run(
        *(row.file, row.number, *row.cell[:5], row.claim, row.printed, days),
        "; ".join(f"{cell.end - DAY:%m-%d}: {_of_day(e, cell, value)}" for cell, value in shown),
        tuple(_day(e, cell, value) for cell, value in zip(cells, found, strict=True)),
        steps.count(True),
        next((n for n, step in enumerate(steps_back(e, row)) if not step), YEAR),
        verdict,
        as_values,
        missing,
        *e.place(row),
        *e.behind({index for value in found if value for index in value.rows}),
    )


def steps_back(e: Evidence, row: Row) -> Iterator[bool | None]:
    """Day by day, from the last one back: does it go as a run claims?"""
    claim, now = sure(_claimed(row)), e.record.of_day(row.cell)
    for back in range(1, YEAR + 1):
        before = e.record.of_day(row.cell.later(-back))
        known = now and now.reading
        if row.moves:
            known = now.reading - before.reading if now and before else None
        yield judge(known, claim)
        now = before


def _claimed(row):
    """What a run claims of each day, or of each step."""
    if row.moves:
        return MOVES[row.claim]
    if row.claim == "zero":
        return ZERO
    limit = rounding.parse(row.claim[1:]).value
    ends = (None, limit) if row.claim[0] == "<" else (limit, None)
    return Bounds(ends[0], False, ends[1], False)


def _of_steps(e, row, found, steps):
    if False in steps or (row.moves and _is_impossible(e, row, found)):
        return Verdict.FAILS
    return Verdict.HOLDS if all(steps) else Verdict.UNDECIDED


def _is_impossible(e, row, found):
    """Is there no room for the steps between two known days, or between one and zero?"""
    days = found[::-1] if row.claim == "up" else found
    known = [(place, value.reading) for place, value in enumerate(days) if value]
    counted = not e.structure.is_rate(row.cell)
    for (place, higher), (later, lower) in pairwise([*known, (len(days) - 1, sure(COUNT))]):
        steps = later - place
        room = sure(Bounds(steps * counted, counted or not steps, None, False))
        if judge(higher - lower, room) is False:
            return True
    return False


def _needed(e, row, cells, found):
    """The days without a value, and what each would have to be for the claim to hold."""
    said = []
    for place, cell in enumerate(cells):
        ends = [{"<": "below ", ">": "above "}.get(row.claim[0], "") + row.claim.lstrip("<>")]
        if row.moves:
            sides = found[:place][::-1], found[place + 1 :]
            nearest = [next((value for value in side if value), None) for side in sides]
            words = ("below", "above") if row.claim == "down" else ("above", "below")
            named = zip(words, nearest, strict=True)
            ends = [f"{word} {_of_day(e, cell, value)}" for word, value in named if value]
        if not found[place]:
            limits = f" ({' and '.join(ends)})" if ends else ""
            said.append(when(cell.start, cell.end) + limits)
    return "; ".join(said) or ROUNDED


def _of_day(e, cell, value):
    """A count as it is, a rate in percent to two places (the verdict rests on the exact value)."""
    if value is None or not e.structure.is_rate(cell):
        return says(value.bounds) if value else "?"
    ends = [end for end in (value.bounds.lower, value.bounds.upper) if end is not None]
    return " to ".join(dict.fromkeys(rounding.reround(end, 1, "0.00%") for end in ends))


def _day(e, cell, value):
    """What is known of the day that a cell is counted to the end of."""
    if value is None:
        return Day(cell.end - DAY, None, None, False)
    return Day(cell.end - DAY, value.bounds.lower, value.bounds.upper, e.is_contested(value))


# ── Days and witnesses ──


Daily = namedtuple(
    "Daily",
    "measure area of_area day low high contested route verdict translated rests_on rows",
)
Daily.__doc__ = "What the record has for one measure, area and day, see `daily`."


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
    made_of = e.structure.made_of.items()
    shares = {part: rate for rate, (part, whole) in made_of if part != whole}
    known = [cell for cell in e.record.known if _is_day(cell)]
    known += [
        cell._replace(measure=shares[cell.measure]) for cell in known if cell.measure in shares
    ]
    cells = sorted(set(known), key=lambda cell: (*cell[:3], cell.end))
    found = ((cell, e.record.of_day(cell)) for cell in cells)
    return frame((_daily(e, cell, value) for cell, value in found if value), Daily._fields)


def _daily(e, cell, value):
    is_ratio = value.route == "part over whole"
    kinds = {page.source: page.kind for page in e.ledger.tables["sources"]}
    numbers = (e.numbers[index] for index in value.rows)
    pages = {page for n in numbers for page in (n.source, n.second_source) if page}
    return Daily(
        *cell[:3],
        *_day(e, cell, value),
        value.route,
        "" if is_ratio else agreement(e, e.record.known[cell]),
        {kinds[page] for page in pages} == {"translation"},
        *e.behind(value.rows),
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


def witnesses(ledger: Ledger | Evidence) -> pd.DataFrame:
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


def witness_rows(ledger: Ledger | Evidence) -> list[Witness]:
    e = Evidence.of(ledger)
    known = e.record.known.items()
    return [witness for cell, values in known for witness in _witnesses(e, cell, values)]


def _witnesses(e, cell, values):
    best, verdict = e.record.best(cell), agreement(e, values)
    for value in values:
        yield Witness(
            *(*cell[:5], value.route, value.bounds.lower, value.bounds.upper),
            value.bounds == best.bounds,
            verdict,
            e.is_contested(value),
            "; ".join(sorted(e.record.texts([value]))),
            *e.behind(value.rows),
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
