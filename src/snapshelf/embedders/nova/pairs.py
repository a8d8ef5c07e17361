"""One purchase for two rows: of a scene, the vector of the pictures and that of the sound come with one answer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

from snapshelf.aws.nova import Answered

HELD = 64  # answers whose other half was not asked for yet


class Pairs:
    """Keeps an answer until it was asked for twice. Any thread may ask; whoever comes second waits for the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bought: OrderedDict[Hashable, Future[Answered]] = OrderedDict()

    def one(self, key: Hashable, buy: Callable[[], Answered]) -> Answered:
        """The answer of ``buy``, called for the first of two. Both raise what it raises."""
        with self._lock:
            found = self._bought.pop(key, None)
            if found is None:
                mine = self._bought[key] = Future()
                if len(self._bought) > HELD:
                    self._bought.popitem(last=False)
        if found is not None:
            return found.result()
        try:
            answer = buy()
        except BaseException as error:
            with self._lock:
                if self._bought.get(key) is mine:
                    del self._bought[key]  # whoever comes later tries anew
            mine.set_exception(error)
            raise
        mine.set_result(answer)
        return answer
