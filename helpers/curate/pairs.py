"""The command `pairs`: for every percentage of a text, which two counts of it print it?

A share is a part over a whole, growth a change over an earlier value. Which counts a percentage
speaks of is told by words and place; arithmetic only confirms. So a pair of counts that count
alike things gets the points of CLUES, is judged exactly (a rounded count, 11.7萬, as all that it
can stand for), and of those whose part is pointed to, one is the best:

- the pair with most points, where one that prints the percentage has PRINTS more;
- if it prints the percentage, it needs ENOUGH points; if not, ENOUGH_TO_DIFFER: then the text has
  a percentage that *does not reproduce* beside its own counts;
- where words point to none, a pair that prints it is named if it is the only one, and a chance one
  is rarer than LEVEL. Else there is none: among fifty counts one percentage in five finds a pair.

`chance` is the share of all percentages of the same form, from half to twice this one, that some
pair of the counts around would print. Nothing is learnt by machine: the points were set by hand on
tests/pairs/development.txt; `python3 -m tests.test_pairs` tells what they are worth there, and on
texts that they were not set on. The nearest relative, AggChecker (Jo et al. 2019,
doi:10.14778/3352063.3352104), checks a text against a database, not against itself.

The exit status is 0 when the text was read, whatever was found, and 2 when it cannot be read.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from helpers import rounding, words
from helpers.curate.numerals import Numeral, numerals
from helpers.curate.trace import around, read_text
from helpers.rounding import RULES, Bounds
from helpers.words import Verdict

CLUES = {
    # where the part stands: the first five point to it
    "part last": 5,  # the last count before the percentage, in its sentence
    "part in turn": 7,  # its place in a list is the percentage's place in another
    "part in turn, elsewhere": 4,  # and that list is in an earlier sentence
    "part behind": 6,  # 佔87.7%(114萬人次), 佔87.7%,即114萬人次
    "part named": 3,  # two characters said of the percentage stand by this count and one more at most
    "part passed over": -2,  # in the sentence, but other counts stand between
    "part elsewhere": -6,
    "part after": -6,
    "part is a change": -6,  # 增加603例 is no part of a share
    "part taken": -3,  # another percentage of the sentence has it
    "second percentage": -2,  # another one stands between, and no 佔 before this one
    # where the whole stands
    "whole named": 3,  # two characters between 佔 and 的 stand by this count
    "another whole named": -3,
    "whole is a total": 2,  # 共 全 總 合計 累計
    "whole shared": 4,  # the percentage before or behind has it too
    "whole just before": 4,  # no like count between whole and part, in one sentence
    "whole in sentence": 2,
    "whole in paragraph": 1,
    "whole in turn": 5,  # its place in a list of its own, too
    "among them": 2,  # 其中 between whole and part
    "whole is a sibling": -10,  # a part in the same list: 甲3人,佔5%;乙7人,佔9%
    "whole of another time": -3,  # 前年, 上年, 由
    "whole is a change": -4,
    "whole last": -4,  # it stands where the part should
    "whole behind": -4,
    # growth
    "last two": 6,  # this and the earlier value are the last two counts before the percentage
    "change printed": 3,
    "same subject": 2,  # two characters stand by both
    "earlier value said": 3,
    "earlier value not said": -6,
    "other form": -3,  # the change is taken over what is not said to be earlier, or the other way
    # both
    "counted alike": 2,  # with counting words that go together
    "pair taken": -8,  # another percentage has been printed by it
    "another rule": -2,  # than the ordinary one prints it
    "near": 2,  # it does not print it, but misses it by a sixth at most
}
POINTING = {*list(CLUES)[:5], "last two"}
PRINTS, ENOUGH, ENOUGH_TO_DIFFER = 4, 7, 12
LEVEL = Fraction(1, 20)
FORMS = ("share", "change/earlier", "change/later", "later/earlier")
WINDOW = 60, 10
"""How many counts and percentages before and behind are looked at: real texts need 18 before."""

_BREAK = re.compile(r"[。！？!?\r\n]")
_PAUSE = re.compile(r"[。！？!?\r\n，,；;：:（）()]")
_JOINER = re.compile(r"[、和及與与跟以]|[,，；;]")
_SPAN = re.compile("[、和及與与至到—~-]")
_TIME = "年月日號号時时點点分秒天周週歲岁屆届期"
_UNIT = re.compile(
    r" ?(人次|[批車车]次|公[里頃顷斤噸吨]|[個个][區区縣县市省鎮镇鄉乡村社街月小]?"
    "|[例人名位戶户家件宗起所間间劑剂張张對对輛辆元座批場场套棟栋條条項项通隻只頭头噸吨株畝亩票倍度"
    f"{_TIME}])"
)
_ALIKE = ("人名位例宗個个", "家戶户間间所個个", "件宗起", "人票")
_CHANGE = re.compile(
    r"(?:(?P<up>增[長长加]|上升|[漲涨升]|成[長长]|(?<!新)增|(?<![最許许眾众大])多|提高|[擴扩]大)"
    r"|(?P<down>下[降跌滑]|[減减]少|回落|降低|[縮缩][減减]|降|[減减]|跌|(?<![至最不])少))"
    r"(?:[幅率](?:分[別别]|[約约逾近為为是達达])*|(?:了|分[別别]|[約约逾近])*)\s*$"
)
_TOTAL = re.compile("[共全總总]|合[計计]|累[計计]")
_OF = re.compile("(?:[占佔](?!比)|相[當当][於于])(.*?)(?:的|$)")
_AMONG = re.compile("其中|[當当]中|之中|包括")
_EARLIER = re.compile(r"前一?年|上[年月季]|去年同期|[12]\d\d\d年|由|[较較]")
_OTHER_TIME = re.compile(f"{_EARLIER.pattern}|去年|同期|比(?![重例率])")
_OPENING = re.compile(r"[,，]?[(（即為为有共]{1,2}")


# ── What a text has ──


class Spot(NamedTuple):
    """A count or a percentage of a text, and what stands around it.

    `size` is what it says, and `bounds` all that it stands for: a count that is not rounded is
    itself. `order` counts both. `lead` is what stands before it in its clause, since the count or
    percentage before; `clause` all words of the clause. `sign` is 1 or -1 where it says how much
    something rose or fell, else 0.
    """

    numeral: Numeral
    size: rounding.Numeral
    bounds: Bounds
    order: int
    sentence: int
    lead: str
    clause: str
    unit: str
    rate: bool
    sign: int


def spots(text: str) -> list[Spot]:
    """The counts and percentages of a text, in reading order; not its dates, hours and ordinals."""
    found = numerals(text)
    blank = list(text)
    for n in found:
        blank[n.start : n.stop] = "\0" * (n.stop - n.start)
    plain = "".join(blank)
    breaks, pauses = ([m.start() for m in mark.finditer(plain)] for mark in (_BREAK, _PAUSE))
    kept: list[Spot] = []
    for n, unit in zip(found, _units(text, found), strict=True):
        size = _size(n)
        rate = size is not None and re.search("[%‰]$", n.reads or n.spelling) is not None
        if not n.quantity or size is None or (unit[:1] in [*_TIME] and not rate):
            continue
        pause = bisect_right(pauses, n.start)
        begin, end = [-1, *pauses, len(text)][pause : pause + 2]
        since = max(begin + 1, kept[-1].numeral.stop if kept else 0)
        lead, clause = (plain[since : n.start], plain[begin + 1 : end])
        lead, clause = lead.replace("\0", ""), clause.replace("\0", " ")
        sentence = bisect_right(breaks, n.start)
        sign = _sign(lead)
        if rate and not sign and kept:
            gap = text[kept[-1].numeral.stop : n.start].strip()
            sign = kept[-1].sign if _goes_on(gap, kept[-1].rate) else 0
        sign = -1 if size.value < 0 else sign
        exact = Bounds(size.value, True, size.value, True)
        bounds = exact if size.unit == 1 else size.bounds()
        kept.append(Spot(n, size, bounds, len(kept), sentence, lead, clause, unit, rate, sign))
    return kept


def _size(n: Numeral) -> rounding.Numeral | None:
    """What a numeral says; None where it is no count and no percentage, or a bound of a count."""
    try:
        size = rounding.parse(n.spelling, n.reads or None)
    except ValueError:
        return None
    rate = re.search("[%‰]$", n.reads or n.spelling)
    points = "分點" in n.spelling or "pp" in n.reads + n.spelling or "半" in n.spelling
    bad = not rate and (size.comparator or size.value <= 0)
    return None if points or bad else size


def _units(text: str, found: Sequence[Numeral]) -> list[str]:
    """The counting word of each numeral, or of the one it is listed with (3、4和5人)."""
    said: list[str] = []
    following, begin = "", len(text)
    for n in reversed(found):
        unit = _UNIT.match(text, n.stop)
        listed = _SPAN.fullmatch(text[n.stop : begin].strip())
        following = unit[1] if unit else following if listed else ""
        said.append(following)
        begin = n.start
    return said[::-1]


def _sign(lead: str) -> int:
    change = _CHANGE.search(lead)
    return 0 if not change else 1 if change["up"] else -1


def _goes_on(gap: str, rate: bool) -> bool:
    """Whether a percentage takes up what was said: 3.1%和4.6%; 減少274人(18%), 減少274人,即18%."""
    return bool(_JOINER.fullmatch(gap) if rate else re.fullmatch(".{0,2}[(（，,]?[即或]?", gap))


# ── What prints a percentage ──


class Pair(NamedTuple):
    """Two counts that may print a percentage.

    `form` is share (part over whole), or for growth what part and whole are: change/earlier,
    change/later or later/earlier. `fits` is how many whole numbers in place of the part, written
    like it, would have printed the percentage. `clues` have their points in CLUES.
    """

    form: str
    part: Spot
    whole: Spot
    verdict: Verdict
    fits: int
    clues: tuple[str, ...]

    @property
    def points(self) -> int:
        return sum(CLUES[clue] for clue in self.clues)

    @property
    def prints(self) -> bool:
        return self.verdict != Verdict.DIFFERS


class Candidates(NamedTuple):
    """A percentage and its pairs: the best, if any, others that words point to, likeliest first.

    `kind` is share or growth. `unpointed` counts the pairs that print it but that no word points
    to; `chance` is how often some pair would print such a percentage.
    """

    spot: Spot
    kind: str
    best: Pair | None
    others: tuple[Pair, ...]
    unpointed: int
    chance: Fraction


def pairs(text: str) -> list[Candidates]:
    """For every percentage of a text, in reading order, the pairs of its counts that may print it.

    Percentages share wholes, so each is asked about twice: the second time what the others have
    found is known. The work grows with the percentages of a text, not with the square of it.

    >>> said = "全市新增6584例,其中城區5522例,占83.9%。"
    >>> [(c.best.part.numeral.printed, c.best.verdict.value) for c in pairs(said)]
    [('5522', 'reproduces')]
    """
    items = spots(text)
    found: dict[int, Candidates] = {}
    for _ in range(2):
        for rate in items:
            if rate.rate:
                found[rate.order] = _Question(text, items, rate, found).answer()
    return list(found.values())


class _Question:
    """One percentage, and what the clues to its pair are read from."""

    def __init__(self, text: str, items: Sequence[Spot], rate: Spot, found: dict[int, Candidates]) -> None:
        self.text, self.rate = text, rate
        self.window = items[max(rate.order - WINDOW[0], 0) : rate.order + WINDOW[1]]
        self.counts = [spot for spot in self.window if not spot.rate]
        self.run = _run(text, items, rate.order)
        self.before = [spot for spot in self.counts if spot.order < self.run[0].order]
        self.inside = [spot for spot in self.before if spot.sentence == rate.sentence]
        place, length = self.run.index(rate), len(self.run)
        self.list = self.before[-length:] if 1 < length <= len(self.before) else []
        self.turn = self.list[place] if self.list else None
        self.printed = [one for one in found.values() if one.spot != rate and one.best and one.best.prints]
        self.taken = {(one.best.part.order, one.best.whole.order) for one in self.printed}
        of = _OF.search(rate.lead)
        self.of = of[1] if of else ""
        self.wanted = _wanted(rate)

    @cached_property
    def earlier_rates(self) -> list[Spot]:
        """The percentages before this one in its sentence."""
        rates = [spot for spot in self.window if spot.rate and spot.order < self.rate.order]
        return [spot for spot in rates if spot.sentence == self.rate.sentence]

    @cached_property
    def said(self) -> str:
        """What is said to be a share: 女性 of 女性占里長的25.9%, and of 占里幹事的55% behind it."""
        said = re.split("[占佔]", self.rate.lead)[0]
        before = [spot for spot in self.earlier_rates if spot.order == self.rate.order - 1]
        return re.split("[占佔]", before[0].lead)[0] if before and not said else said

    @cached_property
    def used(self) -> set[int]:
        """Parts that a percentage before this one in its sentence has."""
        earlier = {spot.order for spot in self.earlier_rates}
        return {one.best.part.order for one in self.printed if one.spot.order in earlier}

    @cached_property
    def shared(self) -> set[int]:
        """Wholes of the shares next to this one in its paragraph."""
        rates = [spot.order for spot in self.window if spot.rate]
        at = rates.index(self.rate.order)
        beside, paragraph = rates[max(at - 1, 0) : at + 2], self.rate.numeral.paragraph
        shares = [one for one in self.printed if one.kind == "share" and one.spot.order in beside]
        near = [one for one in shares if one.spot.numeral.paragraph == paragraph]
        return {one.best.whole.order for one in near}

    @cached_property
    def siblings(self) -> set[int]:
        """Counts that are parts in the same list of shares, so not the whole of this one."""
        found = {spot.order for spot in self.list}
        for rate in self.earlier_rates:
            own = [spot for spot in self.inside if spot.order < rate.order and not spot.sign]
            if own and not rate.sign:
                alike = rate.lead == self.rate.lead or not _TOTAL.search(own[-1].clause)
                found |= {own[-1].order} if alike else set()
        return found

    def answer(self) -> Candidates:
        kind = "growth" if self.rate.sign else "share"
        if self.rate.size.comparator:
            return Candidates(self.rate, kind, None, (), 0, Fraction(0))
        known = list(self._pairs())
        pointed = [pair for pair in known if POINTING & {*pair.clues}]
        pointed.sort(key=lambda one: (-one.points - PRINTS * one.prints, not one.prints, one.fits))
        chance = _chance(self.rate, known)
        prints = [pair for pair in known if pair.prints and pair not in pointed]
        best = next((pair for pair in pointed if self._is_enough(pair)), None)
        others = tuple(pair for pair in pointed if pair is not best and pair.points > 0)
        return Candidates(self.rate, kind, best, others, len(prints), chance)

    def _is_enough(self, pair: Pair) -> bool:
        if pair.prints:
            return pair.points >= ENOUGH
        unsure = {"part named", "part in turn, elsewhere", "whole behind", "earlier value not said"}
        return pair.points >= ENOUGH_TO_DIFFER and not unsure & {*pair.clues}

    def _pairs(self) -> Iterator[Pair]:
        for part in self.counts:
            clues = [*self._part_clues(part)]
            for whole in self.counts:
                if whole is part or not _alike(part.unit, whole.unit):
                    continue
                for form in self._forms(part, whole):
                    yield self._pair(form, part, whole, clues)

    def _forms(self, part: Spot, whole: Spot) -> Iterable[str]:
        """What a part and a whole can be to each other here."""
        sign, larger = self.rate.sign, whole.size.value > part.size.value
        if not sign:
            return ["share"] if larger else []
        if part.sign:
            own = part.sign == sign and not whole.sign
            return ["change/earlier", "change/later"] if own else []
        return ["later/earlier"] if not whole.sign and larger == (sign < 0) else []

    def _pair(self, form: str, part: Spot, whole: Spot, of_part: list[str]) -> Pair:
        verdict = _judged(self.wanted[form], part, whole)
        wanted = self.wanted[form][RULES[0]]
        clues = [*of_part]
        if form == "later/earlier" and len(self.inside) > 1 and not self.list:
            clues += ["last two"] * ({part, whole} == {*self.inside[-2:]})
        if POINTING & {*clues}:
            clues += self._whole_clues(part, whole)
            clues += self._growth_clues(form, part, whole) if self.rate.sign else []
            clues += ["another rule"] * (verdict == Verdict.OTHER_RULE)
            clues += ["pair taken"] * ((part.order, whole.order) in self.taken)
            if verdict == Verdict.DIFFERS and form == "share":
                printed = wanted.lower + self.rate.size.unit / 2
                missed = abs(part.size.value / whole.size.value - printed)
                clues += ["near"] * (6 * missed <= printed)
        fits = len(wanted.times(whole.size.value / part.size.unit).whole_numbers())
        return Pair(form, part, whole, verdict, fits, tuple(clues))

    def _part_clues(self, part: Spot) -> Iterator[str]:
        """Where a part stands, and what speaks against it."""
        rate, growth = self.rate, bool(self.rate.sign)
        here = part.sentence == rate.sentence
        last = [spot for spot in self.inside if growth or not spot.sign][-1:]
        gap = self.text[rate.numeral.stop : part.numeral.start]
        if part == self.turn:
            yield "part in turn" if here else "part in turn, elsewhere"
        elif not self.turn and [part] == last and (part.sign or not growth):
            yield "part last"
        elif not growth and part.order == rate.order + 1 and _OPENING.fullmatch(gap):
            yield "part behind"
        else:
            named = [] if growth else self._named(part)
            yield from ["part named"] * len(named)
            after = part.order > rate.order
            yield "part after" if after else "part passed over" if here else "part elsewhere"
        yield from ["part taken"] * (part.order in self.used)
        yield from ["change printed" if growth else "part is a change"] * bool(part.sign)
        if growth:
            return
        between = [one for one in self.earlier_rates if one.order > part.order]
        own = {one.order for one in self.run}
        second = any(one.order not in own for one in between) and not re.search("[占佔]", rate.lead)
        yield from ["second percentage"] * second

    def _named(self, part: Spot) -> list[str]:
        """Pairs of characters that the percentage shares with this count and hardly another."""
        shared = _characters(self.said) & _characters(part.clause)
        return [two for two in shared if sum(two in spot.clause for spot in self.counts) <= 2][:2]

    def _whole_clues(self, part: Spot, whole: Spot) -> Iterator[str]:
        rate, share = self.rate, not self.rate.sign
        before, together = whole.order < part.order, whole.sentence == part.sentence
        between = [one for one in self.counts if whole.order < one.order < part.order]
        like = [one for one in between if not one.sign and _alike(one.unit, part.unit)]
        yield from ["counted alike"] * bool(part.unit and whole.unit)
        yield from ["whole behind"] * (whole.order > rate.order)
        yield from ["whole just before"] * (before and together and not like)
        if whole.sentence == rate.sentence:
            yield "whole in sentence"
        elif whole.numeral.paragraph == rate.numeral.paragraph:
            yield "whole in paragraph"
        if self.turn == part and self._in_turn(part, whole):
            yield "whole in turn"
        if not share:
            return
        named = _characters(self.of) & _characters(whole.clause)
        yield from ["whole named"] * min(len(named), 2)
        other = len(self.of) > 1 and not named and not _TOTAL.search(self.of)
        yield from ["another whole named"] * other
        yield from ["whole is a total"] * bool(_TOTAL.search(whole.clause))
        yield from ["whole shared"] * (whole.order in self.shared)
        yield from ["whole is a change"] * bool(whole.sign)
        yield from ["whole of another time"] * bool(before and _EARLIER.search(whole.lead))
        among = _AMONG.search(self.text[whole.numeral.stop : part.numeral.start])
        yield from ["among them"] * bool(among and before and together)
        yield from ["whole is a sibling"] * (whole.order in self.siblings and not among)
        stands_last = self.before[-1:] == [whole] and not before
        yield from ["whole last"] * (stands_last and not re.search("[占佔]", whole.lead))

    def _in_turn(self, part: Spot, whole: Spot) -> bool:
        """Whether the whole has the part's place in a list of as many, before or behind its own."""
        length, at = len(self.list), self.counts.index(part) - self.counts.index(whole)
        if self.rate.sign and at == -length:
            return True
        listed = sum(one.sentence == whole.sentence for one in self.counts) == length
        together = whole.sentence == part.sentence and bool(self.rate.sign)
        return at == length and (together or listed)

    def _growth_clues(self, form: str, part: Spot, whole: Spot) -> Iterator[str]:
        subject = _characters(part.clause) & _characters(whole.clause)
        yield from ["same subject"] * min(len(subject), 2)
        together = part.sentence == whole.sentence
        if form == "later/earlier":
            said = together and _OTHER_TIME.search(whole.clause)
            in_turn = self.turn == part and self._in_turn(part, whole)
            yield from ["earlier value said"] * bool(said)
            yield from ["earlier value not said"] * (not said and not in_turn)
            return
        said = bool(together and _EARLIER.search(whole.clause))
        if said == (form == "change/earlier"):
            yield from ["earlier value said"] * said
        else:
            yield "other form"


def _run(text: str, items: Sequence[Spot], at: int) -> list[Spot]:
    """The percentages listed with this one: 87.0%、83.1%和87.2%."""

    def joined(first: int) -> bool:
        one, two = items[first], items[first + 1]
        gap = text[one.numeral.stop : two.numeral.start].strip()
        return one.rate and two.rate and bool(_JOINER.fullmatch(gap))

    first = last = at
    while first and joined(first - 1):
        first -= 1
    while last + 1 < len(items) and joined(last):
        last += 1
    return [*items[first : last + 1]]


def _alike(one: str, other: str) -> bool:
    """Whether two counting words can count the same; one that is not there can be any."""
    return one == other or any(one in group and other in group for group in _ALIKE)


def _characters(said: str) -> set[str]:
    """The pairs of neighbouring characters of some words."""
    runs = re.split(r"[\W\d_]+", said)
    return {run[i : i + 2] for run in runs for i in range(len(run) - 1)}


# ── Arithmetic ──


def _wanted(rate: Spot) -> dict[str, dict[str, Bounds]]:
    """What part over whole must be to print the percentage, by form and rule."""
    size = rate.size._replace(value=abs(rate.size.value), comparator="")
    printed = {rule: size.bounds(rule) for rule in (*RULES, rounding.ANY)}
    return {form: {rule: _of_ratio(bounds, form, rate.sign) for rule, bounds in printed.items()} for form in FORMS}


def _judged(wanted: dict[str, Bounds], part: Spot, whole: Spot) -> Verdict:
    """Whether part and whole print the percentage; UNCHECKED where rounded counts leave it open."""
    one, other = part.bounds, whole.bounds
    ratio = Bounds(
        one.lower / other.upper,
        one.incl_lower and other.incl_upper,
        one.upper / other.lower,
        one.incl_upper and other.incl_lower,
    )
    widest = wanted[rounding.ANY]
    if ratio.upper < widest.lower or widest.upper < ratio.lower:
        return Verdict.DIFFERS
    rules = [rule for rule in RULES if _within(ratio, wanted[rule])]
    if rules:
        return Verdict.REPRODUCES if RULES[0] in rules else Verdict.OTHER_RULE
    usual, exact = wanted[RULES[0]], part.size.unit == whole.size.unit == 1
    meets = not exact and ratio.lower < usual.upper and usual.lower < ratio.upper
    return Verdict.UNCHECKED if meets else Verdict.DIFFERS


def _within(inner: Bounds, outer: Bounds) -> bool:
    low = (inner.lower, not inner.incl_lower) >= (outer.lower, not outer.incl_lower)
    return low and (inner.upper, inner.incl_upper) <= (outer.upper, outer.incl_upper)


def _of_ratio(rate: Bounds, form: str, sign: int) -> Bounds:
    """What part over whole must be, given what the percentage stands for.

    Growth g is change/earlier. With c = change and v = later value, c/v is g/(1 + g) and
    v/earlier is 1 + g; after a fall 1 - g takes the place of 1 + g.
    """
    ends = []
    for end, included in ((rate.lower, rate.incl_lower), (rate.upper, rate.incl_upper)):
        grown = 1 + sign * end
        if form == "change/later":
            end = end / grown if grown > 0 else Fraction(10**9)  # nothing is left after a fall
        ends.append((grown if form == "later/earlier" else end, included))
    (lower, incl_lower), (upper, incl_upper) = sorted(ends)
    return Bounds(lower, incl_lower, upper, incl_upper)


def _value(form: str, sign: int, ratio: Fraction) -> Fraction:
    """The share or growth that part over whole makes: `_of_ratio` the other way round."""
    if form == "change/later":
        return ratio / (1 - sign * ratio) if sign * ratio != 1 else Fraction(0)
    return sign * (ratio - 1) if form == "later/earlier" else ratio


def _chance(rate: Spot, known: Iterable[Pair]) -> Fraction:
    """How many of the percentages printed like this one, from half to twice it, some pair prints."""
    size = int(abs(rate.size.value) / rate.size.unit)
    near = range(max((size + 1) // 2, 1), 2 * size + 1)
    ratios = ((pair.form, pair.part.size.value / pair.whole.size.value) for pair in known)
    values = (_value(form, rate.sign, ratio) for form, ratio in ratios)
    printed = {int(value / rate.size.unit + Fraction(1, 2)) for value in values}
    return Fraction(len(printed.intersection(near)), len(near) or 1)


# ── The command ──


def main(arguments: list[str]) -> int:
    """The command `pairs`: see the module for the exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m helpers pairs",
        description="For every percentage of a text, the two counts of the text that print it.",
        epilog="exit status: 0 the text was read, whatever was found; 2 it cannot be read",
    )
    parser.add_argument("text", metavar="TEXT", help="UTF-8, a paragraph a line; - standard input")
    parser.add_argument("--csv", action="store_true", help="the best pair of each, as CSV")
    options = parser.parse_args(arguments)
    try:
        text = read_text(options.text)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    found = pairs(text)
    if options.csv:
        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow(["printed", "kind", "part", "whole", "verdict", "fits"])
        table.writerows(map(_row, found))
        return 0
    for one in found:
        print(*(_cut(line) for line in _lines(text, one)), sep="\n")
    best = [one.best for one in found if one.best]
    wrong = sum(not pair.prints for pair in best)
    print(f"{len(found)} percentages: {len(best)} with a pair, of which {wrong} not printed by it.")
    return 0


def _row(one: Candidates) -> list[object]:
    printed = one.spot.numeral.printed
    if not one.best:
        return [printed, one.kind, "", "", Verdict.UNCHECKED, ""]
    part, whole = one.best.part.numeral.printed, one.best.whole.numeral.printed
    return [printed, one.kind, part, whole, one.best.verdict, one.best.fits]


def _lines(text: str, one: Candidates) -> Iterator[str]:
    n = one.spot.numeral
    yield f"{n.printed}  {one.kind}, paragraph {n.paragraph}: {around(text, n)}"
    if one.best:
        yield f"    {division(one.spot, one.best)}"
        rare = one.chance < LEVEL or not one.best.prints
        likely = "" if rare else f"; of such percentages {_percent(one.chance)} have a pair by chance"
        yield f"    {words.text(one.best.verdict)}, fits {one.best.fits}{likely}"
    else:
        yield f"    no pair: {_why(one)}"
    for pair in one.others[:2]:
        yield f"    or {division(one.spot, pair)}  {words.text(pair.verdict)}"


def _why(one: Candidates) -> str:
    if one.spot.size.comparator:
        return "a bound, which no division prints"
    why = "none that words point to prints it" if one.others else "no count beside it as its part"
    if not one.unpointed:
        return why
    chance = "no better than chance" if one.chance >= LEVEL else "by chance"
    return f"{why}; {one.unpointed} elsewhere, {chance} ({_percent(one.chance)})"


def _percent(share: Fraction) -> str:
    return words.text(share, "0%")


def division(rate: Spot, pair: Pair) -> str:
    """A pair as the division that it is, and what comes out, to three places more than printed."""
    part, whole = pair.part.numeral.printed, pair.whole.numeral.printed
    by, less = ("−", f"({part} − {whole})") if rate.sign > 0 else ("+", f"({whole} − {part})")
    shown = {
        "change/later": f"{part} / ({whole} {by} {part})",
        "later/earlier": f"{less} / {whole}",
    }
    suffix = "‰" if (rate.numeral.reads or rate.numeral.spelling).endswith("‰") else "%"
    like = f"0.{'0' * (rate.size.places + 3)}{suffix}"
    one, other = pair.part.bounds, pair.whole.bounds
    ends = {one.lower / other.upper, one.upper / other.lower}
    values = sorted(_value(pair.form, rate.sign, ratio) for ratio in ends)
    out = " to ".join(words.text(value, like) for value in values)
    return f"{shown.get(pair.form, f'{part} / {whole}')} = {out}"


def _cut(line: str, width: int = 80) -> str:
    """A line as far as it has room in a terminal, where Chinese takes two places a character."""
    for at, mark in enumerate(line):
        width -= 2 if unicodedata.east_asian_width(mark) in "WF" else 1
        if width < 1 and len(line) > at + 1:
            return line[:at] + "…"
    return line
