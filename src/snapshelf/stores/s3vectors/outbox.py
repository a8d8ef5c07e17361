"""Vectors on their way: gathered into full calls, sent several at a time, kept until the service has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from snapshelf.stores.s3vectors.encode import Packed, batches

Send = Callable[[str, Sequence[Packed]], None]  # index, records of one call


class Outbox:
    """See the module. One thread fills it."""

    def __init__(self, bucket: str, pool: ThreadPoolExecutor, send: Send, at_once: int) -> None:
        self.bucket, self.pool, self.send, self.at_once = bucket, pool, send, at_once
        self._waiting: dict[str, dict[str, Packed]] = {}  # index → id → record
        self._sent: dict[Future[None], tuple[str, list[Packed]]] = {}
        self._under_way: set[tuple[str, str]] = set()

    @property
    def empty(self) -> bool:
        """Whether everything that was put has arrived."""
        return not self._sent and not any(self._waiting.values())

    def put(self, index: str, records: Sequence[Packed]) -> None:
        """Take records; full calls go off at once. Raises what an earlier call failed with; its records are kept."""
        if any((index, one.id) in self._under_way for one in records):
            self.drain()  # two puts of one id at the same time could arrive in either order
        waiting = self._waiting.setdefault(index, {})
        waiting.update((one.id, one) for one in records)
        self._send_full(index)

    def forget(self, index: str, ids: Sequence[str]) -> None:
        """Take back records that were not sent yet."""
        for id in ids:
            self._waiting.get(index, {}).pop(id, None)

    def drain(self) -> None:
        """Send the rest and wait for all. Raises the first failure when all have ended; what failed waits again."""
        for index, waiting in self._waiting.items():
            for some in batches(self.bucket, index, list(waiting.values())):
                self._submit(index, some)
            waiting.clear()
        self._settle(set(self._sent))

    def _send_full(self, index: str) -> None:
        full = list(batches(self.bucket, index, list(self._waiting[index].values())))[:-1]
        for some in full:
            self._submit(index, some)
            self.forget(index, [one.id for one in some])
            if len(self._sent) > self.at_once + 2:
                self._settle(wait(self._sent, return_when=FIRST_COMPLETED).done)

    def _submit(self, index: str, records: list[Packed]) -> None:
        self._under_way.update((index, one.id) for one in records)
        self._sent[self.pool.submit(self.send, index, records)] = (index, records)

    def _settle(self, futures: set[Future[None]]) -> None:
        wait(futures)
        failure: BaseException | None = None
        for future in futures:
            index, records = self._sent.pop(future)
            self._under_way.difference_update((index, one.id) for one in records)
            error = future.exception()
            if error is not None:
                failure = failure or error
                held = self._waiting.setdefault(index, {})
                held.update((one.id, one) for one in records if one.id not in held)
        if failure is not None:
            raise failure
