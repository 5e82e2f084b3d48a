"""A text → its numerals, and what each of them reads, by a closed rule.

1. Digits always count, whatever they stand for: every decimal digit of a text, of any script, is in
   exactly one numeral (the 155 of 第155場 too). ①, Ⅲ and ² are no decimal digits. Part of it are
   - a sign in front, 負 or 零下; a decimal point; thousands in groups of three set apart by commas
     (full-width ones among full-width digits alone) or by blanks (60 000);
   - a scale: 百 千 萬 億 兆, with what follows it (2萬4866, 43萬6千, 1千零1), and 餘 多 幾 with any;
   - what makes it a share: % ‰ pp, 個百分點 or 百分點; 成 with 半 or a digit (6成5); 分之 (3分之1);
   - 半 behind a unit of time or 倍 (3年半, 3個半). One blank may stand between any of these.
   Digits joined by a dash or tilde are one numeral (0—12, 5%~8%), and so is a date (2022.11.30);
   joined by words, by / or by : they are two, and so where a unit stands between (28日—30日).
   Digits around one comma that sets no thousands apart (76,18), around two points, or in groups as
   in 1,00,000 are one numeral that reads nothing; around more commas they are a list (422,85,23).
2. A number word (〇零一二兩三四五六七八九十廿卅百千萬億兆, 點 for the decimal point) counts only
   - as a fraction (三分之一, 百分之8), a tenth (六成, 八成六) or a half: 半數, 一半, 大半, 過半 近半 逾半
     (半 is the numeral), 半 before a unit of time, behind one (兩年半) and in 三個半 before one;
   - with 數 幾 上 in front (數十, 上千) or 餘 多 幾 來 數 behind (百餘); and 十 百 千 萬 億 alone
     behind a comparator (近百, 過萬, 不足百);
   - as a multiple of 百 千 萬 億 (兩千; not 五百強), before 個百分點, and as a decimal with 零 in front;
   - before a counting word of the mainland, Hong Kong or Taiwan (`_UNIT`), or with 至 到 或 or a
     dash between it and another that does (三至五天, 三至四成). 一 counts so only before 例 宗 劑 針
     and in a date.
3. Nothing else counts: ordinals (第一, 前三位), times (三點半), grades, names of documents (二十條),
   set phrases (千方百計, 年過半百, 兩位數, 三次產業), 萬州 and 萬盛, a text's count of its own list
   (五項, 三類), capital figures (伍仟). English words for numbers are not read: `3.3 million` is 3.3.

All in traditional and simplified characters alike, because it is read in one spelling. A numeral
is never read as more exact than it is: a comparator in front, behind, or behind the unit makes it a
bound, and what is no well-formed number, or could be two, reads nothing. The work grows with the
length of a text and no faster: each repetition is possessive, and a run is entered once.
"""

import re
import unicodedata
from decimal import Decimal, localcontext
from typing import NamedTuple

_SPELLINGS = str.maketrans(
    "货两点亿万余几数达处级礼时钟头区县镇乡楼单风险样国门项业个场岁户辆剂针间栋张吨亩条队体顷员为长价岛决径导载号强届产会议后"
    "过变负经总网线规来约满码于没仅将内与％﹪＋．＞＜≧≦佔爲産‐‑‒–—―─～〜−－﹣",
    "貨兩點億萬餘幾數達處級禮時鐘頭區縣鎮鄉樓單風險樣國門項業個場歲戶輛劑針間棟張噸畝條隊體頃員為長價島決徑導載號強屆產會議後"
    "過變負經總網線規來約滿碼於沒僅將內與%%+.><≥≤占為產~~~~~~~~~---",
)
_GRAMMAR = {
    "ONE": "〇一二三四五六七八九零兩",
    "BIG": "(?:百(?!分點|[貨姓科])|[千億]|兆(?![瓦帕赫位])|萬(?![州盛]))",
    "RUN": "(?:[<ONE>十廿卅]++|<BIG>)",
    "WORD": "[<ONE>十廿卅]<RUN>*+",
    "MORE": "(?:餘|幾|多(?![數達處地次])|來(?=[ ]?[百千萬億個天人名年位家例歲]))",
    "TIME": "(?:天|日|年(?![級代])|月|[周週](?!歲)|星期|禮拜|小時|分鐘|秒|鐘頭)",
    "PLACE": "區縣|鎮街|鄉鎮|[區縣市省鎮鄉村樓單]|街道|社區|小區|城區|地區|[高中低]風險區?|國家",
    "THING": "樣本|工作日|家庭|部門|項目|企業|病例|個案|案例|工地|航班|床位|點位|場所",
    "UNIT": "(?:<TIME>|周?歲|[例名戶家輛次倍輪米宗劑針間所座幢棟批起件份張台艘架隻只頭株支盒瓶箱噸斤畝趟筆顆粒枚套列桶罐晚夜冊封]"
    "|[處場](?!所)|人(?!民)|條(?!例)|部(?![門委分隊])|位(?!一體|數)|公[里斤頃]|千[克米瓦]|[平立]方米"
    "|平方公里|(?:[美歐日港澳]|人民幣)?元(?![素旦宵])|個(?:多?<TIME>|<PLACE>|<THING>))",
    "POINTS": "個?百分點",
    "TENTH": "成(?![員立功品分效長]|交(?!付)|就(?!業)|年(?!輕)|都(?=[市高天武]))"
    r"(?:半|\d(?![\d.,])|[一二三四五六七八九])?<MORE>?",
    "HALF": "半(?![數價夜島封決徑導成路途票場載百])",
    "LAST": "(?:年|天|小時|[周週]|星期|禮拜|公里|倍)",
    "SCALE": "(?:[百千](?![貨姓科度分合米瓦克伏帕卡赫焦])|萬(?![州盛])|億|兆(?![瓦帕赫位]))",
    "DIGITS": r"""(?:
        (?<!\d,)\d{1,3}+(?:,\d{3})++(?!,?\d)(?:\.\d++)?             # 1,208
        | (?<!\d[ ])\d{1,3}+(?:[ ]\d{3}(?!\d))++(?![ ]\d)(?:\.\d++)?   # 60 000
        | (?<!\d,)\d++,\d++(?!,\d)                                  # 76,18
        | (?<!\d,)\d++(?:,\d++)++(?<=,\d\d\d)                       # 1,00,000
        | \d{4}[-~]\d\d?[-~]\d\d?(?!\d) | \d{4}/\d\d?/\d\d?(?!\d)   # 2022-11-30
        | \d++(?:\.\d++){2,}+ | \d++·\d++                           # 2022.11.30, 8·25
        | \d++點\d++(?=[ ]?(?:<SCALE>|倍|<POINTS>)) | \d++(?:\.\d++)?
    )""",
    "TAIL": r"""(?:
        [ ]?個半(?=<TIME>) | (?<!\d{4})[ ]?<LAST><HALF> | [ ]?分之[ ]?(?:<DIGITS>|<RUN>++)
        | (?:[ ]?<MORE>?[ ]?<SCALE>{1,2}(?:[ ]?零?\d{1,4}+[ ]?<SCALE>)*+
            (?:零?(?:\d{1,3},\d{3}|\d{1,8}+)(?![\d.,%‰]|[ ]?[月日年時號])
              |(?<=萬)[ ]\d{4}(?![\d.,%‰]|[ ]?年))?+)?+
          <MORE>?(?:[ ]?(?:[%‰]<MORE>?|<POINTS>|<TENTH>)|pp(?![A-Za-z]))?
    )""",
}


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern with the <NAMES> of the grammar, each of which may use those above it."""
    for name in reversed(_GRAMMAR):
        text = text.replace(f"<{name}>", _GRAMMAR[name])
    return re.compile(text, re.VERBOSE)


_NUMERAL = _pattern(
    r"""第[ ]?<RUN>++ | 前<RUN>++(?=[位名甲強大家]) | <RUN>++(?:位數|屆|次(?:產業|會議|全會|元|方|污染|感染))
    | <RUN>++點(?:[半整鐘許前後]|<RUN>++分(?!之)) | 成千上萬 | 成百上千 | 三天兩頭 | 十萬火急 | 過半百
    | 一年半載 | 一成不變 | 三位一體 | 二?十條 | (?P<numeral>
    (?:(?<![A-Za-z\d)\]）%‰年月日號時分秒點天周週-])[-+](?=\d)|(?:負|零下)[ ]?(?=\d))?
        <DIGITS><TAIL>(?:[ ]?[-~]{1,2}[ ]?<DIGITS><TAIL>)*+
    | 負?<RUN>++分之[ ]?(?:<DIGITS>(?:點\d++)?|<RUN>++(?:點<RUN>++)?)
        (?:<MORE>|[至到]<RUN>++(?!分之|<UNIT>))?+
    | (?<![統唯逐])[<ONE>十]++<TENTH>
    | 半數 | 一半 | 一?大半(?![年天夜個])
    | (?<=[過近逾超])(?<![通經不]過)(?<!附近)<HALF>(?!個|<TIME>|小) | (?<![上下前後大多夜])半(?=個?多?<TIME>)
    | [<ONE>十]++(?:個半(?=<TIME>)|<LAST><HALF>)
    | (?:(?<![人指總次個戶倍件天多少均])[數幾](?:十|<BIG>)++|(?<![以網線規])上<BIG>++)[餘多]?
    | <RUN>++數(?=<UNIT>)
    | <WORD>(?:點<RUN>++)?<POINTS> | 零下<RUN>++(?=度)
    | 零點<RUN>++(?![分時點]) | <WORD>點<RUN>++(?:(?<=[百千萬億兆])|(?=<UNIT>))
    | [<ONE>十廿卅]++<BIG><RUN>*+(?:<MORE>[萬億]?)?(?!強)
    | <RUN>++(?<=[十百千萬億])(?:<MORE>[萬億]?)
    | (?:(?<=[近約逾超破過達])|(?<=不足|不到|[未不]滿))(?<![附靠最]近)(?<![通經路不]過)(?:十|<BIG>)++
    | (?<![周週])(?<!星期)(?<!禮拜)(?!一(?!<RUN>)|二次|零[件部])<WORD>
        (?=<UNIT>|[至到或~-]<RUN>++(?:<UNIT>|成|(?<=[百千萬億]))|、<RUN>++成)
    | 一(?=[例宗劑針]|月<RUN>++[日號]) | (?<=月)一(?=[日號])
    )|<RUN>++"""
)
_BEFORE = _pattern(
    """(?:(?P<ge>[至最]少|起碼|不下於?|[不未][少低小]於|大於或?等於|多達|≥|>=)
    |(?P<le>[至最]多|[不未沒](?:有|曾)?超[過出]?|[不未]逾|不[高多大]於|小於或?等於|≤|<=)
    |(?P<gt>超[過出]?|逾|突?破|[高大多]於|不[止只僅]|>|(?<![通經不超度渡路越透])過(?!的))
    |(?P<lt>不[足到滿及]|[低少小]於|未[滿達到足及]|<)|(?P<about>大?約|大概|大致|差不多|[將接幾]?近|幾乎|≈))
    [為達到占有了至的]{0,2}[ ]?$"""
)
_AFTER = _pattern(
    r"""[ ]?(?:(?P<more>個?多(?=<TIME>)|<UNIT>[多餘](?=[，。、；的來前後時]|$))
    |(?:<UNIT>|個[^，。、；]{1,2}|[^\d<ONE>十百千，。、；,;.\s]){0,2}?(?:[(（]含[^)）]?[)）])?(?:
    (?P<ge>(?:[及或]|或者)?以上|或更多|\+(?!\d))|(?P<le>(?:[及或]|或者)?以下|[以之]內)
    |(?P<gt>有餘|開外)|(?P<about>左右|上下)))"""
)
_SUFFIX = _pattern("(.*?)((?:<POINTS>|pp|[%‰]|[萬億]+)$|成(?=.?$)|$)")
_COUNTING = _pattern("[ ]?(<UNIT>|[個項])")
_SPAN = _pattern("[ ]?個?多?<TIME>")
_POINT = _pattern("成|(?:個|<LAST>)(?=半$)")  # 6成5 is 6.5 tenths, 3年半 3.5 years
_DATED = re.compile(
    r"""(?s)^(?!.*(?:連續|近|過去|未來|為期|[僅每共])[ ]?\[|.*半\]).*\][ ]?[)）]?(?:[月日號時:：]|點(?!位)|季度)
    |(?:第[ ]?|[A-Za-z][-.]?|\d[:：])\[|前\[\S+\][ ]?[位名強]|\[\d{4}([-/.])\d\d?\1\d\d?\]|·
    |\[(?:[12]\d{3}|[一二][〇零九].{2})\][ ]?年""",
    re.VERBOSE,
)
_DIGITS = _pattern(  # 二〇二二, 二〇; not 兩三
    r"""(?=.)(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ ]\d{3})+|\d*
    |[<ONE>]|[<ONE>]{4,}|(?![〇零])[<ONE>]+[〇零][<ONE>]*)(?:[.點][\d<ONE>半]+)?"""
)
_DIGIT_OF = str.maketrans(_GRAMMAR["ONE"] + "點半", "012345678902.5", ", ")
_SEVERAL = str.maketrans("上數幾", "一二二")
_OWN = re.compile("(?P<ge>^[上數幾])|(?P<about>來)|(?P<gt>[餘多數幾])")
_SIGNS = {"ge": ">=", "le": "<=", "gt": ">", "more": ">", "lt": "<", "about": "~"}
_ZEROS = {"兆": 12, "億": 8, "萬": 4, "千": 3, "百": 2, "十": 1}
_HALVES = {"半數": "五成", "一半": "五成", "大半": "五成餘", "一大半": "五成餘", "半": "零點五"}
_LINKS = set("和與及、至到或")


class Numeral(NamedTuple):
    """One numeral of a text: where it stands, how it is written, what it reads.

    `paragraph` is the line of the text and `position` the how-many-th numeral of it, both from 1;
    `text[start:stop]` is `printed`, and `spelling` the same in the record's spelling. `reads` is a
    comparator and digits as helpers.rounding reads them, empty where the spelling says it or where
    nothing is certain. `quantity` is false for dates, hours, ordinals and names. `unit` is the
    counting word behind it, or behind the one it shares it with (2至3萬人), in that spelling.
    """

    paragraph: int
    position: int
    printed: str
    spelling: str
    reads: str
    quantity: bool
    start: int
    stop: int
    unit: str


def numerals(text: str) -> list[Numeral]:
    """Every numeral of a text, in reading order; lines end in LF, CR LF or CR, blank ones count.

    >>> [(n.spelling, n.reads, n.unit) for n in numerals("约2万4866例，占6成5以上")]
    [('2萬4866', '~24866', '例'), ('6成5', '>=65%', '')]
    """
    folded = _fold(text)
    spans = [match.span() for match in _NUMERAL.finditer(folded) if match["numeral"]]
    found, line, at = [], 1, 0
    with localcontext(prec=200):  # so all of it is exact: no one writes longer numbers
        for (start, stop), (word, lent, end) in zip(spans, _shared(folded, spans), strict=True):
            line, at = line + folded.count("\n", at, start), start
            before = folded[max(start - 9, 0) : start]
            reads = _reads(word, lent, before, folded[stop : stop + 9])
            share = re.search("[%‰p成分]", word + lent)
            counting = None if share else _COUNTING.match(folded, end)
            unit = counting[1] if counting else ""
            quantity = not _DATED.search(f"{before}[{word}]{folded[end : end + 3]}")
            place = (line, len(found) + 1, text[start:stop], word)
            found.append(Numeral(*place, reads, quantity, start, stop, unit))
    return found


def spelling(printed: str) -> str:
    """A numeral as the record spells it: traditional, 0-9, a dash as —, no blank but in 60 000.

    >>> spelling("０~12"), spelling("4557.4 万"), spelling("百余")
    ('0—12', '4557.4萬', '百餘')
    """
    word = re.sub(r"(?<!\d) | (?!\d{3})", "", _fold(printed.strip()))
    date = re.fullmatch(r"\d{4}[-~/]\d\d?[-~/]\d\d?", word)
    return word.replace("~", "-") if date else re.sub("(?<=.)[-~]+", "—", word)


def _fold(text: str) -> str:
    """The same characters, one for one: traditional, digits 0-9, blanks as such, dashes as ~."""
    text = re.sub("(?<=[０-９])，(?=[０-９]{3}(?![０-９]))", ",", text)
    text = re.sub(r"(?![0-9])\d", lambda digit: str(unicodedata.decimal(digit[0])), text)
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    return re.sub(r"[^\S\n]", " ", text).translate(_SPELLINGS)


def _shared(folded: str, spans: list[tuple[int, int]]) -> list[tuple[str, str, int]]:
    """Each numeral's spelling, the suffix that it borrows from the next one, where its words begin.

    The sign of a share goes with a whole list, a scale with what is less: 800 in 800和1.2萬 has none.
    """
    shared: list[tuple[str, str, int]] = []
    suffix, begin, end, following = "", 0, 0, None
    for start, stop in reversed(spans):
        word, linked = spelling(folded[start:stop]), folded[stop:begin].strip(" ") in _LINKS
        bare, own = _SUFFIX.match(word).groups()
        number = _number(bare)
        less = None not in (number, following) and number < following
        borrows = linked and number is not None and (suffix[-1:] in "%‰點p成" or less)
        suffix = own or suffix * borrows
        begin, end, following = start, end if linked else stop, number
        shared.append((word, "" if own else suffix, end))
    return shared[::-1]


def _reads(word: str, lent: str, before: str, after: str) -> str:
    """Comparator and digits; empty where the spelling says it, or where nothing is certain."""
    if word == "半" and not _SPAN.match(after):
        word = "半數"
    word = _HALVES.get(word, word)
    meaning = _meaning(word + lent)
    if not meaning or (re.search("[成百千萬億][一兩]$", word) and _COUNTING.match(after)):
        return ""  # 三萬一天 may be 三萬 and 一天
    about, digits = meaning
    front, behind = _BEFORE.search(before), _AFTER.match(after)
    if front and front[0][0] in "近過" and word[0] not in "百千萬億" and _SPAN.match(after):
        front = None  # 近3天 is the last three days, 過兩天 in two
    said = _OWN.search(word) or front or behind
    sign = about or (_SIGNS[said.lastgroup] if said else "")
    plain = re.fullmatch(r"[+-]?\d[\d,.]*(?:[萬億%‰]|pp)?", word) and not lent
    return "" if plain and not sign else sign + digits


def _meaning(word: str) -> tuple[str, str] | None:
    """What a numeral means by itself: a comparator, mostly none, and digits with a suffix."""
    word, minus = re.subn("^(?:[-負]|零下)", "", word.lstrip("+"))
    word = re.sub("[來餘多]|(?<=.)[數幾]", "", word).translate(_SEVERAL)
    word, suffix = re.fullmatch("(.*?)(pp|[%‰]|)", re.sub("個?百分點", "pp", word)).groups()
    parts = _POINT.sub("點", word).rstrip("點").split("分之", 1)
    *whole, number = map(_number, parts)
    if number is None or not all(whole):
        return None
    about = ""
    if whole:
        about, number, suffix = _fraction(*whole, number)
    elif "成" in word:
        number, suffix = number.scaleb(1), "%"
    return about, "-" * minus + _written(number, suffix)


def _fraction(whole: Decimal, part: Decimal) -> tuple[str, Decimal, str]:
    """A part of a whole as per cent or per mille: exact where that takes few digits, else ~."""
    of, suffix = (1000, "‰") if whole == 1000 else (100, "%")
    value = of * part / whole
    short = round(value, 8)
    if short == value:
        return "", short.normalize(), suffix
    return "~", round(value, max(1 - value.adjusted(), 0)), suffix


def _written(value: Decimal, suffix: str) -> str:
    """Digits down to the last place that was printed: 320萬 for 三百二十萬."""
    for mark, least in (("億", 6), ("萬", 1)):
        zeros = _ZEROS[mark]
        if not suffix and value >= 10**zeros and value.as_tuple().exponent >= least:
            value, suffix = value.scaleb(-zeros), mark
    return f"{value:f}{suffix}"


def _number(text: str) -> Decimal | None:
    """The number that digits and number words say, to the place of its last digit; None if none.

    >>> _number("43萬6千"), _number("三十萬三十萬")
    (Decimal('4.36E+5'), None)
    """
    if len(text) > 40:
        return None  # no one writes a number so
    text = text.replace("廿", "二十").replace("卅", "三十")
    for mark, zeros in _ZEROS.items():
        head, found, tail = text.rpartition(mark)
        if found:
            return _scaled(head, zeros, tail)
    return Decimal(text.translate(_DIGIT_OF)) if _DIGITS.fullmatch(text) else None


def _scaled(head: str, zeros: int, tail: str) -> Decimal | None:
    """So many times a scale and what follows it, each smaller than the scale before it."""
    first = _number(head or "一" * (not tail or zeros == 1))
    limit = 10 if zeros < 4 else 10 ** min(zeros, 8)
    if first is None or (first >= limit and not head.isascii()):
        return None
    if not tail:
        return first.scaleb(zeros)
    rest = tail.lstrip("零〇")
    value = _number(rest)
    if value is None or rest[0] in "百千萬億兆" or tail == "兩" or first % 1:
        return None
    if len(tail) == 1 and zeros > 1 and tail != "十":
        value = value.scaleb(zeros - 1)  # 13萬2
    elif re.fullmatch("[0-9]+", tail) and len(tail) not in (3, zeros):
        return None  # 2萬48; but Taiwan's offices write 28萬395 as they write 28萬2,169
    return first.scaleb(zeros) + value if value < 10**zeros else None
