"""One medium → one purchase: paced, within the budget, repeated where that helps, and every attempt in the ledger."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from snapshelf.aws.call import Fate, call
from snapshelf.aws.nova import Answered, Medium, body, invoke
from snapshelf.embedders.nova.each import Stopped
from snapshelf.embedders.nova.wishes import Wishes
from snapshelf.errors import SnapshelfError
from snapshelf.money import Purse, Share, dollars
from snapshelf.pace import MINUTE, Bucket
from snapshelf.protocols import Charge

SERVICE, OPERATION = "bedrock", "InvokeModel"
MOST_TOKENS = 8_172  # that the model reads of a text
CHARS_PER_TOKEN = 4  # roughly, of plain English; the exact number comes with the answer
WHATS = {"text": "tokens", "image": "images", "audio": "seconds of sound", "video": "seconds of video"}


class Buyer:
    """Buys vectors for any number of threads, and remembers what was spent until somebody writes it down."""

    def __init__(self, client: Any, wishes: Wishes) -> None:
        self.client, self.wishes = client, wishes
        self.purse = Purse(wishes.budget_dollars, wishes.budget_month)
        self._requests = Bucket(wishes.requests_per_minute / MINUTE)
        self._tokens = Bucket(wishes.tokens_per_minute / MINUTE, max(float(MOST_TOKENS), wishes.tokens_per_minute / 60))
        self._lock = threading.Lock()
        self._charges: list[Charge] = []
        self._seen: Counter[str] = Counter()
        self._lost_dollars = 0.0

    def one(self, medium: Medium, purpose: str, dim: int, stopped: threading.Event) -> Answered:
        """The answer of AWS to one medium. Raises what `call` raises, OverBudget, Stopped."""
        payload, guess, most = body(medium, purpose, dim), self._guess(medium), self.most(medium)
        run = purpose == "GENERIC_INDEX"  # queries are no part of a run

        def before() -> None:
            self.wait(guess, stopped)
            self.purse.reserve(most, stopped.is_set, run)

        def send() -> Answered:
            try:
                found = invoke(self.client, self.wishes.model, payload)
            except SnapshelfError:  # an answer, and so a bill, but nothing in it
                self.purse.settle(most, most, run)
                self.add(Charge(SERVICE, OPERATION, self.wishes.model, "answers of no use", 1, most))
                raise
            self.purse.settle(most, self._done(medium, found, guess), run)
            return found

        def after(fate: Fate) -> None:
            if fate != "done":
                self.failed(OPERATION, fate, most, most, run)  # it may have been billed

        return call(OPERATION, send, self.wishes.patience, before, after, stopped, _named(medium))

    def wait(self, tokens: float, stopped: threading.Event) -> None:
        """Wait for a call's turn. Raises Stopped."""
        self._requests.take(1, stopped)
        if tokens:
            self._tokens.take(tokens, stopped)
        if stopped.is_set():
            raise Stopped

    def most(self, medium: Medium) -> float:
        """Dollars that a call may cost at most; a text has at most as many tokens as bytes."""
        if medium.kind == "text":
            return min(len(medium.text.encode()) + 8, MOST_TOKENS) / 1_000 * self.wishes.prices.tokens
        return self._price(medium, 0)

    def failed(self, operation: str, fate: Fate, most: float, lost: float, run: bool = True) -> None:
        """Settle an attempt that brought nothing; ``lost``: what it counts for where its reply was lost."""
        cost = lost if fate == "lost" else 0.0
        self.purse.settle(most, cost, run)
        if fate != "unsent":
            what = {"lost": "replies lost", "refused": "calls refused"}[fate]
            self.add(Charge(SERVICE, operation, self.wishes.model, what, 1, cost))
        if fate == "lost":
            with self._lock:
                self._seen["lost"] += 1
                self._lost_dollars += cost

    def add(self, charge: Charge) -> None:
        """Remember a charge."""
        with self._lock:
            self._charges.append(charge)

    def charges(self) -> list[Charge]:
        """What is not written down yet."""
        with self._lock:
            return list(self._charges)

    def charged(self, count: int) -> None:
        """The first so many are written down."""
        with self._lock:
            del self._charges[:count]

    def begin(self, spent: float, share: Share | None = None) -> None:
        """Begin a run."""
        self.purse.begin(spent)
        self.purse.share = share
        with self._lock:
            self._seen.clear()
            self._lost_dollars = 0.0

    def notes(self) -> list[str]:
        """Texts that were cut, and replies that were lost."""
        with self._lock:
            cut, lost, cost = self._seen["cut"], self._seen["lost"], self._lost_dollars
        found = []
        if cut:
            found.append(
                f"{cut:,} text{'s were' if cut > 1 else ' was'} longer than Nova reads, and cut; the rest of it is not "
                "searched by meaning"
            )
        if lost:
            found.append(
                f"the reply to {lost:,} call{'s' * (lost > 1)} was lost, and the call repeated; AWS may have billed "
                f"both (at most {dollars(cost)}, counted as spent)"
            )
        return found

    def _done(self, medium: Medium, found: Answered, guess: float) -> float:
        """Write down what an answer cost; returns the dollars."""
        tokens = found.tokens if found.tokens is not None else int(guess)
        amount = {"text": float(tokens), "image": 1.0}.get(medium.kind, medium.seconds)
        cost = self._price(medium, tokens)
        if medium.kind == "text":
            self._tokens.give(guess - tokens)
        what = "document images" if medium.detail == "DOCUMENT_IMAGE" and medium.kind == "image" else WHATS[medium.kind]
        self.add(Charge(SERVICE, OPERATION, self.wishes.model, what, amount, cost))
        if found.cut is not None:
            with self._lock:
                self._seen["cut"] += 1
        return cost

    def _price(self, medium: Medium, tokens: int) -> float:
        prices = self.wishes.prices
        if medium.kind == "text":
            return tokens / 1_000 * prices.tokens
        if medium.kind == "image":
            return prices.document_image if medium.detail == "DOCUMENT_IMAGE" else prices.image
        return medium.seconds * (prices.sound if medium.kind == "audio" else prices.video)

    def _guess(self, medium: Medium) -> float:
        return float(1 + len(medium.text.encode()) // CHARS_PER_TOKEN) if medium.kind == "text" else 0.0


def _named(medium: Medium) -> str:
    return f"the text {medium.text[:40]!r}…" if medium.kind == "text" else f"this {medium.kind}"
