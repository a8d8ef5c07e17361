"""snapshelf train rerank."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from snapshelf.cli import show
from snapshelf.cli.events import report
from snapshelf.errors import BadInput
from snapshelf.rank.record import lines
from snapshelf.rank.train import K, Trained, Wish
from snapshelf.shelf import open_shelf


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line."""

    queries: Path
    qrels: Path
    events: Path | None
    goal: str
    signals: str
    monotone: str
    corrected: bool
    among: int


def rerank(asked: Asked, shelf: str, settings: Path | None, json: bool) -> None:
    """Train, compare, and say what came of it."""
    extra = tuple(name.strip() for name in asked.signals.split(",") if name.strip())
    wish = Wish(asked.goal, asked.corrected, read_monotone(asked.monotone), extra)
    with open_shelf(shelf, settings, create=False) as opened:
        if asked.events:
            done = opened.record(lines(asked.events))
            if not json:
                report(done)
        trained = opened.train_reranker(asked.queries, asked.qrels, wish, asked.among)
    if json:
        show.dump(asdict(trained))
    else:
        _print(trained)


def read_monotone(text: str) -> dict[str, int]:
    """ "price=-1,stock=1" as a mapping; what binds price binds its relative too. Raises BadInput."""
    found: dict[str, int] = {}
    for one in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, sign = one.partition("=")
        if sign.strip() not in ("1", "-1", "+1"):
            raise BadInput(f"the constraint {one!r} is not of the form feature=1 or feature=-1, such as price=-1")
        found[name.strip()] = int(sign)
    if "price" in found:
        found.setdefault("price_relative", found["price"])
    if "stock" in found:
        found.setdefault("in_stock", found["stock"])
    return found


def _print(done: Trained) -> None:
    say = show.console.print
    seen = ", ".join(f"{value:.2f}" for value in done.propensities[:10])
    say(f"learnt from {done.impressions:,} impressions in {done.lists:,} lists, with {len(done.features)} features")
    say(f"places looked at, from {done.source}: {seen}" if done.source != "none" else "clicks taken as they are")
    change = "" if done.low is None else f", difference {done.low:+.4f} to {done.high:+.4f} (95 %), p {done.p:.4f}"
    say(f"nDCG@{K} on {done.judged:,} judged queries: {done.before:.4f} before, {done.after:.4f} after{change}")
    if done.deployed:
        say("the new ranking is in use; [ranking] learned = false in the settings turns it off")
    else:
        say(f"not put to use: {done.reason}; what was in use before stays", markup=False)
