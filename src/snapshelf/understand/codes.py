"""Codes: article numbers (GTIN), SKUs, part numbers. They are never corrected and never taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from snapshelf.understand.units import UNITS

_CHUNK = re.compile(r"[^\s,;()\[\]{}\"“”„!?]+")
_CODE = re.compile(r"[^\W_](?:[\w./+#-]*[^\W_])?")
_FOLDED = re.compile(r"[\W_]+")
_BESIDE_ENDS = re.compile(r"[^\w\0]+|_+")
_LOOKS = re.compile(r"[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*")
_RUNS = re.compile(r"[A-Za-z]+|[0-9]+")
LEAST = 4  # characters of a code among other words
LEAST_DIGITS = 6  # of one that is nothing but digits
LONGEST = 60


@dataclass(frozen=True, eq=False)
class CodeSet:
    """Which codes a catalogue holds, as 64-bit hashes: 8 bytes each. Called with a code, it says whether it is one."""

    hashes: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, codes: Iterable[str]) -> CodeSet:
        """Take in codes; case and punctuation make no difference."""
        folded = _BESIDE_ENDS.sub("", "\0".join(codes).casefold()).split("\0")  # all at once, as `plain` does each
        return cls(np.sort(np.fromiter((hash(_unpadded(code)) for code in folded if code), np.int64)))

    def __call__(self, code: str) -> bool:
        """Whether the catalogue holds this code."""
        wanted = hash(plain(code))
        at = int(np.searchsorted(self.hashes, wanted))
        return at < len(self.hashes) and int(self.hashes[at]) == wanted


def plain(code: str) -> str:
    """A code without case and punctuation; a GTIN without the zeros before it."""
    folded = code.casefold() if code.isalnum() else _FOLDED.sub("", code.casefold())
    return _unpadded(folded)


def _unpadded(folded: str) -> str:
    return folded.lstrip("0") or folded if folded[:1] == "0" and folded.isdecimal() else folded


def looks_like_code(text: str) -> bool:
    """Letters mixed with digits as in "CF283A", "wh-1000xm4" or "SM-G991B"; not "S7", "SPF50", "256GB" or "iphone13".

    Of 5 characters or more, with at least two digits, three if it is not in capitals. Letters before digits alone need
    four digits, and digits before letters alone are a number and its unit.
    """
    if not 5 <= len(text) <= LONGEST or not _LOOKS.fullmatch(text):
        return False
    runs = _RUNS.findall(text)
    digits = sum(len(run) for run in runs if run.isdigit())
    if len(runs) < 2 or digits < (2 if text.isupper() else 3) or digits == sum(map(len, runs)):
        return False
    if len(runs) == 2:
        return not runs[0].isdigit() and digits >= 4
    return not runs[0].isdigit() or (len(runs) > 3 and not any(run.lower() in UNITS for run in runs))


def chunks(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, text) of everything between spaces that could be a code, without the signs around it."""
    for match in _CHUNK.finditer(text):
        inner = _CODE.search(match[0])
        if inner and any(letter.isdigit() for letter in inner[0]) and len(inner[0]) <= LONGEST:
            yield match.start() + inner.start(), match.start() + inner.end(), inner[0]
