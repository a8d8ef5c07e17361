"""Prices: limits, ranges, "about", and words such as cheap."""

from __future__ import annotations

from snapshelf.types import Compare, Filter
from snapshelf.understand.limits import Amount, Limit
from snapshelf.understand.money import amount, settled
from snapshelf.understand.readings import all_of, rounded
from snapshelf.understand.sheet import Sheet

ABOUT = 0.15  # share of an amount that "about" leaves on either side


def price(sheet: Sheet, limit: Limit) -> bool:
    """Note a limit as one on the price, if it is one: with a currency, a word for prices, or a bare number in a place
    where nothing else is counted. Returns whether it was.
    """
    before = sheet.before(limit.first, sheet.words.priced)
    if not any(one.money for one in limit.amounts) and not before and not _bare(sheet, limit):
        return False
    if any(one.unit for one in limit.amounts):
        return False
    first = limit.first - before
    words = sheet.text[slice(*sheet.span(first, limit.last))]
    code, held = _currency(sheet, limit)
    fault = _fault(sheet, limit, words, code, held)
    low, high = (_value(one, code) if one else None for one in (limit.low, limit.high))
    if low is None and high is None:
        return False
    if fault or high == 0:
        sheet.faults.append(fault or f"{words!r} leaves no price, since none is below 0; give a higher limit")
        sheet.drop(sheet.take(first, limit.last))
        return True
    _note(sheet, limit, first, low, high, code)
    return True


def _note(sheet: Sheet, limit: Limit, first: int, low: float | None, high: float | None, code: str) -> None:
    about = limit.about or not limit.worded
    said = _said(sheet, limit, low, high, code or next(iter(sheet.vocabulary.facts.currencies), ""))
    if about and low is not None:
        low, high = rounded(low * (1 - ABOUT)), rounded(low * (1 + ABOUT))
    elif low is not None and high is not None and low > high:
        low, high = high, low
    parts: list[Filter] = []
    if low is not None:
        parts.append(Compare("price", ">" if limit.strict else ">=", low))
    if high is not None:
        parts.append(Compare("price", "<" if limit.strict else "<=", high))
    if code and len(sheet.vocabulary.facts.currencies) > 1:
        parts.append(Compare("currency", "==", code))
    made = sheet.add("price", first, limit.last, said, all_of(parts), not about)
    sheet.drop(made.span)


def _bare(sheet: Sheet, limit: Limit) -> bool:
    """Whether a limit without any currency is one on the price: "under 50", not "under 3 years", "women over 50"."""
    if not limit.worded or limit.vague:
        return False
    upper = limit.low is None
    words, before = sheet.words, sheet.word(limit.first - 1)
    if before in words.aged and not (upper and before == "for"):
        return False
    years = all(one.text.isdecimal() and 1900 <= one.value <= 2100 for one in limit.amounts)
    if not upper and years:
        return False
    after = sheet.word(limit.last)
    if not after or after in words.function or after in words.connecting or after in words.negators.ahead:
        return True
    if after in words.counted or len(after) < 3 or sheet.tokens[limit.last].glued:
        return False
    return upper or after in words.limits.ahead or sheet.tokens[limit.last].stem in sheet.vocabulary.longest


def _currency(sheet: Sheet, limit: Limit) -> tuple[str, bool]:
    """The currency that is meant, "" where none is said, and whether the shop has it."""
    signs = {one.money for one in limit.amounts if one.money and one.money != "cents"}
    found = {settled(sign, sheet.vocabulary.facts.currencies) for sign in signs}
    if not found:
        return "", True
    return min(found) if len(found) == 1 else ("", False)


def _fault(sheet: Sheet, limit: Limit, words: str, code: str, held: bool) -> str:
    facts = sheet.vocabulary.facts
    if not facts.prices:
        return f"{words!r} asks for a price, and no product here has one; search without it"
    if not held and not code:
        return f"{words!r} names two currencies; give both limits in one"
    if not held:
        shop = " and ".join(sorted(facts.currencies))
        return f"{words!r} is in {code}, and prices here are in {shop}; none is converted, so give the limit in {shop}"
    return ""


def _value(one: Amount, code: str) -> float | None:
    value = amount(one.text, one.thousands, code)
    return value / 100 if value is not None and one.money == "cents" else value


def _said(sheet: Sheet, limit: Limit, low: float | None, high: float | None, code: str) -> str:
    """In plain English: "price below 1,500 USD"."""

    def shown(value: float | None) -> str:
        return f"{value:,.2f}".removesuffix(".00") + (f" {code}" if code else "")

    if limit.about or not limit.worded:
        return f"price about {shown(low)}"
    if low is not None and high is not None:
        return f"price from {shown(min(low, high))} to {shown(max(low, high))}"
    if high is not None:
        return f"price {'below' if limit.strict else 'up to'} {shown(high)}"
    return f"price {'above' if limit.strict else 'from'} {shown(low)}{'' if limit.strict else ' up'}"


def cheap(sheet: Sheet, at: int) -> int:
    """Note "cheap", "luxury" and the like at a token as a wish about the price; returns the tokens read."""
    count = sheet.phrase(at, sheet.words.cheap)
    facts = sheet.vocabulary.facts
    if not count or not facts.prices:
        return 0
    mark, phrase = sheet.meaning(at, count, sheet.words.cheap), sheet.said(at, at + count)
    note_level(sheet, at, at + count, mark, keep=phrase in sheet.words.kept)
    return count


def note_level(sheet: Sheet, first: int, last: int, mark: str, keep: bool) -> None:
    """A soft wish: "<" below the lower percentile of the category's prices, ">" above the upper, "≤" and "≥" not
    above the upper and not below the lower.
    """
    category = _category(sheet)
    low, high = sheet.vocabulary.facts.prices[category]
    op, value = {"<": ("<=", low), ">": (">=", high), "≤": ("<=", high), "≥": (">=", low)}[mark]
    code = next(iter(sheet.vocabulary.facts.currencies), "")
    of = f", as usual for {category}" if category else ""
    said = f"price {'up to' if op == '<=' else 'from'} {value:,.2f}".removesuffix(".00") + f" {code}".rstrip() + of
    where = Compare("price", "<=", value) if op == "<=" else Compare("price", ">=", value)
    made = sheet.add("price", first, last, said, where, hard=False)
    if not keep:
        sheet.drop(made.span)


def _category(sheet: Sheet) -> str:
    """The category that the query names, of several the one with most products; "" for none."""
    facts = sheet.vocabulary.facts
    found: list[str] = []
    for one in sheet.constraints:
        if one.kind == "category" and isinstance(one.where, Compare):
            values = one.where.value if isinstance(one.where.value, tuple) else (one.where.value,)
            found += [value for value in values if isinstance(value, str) and value in facts.prices]
    return max(found, key=lambda name: (facts.categories.get(name, 0), name)) if found else ""
