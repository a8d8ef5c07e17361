"""Serve a shelf until somebody stops it."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from snapshelf.config import PREFIX, ServeSettings
from snapshelf.errors import Outside
from snapshelf.serve.application import SETTINGS, SHELF

GRACE = 10  # seconds that answers under way may take when the server stops
PROMETHEUS = "PROMETHEUS_MULTIPROC_DIR"  # by this name its library finds the figures of all processes


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server listens."""

    address: str
    port: int

    @property
    def url(self) -> str:
        """What to open in a browser on this machine."""
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.address, self.address)
        return f"http://{f'[{shown}]' if ':' in shown and '[' not in shown else shown}:{self.port}"


def run(folder: Path, settings: Path | None, serve: ServeSettings, tell: Callable[[Place], None]) -> None:
    """Serve the shelf in a folder; returns after SIGINT or SIGTERM, when the answers under way are given.

    tell: called once the port is taken. Raises Outside where it cannot be had.
    """
    import uvicorn

    from snapshelf.serve.protocol import PatientProtocol

    listening = _listen(serve.host, serve.port)
    place = Place(serve.host, listening.getsockname()[1])
    sockets = [listening]
    if serve.workers > 1:
        from snapshelf.serve.spread import spread

        sockets = spread(listening, serve.workers)
    os.environ[SHELF], os.environ[SETTINGS] = str(folder.absolute()), str(settings.absolute()) if settings else ""
    for field in fields(serve):  # the processes read the settings for themselves
        os.environ[f"{PREFIX}SERVE_{field.name.upper()}"] = str(getattr(serve, field.name))
    figures = Path(tempfile.mkdtemp(prefix="snapshelf-figures-")) if serve.workers > 1 else None
    if figures:
        os.environ[PROMETHEUS] = str(figures)
    config = uvicorn.Config(
        "snapshelf.serve.application:application",
        factory=True,
        workers=serve.workers,
        http=PatientProtocol,
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE,
        backlog=1024,
    )
    _log()
    tell(place)
    try:
        if serve.workers > 1:
            from snapshelf.serve.spread import Spread

            Spread(config, sockets).run()
        else:
            uvicorn.Server(config).run(sockets=sockets)
    finally:
        for one in sockets:
            one.close()
        if figures:
            shutil.rmtree(figures, ignore_errors=True)


def is_free(host: str, port: int) -> bool:
    """Whether a port can be had now."""
    try:
        _listen(host, port).close()
    except Outside:
        return False
    return True


def _listen(host: str, port: int) -> socket.socket:
    """The port, taken before anything is loaded. Raises Outside."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Of TCP by name: asyncio sends small answers at once only where it knows that.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise Outside(f"port {port} of {host} cannot be had: {error.strerror or error}; give another --port") from error
    listening.set_inheritable(True)
    return listening


def _log() -> None:
    """Access lines and faults to standard error, unless the program that runs us has its own ideas."""
    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
