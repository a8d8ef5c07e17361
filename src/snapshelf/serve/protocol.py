"""HTTP/1.1 with patience that ends: a caller that dribbles its headers is hung up on."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 10.0  # in which the head of a request must arrive, from its first byte


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's own, with a limit on the head of each request; the body has its limit in `snapshelf.http.guard`."""

    _hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A caller that never says anything is hung up on, too."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        if self._hang_up is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """The head is here."""
        self._done()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller has gone."""
        self._done()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._hang_up = self.loop.call_later(HEADER_SECONDS, self._end)

    def _done(self) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
            self._hang_up = None

    def _end(self) -> Any:
        self._hang_up = None
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()
