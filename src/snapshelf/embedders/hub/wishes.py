"""What the settings ask of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from snapshelf.errors import BadSettings, nearest
from snapshelf.protocols import Options

PRECISIONS = ("auto", "bfloat16", "float16", "float32")
HOW = 'name one in snapshelf.toml, under [embedder.options]: model = "google/embeddinggemma-2", or a folder'


@dataclass(frozen=True, slots=True)
class Wishes:
    """The embedder's section. A prompt is a text or one of the model's own names; None: what the model does itself."""

    model: str = ""  # name on the hub, or a folder
    revision: str = ""  # branch, tag or commit on the hub; "": the shelf's own, the newest for a new shelf
    device: str = "auto"  # or cuda, cuda:1, mps, cpu
    precision: str = "auto"  # bfloat16 on a graphics card that has it, float32 elsewhere
    batch: int = 0  # items at once; 0: many, halved whenever memory runs out
    dims: str = ""  # smaller dimensions that the model was trained for, such as "512, 256, 128"
    query_prompt: str | None = None
    document_prompt: str | None = None
    offline: bool = False
    trust_remote_code: bool = False

    @property
    def smaller(self) -> tuple[int, ...]:
        """``dims`` as numbers, largest first."""
        return tuple(sorted({int(part) for part in self.dims.replace(",", " ").split()}, reverse=True))


def read(options: Options, model: str) -> Wishes:
    """The wishes; ``model`` stands where the options name none. Raises BadSettings, naming the option."""
    known = {field.name: field.default for field in fields(Wishes)}
    for name, value in options.items():
        if name not in known:
            raise BadSettings(f"the hub embedder has no setting {name!r}.{nearest(name, known)}")
        _check(name, value, type(known[name]) if known[name] is not None else str)
    given: Mapping[str, Any] = {"model": model, **options}
    wishes = Wishes(**given)
    if not wishes.model.strip():
        raise BadSettings(f"the hub embedder has no model of its own; {HOW}")
    return wishes


def _check(name: str, value: object, kind: type) -> None:
    if type(value) is not kind:
        wanted = {bool: "true or false", int: "a whole number", str: "a text in quotes"}[kind]
        raise BadSettings(f"{name!r} of the hub embedder is {wanted}, not {value!r}")
    if name == "precision" and value not in PRECISIONS:
        raise BadSettings(f"'precision' of the hub embedder is one of {', '.join(PRECISIONS)}, not {value!r}")
    if name == "batch" and isinstance(value, int) and value < 0:
        raise BadSettings(f"'batch' of the hub embedder is a number from 0 up, not {value}")
    if name == "dims" and not all(part.isdecimal() and int(part) for part in str(value).replace(",", " ").split()):
        raise BadSettings(f"'dims' of the hub embedder lists whole numbers, such as \"512, 256, 128\", not {value!r}")
