"""snapshelf twin."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Literal

import typer

from snapshelf.errors import BadSettings, of_system

if TYPE_CHECKING:
    from snapshelf.twin.bedrock.settings import Settings

SERVICES = {
    "s3vectors": "AWS_ENDPOINT_URL_S3VECTORS",
    "bedrock": "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "servicequotas": "AWS_ENDPOINT_URL_SERVICE_QUOTAS",
}


@dataclass(frozen=True, slots=True)
class AskedOfNova:
    """What it asks of Nova and S3."""

    s3: bool
    s3_port: int
    job_seconds: float
    purposes_differ: bool
    phrases: Path | None
    blocked: Path | None
    requests: float
    tokens: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    port: int
    data: Path | None
    keys: Path | None
    faults: Path | None
    kms: Path | None
    throttle: bool
    reads: float
    loss: int | None
    classic: bool
    building: float
    verbose: bool
    nova: AskedOfNova


def twin(asked: Asked) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: see twin/s3vectors/nearest.py
    from snapshelf.twin.quotas import Quotas
    from snapshelf.twin.run import Options, start

    options = Options(
        port=asked.port,
        data=asked.data,
        keys=asked.keys,
        faults=asked.faults,
        kms=asked.kms,
        quotas=Quotas(asked.nova.requests, asked.nova.tokens),
        throttle=asked.throttle,
        reads=asked.reads,
        loss=asked.loss,
        classic=asked.classic,
        building=asked.building,
        bedrock=_bedrock(asked.nova),
        s3=asked.nova.s3,
        s3_port=asked.nova.s3_port,
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
        if running.objects is not None:
            _line(f"export AWS_ENDPOINT_URL_S3={running.objects.endpoint}")
        if asked.keys is None:
            _line("export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1")
        while not stop.wait(3600):
            pass
    _line("stopped")


def _bedrock(asked: AskedOfNova) -> Settings:
    from snapshelf.twin.bedrock.settings import Settings

    said = _lines(asked.phrases, "a phrase")
    blocked = _lines(asked.blocked, "a phrase, or sha256:… of a file,")
    purposes: Literal["same", "differ"] = "differ" if asked.purposes_differ else "same"
    return Settings(purposes=purposes, job_seconds=asked.job_seconds, phrases=said, blocked=blocked)


def _lines(file: Path | None, what: str) -> tuple[str, ...]:
    if file is None:
        return ()
    try:
        return tuple(line.strip() for line in file.read_text("utf-8").splitlines() if line.strip())
    except OSError as error:
        raise of_system(error) from error
    except UnicodeDecodeError as error:
        raise BadSettings(f"{file} is no UTF-8 text; it holds {what} on each line") from error


def _line(text: str) -> None:
    typer.echo(text)
