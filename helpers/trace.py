"""A text → its numerals → what the ledger does not account for. Shares no code with the parser of the ledger.

What counts as a numeral is a closed rule:

1. Digits always count, whatever they stand for: every decimal digit of a text, half-width, full-width or of another
   script, is in exactly one numeral (the 155 of 第155場 too). ①, Ⅲ and ² are no decimal digits and do not count.
   - Part of the numeral: a sign before it (not after a letter, a digit, a closing bracket, %, or a unit of time), one
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
import os
import re
import sys
import unicodedata
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent.parent / "data"
_AROUND = 12
_ONES = "〇零一二兩两三四五六七八九"
_BIG = "(?:[百千億亿]|[萬万](?![州盛]))"
_RUN = f"(?:[{_ONES}十百千億亿]++|[萬万](?![州盛]))"
_DASHES = "‐‑‒–—―−─－~～〜-"
_MORE = "[餘余多幾几]"
_PER = "[個个]?百分[點点]"
_TIME = "(?:天|日|年|月|周|週|星期|小[時时]|分[鐘钟]|秒|[鐘钟][頭头])"
_PLACES = (
    "[區区縣县市省鎮镇鄉乡村]|街道|社[區区]|小[區区]|[樓楼單单]|[城地]區|[城地]区|[高中低][風风][險险]|[樣样]本|工作日"
)
_UNIT = f"(?:{_TIME}|[例人名戶户家輛辆歲岁次倍輪轮米]|位(?!一[體体])|公里|[個个](?:{_TIME}|{_PLACES}))"
_DIGITS = r"(?:\d{1,3}+(?!\d)(?:,\d{3}(?!\d))++|[０-９]{1,3}+(?!\d)(?:，[０-９]{3}(?!\d))++|\d++)(?:[.．]\d++)?"
_SUFFIX = (
    f"(?:{_MORE}?(?:[百千]?(?:[萬万](?![州盛])[億亿]?|[億亿])|[百千](?![米瓦克]))|{_PER}| ?[%％﹪‰]|pp(?![A-Za-z]))?"
)
_NUMERAL = re.compile(
    rf"""第[ ]?{_RUN}++|成千上[萬万]|成百上千|三天[兩两][頭头]|十[萬万]火急|(?P<numeral>
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
_HALVES = {"半數": "50%", "半数": "50%", "一半": "50%", "半": "0.5"}
_SAME = str.maketrans("零兩两", "〇二二")
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
    return hashlib.sha256("".join(f"{n.line}\t{n.text}\n" for n in found).encode()).hexdigest()


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
    missing: dict[str, deque[tuple[int, Numeral]]] = defaultdict(deque)  # by their text: index in found, and row
    alone, elsewhere, shift, i, j = [], [], 0, 0, 0
    lines = [n.line for n in found]
    for a, b in [*pairs, (len(found), len(ledger))]:
        alone += found[i:a]
        for row in ledger[j:b]:
            missing[row.text].append((min(max(bisect_right(lines, row.line), i), a), row))
        if a < len(found) and b < len(ledger):
            before, shift = shift, found[a].line - ledger[b].line
            if shift and shift == before:
                elsewhere[-1][2] += 1
            elif shift:
                elsewhere.append([found[a], ledger[b], 0])
        i, j = a + 1, b + 1
    said = []
    for n in alone:
        if missing.get(n.text):
            elsewhere.append([n, missing[n.text].popleft()[1], 0])
        else:
            said.append(_at(n, "not in the ledger"))
    for n, row, more in elsewhere:
        others = f", and so for the next {more}" if more else ""
        said.append(_at(n, f"the {_nth(n.position)} numeral is in the ledger {_of(row)}{others}"))
    for index, row in (entry for entries in missing.values() for entry in entries):
        last = found[index - 1] if index else Numeral(0, 1, 1, "")  # the place of what is missing is behind it
        spot = Numeral(0, last.line, last.column + len(last.text), "", last.before + last.text, last.after)
        said.append(_at(spot, f"not in the text: {shown(row.text)}, in the ledger {_of(row)}"))
    return sorted(said)


def _at(n: Numeral, said: str) -> Difference:
    return Difference(n.line, n.column, said, f"{shown(n.before[-_AROUND:])}[{shown(n.text)}]{shown(n.after)}")


def _of(row: Numeral) -> str:
    return f"the {_nth(row.position)}, in paragraph {row.line}"


def _nth(number: int) -> str:
    return f"{number}" + {1: "st", 2: "nd", 3: "rd"}.get(number % 10 * (number // 10 % 10 != 1), "th")


def shown(text: str, longest: int = 80) -> str:
    """Foreign text for a terminal: cut if long; controls, invisible and right-to-left characters escaped."""
    return "".join(map(_shown, text if len(text) <= longest else text[:longest] + "…"))


def _shown(mark: str) -> str:
    safe = mark.isprintable() and unicodedata.bidirectional(mark) not in ("R", "AL", "AN")
    return mark if safe else mark.encode("unicode_escape").decode("ascii")


def reads(n: Numeral) -> str:
    """What a worded or qualified numeral means, as comparator and digits; empty if it is plain, or a span."""
    if any(mark.isdecimal() for mark in n.text):
        sign, narrow = "", unicodedata.normalize("NFKC", n.text)
        said = re.sub(f"{_PER}$", "pp", narrow)
        said, more = re.subn(_MORE, "", said)
        if not re.fullmatch(r"\d[\d,.]*(?:[萬万億亿%‰]|pp)?", said):
            return ""  # a span, a sign, 5千: for the curator
        said = "".join(str(unicodedata.decimal(mark, mark)) for mark in said)
        plain = said == narrow
    else:
        (sign, said), more, plain = _worded(n.text), 0, False
    before, after = _BEFORE.search(n.before), _AFTER.match(n.after)
    if before and before.group() == "近" and n.text[0] not in "百千萬万億亿" and re.match(f"[個个]?{_TIME}", n.after):
        before = None  # 近3天: the last three days
    sign = sign or (">" if more else _SIGNS[(before or after).lastgroup] if before or after else "")
    return "" if not said or (plain and not sign) else sign + said


def _worded(text: str) -> tuple[str, str]:
    """Comparator and digits of a worded numeral; no digits where it is a span or too long to be meant."""
    if text in _HALVES:
        return "", _HALVES[text]
    if text[-2:] in ("個半", "个半"):
        value = _value(text[:-2])
        return "", "" if value is None else f"{value}.5"
    if text[-1] == "半" and "成" not in text:
        return ">", "50%"  # 過半, 大半
    if "分之" in text:
        whole, part = map(_value, re.split("分之", text, maxsplit=1))
        if not whole or part is None:
            return "", ""
        if whole == 1000:
            return "", f"{part}‰"
        percent, rest = divmod(part * 100, whole)
        return "~" if rest else "", f"{percent + (2 * rest >= whole)}%"
    if "成" in text:
        tenths = _value(text[: text.index("成")])
        return "", "" if tenths is None else f"{tenths * 10 + 5 * (text[-1] != '成')}%"
    text, points = re.subn(f"{_PER}$", "", text)
    word = re.sub(f"^上|{_MORE}|[來来数數]", "", text)
    several = text[0] in "數数幾几"
    value = _value(word)
    sign = ">=" if several or text[0] == "上" else ">" if word != text else ""
    return sign, "" if value is None else f"{value * (2 if several else 1)}{'pp' if points else ''}"


def _value(word: str) -> int | None:
    """A number word as a number: 兩千三百, 十二, 二〇二二; None for a span (兩三) and for what is hardly a number."""
    values = [_SCALES.get(mark) or "〇一二三四五六七八九".find(mark.translate(_SAME)) for mark in word]
    if not values or len(values) > 12 or -1 in values:
        return None
    if max(values) < 10:
        return None if len(values) == 2 else int("".join(map(str, values)))
    if 0 < values[-1] < 10 and values[-2] >= 100:
        return None  # 一萬二 means 12000
    total, section, digit = 0, 0, None
    for value in values:
        if value >= 10**4:
            section += digit or 0
            total = (total + section or 1) * value if not section or value > total else total + section * value
            section, digit = 0, None
        elif value >= 10:
            section, digit = section + (1 if digit is None else digit) * value, None
        elif digit:
            return None  # 三四十
        else:
            digit = value
    return total + section + (digit or 0)


def main(arguments: list[str], data: Path = DATA) -> int:
    """The command `trace`: 0 if text and ledger agree, 1 if not, 2 if they cannot be compared."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers trace", description="Is every numeral of a text in the ledger?"
    )
    parser.add_argument("file", metavar="FILE", help="a text, UTF-8, a paragraph a line")
    parser.add_argument("--briefing", metavar="N", help="compare with this one, not with the one that agrees best")
    parser.add_argument("--draft", action="store_true", help="write the rows of a new briefing as CSV, to be filled in")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    name = shown(os.fsencode(options.file).decode("utf-8", "backslashreplace"), 4096)  # the same in every locale
    try:
        found = numerals(_text(Path(options.file), name))
        if options.draft:
            _draft(found, data)
            return 0
        return _report(name, found, options.briefing, data)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _text(path: Path, name: str) -> str:
    if not path.is_file():
        raise ValueError(f"{name}: no such file")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"{name}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        found = f"byte 0x{error.object[error.start]:02x} at {error.start}"
        raise ValueError(f"{name}: not UTF-8 text ({found})") from None
    if "\0" in text:
        raise ValueError(f"{name}: not a text: it holds NUL characters")
    return text


def _draft(found: list[Numeral], data: Path) -> None:
    """The columns of numbers/*.csv; filled in is what is certain. An empty kind is refused until a person has decided."""
    schema = json.loads((data / "numbers.schema.json").read_text(encoding="utf-8"))
    table = csv.DictWriter(sys.stdout, [field["name"] for field in schema["fields"]], lineterminator="\n")
    table.writeheader()
    for n in found:
        table.writerow({"paragraph": n.line, "position": n.position, "printed": n.text, "reads": reads(n)})
    print(f"{len(found)} numerals; their digest, for briefings.csv: {digest(found)}", file=sys.stderr)


def _report(name: str, found: list[Numeral], briefing: str | None, data: Path) -> int:
    from helpers import ledger  # here, so that the reader and --draft need nothing but Python

    record = ledger.load(data)
    whole = record.briefings[record.briefings["coverage"] == "whole"].set_index("briefing")["digest"]
    rows = {
        key: list(table[["paragraph", "position", "printed"]].itertuples(index=False, name=None))
        for key, table in record.numbers.groupby("briefing")
        if key in whole.index
    }
    if not rows or briefing not in (None, *rows):
        given = "" if briefing is None else f"briefing {shown(briefing)}: "
        raise ValueError(f"{given}only a briefing recorded as a whole can be compared: {', '.join(rows) or 'none is'}")
    if briefing is None:
        texts = [n.text for n in found]
        briefing = max(rows, key=lambda key: len(_align(texts, [n.text for n in recorded(rows[key])])))
        print(f"Compared with briefing {briefing}: of those recorded as a whole, it agrees best.")
    differences = compare(found, rows[briefing])
    table = f"data/numbers/{briefing}.csv"
    if not differences and digest(found) == whole[briefing]:
        print(f"All {len(found)} numerals of {name} found, in order, in {table}; their digest is the recorded one.")
        return 0
    for difference in differences:
        print(f"{name}:{difference}")
    if not differences:
        print(f"{name}: the numerals are those of {table}, but the digest in data/briefings.csv is another.")
    else:
        count = "1 difference" if len(differences) == 1 else f"{len(differences)} differences"
        print(f"{count} between {name} ({len(found)} numerals) and {table} ({len(recorded(rows[briefing]))}).")
    return 1
