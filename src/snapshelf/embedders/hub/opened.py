"""A model in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from snapshelf.embedders.hub.locate import Found
from snapshelf.embedders.hub.wishes import Wishes
from snapshelf.errors import BadSettings, MissingExtra, Outside
from snapshelf.extras import need
from snapshelf.types import RATE

# Families whose text tower reads the last of all its positions, as it was trained: padding to the longest text of a
# batch would give a text another vector in other company.
FIXED_LENGTH = ("siglip", "siglip2")
FULL_RANGE = "gemma"  # families whose activations leave the range of float16


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A loaded model with what its family asks for. ``lock`` is held while it works."""

    model: Any
    device: str
    precision: str
    padding: Mapping[str, Any]
    takes_marked: bool  # understands {"text": …}
    rate: int = RATE  # samples per second of the sound it was trained on
    most: int = 0  # samples of which it would take a part by chance if there were more; 0: it takes all
    lock: Any = field(default_factory=Lock)


def open_model(found: Found, wishes: Wishes) -> Opened:
    """The model, from memory if it was opened last. Raises BadSettings, MissingExtra, Outside."""
    torch = need("torch", extra="hub")
    device = _device(torch, wishes.device)
    precision = wishes.precision
    if precision == "auto":
        precision = "bfloat16" if device.startswith("cuda") and torch.cuda.is_bf16_supported() else "float32"
    if precision == "float16" and FULL_RANGE in json.dumps(_families(found.folder)):
        raise BadSettings(f"{found.name} gives wrong vectors in float16; set precision to 'bfloat16' or 'float32'")
    return _open(found, device, precision, wishes.trust_remote_code)


@lru_cache(maxsize=1)  # between `card` and `load`, and for shelves that share a model
def _open(found: Found, device: str, precision: str, trust: bool) -> Opened:
    library = need("sentence_transformers", extra="hub")
    torch = need("torch", extra="hub")
    try:
        model = library.SentenceTransformer(
            str(found.folder),
            device=device,
            trust_remote_code=trust,
            local_files_only=True,  # everything is in the folder; without this it asks the hub about the model's page
            model_kwargs={"dtype": getattr(torch, precision)},
        )
    except ImportError as error:
        if "torchvision" in str(error).lower():
            raise MissingExtra(
                f"{found.name} prepares pictures with torchvision, which is not installed; "
                f"run: pip install torch=={torch.__version__.partition('+')[0]} torchvision"
            ) from error
        raise MissingExtra(f"{found.name} needs a package that is not installed: {_first_line(error)}") from error
    except Exception as error:
        if "trust_remote_code" in str(error):
            raise BadSettings(
                f"{found.name} runs Python code that came with it, from {found.source}; read it, and if you trust it "
                "set trust_remote_code = true under [embedder.options]"
            ) from error
        if "out of memory" in str(error):
            raise Outside(f"{found.name} does not fit into the memory of {device}; set device = 'cpu'") from error
        raise Outside(f"{found.name} could not be opened from {found.folder}: {_first_line(error)}") from error
    _limit(model)
    fixed = _families(found.folder)["model_type"] in FIXED_LENGTH
    padding = {"text": {"padding": "max_length", "max_length": model.max_seq_length}} if fixed else {}
    return Opened(model, device, precision, padding, _takes_marked(model[0]), *_hearing(model[0]))


def _limit(model: Any) -> None:
    """Have texts cut at the last position the text tower knows; some tokenizers do not state it, and fail behind it."""
    config = getattr(model, "config", None)
    positions = getattr(config.get_text_config(), "max_position_embeddings", None) if config else None
    if positions and model.max_seq_length and model.max_seq_length > positions:
        model.max_seq_length = positions


def _takes_marked(first: Any) -> bool:
    """Whether the library's own module reads the inputs, also behind a router; code of the model's own may not."""
    routes = getattr(first, "sub_modules", None)
    return all(
        hasattr(one, "input_formatter") for one in ([route[0] for route in routes.values()] if routes else [first])
    )


def _hearing(first: Any) -> tuple[int, int]:
    """``rate`` and ``most``, of the part that prepares sound, also behind a router or in a processor of several."""
    for one in [first, *(route[0] for route in (getattr(first, "sub_modules", None) or {}).values())]:
        processor = getattr(one, "processor", None)
        part: Any
        for part in (processor, getattr(processor, "feature_extractor", None)):
            if getattr(part, "sampling_rate", None):
                by_chance = getattr(part, "truncation", "") == "rand_trunc"
                return int(part.sampling_rate), int(part.nb_max_samples) if by_chance else 0
    return RATE, 0


def _device(torch: Any, wanted: str) -> str:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return next(name for name, here in there.items() if here)
    if not there.get(wanted.partition(":")[0]):
        here = ", ".join(name for name, found in there.items() if found)
        raise BadSettings(f"there is no device {wanted!r} for the hub embedder on this machine; there is: {here}")
    return wanted


def _families(folder: Path) -> dict[str, str]:
    """``model_type`` of the model and of its text tower, as its files say; "" where they do not."""
    config = next(
        (path for path in (folder / "config.json", *sorted(folder.glob("*/config.json"))) if path.is_file()), None
    )
    try:
        told = json.loads(config.read_text("utf-8")) if config else {}
    except ValueError as error:
        raise Outside(f"{config} is damaged: {error}") from error
    inner = told.get("text_config") or {}
    return {"model_type": told.get("model_type", ""), "text_config": inner.get("model_type", "")}


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).partition("\n")[0]
