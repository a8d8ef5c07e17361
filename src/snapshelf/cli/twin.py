"""snapshelf twin."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import typer

SERVICES = {"s3vectors": "AWS_ENDPOINT_URL_S3VECTORS", "bedrock": "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    port: int
    data: Path | None
    keys: Path | None
    faults: Path | None
    throttle: bool
    loss: int | None
    classic: bool
    building: float
    verbose: bool


def twin(asked: Asked) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: see twin/s3vectors/nearest.py
    from snapshelf.twin.run import Options, start

    options = Options(
        port=asked.port,
        data=asked.data,
        keys=asked.keys,
        faults=asked.faults,
        throttle=asked.throttle,
        loss=asked.loss,
        classic=asked.classic,
        building=asked.building,
        log=_line if asked.verbose else None,
    )
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, end)
    with start(options) as running:
        _line(f"twin at {running.endpoint}, {f'kept in {asked.data}' if asked.data else 'in memory'}; Ctrl-C ends it")
        for service in running.services:
            _line(f"export {SERVICES[service.name]}={running.endpoint}")
        if asked.keys is None:
            _line("export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1")
        while not stop.wait(3600):
            pass
    _line("stopped")


def _line(text: str) -> None:
    typer.echo(text)
