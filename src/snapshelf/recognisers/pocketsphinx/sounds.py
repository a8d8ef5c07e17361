"""How a word is said, in the sounds of the CMU dictionary: looked up, a number read out, or by rules of spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
# What a shop writes short and people say in full.
SHORT: Mapping[str, str] = {
    "oz": "ounce", "ml": "milliliters", "cm": "centimeters", "mm": "millimeters", "kg": "kilograms", "g": "grams",
    "lb": "pound", "lbs": "pounds", "ft": "feet", "w": "watts", "gb": "gigabytes", "tb": "terabytes", "hz": "hertz",
    "pcs": "pieces", "pk": "pack", "xl": "extra large", "xxl": "double extra large",
}  # fmt: skip
# Spelling → sounds, the longest that fits first; "^" and "$" are the ends of a word. English, roughly.
RULES: Mapping[str, str] = {
    "tion": "SH AH N", "sion": "ZH AH N", "ture": "CH ER", "ough": "AO", "augh": "AO", "eigh": "EY", "igh": "AY",
    "tch": "CH", "sch": "SH", "dge": "JH", "que$": "K", "eau": "OW", "oor": "AO R", "our": "AO R", "ear": "IH R",
    "air": "EH R", "are$": "EH R", "ire$": "AY ER", "ure": "Y UH R", "ey$": "IY", "ie$": "IY", "le$": "AH L",
    "ed$": "D", "es$": "Z", "er": "ER", "ir": "ER", "ur": "ER", "ar": "AA R", "or": "AO R", "ch": "CH", "sh": "SH",
    "th": "TH", "ph": "F", "wh": "W", "wr": "R", "^kn": "N", "^gn": "N", "^ps": "S", "^x": "Z", "ck": "K", "ng": "NG",
    "qu": "K W", "gh": "G", "ai": "EY", "ay": "EY", "ea": "IY", "ee": "IY", "ei": "IY", "eu": "UW", "ew": "UW",
    "ie": "IY", "oa": "OW", "oe": "OW", "oi": "OY", "oy": "OY", "oo": "UW", "ou": "AW", "ow": "OW", "au": "AO",
    "aw": "AO", "ue$": "UW", "ui": "UW", "uy": "AY", "ce": "S EH", "ci": "S IH", "cy": "S IY", "ce$": "S",
    "ge$": "JH", "gi": "JH IH", "se$": "S", "ze$": "Z", "a$": "AH", "o$": "OW", "i$": "IY", "y$": "IY", "e$": "",
    "^y": "Y", "x": "K S", "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH",
    "i": "IH", "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S",
    "t": "T", "u": "AH", "v": "V", "w": "W", "y": "IH", "z": "Z",
}  # fmt: skip
LONG: Mapping[str, str] = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW"}  # before one consonant and a last e
LETTERS: Mapping[str, str] = {
    "a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY", "h": "EY CH", "i": "AY",
    "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N", "o": "OW", "p": "P IY", "q": "K Y UW",
    "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW", "v": "V IY", "w": "D AH B AH L Y UW", "x": "EH K S",
    "y": "W AY", "z": "Z IY",
}  # fmt: skip
VOWELS = frozenset("aeiouy")


def dictionary(words: Iterable[str], known: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """(word, its sounds), the second way of saying a word as "word(2)" …; every word of a to z and 0 to 9 has one."""
    for word in words:
        for number, sounds in enumerate(dict.fromkeys(_ways(word, known)), start=1):
            yield (word if number == 1 else f"{word}({number})"), sounds


def cmudict(path: Path) -> dict[str, list[str]]:
    """Word → the ways it is said, of a dictionary file."""
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            word, _, sounds = line.strip().partition(" ")
            found.setdefault(word.partition("(")[0], []).append(sounds)
    return found


def _ways(word: str, known: Mapping[str, list[str]]) -> list[str]:
    if word.isdigit():
        return [_joined(said, known) for said in read_out(word)]
    if word in SHORT:
        return [_joined(SHORT[word].split(), known), *known.get(word, [])]
    if word in known:
        return known[word]
    if not VOWELS & set(word):  # USB, LCD
        return [" ".join(LETTERS[letter] for letter in word.replace("'", ""))]
    return [by_rule(word)]


def _joined(words: Iterable[str], known: Mapping[str, list[str]]) -> str:
    return " ".join((known.get(word) or [by_rule(word)])[0] for word in words)


def read_out(digits: str) -> list[list[str]]:
    """The ways in which a number is said: as one up to 9,999, 1080 also as "ten eighty", and digit by digit."""
    by_one = [ONES[int(digit)] for digit in digits]
    if len(digits) > 4 or digits.startswith("0"):
        return [by_one]
    ways = [_number(int(digits))]
    if len(digits) > 2 and digits[-2] != "0":
        ways.append([*_number(int(digits[:-2])), *_number(int(digits[-2:]))])
    return ways if len(digits) == 1 else [*ways, by_one]


def _number(number: int) -> list[str]:
    if number < 20:
        return [ONES[number]]
    if number < 100:
        return [TENS[number // 10], *([ONES[number % 10]] if number % 10 else [])]
    step, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    return [*_number(number // step), name, *(_number(number % step) if number % step else [])]


def by_rule(word: str) -> str:
    """The sounds of a word by rules of English spelling; wrong for many, but near enough to be found."""
    word = re.sub(r"'", "", word)
    sounds: list[str] = []
    place = 0
    while place < len(word):
        size, found = _longest(word, place)
        long = size == 1 and re.fullmatch(r"[aeiou][^aeiouywxr]e", word[place:])
        sounds.append(LONG[word[place]] if long else found)
        place += size
        while size == 1 and word[place - 1] not in VOWELS and word[place - 1 : place] == word[place : place + 1]:
            place += 1  # a doubled consonant is said once
    return " ".join(filter(None, sounds)) or LETTERS[word[0]]


def _longest(word: str, place: int) -> tuple[int, str]:
    for size in (4, 3, 2, 1):
        part = word[place : place + size]
        if len(part) < size:
            continue
        marks = [f"^{part}"] * (place == 0) + [f"{part}$"] * (place > 0 and place + size == len(word))
        for mark in (*marks, part):
            if mark in RULES:
                return size, RULES[mark]
    return 1, ""
