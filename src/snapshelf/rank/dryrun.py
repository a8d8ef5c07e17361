"""What would the rules move, and why? Asked without changing anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from snapshelf import plugins
from snapshelf.candidates import Ranked
from snapshelf.errors import BadSettings
from snapshelf.rank import signals
from snapshelf.rank.apply import apply
from snapshelf.rank.candidates import of_hits
from snapshelf.rank.own import Rerankers, of_shelf
from snapshelf.stack import Stack
from snapshelf.types import Hit, Product


@dataclass(frozen=True, slots=True)
class Moved:
    """A product in its new place, and ``before``, its place by relevance alone."""

    before: int
    ranked: Ranked
    product: Product

    def why(self) -> str:
        """What moved it: "sponsored; high margin +10 %"; "" where nothing spoke of it."""
        parts = [f"{name} {100 * (factor - 1):+.1f} %" for name, factor in self.ranked.parts.items()]
        return "; ".join([self.ranked.label] * bool(self.ranked.label) + parts)


def dry_run(stack: Stack, hits: Iterable[Hit], text: str, file: Path | None = None) -> list[Moved]:
    """The hits of a search in the order that the rules, and the shelf's model if there is one, give them.

    file: rules instead of the settings' own. Raises BadSettings where there are neither rules nor a model, NotHere.
    """
    given = list(hits)
    with stack.catalogue.read() as connection:
        if file is None:
            using = of_shelf(stack, connection)
        else:
            using = Rerankers(plugins.find("rerankers", "rules").load(file, signals.known(connection)))
        if not using:
            raise BadSettings(
                "there is nothing to try: this shop has no rules and no reranker was trained; name a file with "
                "--rules, or in the setting ranking.rules"
            )
        ranked = apply(stack, connection, of_hits(stack, given), text, explain=len(given), using=using)
    products = {hit.sku: hit.product for hit in given}
    return [Moved(one.rank + one.moved, one, products[one.sku]) for one in ranked]
