"""Why this result, in sentences that a shopper understands. The figures are in the receipt."""

from __future__ import annotations

from collections.abc import Iterator

from snapshelf.types import Hit, split_aspect

CODES = {"sku": "article number", "gtin": "barcode number", "mpn": "model number"}
STRONG = 1.0  # log-odds from which a lane is named


def why(hit: Hit) -> Iterator[str]:
    """At most a handful of sentences, what counted most first."""
    receipt = hit.receipt
    if receipt is None:
        return
    if receipt.code:
        yield f"Its {CODES.get(receipt.code, receipt.code)} is the one that you gave."
    yield from _parts(hit)
    for lane in receipt.lanes:
        if lane.lane == "lexical" and lane.effect >= STRONG:
            yield "Your words stand in its title or description."
    for wish, met in receipt.wishes.items():
        yield f"{'Fits' if met else 'Does not fit'}: {wish}."
    if receipt.filtered:
        yield f"As you asked: {receipt.filtered}."
    for given_up in receipt.relaxed:
        yield f"Nothing had {given_up}, so that was given up."
    moved = [name for name, factor in receipt.boosts.items() if factor > 1.0]
    if hit.label or moved:
        names = f" ({', '.join(moved)})" if moved else ""
        yield f"{'Sponsored' if hit.label else 'The shop recommends it'}{names}."


def _parts(hit: Hit) -> Iterator[str]:
    """What of the query looks like what of the product."""
    medium = split_aspect(hit.view)[0]
    seen = f"its {medium}"
    if medium.startswith("image"):
        seen = f"its picture {medium.removeprefix('image')}"
    elif medium.startswith("sound"):
        seen = f"what is said in its video {medium.removeprefix('sound')}"
    at = f" at {int(hit.span[0] // 60)}:{int(hit.span[0] % 60):02d}" if hit.span else ""
    scores = {part: score for part, score in hit.scores.items() if score > 0}
    photo = max((score for part, score in scores.items() if part.startswith("image")), default=None)
    if photo is not None:
        yield f"Looks like your photo ({photo:.0%} alike), by {seen}{at}."
    words = max((score for part, score in scores.items() if part.startswith(("text", "audio", "speech"))), default=None)
    if words is not None and hit.receipt and not hit.receipt.code:
        yield f"Means what you wrote ({words:.0%} alike)" + ("." if photo is not None else f", by {seen}{at}.")
