"""A twin from its options: the services, what stands before them, and the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from snapshelf.twin import kms, permit, trouble
from snapshelf.twin.bedrock.service import Bedrock
from snapshelf.twin.bedrock.settings import Settings as BedrockSettings
from snapshelf.twin.bedrock.words import MOST_TOKENS
from snapshelf.twin.gate import Gate
from snapshelf.twin.objects import Objects
from snapshelf.twin.quotas import Quotas, ServiceQuotas
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

    port: 0 takes a free one. data: the folder to keep things in; in memory without. keys, faults and kms: files, see
    `permit.read_keys`, `trouble.read_faults` and `kms.read_states`. throttle: at AWS's documented rates, and ``reads``
    a second and index, which AWS leaves open. quotas: what Nova allows a minute, with or without throttle. loss: a
    seed, for results that drop out as they do on AWS; None for exact ones. classic and building:
    `s3vectors.context.Settings`. bedrock: `bedrock.settings.Settings`. s3: with S3 beside it, on a port of its own.
    """

    port: int = 0
    data: Path | None = None
    keys: Path | None = None
    faults: Path | None = None
    kms: Path | None = None
    throttle: bool = False
    reads: float = RATES["reads"]
    quotas: Quotas = field(default_factory=Quotas)
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
        _throttle(options),
        Trouble(faults, seed),
        options.log,
        kms.Kms(kms.read_states(options.kms)) if options.kms else None,
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
    return S3Vectors(options.data, settings, gate.kms), bedrock, ServiceQuotas(options.quotas)


def _throttle(options: Options) -> Throttle | None:
    rates = {**RATES, "reads": options.reads} if options.throttle else {}
    rates |= options.quotas.rates()
    return Throttle(rates, bursts=options.quotas.bursts(MOST_TOKENS)) if rates else None


def _below(folder: Path | None, name: str) -> Path | None:
    return folder / name if folder is not None else None
