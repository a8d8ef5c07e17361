"""A price as people and programs write it → an amount and its currency."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite

from snapshelf.errors import BadInput

_IN_USE = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
    CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
    GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
    LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
    PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
    TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
CODES = frozenset(_IN_USE.split())  # ISO 4217
# Signs that stand for one currency; "$", "¥", "kr" and "Rs" for several, so a currency column may say another.
SIGNS = {
    "US$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "S$": "SGD",
    "NT$": "TWD",
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₫": "VND",
    "₴": "UAH",
    "₪": "ILS",
    "₱": "PHP",
    "₦": "NGN",
    "฿": "THB",
    "ZŁ": "PLN",
    "KČ": "CZK",
    "FT": "HUF",
    "LEI": "RON",
    "RP": "IDR",
    "RM": "MYR",
    "FR.": "CHF",
    "SFR": "CHF",
    "SFR.": "CHF",
}
SHARED = {"$": "USD", "¥": "JPY", "KR": "", "KR.": "", "RS": "", "RS.": ""}
THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})  # three decimals are usual

_DASH = r"\-‐‑‒–—−="  # "12,-", "CHF 12.–" and "299:-" say that there are no decimals
_PARTS = re.compile(
    rf"(?P<before>(?:[^\d.,+{_DASH}]|(?<=[^\W\d])\.)*)"
    rf"(?P<number>(?:\d|[.,]\d)(?:[\d.,'’\s]*\d)?)(?:(?P<dash>\s?[.,:][{_DASH}]{{1,2}})|[.,])?(?P<after>\D*)"
)
_UNSEEN = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")  # marks of writing direction


def price_of(cell: object, currency: str = "") -> tuple[float, str]:
    """The amount, finite and at least 0, and its ISO 4217 code ("" where nothing says it).

    cell: a number, or text such as "12.5", "$1,299.00", "1.299,00 €", "1 299,00 kr", "EUR 12.50", "12,-". The last of
    two kinds of separators is the decimal one; before a dash there are no decimals. A lone "." or "," before exactly
    three digits parts thousands ("1,299", "1.299 €"), except after a zero, in currencies with three decimals, and for
    a dot in a bare number, which is how programs write 1.299. Spaces and apostrophes only ever part thousands.
    currency: what the currency column says. Raises BadInput quoting the cell.
    """
    stated = currency_of(currency) if currency.strip() else ""
    if isinstance(cell, bool):
        raise BadInput(f"{str(cell).lower()!r} is no price; give a number such as 12.50")
    if isinstance(cell, int | float | Decimal):
        return _amount(cell, str(cell)), stated
    text = _UNSEEN.sub("", str(cell)).strip()
    parts = _PARTS.fullmatch(text)
    if not parts:
        negative = re.match(rf"\D*[{_DASH}]\D*\d", text)
        why = "a price is never negative" if negative else "give a number such as 12.50"
        raise BadInput(f"{text!r} is no price; {why}")
    written = [part for part in (parts["before"].strip(), parts["after"].strip()) if part]
    if len({_code(part) for part in written}) > 1 or any(_code(part) is None for part in written):
        raise BadInput(f"{text!r} is no price; beside the number only a currency may stand, such as $ or EUR")
    sign = written[0] if written else ""
    code = _settle(text, sign, stated) if sign else stated
    decimal = "" if parts["dash"] else _decimal(parts["number"], bool(sign), code)
    return _amount(_number(parts["number"], decimal, text), text), code


def currency_of(text: str) -> str:
    """The ISO 4217 code of a code in any case, or of a sign. Raises BadInput."""
    code = _code(text.strip())
    if not code:
        raise BadInput(f"{text.strip()!r} is no currency; give its code of three letters, such as EUR")
    return code


def _code(sign: str) -> str | None:
    upper = sign.upper()
    if upper in CODES:
        return upper
    return SIGNS.get(upper, SHARED.get(upper))


def _settle(text: str, sign: str, stated: str) -> str:
    code = _code(sign) or ""
    if stated and code != stated and sign.upper() not in SHARED:
        raise BadInput(f"{text!r} is in {code}, but the currency column says {stated}")
    return stated or code


def _decimal(number: str, signed: bool, code: str) -> str:
    """The sign before the decimals of a number as written; "" when it has none."""
    marks = [mark for mark in number if not mark.isdigit()]
    if not marks or marks[-1] not in ".," or marks.count(marks[-1]) > 1:
        return ""
    return "" if len(marks) == 1 and _groups(number, marks[0], signed, code) else marks[-1]


def _number(text: str, decimal: str, whole: str) -> Decimal:
    digits, _, fraction = text.rpartition(decimal) if decimal else (text, "", "")
    groups = re.split(r"[.,'’\s]", digits)
    alike = len({"'" if mark == "’" else mark for mark in digits if not mark.isdigit()}) <= 1
    threes = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    lakhs = 1 <= len(groups[0]) <= 2 and all(len(group) == 2 for group in groups[1:-1]) and len(groups[-1]) == 3
    regular = alike and (len(groups) == 1 or threes or lakhs)
    if not regular or not re.fullmatch(r"[0-9]*", "".join(groups) + fraction):
        raise BadInput(f"{whole!r} is no price; it is not clear where its decimals begin, write it as 1299.00")
    return Decimal(f"{''.join(groups) or 0}.{fraction or 0}")


def _groups(text: str, mark: str, signed: bool, code: str) -> bool:
    """Whether a lone separator parts thousands."""
    left, _, right = text.partition(mark)
    if len(right) != 3 or not 1 <= len(left) <= 3 or left.startswith("0"):
        return False
    return (mark == "," or signed) and code not in THOUSANDTHS


def _amount(number: int | float | Decimal, text: str) -> float:
    try:
        amount = float(number)
    except OverflowError:
        amount = float("inf")
    if not isfinite(amount):
        raise BadInput(f"{text!r} is no price; give a number such as 12.50")
    if amount < 0:
        raise BadInput(f"{text!r} is no price; a price is never negative")
    return amount + 0.0  # so that -0.0 becomes 0.0
