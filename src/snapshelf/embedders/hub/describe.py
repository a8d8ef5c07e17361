"""The card of an opened model, as the model itself tells."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from snapshelf.embedders.hub.locate import Found, licence
from snapshelf.embedders.hub.opened import Opened
from snapshelf.embedders.hub.wishes import Wishes
from snapshelf.errors import BadSettings, Unsupported, nearest
from snapshelf.types import Modality, ModelCard, Purpose

START = {"cuda": 256, "mps": 64, "cpu": 32}  # items at once before memory has said anything
PASSED_ON: tuple[Modality, ...] = ("text", "image", "audio", "video")


def describe(found: Found, opened: Opened, wishes: Wishes) -> ModelCard:
    """What the model takes and gives. Raises BadSettings for wishes that do not suit it, Unsupported if it takes none
    of words, pictures, sound and video.
    """
    model, texts = opened.model, prompts(opened.model, wishes)
    takes = [modality for modality in PASSED_ON if model.supports(modality)]
    if not takes:
        raise Unsupported(f"{found.name} takes {', '.join(map(str, model.modalities))}, which is nothing a shop has")
    full = model.get_embedding_dimension() or len(model.encode("a", show_progress_bar=False))
    smaller = _smaller(full, model, wishes, found.name)
    return ModelCard(
        name=f"hub:{found.name}",
        revision=_revision(found, wishes, texts["index"]),
        licence=licence(found.folder),
        dims=(full, *smaller),
        modalities=frozenset(takes),
        matryoshka=bool(smaller),
        source=found.source,
        purposes_differ=texts["index"] != texts["query"] or hasattr(model[0], "sub_modules"),
        batch=wishes.batch or START[opened.device.partition(":")[0]],
        notes=_notes(opened, takes),
    )


def prompts(model: Any, wishes: Wishes) -> Mapping[Purpose, str]:
    """What is put before a query and before what is indexed; "" for nothing. Raises BadSettings for an unknown name."""
    own: dict[str, str] = model.prompts
    return {
        "query": _prompt(own, wishes.query_prompt, own.get("query", "")),
        "index": _prompt(own, wishes.document_prompt, own.get("document", "")),
    }


def _prompt(own: Mapping[str, str], wanted: str | None, default: str) -> str:
    if wanted is None:
        return default
    if wanted in own:
        return own[wanted]
    if wanted and not any(sign in wanted for sign in " :"):
        raise BadSettings(
            f"the model has no prompt called {wanted!r}; a prompt's text ends in ': '.{nearest(wanted, own)}"
        )
    return wanted


def _revision(found: Found, wishes: Wishes, prompt: str) -> str:
    """That of the files; a document prompt from the settings makes other vectors, and so another revision."""
    if wishes.document_prompt is None:
        return found.revision
    return f"{found.revision}+{hashlib.sha256(prompt.encode()).hexdigest()[:8]}"


def _smaller(full: int, model: Any, wishes: Wishes, name: str) -> tuple[int, ...]:
    """Dimensions below the full one that the settings list, or else the model's own configuration."""
    config = getattr(model, "config", None)
    told = wishes.smaller or getattr(config, "matryoshka_dimensions", None) or ()
    if wishes.smaller and wishes.smaller[0] > full:
        raise BadSettings(f"'dims' of the hub embedder lists {wishes.smaller[0]}, but {name} has {full} dimensions")
    return tuple(sorted({int(dim) for dim in told if dim < full}, reverse=True))


def _notes(opened: Opened, takes: list[Modality]) -> str:
    longest = opened.model.max_seq_length
    notes = [f"Runs in {opened.precision} on {opened.device}."]
    if "text" in takes and longest and longest < 1_000_000:  # libraries write a huge number for "no limit"
        notes.append(f"A text is read up to {longest} tokens; the rest is dropped.")
    return " ".join(notes)
