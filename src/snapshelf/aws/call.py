"""One call of an AWS operation: counted, repeated where that helps, its error told in a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal, TypeAlias, TypeVar

from snapshelf.aws.errors import family, told, worth
from snapshelf.pace import Patience, tried

Result = TypeVar("Result")
# What became of one attempt on the wire: answered, refused by AWS, its reply lost (it may have been carried out and
# billed), or never sent.
Fate: TypeAlias = Literal["done", "refused", "lost", "unsent"]


def call(
    operation: str,
    send: Callable[[], Result],
    patience: Patience | None = None,
    before: Callable[[], object] | None = None,
    after: Callable[[Fate], object] | None = None,
    stopped: threading.Event | None = None,
    what: str = "",
) -> Result:
    """What ``send`` returns. Raises a SnapshelfError in words (`errors.told`) when AWS refuses, or fails to the end.

    before: called ahead of every attempt, to wait for its turn. after: told what became of every attempt. stopped: no
    repetition begins once it is set. what: the thing that is sent, for the sentence ("the picture p.jpg").
    """

    def once() -> Result:
        if before:
            before()
        try:
            found = send()
        except family() as error:
            if after:
                after(fate(error))
            raise
        except (KeyboardInterrupt, SystemExit):  # in the middle of it: it may have been carried out
            if after:
                after("lost")
            raise
        if after:
            after("done")
        return found

    try:
        return tried(once, worth, patience, stopped)
    except family() as error:
        raise told(error, operation, what) from error


def fate(error: Exception) -> Fate:
    """What became of an attempt that ended in this error."""
    kind = {base.__name__ for base in type(error).__mro__}
    if "ClientError" in kind:
        return "refused"
    if kind & {"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError"}:
        return "unsent"
    return "lost" if kind & {"HTTPClientError", "ConnectionError", "ResponseStreamingError"} else "unsent"
