"""A twin from its options: the services, what stands before them, and the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from snapshelf.twin import permit, trouble
from snapshelf.twin.bedrock.service import Bedrock
from snapshelf.twin.bedrock.settings import Settings as BedrockSettings
from snapshelf.twin.gate import Gate
from snapshelf.twin.objects import Objects
from snapshelf.twin.s3vectors.context import Settings
from snapshelf.twin.s3vectors.recall import Loss
from snapshelf.twin.s3vectors.service import S3Vectors
from snapshelf.twin.serve import Twin
from snapshelf.twin.throttle import RATES, Throttle
from snapshelf.twin.trouble import Trouble
from snapshelf.twin.wire import Service


@dataclass(frozen=True, slots=True)
class Options:
    """How to run a twin.

    port: 0 takes a free one. data: the folder to keep things in; in memory without. keys and faults: files, see
    `permit.read_keys` and `trouble.read_faults`. throttle: at AWS's documented rates, and ``reads`` a second and
    index, which AWS leaves open. loss: a seed, for results that drop out as they do on AWS; None for exact ones.
    classic and building: `s3vectors.context.Settings`. bedrock: `bedrock.settings.Settings`. s3: with S3 beside it, on
    a port of its own.
    """

    port: int = 0
    data: Path | None = None
    keys: Path | None = None
    faults: Path | None = None
    throttle: bool = False
    reads: float = RATES["reads"]
    loss: int | None = None
    classic: bool = False
    building: float = 0
    bedrock: BedrockSettings = field(default_factory=BedrockSettings)
    s3: bool = True
    s3_port: int = 0
    log: Callable[[str], None] | None = None


def start(options: Options = Options()) -> Twin:
    """A twin that serves. Raises MissingExtra, BadSettings, Busy, Outside."""
    keys = permit.read_keys(options.keys) if options.keys else None
    faults, seed = trouble.read_faults(options.faults) if options.faults else ((), 0)
    gate = Gate(
        keys,
        Throttle({**RATES, "reads": options.reads}) if options.throttle else None,
        Trouble(faults, seed),
        options.log,
    )
    objects = Objects(_below(options.data, "s3"), options.s3_port) if options.s3 else None
    made = services(options, gate, objects)
    try:
        return Twin(made, gate, options.port, objects)
    except BaseException:
        for part in (*made, objects):
            getattr(part, "close", lambda: None)()
        raise


def services(options: Options, gate: Gate, objects: Objects | None) -> tuple[Service, ...]:
    """What stands behind the port."""
    loss = None if options.loss is None else Loss(options.loss)
    settings = Settings(classic=options.classic, loss=loss, building=options.building)
    jobs = _below(options.data, "jobs")
    bedrock = Bedrock(objects, options.bedrock, jobs, gate.trouble, gate.meter.charge)
    return S3Vectors(options.data, settings), bedrock


def _below(folder: Path | None, name: str) -> Path | None:
    return folder / name if folder is not None else None
