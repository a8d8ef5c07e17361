"""Do rules make sense for this shop? Asked once, before any query is answered by them."""

from __future__ import annotations

from collections.abc import Mapping

from snapshelf.errors import BadFilter, BadSettings, nearest
from snapshelf.filters import check as check_filter
from snapshelf.rerankers.rules.shape import Boost, Bury, Rules, Slot
from snapshelf.types import Kind


def check(rules: Rules, known: Mapping[str, Kind]) -> None:
    """Raise BadSettings, naming file, rule and key, for a signal that does not exist or has the wrong type."""
    for signal, source in rules.sources.items():
        if source not in known:
            raise BadSettings(
                f"{rules.file}, [signals], {signal}: no product has an attribute {source!r}.{nearest(source, known)}"
            )
    there = {**known, **{signal: known[source] for signal, source in rules.sources.items()}}
    asked: list[Boost | Slot | Bury] = [*rules.boosts, *rules.slots, *rules.buries]
    for rule in asked:
        if rule.when is not None:
            try:
                check_filter(rule.when, there, rule.text)
            except BadFilter as error:
                raise BadSettings(f"{rule.where}, when: {error}") from error
    for boost in rules.boosts:
        if boost.signal and boost.signal not in there:
            raise BadSettings(
                f"{boost.where}, signal: there is no signal {boost.signal!r}.{nearest(boost.signal, there)}"
            )
        if boost.signal and there[boost.signal] not in ("number", "bool"):
            raise BadSettings(
                f"{boost.where}, signal: {boost.signal!r} holds {there[boost.signal]} values; a boost that grows "
                "with a signal needs numbers, so write a condition instead, such as when = 'brand == \"Acme\"'"
            )
    for name in rules.diversity.most:
        if there.get(name) != "text":
            said = f"holds {there[name]} values" if name in there else f"is no signal.{nearest(name, there)}"
            raise BadSettings(
                f"{rules.file}, [diversity.most], {name}: it counts products of one text, and {name!r} {said}"
            )
