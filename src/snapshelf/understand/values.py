"""The catalogue's own words: brands, categories, colours, sizes and other values, and what a query denies of them."""

from __future__ import annotations

from snapshelf.types import Filter
from snapshelf.understand.prices import note_level
from snapshelf.understand.readings import Reading, all_of, any_of
from snapshelf.understand.sheet import Sheet
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
    readings = readings_on(sheet, found)
    if readings and readings[0].kind == "brand" and sheet.before(at, sheet.words.fits):
        readings = [one for one in readings if one.kind != "brand"]  # "a case for Acme phones"
    if not readings:
        return 0
    first, last, hard = _explicit(sheet, at, at + count, readings)
    kind = readings[0].kind
    if kind == "colour":
        readings = _with_parts(sheet, at, count, readings)
    words = sheet.text[slice(*sheet.span(at, at + count))]
    said = f"{'only ' if hard else ''}{_label(readings[0])} {words}".strip()
    made = sheet.add(kind, first, last, said, any_of([one.wanted() for one in readings]), hard)
    for span in ((made.span[0], sheet.tokens[at].start), (sheet.tokens[at + count - 1].end, made.span[1])):
        if span[0] < span[1]:
            sheet.drop(span)
    return last - at


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
    if not after and kind == "brand" and sheet.word(last) in words.brand and sheet.free(last, last + 1):
        after = 1
    return first - before, last + after, bool(before or after)


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


# --- sizes ------------------------------------------------------------------------------------------------------------


def named_size(sheet: Sheet, at: int) -> int:
    """Note "size 42", "size M", "EU 42", "42 EU" with a size that the catalogue has; returns the tokens read."""
    words = sheet.words
    count = sheet.phrase(at, words.size)
    start = at + count
    if count and sheet.word(start) in (":", "=", "is"):
        start += 1
    system = sheet.word(start) if sheet.word(start) in words.systems else ""
    if not count and not system:
        return 0
    last, readings = _size_at(sheet, start, system)
    while readings and sheet.word(last) in words.others:  # "size M or L"
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


def _size_at(sheet: Sheet, at: int, system: str) -> tuple[int, list[Reading]]:
    """Where the longest size of the catalogue that begins at a token ends, and its readings."""
    sizes, tokens = sheet.vocabulary.sizes, sheet.tokens
    for last in range(min(at + 5, len(tokens)), at, -1):
        if not sheet.free(at, last):
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


# --- negation ---------------------------------------------------------------------------------------------------------


def denied(sheet: Sheet, at: int) -> int:
    """Note what is not wanted: "not leather", "without hood", "-plastic"; returns the tokens read."""
    bound = sheet.phrase(at, sheet.words.bound)
    if bound:
        return bound
    count = sheet.phrase(at, sheet.words.negators) or _minus(sheet, at) or _non(sheet, at)
    start = at + count
    if not count or start >= len(sheet.tokens) or not sheet.free(start, start + 1):
        return 0
    level = _not_too(sheet, at, start)
    if level:
        return level
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


def _not_too(sheet: Sheet, at: int, start: int) -> int:
    """Note "not too expensive" as a wish about the price; returns the tokens read."""
    last = start
    while sheet.word(last) in sheet.words.degrees:
        last += 1
    mark = sheet.words.turned.get(sheet.word(last), "")
    if not mark or not sheet.on("price") or not sheet.vocabulary.facts.prices or not sheet.free(start, last + 1):
        return 0
    note_level(sheet, at, last + 1, mark, keep=False)
    return last + 1 - at


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
