"""Whether a shopper agreed that a photo, a sound or a video may leave the page, before it is looked at."""

from __future__ import annotations

import time
from collections.abc import Sequence

from snapshelf.catalogue import consents
from snapshelf.http.problem import Problem
from snapshelf.http.server import Server
from snapshelf.http.who import Caller

# The sentence that the storefront shows; a change of it is a new version, and is asked anew.
WORDING = "1"
KEPT_SECONDS = 0  # a search holds what was sent in memory and lets go of it with its answer


async def check(server: Server, caller: Caller, id: str, purposes: Sequence[str]) -> None:
    """Raises Problem 403 where consent is needed and there is none.

    A caller with a key is the shop's own program, and answers for its shoppers itself.
    """
    if not purposes or not server.settings.consent or caller.via in ("key", "token", "session"):
        return
    missing = await server.call(_missing, server, id, purposes)
    if missing:
        raise Problem(
            403,
            "no_consent",
            f"ask the shopper before a {missing} is sent: POST /consents, then send its id",
            "consent",
        )


def _missing(server: Server, id: str, purposes: Sequence[str]) -> str:
    days, now = server.settings.consent_days, time.time()
    with server.shelf.stack.catalogue.read() as connection:
        lacking = (one for one in purposes if not id or not consents.holds(connection, id, one, now, days))
        return next(lacking, "")
