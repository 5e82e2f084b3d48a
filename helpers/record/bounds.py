"""Intervals of numbers, and the one rule of all verdicts.

What is known of a number and what is claimed of it are bounds alike: an exact count, a rounded one
and "over 1,000" are one kind of thing. Ends are whole numbers or Fractions; nothing is a float.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from helpers import rounding
from helpers.rounding import Bounds

ANY = Bounds(None, False, None, False)
COUNT = Bounds(0, True, None, False)
ZERO = Bounds(0, True, 0, True)


# ── One interval ──


def exactly(number: int | Fraction) -> Bounds:
    return Bounds(number, True, number, True)


def exact(bounds: Bounds) -> int | Fraction | None:
    """The one number that bounds allow; None where they allow several."""
    return bounds.lower if bounds.lower is not None and bounds.lower == bounds.upper else None


def negative(bounds: Bounds) -> Bounds:
    lower, upper = (None if end is None else -end for end in (bounds.upper, bounds.lower))
    return Bounds(lower, bounds.incl_upper, upper, bounds.incl_lower)


def add(one: Bounds, other: Bounds) -> Bounds:
    lower = None if None in (one.lower, other.lower) else one.lower + other.lower
    upper = None if None in (one.upper, other.upper) else one.upper + other.upper
    incl_lower = one.incl_lower and other.incl_lower
    return Bounds(lower, incl_lower, upper, one.incl_upper and other.incl_upper)


def product(one: Bounds, other: Bounds) -> Bounds:
    """one × other, neither of them below zero."""
    lower = (one.lower or 0) * (other.lower or 0)
    upper = None if None in (one.upper, other.upper) else one.upper * other.upper
    zero = lower == 0 and (_touches_zero(one) or _touches_zero(other))
    incl_lower = zero or (one.incl_lower and other.incl_lower)
    return Bounds(lower, incl_lower, upper, one.incl_upper and other.incl_upper)


def ratio(part: Bounds, whole: Bounds) -> Bounds:
    """part/whole of counts; a whole that may be zero leaves no upper end.

    >>> ratio(exactly(3), Bounds(4, True, 6, True))
    Bounds(lower=Fraction(1, 2), incl_lower=True, upper=Fraction(3, 4), incl_upper=True)
    """
    part, whole = not_negative(part), not_negative(whole)
    lower = Fraction(0) if whole.upper is None else Fraction(part.lower) / (whole.upper or 1)
    upper = None if part.upper is None or not whole.lower else Fraction(part.upper) / whole.lower
    incl_lower = part.incl_lower and (whole.incl_upper or part.lower == 0)
    incl_upper = part.incl_upper and (whole.incl_lower or part.upper == 0)
    return Bounds(lower, incl_lower, upper, incl_upper)


def not_negative(bounds: Bounds) -> Bounds:
    """What is left of bounds where nothing lies below zero."""
    if bounds.lower is None or bounds.lower < 0:
        return bounds._replace(lower=0, incl_lower=True)
    return bounds


def counts(bounds: Bounds) -> Bounds:
    """The whole numbers within bounds.

    Where there are none the bounds stay as they are: then every count contradicts them.
    """
    numbers = not_negative(bounds).whole_numbers()
    if numbers.high is not None and numbers.high < numbers.low:
        return bounds
    return Bounds(numbers.low, True, numbers.high, numbers.high is not None)


def hull(several: Iterable[Bounds]) -> Bounds:
    """The narrowest bounds that hold all of the given ones."""
    several = list(several)
    low = min(several, key=lambda b: (b.lower is not None, b.lower or 0, not b.incl_lower))
    high = max(several, key=lambda b: (b.upper is None, b.upper or 0, b.incl_upper))
    return Bounds(low.lower, low.incl_lower, high.upper, high.incl_upper)


def meet(one: Bounds, other: Bounds) -> Bounds:
    """What both allow, where they allow anything in common."""
    low = max(one, other, key=lambda b: (b.lower is not None, b.lower or 0, not b.incl_lower))
    high = min(one, other, key=lambda b: (b.upper is None, b.upper or 0, b.incl_upper))
    return Bounds(low.lower, low.incl_lower, high.upper, high.incl_upper)


def agree(one: Bounds, other: Bounds) -> bool:
    """Is there a number that both allow?"""
    return not (_below(one, other) or _below(other, one))


def inside(one: Bounds, other: Bounds) -> bool:
    """Is everything that one allows allowed by the other?"""
    over = Bounds(other.upper, not other.incl_upper, None, False)
    under = Bounds(None, False, other.lower, not other.incl_lower)
    goes_over = other.upper is not None and agree(one, over)
    goes_under = other.lower is not None and agree(one, under)
    return not goes_over and not goes_under


def _below(left, right):
    if left.upper is None or right.lower is None:
        return False
    touching = left.upper == right.lower and not (left.incl_upper and right.incl_lower)
    return left.upper < right.lower or touching


def _touches_zero(bounds):
    return bounds.lower is None or (bounds.lower == 0 and bounds.incl_lower)


# ── A number that may have been rounded, and the rule ──


class Reading(NamedTuple):
    """What a number can be: rounded by the ordinary rule (half up), and by whichever of the five.

    The wide bounds decide, the usual ones are shown. Of an exact number they are the same.
    """

    usual: Bounds
    wide: Bounds

    @property
    def ordinary(self) -> Reading:
        """The same, had everything been rounded by the ordinary rule."""
        return Reading(self.usual, self.usual)

    def __neg__(self) -> Reading:
        return both(negative, self)

    def __sub__(self, other: Reading) -> Reading:
        return total((1, -1), (self, other))

    def __mul__(self, other: Reading) -> Reading:
        return both(product, self, other)

    def __truediv__(self, other: Reading) -> Reading:
        return both(ratio, self, other)


def sure(bounds: Bounds) -> Reading:
    return Reading(bounds, bounds)


def both(make: Callable[..., Bounds], *readings: Reading) -> Reading:
    """What is made of readings, once of the usual bounds and once of the wide ones."""
    usual = make(*(reading.usual for reading in readings))
    if all(reading.wide is reading.usual for reading in readings):
        return Reading(usual, usual)
    return Reading(usual, make(*(reading.wide for reading in readings)))


def total(signs: Sequence[int], readings: Iterable[Reading]) -> Reading:
    """The sum of readings with signs."""

    def signed(*several):
        turned = map(_turned, signs, several)
        lowers, incl_lower, uppers, incl_upper = zip(*turned, strict=True)
        lower = None if None in lowers else sum(lowers)
        upper = None if None in uppers else sum(uppers)
        return Bounds(lower, all(incl_lower), upper, all(incl_upper))

    return both(signed, *readings)


def _turned(sign, bounds):
    return bounds if sign > 0 else negative(bounds)


@cache
def stands_for(printed: str, reads: str | None, rate: bool) -> Reading:
    """All that a printed number can stand for; of a count the whole numbers.

    >>> stands_for("8%", None, rate=True).usual
    Bounds(lower=Fraction(3, 40), incl_lower=True, upper=Fraction(17, 200), incl_upper=False)
    >>> stands_for("2萬", None, rate=False).wide
    Bounds(lower=10001, incl_lower=True, upper=29999, incl_upper=True)
    """
    numeral = rounding.parse(printed, reads)
    if numeral.unit == 1 and not numeral.comparator and not rate:
        return sure(exactly(int(numeral.value)))
    reading = Reading(numeral.bounds(), numeral.bounds(rounding.ANY))
    if rate:
        return reading
    return both(not_negative if numeral.unit < 1 else counts, reading)


def judge(known: Reading | None, claim: Reading) -> bool | None:
    """The one rule of all verdicts.

    True if a claim allows all that is known to be possible, False if it allows nothing of it, None
    where that is not decided. Rounded numbers count for whatever any of the five rules could have
    printed so.

    >>> judge(sure(exactly(71)), stands_for("8%", None, rate=True))
    False
    """
    if known is None or claim.usual == ANY:
        return None
    if not agree(known.wide, claim.wide):
        return False
    return True if inside(known.wide, claim.usual) else None
