"""Settings → the parts of one open shelf. The only place where parts are wired together."""

from __future__ import annotations

import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection

from snapshelf import plugins
from snapshelf.catalogue import Catalogue, asking, changes, journal, open_catalogue
from snapshelf.catalogue.ledger import Ledger
from snapshelf.config import Settings
from snapshelf.errors import BadInput, Mismatch, NotHere, Outside, UnknownAdapter, nearest, of_system
from snapshelf.lexical import Lexical, open_lexical
from snapshelf.manifest import Manifest, check
from snapshelf.once import once
from snapshelf.protocols import Embedder, Options, Recogniser, Renewable, Store
from snapshelf.types import Filter, ModelCard, Purpose, Value
from snapshelf.writer import writing

if TYPE_CHECKING:
    from snapshelf.media import ClipLimits, Fetcher, MediaLimits

DEFAULT_MODEL = "compact"
DATABASE = "catalogue.sqlite"
LEXICAL = "lexical"  # folder, and name of its cursor
RULES = "rules.toml"  # the shop's rules, where the settings name no other file
REMEMBERED = 256  # filters whose counts are kept
# What all views show → the purpose of a query, for a model that tells them apart; "query" for any mixture.
SEARCHED: dict[frozenset[str], Purpose] = {
    frozenset({"text"}): "query text",
    frozenset({"image"}): "query image",
    frozenset({"audio"}): "query audio",
    frozenset({"video"}): "query video",
}


class Stack:
    """One shelf: its folder, catalogue, model, vector store and text index. Models and indexes open when first used."""

    def __init__(self, folder: Path, settings: Settings, catalogue: Catalogue) -> None:
        self.folder, self.settings, self.catalogue = folder, settings, catalogue
        self._manifest: Manifest | None = None
        self.turn = threading.RLock()  # held while something is opened or made that all threads share
        self._counts: OrderedDict[tuple[int, Filter | None], int] = OrderedDict()
        self._searched: tuple[int, Purpose] = (-1, "query")
        self._views: tuple[int, int] | None = None
        self.ledger = Ledger(catalogue, lambda: self.writable(DATABASE) is not None)
        self.memory: dict[str, object] = {}  # what a search keeps for the next one, by name; see the modules of search
        self.rebuild: set[str] = set()  # indexes whose files were lost, to be filled from the catalogue again
        self.signals: tuple[object, dict[str, Mapping[str, Value]]] | None = None  # while the catalogue is unchanged
        self.rerankers: tuple[object, object] | None = None  # rules and model as last read, with their mark

    @property
    def manifest(self) -> Manifest | None:
        """What the shelf was built from; None before anything was indexed."""
        if self._manifest is None:
            with self.catalogue.read() as connection:
                kept = journal.fact(connection, "manifest")
            self._manifest = Manifest(**kept) if kept else None
        return self._manifest

    @once
    def card(self) -> ModelCard:
        """The model in use. Raises Mismatch when the shelf was built with another, and what `card_of` raises."""
        name = self.settings.embedder.name or (self.manifest.model if self.manifest else DEFAULT_MODEL)
        card = card_of(name, self.settings.embedder.options, self.manifest.revision if self.manifest else "")
        if self.manifest:
            check(self.manifest, card, self.settings.embedder.dim)
        return card

    @property
    def model(self) -> str:
        """The model as embeddings are filed under it."""
        return f"{self.card.name}@{self.card.revision}"

    @property
    def kept_dim(self) -> int:
        """Coordinates at which embeddings are kept."""
        if self.manifest:
            # A model whose smaller vectors are no prefixes gives, and is paid for, each dimension by itself.
            return self.manifest.dim if self.card.matryoshka else self.dim
        kept, dim = self.settings.embedder.keep, self.dim
        if kept and kept != dim and not (self.card.matryoshka and kept in self.card.dims and kept > dim):
            raise Mismatch(
                f"embedder.keep is {kept}, but {self.card.name} cannot give {dim} dimensions out of {kept}; leave keep "
                "out, or name larger dimensions of a model whose smaller ones are prefixes"
            )
        return kept or dim

    @property
    def dim(self) -> int:
        """Coordinates that are searched: what the settings ask for, else those kept, else the model's largest."""
        own = self.card.default_dim or self.card.dims[0]
        wanted = self.settings.embedder.dim or (self.manifest.dim if self.manifest else own)
        if not self.manifest and wanted not in self.card.dims:
            raise Mismatch(f"{self.card.name} has no {wanted} dimensions; it has {', '.join(map(str, self.card.dims))}")
        return wanted

    @property
    def index(self) -> str:
        """Name of the vector index: its folder, and its cursor."""
        return f"{self.settings.store.name}-{self.dim}"

    @once
    def embedder(self) -> Embedder:
        """The model, loaded."""
        loaded: Embedder = _module_of(self.card.name).load(self.card, self.settings.embedder.options)
        self.ledger.attach(loaded)
        return loaded

    def asks(self) -> Purpose:
        """The purpose of a query, by what is searched; "query" for a model to which it makes no difference."""
        if not self.card.purposes_differ:
            return "query"
        with self.catalogue.read() as connection:
            now, held = changes.now(connection), self._searched
            if held[0] != now:
                held = self._searched = now, SEARCHED.get(asking.kinds_of_views(connection), "query")
        return held[1]

    @once
    def store(self) -> Store:
        """The vector index. One whose files are damaged is dropped, to be filled from the catalogue again."""
        module, location = plugins.find("stores", self.settings.store.name), self.folder / self.index
        fresh = not location.exists()
        try:
            store: Store = module.connect(location, self.dim, self.settings.store.options)
        except Mismatch:
            shutil.rmtree(location)
            fresh = True
            store = module.connect(location, self.dim, self.settings.store.options)
        if "renew" in store.can:
            fresh = cast(Renewable, store).stale  # its index is not in the folder
        if fresh or ("reopen" not in store.can and store.count() == 0):  # counting may cost calls
            self.rebuild.add(self.index)
        return store

    @once
    def lexical(self) -> Lexical:
        """The text index."""
        lexical = open_lexical(self.folder / LEXICAL)
        if lexical.count() == 0:
            self.rebuild.add(LEXICAL)
        return lexical

    @once
    def recogniser(self) -> Recogniser:
        """What turns speech into words, loaded. Raises UnknownAdapter, MissingExtra, BadSettings."""
        speech = self.settings.speech
        loaded: Recogniser = plugins.find("recognisers", speech.recogniser).load(speech.options)
        return loaded

    @property
    def rules(self) -> Path | None:
        """The file of the shop's rules: what the settings name, or the shelf's own; None where there is none."""
        named, own = self.settings.ranking.rules, self.folder / RULES
        return Path(named) if named else own if own.is_file() else None

    @property
    def limits(self) -> MediaLimits:
        """What a picture may be at most, as the settings say."""
        from snapshelf.media import MediaLimits

        return MediaLimits(max_pixels=self.settings.media.max_pixels, max_bytes=self.settings.media.max_bytes)

    def clip_limits(self, seconds: float = 0.0) -> ClipLimits:
        """What a sound or video may be at most, as the settings say; ``seconds``: a length below theirs."""
        from snapshelf.media import ClipLimits

        media = self.settings.media
        longest = min(seconds or media.max_seconds, media.max_seconds)
        return ClipLimits(media.max_clip_bytes, longest, media.max_pixels)

    def writable(self, name: str) -> Path | None:
        """A folder inside the shelf for what can be made again; None where this user may not write."""
        return self.folder / name if os.access(self.folder, os.W_OK) else None

    @property
    def fetcher(self) -> Fetcher:
        """How addresses of pictures are fetched, as the settings say."""
        return self._fetcher(self.settings.media.max_bytes)

    @property
    def clip_fetcher(self) -> Fetcher:
        """How addresses of sounds and videos are fetched."""
        return self._fetcher(self.settings.media.max_clip_bytes)

    def _fetcher(self, most: int) -> Fetcher:
        from snapshelf.media import Fetcher

        media = self.settings.media
        cache, private = self.writable("fetched"), media.allow_private
        return Fetcher(cache=cache, max_bytes=most, timeout=media.timeout, allow_private=private)

    def found(self) -> None:
        """Write down what the shelf is built from, once."""
        if self.manifest is None:
            made = Manifest(self.card.name, self.card.revision, self.kept_dim)
            with self.catalogue.write() as connection:
                journal.set_fact(connection, "manifest", {name: getattr(made, name) for name in made.__slots__})
            self._manifest = made

    def count(self, connection: Connection, where: Filter | None = None) -> int:
        """How many products pass a filter; remembered for as long as the catalogue does not change."""
        key = (changes.seen(connection), where)
        found = self._counts.get(key)
        if found is None:
            found = self._counts[key] = asking.count(connection, where)
            if len(self._counts) > REMEMBERED:
                self._counts.popitem(last=False)
        return found

    def count_views(self, connection: Connection) -> int:
        """How many views all products have; remembered likewise, since some stores would have to list them all."""
        now, held = changes.seen(connection), self._views
        if held is None or held[0] != now:
            held = self._views = now, asking.count_views(connection)
        return held[1]

    def is_behind(self, connection: Connection, words: bool, needed: bool = True) -> bool:
        """Whether an index lacks something that the catalogue holds; ``words``: the text index will be asked too.

        needed: a text index that cannot be opened is an error, and not merely left out.
        """
        cursors = changes.cursors_of(connection)
        now = cursors.get(changes.NOW, 0)
        try:
            _ = self.store, self.lexical if words else None  # opening finds out whether their files are still there
        except Outside:
            if needed or "store" not in self.__dict__:
                raise
        return now > 0 and (bool(self.rebuild) or any(cursors.get(name, 0) < now for name in (self.index, LEXICAL)))

    def writing(self, follows: bool = False) -> AbstractContextManager[None]:
        """Be the one writer; see `snapshelf.writer`. Raises Busy, NoSpace, Outside."""
        return writing(self.folder, follows)

    def close(self) -> None:
        """Close what was opened, and write down what queries have cost."""
        self.ledger.close()
        for part in ("store", "lexical", "embedder"):
            close = getattr(self.__dict__.pop(part, None), "close", None)
            if close:
                close()
        self.catalogue.close()


def open_stack(folder: Path, settings: Settings, create: bool = True) -> Stack:
    """Open the shelf in a folder. Raises NotHere when there is none and ``create`` is false, NoSpace, Outside."""
    database = folder / DATABASE
    if not create and not settings.catalogue.url and not database.is_file():
        raise NotHere(f"there is no shelf in {folder}; make one with: snapshelf index products.csv --shelf {folder}")
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file, and a shelf is a folder; name another one")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise of_system(error) from error
    return Stack(folder, settings, open_catalogue(settings.catalogue.url or f"sqlite:///{database}"))


def card_of(name: str, options: Options, built: str = "") -> ModelCard:
    """The card of a model by name: ``compact``, or ``family:model`` where a family has several. Raises UnknownAdapter.

    A family whose models are named in the settings writes the card itself, from ``options``; then it may raise more.
    """
    module, model = _module_of(name), name.partition(":")[2]
    if hasattr(module, "card"):
        written: ModelCard = module.card(model, options, built)
        return written
    cards: tuple[ModelCard, ...] = module.CARDS
    named = {card.name: card for card in cards}
    if name in named or not model:
        return named.get(name, cards[0])
    raise UnknownAdapter(f"there is no model {name!r}.{nearest(name, named)}")


def _module_of(name: str) -> ModuleType:
    return plugins.find("embedders", name.partition(":")[0])
