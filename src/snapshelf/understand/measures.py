"""Amounts with a unit, and counts of what the catalogue numbers: "55in", "under 2 kg", "at least 8 cores"."""

from __future__ import annotations

from snapshelf.types import Compare, Filter
from snapshelf.understand.limits import Amount, Limit
from snapshelf.understand.prices import ABOUT
from snapshelf.understand.readings import Measured, all_of, any_of, rounded
from snapshelf.understand.sheet import Sheet
from snapshelf.understand.units import BINARY, FLUID, OUNCE, TOLERANCE, UNITS, Unit, label

MOST = 4  # attributes that one amount may be about
NEAR = 2  # tokens between an amount and the word that names what is measured


def measure(sheet: Sheet, limit: Limit) -> bool:
    """Note a limit or an amount with a unit, if the catalogue measures such a thing; returns whether it was read."""
    if not limit.amounts or any(one.unit is None for one in limit.amounts):
        return False
    units = [one.unit for one in limit.amounts if one.unit]
    if len({unit[0] for unit in units}) > 1:
        return False
    named, first, last = _named(sheet, limit)
    held = _held(sheet, units[0])
    stated = first == limit.first - 1 and sheet.word(first) == named in sheet.words.dimensions
    if stated and not any(named in one.name.split("_") for one in held):
        return _wrong(sheet, named, limit, first, last, units[0])
    about = [one for one in held if named and named in one.name.split("_")] or held
    if limit.worded and not limit.about and limit.high and limit.low is None and limit.high.value == 0:
        words = sheet.text[slice(*sheet.span(limit.first, limit.last))]
        sheet.faults.append(f"{words!r} leaves nothing, since no amount is below 0; give a higher limit")
        sheet.drop(sheet.take(limit.first, limit.last))
        return True
    sure = bool(named) and about is not held
    filters = [where for one in _likely(about, limit, units[0])[:MOST] if (where := _where(one, limit))]
    if not filters:
        return False
    hard = len(filters) == 1 and not limit.about and (sure or limit.worded)
    names = " or ".join(dict.fromkeys(_called(one) for one in _likely(about, limit, units[0])[:MOST]))
    if not sure:
        first, last = limit.first, limit.last
    made = sheet.add("measure", first, last, f"{names} {said(limit)}", any_of(filters), hard)
    if hard:
        sheet.drop(made.span, useful=True)
    return True


def _called(attribute: Measured) -> str:
    """An attribute's name as it is said, without its unit."""
    parts = attribute.name.split("_")
    if len(parts) > 1 and parts[-1] in UNITS:
        parts = parts[:-2] if parts[-2:] == ["fl", "oz"] else parts[:-1]
    return " ".join(parts)


def _held(sheet: Sheet, unit: Unit) -> list[Measured]:
    """Attributes that measure the same; an ounce may be one of weight or of volume."""
    found = list(sheet.vocabulary.measures.get(unit[0], ()))
    return found or (list(sheet.vocabulary.measures.get(FLUID[0], ())) if unit == OUNCE else [])


def _likely(held: list[Measured], limit: Limit, unit: Unit) -> list[Measured]:
    """Of attributes that could be meant those that hold such amounts, and among them those in the very unit said."""
    if not limit.worded or limit.about:
        one = limit.amounts[0]
        held = [m for m in held if _to(m, one) * 0.8 <= m.high and m.low <= _to(m, one) * 1.2]
    return [m for m in held if m.unit == unit] or held


def _to(attribute: Measured, amount: Amount, value: float | None = None) -> float:
    """An amount in an attribute's own unit."""
    unit = amount.unit or attribute.unit
    if unit == OUNCE and attribute.unit[0] == FLUID[0]:
        unit = FLUID
    return (amount.value if value is None else value) * unit[1] / attribute.unit[1]


def _where(attribute: Measured, limit: Limit) -> Filter | None:
    low, high = limit.low, limit.high
    if limit.worded and not limit.about:
        ends = [None if one is None else _to(attribute, one) for one in (low, high)]
        return attribute.within(ends[0], ends[1], (limit.strict, limit.strict))
    one = limit.amounts[0]
    half = _slack(attribute, one, limit.about)
    if attribute.texts is not None:  # written down as amounts, so equal ones are meant
        half = max(half, 1e-9)
    value = _to(attribute, one)
    return attribute.within(value - half, value + half, (False, True))


def _slack(attribute: Measured, one: Amount, about: bool) -> float:
    """How far off still counts as the same: half of the last digit as written, and no more than `TOLERANCE`; that,
    if the unit is converted; `BINARY` for memory; `ABOUT` where the words say about.
    """
    value = _to(attribute, one)
    if about:
        return ABOUT * value
    share = BINARY if attribute.unit[0] == "data" else TOLERANCE
    return share * value if one.unit != attribute.unit else min(_to(attribute, one, one.half), share * value)


def _named(sheet: Sheet, limit: Limit) -> tuple[str, int, int]:
    """The part of an attribute's name that a word beside the amount names, and the tokens with that word."""
    words = sheet.words.named
    for at in range(limit.first - 1, max(limit.first - 1 - NEAR, -1), -1):
        if not sheet.free(at, at + 1) or sheet.tokens[at].kind == "number":
            break
        if sheet.word(at) in words and _has(sheet, words[sheet.word(at)]):
            return words[sheet.word(at)], at, limit.last
    at = limit.last
    if sheet.word(at) in words and sheet.free(at, at + 1) and _has(sheet, words[sheet.word(at)]):
        return words[sheet.word(at)], limit.first, at + 1
    return "", limit.first, limit.last


def _has(sheet: Sheet, part: str) -> bool:
    """Whether any measured attribute has this part in its name."""
    return any(part in one.name.split("_") for several in sheet.vocabulary.measures.values() for one in several)


def _wrong(sheet: Sheet, named: str, limit: Limit, first: int, last: int, unit: Unit) -> bool:
    """Say that something is measured otherwise here."""
    words = sheet.text[slice(*sheet.span(first, last))]
    held = [one for several in sheet.vocabulary.measures.values() for one in several if named in one.name.split("_")]
    units = " or ".join(sorted({label(one.unit) for one in held}))
    sheet.faults.append(f"{words!r} gives {named} in {label(unit)}, and here it is measured in {units}; use that")
    sheet.drop(sheet.take(first, last))
    return True


def counted(sheet: Sheet, limit: Limit) -> bool:
    """Note "at least 8 cores", "rating above 4": a limit on a number that the catalogue names; whether it was one."""
    if not limit.worded or any(one.unit or one.money for one in limit.amounts):
        return False
    for first, last, begin, end in _beside(sheet, limit):
        name = sheet.vocabulary.counts.get(" ".join(token.stem for token in sheet.tokens[begin:end]))
        if name and sheet.free(begin, end):
            sheet.drop(_note_count(sheet, limit, name, first, last), useful=True)
            return True
    return False


def _beside(sheet: Sheet, limit: Limit) -> list[tuple[int, int, int, int]]:
    """(first, last) of the whole and (begin, end) of up to three words behind or before a limit."""
    found = []
    for count in (3, 2, 1):
        if limit.last + count <= len(sheet.tokens):
            found.append((limit.first, limit.last + count, limit.last, limit.last + count))
        if limit.first - count >= 0:
            found.append((limit.first - count, limit.last, limit.first - count, limit.first))
    return found


def _note_count(sheet: Sheet, limit: Limit, name: str, first: int, last: int) -> tuple[int, int]:
    parts: list[Filter] = []
    low, high = limit.low, limit.high
    if limit.about and low:
        parts = [
            Compare(name, ">=", rounded(low.value * (1 - ABOUT))),
            Compare(name, "<=", rounded(low.value * (1 + ABOUT))),
        ]
    else:
        if low:
            parts.append(Compare(name, ">" if limit.strict else ">=", low.value))
        if high:
            parts.append(Compare(name, "<" if limit.strict else "<=", high.value))
    label_ = name.replace("_", " ")
    return sheet.add("attribute", first, last, f"{label_} {said(limit)}", all_of(parts), not limit.about).span


def said(limit: Limit) -> str:
    """A limit in plain English: "55 in", "below 2 kg", "from 2 to 3 kg"."""

    def shown(one: Amount | None) -> str:
        return "" if one is None else f"{one.value:g} {label(one.unit)}" if one.unit else f"{one.value:g}"

    if limit.about:
        return f"about {shown(limit.low)}"
    if not limit.worded:
        return shown(limit.low)
    if limit.low and limit.high:
        return f"from {shown(limit.low)} to {shown(limit.high)}"
    if limit.high:
        return f"{'below' if limit.strict else 'up to'} {shown(limit.high)}"
    return f"{'above' if limit.strict else 'at least'} {shown(limit.low)}"
