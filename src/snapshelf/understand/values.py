"""The catalogue's own words: brands, categories, colours and other values."""

from __future__ import annotations

from snapshelf.understand.readings import Reading, any_of
from snapshelf.understand.sheet import Sheet
from snapshelf.understand.tokens import pieces
from snapshelf.understand.vocabulary import LONGEST_KEY, MOST_READINGS


def value_at(sheet: Sheet, at: int) -> tuple[int, tuple[Reading, ...]]:
    """How many tokens from ``at`` on make the longest known value, and its readings; (0, ()) for none."""
    tokens, values = sheet.tokens, sheet.vocabulary.values
    longest = sheet.vocabulary.longest.get(tokens[at].stem, 0)
    if not longest:
        return 0, ()
    stems: list[str] = []
    best: tuple[int, tuple[Reading, ...]] = 0, ()
    for last in range(at, min(at + 2 * LONGEST_KEY, len(tokens))):
        token = tokens[last]
        if sheet.taken[last]:
            break
        if token.kind == "sign":
            if token.word not in "-&/.+" or not stems:
                break
            continue
        stems.append(token.stem)
        if len(stems) > longest:
            break
        found = values.get(" ".join(stems))
        if found:
            best = last + 1 - at, found
    return best


def readings_on(sheet: Sheet, readings: tuple[Reading, ...]) -> list[Reading]:
    """Those whose kind is to be understood."""
    return [one for one in readings if sheet.on(one.kind)]


def wanted(sheet: Sheet, at: int) -> int:
    """Note the value that begins at a token, if one does; returns the tokens read."""
    count, found = value_at(sheet, at)
    readings = readings_on(sheet, found) or _shade(sheet, at)
    count = count or 1
    if readings and readings[0].kind == "brand" and sheet.before(at, sheet.words.fits):
        readings = [one for one in readings if one.kind != "brand"]  # "a case for Acme phones"
    readings = _in_this_form(sheet, at, count, readings)
    if sheet.word(at - 1) in sheet.words.imitating:  # "vegan leather" is none
        readings = [one for one in readings if one.kind in ("brand", "category")]
    if readings and readings[0].kind == "category" and _is_aside(sheet, at, at + count):
        readings = [one for one in readings if one.kind != "category"]
    if not readings:
        return 0
    first, last, hard = _explicit(sheet, at, at + count, readings)
    kind = readings[0].kind
    if kind == "colour":
        readings = _with_parts(sheet, at, count, readings)
    words = sheet.text[slice(*sheet.span(at, at + count))]
    said = " ".join(part for part in ("only" if hard else "", _label(readings[0]), words) if part)
    made = sheet.add(kind, first, last, said, any_of([one.wanted() for one in readings]), hard)
    for span in ((made.span[0], sheet.tokens[at].start), (sheet.tokens[at + count - 1].end, made.span[1])):
        if span[0] < span[1]:
            sheet.drop(span)
    return last - at


def _shade(sheet: Sheet, at: int) -> list[Reading]:
    """Colours of which a word is only a part: "navy" where the catalogue says "Navy Blue"."""
    token = sheet.tokens[at]
    if token.word in sheet.words.shades or not sheet.on("colour"):
        return []
    return [one for one in sheet.vocabulary.parts.get(token.stem, ()) if one.kind == "colour"]


def _in_this_form(sheet: Sheet, at: int, count: int, readings: list[Reading]) -> list[Reading]:
    """Without values of which the query has the plural: "glasses" are not of glass. Brands and categories have one."""
    tokens = [token for token in sheet.tokens[at : at + count] if token.kind != "sign"]
    if all(token.word == token.stem or token.word in sheet.words.same for token in tokens):
        return readings
    written = [token.word for token in tokens]
    return [
        one
        for one in readings
        if one.kind in ("brand", "category")
        or one.values == (True,)
        or any(pieces(str(value)) == written for value in one.values)
    ]


def _is_aside(sheet: Sheet, first: int, last: int) -> bool:
    """Whether a category only describes the thing that is named behind it: "coffee table", "laptop bag". One in the
    plural never does.
    """
    if last >= len(sheet.tokens) or sheet.taken[last] or sheet.tokens[last - 1].word != sheet.tokens[last - 1].stem:
        return False
    after, words = sheet.tokens[last], sheet.words
    if after.kind != "word" or after.word in words.function or after.word in words.following:
        return False
    if after.word.endswith(("ing", "ed")) or after.word in words.connecting | words.systems | words.colours:
        return False
    _, found = value_at(sheet, last)
    return not found or found[0].kind == "category"


def _label(reading: Reading) -> str:
    return reading.name.replace("_", " ") if reading.values != (True,) else ""


def _explicit(sheet: Sheet, first: int, last: int, readings: list[Reading]) -> tuple[int, int, bool]:
    """The tokens of a value with the words that insist on it, and whether there are any: "only red", "must be red",
    "colour red", "brand Acme", "by Acme", "Acme only".
    """
    words, kind = sheet.words, readings[0].kind
    before = sheet.before(first, words.must) or sheet.before(first, words.only)
    if not before and kind == "brand":
        before = sheet.before(first, words.by)
    if not before:
        before = _own_name(sheet, first, readings)
    after = sheet.phrase(last, words.only)
    if after and not _ends_with_only(sheet, last + after, kind):
        after = 0
    if not after and kind == "brand" and sheet.word(last) in words.brand and sheet.free(last, last + 1):
        after = 1
    return first - before, last + after, bool(before or after)


def _ends_with_only(sheet: Sheet, at: int, kind: str) -> bool:
    """Whether "only" before a token belongs to the value before it: "red only", "red only dress"; not in "Notebook
    Only Service", which insists on nothing, nor in "dress only in red", where it belongs to what follows.
    """
    start = at
    while passed := sheet.phrase(start, sheet.words.passed):
        start += passed
    if start > at and start < len(sheet.tokens) and value_at(sheet, start)[0]:
        return False
    return kind == "colour" or _pauses(sheet, at)


def _pauses(sheet: Sheet, at: int) -> bool:
    """Whether the query ends at a token, or goes on with a word that names nothing."""
    if at >= len(sheet.tokens) or sheet.taken[at]:
        return True
    word, words = sheet.tokens[at].word, sheet.words
    return word in words.function or word in words.connecting or word in words.limits.ahead


def _own_name(sheet: Sheet, at: int, readings: list[Reading]) -> int:
    """How many tokens just before a value name its attribute: "colour: red"."""
    colon = int(sheet.word(at - 1) in (":", "="))
    end = at - colon
    if end < 1 or not sheet.free(end - 1, at):
        return 0
    last, kind = sheet.tokens[end - 1], readings[0].kind
    if (kind == "brand" and last.word in sheet.words.brand) or (
        kind == "category" and last.word in sheet.words.category
    ):
        return 1 + colon
    if kind == "colour" and last.word in sheet.words.colours:
        return 1 + colon
    for count in (3, 2, 1):
        if end - count >= 0 and sheet.free(end - count, end):
            name = sheet.vocabulary.names.get(" ".join(token.stem for token in sheet.tokens[end - count : end]))
            if name in {one.name for one in readings}:
                return count + colon
    return 0


def _with_parts(sheet: Sheet, at: int, count: int, readings: list[Reading]) -> list[Reading]:
    """A colour of one word with the shades that hold the word: red is "dark red" and "red/white" too."""
    if count > 1:
        return readings
    inside = sheet.vocabulary.parts.get(sheet.tokens[at].stem, ())
    return joined_readings(readings, [one for one in inside if one.kind == "colour"])


def joined_readings(whole: list[Reading], inside: list[Reading]) -> list[Reading]:
    """One reading an attribute, with the values of both."""
    found: dict[tuple[str, str], Reading] = {}
    for one in (*whole, *inside):
        other = found.get((one.kind, one.name))
        if other:
            values = tuple(sorted({*one.values, *other.values}, key=str))
            one = Reading(one.kind, one.name, values, one.count + other.count)
        found[one.kind, one.name] = one
    return list(found.values())[:MOST_READINGS]
