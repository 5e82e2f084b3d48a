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
begin, end = Bounds.begin, Bounds.end


# ── One interval ──


def exactly(number: int | Fraction) -> Bounds:
    return Bounds(number, True, number, True)


def exact(bounds: Bounds) -> int | Fraction | None:
    """The one number that bounds allow; None where they allow several."""
    return bounds.lower if bounds.lower == bounds.upper else None


def product(one: Bounds, other: Bounds) -> Bounds:
    """one × other, neither of them below zero."""
    return Bounds(*_product_of_ends(one[:2], other[:2]), *_product_of_ends(one[2:], other[2:]))


def _product_of_ends(one, other):
    (end, incl_end), (by, incl_by) = one, other
    is_zero = (0, True) in (one, other)
    return None if None in (end, by) else end * by, is_zero or (incl_end and incl_by)


def ratio(part: Bounds, whole: Bounds) -> Bounds:
    """part/whole of counts; a whole that may be zero leaves no upper end.

    >>> ratio(exactly(3), Bounds(4, True, 6, True))
    Bounds(lower=Fraction(1, 2), incl_lower=True, upper=Fraction(3, 4), incl_upper=True)
    """
    part, whole = not_negative(part), not_negative(whole)
    lower = 0 if whole.upper is None else Fraction(1, whole.upper or 1)
    upper = Fraction(1, whole.lower) if whole.lower else None
    return product(part, Bounds(lower, whole.incl_upper, upper, whole.incl_lower))


def not_negative(bounds: Bounds) -> Bounds:
    """What is left of bounds where nothing lies below zero."""
    return meet(bounds, COUNT)


def counts(bounds: Bounds) -> Bounds:
    """The whole numbers within bounds.

    Where there are none the bounds stay as they are: then every count contradicts them.
    """
    numbers = bounds.whole_numbers()
    if not numbers:
        return bounds
    return Bounds(numbers.low, True, numbers.high, numbers.high is not None)


def hull(*several: Bounds) -> Bounds:
    """The narrowest bounds that hold all of the given ones."""
    return Bounds(*min(several, key=begin)[:2], *max(several, key=end)[2:])


def meet(*several: Bounds) -> Bounds:
    """What all of the given bounds allow, where they allow anything in common."""
    return Bounds(*max(several, key=begin)[:2], *min(several, key=end)[2:])


def agree(*several: Bounds) -> bool:
    """Is there a number that all of the given bounds allow?"""
    return max(map(begin, several)) < min(map(end, several))


def inside(one: Bounds, other: Bounds) -> bool:
    """Is everything that one allows allowed by the other?"""
    return begin(other) <= begin(one) and end(one) <= end(other)


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
        return sure(self.usual)

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
    usual, wide = zip(*readings, strict=True)
    made = make(*usual)
    return Reading(made, made if wide == usual else make(*wide))


def total(signs: Sequence[int], readings: Iterable[Reading]) -> Reading:
    """The sum of readings with signs."""

    def signed(*several):
        turned = map(Bounds.times, several, signs)
        lowers, incl_lower, uppers, incl_upper = zip(*turned, strict=True)
        lower, upper = (None if None in ends else sum(ends) for ends in (lowers, uppers))
        return Bounds(lower, all(incl_lower), upper, all(incl_upper))

    return both(signed, *readings)


@cache
def stands_for(printed: str, reads: str | None, rate: bool) -> Reading:
    """All that a printed number can stand for; of a count the whole numbers.

    >>> stands_for("8%", None, rate=True).usual
    Bounds(lower=Fraction(3, 40), incl_lower=True, upper=Fraction(17, 200), incl_upper=False)
    >>> stands_for("2萬", None, rate=False).wide
    Bounds(lower=10001, incl_lower=True, upper=29999, incl_upper=True)
    """
    numeral = rounding.parse(printed, reads)
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
    return inside(known.wide, claim.usual) or None
