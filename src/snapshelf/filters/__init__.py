"""The filter language: ``price < 80 and brand in ["Acme", "Bolt"] and not in_stock``. One expression for every store.

    filter     = and-part ("or" and-part)*
    and-part   = piece ("and" piece)*
    piece      = "not" piece | "(" filter ")" | "exists" "(" name ")" | name [comparison]
    comparison = ("==" | "=" | "!=" | "<" | "<=" | ">" | ">=") value | ["not"] "in" "[" value ("," value)* "]"
    value      = number | "text" | 'text' | true | false
    name       = letters, digits and _ . - (not first), or anything between `backticks`

A bare name asks for a boolean that is true. A product that lacks an attribute matches no comparison on it; ``!=`` and
``not in`` are the negations of ``==`` and ``in``. On a list a comparison holds if it holds for any element.
"""

from snapshelf.filters.check import check
from snapshelf.filters.columns import Columns
from snapshelf.filters.match import matches
from snapshelf.filters.parse import parse

__all__ = ["Columns", "check", "matches", "parse"]
