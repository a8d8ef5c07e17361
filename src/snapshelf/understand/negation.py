"""What is not wanted: "not leather", "without hood", "except black", "-plastic", "not too expensive"."""

from __future__ import annotations

from snapshelf.types import Filter
from snapshelf.understand.prices import note_level
from snapshelf.understand.readings import all_of
from snapshelf.understand.sheet import Sheet
from snapshelf.understand.values import joined_readings, value_at


def denied(sheet: Sheet, at: int) -> int:
    """Note what is not wanted: "not leather", "without hood", "-plastic"; returns the tokens read."""
    bound = sheet.phrase(at, sheet.words.bound) or value_at(sheet, at)[0]  # a brand may begin with "No"
    if bound:
        return bound
    count = sheet.phrase(at, sheet.words.negators) or _minus(sheet, at) or _non(sheet, at)
    start = at + count
    if not count or start >= len(sheet.tokens) or not sheet.free(start, start + 1):
        return 0
    if level_of(sheet, at):
        return level_of(sheet, at)  # a wish about the price, read later
    while passed := sheet.phrase(start, sheet.words.passed):
        if start + passed >= len(sheet.tokens):
            return 0
        start += passed
    last, filters, words = _scope(sheet, start)
    if not words:
        return 0
    hard = bool(filters)
    said = "not " + " or ".join(words)
    made = sheet.add("negation", at, last, said, all_of(filters) if filters else None, hard)
    sheet.negatives += [(word, made.span) for word in words]
    sheet.drop(made.span)
    return last - at


def _minus(sheet: Sheet, at: int) -> int:
    """1 for the "-" of "-plastic": glued to a word, not to what stands before."""
    token = sheet.tokens[at]
    after = sheet.tokens[at + 1] if at + 1 < len(sheet.tokens) else None
    return int(token.word == "-" and not token.glued and after is not None and after.glued and after.kind == "word")


def _non(sheet: Sheet, at: int) -> int:
    """Tokens of "non" before a value of the catalogue ("non-leather"); 0 before any other word ("non-stick")."""
    if sheet.word(at) != "non":
        return 0
    start = at + (2 if sheet.word(at + 1) == "-" else 1)
    if start >= len(sheet.tokens):
        return 0
    _, found = value_at(sheet, start)
    return start - at if any(one.kind in ("attribute", "colour") for one in found) else 0


def level_of(sheet: Sheet, at: int) -> int:
    """How many tokens "not too expensive" has at a token; 0 for none."""
    last = at + sheet.phrase(at, sheet.words.negators)
    if last == at:
        return 0
    while sheet.word(last) in sheet.words.degrees:
        last += 1
    return last + 1 - at if sheet.word(last) in sheet.words.turned else 0


def not_too(sheet: Sheet, at: int) -> int:
    """Note "not too expensive" as a wish about the price; returns the tokens read."""
    count = level_of(sheet, at)
    if count and sheet.vocabulary.facts.prices and sheet.free(at, at + count):
        note_level(sheet, at, at + count, sheet.words.turned[sheet.word(at + count - 1)], keep=False)
        return count
    return 0


def _scope(sheet: Sheet, at: int) -> tuple[int, list[Filter], list[str]]:
    """What is denied from a token on: where it ends, the filters that rule it out, and its words."""
    filters: list[Filter] = []
    words: list[str] = []
    last = at
    while at < len(sheet.tokens):
        count, readings = value_at(sheet, at)
        token = sheet.tokens[at]
        if not count and (token.kind != "word" or not sheet.free(at, at + 1) or _no_thing(sheet, token.word)):
            break
        end = at + max(count, 1)
        inside = sheet.vocabulary.parts.get(token.stem, ()) if count <= 1 else ()
        filters += [one.denied() for one in joined_readings(list(readings), list(inside))]
        words.append(" ".join(one.word for one in sheet.tokens[at:end] if one.kind != "sign"))
        last, at = end, end + 1
        if sheet.word(end) not in sheet.words.others:
            break
    return last, filters, words


def _no_thing(sheet: Sheet, word: str) -> bool:
    return word in sheet.words.function or word in sheet.words.degrees or len(word) < 2
