"""A text → its numerals → what the ledger does not account for. Shares no code with the parser of the ledger.

What counts as a numeral is a closed rule:

1. Digits always count, whatever they stand for: every decimal digit of a text, half-width, full-width or of another
   script, is in exactly one numeral (the 155 of 第155場 too). ①, Ⅲ and ² are no decimal digits and do not count.
   - Part of the numeral: a sign before it (not after a letter, a digit, a bracket, %, or a unit of time), one
     decimal point, commas before groups of three digits (a full-width comma only among full-width digits, elsewhere
     it ends a clause), and one suffix: 百 千 萬 億, with 餘 多 幾 before it (30餘萬), % ‰ pp, 個百分點.
   - A span is one numeral where dashes or tildes join its ends (0—12, 5%~8%, 2022-11-30), and two where words do
     (3至5) or a unit stands between (28日—30日): so a date is its month and its day. 53+2239, 1/3 and 12:30 are two.
2. A number word (〇零一二兩三四五六七八九十百千萬億) counts only
   - as a fraction (三分之一, 百分之八), a tenth (六成, 七成五) or a half (一半, 半數, 大半, 過半; 半 before a unit of time);
   - with 數 幾 上 before it (數十, 上千) or 餘 多 幾 來 behind it (百餘, 十多); or if 十 百 千 萬 億 alone follow
     近 約 逾 超 過 破 (近百), where only the word is the numeral;
   - as a multiple of 百 千 萬 億 (兩千, 三百二十萬; but not 五百強), or before 個百分點;
   - before a counting word: a unit of time (天 日 周 月 年 個月 小時 …), 例 人 名 位 戶 家 輛 歲 次 倍 輪 米 公里, or 個
     before a place or 樣本 (兩天, 三個區縣, 三至五天). 一 counts so only before 例 and in a date (十一月一日), 百 千 萬
     億 alone and 二次 never. The counting word is not part of the numeral.
3. Nothing else counts: ordinals (第一, 第九版), names of documents (二十條, 二十大), set phrases (千方百計, 一對一,
   千家萬戶, 成千上萬, 三位一體), weekdays, the places 萬州 and 萬盛, the text counting its own list (五項, 三類, 兩個方面).
All this in traditional and in simplified characters. Words such as 約, 超過, 以上 stay outside of a numeral: see `reads`.

The work grows with the length of a text and no faster: every repetition is possessive, every look behind is of fixed
width, and a run of digits or number words is taken whole by the last alternative, so none is entered in its middle.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import sys
import unicodedata
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

_AROUND = 12
_ONES = "〇零一二兩两三四五六七八九"
_BIG = "(?:[百千億亿]|[萬万](?![州盛]))"
_RUN = f"(?:[{_ONES}十百千億亿]++|[萬万](?![州盛]))"
_DASHES = "-‐‑‒–—―−─－~～〜"
_MORE = "[餘余多幾几]"
_PER = "[個个]?百分[點点]"
_TIME = "(?:天|日|年|月|周|週|星期|小[時时]|分[鐘钟]|秒|[鐘钟][頭头])"
_PLACES = "[區区縣县市省鎮镇鄉乡村]|街道|社[區区]|小[區区]|[樓楼單单]|[城地]區|[城地]区|[高中低][風风][險险]|[樣样]本|工作日"
_UNIT = f"(?:{_TIME}|[例人名戶户家輛辆歲岁次倍輪轮米]|位(?!一[體体])|公里|[個个](?:{_TIME}|{_PLACES}))"
_DIGITS = r"(?:\d{1,3}+(?!\d)(?:,\d{3}(?!\d))++|[０-９]{1,3}+(?!\d)(?:，[０-９]{3}(?!\d))++|\d++)(?:[.．]\d++)?"
_SUFFIX = f"(?:{_MORE}?(?:[百千]?(?:[萬万](?![州盛])[億亿]?|[億亿])|[百千](?![米瓦克]))|{_PER}| ?[%％﹪‰]|pp(?![A-Za-z]))?"
_NUMERAL = re.compile(
    rf"""第[ ]?{_RUN}++|千方百[計计]|一[對对]一|千家[萬万][戶户]|成千上[萬万]|成百上千|三天[兩两][頭头]|十[萬万]火急|(?P<numeral>
    (?:(?<![A-Za-z\d)\]）%％‰年月日號号時时分秒點点天周週])[-+－＋−](?=\d))?
        {_DIGITS}{_SUFFIX.replace(" ", "[ ]")}(?:[ ]?[{_DASHES}]{{1,2}}[ ]?{_DIGITS}{_SUFFIX.replace(" ", "[ ]")})*+
    | {_RUN}++分之{_RUN}++(?:[點点]{_RUN}++)?
    | (?<![統统唯逐])[{_ONES}十]++成(?![員员立為为功]|不[變变])[五半]?
    | 半[數数] | 一半 | (?:一?大|(?<![超通經经])[過过])半(?![數数個个天年月日小夜封島岛決决])
    | [{_ONES}十]++[個个]半(?={_TIME}) | (?<![上下前後后大多夜])半(?=[個个]?{_TIME})
    | (?:(?<![人指總总次個个戶户倍件天多少均])[數数幾几](?:十|{_BIG})++ | (?<![以網网線线規规])上{_BIG}++)(?!姓)[餘余多]?
    | [{_ONES}十]{_RUN}*+{_PER}
    | [{_ONES}十]++{_BIG}{_RUN}*+(?:{_MORE}[萬万億亿]?)?(?![強强])
    | {_RUN}++(?<=[十百千萬万億亿])(?:{_MORE}[萬万億亿]?|[來来](?=[萬万個个天人名年位家例]))
    | (?<=[近約约逾超破過过])(?<![附靠]近)(?<![通經经][過过])(?:十|{_BIG})++
    | (?<!周)(?<!週)(?<!星期)(?!一(?!{_RUN}))(?!二次)[{_ONES}十]{_RUN}*+(?={_UNIT}|[至到{_DASHES}]{_RUN}++{_UNIT})
    | 一(?=例|月{_RUN}++[日號号]) | (?<=月)一(?=[日號号])
    )|{_RUN}++""",
    re.VERBOSE,
)
_BEFORE = re.compile(
    "(?:(?P<ge>至少|不[少低][於于])|(?P<le>至多|最多|不超[過过]|不[高多][於于])|(?P<gt>超[過过]?|逾|突?破|[高大多][於于])"
    "|(?P<lt>不[足到]|[低少小][於于]|未[滿满])|(?P<about>大?[約约]|[將将接]?近))[為为了達达到]?$"
)
_AFTER = re.compile(
    "(?P<gt>[餘余多])|[個个]?[例人名天日家項项戶户歲岁次倍輛辆]?(?:(?P<ge>以上)|(?P<le>以[下內内])|(?P<about>左右|上下))"
)
_SIGNS = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<", "about": "~"}
_SCALES = {"十": 10, "百": 100, "千": 1000, "萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8}


class Numeral(NamedTuple):
    """A numeral as printed, the how-many-th of its text, where it begins (from 1), and up to 12 characters around it."""

    position: int
    line: int
    column: int
    text: str
    before: str = ""
    after: str = ""


class Difference(NamedTuple):
    """A place of the text, and what text and ledger do not agree on there."""

    line: int
    column: int
    said: str
    around: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.said}" + (f": {self.around}" if self.around else "")


def numerals(text: str) -> list[Numeral]:
    """Every numeral of a text, in reading order; lines end in LF, CR LF or CR, and blank ones count."""
    found: list[Numeral] = []
    for number, line in enumerate(re.split(r"\r\n?|\n", text), 1):
        for match in _NUMERAL.finditer(line):
            if match["numeral"]:
                start, end = match.span()
                around = line[max(start - _AROUND, 0) : start], line[end : end + _AROUND]
                found.append(Numeral(len(found) + 1, number, start + 1, match["numeral"], *around))
    return found


def recorded(rows: Iterable[tuple[int, int, str]]) -> list[Numeral]:
    """What rows (paragraph, position, printed) say of a text; rows that one numeral stands for are one."""
    return [Numeral(int(place), int(row), 0, text) for row, place, text in dict.fromkeys(map(tuple, rows))]


def digest(found: Iterable[Numeral]) -> str:
    """SHA-256 over a line for each numeral: its paragraph, TAB, the numeral, LF."""
    return hashlib.sha256("".join(f"{n.line}\t{n.text}\n" for n in found).encode("utf-8", "surrogatepass")).hexdigest()


def compare(found: Sequence[Numeral], rows: Iterable[tuple[int, int, str]]) -> list[Difference]:
    """What a text has that rows (paragraph, position, printed) have not, have elsewhere or otherwise, and vice versa."""
    ledger = recorded(rows)
    ways = (  # aligned with regard to the paragraph or without: what explains the difference in fewer steps
        _align([(n.line, n.text) for n in found], [(n.line, n.text) for n in ledger]),
        _align([n.text for n in found], [n.text for n in ledger]),
    )
    return min((_differences(found, ledger, pairs) for pairs in ways), key=len)


def _align(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """A longest common subsequence, as pairs of indexes: Hyyrö's (2004), a whole row of the table in one integer."""
    same = next((i for i, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))
    masks: dict[Hashable, int] = defaultdict(int)
    for j, key in enumerate(right[same:]):
        masks[key] |= 1 << j
    i, j = len(left) - same, len(right) - same
    rows = [full := (1 << j) - 1]
    for key in left[same:]:
        hit = rows[-1] & masks.get(key, 0)
        rows.append((rows[-1] + hit | rows[-1] - hit) & full)
    pairs = []
    while i and j:
        if rows[i] >> (j - 1) & 1:
            j -= 1
        elif rows[i - 1] >> (j - 1) & 1:
            i, j = i - 1, j - 1
            pairs.append((same + i, same + j))
        else:
            i -= 1
    return [(i, i) for i in range(same)] + pairs[::-1]


def _differences(found: Sequence[Numeral], ledger: list[Numeral], pairs: list[tuple[int, int]]) -> list[Difference]:
    alone, missing, shifted, shift = [], [], [], 0
    i = j = 0
    for gap, (a, b) in enumerate([*pairs, (len(found), len(ledger))]):
        alone += [(gap, n) for n in found[i:a]]
        missing += [(gap, a, row) for row in ledger[j:b]]
        if a < len(found) and b < len(ledger):
            before, shift = shift, found[a].line - ledger[b].line
            if shift and shift != before:
                shifted.append([found[a], ledger[b], 0])
            elif shift:
                shifted[-1][2] += 1
        i, j = a + 1, b + 1
    moved: dict[str, deque] = defaultdict(deque)
    for entry in missing:
        moved[entry[2].text].append(entry)
    found_elsewhere = {n.position: moved[n.text].popleft() for _, n in alone if moved.get(n.text)}
    shifted += [[n, found_elsewhere[n.position][2], 0] for _, n in alone if n.position in found_elsewhere]
    gaps: dict[int, tuple[list, list]] = defaultdict(lambda: ([], []))
    for gap, n in alone:
        if n.position not in found_elsewhere:
            gaps[gap][0].append(n)
    gone = {id(entry) for entry in found_elsewhere.values()}
    for entry in missing:
        if id(entry) not in gone:
            gaps[entry[0]][1].append(entry)
    said = []
    for n, row, more in shifted:
        others = f", and so the {more} after it" if more else ""
        said.append(_at(n, f"the {_nth(n.position)} numeral is in the ledger as {_of(row)}{others}"))
    for here, rows in gaps.values():
        if len(here) == len(rows):
            said += [_at(n, f"in the ledger stands {shown(row.text)}, {_of(row)}") for n, (_, _, row) in zip(here, rows)]
            continue
        said += [_at(n, "not in the ledger") for n in here]
        for _, index, row in rows:  # its place: behind the numeral before it
            last = found[index - 1] if index else Numeral(0, 1, 1, "")
            spot = Numeral(0, last.line, last.column + len(last.text), "", last.before + last.text, last.after)
            said.append(_at(spot, f"{shown(row.text)} of the ledger, {_of(row)}, is not in the text"))
    return sorted(said)


def _at(n: Numeral, said: str) -> Difference:
    return Difference(n.line, n.column, said, f"{shown(n.before[-_AROUND:])}[{shown(n.text)}]{shown(n.after)}")


def _of(row: Numeral) -> str:
    return f"the {_nth(row.position)}, paragraph {row.line}"


def _nth(number: int) -> str:
    return f"{number}" + {1: "st", 2: "nd", 3: "rd"}.get(number % 10 * (number // 10 % 10 != 1), "th")


def shown(text: str) -> str:
    """Foreign text for a terminal: cut if long; controls, invisible and right-to-left characters escaped."""
    return "".join(map(_shown, text if len(text) <= 80 else text[:80] + "…"))


def _shown(mark: str) -> str:
    if mark.isprintable() and unicodedata.bidirectional(mark) not in ("R", "AL", "AN"):
        return mark
    return mark.encode("unicode_escape").decode("ascii") if ord(mark) > 0xFF else f"\\x{ord(mark):02x}"
