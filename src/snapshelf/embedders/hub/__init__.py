"""Any open multimodal model, through sentence-transformers: by its name on a hub, or from a folder.

The settings name the model, so its card is written when it is opened: what it takes, its dimensions, its licence. Which
models do, what each needs and what to paste: docs/models/hub.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from snapshelf.embedders.hub.batch import fitting
from snapshelf.embedders.hub.describe import describe, prompts
from snapshelf.embedders.hub.inputs import film, picture, sound
from snapshelf.embedders.hub.locate import locate
from snapshelf.embedders.hub.opened import Opened, open_model
from snapshelf.embedders.hub.wishes import Wishes, read
from snapshelf.errors import BadInput, Mismatch, Outside, Unsupported
from snapshelf.protocols import Options
from snapshelf.types import Clip, Item, Modality, ModelCard, Purpose, Segment, Vectors
from snapshelf.vectors import cut, unit

EXTRA = "hub"
CARDS: tuple[ModelCard, ...] = ()  # see `card`


def card(name: str, options: Options, built: str) -> ModelCard:
    """The card of the model that the settings name; it is opened for that, and `load` takes it from there.

    name: a model on the hub where ``options`` name none. built: the revision a shelf was built with, so that it is
    opened again whatever the hub has published since; "" for a new shelf.
    Raises BadSettings, MissingExtra, NotHere, Outside.
    """
    wishes = read(options, name)
    found = locate(wishes, built)
    return describe(found, open_model(found, wishes), wishes)


def load(card: ModelCard, options: Options) -> Hub:
    """The embedder of a card that `card` wrote. Raises what `card` raises, and Mismatch if the files have changed."""
    wishes = read(options, card.source if Path(card.source).is_dir() else card.name.partition(":")[2])
    found = locate(wishes, card.revision)
    opened = open_model(found, wishes)
    if describe(found, opened, wishes) != card:
        raise Mismatch(f"the files of {card.name} have changed since it was described; open the shelf again")
    return Hub(card, opened, wishes)


class Hub:
    """See the module. Threads wait for each other: the processors of these models are not made for two at a time."""

    def __init__(self, card: ModelCard, opened: Opened, wishes: Wishes) -> None:
        self.card, self.opened = card, opened
        self.batch = card.batch  # how many go through the model at once; smaller after memory ran out
        self._prompts: Mapping[Purpose, str] = prompts(opened.model, wishes)

    def embed(self, items: Sequence[Item], purpose: Purpose, dim: int) -> Vectors:
        """(n, dim) float32 unit rows in the order of ``items``, each modality in batches of its own.

        On a processor in float32 a row does not depend on its company (to 1e-5); elsewhere that is not promised.
        Raises Unsupported for a dim or a modality that the card does not list, BadInput for an item the model refuses,
        Outside when it fails otherwise, or when memory does not do for one item.
        """
        if dim not in self.card.dims:
            raise Unsupported(f"{self.card.name} has no {dim} dimensions; choose one of {self.card.dims}")
        kinds = [self._modality(item) for item in items]
        rows = np.empty((len(items), self.card.dims[0]), np.float32)
        for modality in sorted(set(kinds)):
            places = [place for place, kind in enumerate(kinds) if kind == modality]
            rows[places] = self._rows([self._input(items[place]) for place in places], modality, purpose)
        return cut(unit(rows), dim) if len(rows) else rows[:, :dim]

    def _rows(self, inputs: list[Any], modality: Modality, purpose: Purpose) -> Vectors:
        model = self.opened.model
        encode = model.encode_document if purpose == "index" else model.encode_query

        def some(batch: int) -> Vectors:
            return np.asarray(
                encode(
                    inputs,
                    prompt=self._prompts["index" if purpose == "index" else "query"],
                    batch_size=batch,
                    show_progress_bar=False,
                    processing_kwargs=self.opened.padding,
                ),
                np.float32,
            )

        try:
            with self.opened.lock:
                rows, self.batch = fitting(some, min(self.batch, len(inputs)), self.batch)
        except (ValueError, TypeError) as error:
            told = str(error).partition("\n")[0]
            raise BadInput(f"{self.card.name} cannot take one of these {len(inputs)} {modality}s: {told}") from error
        except MemoryError as error:
            raise Outside(
                f"memory does not suffice to embed one {modality} with {self.card.name}; "
                "choose a smaller model, or precision = 'bfloat16'"
            ) from error
        except (RuntimeError, IndexError) as error:
            raise Outside(f"{self.card.name} failed on a batch of {len(inputs)} {modality}s: {error}") from error
        return rows

    def _modality(self, item: Item) -> Modality:
        from PIL.Image import Image

        kinds: dict[type, Modality] = {str: "text", Image: "image", Clip: "audio", Segment: "video"}
        modality = next((name for kind, name in kinds.items() if isinstance(item, kind)), None)
        knows = " and ".join(sorted(self.card.modalities))
        if modality not in self.card.modalities:
            what = modality or f"a thing of type {type(item).__name__}"
            raise Unsupported(f"{self.card.name} takes {knows}, not {what}; choose a model that does")
        return modality

    def _input(self, item: Item) -> Any:
        """Words are marked as words: the library would open a text that reads like an address or a file's name."""
        if isinstance(item, Clip):
            return sound(item, self.opened.rate, self.opened.most)
        if isinstance(item, Segment):
            return film(item)
        if not isinstance(item, str):
            return picture(item)
        text = item.encode("utf-8", "replace").decode("utf-8")  # half characters, which no tokenizer takes
        if "image" not in self.card.modalities:
            return text
        return {"text": text} if self.opened.takes_marked else f" {text}"
