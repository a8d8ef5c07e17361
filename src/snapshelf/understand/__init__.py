"""What a shopper means by the words of a query: prices, sizes, colours, brands, codes, and what is not wanted.

`understand` is a pure function of a text and a `Vocabulary`, which is made once of a catalogue's facts. Its rules are
one file each: codes, typos, limits (amounts), prices, measures, values (names, sizes, negation), settle (what
contradicts itself); the words of the language are one table (`words`). `printed` does the
like for lines that were read on a package.
"""

from snapshelf.understand.printed import Printed, printed
from snapshelf.understand.read import understand
from snapshelf.understand.understood import KINDS, Constraint, Correction, Span, Understood
from snapshelf.understand.vocabulary import Vocabulary

__all__ = [
    "KINDS",
    "Constraint",
    "Correction",
    "Printed",
    "Span",
    "Understood",
    "Vocabulary",
    "printed",
    "understand",
]
