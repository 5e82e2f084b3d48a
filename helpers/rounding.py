"""What a printed numeral can stand for, decided exactly.

"71.17%" is a claim: that some value, rounded to four decimals, is 0.7117. This module reads such
numerals, says which values they can stand for, prints a ratio the way a given numeral is printed,
and finds the whole numbers that can lie behind a rate. All of it is integer arithmetic: no float
takes part, and what is not exact is refused. Every refusal is a ValueError.

Words and method (reround, unround, bounds, consistent) follow the GRIM test: Brown and Heathers
2017, doi:10.1177/1948550616673876, and the R packages scrutiny and roundwork.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from numbers import Integral, Rational
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

RULES = ("half_up", "half_even", "half_down", "down", "up")
"""Names of the decimal module, lower case, without ROUND_. "up" is away from zero, "down" toward
it, and half_up takes ties away from zero: every rule treats -x as the mirror image of x."""

MAX_DIGITS = 4000
"""Digits of the longest numeral read; by default Python refuses integers of more than 4,300."""

_SUFFIXES = {"": 1, "萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8}
_SUFFIXES |= {"%": Fraction(1, 100), "pp": Fraction(1, 100), "‰": Fraction(1, 1000)}
_DIGITS, _WIDE_DIGITS = "0123456789", "０１２３４５６７８９"
_NARROW = str.maketrans(_WIDE_DIGITS + "．，％＋－−\u3000\u00a0\u202f", _DIGITS + ".,%+--   ")
_NUMERAL = re.compile(
    r"\ *+(?P<sign>[+-]?)"
    r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})++|[0-9]++)(?:\.(?P<decimals>[0-9]++))?"
    r"(?P<tail>\ *+(?P<suffix>[萬万億亿%‰]|pp)?\ *+)"
)
_QUALIFIED = re.compile(r"(?P<comparator>[<>]=?|~|)(?P<digits>.*)", re.DOTALL)
_CHUNK = 1 << 15  # rows taken at a time, so that what is computed stays in the processor's cache


class Numeral(NamedTuple):
    """A printed numeral as read: 71.17% has value 7117/10000, places 2 and unit 1/10000."""

    value: Fraction
    places: int
    unit: Fraction
    comparator: str = ""

    @property
    def in_units(self) -> int:
        """The value as a whole number of units: 7117 for 71.17%."""
        return int(self.value / self.unit)


class Bounds(NamedTuple):
    """An interval of values, each end inclusive or not; None stands for no end."""

    lower: Fraction | None
    incl_lower: bool
    upper: Fraction | None
    incl_upper: bool

    def contains(self, value: Rational) -> bool:
        """Whether a whole number or Fraction lies between the ends."""
        lower, incl_lower, upper, incl_upper = self
        above = lower is None or lower < value or (incl_lower and lower == value)
        below = upper is None or value < upper or (incl_upper and value == upper)
        return above and below

    def times(self, factor: Rational) -> "Bounds":
        """The bounds of `factor` (above zero) times the value."""
        lower, upper = (end if end is None else end * factor for end in (self.lower, self.upper))
        return Bounds(lower, self.incl_lower, upper, self.incl_upper)

    def whole_numbers(self) -> "WholeNumbers":
        """The whole numbers from zero up that lie between the ends."""
        low, high = 0, None
        if self.lower is not None and self.lower >= 0:
            low = math.ceil(self.lower) if self.incl_lower else math.floor(self.lower) + 1
        if self.upper is not None:
            high = math.floor(self.upper) if self.incl_upper else math.ceil(self.upper) - 1
        return WholeNumbers(low, high) if high is None or low <= high else _NONE


def parse(printed: str, reads: str | None = None) -> Numeral:
    """Read a printed numeral: digits, with a sign, thousands separators and a suffix if printed.

    Digits, point, comma, sign and % may be full-width. `reads` says in digits what a worded or
    qualified numeral means, after one of > < >= <= ~ unless it means just that number; a numeral
    that is digits already must have the same value, and keeps its own places.

    >>> parse("71.17%")
    Numeral(value=Fraction(7117, 10000), places=2, unit=Fraction(1, 10000), comparator='')
    >>> parse("百餘", reads=">100").comparator
    '>'
    """
    if reads is None:
        return _numeral(_match(printed))
    if not (isinstance(printed, str) and printed.strip() and isinstance(reads, str)):
        given = f"{printed!r:.80} with reads {reads!r:.80}"
        raise ValueError(f"{given}: expected two texts, the second such as '>100' or '2'")
    comparator, digits = _QUALIFIED.fullmatch(reads).groups()
    numeral = meant = _numeral(_match(digits))
    if plain := _plain(printed):
        numeral = _numeral(plain)
    if numeral.value != meant.value:
        raise ValueError(f"{printed!r:.80} with reads {reads!r:.80}: expected the same value")
    return numeral._replace(comparator=comparator)


def _plain(text: object) -> re.Match | None:
    match = _NUMERAL.fullmatch(text.translate(_NARROW)) if isinstance(text, str) else None
    digits = len(match["whole"]) + len(match["decimals"] or "") if match else 0
    return match if digits <= MAX_DIGITS else None


def _match(text: object) -> re.Match:
    if match := _plain(text):
        return match
    raise ValueError(
        f"{text!r:.80} is not a numeral: expected at most {MAX_DIGITS:,} digits, such as 75, "
        "5,522, -1208, 71.17%, 0.7‰, 0.5pp or 111.7萬"
    )


def _numeral(match: re.Match) -> Numeral:
    in_units, unit = _in_units(match)
    return Numeral(in_units * unit, len(match["decimals"] or ""), unit)


def _in_units(match: re.Match) -> tuple[int, Fraction]:
    sign, whole, decimals, _, suffix = match.groups(default="")
    return int(sign + whole.replace(",", "") + decimals), _unit(suffix, len(decimals))


@cache
def _unit(suffix: str, places: int) -> Fraction:
    return Fraction(_SUFFIXES[suffix]) / 10**places


def _interval(size: Any, rule: str) -> tuple[int, Any, Any]:
    """Where the values lie that `rule` prints as `size` units, a whole number from zero up.

    They begin at (2·size + offset) half units and end one unit later. Returned are the offset, and
    whether the end near zero and the far one are left out, 1 or 0. Takes a number or a column.
    """
    match rule:
        case "half_up":
            return -1, 0, 1
        case "half_even":
            odd = size & 1
            return -1, odd, odd
        case "half_down":
            return -1, 1, 0
        case "down":
            return 0, 0, 1
        case "up":
            return -2, 1, 0
    raise ValueError(f"{rule!r} is not a rounding rule: expected one of {', '.join(RULES)}")


def _fits(size: Any, width: Any, scale: int, part: Any, whole: Any, rule: str) -> Any:
    """Whether part/whole prints as `size` units of width/scale. Takes numbers or whole columns.

    Nothing may be below zero. All is multiplied by 2·scale·whole, so that only whole numbers are
    compared, for half_up (2·size - 1)·width·whole <= 2·scale·part < (2·size + 1)·width·whole.
    """
    offset, near_open, far_open = _interval(size, rule)
    step = width * whole
    beyond = 2 * scale * part - (2 * size + offset) * step
    return (near_open <= beyond) & (beyond <= 2 * step - far_open)


def _fits_signed(in_units: Any, width: Any, scale: int, part: Any, whole: Any, rule: str) -> Any:
    """The same for parts and printed values on either side of zero."""
    same_side = (in_units >= 0) & (part >= 0) | (in_units <= 0) & (part <= 0)
    return _fits(abs(in_units), width, scale, abs(part), whole, rule) & same_side


def unround(printed: str, rule: str = "half_up", reads: str | None = None) -> Bounds:
    """All the values a printed numeral can stand for, if `rule` was used to round.

    A comparator is taken at its word: ">100" is everything above 100, "~20" has no ends at all.

    >>> unround("8.3%", rule="half_even")
    Bounds(lower=Fraction(33, 400), incl_lower=False, upper=Fraction(167, 2000), incl_upper=False)
    """
    value, _, unit, comparator = numeral = parse(printed, reads)
    offset, near_open, far_open = _interval(abs(numeral.in_units), rule)
    if comparator == "~":
        return Bounds(None, False, None, False)
    if comparator.startswith(">"):
        return Bounds(value, comparator == ">=", None, False)
    if comparator.startswith("<"):
        return Bounds(None, False, value, comparator == "<=")
    near = abs(value) + offset * unit / 2
    far = near + unit
    if value == 0:
        return Bounds(-far, not far_open, far, not far_open)
    if value < 0:
        return Bounds(-far, not far_open, -near, not near_open)
    return Bounds(near, not near_open, far, not far_open)


def reround(part: Rational, whole: Rational, like: str, rule: str = "half_up") -> str:
    """part/whole as it would have been printed in the manner of `like`.

    Places, suffix, separators, full-width characters and the shape of a minus are those of `like`;
    so is a plus before a number above zero. A zero bears no sign.

    >>> reround(3930, 5522, like="83.30%")
    '71.17%'
    """
    manner = _match(like)
    ratio = _ratio(part, whole) / _in_units(manner)[1]
    return _printed(_size(ratio, rule), ratio < 0, manner, like)


def reround_by_rules(part: Rational, whole: Rational, like: str) -> dict[str, str]:
    """part/whole as each of RULES would have printed it in the manner of `like`, by rule. See reround.

    >>> reround_by_rules(1, 8, like="12%")
    {'half_up': '13%', 'half_even': '12%', 'half_down': '12%', 'down': '12%', 'up': '13%'}
    """
    manner = _match(like)
    ratio = _ratio(part, whole) / _in_units(manner)[1]
    sizes = {rule: _size(ratio, rule) for rule in RULES}
    texts = {size: _printed(size, ratio < 0, manner, like) for size in set(sizes.values())}
    return {rule: texts[size] for rule, size in sizes.items()}


def _size(ratio: Fraction, rule: str) -> int:
    """How many units a rule makes of a number of units, the sign left aside."""
    numerator, denominator = abs(ratio.numerator), ratio.denominator
    size = numerator // denominator
    return size if _fits(size, 1, 1, numerator, denominator, rule) else size + 1


def _printed(size: int, negative: bool, manner: re.Match, like: str) -> str:
    """So many units in the manner of `like`."""
    places = len(manner["decimals"] or "")
    sign = ("-" if negative else manner["sign"].replace("-", "")) if size else ""
    digits = str(size).zfill(places + 1)
    point, tail = len(digits) - places, like[manner.start("tail") :].rstrip()
    return _written(manner, like, sign, digits[:point], digits[point:]) + tail


def _written(manner: re.Match, like: str, sign: str, whole: str, decimals: str) -> str:
    """Digits with the separators and the full-width characters of `like`."""
    text = sign + (f"{int(whole):,}" if "," in manner["whole"] else whole)
    text += f".{decimals}" if decimals else ""
    marks = {mark.translate(_NARROW): mark for mark in like}
    if any(digit in like for digit in _WIDE_DIGITS):
        marks |= zip(_DIGITS, _WIDE_DIGITS)
    return text.translate(str.maketrans(marks))


def _exact(number: object, name: str) -> Fraction:
    if isinstance(number, Rational) and not isinstance(number, bool):
        return Fraction(int(number.numerator), int(number.denominator))
    raise ValueError(f"{name} is {number!r:.80}: expected a whole number or a Fraction, no float")


def _ratio(part: Rational, whole: Rational) -> Fraction:
    whole = _exact(whole, "whole")
    if whole <= 0:
        raise ValueError(f"whole is {whole}: expected a number above zero")
    return _exact(part, "part") / whole


@dataclass(frozen=True, eq=False)
class Column:
    """Printed numerals read once: row by row `in_units` units of width/scale. See parse_column."""

    in_units: np.ndarray
    width: np.ndarray
    scale: int
    signed: bool  # whether any row is below zero
    reach: int  # the largest 2·(size + 1)·width, to foresee an overflow
    index: pd.Index | None


def parse_column(printed: Any) -> Column:
    """Read a sequence, array or Series of numerals once, to ask about them often.

    Each distinct text is parsed once. A single text makes a column that stands for every row.
    """
    texts = _column(np.asarray(printed, dtype=object), "printed")
    codes, distinct = pd.factorize(texts.ravel(), use_na_sentinel=False)
    sizes, units = [], []
    for code, text in enumerate(distinct):
        try:
            size, unit = _in_units(_match(text))
        except ValueError as error:
            position = np.argmax(codes == code)
            raise ValueError(f"printed at position {position}: {error}") from None
        sizes.append(size)
        units.append(unit)
    scale = math.lcm(*{unit.denominator for unit in units})
    widths = [unit.numerator * (scale // unit.denominator) for unit in units]
    reach = max((2 * (abs(size) + 1) * width for size, width in zip(sizes, widths)), default=0)
    dtype = np.int64 if reach < 2**63 else object
    in_units = np.array(sizes, dtype)[codes].reshape(texts.shape)
    width = np.array(widths, dtype)
    width = width[codes].reshape(texts.shape) if len(set(widths)) != 1 else width[:1].reshape(())
    index = printed.index if isinstance(printed, pd.Series) else None
    return Column(in_units, width, scale, min(sizes, default=0) < 0, reach, index)


def consistent(printed: Any, part: Any, whole: Any, rule: str = "half_up") -> Any:
    """Whether part/whole, rounded by `rule`, prints as `printed`.

    A text, a part and a whole give a bool. If any of them is a column (list, array, Series, for
    `printed` also a parsed Column), so is the answer: a bool array, or a Series where one was
    given; single values stand for every row. Refused, with the position counted from 0: a whole
    that is not above zero, a missing value, a float.

    >>> consistent("71.17%", 3930, 5522)
    True
    >>> consistent(["3.12%", "3.13%"], 1, 32, rule="half_even")
    array([ True, False])
    """
    if not any(isinstance(given, Column) or np.ndim(given) for given in (part, whole, printed)):
        numeral = parse(printed)
        unit, ratio = numeral.unit.as_integer_ratio(), _ratio(part, whole).as_integer_ratio()
        return _fits_signed(numeral.in_units, *unit, *ratio, rule)
    column = printed if isinstance(printed, Column) else parse_column(printed)
    columns = column.in_units, column.width, _numbers(part, "part"), _numbers(whole, "whole")
    lengths = {len(values) for values in columns if values.ndim} or {1}
    if len(lengths) > 1:
        raise ValueError(f"printed, part and whole differ in length: {sorted(lengths)}")
    indexes = [given.index for given in (part, whole) if isinstance(given, pd.Series)]
    indexes += [] if column.index is None else [column.index]
    if any(not index.equals(indexes[0]) for index in indexes):
        raise ValueError("printed, part and whole differ in their index")
    answer = np.empty(lengths.pop(), dtype=bool)
    for start in range(0, len(answer), _CHUNK):
        rows = slice(start, start + _CHUNK)
        chunk = [values[rows] if values.ndim else values for values in columns]
        answer[rows] = _fits_rows(column, chunk, rule, start)
    return pd.Series(answer, index=indexes[0]) if indexes else answer


def _column(array: np.ndarray, name: str) -> np.ndarray:
    if array.ndim > 1:
        raise ValueError(f"{name} has {array.ndim} dimensions: expected one column")
    return array


def _numbers(values: Any, name: str) -> np.ndarray:
    """Whole numbers as an integer array; Fractions, and what is too large for one, as objects."""
    array = _column(np.asarray(values), name)
    if array.dtype.kind in "iu":
        return array
    if pd.isna(array).any():
        raise ValueError(f"{name} is missing at position {np.argmax(pd.isna(array))}")
    items = enumerate(values if array.ndim else [values])
    exact = [_exact(item, f"{name} at position {i}") for i, item in items]
    return np.array(exact, dtype=object).reshape(array.shape)


def _fits_rows(column: Column, chunk: list[np.ndarray], rule: str, start: int) -> Any:
    """_fits for rows of a column: in 64 bits if nothing can overflow, else in Python's integers."""
    in_units, width, part, whole = chunk
    if whole.min() <= 0:
        row = np.argmax(whole <= 0)
        found = f"whole at position {start + row} is {whole.flat[row]}"
        raise ValueError(f"{found}: expected a number above zero")
    lowest, highest = part.min(), part.max()
    size = max(int(highest), -int(lowest))
    largest = 2 * column.scale * (size + 1) + column.reach * int(whole.max())
    safe = largest < 2**63 and object not in (part.dtype, whole.dtype)
    dtype = np.int64 if safe else object
    part, whole = part.astype(dtype, copy=False), whole.astype(dtype, copy=False)
    if not safe:
        in_units, width = in_units.astype(object), width.astype(object)
        part, whole = _LOWEST_TERMS(part, whole)
    fits = _fits_signed if column.signed or lowest < 0 else _fits
    return fits(in_units, width, column.scale, part, whole, rule)


_LOWEST_TERMS = np.frompyfunc(lambda part, whole: Fraction(part, whole).as_integer_ratio(), 2, 2)


@dataclass(frozen=True)
class WholeNumbers:
    """The whole numbers from `low` to `high` (None: endless), all of them unless `ratio` is set.

    With `ratio` only those n for which some whole number lies in ratio·n. No numbers at all are
    written low 0, high -1. Only iterating takes longer the more there are.
    """

    low: int
    high: int | None
    ratio: Bounds | None = None

    @property
    def size(self) -> int | None:
        """How many there are, None if endless; unlike len() without a largest possible answer."""
        if self.high is None or self.ratio is None:
            return None if self.high is None else self.high - self.low + 1
        return _multiples(self.ratio, self.low, self.high)

    def __len__(self) -> int:
        if self.high is None:
            raise OverflowError(f"there is no end to the whole numbers from {self.low} up")
        return self.size

    def __bool__(self) -> bool:
        return self.high is None or self.low <= self.high

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, Integral) or number < self.low:
            return False
        if self.high is not None and number > self.high:
            return False
        return not self.ratio or _multiples(self.ratio, int(number), int(number)) == 1

    def __iter__(self) -> Iterator[int]:
        number = self.low
        while self.high is None or number <= self.high:
            yield number
            number += 1
            if self.ratio and number <= self.high and number not in self:
                number = _nth_multiple(1, self.ratio, number, self.high)


_NONE = WholeNumbers(0, -1)


def implied_parts(printed: str, whole: int, rule: str = "half_up") -> WholeNumbers:
    """The whole numbers k from zero up for which k/whole prints as `printed`.

    >>> implied_parts("8%", 1062)
    WholeNumbers(low=80, high=90, ratio=None)
    """
    return unround(printed, rule).times(_count(whole, "whole", 1)).whole_numbers()


def implied_wholes(printed: str, part: int | str, rule: str = "half_up") -> WholeNumbers:
    """The whole numbers n from one up for which part/n prints as `printed`.

    A part given as text is a count that was rounded too, by the same rule: then n need fit only one
    of the whole numbers the text can stand for, and the answers may have gaps. A numeral that can
    stand for zero, or for anything above it, sets no upper end.

    >>> implied_wholes("1.7%", 131)
    WholeNumbers(low=7486, high=7939, ratio=None)
    """
    ratio = unround(printed, rule)
    if isinstance(part, str):
        parts = unround(part, rule).whole_numbers()
    else:
        parts = WholeNumbers(_count(part, "part", 0), int(part))
    if 0 in parts and ratio.contains(0):
        return WholeNumbers(1, None)
    least = max(parts.low, 1)
    if parts.high < least or ratio.upper <= 0:
        return _NONE
    # k/n lies between lower and upper if n lies between k/upper and k/lower: the ends change places
    last = parts.high / ratio.lower if ratio.lower > 0 else None
    span = Bounds(least / ratio.upper, ratio.incl_upper, last, ratio.incl_lower).whole_numbers()
    found = span.size if last is None else _multiples(ratio, span.low, span.high)
    if found == span.size:
        return span
    if found == 0:
        return _NONE
    low, high = (_nth_multiple(nth, ratio, span.low, span.high) for nth in (1, found))
    return WholeNumbers(low, high, ratio)


def _count(number: int, name: str, least: int) -> int:
    if isinstance(number, Integral) and not isinstance(number, bool) and number >= least:
        return int(number)
    raise ValueError(f"{name} is {number!r:.80}: expected a whole number, {least} or more")


def _multiples(ratio: Bounds, first: int, last: int) -> int:
    """For how many n in first..last some whole number lies in ratio·n; ratio is above zero.

    Where ratio·n is too short to hold two whole numbers, those up to its upper end less those
    before its lower end, 0 or 1, are summed over n. What is longer always holds one.
    """
    width, open_ends = ratio.upper - ratio.lower, not (ratio.incl_lower or ratio.incl_upper)
    short = min(last, math.floor(1 / width) if open_ends else math.ceil(1 / width) - 1)
    p, q = ratio.upper.as_integer_ratio()
    up_to_upper = _floor_sum(short - first + 1, p * first - (not ratio.incl_upper), p, q)
    p, q = ratio.lower.as_integer_ratio()
    before_lower = _floor_sum(short - first + 1, p * first - ratio.incl_lower, p, q)
    return up_to_upper - before_lower + last - max(short, first - 1)


def _nth_multiple(nth: int, ratio: Bounds, first: int, last: int) -> int:
    """The nth of the numbers in first..last that _multiples counts; there must be as many."""
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        enough = _multiples(ratio, first, middle) >= nth
        low, high = (low, middle) if enough else (middle + 1, high)
    return low


def _floor_sum(count: int, start: int, step: int, divisor: int) -> int:
    """The sum of (start + step·i) // divisor over i < count, in as few steps as Euclid's algorithm.

    Method: Graham, Knuth and Patashnik, Concrete Mathematics, 3.5; floor_sum of AtCoder's library.
    """
    total = 0
    while count > 0:
        total += count * (count - 1) // 2 * (step // divisor) + count * (start // divisor)
        step, start = step % divisor, start % divisor
        count, start = divmod(step * count + start, divisor)
        step, divisor = divisor, step
    return total


def edits(printed: str) -> Iterator[tuple[str, str]]:
    """Every single slip of the digits, as (kind, edited text): each text once, never the original.

    One digit `changed` to another, two neighbours `swapped` (also across the point), one `dropped`,
    one `doubled`. Left out is what is no numeral any more or has a new zero in front. Sign, point
    and suffix stay; thousands are separated anew where they were separated.

    >>> [text for kind, text in edits("1.36%") if kind == "swapped"]
    ['3.16%', '1.63%']
    """
    manner = _match(printed)
    head, tail = printed[: manner.start("whole")], printed[manner.start("tail") :]
    whole, decimals = manner["whole"].replace(",", ""), manner["decimals"]
    digits = f"{whole}.{decimals}" if decimals else whole
    seen = {digits}
    for kind, edited in _slips(digits):
        whole_part, point, decimals = edited.partition(".")
        complete = whole_part and bool(point) == bool(decimals)
        if complete and edited not in seen and _padding(whole_part) <= _padding(whole):
            seen.add(edited)
            yield kind, head + _written(manner, printed, "", whole_part, decimals) + tail


def _slips(digits: str) -> Iterator[tuple[str, str]]:
    places = [i for i, mark in enumerate(digits) if mark != "."]
    for i in places:
        for digit in _DIGITS:
            yield "changed", digits[:i] + digit + digits[i + 1 :]
    for i, j in pairwise(places):
        yield "swapped", digits[:i] + digits[j] + digits[i + 1 : j] + digits[i] + digits[j + 1 :]
    for i in places:
        yield "dropped", digits[:i] + digits[i + 1 :]
    for i in places:
        yield "doubled", digits[: i + 1] + digits[i:]


def _padding(whole: str) -> int:
    """How many zeros stand in front of a whole number without need."""
    return len(whole) - len(whole.lstrip("0") or "0")
