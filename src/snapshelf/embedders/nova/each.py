"""Many purchases at once: what has come is handed over while the rest is under way, and nothing paid for is dropped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextvars import copy_context
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from snapshelf.aws.errors import is_of_one_thing
from snapshelf.errors import SnapshelfError
from snapshelf.protocols import Outcome

Row = NDArray[np.float32]


class Stopped(Exception):
    """The rest of a batch is not to be sent: something else has ended it."""


def each(
    pool: Executor,
    jobs: Sequence[Callable[[threading.Event], Row]],
    keep: Callable[[Sequence[Outcome]], None],
) -> None:
    """Run the jobs on the pool and hand their outcomes to ``keep``, called by this thread alone.

    A job is told, by an event, when the rest was stopped. An error about one thing is its outcome; any other stops the
    rest, and is raised when what was under way has been handed over.
    """
    stopped, finished = threading.Event(), SimpleQueue[int]()
    futures: list[Future[Row]] = []
    gone = 0  # of the jobs that have finished
    ready: list[Outcome] = []
    fatal: BaseException | None = None
    try:
        for place, job in enumerate(jobs):
            futures.append(pool.submit(copy_context().run, job, stopped))  # whoever counts dollars counts its, too
            futures[-1].add_done_callback(lambda _, place=place: finished.put(place))  # type: ignore[misc]
        while gone < len(futures):
            places = _drained(finished)
            gone += len(places)
            fatal = _sorted_out(futures, places, ready) or fatal
            if fatal:
                break
            keep(ready)
            ready.clear()
    except BaseException as error:
        fatal = error
    if fatal is None:
        return
    stopped.set()
    for future in futures:
        future.cancel()
    while gone < len(futures):
        places = _drained(finished)
        gone += len(places)
        _sorted_out(futures, places, ready)
    if ready:
        keep(ready)
    raise fatal


def _drained(finished: SimpleQueue[int]) -> list[int]:
    """The jobs that have finished since the last time, at least one."""
    places = [finished.get()]
    while True:
        try:
            places.append(finished.get_nowait())
        except Empty:
            return places


def _sorted_out(futures: Sequence[Future[Row]], places: Sequence[int], ready: list[Outcome]) -> BaseException | None:
    """Add what can be handed over to ``ready``; returns an error that ends everything, if there is one."""
    fatal: BaseException | None = None
    for place in sorted(places):
        future = futures[place]
        if future.cancelled():
            continue
        error = future.exception()
        if error is None:
            ready.append((place, future.result()))
        elif isinstance(error, SnapshelfError) and is_of_one_thing(error):
            ready.append((place, error))
        elif not isinstance(error, Stopped):
            fatal = fatal or error
    return fatal
