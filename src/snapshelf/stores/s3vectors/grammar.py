"""Our filters in the filter grammar of S3 Vectors.

The service has no ``$not``, so negation is pushed to the comparisons (De Morgan), where each has an opposite. What its
documentation leaves open (``$ne`` on a missing field, on another type, on a list) decides nothing here: a missing field
is asked for with ``$exists``, and where the type of a field is not known, or it holds lists, a negated comparison is
left out. Then more comes back than passes, `Asked.exact` is false, and the store sorts the rest out by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, TypeAlias

from snapshelf.errors import Unsupported
from snapshelf.stores.s3vectors.limits import CONSTRAINTS
from snapshelf.types import And, Compare, Exists, Filter, Kind, Not, Or, Truth, kind_of

Body: TypeAlias = dict[str, Any]
Term: TypeAlias = "Body | Literal[True, False]"  # constants: what everything passes, what nothing passes
ORDER = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
OPPOSITE = {"$lt": "$gte", "$lte": "$gt", "$gt": "$lte", "$gte": "$lt"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as S3 Vectors takes it. ``body`` None: none is needed. ``nothing``: no record can pass.

    ``exact`` false: records may come back that do not pass, and have to be looked at; none that passes is lost.
    """

    body: Body | None
    exact: bool = True
    nothing: bool = False


@dataclass(slots=True)
class _Translation:
    kinds: Mapping[str, Kind]
    non_filterable: Set[str]
    exact: bool = True


def translate(where: Filter, kinds: Mapping[str, Kind], non_filterable: Set[str] = frozenset()) -> Asked:
    """A filter in the service's grammar. kinds: the types that are known of the stored attributes.

    Raises Unsupported for what the service cannot compare: texts by order, fields declared non-filterable, names that
    begin with "$", more than 100 values.
    """
    work = _Translation(kinds, non_filterable)
    term = _term(work, where, negated=False)
    if isinstance(term, bool):
        return Asked(None, work.exact, nothing=not term)
    count = constraints(term)
    if count > CONSTRAINTS:
        raise Unsupported(f"S3 Vectors compares with at most {CONSTRAINTS} values in one filter, this one has {count}")
    return Asked(term, work.exact)


def constraints(body: Body) -> int:
    """How many values a filter is compared with, each element of a list counted."""
    ((name, held),) = body.items()
    if name in ("$and", "$or"):
        return sum(constraints(part) for part in held)
    return sum(len(value) if isinstance(value, list) else 1 for value in held.values())


def _term(work: _Translation, where: Filter, negated: bool) -> Term:
    if isinstance(where, Not):
        return _term(work, where.part, not negated)
    if isinstance(where, And | Or):
        every = isinstance(where, And) is not negated
        return _joined([_term(work, part, negated) for part in where.parts], every)
    _check_name(work, where.name)
    if isinstance(where, Exists):
        return {where.name: {"$exists": not negated}}
    if isinstance(where, Truth):
        return _equal(work, where.name, (True,), negated)
    if where.op in ORDER:
        return _ordered(work, where, negated)
    values = where.value if isinstance(where.value, tuple) else (where.value,)
    return _equal(work, where.name, values, negated is not (where.op in ("!=", "not in")))


def _joined(terms: Sequence[Term], every: bool) -> Term:
    """``$and`` of the terms, or ``$or``; constants are worked out, equal joints flattened."""
    sign, left = ("$and" if every else "$or"), list[Body]()
    for term in terms:
        if term is (not every):
            return not every
        if isinstance(term, dict):
            left += term.get(sign, [term])  # an equal joint is flattened
    if not left:
        return every
    return left[0] if len(left) == 1 else {sign: left}


def _equal(work: _Translation, name: str, values: Sequence[Any], negated: bool) -> Term:
    """``name`` equals one of the values, or with ``negated`` none of them."""
    kind = work.kinds.get(name)
    once = {(kind_of(value), value): value for value in values}.values()  # true is no 1
    wanted = [value for value in once if kind is None or kind_of(value) == _element(kind)]
    if any(isinstance(value, float) and not isfinite(value) for value in wanted):
        raise Unsupported(f"S3 Vectors compares with finite numbers only, and {name} is compared with a larger one")
    if not wanted:  # no value of the field's own type: nothing is equal
        return negated
    if not negated:
        return {name: {"$eq": wanted[0]} if len(wanted) == 1 else {"$in": wanted}}
    if kind is None or kind == "list":
        return _loose(work)
    if kind == "bool":
        present: Body = {name: {"$eq": not wanted[0]}}
        return {name: {"$exists": False}} if len(wanted) > 1 else _absent_or(name, present)
    return _absent_or(name, {name: {"$ne": wanted[0]} if len(wanted) == 1 else {"$nin": wanted}})


def _ordered(work: _Translation, where: Compare, negated: bool) -> Term:
    kind, value = work.kinds.get(where.name), where.value
    if isinstance(value, str):
        raise Unsupported(
            f"S3 Vectors orders numbers only, so it cannot compare {where.name} {where.op} {value!r}; use == or in"
        )
    if kind not in (None, "number") or isinstance(value, bool | tuple):
        return negated  # another type has no order with a number: the comparison holds nowhere
    if not isfinite(value):
        raise Unsupported(f"S3 Vectors compares with finite numbers only, and {where.name} is compared with {value}")
    sign = ORDER[where.op]
    if not negated:
        return {where.name: {sign: value}}
    if kind is None:
        return _loose(work)
    return _absent_or(where.name, {where.name: {OPPOSITE[sign]: value}})


def _absent_or(name: str, present: Body) -> Body:
    return {"$or": [{name: {"$exists": False}}, present]}


def _loose(work: _Translation) -> Literal[True]:
    work.exact = False
    return True


def _element(kind: Kind) -> Kind:
    return "text" if kind == "list" else kind


def _check_name(work: _Translation, name: str) -> None:
    if name in work.non_filterable:
        raise Unsupported(
            f"{name!r} is listed in store.options as non_filterable or text, so S3 Vectors cannot filter by it"
        )
    if name.startswith("$"):
        raise Unsupported(f"S3 Vectors takes {name!r} for an operator, so it cannot filter by it")
