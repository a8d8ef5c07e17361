"""Labelled queries and what is made of them, side by side.

A line of queries.jsonl names a shop, a query and what a shopper wants by it, in the filter language. Of every second
line nothing was looked at while the rules were tuned. ``kind!`` is hard, ``kind?`` soft; ``colour``, ``brand`` and
``category`` give the word instead of the filter, a category with "*" all that begin so; ``fix`` is a corrected word.
``rest`` is the residual, where the line says it.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from snapshelf.filters import parse
from snapshelf.types import And, Compare, Not, Or
from snapshelf.understand import Vocabulary, understand
from snapshelf.understand.tokens import fold
from tests.unit.understand.shop import vocabularies

FILE = Path(__file__).with_name("queries.jsonl")


@dataclass(frozen=True)
class Line:
    number: int
    shop: str
    query: str
    want: tuple[str, ...]
    rest: str | None

    @property
    def half(self):
        """ "tuned" or "held out"."""
        return ("tuned", "held out")[self.number % 2]


def lines():
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    return [Line(n, r["shop"], r["query"], tuple(r["want"]), r.get("rest")) for n, r in enumerate(rows)]


def canonical(where):
    """A filter as a value that does not depend on the order of its parts, nor on how one value is written."""
    if isinstance(where, And | Or):
        return (type(where).__name__, frozenset(canonical(part) for part in where.parts))
    if isinstance(where, Not):
        return ("Not", canonical(where.part))
    if isinstance(where, Compare):
        values = where.value if isinstance(where.value, tuple) else (where.value,)
        op = {"in": "==", "not in": "!="}.get(where.op, where.op)
        return (where.name, op, frozenset(f"{v:.8g}" if isinstance(v, float) else str(v) for v in values))
    return (type(where).__name__, where.name)


def wanted(label: str, vocabulary: Vocabulary):
    """A label as (kind, hard, what)."""
    if label == "fault":
        return ("fault", True, "")
    if label.startswith("fix "):
        return ("correction", False, label[4:])
    head, _, what = label.partition(" ")
    kind, hard = head[:-1], head[-1] == "!"
    facts = vocabulary.facts
    if kind == "colour":
        held = [
            one
            for one in facts.texts["color"]
            if fold(what) in (fold(one), *(fold(one).split() if " " not in what else ()))
        ]
        return kind, hard, canonical(Compare("color", "in", tuple(held)))
    if kind == "brand":
        return kind, hard, canonical(Compare("brand", "==", what))
    if kind == "category":
        held = [one for one in facts.categories if one == what or (what[-1] == "*" and one.startswith(what[:-1]))]
        assert held, f"no such category: {what}"
        return kind, hard, canonical(Compare("category", "in", tuple(held)))
    if kind == "code" or (kind == "negation" and not any(sign in what for sign in "=<> ") and "not " not in what):
        plain = what in facts.flags
        return kind, hard, canonical(parse(what)) if plain else what
    return kind, hard, canonical(parse(what))


def found(line: Line):
    """(what was made of a query as `wanted` says it, the answer itself)."""
    answer = understand(line.query, vocabularies()[line.shop])
    made = []
    for one in answer.constraints:
        if one.where is None and one.kind == "negation":
            words = [word for word in answer.negatives if word in fold(one.words)]
            made.append((one.kind, one.hard, words[0] if words else one.words))
        else:
            made.append((one.kind, one.hard, canonical(one.where) if one.where else one.code))
    made += [("fault", True, "")] * bool(answer.faults)
    made += [("correction", False, one.right) for one in answer.corrections]
    return Counter(made), answer


def score(chosen):
    """Kind → [right, found, wanted] over lines, the misses as text, and [right, labelled] of residuals."""
    counts: dict[str, list[int]] = {}
    misses = []
    rests = [0, 0]
    for line in chosen:
        want = Counter(wanted(label, vocabularies()[line.shop]) for label in line.want)
        made, answer = found(line)
        for place, several in ((0, made & want), (1, made), (2, want)):
            for (kind, _, _), count in several.items():
                counts.setdefault(kind, [0, 0, 0])[place] += count
        for name, several in (("not found", want - made), ("too much", made - want)):
            misses += [f"{line.shop}: {line.query!r}: {name} {one}" for one in several]
        if line.rest is not None:
            rests[1] += 1
            rests[0] += answer.residual == line.rest
            if answer.residual != line.rest:
                misses.append(f"{line.shop}: {line.query!r}: rest {answer.residual!r}, not {line.rest!r}")
    return counts, misses, rests


def table(counts):
    """A Markdown table of precision and recall, all kinds together last."""
    rows = ["| kind | right | found | wanted | precision | recall |", "|---|--:|--:|--:|--:|--:|"]
    for kind, (right, made, want) in [
        *sorted(counts.items()),
        ("all", [sum(c) for c in zip(*counts.values(), strict=True)]),
    ]:
        precision, recall = (f"{right / of:.3f}" if of else "" for of in (made, want))
        rows.append(f"| {kind} | {right} | {made} | {want} | {precision} | {recall} |")
    return "\n".join(rows)
