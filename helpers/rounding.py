"""What a printed numeral can stand for, decided exactly.

"71.17%" is a claim: that some value, rounded to four decimals, is 0.7117. This module reads such
numerals, says which values they can stand for, prints a ratio the way a given numeral is printed,
and finds the whole numbers that can lie behind a rate. No float takes part: what is
not exact is refused, with a ValueError like every other value that cannot be used.

Words and method (reround, unround, bounds, consistent) follow the GRIM test: Brown and Heathers
2017, doi:10.1177/1948550616673876, and the R packages scrutiny and roundwork.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import count, product, takewhile
from numbers import Rational
from typing import NamedTuple

RULES = ("half_up", "half_even", "half_down", "down", "up")
"""Names of the decimal module, lower case, without ROUND_. "up" is away from zero, "down" toward
it, and half_up takes ties away from zero: every rule treats -x as the mirror image of x."""

ANY = "any"
"""In place of a rule: whatever any of the five could have printed so. A numeral that is evidence
for something else stands for no less, as long as its own rule is not known."""

_SCALES = {"百": 100, "千": 1000, "萬": 10**4, "億": 10**8}
_SCALES |= {"%": Fraction(1, 100), "‰": Fraction(1, 1000)}
_NUMERAL = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)"
    r"(?:\.(?P<decimals>[0-9]+))?"
    r"(?P<suffix>[%‰]|pp|個?百分點|[百千]?(?:萬億?|億)?)"
)
_SLIPS = (  # of the keyboard: what is hit, and what may come of it
    ("changed", "[0-9]", "0123456789"),
    ("swapped", r"([0-9])(\.?)([0-9])", [r"\3\2\1"]),
    ("dropped", "[0-9]", [""]),
    ("doubled", "([0-9])", [r"\1\1"]),
)


class Numeral(NamedTuple):
    """A printed numeral as read: 71.17% has value 7117/10000, places 2 and unit 1/10000.

    `unit` is that of the last place. `comparator` is one of > < >= <= ~, or empty.
    """

    value: Fraction
    places: int
    unit: Fraction
    comparator: str = ""

    def bounds(self, rule: str = "half_up") -> Bounds:
        """All the values it can stand for, if `rule` (one of RULES, or ANY) was used to round.

        A comparator is taken at its word: ">100" is everything above 100, "~20" has no ends.

        >>> parse("8%").bounds("any")
        Bounds(lower=Fraction(7, 100), incl_lower=False, upper=Fraction(9, 100), incl_upper=False)
        """
        value, sign = self.value, self.comparator
        unit = -self.unit if value < 0 else self.unit
        found = _interval(value / unit, rule).times(unit)
        if sign:
            above, below = value if ">" in sign else None, value if "<" in sign else None
            return Bounds(above, sign == ">=", below, sign == "<=")
        return found


class Bounds(NamedTuple):
    """An interval of values, each end inclusive or not; None stands for no end."""

    lower: Fraction | None
    incl_lower: bool
    upper: Fraction | None
    incl_upper: bool

    def begin(self) -> tuple:
        """Where it begins: before all numbers, just before a number, or just behind it."""
        return (-1,) if self.lower is None else (0, self.lower, not self.incl_lower)

    def end(self) -> tuple:
        """Where it ends, on the same scale."""
        return (1,) if self.upper is None else (0, self.upper, self.incl_upper)

    def contains(self, value: Rational) -> bool:
        """Whether a whole number or Fraction lies between the ends."""
        return self.begin() <= (0, value, False) < self.end()

    def times(self, factor: Rational) -> Bounds:
        """The bounds of `factor` (not zero) times the value."""
        lower, upper = (end and end * factor for end in (self.lower, self.upper))
        if factor < 0:
            return Bounds(upper, self.incl_upper, lower, self.incl_lower)
        return Bounds(lower, self.incl_lower, upper, self.incl_upper)

    def whole_numbers(self) -> WholeNumbers:
        """The whole numbers from zero up that lie between the ends."""
        low = max(0, math.ceil(self.lower or 0))
        low += not self.contains(low)
        if self.upper is None:
            return WholeNumbers(low, None)
        high = math.floor(self.upper)
        high -= not self.contains(high)
        return WholeNumbers(low, high) if low <= high else _NONE


@dataclass(frozen=True)
class WholeNumbers:
    """The whole numbers from `low` to `high` (None: endless); none at all are written 0, -1."""

    low: int
    high: int | None

    @property
    def size(self) -> int | None:
        """How many there are; None if endless."""
        return None if self.high is None else self.high - self.low + 1

    def __bool__(self):
        return self.size != 0

    def __len__(self):
        return self.size

    def __iter__(self):
        return takewhile(self.__contains__, count(self.low))

    def __contains__(self, number):
        return self.low <= number and (self.high is None or number <= self.high)


_NONE = WholeNumbers(0, -1)


@cache
def parse(printed: str, reads: str | None = None) -> Numeral:
    """Read a printed numeral: digits, with a sign, thousands separators and a suffix if printed.

    `reads` says in digits what a worded, qualified or compound numeral means, after one of > < >=
    <= ~ unless it means just that number. It has the last word; a numeral that is digits of the
    same value keeps its own places.

    >>> parse("71.17%")
    Numeral(value=Fraction(7117, 10000), places=2, unit=Fraction(1, 10000), comparator='')
    >>> parse("百餘", reads=">100").comparator
    '>'
    """
    if reads is not None:
        comparator, digits = re.fullmatch("([<>]=?|~|)(.*)", reads, re.DOTALL).groups()
        meant = parse(digits)
        if _NUMERAL.fullmatch(printed) and parse(printed).value == meant.value:
            meant = parse(printed)
        return meant._replace(comparator=comparator)
    sign, whole, decimals, suffix = _match(printed).groups(default="")
    marks = re.sub("pp|個?百分點", "%", suffix)
    unit = Fraction(math.prod(_SCALES[mark] for mark in marks), 10 ** len(decimals))
    return Numeral(int(sign + whole.replace(",", "") + decimals) * unit, len(decimals), unit)


def _match(text):
    if isinstance(text, str) and len(text) < 4000 and (match := _NUMERAL.fullmatch(text)):
        return match
    expected = "such as 75, 5,522, -1208, 71.17%, 0.7‰, 0.5pp or 111.7萬"
    raise ValueError(f"{text!r:.80} is not a numeral: expected digits {expected}")


@cache
def unround(printed: str, rule: str = "half_up", reads: str | None = None) -> Bounds:
    """All the values a printed numeral can stand for, if `rule` (one of RULES, or ANY) was used.

    >>> unround("8.3%", rule="half_even")
    Bounds(lower=Fraction(33, 400), incl_lower=False, upper=Fraction(167, 2000), incl_upper=False)
    """
    return parse(printed, reads).bounds(rule)


def _interval(size, rule):
    """What `rule` prints as `size` units, from zero up; only zero has its mirror image too."""
    half, even = Fraction(1, 2), size % 2 == 0
    ends = {  # how far below `size` it begins and above it ends, and whether it has these ends
        "half_up": (half, True, half, False),
        "half_even": (half, even, half, even),
        "half_down": (half, False, half, True),
        "down": (0, True, 1, False),
        "up": (1, False, 0, True),
        ANY: (1, False, 1, False),
    }
    if rule not in ends:
        raise ValueError(f"{rule!r} is not a rounding rule: expected one of {', '.join(RULES)}")
    below, incl_lower, above, incl_upper = ends[rule]
    if size == 0:
        below, incl_lower = above, incl_upper
    return Bounds(size - below, incl_lower, size + above, incl_upper)


def reround(part: Rational, whole: Rational, like: str, rule: str = "half_up") -> str:
    """part/whole as it would have been printed in the manner of `like`.

    Places, suffix and separators are those of `like`; so is a plus before a number above zero. A
    zero bears no sign.

    >>> reround(3930, 5522, like="83.30%")
    '71.17%'
    """
    if rule == ANY:
        raise ValueError(f"a number is printed by one rule: expected one of {', '.join(RULES)}")
    manner, (_, places, unit, _) = _match(like), parse(like)
    ratio = _ratio(part, whole) / unit
    size = math.floor(abs(ratio))
    size += not _interval(size, rule).contains(abs(ratio))
    sign = ("-" if ratio < 0 else manner["sign"].strip("-")) if size else ""
    return sign + _written(manner, f"{Decimal(f'{size}e-{places}'):f}")


def _written(manner, digits):
    """Digits with the separators and the suffix of a numeral."""
    whole, point, decimals = digits.partition(".")
    whole = f"{int(whole):,}" if "," in manner["whole"] else whole
    return whole + point + decimals + manner["suffix"]


def _ratio(part, whole):
    part, whole = _exact(part), _exact(whole)
    if whole <= 0:
        raise ValueError(f"whole is {whole}: expected a number above zero")
    return part / whole


def _exact(number):
    exact = isinstance(number, Rational) and not isinstance(number, bool)
    if not exact:
        raise ValueError(f"{number!r:.80}: expected a whole number or a Fraction, no float")
    return Fraction(int(number.numerator), int(number.denominator))


def consistent(printed: str, part: Rational, whole: Rational, rule: str = "half_up") -> bool:
    """Whether part/whole, rounded by `rule` (one of RULES, or ANY), prints as `printed`.

    part, whole: whole numbers or Fractions; a float is refused, and a whole that is not above zero.
    This is the GRIM test for a percentage, without its tolerance.

    >>> consistent("71.17%", 3930, 5522), consistent("71.17%", 3931, 5522)
    (True, False)
    """
    if not (type(part) is type(whole) is int and whole > 0):
        part, whole = _ratio(part, whole).as_integer_ratio()
    lower, incl_lower, upper, incl_upper, scale = _in_whole_numbers(printed, rule)
    return lower * whole - incl_lower < scale * part < upper * whole + incl_upper


@cache
def _in_whole_numbers(printed, rule):
    """The bounds of a numeral, multiplied by a scale that makes their ends whole."""
    lower, incl_lower, upper, incl_upper = unround(printed, rule)
    scale = math.lcm(lower.denominator, upper.denominator)
    return int(lower * scale), incl_lower, int(upper * scale), incl_upper, scale


def implied_parts(printed: str, whole: int, rule: str = "half_up") -> WholeNumbers:
    """The whole numbers k from zero up for which k/whole prints as `printed`.

    >>> implied_parts("8%", 1062)
    WholeNumbers(low=80, high=90)
    """
    return unround(printed, rule).times(1 / _ratio(1, whole)).whole_numbers()


def implied_wholes(printed: str, part: int | str, rule: str = "half_up") -> WholeNumbers:
    """The whole numbers from the first to the last n, one up, for which part/n prints as `printed`.

    A part given as text is a count that was rounded too, by the same rule: then any number between
    the ends of what it can stand for will do as part. A numeral that can stand for zero, or for
    anything above it, sets no upper end.

    >>> implied_wholes("1.7%", 131)
    WholeNumbers(low=7486, high=7939)
    """
    rate = unround(printed, rule)
    printed_part = part if isinstance(part, str) else str(_exact(part))
    parts = unround(printed_part, rule).whole_numbers()
    if 0 in parts and rate.contains(0):
        return WholeNumbers(1, None)
    least = max(parts.low, 1)
    if parts.high < least or rate.upper <= 0:
        return _NONE
    # k/n lies between lower and upper if n lies between k/upper and k/lower: the ends change places
    last = parts.high / rate.lower if rate.lower > 0 else None
    return Bounds(least / rate.upper, rate.incl_upper, last, rate.incl_lower).whole_numbers()


def edits(printed: str) -> Iterator[tuple[str, str]]:
    """Every single slip of the digits, as (kind, edited text): each text once, never the original.

    One digit `changed`, two neighbours `swapped` (also across the point), one `dropped`, one
    `doubled`. Left out is what is no numeral any more or has a new zero in front. Sign, point and
    suffix stay; thousands are separated anew where they were.

    >>> [text for kind, text in edits("1.36%") if kind == "swapped"]
    ['3.16%', '1.63%']
    """
    manner = _match(printed)
    digits = re.sub("[^0-9.]", "", printed)
    padded = re.compile(re.match("0*(?=[0-9])", digits)[0] + "0[0-9]")
    seen = {digits}
    for kind, pattern, instead in _SLIPS:
        for place, new in product(range(len(digits)), instead):
            edited = digits[:place] + re.sub(pattern, new, digits[place:], count=1)
            if edited not in seen and _NUMERAL.fullmatch(edited) and not padded.match(edited):
                seen.add(edited)
                yield kind, manner["sign"] + _written(manner, edited)
