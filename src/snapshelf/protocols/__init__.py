"""The shapes of an adapter: what each kind must offer. None of them is a class to inherit from."""

from snapshelf.protocols.models import (
    Buying,
    Charge,
    Embedded,
    Embedder,
    EmbedderModule,
    Heard,
    NamingEmbedderModule,
    Outcome,
    Phrases,
    Recogniser,
    RecogniserModule,
    Segmenting,
)
from snapshelf.protocols.options import Options
from snapshelf.protocols.ranking import Effects, MetricModule, Reranker, RerankerModule
from snapshelf.protocols.sources import Reader, SourceModule
from snapshelf.protocols.stores import Renewable, Store, StoreModule

__all__ = [
    "Buying",
    "Charge",
    "Effects",
    "Embedded",
    "Embedder",
    "EmbedderModule",
    "Heard",
    "MetricModule",
    "NamingEmbedderModule",
    "Options",
    "Outcome",
    "Phrases",
    "Reader",
    "Recogniser",
    "RecogniserModule",
    "Renewable",
    "Reranker",
    "RerankerModule",
    "Segmenting",
    "SourceModule",
    "Store",
    "StoreModule",
]
