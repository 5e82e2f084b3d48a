"""ledger → verdicts: rates, unstated totals, balances, changes, runs, witnesses.

Every function takes a Ledger and gives a frame, one verdict a row. All is decided in whole numbers and
fractions; what is missing makes a claim undecided, never true and never false. `rests_on` names the printed
numbers behind a verdict as file/number, so that each leads back to file, row, paragraph, position and page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from fractions import Fraction
from itertools import combinations, pairwise, permutations

import pandas as pd

from helpers import rounding
from helpers.cells import (
    DAY,
    UNKNOWN,
    ZERO,
    Cell,
    Cells,
    Relation,
    Row,
    Witness,
    add,
    agree,
    below,
    count_bounds,
    exact,
    hull,
    is_exact,
    rate_bounds,
)
from helpers.explain import explain
from helpers.ledger import Ledger
from helpers.rounding import RULES, Bounds
from helpers.words_old import Names, Verdict, frame, number, says, when

_YEAR = 366  # no claim about running days is followed further back

__all__ = ["Verdict", "balances", "changes", "daily", "explain", "rates", "rules", "runs", "unstated", "witnesses"]


class Evidence(Names):
    """A ledger's cells, their names, and what speaks for a value."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.ledger = ledger
        self.cells = Cells(ledger)
        self.units = set(ledger.measures.loc[ledger.measures["unit"].eq("units"), "measure"])
        self.is_unit = dict(
            zip(ledger.areas["area"], ~ledger.areas["kind"].isin(["city", "part", "group"]), strict=True)
        )
        self._units_of: dict[str, frozenset[str]] = {}

    @classmethod
    def of(cls, ledger: Ledger | Evidence) -> Evidence:
        """The evidence of a ledger; evidence itself is passed through, so that several audits can share it."""
        return ledger if isinstance(ledger, cls) else cls(ledger)

    def best(self, cell: Cell, without: Iterable[int] = ()) -> Witness | None:
        """The best supported value of a cell; where several tie, the bounds that hold them all."""
        without = set(without)
        best = self.cells.best_of([w for w in self.cells.witnesses(cell) if not w.rows & without])
        if len(best) < 2:
            return best[0] if best else None
        return Witness(hull(w.value for w in best), frozenset().union(*(w.rows for w in best)), "in conflict")

    def repeats(self, rows: Iterable[int]) -> set[int]:
        """These rows and all that say the same of the same cell: a statement does not bear itself out."""
        said = {self._saying(self.cells.row[row]) for row in rows}
        cells = {cell for _, cell, _ in said}
        alike = (r for cell in cells for r in (*self.cells.printed.get(cell, ()), *self.cells.changes.get(cell, ())))
        return {r.index for r in alike if self._saying(r) in said}

    @staticmethod
    def _saying(row: Row) -> tuple[str, Cell, int | None]:
        return row.kind, row.cell, row.since

    def verdict(self, found: list[Witness]) -> Verdict:
        """Of a cell: corroborated, single or in conflict."""
        if any(not agree(a.value, b.value) for a, b in combinations(found, 2)):
            return Verdict.CONFLICT
        exactly = [w for w in found if is_exact(w.value)]
        if any(len(self.texts(w)) > 1 for w in exactly if w.route == "printed"):
            return Verdict.CORROBORATED
        if any(self._independent(a, b) for a, b in combinations(exactly, 2)):
            return Verdict.CORROBORATED
        return Verdict.SINGLE

    def _independent(self, a: Witness, b: Witness) -> bool:
        """Different routes from different rows, or two texts: two pages of one original are one witness."""
        return not a.rows & b.rows and (a.route != b.route or not self.texts(a) & self.texts(b))

    def texts(self, witness: Witness) -> set[str]:
        return {text for row in witness.rows for text in self.cells.row[row].texts}

    def units_of(self, area: str) -> frozenset[str]:
        """The units that an area is made of; none where not all of them are named."""
        if area not in self._units_of:
            own = [
                members for (whole, _), (complete, members) in self.cells.schemes.items() if whole == area and complete
            ]
            below = [self.units_of(member) for member in own[0]] if own else []
            single = frozenset([area]) if self.is_unit.get(area) else frozenset()
            self._units_of[area] = frozenset().union(*below) if below and all(below) else single
        return self._units_of[area]


def rates(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Does each quoted rate follow from its part and its whole?

    Part and whole are the cells that measures.csv names, taken from the rate's own text, else from the best
    witness elsewhere in the record (`part_from`, `whole_from` say which).

    Returns:
        One row a quoted rate. `part`, `whole`: counts as printed. `reconstructed`: part/whole, a Fraction.
        `half_up`, `half_even`, `half_down`, `down`, `up`: what each rule would have printed. `verdict`; `rule`:
        the rules by which it reproduces; `missing`: what would decide. `power`: how many whole-number parts
        would have printed the same, where the whole is known: a check that many pass says little.
        `lower`, `upper`: what the printed rate can stand for (half_up).
    """
    audit = Evidence.of(ledger)
    columns = (
        "briefing number measure area of_area start end printed part whole reconstructed half_up half_even half_down down up "
        "verdict rule missing power lower upper part_from whole_from paragraph position"
    )
    return frame((_rate(audit, row) for row in audit.cells.rows if row.kind == "rate"), columns)


def _rate(audit: Evidence, row: Row) -> dict:
    defined = row.cell.measure in audit.cells.part_of_rate
    cells = audit.cells.rate_cells(row.cell, row.file) if defined else ()
    part, whole = (_own_or_best(audit, cell, row) for cell in cells) if defined else (None, None)
    bounds = audit.cells.row_bounds(row)
    paragraph, position = audit.place[row.index]
    result = {
        "briefing": row.file, "number": row.number, "measure": row.cell.measure, "area": row.cell.area, "of_area": row.cell.of_area or row.cell.area,
        "start": row.cell.start, "end": row.cell.end, "printed": row.printed, "paragraph": paragraph, "position": position,
        "lower": bounds.lower, "upper": bounds.upper, "rule": "", "missing": "",
        "part": _as_printed(audit, part), "whole": _as_printed(audit, whole),
        "part_from": audit.rests_on(part.rows) if part else "", "whole_from": audit.rests_on(whole.rows) if whole else "",
    }  # fmt: skip
    if not defined:
        return result | {"verdict": Verdict.UNCHECKED, "missing": "what it is a rate of, in counts"}
    if whole and is_exact(whole.value) and whole.value.lower > 0 and not row.reads:
        result["power"] = len(_implied(row, number(whole.value), RULES[0]))
    needed = zip(("part", "whole"), cells, (part, whole), strict=True)
    if absent := [f"{word}: {audit.name(cell)}" for word, cell, found in needed if not found]:
        none_fits = whole and is_exact(whole.value) and not any(_implied(row, number(whole.value), r) for r in RULES)
        if none_fits:
            return result | {"verdict": Verdict.DIFFERS}
        return result | {"verdict": Verdict.UNCHECKED, "missing": "; ".join(absent)}
    if whole.value.upper == 0:
        return result | {"verdict": Verdict.UNCHECKED, "missing": "a whole above zero"}
    if is_exact(part.value) and is_exact(whole.value):
        return result | _reprinted(row, bounds, part.value.lower, whole.value.lower)
    vague = [(cell, found) for cell, found in zip(cells, (part, whole), strict=True) if not is_exact(found.value)]
    missing = "; ".join(f"one exact value of {audit.name(cell)}: {says(found.value)}" for cell, found in vague)
    return result | _within(bounds, _ratio_bounds(part.value, whole.value), missing)


def _own_or_best(audit: Evidence, cell: Cell, row: Row) -> Witness | None:
    if own := audit.cells.stated(cell, row.file):
        return own
    found = audit.best(cell, without=audit.repeats([row.index]))
    return found if found and (is_exact(found.value) or found.route in ("printed", "in conflict")) else None


def _as_printed(audit: Evidence, found: Witness | None) -> int | Fraction | None:
    """An exact count, or a rounded one as printed; None for "over 300" and other bounds."""
    if found is None or is_exact(found.value):
        return found and number(found.value)
    row = audit.cells.row[min(found.rows)]
    return number(exact(rounding.parse(row.printed).value)) if found.route == "printed" and not row.reads else None


def _implied(row: Row, whole: int, rule: str) -> rounding.WholeNumbers:
    """The whole-number parts of a whole for which a rate would have been printed as it is."""
    return rate_bounds(row.printed, row.reads, rule).times(whole).whole_numbers()


def _reprinted(row: Row, bounds: Bounds, part: int, whole: int) -> dict:
    like = row.reads.lstrip("<>=~") if row.reads else row.printed
    ratio = Fraction(part, whole)
    printed = {rule: rounding.reround(ratio, 1, like, rule) for rule in rounding.RULES}
    fits = [rule for rule in RULES if rate_bounds(row.printed, row.reads, rule).contains(ratio)]
    result = {"reconstructed": ratio, **printed, "rule": ", ".join(fits)}
    if (bounds.lower, bounds.upper) == (None, None):
        return result | {"verdict": Verdict.UNCHECKED, "rule": "", "missing": "a numeral that is not approximate"}
    if RULES[0] in fits:
        return result | {"verdict": Verdict.REPRODUCES}
    return result | {"verdict": Verdict.OTHER_RULE if fits else Verdict.DIFFERS}


def _ratio_bounds(part: Bounds, whole: Bounds) -> Bounds:
    lower = 0 if whole.upper is None else Fraction(part.lower, whole.upper)
    upper = None if part.upper is None or not whole.lower else Fraction(part.upper, whole.lower)
    return Bounds(lower, part.incl_lower and whole.incl_upper, upper, part.incl_upper and whole.incl_lower)


def _within(printed: Bounds, ratio: Bounds, missing: str) -> dict:
    """A verdict from bounds alone: sure when all of them fit, or none."""
    if not agree(printed, ratio):
        return {"verdict": Verdict.DIFFERS}
    ends = [(ratio.lower, ratio.incl_lower), (ratio.upper, ratio.incl_upper)]
    if all(
        end is not None and (printed.contains(end) or (not included and end in (printed.lower, printed.upper)))
        for end, included in ends
    ):
        return {"verdict": Verdict.REPRODUCES, "rule": RULES[0]}
    return {"verdict": Verdict.UNCHECKED, "missing": missing}


def unstated(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Which whole numbers fit a rate whose part or whole its own text does not print?

    Returns:
        Several rows a rate. `basis` "alone": the rate and the other count, under half_up and under down.
        "joint": with another number of the same text, `assumes` says what has to be taken for granted.
        "candidate": a value printed elsewhere in the record (`low` = `high`), and whether it `fits`.
        Only stocks, which change slowly, are joined and looked up: another day's flow says nothing of this one.
        `wanted` is "part" or "whole"; `low`, `high`: the range that fits (None: no end); `rests_on`: the numbers used.
    """
    audit = Evidence.of(ledger)
    quoted = (row for row in audit.cells.rows if row.kind == "rate" and not row.reads)
    defined = (row for row in quoted if row.cell.measure in audit.cells.part_of_rate)
    alone = [found for row in defined for found in _alone(audit, row)]
    lasting = [found for found in alone if audit.cells.nature[found["measure"]] == "stock"]
    rows = [*alone, *_joint(audit, alone, lasting), *_candidates(audit, lasting)]
    columns = "briefing number printed wanted measure area basis rule low high fits assumes rests_on paragraph position"
    return frame(rows, columns).sort_values(["briefing", "number"], kind="stable", ignore_index=True)


def _alone(audit: Evidence, row: Row) -> Iterator[dict]:
    cells = audit.cells.rate_cells(row.cell, row.file)
    own = [[r for r in audit.cells.printed.get(cell, ()) if r.file == row.file] for cell in cells]
    if all(own):
        return
    paragraph, position = audit.place[row.index]
    for wanted, cell, found, other in zip(("part", "whole"), cells, own, own[::-1], strict=True):
        if found:
            continue
        for rule in ("half_up", "down"):
            low, high = 0 if wanted == "part" else 1, None
            given = _given(audit, other)
            if given is not None and wanted == "whole":
                fit = rounding.implied_wholes(row.printed, given, rule)
                low, high = fit.low, fit.high
            elif given:
                whole = rounding.unround(given, rule).whole_numbers() if isinstance(given, str) else None
                fit = _parts(row.printed, rule, *((whole.low, whole.high) if whole else (given, given)))
                low, high = fit.low, fit.high
            yield {
                "briefing": row.file, "number": row.number, "printed": row.printed, "wanted": wanted, "measure": cell.measure, "area": cell.area,
                "basis": "alone", "rule": rule, "low": low, "high": high, "assumes": f"rounded by {rule}", "rests_on": audit.rests_on([row.index, *(r.index for r in other[:1])]),
                "paragraph": paragraph, "position": position, "cell": cell, "row": row,
            }  # fmt: skip


def _given(audit: Evidence, rows: list[Row]) -> int | str | None:
    """A printed count as implied_wholes takes it: a number, or the text of a rounded one."""
    if not rows or rows[0].reads:
        return None
    value = number(audit.cells.row_bounds(rows[0]))
    return rows[0].printed if value is None else value


def _parts(printed: str, rule: str, low: int, high: int) -> rounding.WholeNumbers:
    """The whole-number parts of wholes from low to high for which a rate prints as it does."""
    rate = rounding.unround(printed, rule)
    return Bounds(rate.lower * low, rate.incl_lower, rate.upper * high, rate.incl_upper).whole_numbers()


def _joint(audit: Evidence, alone: list[dict], lasting: list[dict]) -> Iterator[dict]:
    """What two numbers of one text say together, about one stock in two areas of which one holds the other."""
    holders = defaultdict(set)
    for (area, _), (_, members) in audit.cells.schemes.items():
        for member in members:
            holders[member].add(area)
    for found in (f for f in lasting if f["wanted"] == "whole"):
        for low, high, area, row_names in _same_measure(audit, lasting, found):
            if area not in holders or found["area"] not in holders[area]:
                continue
            large, small = audit.area_names[found["area"]], audit.area_names[area]
            rests_on = "; ".join(dict.fromkeys([*found["rests_on"].split("; "), *row_names.split("; ")]))
            fresh = {"basis": "joint", "rests_on": rests_on}
            yield found | fresh | {"low": max(found["low"], low), "assumes": f"{small}: part of {large}, so no larger"}
            if found["high"] is None:
                yield (
                    found
                    | fresh
                    | {
                        "low": max(found["low"], low),
                        "high": high,
                        "assumes": f"{small}: counted as if they were all of {large}",
                    }
                )
                fits = _parts(found["printed"], found["rule"], low, high)
                for part in alone:
                    if part["row"] is found["row"] and part["wanted"] == "part" and part["rule"] == found["rule"]:
                        yield (
                            part
                            | fresh
                            | {
                                "low": fits.low,
                                "high": fits.high,
                                "assumes": f"{small}: counted as if they were all of {large}",
                            }
                        )
            else:
                yield found | fresh | {
                    "measure": found["measure"], "area": f"{found['area']} without {area}", "low": max(found["low"] - high, 0), "high": found["high"] - low,
                    "assumes": f"{small}: part of {large}, counted alike in both",
                }  # fmt: skip


def _same_measure(audit: Evidence, lasting: list[dict], found: dict) -> Iterator[tuple[int, int, str, str]]:
    """Other areas' values of the wanted measure in the same text: printed, or themselves implied by a rate."""
    for cell, rows in audit.cells.printed.items():
        same = [r for r in rows if r.file == found["briefing"]]
        if same and cell.measure == found["measure"] and cell.area != found["area"]:
            value = audit.cells.row_bounds(same[0])
            if value.upper is not None:
                yield int(value.lower), int(value.upper), cell.area, audit.rests_on([same[0].index])
    for other in lasting:
        same_text = (
            other["briefing"] == found["briefing"]
            and other["measure"] == found["measure"]
            and other["rule"] == found["rule"]
        )
        if same_text and other["area"] != found["area"] and other["high"] is not None:
            yield other["low"], other["high"], other["area"], other["rests_on"]


def _candidates(audit: Evidence, lasting: list[dict]) -> Iterator[dict]:
    """Values of the wanted measure and area that other texts of the record print, for any day."""
    for found in lasting:
        for cell, rows in audit.cells.printed.items():
            if cell.measure == found["measure"] and cell.area == found["area"]:
                for row in (r for r in rows if r.file != found["briefing"]):
                    other = Witness(audit.cells.row_bounds(row), frozenset([row.index]), "printed")
                    yield found | {
                        "basis": "candidate",
                        "low": _as_printed(audit, other),
                        "high": _as_printed(audit, other),
                        "fits": None if found["high"] is None else _inside(other.value, found["low"], found["high"]),
                        "assumes": f"the number {when(cell)} stands for that of this text",
                        "rests_on": audit.rests_on([row.index]),
                    }


def _inside(value: Bounds, low: int, high: int) -> bool | None:
    wanted = Bounds(Fraction(low), True, Fraction(high), True)
    if not agree(value, wanted):
        return False
    return True if wanted.contains(value.lower) and value.upper is not None and wanted.contains(value.upper) else None


def balances(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Do the counts that must add up, or fit into one another, do so?

    Returns:
        One row a check, in the order of the text. `balance`: parts (of an area), terms (of a measure), span (of
        days), stock (with its inflow), within (a part, or some parts, in their whole), longer time (a tally that
        cannot grow with the time), units (a number of units against those named), repeat (a number printed twice).
        `statement` in words, `arithmetic` in numbers, `difference` where exact, `verdict`, `missing`, `assumes`.
    """
    audit = Evidence.of(ledger)
    files = dict.fromkeys(row.file for row in audit.cells.rows)
    found = {(r["briefing"], r["balance"], r["rests_on"]): r for file in files for r in file_balances(audit, file)}
    columns = "briefing balance measure area start end statement arithmetic difference verdict missing assumes rests_on"
    return frame(found.values(), columns)


def file_balances(audit: Evidence, file: str, among: Container[Cell] | None = None) -> Iterator[dict]:
    """The balances of one file (or those among some of its counts), as rows of balances()."""
    printed = dict.fromkeys(row.cell for row in audit.cells.rows_of(file) if row.kind == "level")
    counts = [cell for cell in printed if among is None or cell in among]
    for found in (
        *_sums(audit, file, counts),
        *_groups_within(audit, file, counts),
        *_parts_within(audit, file, counts),
        *_tallies(audit, file, counts),
        *_repeats(audit, file),
    ):
        yield found | {"briefing": file}


def _value(audit: Evidence, cell: Cell, file: str) -> Witness | None:
    """A printed value, of the same file where it has one."""
    return audit.cells.stated(cell, file) or next(iter(audit.cells.witnesses(cell, 0)), None)


def _sums(audit: Evidence, file: str, counts: list[Cell]) -> Iterator[dict]:
    keys = Counter(key for cell in counts for key in audit.cells.keys(cell) if key[0] != "change")
    for key in (key for key, cells in keys.items() if cells > 1):
        if found := _sum(audit, file, audit.cells.relation(key)):
            yield found


def _sum(audit: Evidence, file: str, relation: Relation) -> dict | None:
    """A whole against its parts; where some parts are not printed, those that are must fit into it."""
    (_, whole), *parts = relation.signed
    total = _value(audit, whole, file)
    known = [(sign, cell, found) for sign, cell in parts if (found := _value(audit, cell, file))]
    full = relation.complete and len(known) == len(parts)
    if (
        not total
        or not known
        or (not full and any(sign > 0 for sign, _ in parts))
        or (relation.kind == "stock" and not full)
    ):
        return None
    rest = add([(1, total.value), *((sign, found.value) for sign, _, found in known)])
    statement = f"{audit.name(whole)} {'=' if full else '≥'} " + _joined(
        [(sign, _differs(audit, cell, whole)) for sign, cell, _ in known]
    )
    arithmetic = f"{says(total.value)} {'=' if full else '≥'} " + _joined(
        [(sign, says(found.value)) for sign, _, found in known]
    )
    rows = total.rows.union(*(found.rows for _, _, found in known))
    return _balance(
        audit, relation.kind if full else "within", whole, statement, arithmetic, rest, full, rows, relation.assumes
    )


def _joined(signed: list[tuple[int, str]]) -> str:
    return "".join((" − " if sign > 0 else " + " if i else "") + text for i, (sign, text) in enumerate(signed)).strip()


def _differs(audit: Evidence, cell: Cell, whole: Cell) -> str:
    """Name a part by what sets it apart from its whole."""
    if cell.area != whole.area:
        return audit.area_names[cell.area]
    return audit.measure_names[cell.measure] if cell.measure != whole.measure else when(cell)


def _balance(
    audit: Evidence,
    balance: str,
    cell: Cell,
    statement: str,
    arithmetic: str,
    rest: Bounds,
    equal: bool,
    rows: Iterable[int],
    assumes: str = "",
) -> dict:
    """The verdict on whole minus parts: zero where the parts make up the whole, else not below zero."""
    sure = rest == ZERO if equal else rest.lower is not None and rest.lower >= 0
    fails = not agree(rest, ZERO) if equal else below(rest, ZERO)
    verdict = Verdict.HOLDS if sure else Verdict.FAILS if fails else Verdict.UNDECIDED
    return {
        "balance": balance, "measure": cell.measure, "area": cell.area, "start": cell.start, "end": cell.end,
        "statement": statement, "arithmetic": arithmetic, "difference": number(rest), "verdict": verdict, "assumes": assumes,
        "missing": "the exact counts behind rounded ones" if verdict == Verdict.UNDECIDED else "", "rests_on": audit.rests_on(rows),
    }  # fmt: skip


def _at_most(
    audit: Evidence, balance: str, small: Cell, large: Cell, file: str, statement: str, assumes: str = ""
) -> dict:
    left, right = _value(audit, small, file), _value(audit, large, file)
    arithmetic = f"{says(left.value)} ≤ {says(right.value)}"
    rest = add([(1, right.value), (-1, left.value)])
    return _balance(audit, balance, large, statement, arithmetic, rest, False, left.rows | right.rows, assumes)


def _groups_within(audit: Evidence, file: str, counts: list[Cell]) -> Iterator[dict]:
    """A group of named units, counted together, against the area that holds them all."""
    same = defaultdict(list)
    for cell in counts:
        if units := audit.units_of(cell.area):
            same[cell._replace(area="")].append((cell, units))
    for cells in same.values():
        for small, large in (
            (a, b) for a in cells for b in cells if len(a[1]) > 1 and a[1] < b[1] and a[0].measure not in audit.units
        ):
            statement = f"{audit.name(small[0])} ≤ {audit.area_names[large[0].area]}"
            yield _at_most(audit, "within", small[0], large[0], file, statement)


def _parts_within(audit: Evidence, file: str, counts: list[Cell]) -> Iterator[dict]:
    """The part of a rate against its whole, of the same area and time."""
    pairs = sorted({pair for pair in audit.cells.part_of_rate.values() if pair[0] != pair[1]})
    for small in counts:
        for whole in (whole for part, whole in pairs if part == small.measure):
            large = audit.cells.cell(whole, small.area, "", small.start, small.end, file)
            if large in counts:
                statement = f"{audit.name(small)} ≤ {audit.measure_names[whole]}"
                yield _at_most(audit, "within", small, large, file, statement)


def _tallies(audit: Evidence, file: str, counts: list[Cell]) -> Iterator[dict]:
    """Numbers of units: against the units that are named, and a longer time against a shorter one."""
    for cell in (c for c in counts if c.measure in audit.units):
        number, units = _value(audit, cell, file), len(audit.units_of(cell.area)) or None
        exactly = audit.cells.nature[cell.measure] == "members"
        sign = "=" if exactly else "≤"
        statement = f"{audit.name(cell)} {sign} the units that make it up"
        arithmetic = f"{says(number.value)} {sign} {'not known' if units is None else units}"
        rest = add([(1, UNKNOWN if units is None else exact(units)), (-1, number.value)])
        found = _balance(audit, "units", cell, statement, arithmetic, rest, exactly, number.rows)
        yield found | ({"missing": "the names of the units"} if units is None else {})
    timed = [c for c in counts if audit.cells.nature[c.measure] == "tally" and None not in (c.start, c.end)]
    for short, long in permutations(timed, 2):
        if short[:3] == long[:3] and long.start <= short.start and short.end <= long.end:
            statement = f"{audit.name(long)} ≤ {when(short)}"
            yield _at_most(audit, "longer time", long, short, file, statement)


def _repeats(audit: Evidence, file: str) -> Iterator[dict]:
    said = defaultdict(list)
    for row in audit.cells.rows_of(file):
        said[row.kind, row.cell, row.claim, row.since].append(row)
    for (kind, cell, *_), rows in said.items():
        if len(rows) > 1:
            values = [count_bounds(r.printed, r.reads) for r in rows]
            differences = [add([(1, a), (-1, b)]) for a, b in combinations(values, 2)]
            rest = min(differences, key=lambda d: (agree(d, ZERO), d == ZERO))
            rest = ZERO if all(r.printed == rows[0].printed for r in rows) else rest
            statement = f"{audit.name(cell)}, {kind}: printed {len(rows)} times, the same each time"
            yield _balance(
                audit,
                "repeat",
                cell,
                statement,
                " = ".join(r.printed for r in rows),
                rest,
                True,
                [r.index for r in rows],
            )


def changes(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Is a printed change the difference between the day's level and that of the day compared with?

    Where the whole and all parts but one have a printed change, the last one follows by difference (`route`).

    Returns:
        One row a change. `change`: signed. `level`: the day's value. `implied`: what level and change imply for
        `since`. `earlier`: what the record has for that day, independent of this change. `verdict`; `missing`.
    """
    audit = Evidence.of(ledger)
    columns = "briefing number route measure area since start end claim printed change level implied earlier verdict missing rests_on paragraph position"
    printed = [_change(audit, row) for row in audit.cells.rows if row.kind == "change"]
    return frame([*printed, *_remaining_changes(audit)], columns)


def _change(audit: Evidence, row: Row) -> dict:
    paragraph, position = audit.place[row.index]
    is_rate = audit.cells.nature[row.cell.measure] == "rate"
    bounds = rounding.unround(row.printed, "half_up", row.reads) if is_rate else count_bounds(row.printed, row.reads)
    signed = add([(-1 if row.claim == "down" else 1, bounds)])
    said = {
        "number": row.number,
        "route": "printed",
        "printed": row.printed,
        "claim": row.claim,
        "paragraph": paragraph,
        "position": position,
    }
    return (
        _judged_change(
            audit,
            row.file,
            row.cell,
            audit.cells.earlier(row),
            row.since,
            signed,
            frozenset([row.index]),
            precise=not (row.reads or "").startswith("~"),
        )
        | said
    )


def _judged_change(
    audit: Evidence,
    file: str,
    cell: Cell,
    before: Cell,
    since: int,
    change: Bounds,
    rows: frozenset[int],
    precise: bool,
) -> dict:
    is_rate, alike = audit.cells.nature[cell.measure] == "rate", audit.repeats(rows)
    level = _day_value(audit, cell) if is_rate else _value(audit, cell, file) or audit.best(cell, without=rows)
    result = {
        "briefing": file,
        "measure": cell.measure,
        "area": cell.area,
        "since": since,
        "start": cell.start,
        "end": cell.end,
        "change": number(change),
        "missing": "",
    }
    if level is None:
        return result | {"verdict": Verdict.UNDECIDED, "missing": audit.name(cell), "rests_on": audit.rests_on(rows)}
    rows = rows | level.rows
    implied = add([(1, level.value), (-1, change)])
    earlier = _day_value(audit, before) if is_rate else audit.best(before, without=rows | alike)
    result |= {
        "level": number(level.value),
        "implied": number(implied),
        "earlier": earlier and number(earlier.value),
    }
    if earlier is None:
        impossible = not is_rate and not agree(implied, UNKNOWN)
        verdict, missing = (Verdict.FAILS, "") if impossible else (Verdict.UNDECIDED, audit.name(before))
        return result | {"verdict": verdict, "missing": missing, "rests_on": audit.rests_on(rows)}
    difference = add([(1, level.value), (-1, earlier.value)])
    sure = precise and is_exact(difference) and change.contains(difference.lower)
    verdict = Verdict.FAILS if not agree(implied, earlier.value) else Verdict.HOLDS if sure else Verdict.UNDECIDED
    missing = "the exact values behind rounded ones" if verdict == Verdict.UNDECIDED else ""
    return result | {"verdict": verdict, "missing": missing, "rests_on": audit.rests_on(rows | earlier.rows)}


def _remaining_changes(audit: Evidence) -> Iterator[dict]:
    printed, seen = {}, set()
    for row in (row for row in audit.cells.rows if row.kind == "change"):
        key = row.file, row.since, row.cell
        if key not in printed or not row.reads:  # "down 929" says more than "down by nearly 1,000"
            printed[key] = row
    for (file, since, cell), row in printed.items():
        for relation in audit.cells.relations(cell):
            key = (file, since, relation)
            absent = [(sign, c) for sign, c in relation.signed if (file, since, c) not in printed]
            if relation.kind == "parts" and relation.complete and len(absent) == 1 and key not in seen:
                seen.add(key)
                (own_sign, rest), others = (
                    absent[0],
                    [(sign, printed[file, since, c]) for sign, c in relation.signed if (file, since, c) in printed],
                )
                signed = [
                    (-own_sign * sign * (-1 if r.claim == "down" else 1), count_bounds(r.printed, r.reads))
                    for sign, r in others
                ]
                change = add(signed)
                before = audit.cells.earlier(row)._replace(area=rest.area)
                rows = frozenset(r.index for _, r in others)
                judged = _judged_change(audit, file, rest, before, since, change, rows, precise=is_exact(change))
                claim = "down" if below(change, ZERO) else "up" if below(ZERO, change) else ""
                yield judged | {"number": "", "route": "by difference", "claim": claim, "printed": ""}


def runs(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Does the record bear out each claim about running days?

    A run of N days down to day D means N falls: N + 1 values, the last on D; likewise up. A run of N days at
    zero, below x or above x means N values. The values are the best supported ones of the record.

    Returns:
        One row a claim. `days`: N. `values`: day by day, as far as known. `shown`: how many of the N steps the
        record shows. `verdict`; `verdict_as_values`: the verdict if a text that says N days means N values, so
        N - 1 steps. `missing`: days without a value, and what each would have to be. `longest`: how many steps up
        to D the record does support without a gap.
    """
    audit = Evidence.of(ledger)
    columns = (
        "briefing number measure area claim days start end values shown longest verdict verdict_as_values missing rests_on "
        "paragraph position"
    )
    return frame((judged_run(audit, row) for row in audit.cells.rows if row.kind == "run"), columns)


def judged_run(audit: Evidence, row: Row) -> dict:
    """One claim about running days, as a row of runs()."""
    claimed = rounding.parse(row.printed, row.reads)
    length = int(claimed.value) + (claimed.comparator == ">")
    moving = row.claim in ("down", "up")
    days = [_earlier_day(row.cell, back) for back in range(min(length, _YEAR) + moving)][::-1]
    found = [_day_value(audit, day) for day in days]
    values = [f and f.value for f in found]
    steps = (
        [_step(a, b, row.claim) for a, b in pairwise(values)]
        if moving
        else [_meets(v, row.claim, audit, row) for v in values]
    )
    unseen = [None] * (length > _YEAR)
    verdict = _of_steps(unseen + steps)
    paragraph, position = audit.place[row.index]
    return {
        "briefing": row.file, "number": row.number, "measure": row.cell.measure, "area": row.cell.area, "claim": row.claim, "days": length,
        "start": row.cell.start, "end": row.cell.end, "values": "; ".join(f"{_month_day(d)}: {_shown(audit, d, v)}" for d, v in zip(days, values, strict=True)),
        "shown": sum(step is True for step in steps), "longest": _longest(audit, row, moving), "verdict": verdict, "verdict_as_values": _of_steps(unseen + steps[moving:]),
        "missing": _needed(audit, row, days, values) if verdict == Verdict.UNDECIDED else "",
        "rests_on": audit.rests_on({i for f in found if f for i in f.rows}), "paragraph": paragraph, "position": position,
    }  # fmt: skip


def _month_day(cell: Cell) -> str:
    return f"{pd.Timestamp(cell.end - DAY, unit='s'):%m-%d}"


def _of_steps(steps: list[bool | None]) -> Verdict:
    return Verdict.FAILS if False in steps else Verdict.HOLDS if all(steps) else Verdict.UNDECIDED


def _earlier_day(cell: Cell, back: int) -> Cell:
    return cell._replace(start=None if cell.start is None else cell.start - back * DAY, end=cell.end - back * DAY)


def _day_value(audit: Evidence, cell: Cell) -> Witness | None:
    """The best value of a day; of a rate its exact part over its exact whole, else the printed rate."""
    if cell.measure in audit.cells.part_of_rate:
        part, whole = (audit.best(c) for c in audit.cells.rate_cells(cell, cell.scope))
        if part and whole and is_exact(part.value) and is_exact(whole.value) and whole.value.lower > 0:
            value = exact(Fraction(part.value.lower, whole.value.lower))
            return Witness(value, part.rows | whole.rows, "part over whole")
    return audit.best(cell)


def _step(before: Bounds | None, after: Bounds | None, claim: str) -> bool | None:
    if before is None or after is None:
        return None
    lower, higher = (after, before) if claim == "down" else (before, after)
    return True if below(lower, higher) else False if _touches(higher, lower) else None


def _touches(left: Bounds, right: Bounds) -> bool:
    """Is no value of left greater than any value of right?"""
    return left.upper is not None and right.lower is not None and left.upper <= right.lower


def _meets(value: Bounds | None, claim: str, audit: Evidence, row: Row) -> bool | None:
    """Is a day's value zero, below x or above x?"""
    if value is None:
        return None
    if claim == "zero":
        return True if value == ZERO else None if agree(value, ZERO) else False
    limit = exact(rounding.parse(claim[1:]).value)
    low, high = (value, limit) if claim[0] == "<" else (limit, value)
    return True if below(low, high) else False if _touches(high, low) else None


def _longest(audit: Evidence, row: Row, moving: bool) -> int:
    count = 0
    while True:
        day, before = (_day_value(audit, _earlier_day(row.cell, back)) for back in (count, count + 1))
        step = (
            _step(before and before.value, day and day.value, row.claim)
            if moving
            else _meets(day and day.value, row.claim, audit, row)
        )
        if step is not True:
            return count
        count += 1


def _needed(audit: Evidence, row: Row, days: list[Cell], values: list[Bounds | None]) -> str:
    """The days without a value, and what each would have to be for the claim to hold."""
    said = []
    for i, (day, value) in enumerate(zip(days, values, strict=True)):
        if value is not None:
            continue
        if row.claim in ("down", "up"):
            before = next((v for v in values[:i][::-1] if v), None)
            after = next((v for v in values[i + 1 :] if v), None)
            words = ("below", "above") if row.claim == "down" else ("above", "below")
            ends = [f"{word} {_shown(audit, day, v)}" for word, v in zip(words, (before, after), strict=True) if v]
        else:
            ends = [
                {"zero": "zero", "<": f"below {row.claim[1:]}", ">": f"above {row.claim[1:]}"}[
                    row.claim if row.claim == "zero" else row.claim[0]
                ]
            ]
        said.append(f"{when(day)}" + (f" ({' and '.join(ends)})" if ends else ""))
    return "; ".join(said) or "the exact values behind rounded ones"


def _shown(audit: Evidence, cell: Cell, value: Bounds | None) -> str:
    """A count as it is, a rate in percent to two places (the verdict rests on the exact value)."""
    if value is None or audit.cells.nature[cell.measure] != "rate":
        return "?" if value is None else says(value)
    percent = [rounding.reround(end, 1, "0.00%") for end in (value.lower, value.upper) if end is not None]
    return " to ".join(dict.fromkeys(percent))


def witnesses(ledger: Ledger | Evidence) -> pd.DataFrame:
    """All values of every cell, printed and derived, and whether they bear one another out.

    Returns:
        One row a value. `low`, `high`: whole numbers, equal where exact, None where there is no end. `route`:
        printed, parts (their sum), rest (the whole without its other parts), terms, change, span, stock, rate (bounds
        alone), nothing left (zero, since the printed parts make up the whole). `verdict`, of the cell: corroborated
        (two agree that come from different texts or by different routes from different rows), single, in conflict.
        `best`: the best supported value.
    """
    audit = Evidence.of(ledger)
    columns = "measure area of_area start end route low high best verdict rests_on texts"
    return frame((row for cell in audit.cells.depths() for row in _cell_witnesses(audit, cell)), columns)


def _cell_witnesses(audit: Evidence, cell: Cell) -> Iterator[dict]:
    found = audit.cells.witnesses(cell)
    best, verdict = audit.best(cell), audit.verdict(found)
    for witness in found:
        yield {
            "measure": cell.measure, "area": cell.area, "of_area": cell.of_area, "start": cell.start, "end": cell.end, "route": witness.route,
            "low": _whole_end(witness.value.lower), "high": _whole_end(witness.value.upper), "best": witness.value == best.value, "verdict": verdict,
            "rests_on": audit.rests_on(witness.rows), "texts": "; ".join(sorted(audit.texts(witness))),
        }  # fmt: skip


def _whole_end(end: Fraction | None) -> int | Fraction | None:
    return int(end) if end is not None and end.denominator == 1 else end


def daily(ledger: Ledger | Evidence) -> pd.DataFrame:
    """The best supported value of every day: the series that trends are drawn from, every gap left a gap.

    Returns:
        One row a measure, area and day that has a value. `low`, `high`: equal where exact; apart where the record
        gives bounds, or where equally well supported values disagree. Of a rate `low` and `high` are Fractions,
        its exact part over its exact whole if both are known. `route`, `verdict`, `rests_on` as in witnesses();
        `translated`: every page it rests on is a machine translation.
    """
    audit = Evidence.of(ledger)
    translated = set(audit.ledger.sources.loc[audit.ledger.sources["kind"].eq("translation"), "source"])
    pages = {
        i: {a, b} - {None} for i, a, b in zip(audit.ledger.numbers.index, *_pages(audit.ledger.numbers), strict=True)
    }
    rows = []
    known = audit.cells.depths()
    shares = {part: rate for rate, (part, whole) in audit.cells.part_of_rate.items() if part != whole}
    known |= {c._replace(measure=shares[c.measure]): 0 for c in known if c.measure in shares}
    for cell in sorted(known, key=lambda c: (c.measure, c.area, c.of_area, c.end or 0)):
        found = _day_value(audit, cell) if cell.end is not None and _is_day(audit, cell) else None
        if found:
            low, high = _whole_end(found.value.lower), _whole_end(found.value.upper)
            rows.append({
                "measure": cell.measure, "area": cell.area, "of_area": cell.of_area, "day": cell.end - DAY, "low": low, "high": high,
                "route": found.route, "verdict": audit.verdict(audit.cells.witnesses(cell)) if found.route != "part over whole" else "",
                "translated": all(pages[row] <= translated for row in found.rows), "rests_on": audit.rests_on(found.rows),
            })  # fmt: skip
    return frame(rows, "measure area of_area day low high route verdict translated rests_on")


def _pages(numbers: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    plain = numbers[["source", "second_source"]].astype(object)
    return plain["source"], plain["second_source"].where(plain["second_source"].notna(), None)


def _is_day(audit: Evidence, cell: Cell) -> bool:
    whole_day = cell.end % DAY == 0 and cell.scope == "" and bool(cell.area)
    return whole_day and (cell.start is None or cell.end - cell.start == DAY)


def rules(ledger: Ledger | Evidence) -> pd.DataFrame:
    """Which rounding rule do the rates follow whose part and whole are both known exactly?

    Returns:
        One row a briefing and rule, and one a rule for the whole record (`briefing` "all"). `rates`: how many can
        be compared; `reproduced`: how many of them the rule reproduces; `excluded`: the printed rates it does not.
    """
    known = rates(ledger).query("reconstructed.notna()", engine="python")
    rows = []
    for briefing, group in [*known.groupby("briefing", sort=False), ("all", known)]:
        for rule in RULES:
            fits = [rule in said.split(", ") for said in group["rule"]]
            excluded = group.loc[[not fit for fit in fits]]
            named = "; ".join(
                f"{b}/{n} {p}"
                for b, n, p in zip(excluded["briefing"], excluded["number"], excluded["printed"], strict=True)
            )
            rows.append(
                {"briefing": briefing, "rule": rule, "rates": len(group), "reproduced": sum(fits), "excluded": named}
            )
    return frame(rows, "briefing rule rates reproduced excluded")
