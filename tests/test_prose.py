"""Our own prose, traced as a briefing is: every numeral of a Markdown cell is what it says it is.

A Markdown cell with numerals ends in a comment that a reader does not see: `<!-- = a; b -->` says
what each numeral is, in order: the name of a number of the briefing, or an expression of the
notebook's own variables. A loose fraction ("nearly a third") has a condition that must be true.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from helpers import ledger, rounding, words
from tests.shell import NOTEBOOKS, cells, run

MONTHS = "January February March April May June July August September October November December"
NOT_COUNTED = "|".join(  # dates, ordinals, names, addresses and code are no quantities
    [
        rf"\d{{1,2}}(?:, \d{{1,2}})*(?: (?:to|and) \d{{1,2}})? (?:{MONTHS.replace(' ', '|')})",
        r"\b20\d\d\b(?!\d*[%‰])|\d{4}年|\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日",
        r"\b\d+(?:st|nd|rd|th)\b|第\d+|COVID-19|\]\([^)]*\)|`[^`]*`|\bhalf(?=-way| up)",
    ]
)
ONES = ["one", "two", "three", "four", "five", "six"]
ONES += ["seven", "eight", "nine", "ten", "eleven", "twelve"]
WORDS = {word: number for number, word in enumerate(ONES, 1)} | {"thirty": 30}
LOOSE = r"(?:a|one|two) thirds?|half|(?:a|three) quarters?|(?:a|nine) tenths?"
LOOSE += "|三分之一|四分之一|一半|[一二三四五六七八九]成"
NUMERAL = re.compile(
    rf"(?P<none>{NOT_COUNTED})|(?P<loose>\b(?:{LOOSE})\b|{LOOSE[LOOSE.index('三') :]})"
    r"|(?P<digits>[−+]?\d+(?:,\d{3})*(?:\.\d+)?[%‰萬]?)"
    rf"|\b(?P<word>one(?= of )|{'|'.join(list(WORDS)[1:])})\b",
    re.IGNORECASE,
)
FACTS = re.compile(r"<!-- = (.*?) -->", re.DOTALL)
every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def numerals(prose: str) -> list[re.Match]:
    return [match for match in NUMERAL.finditer(FACTS.sub("", prose)) if not match["none"]]


def faults(prose: str, facts: list) -> list[str]:
    """The numerals of a text that are not what was said of them, one by one."""
    found = numerals(prose)
    if len(found) != len(facts):
        return [f"{len(found)} numerals, {len(facts)} facts: {[m[0] for m in found]}"]
    wrong = ((m, fact) for m, fact in zip(found, facts, strict=True) if not is_said(m, fact))
    return [f"{match[0]} is {fact}" for match, fact in wrong]


def is_said(numeral: re.Match, fact: object) -> bool:
    """Does a numeral say this: a text as printed, a number as rounded, or a condition."""
    if isinstance(fact, bool) or numeral["loose"]:
        return fact is True and bool(numeral["loose"])
    if numeral["word"]:
        return str(WORDS[numeral["word"].lower()]) == str(fact)
    said = numeral["digits"].replace(",", "")
    if isinstance(fact, str):
        return said == fact.replace(",", "")
    size = rounding.reround(abs(Fraction(fact)), 1, said.lstrip("−+"))
    return size == said.lstrip("−+") and (said[0] == "−") == (fact < 0)


def facts(prose: str, known: dict) -> list:
    """What the comment of a cell says of its numerals, worked out."""
    said = FACTS.search(prose)
    named = said[1].split("; ") if said else []
    return [eval(fact, {"Fraction": Fraction}, known) for fact in named]


def known(path: Path) -> dict:
    """What the facts of a notebook may name: the numbers of the briefing, and its variables."""
    briefing = ledger.load().only(ledger.BRIEFING)
    printed = {row.number: row.printed for row in briefing.tables["numbers"]}
    return printed | run(path).variables | {"words": words}


def prose(path: Path) -> list[str]:
    return [cell.source for cell in cells(path) if cell.kind == "markdown"]


@every
def test_every_numeral_of_the_prose_is_what_its_cell_says_it_is(path):
    names = known(path)
    wrong = [fault for text in prose(path) for fault in faults(text, facts(text, names))]
    assert not wrong


@every
def test_every_numeral_of_the_prose_stands_in_an_output_or_in_a_briefing_that_is_named(path):
    said = "\n".join(prose(path))
    code = "\n".join(cell.source for cell in cells(path) if cell.kind == "code")
    named = set(re.findall(r"(\d+)(?:st|nd|rd|th)", said) + re.findall(r'only\("(\w+)"\)', code))
    numbers = ledger.load().only(ledger.BRIEFING, *named).tables["numbers"]
    shown = {number.printed for number in numbers}
    outputs = [output for outputs in run(path).outputs for output in outputs]
    shown |= {m[0] for o in outputs for m in NUMERAL.finditer(o["text/plain"]) if m["digits"]}
    shown = {plain(numeral) for numeral in shown}
    missing = [m[0] for m in numerals(said) if not m["loose"] and plain(m[0]) not in shown]
    assert not missing


def plain(numeral: str) -> str:
    """A numeral in digits, without sign and separators."""
    return str(WORDS.get(numeral.lower(), numeral)).replace(",", "").lstrip("−+-")


@every
def test_two_numerals_exchanged_or_a_digit_changed_are_noticed(path):
    names = known(path)
    for text in prose(path):
        own, bare = facts(text, names), FACTS.sub("", text)
        found = numerals(bare)
        for (i, one), (j, other) in combinations(enumerate(found), 2):
            if one[0] != other[0] and own[i] != own[j]:
                changed = bare[: one.start()] + other[0] + bare[one.end() : other.start()]
                assert faults(changed + one[0] + bare[other.end() :], own), (one[0], other[0])
        for match in (m for m in found if m["digits"]):
            at = match.start() + match[0].rindex(re.findall(r"\d", match[0])[-1])
            digit = str((int(bare[at]) + 1) % 10)
            assert faults(bare[:at] + digit + bare[at + 1 :], own), match[0]


@every
def test_a_figures_own_words_claim_no_number_that_is_not_drawn(path):
    for cell, outputs in zip(
        (c for c in cells(path) if c.kind == "code"), run(path).outputs, strict=True
    ):
        drawn = "".join(o["text/plain"] for o in outputs if "image/png" in o)
        for title in re.findall(r'\b(?:title|chinese)="([^"]*)"', cell.source):
            digits = [m["digits"] for m in numerals(title) if m["digits"]]
            assert all(digit in drawn for digit in digits), title
