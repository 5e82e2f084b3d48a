"""The command `pairs`: for every percentage of a text, which two counts of it print it?

A share is a part over a whole, growth a change over an earlier value. Which counts a percentage
speaks of is told by words and place; arithmetic only confirms. First the counts that can be its
part: the last one before it, the one in its turn of a list, one in brackets behind it, one that the
same words stand by. Each of these with each count of alike things gets the points of CLUES, and is
judged exactly, a rounded count (11.7萬) as all that it can stand for. The best pair is

- the one with most points, where printing the percentage is worth PRINTS more;
- if it prints it, it needs ENOUGH points; if not, ENOUGH_TO_DIFFER: then a percentage *does not
  reproduce* beside its own counts, and is not explained away by others that happen to print it;
- where neither is reached there is none, whatever prints it. `chance` says how much that would
  mean: the share of all percentages of the same form, from half to twice this one, that some pair
  of the counts around prints. Above LEVEL a pair is no better than chance, unless words say so.

Nothing is learnt by machine: the points were set by hand on tests/pairs/development.txt, and
`python3 -m tests.test_pairs` tells what they are worth there and on texts they were not set on. The
nearest relative, AggChecker (Jo et al. 2019, doi:10.14778/3352063.3352104), checks the numbers of
a text against a database, not against each other.

The exit status is 0 when the text was read, whatever was found, and 2 when it cannot be read.
"""

import argparse
import csv
import re
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple

from helpers import rounding, words
from helpers.curate.numerals import Numeral, numerals
from helpers.curate.trace import around, read_text
from helpers.rounding import RULES
from helpers.words import Verdict

CLUES = {
    "part last": 5,  # no count between it and the percentage, in one sentence
    "part in turn": 7,  # 3265家、2034家,佔59.7%、37.2%
    "part in an earlier sentence": -4,
    "part behind": 6,  # 佔87.7%(114萬人次), 佔87.7%,即114萬人次
    "part named": 1,  # for characters of its clause that stand before the percentage, hardly elsewhere
    "second percentage": -2,  # another stands between, and no 佔 before this one
    "change and earlier": 8,  # of growth: a change just before it, over what is said to be earlier
    "change and later": 8,  # or over this value less the change
    "later and earlier": 10,  # this and the earlier value, just before it or in turn
    "same subject": 2,  # for characters that stand by both
    "whole named": 3,  # for characters of its clause that stand between 佔 and 的 too
    "other whole named": -3,
    "whole is a total": 2,  # 共 全 總 合計 累計
    "whole shared": 4,  # the percentage before or behind has it
    "whole just before": 4,  # no like count between it and the part, in one sentence
    "whole in sentence": 2,
    "whole in paragraph": 1,
    "whole in turn": 5,  # in a list as long as that of the part
    "whole is a sibling": -10,  # a part in the same list: 甲3人,佔5%;乙7人,佔9%
    "whole is earlier": -3,  # 前年, 上年, 較, 由
    "whole behind": -4,
    "counted alike": 2,  # with counting words that go together
}
"""What speaks for a pair, in points; characters are counted in neighbouring twos, at most two."""

PRINTS, ENOUGH, ENOUGH_TO_DIFFER = 4, 7, 12
UNSURE = {"part named", "part in an earlier sentence", "whole behind"}  # not for what differs
LEVEL = Fraction(1, 20)
WINDOW = 60, 10
"""How many counts and percentages before and behind are looked at: real texts need 18 before."""

_SENTENCE, _CLAUSE = re.compile(r"[。！？!?\r\n]"), re.compile(r"[。！？!?\r\n，,；;：:（）()]")
_COUNT = re.compile(r"([<>]=?|~|-|)(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?([百千]?[萬億]*|[%‰])")
_TIME = re.compile("個?多?(?:[天日年月周週秒歲期度]|星期|禮拜|小時|分鐘|鐘頭)")
_WORD = re.compile(r"人次|[批車车]次|[^\W\d_及和與与至到的占佔]|")
_ALIKE = ("人名位例宗個个", "家戶户間间所個个", "件宗起", "人票")
_CHANGE = re.compile(
    r"(?:(?P<up>增[長长加]|上升|[漲涨升]|成[長长]|(?<!新)增|(?<![最許许眾众大])多|提高|[擴扩]大)"
    r"|下[降跌滑]|[減减]少|回落|降低|[縮缩][減减]|降|[減减]|跌|(?<![至最不])少)"
    r"(?:[幅率](?:分[別别]|[約约逾近為为是達达])*|(?:了|分[別别]|[約约逾近])*)\s*$"
)
_JOINER = re.compile(r"\s*[、和及與与跟以，,；;]\s*")
_TAKES_UP = re.compile("[^占佔]{0,2}[(（，,]?[即或]?")
_OPENING = re.compile("[,，]?[(（即為为有共]{1,2}")
_TOTAL, _AMONG = re.compile("[共全總总]|合[計计]|累[計计]"), re.compile("其中|[當当]中|之中|包括")
_OF = re.compile("(.*?)(?:(?:[占佔](?!比)|相[當当][於于])(.*?)(?:的|$)|$)")
_EARLIER = re.compile("前一?年|上[年月季]|去年同期|由|[较較]")
_OTHER_TIME = re.compile(f"{_EARLIER.pattern}|去年|同期|比(?![重例率])")


class Spot(NamedTuple):
    """A count or a percentage of a text, and what stands around it.

    `size` is what it says, `order` its place among both. `lead` are the words before it in its
    clause, since the count or percentage before; `clause` all words of the clause. `sign` is 1 or
    -1 where it says how much something rose or fell, else 0. `run` is the order of the first in a
    list of percentages (87.0%、83.1%和87.2%).
    """

    numeral: Numeral
    size: rounding.Numeral
    order: int
    sentence: int
    lead: str
    clause: str
    unit: str
    rate: bool
    sign: int
    run: int

    def ends(self) -> tuple[Fraction, Fraction]:
        """The least and the most that a count stands for: itself, if it is not rounded."""
        half = self.size.unit / 2 if self.size.unit != 1 else 0
        return self.size.value - half, self.size.value + half


class Pair(NamedTuple):
    """Two counts that may print a percentage.

    `form` is share (part over whole), or for growth what part and whole are: change/earlier,
    change/later or later/earlier. `fits` is how many whole numbers in place of the part, or of the
    change, written like the part, would have printed it. `clues` says which of CLUES hold.
    """

    form: str
    part: Spot
    whole: Spot
    verdict: Verdict
    fits: int
    clues: dict[str, int]

    @property
    def points(self) -> int:
        return sum(CLUES[clue] * times for clue, times in self.clues.items())

    @property
    def prints(self) -> bool:
        return self.verdict != Verdict.DIFFERS


class Candidates(NamedTuple):
    """A percentage and its pairs: the best, if any, and others that words point to.

    `kind` is share or growth. `printing` counts all pairs of alike counts around that print it,
    whatever the words say; `chance` is how often some pair prints a percentage like it.
    """

    spot: Spot
    kind: str
    best: Pair | None
    others: tuple[Pair, ...]
    printing: int
    chance: Fraction


def spots(text: str) -> list[Spot]:
    """The counts and percentages of a text in reading order; no dates, hours, ordinals, bounds.

    A percentage that is a bound is kept, for it is one; and no division prints it.
    """
    kept, plain = [], text
    for n in numerals(text):
        unit = n.unit or _WORD.match(text, n.stop)[0]
        said = _COUNT.fullmatch(n.reads or n.spelling)
        rate = bool(said and said[2] in ("%", "‰") and n.spelling not in ("半數", "一半"))
        count = said and not said[1] + said[2].strip("百千萬億") and not _TIME.match(unit)
        if n.quantity and (rate or count):
            kept.append((n, unit, rate))
            plain = plain[: n.start] + "\0" * len(n.printed) + plain[n.stop :]
    found: list[Spot] = []
    sentence = last = 0
    for n, unit, rate in kept:
        sentence += len(_SENTENCE.findall(plain, last, n.start))
        before = _CLAUSE.split(plain[max(n.start - 80, 0) : n.start])[-1]
        clause = before + _CLAUSE.split(plain[n.stop : n.stop + 80])[0]
        size, lead = rounding.parse(n.spelling, n.reads or None), before.split("\0")[-1]
        change = _CHANGE.search(lead)
        sign = -1 if size.value < 0 else 0 if not change else 1 if change["up"] else -1
        joined = rate and found and found[-1].rate and _JOINER.fullmatch(text, last, n.start)
        if rate and found and (joined or _TAKES_UP.fullmatch(text, last, n.start)):
            sign = sign or found[-1].sign
        run = found[-1].run if joined else len(found)
        found.append(Spot(n, size, len(found), sentence, lead, clause, unit, rate, sign, run))
        last = n.stop
    return found


def pairs(text: str) -> list[Candidates]:
    """For every percentage of a text, in reading order, the pairs of its counts that may print it.

    Percentages share wholes, so each is asked about twice: the second time it is known what the
    others found.

    >>> said = "全市新增6584例,其中城區5522例,占83.9%。"
    >>> [(one.best.part.numeral.printed, one.best.verdict.value) for one in pairs(said)]
    [('5522', 'reproduces')]
    """
    items = spots(text)
    found: dict[int, Candidates] = {}
    for rate in [spot for spot in items if spot.rate] * 2:
        found[rate.order] = _Question(text, items, rate, found).answer()
    return list(found.values())


class _Question:
    """One percentage, and what the clues to its pair are read from."""

    def __init__(
        self, text: str, items: Sequence[Spot], rate: Spot, found: dict[int, Candidates]
    ) -> None:
        self.text, self.rate = text, rate
        window = items[max(rate.order - WINDOW[0], 0) : rate.order + WINDOW[1]]
        self.counts = [one for one in window if not one.rate and (rate.sign or not one.sign)]
        before = [one for one in self.counts if one.order < rate.run]
        run = [one for one in window if one.rate and one.run == rate.run]
        last = items[rate.run - 1]
        listed = 1 < len(run) <= len(before) and not (last.rate and last.sentence == rate.sentence)
        self.listed = before[-len(run) :] if listed else []
        self.turn = self.listed[run.index(rate)] if self.listed else None
        self.inside = [one for one in before if one.sentence == rate.sentence]
        self.said, self.of = _OF.match(rate.lead).groups(default="")
        near = [one for one in found.values() if abs(one.spot.order - rate.order) < 5]
        printed = [one for one in near if one.spot != rate and one.best and one.best.prints]
        paragraph, sentence = rate.numeral.paragraph, rate.sentence
        shares = [one for one in printed if one.kind == "share"]
        beside = [one for one in shares if one.spot.numeral.paragraph == paragraph]
        self.shared = [one.best.whole for one in beside]
        earlier = [one for one in window[: window.index(rate)] if one.sentence == sentence]
        self.second = bool(earlier and earlier[-1].rate and not re.search("[占佔]", rate.lead))
        self.taken = [one.best.part for one in printed if one.spot in earlier]
        self.siblings, last = [*self.listed], None
        for one in earlier:
            if one.rate and last and not (one.sign or _is_total(last)):
                self.siblings.append(last)
            last = last if one.rate else one

    def answer(self) -> Candidates:
        """The best pair, the others, and what chance would do."""
        rate = self.rate
        kind = "growth" if rate.sign else "share"
        if rate.size.comparator:
            return Candidates(rate, kind, None, (), 0, Fraction(0))
        known = sorted(
            (pair for two in permutations(self.counts, 2) for pair in self._pair(*two)),
            key=lambda one: (-one.points - PRINTS * one.prints, not one.prints, one.fits),
        )
        best = next((one for one in known if self._is_enough(one)), None)
        others = tuple(one for one in known if one is not best and one.points > 0)
        return Candidates(rate, kind, best, others, *_by_chance(rate, self.counts))

    def _is_enough(self, pair: Pair) -> bool:
        if pair.prints:
            return pair.points >= ENOUGH
        sure = pair.part not in self.taken and not UNSURE & {*pair.clues}
        return sure and pair.points >= ENOUGH_TO_DIFFER

    def _pair(self, part: Spot, whole: Spot) -> Iterator[Pair]:
        """The pair, if part and whole count alike things and something points to the part."""
        form = _form(self.rate, part, whole) if _alike(part, whole) else ""
        clues = form and (self._growth(part, whole) if self.rate.sign else self._part(part))
        if clues:
            if "change and earlier" in clues:
                form = "change/earlier"
            clues = clues | self._whole(part, whole)
            clues |= {} if self.rate.sign else self._share(part, whole)
            clues = {clue: min(times, 2) for clue, times in clues.items() if times}
            yield Pair(form, part, whole, *_judged(self.rate, form, part, whole), clues)

    def _part(self, part: Spot) -> dict[str, int]:
        elsewhere = part.sentence != self.rate.sentence
        if part == self.turn:
            return {"part in turn": 1, "part in an earlier sentence": elsewhere}
        if not self.listed and [part] == self.inside[-1:]:
            return {"part last": 1, "second percentage": self.second}
        gap = self.text[self.rate.numeral.stop : part.numeral.start]
        if part.order == self.rate.order + 1 and _OPENING.fullmatch(gap):
            return {"part behind": 1}
        shared = _characters(self.said) & _characters(part.clause)
        rare = [two for two in shared if sum(two in one.clause for one in self.counts) < 3]
        named = {"part named": len(rare), "part in an earlier sentence": elsewhere}
        return named if rare else {}

    def _growth(self, part: Spot, whole: Spot) -> dict[str, int]:
        together = part.sentence == whole.sentence
        subject = len(_characters(part.clause) & _characters(whole.clause))
        if part.sign:
            if self.listed or [part] != self.inside[-1:]:
                return {}
            earlier = together and _EARLIER.search(whole.clause)
            return {f"change and {'earlier' if earlier else 'later'}": 1, "same subject": subject}
        last = {part, whole} == {*self.inside[-2:]} and _OTHER_TIME.search(whole.clause)
        pointed = part == self.turn and self._in_turn(part, whole) if self.listed else last
        return {"later and earlier": 1, "same subject": subject} if pointed else {}

    def _whole(self, part: Spot, whole: Spot) -> dict[str, int]:
        rate, together = self.rate, whole.sentence == part.sentence
        between = [one for one in self.counts if whole.order < one.order < part.order]
        like = [one for one in between if not one.sign and _alike(one, part)]
        inside = whole.sentence == rate.sentence
        return {
            "counted alike": bool(part.unit and whole.unit),
            "whole behind": whole.order > rate.order,
            "whole just before": together and whole.order < part.order and not like,
            "whole in sentence": inside,
            "whole in paragraph": whole.numeral.paragraph == rate.numeral.paragraph and not inside,
            "whole in turn": part == self.turn and self._in_turn(part, whole),
        }

    def _share(self, part: Spot, whole: Spot) -> dict[str, int]:
        named = len(_characters(self.of) & _characters(whole.clause))
        between = self.text[whole.numeral.stop : part.numeral.start]
        return {
            "whole named": named,
            "other whole named": len(self.of) > 1 and not named and not _TOTAL.search(self.of),
            "whole is a total": _is_total(whole),
            "whole shared": whole in self.shared,
            "whole is a sibling": whole in self.siblings and not _AMONG.search(between),
            "whole is earlier": bool(_EARLIER.search(whole.lead)),
        }

    def _in_turn(self, part: Spot, whole: Spot) -> bool:
        """Whether the whole has the part's place in a list of as many, before or behind its own."""
        steps, length = self.counts.index(part) - self.counts.index(whole), len(self.listed)
        together = self.rate.sign and whole.sentence == part.sentence
        listed = together or sum(one.sentence == whole.sentence for one in self.counts) == length
        return bool((steps == length and listed) or (self.rate.sign and steps == -length))


def _is_total(spot: Spot) -> bool:
    return bool(_TOTAL.search(spot.clause))


def _alike(one: Spot, other: Spot) -> bool:
    """Whether the counting words can count the same; one that is not there can be any."""
    alike = any(one.unit in group and other.unit in group for group in _ALIKE)
    return alike or one.unit == other.unit


def _characters(said: str) -> set[str]:
    """The pairs of neighbouring characters of some words."""
    return set(re.findall(r"(?=([^\W\d_]{2}))", said))


# ── Arithmetic ──


def _form(rate: Spot, part: Spot, whole: Spot) -> str:
    """What two counts can be to each other; of a change, over what is for `_growth` to say."""
    larger = whole.size.value > part.size.value
    if not rate.sign:
        return "share" * larger
    if part.sign:
        return "change/later" * (part.sign == rate.sign and not whole.sign and larger)
    return "later/earlier" * (not whole.sign and larger == (rate.sign < 0))


def _value(form: str, sign: int, ratio: Fraction) -> Fraction:
    """The share or growth that part over whole makes. With c a change, v the later value and e the
    earlier one, e = v - c (v + c after a fall), so c/e is r/(1 - r) where r is c/v."""
    if form == "change/later":
        return ratio / (1 - sign * ratio)
    return sign * (ratio - 1) if form == "later/earlier" else ratio


def _judged(rate: Spot, form: str, part: Spot, whole: Spot) -> tuple[Verdict, int]:
    """The verdict, and how many numbers in place of the part, or the change, print the percentage."""
    (least, most), (low, high) = part.ends(), whole.ends()
    ends = sorted(_value(form, rate.sign, ratio) for ratio in (least / high, most / low))
    said = rate.size._replace(value=abs(rate.size.value))
    usual, earlier = said.bounds(), whole.size.value
    if form == "change/later":
        earlier -= rate.sign * part.size.value
    fits = len(usual.times(earlier / part.size.unit).whole_numbers())
    rules = [rule for rule in RULES if all(map(said.bounds(rule).contains, ends))]
    if rules:
        return Verdict.REPRODUCES if RULES[0] in rules else Verdict.OTHER_RULE, fits
    meets = ends[0] < usual.upper and usual.lower < ends[1]
    return Verdict.UNCHECKED if meets else Verdict.DIFFERS, fits


def _by_chance(rate: Spot, counts: Sequence[Spot]) -> tuple[int, Fraction]:
    """How many pairs print a percentage, and how often some pair prints one like it.

    Like it are those of the same form from half to twice it; rounded counts are taken as printed.
    """
    sizes = []
    for part, whole in permutations(counts, 2):
        if (form := _form(rate, part, whole)) and _alike(part, whole):
            value = _value(form, rate.sign, part.size.value / whole.size.value)
            sizes.append(int(value / rate.size.unit + Fraction(1, 2)))
    size = int(abs(rate.size.value) / rate.size.unit)
    like = range(max((size + 1) // 2, 1), 2 * size + 1)
    return sizes.count(size), Fraction(len({*sizes} & {*like}), len(like) or 1)


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
        print(*_lines(text, one), sep="\n")
    best = [one.best.verdict for one in found if one.best]
    wrong = best.count(Verdict.DIFFERS)
    print(f"{len(found)} percentages, {len(best)} with a pair; {wrong} do not reproduce.")
    return 0


def _row(one: Candidates) -> list[object]:
    pair, printed = one.best, one.spot.numeral.printed
    if not pair:
        return [printed, one.kind, "", "", Verdict.UNCHECKED, ""]
    counts = pair.part.numeral.printed, pair.whole.numeral.printed
    return [printed, one.kind, *counts, pair.verdict, pair.fits]


def _lines(text: str, one: Candidates) -> Iterator[str]:
    n, pair = one.spot.numeral, one.best
    yield f"{n.printed}  {one.kind}, paragraph {n.paragraph}\n  {around(text, n)}"
    if pair:
        yield f"  {division(one.spot, pair)}  {words.text(pair.verdict)}, fits {pair.fits}"
    else:
        why = "a bound, which no division prints" if one.spot.size.comparator else "none pointed to"
        chance = "no better than chance" if one.chance > LEVEL else "chance"
        yield f"  no pair: {why}; {one.printing} print it ({chance}: {words.text(one.chance, '0%')})"
    for other in one.others[:2]:
        yield f"  or {division(one.spot, other)}  {words.text(other.verdict)}"


def division(rate: Spot, pair: Pair) -> str:
    """A pair as the division that it is, and what comes out, to three places more than printed.

    >>> one = pairs("爆竊684宗,去年同期572宗,增加19.6%。")[0]
    >>> division(one.spot, one.best)
    '684 / 572 − 1 = 19.5804%'
    """
    part, whole = pair.part.numeral.printed, pair.whole.numeral.printed
    shown = f"{part} / {whole}"
    if pair.form == "change/later":
        shown = f"{part} / ({whole} {'−' if rate.sign > 0 else '+'} {part})"
    elif pair.form == "later/earlier":
        shown = f"{shown} − 1" if rate.sign > 0 else f"1 − {shown}"
    value = _value(pair.form, rate.sign, pair.part.size.value / pair.whole.size.value)
    like = "0." + "0" * (rate.size.places + 3) + (rate.numeral.reads or rate.numeral.spelling)[-1]
    return f"{shown} = {words.text(value, like)}"
