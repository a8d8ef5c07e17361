"""Sizes of clothes and shoes: "size 42", "EU 42", "XL". Only what the catalogue has as a size is one."""

from __future__ import annotations

from snapshelf.understand.readings import Reading, any_of
from snapshelf.understand.sheet import Sheet
from snapshelf.understand.values import joined_readings


def named_size(sheet: Sheet, at: int) -> int:
    """Note "size 42", "size M", "EU 42", "42 EU" with a size that the catalogue has; returns the tokens read."""
    words = sheet.words
    if sheet.tokens[at].kind == "number" and sheet.word(at + 1) in words.systems:
        return _before_system(sheet, at)
    count = sheet.phrase(at, words.size)
    start = at + count
    if count and sheet.word(start) in (":", "=", "is"):
        start += 1
    system = sheet.word(start) if sheet.word(start) in words.systems else ""
    if not count and not system:
        return 0
    last, readings = _size_at(sheet, start, system)
    while readings and (sheet.word(last) in words.others or sheet.word(last) in ("-", "/")):  # "size M or L"
        further, more = _size_at(sheet, last + 1, "")
        if not more:
            break
        last, readings = further, joined_readings(readings, more)
    if not readings:
        return 0
    shown = sheet.text[slice(*sheet.span(start, last))]
    made = sheet.add("size", at, last, f"size {shown}", any_of([one.wanted() for one in readings]), True)
    sheet.drop(made.span, useful=True)
    return last - at


def _before_system(sheet: Sheet, at: int) -> int:
    """Note "42 EU"."""
    system = sheet.word(at + 1)
    number = sheet.tokens[at].text
    sizes = sheet.vocabulary.sizes
    found = sizes.get(f"{system} {number}", ())
    found = found or tuple(one for one in sizes.get(number, ()) if system == "eu" or system in one.name.split("_"))
    if not found or not sheet.free(at, at + 2):
        return 0
    where = any_of([one.wanted() for one in found])
    sheet.drop(sheet.add("size", at, at + 2, f"size {system.upper()} {number}", where, True).span, useful=True)
    return 2


def _size_at(sheet: Sheet, at: int, system: str) -> tuple[int, list[Reading]]:
    """Where the longest size of the catalogue that begins at a token ends, and its readings."""
    sizes, tokens = sheet.vocabulary.sizes, sheet.tokens
    for last in range(min(at + 5, len(tokens)), at, -1):
        if not sheet.free(at, last) or tokens[last - 1].kind == "sign":
            continue
        stems = [
            token.stem if token.kind == "word" else token.text for token in tokens[at:last] if token.kind != "sign"
        ]
        found = list(sizes.get(" ".join(stems), ()))
        if not found and system:
            found = [
                one for one in sizes.get(" ".join(stems[1:]), ()) if system == "eu" or system in one.name.split("_")
            ]
        if not found:
            other = sheet.words.sizes.meaning.get(sheet.said(at, last), "")
            found = list(sizes.get(other, ()))
        if found:
            return last, found
    return at, []


def bare_size(sheet: Sheet, at: int) -> int:
    """Note "XL", "2XL" or a lone capital "M" as a wish for that size; returns the tokens read."""
    token = sheet.tokens[at]
    last = at + 1
    if token.kind == "number" and len(token.text) == 1 and last < len(sheet.tokens) and sheet.tokens[last].glued:
        last += 1  # "2XL"
    text = sheet.text[slice(*sheet.span(at, last))]
    glued = token.glued or (last < len(sheet.tokens) and sheet.tokens[last].glued and sheet.tokens[last].kind != "sign")
    if glued or not sheet.free(at, last) or not (text.isupper() or (len(text) > 1 and text.lower() in SIZE_WORDS)):
        return 0
    found = sheet.vocabulary.sizes.get(" ".join(one.word for one in sheet.tokens[at:last]), ())
    if not found or not any(letter.isalpha() for letter in text):
        return 0
    sheet.add("size", at, last, f"size {text}", any_of([one.wanted() for one in found]), False)
    return last - at


SIZE_WORDS = frozenset({"xs", "xxs", "xl", "xxl", "xxxl", "2xl", "3xl", "4xl"})
