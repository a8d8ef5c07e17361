"""Currencies as shoppers write them, and the amounts beside them."""

from __future__ import annotations

from collections.abc import Mapping

from snapshelf.errors import BadInput
from snapshelf.rows.price import SIGNS, price_of

DOLLARS = frozenset("USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP".split())
CROWNS = frozenset("SEK NOK DKK ISK CZK".split())
RUPEES = frozenset("INR PKR LKR NPR MUR".split())
_USUAL = (
    "USD EUR GBP CAD AUD NZD CHF SEK NOK DKK PLN CZK HUF JPY CNY INR BRL MXN ZAR KRW SGD HKD TWD ILS AED SAR UAH RON"
)
# What a sign or a word may stand for, the first one where the shop has none of them.
MEANT: Mapping[str, tuple[str, frozenset[str]]] = {
    **{sign.lower(): (code, frozenset({code})) for sign, code in SIGNS.items() if not sign.strip(".").isalpha()},
    **{code.lower(): (code, frozenset({code})) for code in _USUAL.split()},
    **dict.fromkeys(("$", "dollar", "dollars", "bucks"), ("USD", DOLLARS)),
    **dict.fromkeys(("¥", "yen", "yuan"), ("JPY", frozenset({"JPY", "CNY"}))),
    **dict.fromkeys(("kr", "kronor", "kroner", "crowns"), ("SEK", CROWNS)),
    **dict.fromkeys(("rs", "rupees"), ("INR", RUPEES)),
    **dict.fromkeys(("euro", "euros"), ("EUR", frozenset({"EUR"}))),
    **dict.fromkeys(("quid", "pounds", "pound"), ("GBP", frozenset({"GBP"}))),
    **dict.fromkeys(("zł", "zl", "zloty"), ("PLN", frozenset({"PLN"}))),
    **dict.fromkeys(("francs",), ("CHF", frozenset({"CHF"}))),
}
HUNDREDTHS = frozenset({"cent", "cents", "pence"})
BEFORE_DOLLAR = frozenset(sign[:-1].lower() for sign in SIGNS if sign.endswith("$"))


def settled(sign: str, shop: Mapping[str, int]) -> tuple[str, bool]:
    """The currency that a sign or word means in a shop with these currencies ("" where it has none), and whether the
    shop has it.
    """
    first, several = MEANT[sign]
    held = [code for code in shop if code in several]
    return (max(held, key=lambda code: shop[code]), True) if held else (first, not shop)


def amount(text: str, thousands: bool, code: str) -> float | None:
    """A price's amount as the catalogue would read it: "1,500.00", "1.500" with a currency, "1.5" with ``thousands``.

    None for what is no number, such as "1.2.3".
    """
    if text.isdecimal():
        return float(text) * (1000 if thousands else 1) if len(text) <= 15 else None
    try:
        value, _ = price_of(f"{text} {code or 'USD'}" if not thousands else text.replace(",", "."))
    except BadInput:
        return None
    return value * 1000 if thousands else value
