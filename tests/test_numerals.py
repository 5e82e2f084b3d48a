"""What a numeral is and what it reads: a closed rule, class by class, on texts of our own."""

import re
import unicodedata
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import rounding
from helpers.curate import numerals as rule
from helpers.curate.numerals import numerals, spelling

CLASSES = {  # text: its numerals in the record's spelling, = and what each reads where that is more
    "compounds of digits and 億萬千百": {
        "累計2萬4866例,本地1萬6664例": "2萬4866=24866 1萬6664=16664",
        "43萬6千、7千3百、1千零1、3萬4000": "43萬6千=43.6萬 7千3百=7300 1千零1=1001 3萬4000=34000",
        "13万2、2萬零48、1億2000萬、1兆2000億元": "13萬2=13.2萬 2萬零48=20048 1億2000萬=12000萬 1兆2000億=12000億",
        "1,153 萬 6 千、2 萬 4866 例、4557.4 万件": "1,153萬6千=1153.6萬 2萬4866=24866 4557.4萬",
        "19萬6,633、28萬395、2萬48、2萬48660": "19萬6,633=196633 28萬395=280395 2萬48 2萬48660",
        "5百貨、10千伏、5千帕、3千米": "5 10 5 3",
    },
    "number words": {
        "一百九十万零三千九百七十一人": "一百九十萬零三千九百七十一=1903971",
        "一萬二千人、一億二千萬元、三萬億元": "一萬二千=1.2萬 一億二千萬=1.2億 三萬億=30000億",
        "廿五例、卅人、十二户": "廿五=25 卅=30 十二=12",
        "三十万三十万、十百、兩三天、三四十例、一百二三": "三十萬三十萬 十百 兩三 三四十 一百二三",
        "三万一天、二〇二二年十二月一日": "三萬一 二〇二二=2022 十二=12 一=1",
    },
    "tenths": {
        "超過9成、佔2成、3 成、7成半、6成5、7.85成": "9成=>90% 2成=20% 3成=30% 7成半=75% 6成5=65% 7.85成=78.5%",
        "八成六、三成三、近七成、三成多、六成以上": "八成六=86% 三成三=33% 七成=~70% 三成多=>30% 六成=>=60%",
        "九成年輕人、八成成年人、兩三成": "九成=90% 八成=80% 兩三成",
    },
    "percent and per mille in words": {
        "百分之71.17、百分之6、千分之0.7、百分之 3": "百分之71.17=71.17% 百分之6=6% 千分之0.7=0.7‰ 百分之3=3%",
        "百分之六點三、百分之百、負百分之三": "百分之六點三=6.3% 百分之百=100% 負百分之三=-3%",
        "百分之三至五、百分之三到百分之五": "百分之三至五 百分之三=3% 百分之五=5%",
        "1.2百分點、0.5个百分点、0.01 個百分點": "1.2百分點=1.2pp 0.5個百分點=0.5pp 0.01個百分點=0.01pp",
    },
    "small fractions, exact where they are": {
        "八分之一、萬分之五、百萬分之五、3分之1": "八分之一=12.5% 萬分之五=0.05% 百萬分之五=0.0005% 3分之1=~33%",
        "三分之二、七百分之一": "三分之二=~67% 七百分之一=~0.14%",
        "三兆分之一、零分之一、三分之四": "三兆分之一=~0.000000000033% 零分之一 三分之四=~133%",
    },
    "decimals in words": {
        "上升零點六個百分點、零点三个百分点": "零點六個百分點=0.6pp 零點三個百分點=0.3pp",
        "零點零三個百分點、兩點五倍、二點三億": "零點零三個百分點=0.03pp 兩點五=2.5 二點三億=2.3億",
        "早上十點、三點半、八點三十分、零點五十分": "",
    },
    "one unit for several": {
        "快4.6和3.1个百分点、6.3、40.2和53.5%": "4.6=4.6pp 3.1個百分點=3.1pp 6.3=6.3% 40.2=40.2% 53.5%",
        "有2至3萬人、2、3萬人、三到五萬元": "2=2萬 3萬 2=2萬 3萬 三=3萬 五萬=5萬",
        "三至四成、三、四成、1.2和3.4億元": "三=30% 四成=40% 三=30% 四成=40% 1.2=1.2億 3.4億",
        "800至1.2萬、分別新增800、1.2萬例": "800 1.2萬 800 1.2萬",
    },
    "comparators make a bound": {
        "65岁及以上、80歲或以上、3個月以上、20个区县以上": "65=>=65 80=>=80 3=>=3 20=>=20",
        "500宗以上、1000万元以上、100人次以上、24小時以內": "500=>=500 1000萬=>=1000萬 100=>=100 24=<=24",
        "過百人、破萬、不足百例、已過千例、過半數": "百=>100 萬=>1萬 百=<100 千=>1000 半數=>50%",
        "大概30%、多達300人、最少三人、不止3人、未達5%": "30%=~30% 300=>=300 三=>=3 3=>3 5%=<5%",
        "≥60歲、≤5%、>100、＜7%、大於等於5%、5%(含)以上": "60=>=60 5%=<=5% 100=>100 7%=<7% 5%=>=5% 5%=>=5%",
        "沒有超過5例、不少於三人、逾5.9萬、約8%、7例左右": "5=<=5 三=>=3 5.9萬=>5.9萬 8%=~8% 7=~7",
        "百餘、30餘萬、十幾、數十、上千、二十来天、3萬多": "百餘=>100 30餘萬=>30萬 十幾=>10 數十=>=20 上千=>=1000 二十來=~20 3萬多=>3萬",
        "近3天、近20例、過兩天、5例增多": "3 20=~20 兩=2 5",
    },
    "halves": {
        "歷時兩年半、3天半、三個半小時、半個月、半數": "兩年半=2.5 3天半=3.5 三個半=3.5 半=0.5 半數=50%",
        "過半商戶、近半、逾半、一大半": "半=>50% 半=~50% 半=>50% 一大半=>50%",
        "兩個多月、三個多小時、三年多來": "兩=>2 三=>3 三=>3",
        "年过半百的老人、上半年、半封閉、三天半價": "三=3",
    },
    "minus in words": {
        "为负3.9%、零下5度、零下五度、-5.6%": "負3.9%=-3.9% 零下5=-5 零下五=-5 -5.6%"
    },
    "counting words of three places": {
        "九宗個案、六宗、兩劑疫苗、三針、四間、兩所、七幢": "九=9 六=6 兩=2 三=3 四=4 兩=2 七=7",
        "三座、兩批、三起、兩条隧道、八件、一宗、一例": "三=3 兩=2 三=3 兩=2 八=8 一=1 一=1",
    },
    "blanks, commas, points": {
        "60 000、1 234 567、1,208、５，５２２": "60_000=60000 1_234_567=1234567 1,208 5,522",
        "76,18%、1,00,000、4.255.142、422,85,23例": "76,18% 1,00,000 4.255.142 422 85 23",
        "2022.11.30、2022-11-30、8·25、8 %、0.7 ‰": "2022.11.30 2022-11-30 8·25 8% 0.7‰",
        "0~12時、5%-8%、28日—30日、1/3、12:30": "0—12 5%—8% 28 30 1 3 12 30",
        "增加——5例、COVID-19、53+2239、１２、٣": "5 19 53 2239 12 3",
    },
    "no numerals": {
        "第一、第九版、前三位、三次会议、三次產業、兩位數": "",
        "二十條、千方百計、成千上萬、三位一體、一對一、五項": "",
        "萬州區、近萬盛、一次、零件、通過百日、附近百貨": "",
        "八成员、統一成一種、五百強、數以百計、千萬不要": "",
    },
}
CASES = [case for cases in CLASSES.values() for case in cases.items()]
ALPHABET = "〇零一二兩两三四五六十廿百千萬万億成半數上近約過餘余多來個天月日例第分之至和點1２,，.．%‰-—~ \n"
TRADITIONAL, SIMPLIFIED = (
    "萬億個點餘數兩幾過約達滿劑針間條縣區戶歲時負後內際幢輛",
    "万亿个点余数两几过约达满剂针间条县区户岁时负后内际幢辆",
)


def told(text: str) -> str:
    marks = [n.spelling.replace(" ", "_") + f"={n.reads}" * (n.reads != "") for n in numerals(text)]
    return " ".join(marks)


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_every_class_of_numeral_is_found_whole_and_reads_what_it_means(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_simplified_and_traditional_characters_read_alike(text, expected):
    simplified = text.translate(str.maketrans(TRADITIONAL, SIMPLIFIED))
    traditional = text.translate(str.maketrans(SIMPLIFIED, TRADITIONAL))
    assert told(simplified) == told(traditional) == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
@pytest.mark.parametrize("blank", [" ", "\u3000", "\u202f"])
def test_a_blank_between_digits_and_chinese_changes_nothing(text, expected, blank):
    assert told(re.sub("(?<=[0-9])(?=[\u4e00-\u9fff%‰])", blank, text)) == expected


def written(number: int) -> str:
    """A number in full, as one says it: 20050 is 二萬零五十."""
    for word, scale in (("億", 10**8), ("萬", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        head, rest = divmod(number, scale)
        if head:
            zero = "零" * (0 < rest < scale // 10)
            return written(head) + word + zero + (written(rest) if rest else "")
    return "零一二三四五六七八九"[number]


@given(st.integers(2, 10**12 - 1), st.sampled_from(["", "點五", "點〇七"]))
def test_a_number_in_words_reads_as_that_number(number, decimals):
    [numeral] = numerals(f"有{written(number)}{decimals}公里")
    value = rounding.parse(numeral.spelling, numeral.reads).value
    assert value == number + {"": 0, "點五": Fraction(1, 2), "點〇七": Fraction(7, 100)}[decimals]


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from([("萬", 10**4), ("億", 10**8)]))
def test_digits_around_a_scale_are_one_number(head, tail, scale):
    mark, size = scale
    rest = f"{tail}萬" if size == 10**8 else f"{tail:04}"
    [numeral] = numerals(f"共{head}{mark}{rest}人")
    value = rounding.parse(numeral.spelling, numeral.reads).value
    assert value == head * size + tail * size // 10**4


@given(
    st.sampled_from([case for case in CASES if "=" in case[1]]),
    st.sampled_from(["至少", "超過", "不足", "約", "逾", "不超過"]),
)
def test_nothing_behind_a_comparator_reads_exact(case, comparator):
    word = case[1].split("=")[0].split()[-1].replace("_", " ")
    for n in numerals(f"{comparator}{word}例")[:1]:
        assert n.reads == "" or n.reads[0] in "<>~"


@given(st.text() | st.text(ALPHABET))
def test_every_digit_of_any_text_is_in_one_numeral_and_what_is_read_parses(text):
    found = numerals(text)
    lines = re.split("\r\n?|\n", text)
    for n in found:
        assert text[n.start : n.stop] == n.printed
        assert n.printed in lines[n.paragraph - 1]
        assert n.spelling == spelling(n.spelling)
        assert not n.reads or rounding.parse(n.spelling, n.reads.replace("-", ""))
    assert [n.position for n in found] == list(range(1, len(found) + 1))
    assert all(one.stop <= other.start for one, other in pairwise(found))
    inside = "".join(
        mark for n in found for mark in n.printed if unicodedata.category(mark) == "Nd"
    )
    assert inside == "".join(mark for mark in text if unicodedata.category(mark) == "Nd")


def test_dates_hours_ordinals_and_names_are_no_quantities():
    text = "2022年12月1日0至12時第155場,COVID-19,前3名,2022.11.30,今(24)日,8:30,連續3日,近3天,3個月,7例"
    assert [n.printed for n in numerals(text) if n.quantity] == ["3", "3", "3", "7"]


def test_the_counting_word_is_told_and_shared():
    assert [
        (n.printed, n.unit) for n in numerals("2至3萬人、85、23例、佔8%、13个区县、60周岁")
    ] == [
        *[("2", "人"), ("3萬", "人"), ("85", "例"), ("23", "例"), ("8%", "")],
        *[("13", "個區縣"), ("60", "周歲")],
    ]


@pytest.mark.parametrize(
    ("printed", "canonical"),
    {
        "5.9万": "5.9萬",
        "百余": "百餘",
        "0～12": "0—12",
        "8 %": "8%",
        "７１．１７％": "71.17%",
        "−5%": "-5%",
    }.items(),
)
def test_one_meaning_has_one_spelling(printed, canonical):
    assert spelling(printed) == spelling(canonical) == canonical


def repetitions(pattern: object):
    """Every repetition in a parsed pattern, as (operation, largest number)."""
    if isinstance(pattern, tuple) and len(pattern) == 2 and str(pattern[0]).endswith("REPEAT"):
        yield str(pattern[0]), pattern[1][1]
    if isinstance(pattern, (tuple, list)) or type(pattern).__name__ == "SubPattern":
        for part in pattern:
            yield from repetitions(part)


def test_no_repetition_without_end_gives_anything_back():
    parsed = [
        re._parser.parse(p.pattern, p.flags) for p in (rule._NUMERAL, rule._BEFORE, rule._AFTER)
    ]
    for operation, most in (one for pattern in parsed for one in repetitions(pattern)):
        assert operation == "POSSESSIVE_REPEAT" or most <= 9


@pytest.mark.parametrize(
    "part",
    ["一", "1", "1,111", "1 111", "1,1,", "一分之", "三至", "2萬", "近百", "1—", "1.", "萬1"],
)
def test_long_hostile_texts_end(part):
    assert len(numerals(part * (60_000 // len(part)))) < 60_000
