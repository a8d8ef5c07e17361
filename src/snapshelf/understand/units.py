"""Units of measure: what each measures, and how much of the first unit of its kind it is.

Inch, foot, yard, pound, ounce: exact by definition (NIST SP 811, appendix B.8); fluid ounce and gallon: US.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Unit = tuple[str, float]  # (what it measures, how many of the basic unit)

_SPELT: Mapping[str, Mapping[str, float]] = {
    "length": {
        "mm millimeter millimeters millimetre millimetres": 0.001,
        "cm centimeter centimeters centimetre centimetres": 0.01,
        "m meter meters metre metres mtr": 1.0,
        "km kilometer kilometers kilometre kilometres": 1000.0,
        'in inch inches zoll ″ ” "': 0.0254,
        "ft foot feet": 0.3048,
        "yd yard yards": 0.9144,
    },
    "mass": {
        "mg milligram milligrams": 1e-6,
        "g gram grams gr gramme grammes": 0.001,
        "kg kilo kilos kilogram kilograms kgs": 1.0,
        "lb lbs pound pounds": 0.45359237,
        "oz ounce ounces": 0.028349523125,
    },
    "volume": {
        "ml milliliter milliliters millilitre millilitres": 0.001,
        "cl centiliter centilitre centilitres": 0.01,
        "dl deciliter decilitre": 0.1,
        "l liter liters litre litres ltr": 1.0,
        "gal gallon gallons": 3.785411784,
        "floz": 0.0295735295625,
    },
    "data": {"kb": 1e-6, "mb": 1e-3, "gb gigabyte gigabytes": 1.0, "tb terabyte terabytes": 1000.0},
    "power": {"w watt watts": 1.0, "kw kilowatt kilowatts": 1000.0},
    "voltage": {"v volt volts": 1.0},
    "charge": {"mah": 0.001, "ah": 1.0},
    "energy": {"wh": 1.0, "kwh": 1000.0},
    "frequency": {"hz hertz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9},
    "light": {"lm lumen lumens": 1.0},
    "picture": {"mp megapixel megapixels": 1.0},
    "pressure": {"bar": 1.0},
}
UNITS: Mapping[str, Unit] = {
    word: (measure, size)
    for measure, spelt in _SPELT.items()
    for words, size in spelt.items()
    for word in words.split()
}
LABELS: Mapping[Unit, str] = {
    (measure, size): words.split()[0] for measure, spelt in _SPELT.items() for words, size in spelt.items()
}
LABELS = {**LABELS, ("volume", 0.0295735295625): "fl oz"}
_CASED = {one.lower(): one for one in "L GB TB MB kB W kW V mAh Ah Wh kWh Hz kHz MHz GHz MP".split()}
FLUID: Unit = ("volume", 0.0295735295625)  # what an ounce is where volumes are meant
OUNCE: Unit = UNITS["oz"]
GENERATIONS = frozenset({"2", "3", "4", "5", "6"})  # "5g" is a telephone network, not five grams
TOLERANCE = 0.02  # share of an amount within which it is the same
BINARY = 0.03  # the same of memory, which is counted in powers of 2 or of 10: 1 TB is 1,000 or 1,024 GB
DIAGONAL = UNITS["in"]  # what a screen's diagonal is given in wherever its name says no unit
_IN_NAME = re.compile(r"[a-z]+")
_AMOUNT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([^\W\d_]+|[\"″”])\.?")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with a unit: ``value`` in ``unit``, ``half`` of its last digit as written."""

    value: float
    half: float
    unit: Unit

    @property
    def basic(self) -> float:
        """In the basic unit of what is measured."""
        return self.value * self.unit[1]


def label(unit: Unit) -> str:
    """How a unit is written: "in", "GB"."""
    return _CASED.get(LABELS[unit], LABELS[unit])


def unit_in(name: str) -> Unit | None:
    """The unit that an attribute's name ends with ("screen_size_in", "weight_kg"); of a screen's diagonal the inch."""
    parts = _IN_NAME.findall(name)
    if len(parts) > 2 and parts[-2:] == ["fl", "oz"]:
        return FLUID
    if len(parts) > 1 and parts[-1] in UNITS and parts[-1] not in ("foot", "feet", "bar", "pound"):
        return UNITS[parts[-1]]
    return DIAGONAL if "diagonal" in parts or name == "screen_size" else None


def amount_of(value: str) -> Amount | None:
    """The amount that a catalogue's text value is, such as "55 inch" or "1.5 l"; None for anything else."""
    match = _AMOUNT.fullmatch(value.strip())
    unit = UNITS.get(match[2].lower()) if match else None
    return Amount(*number_of(match[1]), unit) if match and unit else None


def number_of(text: str) -> tuple[float, float]:
    """A number as written, and half of its last digit: "13.3" → (13.3, 0.05); a comma before three digits parts
    thousands. (nan, nan) for what is no number, such as "1.2.3", or has more digits than a float keeps.
    """
    plain = text.replace("'", "").replace("’", "")
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", plain) and not plain.startswith("0"):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})", plain):
        plain = plain.replace(".", "").replace(",", ".")
    plain = plain.replace(",", ".")
    if plain.count(".") > 1 or len(plain) > 15:
        return float("nan"), float("nan")
    decimals = len(plain.partition(".")[2])
    return float(plain), 0.5 * 10.0**-decimals
