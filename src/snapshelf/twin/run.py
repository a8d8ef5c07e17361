"""A twin from its options: the services, what stands before them, and the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from snapshelf.twin import permit, trouble
from snapshelf.twin.bedrock.service import Bedrock
from snapshelf.twin.gate import Gate
from snapshelf.twin.s3vectors.context import Settings
from snapshelf.twin.s3vectors.recall import Loss
from snapshelf.twin.s3vectors.service import S3Vectors
from snapshelf.twin.serve import Twin
from snapshelf.twin.throttle import Throttle
from snapshelf.twin.trouble import Trouble
from snapshelf.twin.wire import Service


@dataclass(frozen=True, slots=True)
class Options:
    """How to run a twin.

    port: 0 takes a free one. data: the folder to keep things in; in memory without. keys and faults: files, see
    `permit.read_keys` and `trouble.read_faults`. throttle: at AWS's documented rates. loss: a seed, for results that
    drop out as they do on AWS; None for exact ones. classic and building: `s3vectors.context.Settings`.
    """

    port: int = 0
    data: Path | None = None
    keys: Path | None = None
    faults: Path | None = None
    throttle: bool = False
    loss: int | None = None
    classic: bool = False
    building: float = 0
    log: Callable[[str], None] | None = None


def start(options: Options = Options()) -> Twin:
    """A twin that serves. Raises MissingExtra, BadSettings, Busy, Outside."""
    keys = permit.read_keys(options.keys) if options.keys else None
    faults, seed = trouble.read_faults(options.faults) if options.faults else ((), 0)
    gate = Gate(keys, Throttle() if options.throttle else None, Trouble(faults, seed), options.log)
    made = services(options)
    try:
        return Twin(made, gate, options.port)
    except BaseException:
        for service in made:
            getattr(service, "close", lambda: None)()
        raise


def services(options: Options) -> tuple[Service, ...]:
    """What stands behind the port."""
    loss = None if options.loss is None else Loss(options.loss)
    settings = Settings(classic=options.classic, loss=loss, building=options.building)
    return S3Vectors(options.data, settings), Bedrock()
