"""Text → filter, with the place of every mistake."""

from __future__ import annotations

import re
from typing import Literal, cast

from snapshelf.errors import BadFilter
from snapshelf.types import And, Compare, Exists, Filter, Not, Or, Truth

MAX_DEPTH = 64  # a filter deeper than this is nobody's question and would exhaust the stack
MAX_COMPARISONS = 500  # more would exhaust the catalogue's database; a list holds more values than that
MAX_VALUES = 20_000  # in all lists together

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<op>==|!=|<=|>=|=|<|>|\(|\)|\[|\]|,)
  | (?P<name>[^\W\d][\w.\-]*|`[^`]+`)
  )""",
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "not", "in", "exists", "true", "false"})
_OPS = {"==": "==", "=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_Op = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]


def parse(text: str) -> Filter:
    """The filter that ``text`` spells. Raises BadFilter with the 0-based position of the first thing not understood."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise BadFilter(f"a filter is a text such as 'price < 80', not a {type(text).__name__}")
        self.text, self.tokens, self.next, self.depth = text, _tokens(text), 0, 0
        self.comparisons = self.values_seen = 0

    def whole(self) -> Filter:
        if not self.tokens:
            raise BadFilter("the filter is empty; write something like: price < 80 and in_stock", self.text, 0)
        found = self.either()
        if self.next < len(self.tokens):
            self.fail("expected 'and', 'or' or the end here")
        return found

    def either(self) -> Filter:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self) -> Filter:
        parts = [self.piece()]
        while self.take("and"):
            parts.append(self.piece())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def piece(self) -> Filter:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"the filter is nested more than {MAX_DEPTH} deep")
        found = self.nested()
        self.depth -= 1
        return found

    def nested(self) -> Filter:
        if self.take("not"):
            return Not(self.piece())
        if self.take("("):
            inside = self.either()
            self.expect(")")
            return inside
        at = self.position()
        self.comparisons += 1
        if self.comparisons > MAX_COMPARISONS:
            self.fail(f"the filter has more than {MAX_COMPARISONS} comparisons; try a list: name in [1, 2, 3]")
        if self.take("exists"):
            self.expect("(")
            name = self.name()
            self.expect(")")
            return Exists(name, at)
        return self.comparison(self.name(), at)

    def comparison(self, name: str, at: int) -> Filter:
        kind, token = self.peek()
        if kind == "op" and token in _OPS:
            self.next += 1
            return Compare(name, cast(_Op, _OPS[token]), self.value(), at)
        if token == "not" and kind == "word":
            self.next += 1
            self.expect("in")
            return Compare(name, "not in", self.values(), at)
        if self.take("in"):
            return Compare(name, "in", self.values(), at)
        return Truth(name, at)

    def values(self) -> tuple[bool | float | str, ...]:
        self.expect("[")
        found = [self.value()]
        while self.take(","):
            found.append(self.value())
            self.values_seen += 1
            if self.values_seen > MAX_VALUES:
                self.fail(f"the filter has more than {MAX_VALUES:,} values in its lists")
        self.expect("]")
        return tuple(found)

    def value(self) -> bool | float | str:
        kind, token = self.peek()
        if kind == "number":
            self.next += 1
            return float(token)
        if kind == "text":
            self.next += 1
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if kind == "word" and token in ("true", "false"):
            self.next += 1
            return token == "true"
        if kind == "name":
            self.fail(f'expected a value here; text needs quotes: "{token}"')
        return self.fail("expected a number, a quoted text, true or false here")

    def name(self) -> str:
        kind, token = self.peek()
        if kind != "name":
            self.fail("expected the name of an attribute here")
        self.next += 1
        return token.strip("`")

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.next][:2] if self.next < len(self.tokens) else ("end", "")

    def take(self, wanted: str) -> bool:
        kind, token = self.peek()
        taken = kind in ("op", "word") and token == wanted
        self.next += taken
        return taken

    def expect(self, wanted: str) -> None:
        if not self.take(wanted):
            self.fail(f"expected {wanted!r} here")

    def position(self) -> int:
        return self.tokens[self.next][2] if self.next < len(self.tokens) else len(self.text.rstrip())

    def fail(self, reason: str) -> Literal[False]:
        raise BadFilter(reason, self.text, self.position())


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """(kind, token, position) of everything in the text; keywords in any case become words in lower case."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            quote = text[at] in "\"'`"
            raise BadFilter("this quote is never closed" if quote else f"{text[at]!r} means nothing here", text, at)
        kind = cast(str, match.lastgroup)
        token = match.group(kind)
        if kind == "name" and token.lower() in _WORDS:
            kind, token = "word", token.lower()
        found.append((kind, token, match.start(match.lastgroup or 0)))
        at = match.end()
    return found
