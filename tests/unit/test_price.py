"""Prices as people write them, in any style: what is read is what was meant, and what is ambiguous is said."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshelf.errors import BadInput
from snapshelf.rows.price import CODES, SIGNS, THOUSANDTHS, price_of

GROUPS = ("", ",", ".", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "'", "\N{RIGHT SINGLE QUOTATION MARK}")
DASHES = (",-", ".-", ",--", ".\N{EN DASH}", ",\N{EM DASH}", ":-")
MONEY = sorted([*SIGNS, *CODES, "kr", "kr.", "$", "¥", "Rs.", "zł", "Kč"])


@st.composite
def written(draw):
    """(text, amount in hundredths) in one of the styles that leave no doubt."""
    hundredths = draw(st.integers(0, 10**11))
    group, point = draw(st.sampled_from(GROUPS)), draw(st.sampled_from((".", ",")))
    whole, cents = divmod(hundredths, 100)
    digits = f"{whole:,}".replace(",", group)
    money = draw(st.sampled_from(["", *MONEY]))
    if group == point or draw(st.booleans()):  # no decimals
        lone = group in (".", ",") and digits.count(group) == 1
        plain = not (lone and ((group == "." and not money) or money.upper() in THOUSANDTHS))
        ending = draw(st.sampled_from(("", *DASHES) if plain else DASHES))
        text, hundredths = digits + ending, whole * 100
    else:
        text = f"{digits}{point}{cents:02}"
    gap = draw(st.sampled_from(("", " ", "\N{NO-BREAK SPACE}")))
    if money and draw(st.booleans()):
        return f"{money}{gap}{text}", hundredths
    return (f"{text}{gap}{money}" if money else text), hundredths


@given(written())
def test_any_amount_in_any_style(one):
    text, hundredths = one
    assert price_of(text)[0] == float(Decimal(hundredths) / 100)


@given(st.floats(min_value=0, max_value=1e15, allow_nan=False))
def test_a_number_is_itself(number):
    assert price_of(number) == (number, "")
    assert price_of(f"{number:.2f}")[0] == float(f"{number:.2f}")


@given(st.text(max_size=12, alphabet="0123456789.,-–:'’ €$krR\u200f\u0663"))
def test_any_text_is_a_price_or_refused(text):
    try:
        amount, _ = price_of(text)
    except BadInput as error:
        amount = 0.0 if "no price" in str(error) else -1.0
    assert 0 <= amount < float("inf")


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("12,-", 12.0, ""),
        ("12.-", 12.0, ""),
        ("12,50 €", 12.5, "EUR"),
        ("CHF 12.–", 12.0, "CHF"),
        ("Fr. 12.50", 12.5, "CHF"),
        ("1.299,00", 1299.0, ""),
        ("1.299,- €", 1299.0, "EUR"),
        ("1 299,00 kr", 1299.0, ""),
        ("299:-", 299.0, ""),
        ("₹1,29,999.00", 129999.0, "INR"),
        ("\u200f1,299.00 ₪", 1299.0, "ILS"),
        (".99", 0.99, ""),
        # A lone separator before three digits: thousands, but for a bare dot, a zero, and dinars of a thousand parts.
        ("1,299", 1299.0, ""),
        ("1.299", 1.299, ""),
        ("1.299 €", 1299.0, "EUR"),
        ("0,999", 0.999, ""),
        ("1.299 KWD", 1.299, "KWD"),
        ("1.299.000", 1299000.0, ""),
    ],
)
def test_examples(text, amount, currency):
    assert price_of(text) == (amount, currency)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "NaN",
        "inf",
        "1e3",
        "-12",
        "–12",
        "€-5",
        "12-",
        "10-20",
        "1.2.3",
        "1299 000",
        "12,50,-",
        "12 34",
        "1,299,00",
    ],
)
def test_what_is_no_price(text):
    with pytest.raises(BadInput, match=f"^'{text}' is no price; "):
        price_of(text)


def test_a_shared_sign_takes_the_currency_stated():
    assert price_of("1 299 kr", "SEK") == (1299.0, "SEK")
    assert price_of("$5", "CAD") == (5.0, "CAD")
    with pytest.raises(BadInput, match="is in EUR, but the currency column says USD"):
        price_of("5 €", "USD")
