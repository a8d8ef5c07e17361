"""Amounts and the limits that words set to them: "under $50", "between 2 and 3 kg", "55in or larger", "1.5 l"."""

from __future__ import annotations

from typing import NamedTuple

from snapshelf.understand.money import BEFORE_DOLLAR, HUNDREDTHS, MEANT, settled
from snapshelf.understand.sheet import Sheet
from snapshelf.understand.units import FLUID, GENERATIONS, UNITS, Unit, number_of

INCH = UNITS["in"]


class Amount(NamedTuple):
    """A number with what stands around it: tokens ``first`` to ``last``; ``text`` as written, ``value`` as measured.

    ``half`` of its last digit. ``thousands``: "k" behind it. ``money``: the sign or word of a currency, "" for none.
    """

    first: int
    last: int
    text: str
    value: float
    half: float
    unit: Unit | None
    money: str
    thousands: bool


class Limit(NamedTuple):
    """Amounts with limits. ``low`` and ``high`` are the same for a plain amount. ``strict``: a limit itself is out.

    ``about``: roughly so. ``worded``: words say that it is a limit. ``vague``: by words that a model's name may hold.
    """

    first: int
    last: int
    low: Amount | None
    high: Amount | None
    strict: bool
    about: bool
    worded: bool
    vague: bool = False

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts that there are."""
        return tuple(one for one in (self.low, self.high) if one)


def limit_at(sheet: Sheet, at: int) -> Limit | None:
    """The limit or plain amount that begins at a token; None where none does."""
    token = sheet.tokens[at]
    if token.kind == "number" or token.word in MEANT or token.word in BEFORE_DOLLAR:
        first = amount_at(sheet, at)
        return _from_amount(sheet, first) if first else None
    if token.word in sheet.words.between:
        return _between(sheet, at)
    count = sheet.phrase(at, sheet.words.limits)
    if not count or (token.word == "max" and sheet.word(at - 1) in sheet.words.models):
        return None
    mark = sheet.meaning(at, count, sheet.words.limits)
    start = at + count
    while sheet.word(start) in ("about", "around", "price", "of", "a", "the", ":", "."):
        start += 1
    found = amount_at(sheet, start)
    if not found:
        return None
    if mark == ">=":  # "from 50 to 100"
        upper = _second(sheet, found, sheet.words.to)
        if upper and not (_ascending(found, upper) or upper.money or found.money):
            return None  # "from 9 to 5"
        if upper:
            return _range(at, found, upper)
    low, high = (found, None) if mark[0] == ">" else (None, found)
    if mark == "~":
        low = high = found
    last = found.last + _said_again(sheet, found.last, mark)
    return Limit(at, last, low, high, mark in ("<", ">"), mark == "~", True)


def _said_again(sheet: Sheet, at: int, mark: str) -> int:
    """How many tokens repeat a limit behind its amount: "under $50 or less"."""
    count = sheet.phrase(at, sheet.words.after)
    return count if count and sheet.meaning(at, count, sheet.words.after)[0] == mark[0] else 0


def _from_amount(sheet: Sheet, first: Amount) -> Limit:
    upper = _second(sheet, first, sheet.words.to)
    named = bool(upper) and sheet.before(first.first, sheet.words.priced) > 0
    if upper and _ascending(first, upper) and (named or upper.money or first.money or upper.unit or first.unit):
        return _range(first.first, first, upper)
    count = sheet.phrase(first.last, sheet.words.after)
    if not count:
        return Limit(first.first, first.last, first, first, False, False, False)
    mark = sheet.meaning(first.last, count, sheet.words.after)
    vague = sheet.said(first.last, first.last + count) in sheet.words.vague
    low, high = (first, None) if mark[0] == ">" else (None, first)
    return Limit(first.first, first.last + count, low, high, False, False, True, vague)


def _between(sheet: Sheet, at: int) -> Limit | None:
    low = amount_at(sheet, at + 1)
    high = _second(sheet, low, sheet.words.joins) if low else None
    return _range(at, low, high) if low and high else None


def _second(sheet: Sheet, first: Amount, joins: frozenset[str]) -> Amount | None:
    """The other end of a range, if one of ``joins`` and an amount follow."""
    at = first.last
    if sheet.word(at) == "." and sheet.word(at + 1) == ".":  # "50..100"
        return amount_at(sheet, at + 2, joined=True)
    if sheet.word(at) not in joins or not sheet.free(at, at + 1):
        return None
    return amount_at(sheet, at + 1, joined=True)


def _range(at: int, low: Amount, high: Amount) -> Limit:
    """A range whose ends share their unit or currency; "1-2k" means thousands on both sides, whichever end is given."""
    money, unit = low.money or high.money, low.unit or high.unit
    low = low._replace(money=low.money or money, unit=low.unit or (None if low.money else unit))
    high = high._replace(money=high.money or money, unit=high.unit or (None if high.money else unit))
    last, lower, upper = high.last, low, high
    if _size(low) > _size(high):
        lower, upper = high, low
    return Limit(at, last, lower, upper, False, False, True)


def _ascending(low: Amount, high: Amount) -> bool:
    """Whether two amounts with a dash between are a range: the greater one stands behind."""
    apart = low.unit and high.unit
    return _size(high) > _size(low) if apart else high.value > low.value


def _size(amount: Amount) -> float:
    return amount.value * (amount.unit[1] if amount.unit else 1) * (1000 if amount.thousands else 1)


def amount_at(sheet: Sheet, at: int, joined: bool = False) -> Amount | None:
    """The number at a token with its currency or unit; None where there is none, or it is part of a word.

    joined: the sign before it joins it to another number.
    """
    first, money = at, ""
    if sheet.word(at) in BEFORE_DOLLAR and sheet.word(at + 1) == "$" and sheet.tokens[at + 1].glued:
        money, at = sheet.word(at) + "$", at + 2  # "US$50"
        money = money if money in MEANT else "$"
    elif sheet.word(at) in MEANT and not _is_name(sheet, at):
        money, at = sheet.word(at), at + 1
    if (
        not sheet.free(at, at + 1)
        or sheet.tokens[at].kind != "number"
        or (not money and not joined and _inside(sheet, at))
    ):
        return None
    text, last = sheet.tokens[at].text, at + 1
    if _continues(sheet, last, money):  # "1 500 kr"
        text, last = text + sheet.tokens[last].text, last + 1
    value, half = number_of(text)
    if value != value:
        return None
    return _with_rest(sheet, Amount(first, last, text, value, half, None, money, False))


def _is_name(sheet: Sheet, at: int) -> bool:
    """Whether letters before a number are no currency but part of a name: "RS232" in a shop without rupees."""
    after = sheet.tokens[at + 1] if at + 1 < len(sheet.tokens) else None
    glued = bool(after and after.glued and sheet.tokens[at].kind == "word")
    return glued and not settled(sheet.word(at), sheet.vocabulary.facts.currencies)[1]


def _inside(sheet: Sheet, at: int) -> bool:
    """Whether a number is part of something: "S7", "WH-1000", "1/2", "120x60"."""
    token = sheet.tokens[at]
    before = sheet.tokens[at - 1] if at else None
    if before and before.word == "x" and at > 1 and sheet.tokens[at - 2].kind == "number":
        return True
    if not before or not token.glued:
        return False
    if before.kind != "sign":
        return True
    return before.word in "-./#_&'’" and before.glued


def _continues(sheet: Sheet, at: int, money: str) -> bool:
    """Whether three digits behind a space belong to the number before: only beside a currency."""
    if at >= len(sheet.tokens) or not sheet.free(at, at + 1):
        return False
    token, before = sheet.tokens[at], sheet.tokens[at - 1]
    grouped = token.kind == "number" and len(token.text.partition(",")[0]) == 3 and before.text.isdecimal()
    return grouped and not token.glued and len(before.text) <= 3 and (bool(money) or sheet.word(at + 1) in MEANT)


def _with_rest(sheet: Sheet, number: Amount) -> Amount | None:
    """The number with what stands behind it: "k", ",-", a currency or a unit."""
    at = number.last
    if at >= len(sheet.tokens) or not sheet.free(at, at + 1):
        return number
    token = sheet.tokens[at]
    if token.word == "k" and token.glued:
        number, at = number._replace(last=at + 1, thousands=True), at + 1
    elif token.word in (",", ":", ".") and token.glued and sheet.word(at + 1) == "-" and sheet.tokens[at + 1].glued:
        number, at = number._replace(last=at + 2), at + 2
    if at >= len(sheet.tokens):
        return number
    token = sheet.tokens[at]
    unit = None if number.money else _unit(sheet, number, at)
    if unit:
        return number._replace(last=unit[1], unit=unit[0])
    if not number.money and token.word in HUNDREDTHS:
        return number._replace(last=at + 1, money="cents")
    if token.word in MEANT and not _is_prefix(sheet, at):
        return number._replace(last=at + 1, money=number.money or token.word)
    if token.glued and token.kind == "word" and not number.thousands:
        return None  # "13th", "1080p", "50s"
    if token.glued and token.word == "-" and sheet.word(at + 1)[:1].isalpha() and sheet.tokens[at + 1].glued:
        return number if number.money and not number.money.isalpha() else None  # "12-pack"
    return number


def _is_prefix(sheet: Sheet, at: int) -> bool:
    """Whether a currency belongs to the number behind it: "2 $50 vouchers"."""
    after = sheet.tokens[at + 1] if at + 1 < len(sheet.tokens) else None
    return bool(after and after.kind == "number" and after.glued and not sheet.tokens[at].glued)


def _unit(sheet: Sheet, number: Amount, at: int) -> tuple[Unit, int] | None:
    """The unit at a token, and where it ends."""
    token = sheet.tokens[at]
    word = token.word
    if word == "-" and token.glued and sheet.word(at + 1) in UNITS and sheet.tokens[at + 1].glued:
        return UNITS[sheet.word(at + 1)], at + 2  # "55-inch"
    if word in ("fl", "fluid") and sheet.word(at + 1) in ("oz", "ounce", "ounces"):
        return FLUID, at + 2
    if word not in UNITS or number.thousands:
        return None
    if word in ('"', "”", "″"):
        return (INCH, at + 1) if token.glued and not _open_quote(sheet, at) else None
    if word == "in" and not _is_inch(sheet, at):
        return None
    if word == "g" and token.glued and number.text in GENERATIONS:
        return None
    if (
        word in ("pound", "pounds")
        and "mass" not in sheet.vocabulary.measures
        and "GBP" in sheet.vocabulary.facts.currencies
    ):
        return None
    if len(word) == 1 and sheet.word(at + 1) == "/" and sheet.tokens[at + 1].glued:
        return None  # "M/F", "m/s"
    return UNITS[word], at + 1


def _open_quote(sheet: Sheet, at: int) -> bool:
    """Whether a quotation mark before is still open, so that this one closes it."""
    return (
        sheet.text.count('"', 0, sheet.tokens[at].start) % 2 == 1
        or sheet.text.count("“", 0, sheet.tokens[at].start) > 0
    )


def _is_inch(sheet: Sheet, at: int) -> bool:
    """Whether "in" behind a number is an inch: "55in", "55 in tv"; not "2 in 1", "13 in black", "3 in a box"."""
    after = sheet.tokens[at + 1] if at + 1 < len(sheet.tokens) else None
    if sheet.tokens[at].glued or after is None:
        return True
    if after.kind == "number" or after.word in sheet.words.articles or after.word in sheet.words.size.meaning:
        return False
    return not any(one.kind in ("colour", "size") for one in sheet.vocabulary.values.get(after.stem, ()))
