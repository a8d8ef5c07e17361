"""The things Snapshelf speaks of, as frozen values. They hold no behaviour that needs another module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from snapshelf.conditions import And as And
from snapshelf.conditions import Compare as Compare
from snapshelf.conditions import Exists as Exists
from snapshelf.conditions import Filter as Filter
from snapshelf.conditions import Not as Not
from snapshelf.conditions import Or as Or
from snapshelf.conditions import Truth as Truth
from snapshelf.receipts import Receipt, Suggestion

if TYPE_CHECKING:
    from PIL.Image import Image

    from snapshelf.media.printed import Line
    from snapshelf.understand import Understood

Modality: TypeAlias = Literal["text", "image", "audio", "video"]
# What a vector is for: to be found, or to find; and for a model that asks, to find among views of one kind alone.
Purpose: TypeAlias = Literal["index", "query", "query text", "query image", "query audio", "query video"]
Value: TypeAlias = bool | int | float | str | tuple[str, ...]  # what an attribute may hold
Attributes: TypeAlias = Mapping[str, Value]
Kind: TypeAlias = Literal["bool", "number", "text", "list"]  # the type of an attribute over the whole catalogue
Vectors: TypeAlias = NDArray[np.float32]  # (n, d), every row of unit length


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A piece of sound: mono float32 ``samples`` in [-1, 1] at `RATE`, ``start`` and ``end`` in seconds of its file."""

    samples: NDArray[np.float32]
    start: float
    end: float


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A piece of video that shows one scene: a few ``frames``, and the sound beside them, None in a silent film.

    ``shows`` says which vector is meant, where a model gives one for the pictures and one for the sound (`ModelCard`).
    """

    frames: tuple[Image, ...]
    start: float
    end: float
    sound: Clip | None = None
    shows: Literal["video", "sound"] = "video"


RATE = 16_000  # samples per second of every `Clip`
Item: TypeAlias = "str | Image | Clip | Segment"  # what an embedder takes; a picture is upright and RGB


@dataclass(frozen=True, slots=True)
class Product:
    """One sellable thing. ``price`` is in ``currency``; ``stock`` counts pieces, None where the shop does not say.

    ``images``, ``audios`` and ``videos`` are paths or URLs, the first image the main picture. Variants of one article
    share a ``family``.
    """

    sku: str
    title: str
    description: str = ""
    brand: str = ""
    category: str = ""
    price: float | None = None
    currency: str = ""
    stock: int | None = None
    gtin: str = ""
    mpn: str = ""
    family: str = ""
    images: tuple[str, ...] = ()
    attributes: Attributes = field(default_factory=dict)
    audios: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()

    def filterable(self) -> dict[str, Value]:
        """What a filter may ask about; a field that is empty or unknown is left out, so no comparison matches it."""
        named: dict[str, Value | None] = {
            "brand": self.brand or None,
            "category": self.category or None,
            "price": self.price,
            "currency": self.currency or None,
            "stock": self.stock,
            "in_stock": None if self.stock is None else self.stock > 0,
            "family": self.family or None,
        }
        return {**self.attributes, **{name: value for name, value in named.items() if value is not None}}


# Fields of every product that a filter may name, with their types; attributes of the catalogue come on top.
FILTERABLE: Mapping[str, Kind] = {
    "brand": "text",
    "category": "text",
    "currency": "text",
    "family": "text",
    "in_stock": "bool",
    "price": "number",
    "stock": "number",
}


def kind_of(value: Value) -> Kind:
    """The type of one attribute value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "list"


@dataclass(frozen=True, slots=True)
class View:
    """One embedded aspect of a product: "text", "image1", "audio1", "video2@12.4-16.0" …; ``content`` its sha256."""

    sku: str
    aspect: str
    content: str

    @property
    def id(self) -> str:
        """The name under which a store keeps it."""
        return view_id(self.sku, self.aspect)


def view_id(sku: str, aspect: str) -> str:
    """The store's id of a view; the SKU may hold any character, since an aspect holds no '#'."""
    return f"{sku}#{aspect}"


def split_view(id: str) -> tuple[str, str]:
    """The SKU and the aspect of a store's id."""
    sku, _, aspect = id.rpartition("#")
    return sku, aspect


def skus_of(ids: Sequence[str]) -> list[str]:
    """The SKUs of a store's ids, in order, each once."""
    return list(dict.fromkeys([id.rpartition("#")[0] for id in ids]))


def aspect_of(kind: str, number: int, span: tuple[float, float] | None = None) -> str:
    """The aspect of a product's n-th image, audio or video, or of the part of it between two seconds."""
    return f"{kind}{number}" + (f"@{span[0]:.1f}-{span[1]:.1f}" if span else "")


def split_aspect(aspect: str) -> tuple[str, tuple[float, float] | None]:
    """The medium that an aspect names, and its seconds: "video1@12.4-16.0" → ("video1", (12.4, 16.0))."""
    medium, at, span = aspect.partition("@")
    start, _, end = span.partition("-")
    return medium, (float(start), float(end)) if at else None


# --- models and stores ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What there is to know about an embedding model before loading it.

    ``dims`` go from largest to smallest; with ``matryoshka`` the smaller are prefixes of the largest, renormalised.
    """

    name: str
    revision: str
    licence: str
    dims: tuple[int, ...]
    modalities: frozenset[Modality]
    matryoshka: bool
    source: str
    purposes_differ: bool = False  # True: the same content has one vector for indexing and another for querying
    cuts: str = ""  # by which rule the model cuts whole videos by itself; "": it takes what Snapshelf cuts
    parts_scenes: bool = False  # True: pictures and sound of a scene have a vector each
    longest_sound: float = 0.0  # seconds of a sound beyond which the model cuts it by itself; 0: it takes any
    default_dim: int = 0  # coordinates kept by a new shelf; 0: the largest
    batch: int = 32
    image_side: int = 1024  # pixels of a picture's longer side beyond which the model sees nothing more
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What a store found: for each query ids and cosine scores, best first, ties in id order.

    ``path`` names how it looked. ``recall`` is 1.0 when every matching vector was scored exactly, otherwise the
    recall@k expected from the store's own measurement, and None where nobody measured.
    """

    ids: list[list[str]]
    scores: list[NDArray[np.float32]]
    path: str
    recall: float | None


# --- queries and answers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One piece of a query: "text", "image", "image2" … with what it holds and how much it counts (may be negative).

    ``modality`` is what the model gets: "text" for sound that was recognised. ``crop`` is a second reading of a photo,
    what stands out in it: of the two the one that finds the nearer product counts.
    """

    name: str
    modality: Modality
    content: Item
    weight: float = 1.0
    crop: Item | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer. ``score`` is 1 − cosine distance, in [-1, 1]; ``scores`` the same for each part of the query alone.

    ``view`` names what matched: "text", "image1", "video1" … and ``span`` its seconds, where it is a part of something
    that runs. ``siblings`` counts the other variants folded into this card. ``relevance``, in [0, 1], is what hits are
    ordered by before the shop's own wishes; ``receipt`` tells how it came about, ``label`` as in `Ranked`.
    """

    rank: int
    sku: str
    score: float
    product: Product
    scores: Mapping[str, float]
    view: str
    siblings: int = 0
    span: tuple[float, float] | None = None
    relevance: float = 0.0
    receipt: Receipt | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Results(Sequence[Hit]):
    """The hits of one page, best first, and how they were found.

    ``matching`` counts the products that pass the filter. ``path`` and ``recall`` as in `Neighbours`. ``heard`` holds
    the words recognised in each part that was sound, for a person to correct, ``printed`` the
    lines read in each photo. ``advice`` says in sentences how the photo could be better.
    ``total`` counts the products (or cards) that are relevant enough to be shown on all pages together, ``estimated``
    where more may follow than were looked at; ``facets`` counts their values, attribute → value → products.
    ``confidence``, in [0, 1], is how sure it is that the shop has what was asked, None where that was never measured.
    ``nothing`` says so in a sentence when it has not; then ``hits`` is empty and ``nearest`` holds what comes closest.
    ``did_you_mean`` offers codes one typo away. ``understood`` says of each part that is words what was read out of
    it; ``notes`` what was corrected, contradictory or left out.
    """

    hits: tuple[Hit, ...]
    matching: int
    path: str
    recall: float | None
    seconds: float
    offset: int = 0
    heard: Mapping[str, str] = field(default_factory=dict)
    total: int = 0
    estimated: bool = False
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    confidence: float | None = None
    nothing: str = ""
    nearest: tuple[Hit, ...] = ()
    did_you_mean: tuple[Suggestion, ...] = ()
    understood: Mapping[str, Understood] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    printed: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self.hits[index]
