"""One query from beginning to end."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from snapshelf.errors import BadInput, nearest
from snapshelf.gtin import is_gtin
from snapshelf.types import Truth
from snapshelf.understand.codes import LEAST, LEAST_DIGITS, chunks, looks_like_code, plain
from snapshelf.understand.limits import limit_at
from snapshelf.understand.measures import counted, measure
from snapshelf.understand.negation import denied, not_too
from snapshelf.understand.prices import cheap, price
from snapshelf.understand.settle import contradictions
from snapshelf.understand.sheet import Sheet
from snapshelf.understand.sizes import bare_size, named_size
from snapshelf.understand.tokens import stemmed, tokens
from snapshelf.understand.understood import KINDS, Correction, Understood
from snapshelf.understand.values import wanted
from snapshelf.understand.vocabulary import Vocabulary

MOST_UNKNOWN = 8  # unknown words that are looked up; a query with more is no query that somebody typed


def understand(text: str, vocabulary: Vocabulary, off: Collection[str] = frozenset()) -> Understood:
    """What a shopper means by the words of a query, as this catalogue can say it.

    off: kinds (`KINDS`) not to be understood; their words stay where they are. Any text has an answer; of a long one
    the first `tokens.MOST` words, numbers and signs are read. Raises BadInput for an unknown kind in ``off``.
    """
    unknown = [kind for kind in off if kind not in KINDS]
    if unknown:
        raise BadInput(f"there is no kind {unknown[0]!r} of constraint to switch off.{nearest(unknown[0], KINDS)}")
    sheet = Sheet(text, tokens(text, vocabulary.words), vocabulary, frozenset(off))
    if sheet.on("code"):
        _codes(sheet)
    if sheet.on("correction"):
        _correct(sheet)
    if sheet.on("size"):
        _each(sheet, named_size)
    _each(sheet, _amounts)
    if sheet.on("negation"):
        _each(sheet, denied)
    if sheet.on("size"):
        _each(sheet, bare_size)
    _each(sheet, _stocked)
    _each(sheet, wanted)
    if sheet.on("price"):
        _each(sheet, not_too)
        _each(sheet, cheap)
    return _result(sheet)


def _each(sheet: Sheet, rule: Callable[[Sheet, int], int]) -> None:
    """Try a rule at every token that is free; it returns how many tokens it read."""
    at = 0
    while at < len(sheet.tokens):
        at += (0 if sheet.taken[at] else rule(sheet, at)) or 1


def _codes(sheet: Sheet) -> None:
    """Note codes: all of the query if the catalogue holds it as one, else pieces between spaces."""
    whole = sheet.text.strip()
    known = sheet.vocabulary.is_code
    if whole and len(whole) <= 60 and sheet.tokens and len(plain(whole)) > 2 and known(whole):
        sheet.add("code", 0, len(sheet.tokens), f"code {whole}", None, True, whole)
        return
    starts = {token.start: at for at, token in enumerate(sheet.tokens)}
    ends = {token.end: at + 1 for at, token in enumerate(sheet.tokens)}
    for start, end, code in chunks(sheet.text):
        if start in starts and end in ends:
            sure = _is_code(sheet, code)
            if sure is not None:
                sheet.add("code", starts[start], ends[end], f"code {code}", None, sure, code)
        elif start not in starts:
            break  # behind the tokens that are read


def _is_code(sheet: Sheet, code: str) -> bool | None:
    """True for a GTIN or a code that the catalogue holds, False for what only looks like one, None for other words."""
    letters = plain(code)
    if letters.isdecimal():
        if len(letters) >= LEAST_DIGITS and sheet.vocabulary.is_code(code):
            return True
        digits = code.replace("-", "")
        return True if is_gtin(digits) else None
    if len(letters) >= LEAST and sheet.vocabulary.is_code(code):
        return True
    return False if looks_like_code(code) else None


def _correct(sheet: Sheet) -> None:
    """Replace words that nobody knows by the catalogue's nearest; never in codes, nor beside digits."""
    vocabulary, left = sheet.vocabulary, MOST_UNKNOWN
    for at, token in enumerate(sheet.tokens):
        if token.kind != "word" or len(token.word) < 4 or sheet.taken[at] or vocabulary.knows(token.word, token.stem):
            continue
        if not token.word.isascii() or _beside_digits(sheet, at):
            continue
        left -= 1
        if left < 0:
            return
        right = vocabulary.spelling.nearest(token.word)
        if right:
            sheet.tokens[at] = token._replace(word=right, stem=stemmed(right, vocabulary.words), fixed=True)
            sheet.corrections.append(Correction(token.text, right, (token.start, token.end)))


def _beside_digits(sheet: Sheet, at: int) -> bool:
    around = sheet.tokens[max(at - 1, 0) : at + 2]
    token = sheet.tokens[at]
    return any(
        one.kind == "number" and (token.glued if one.start < token.start else one.glued)
        for one in around
        if one != token
    )


def _amounts(sheet: Sheet, at: int) -> int:
    """A limit or an amount at a token, as a measure, a count or a price; returns the tokens read."""
    limit = limit_at(sheet, at)
    if not limit:
        return 0
    read = (
        (sheet.on("measure") and measure(sheet, limit))
        or (sheet.on("attribute") and counted(sheet, limit))
        or (sheet.on("price") and price(sheet, limit))
    )
    return limit.last - at if read else 0


def _stocked(sheet: Sheet, at: int) -> int:
    count = sheet.phrase(at, sheet.words.stocked)
    if not count or not sheet.on("attribute") or "in_stock" not in sheet.vocabulary.facts.flags:
        return 0
    sheet.drop(sheet.add("attribute", at, at + count, "in stock", Truth("in_stock"), True).span)
    return count


def _result(sheet: Sheet) -> Understood:
    made = sorted(sheet.constraints, key=lambda one: one.span)
    wrong, faults = contradictions(made)
    for one in wrong:
        if one.kind in ("price", "measure", "negation"):
            sheet.drop(one.span)
        else:
            sheet.dropped.pop(one.span, None)
    gone = {one.span for one in wrong}
    kept = tuple(one for one in made if one not in wrong)
    return Understood(
        text=sheet.text,
        constraints=kept,
        residual=_residual(sheet),
        negatives=tuple(word for word, span in sheet.negatives if span not in gone),
        corrections=tuple(sheet.corrections),
        faults=(*sheet.faults, *faults),
    )


def _residual(sheet: Sheet) -> str:
    """The text, corrected, without words that are only rules; what search could use comes back if nothing is left."""
    left = _without(sheet, list(sheet.dropped))
    if not any(letter.isalnum() for letter in left):
        left = _without(sheet, [span for span, useful in sheet.dropped.items() if not useful])
    return left


def _without(sheet: Sheet, spans: list[tuple[int, int]]) -> str:
    """The text without some places and the words that led up to them, with corrections put in."""
    changes = [(*_led_up(sheet, span), " ") for span in spans]
    changes += [(*one.span, one.right) for one in sheet.corrections]
    if not changes:
        return " ".join(sheet.text.split())
    pieces, at = [], 0
    for start, end, instead in sorted(changes):
        if start >= at:
            pieces += [sheet.text[at:start], instead]
        at = max(at, end)
    pieces.append(sheet.text[at:])
    return _TIDY.sub(" ", "".join(pieces)).strip()


_TIDY = re.compile(r"\s+(?:[,;:]\s*)*")


def _led_up(sheet: Sheet, span: tuple[int, int]) -> tuple[int, int]:
    """A place with the connecting words before it: "with", "that costs", "and"."""
    at = next((n for n, token in enumerate(sheet.tokens) if token.start >= span[0]), len(sheet.tokens))
    start = span[0]
    while at and not sheet.taken[at - 1] and sheet.tokens[at - 1].word in sheet.words.connecting:
        at -= 1
        start = sheet.tokens[at].start
    return start, span[1]
