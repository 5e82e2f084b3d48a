"""The command `pairs`: for every percentage of a text, which two counts of it print it?

A share is a part over a whole, growth a change over an earlier value. Which counts a percentage
speaks of is told by words and place; arithmetic only confirms. The part is the last count before
the percentage, or the one in its turn of a list; of growth it is the change, or a later value with
the earlier one beside it. With each count of alike things it makes a pair that gets the points of
CLUES, and ENOUGH more if it prints the percentage, which is judged exactly: a rounded count
(11.7萬) stands for all that it can be. The best pair is the first in points, if it has ENOUGH. So
one that words point to strongly is the best although it *does not reproduce*, and is not explained
away by another that happens to print the percentage; where words tell nothing, there is none.

For among fifty counts one percentage in five finds a pair by chance. `chance` says how often: the
share of all percentages of the same form, from half to twice this one, that some pair of the counts
around prints. Above LEVEL, what words do not point to is no better than chance.

Nothing is learnt by machine: the points were set by hand on tests/pairs/development.txt, and
`python3 -m tests.test_pairs` tells what they are worth there and on texts they were not set on. The
nearest relative, AggChecker (Jo et al. 2019, doi:10.14778/3352063.3352104), checks the numbers of
a text against a database, not against each other.

The exit status is 0 when the text was read, whatever was found, and 2 when it cannot be read.
"""

import re
import sys
from csv import writer
from fractions import Fraction
from itertools import permutations, product
from typing import NamedTuple

from helpers import rounding, words
from helpers.curate import trace
from helpers.curate.numerals import Numeral, numerals
from helpers.record.bounds import agree, exactly, hull, inside
from helpers.rounding import Bounds
from helpers.words import Verdict

CLUES = {
    "in turn": 2,  # 3265家、2034家,佔59.7%、37.2%
    "growth": 4,  # a change; or a later value, said with the earlier one
    "list elsewhere": -3,  # in another sentence than the percentages, or the earlier values
    "same subject": 2,  # for characters that stand by both counts, of growth
    "whole named": 3,  # for characters of its clause that stand between 佔 and 的 too; -3 for none
    "whole is a total": 2,  # 共 全 總 合計 累計
    "whole shared": 4,  # another percentage, not further than the third from here, has it
    "whole just before": 4,  # no count between it and the part, in one sentence
    "whole in paragraph": 1,
    "whole is a sibling": -10,  # a part in the same list: 甲3人,佔5%;乙7人,佔9%
}
"""What speaks for a pair, in points; characters are counted in neighbouring twos, at most two."""

ENOUGH = 5
"""What prints the percentage gets as many, so that it is enough if nothing speaks against it."""

LEVEL = Fraction(1, 20)
WINDOW = 60
"""How many counts and percentages before this one are looked at: real texts need 18."""

_SENTENCE, _CLAUSE = re.compile(r"[。！？!?\r\n]"), re.compile(r"[。！？!?\r\n，,；;：:（）()]")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_COUNT = re.compile(f"[<>=~-]*{_DIGITS}[%‰]|{_DIGITS}[百千]?萬?億?")
_TIME = re.compile("個?多?(?:[天日年月周週秒歲期度]|星期|禮拜|小時|分鐘|鐘頭)")
# two counting words in a row that can count the same; one that is not there can be any
_ALIKE = re.compile(r"[人名位例宗個]*|[家戶間所個]*|[件宗起]*|(.+)\1")
_CHANGE = re.compile(
    r"(?:(?P<up>增[長长加]|上升|[漲涨升]|成[長长]|(?<!新)增|(?<![最許许眾众大])多|提高|[擴扩]大)"
    r"|下[降跌滑]|[減减]少|回落|降低|[縮缩][減减]|降|[減减]|跌|(?<![至最不])少)"
    r"(?:[幅率](?:分[別别]|[約约逾近為为是達达])*|(?:了|分[別别]|[約约逾近])*)\s*$"
)
_TAKES_UP = re.compile(r"[^占佔\W]{0,2}[、(（，,；;]?[即或]?\s*")
_TOTAL = re.compile("[共全總总]|合[計计]|累[計计]")
_SHARE = re.compile("(?:(.*?)(?:[占佔](?:比.*)?|相[當当][於于])(.*?)(?:的|$))?")
_OWN_SHARE = re.compile(
    r"(?!.*?(?:其中|[當当]中|之中|包括))(?:\D*(?:[\d.]+[%‰]|分之[\d.]+))*?"
    r"\D*[占佔率重(（]\D*(?:[\d.]+[%‰]|分之)"
)
_EARLIER = re.compile("前一?年|上[年月季]|去年同期|由|[较較]")
_OTHER_TIME = re.compile(f"{_EARLIER.pattern}|去年|同期|比(?![重例率])")
_SHOWN = {
    "change/later1": "{0} / ({1} − {0})",
    "change/later-1": "{0} / ({1} + {0})",
    "later/earlier1": "{} / {} − 1",
    "later/earlier-1": "1 − {} / {}",
}


class Spot(NamedTuple):
    """A count or a percentage of a text, and what stands around it.

    `size` is what it says, without a minus, and `bounds` what it stands for: a count that is not
    rounded stands for itself. `order` is its place among both. `clause` are the words before it in
    its clause, up to the count or percentage before, and of a count those behind it too. `sign` is
    1 or -1 where it says how much something rose or fell, else 0. `run` is the order of the first
    in a list of percentages (87.0%、83.1%和87.2%).
    """

    numeral: Numeral
    size: rounding.Numeral
    bounds: Bounds
    order: int
    sentence: int
    clause: str
    rate: bool
    sign: int
    run: int

    def __str__(self) -> str:
        return self.numeral.printed


class Pair(NamedTuple):
    """Two counts that may print a percentage.

    `form` is share (part over whole), or for growth what part and whole are: change/earlier,
    change/later or later/earlier. `value` is what comes out of the division. `fits` is how many
    whole numbers in place of the part, or of the change, written like the part, would have printed
    it. `clues` says which of CLUES hold, and how often: less than never, if they speak against it.
    """

    form: str
    part: Spot
    whole: Spot
    value: Fraction
    verdict: Verdict
    fits: int
    clues: dict[str, int]

    @property
    def points(self) -> int:
        said = sum(CLUES[clue] * times for clue, times in self.clues.items())
        return said + ENOUGH * self.prints

    @property
    def prints(self) -> bool:
        return self.verdict != Verdict.DIFFERS


class Candidates(NamedTuple):
    """A percentage and its pairs: the best, if any, and others that words point to.

    `kind` is share or growth. `chance` is how often some pair prints a percentage like it.
    """

    spot: Spot
    kind: str
    best: Pair | None
    others: tuple[Pair, ...]
    chance: Fraction


def spots(text: str) -> list[Spot]:
    """The counts and percentages of a text in reading order; no dates, hours, ordinals, bounds.

    A percentage that is a bound is kept, for it is one; and no division prints it.
    """
    found: list[Spot] = []
    sentence = last = 0
    for n in numerals(text):
        said = n.reads or n.spelling
        no_count = _TIME.match(n.unit) or re.match("[^成]*半", n.spelling)
        if no_count or not (n.quantity and _COUNT.fullmatch(said)):
            continue
        gap, last = text[last : n.start], n.stop
        sentence += len(_SENTENCE.findall(gap))
        clause = _CLAUSE.split(gap)[-1]
        change = _CHANGE.search(clause + "降" * ("-" in said))
        sign = (1 if change["up"] else -1) if change else 0
        rate, size = said[-1] in "%‰", rounding.parse(n.spelling, said.replace("-", ""))
        bounds = exactly(size.value) if size.unit == 1 else size.bounds()
        order = run = len(found)
        if rate and found and _TAKES_UP.fullmatch(gap):
            sign = sign or found[-1].sign
            run = found[-1].run if found[-1].rate else order
        clause += _CLAUSE.split(text[last : last + 30])[0] * (not rate)
        found.append(Spot(n, size, bounds, order, sentence, clause, rate, sign, run))
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

    def __init__(self, text, items, rate, found):
        self.text, self.rate = text, rate
        subject, self.of = _SHARE.match(rate.clause).groups("")
        near = items[max(rate.order - WINDOW, 0) : rate.order + WINDOW * bool(rate.sign)]
        self.counts = [
            one
            for one in near
            if one.sign in (0, rate.sign) and not (one.rate or rate.size.comparator)
        ]
        before = [one for one in self.counts if one.order < rate.run]
        self.inside = [one for one in before if one.sentence == rate.sentence]
        named = [one for one in self.inside if _characters(subject) & _characters(one.clause)]
        self.length = [one.run for one in items].count(rate.run)
        self.turns = (before if self.length > 1 else named or self.inside)[-self.length :]
        near = [
            one.best
            for one in found.values()
            if 0 < abs(one.spot.order - rate.order) < 4
            and one.best
            and one.best.prints
            and one.best.part.numeral.paragraph == rate.numeral.paragraph
        ]
        self.taken = [one.part for one in near]
        self.shared = [one.whole for one in near if one.form == "share"]

    def answer(self) -> Candidates:
        """The best pair, the others, and what chance would do."""
        rate, known, sizes = self.rate, [], set()
        for (at, part), (other, whole) in permutations(enumerate(self.counts), 2):
            if form := _form(rate.sign, part, whole):
                amount, base = _divided(form, rate.sign, part.size.value, whole.size.value)
                value, steps = amount / base, at - other
                sizes.add(round(value / rate.size.unit))
                if self._pointed(part, whole, steps):
                    verdict = _verdict(rate, form, part, whole)
                    clues = self._clues(part, whole, steps)
                    fits = rate.bounds.times(base / part.size.unit).whole_numbers()
                    known.append(Pair(form, part, whole, value, verdict, len(fits), clues))
        known.sort(key=lambda one: (-one.points, one.fits))
        best = next(filter(self._is_sure, known), None)
        others = tuple(one for one in known if one is not best)[:2]
        size = int(rate.size.value / rate.size.unit)
        most = min(2 * size, max(size, round(1 / rate.size.unit)))
        like = range(size // 2, most + 1)
        chance = Fraction(sum(one in like for one in sizes), len(like))
        return Candidates(rate, "growth" if rate.sign else "share", best, others, chance)

    def _is_sure(self, pair):
        """What does not print it is told by words alone, and by a part that prints nothing else."""
        vague = pair.part in self.taken or "list elsewhere" in pair.clues
        return pair.points >= ENOUGH and (pair.prints or not vague)

    def _pointed(self, part, whole, steps):
        """Whether words point to the part; it stands so many steps, or counts, behind the whole."""
        rate, listed = self.rate, self.length > 1
        if rate.sign and not (listed or part.sign):
            return {part, whole} == {*self.inside[-2:]} and _OTHER_TIME.search(whole.clause)
        far = rate.sign and listed and abs(steps) != self.length
        complete = len(self.turns) == self.length and not far
        return complete and part == self.turns[rate.order - rate.run]

    def _clues(self, part, whole, steps):
        """Which clues hold, and how often."""
        rate, listed = self.rate, self.length > 1
        together, total = whole.sentence == part.sentence, bool(_TOTAL.search(whole.clause))
        named = len(_characters(part.clause if rate.sign else self.of) & _characters(whole.clause))
        clues = {
            "in turn": listed,
            "list elsewhere": listed and not (together if rate.sign else part in self.inside),
            "whole just before": steps == 1 and together,
            "whole in paragraph": whole.numeral.paragraph == rate.numeral.paragraph,
        }
        if rate.sign:
            clues |= {"growth": True, "same subject": named}
        else:
            own = _OWN_SHARE.match(self.text, whole.numeral.stop, rate.numeral.start)
            clues |= {
                "whole named": named or -(len(self.of) > 2),
                "whole is a total": total,
                "whole shared": whole in self.shared,
                "whole is a sibling": whole in self.turns or bool(own and together and not total),
            }
        return {clue: min(times, 2) for clue, times in clues.items() if times}


def _characters(said):
    """The pairs of neighbouring characters of some words."""
    return {*re.findall(r"(?=([^\W\d_]{2}))", said)}


# ── Arithmetic ──


def _form(sign, part, whole):
    """What two counts of alike things can be to each other, where a percentage has this sign.

    A whole is above zero, and so is what was there before a rise, whatever rounded counts are.
    """
    rises = sign > 0 and not part.sign
    larger = whole.size.value > part.size.value
    alike = _ALIKE.fullmatch(part.numeral.unit + whole.numeral.unit)
    if larger == rises or whole.sign or not whole.size.value or not alike:
        return None
    if not part.sign:
        return "later/earlier" if sign else "share"
    if whole.bounds.lower <= part.bounds.upper:
        return None
    said = part.sentence == whole.sentence and _EARLIER.search(whole.clause)
    return "change/earlier" if said else "change/later"


def _divided(form, sign, part, whole):
    """What is divided by what: a part by its whole, a change by the value before it."""
    if form == "change/later":
        return part, whole - sign * part
    return (sign * (part - whole), whole) if form == "later/earlier" else (part, whole)


def _verdict(rate, form, part, whole):
    """Whether two counts print a percentage: a rounded one stands for all between its ends."""
    ends = product(part.bounds[::2], whole.bounds[::2])
    known = hull(*(exactly(Fraction(*_divided(form, rate.sign, *some))) for some in ends))
    usual, wide = rate.bounds, rate.size.bounds(rounding.ANY)
    if inside(known, usual):
        return Verdict.REPRODUCES
    if not agree(known, wide):
        return Verdict.DIFFERS
    certain = inside(known, wide) and not agree(known, usual)
    return Verdict.OTHER_RULE if certain else Verdict.UNCHECKED


# ── The command ──


def main(text: str, csv: bool = False) -> None:
    """The command `pairs`: see the module for the exit status."""
    text = trace.read_text(text)
    if csv:
        table = writer(sys.stdout, lineterminator="\n")
        table.writerow(["printed", "kind", "part", "whole", "verdict", "fits"])
        table.writerows(map(_row, pairs(text)))
        return
    lines = [line for one in pairs(text) for line in _lines(text, one)]
    print(*lines or ["The text has no percentage."], sep="\n")


def _row(one):
    pair = one.best
    said = (
        (pair.part, pair.whole, pair.verdict, pair.fits)
        if pair
        else ("", "", Verdict.UNCHECKED, "")
    )
    return [one.spot, one.kind, *said]


def _lines(text, one):
    n, pair = one.spot.numeral, one.best
    yield f"{n.printed}  {one.kind}, paragraph {n.paragraph}\n  {trace.around(text, n)}"
    if pair:
        yield f"  {division(one.spot, pair)}  {words.text(pair.verdict)}, fits {pair.fits}"
    else:
        chance = f"; any other is no better than chance ({words.text(one.chance, '0%')})"
        yield "  no pair that words point to" + chance * (one.chance > LEVEL)
    for pair in one.others:
        yield f"  or {division(one.spot, pair)}  {words.text(pair.verdict)}"


def division(rate: Spot, pair: Pair) -> str:
    """A pair as the division that it is, and what comes out.

    >>> one = pairs("爆竊684宗,去年同期572宗,增加19.6%。")[0]
    >>> division(one.spot, one.best)
    '684 / 572 − 1 = 19.5804%'
    """
    shown = _SHOWN.get(f"{pair.form}{rate.sign}", "{} / {}").format(pair.part, pair.whole)
    return f"{shown} = {words.text(pair.value, '0.0000%')}"
