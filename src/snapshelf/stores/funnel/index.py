"""Inverted lists over 8-bit codes of the prefix (FAISS): IVF after Jégou, Douze & Schmid 2011, PAMI 33:1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.errors import Mismatch, NoSpace
from snapshelf.segments import Rows
from snapshelf.types import Vectors

PREFIX = 256  # coordinates of the shortlist's codes
FILE = "lists.faiss"
TRAIN_PER_LIST = 48  # vectors that the lists' centres are trained on
SCAN = 60_000  # passing rows that are scanned whole rather than by the nearest lists
THIN = 8  # how much wider a query is searched that lies far from every centre
MAX_SHORTLIST = 4_000


@dataclass(frozen=True, slots=True)
class Width:
    """How far one query is searched: lists visited, rows scored exactly."""

    lists: int
    shortlist: int


class Index:
    """The lists, how wide to search them by default, and the recall@10 that was measured with it."""

    def __init__(self, ivf: Any, built: int, about: Mapping[str, Any]) -> None:
        import faiss

        self._faiss, self._ivf = faiss, ivf
        self.built = built
        self.default = Width(int(about.get("lists", 8)), int(about.get("shortlist", 50)))
        self.thin = float(about.get("thin", -1.0))  # cosine with the nearest centre below which a query is far off
        self.recall: float | None = about.get("recall")
        self._params = faiss.SearchParametersIVF()
        self._held: Any = None  # what a selector points into

    @property
    def lists(self) -> int:
        """How many lists there are."""
        return int(self._ivf.nlist)

    @property
    def rows(self) -> int:
        """How many rows are in the lists."""
        return int(self._ivf.ntotal)

    def about(self) -> dict[str, Any]:
        """What to keep beside the lists."""
        width = {"lists": self.default.lists, "shortlist": self.default.shortlist}
        return width | {"thin": self.thin, "recall": self.recall, "built": self.built}

    def extend(self, rows: Rows) -> None:
        """Put the rows that came after the lists were built into them."""
        for _, chunk in rows.chunks(self.rows):
            self._ivf.add(prefix(chunk))

    def selector(self, passing: NDArray[np.bool_]) -> Any:
        """A filter for `shortlist`; valid until the next one is made."""
        bits = np.packbits(passing, bitorder="little")
        self._held = bits
        return self._faiss.IDSelectorBitmap(len(bits), self._faiss.swig_ptr(bits))

    def width(self, query: NDArray[np.float32], k: int, share: float) -> tuple[Width, tuple[Any, Any]]:
        """How far to search when ``share`` of the rows pass, and the nearest lists themselves.

        Few passing rows are scanned whole. Many are searched in proportion: what passes is spread over 1/share times
        as many lists. A query far from every centre (words asking pictures, say) is searched `THIN` times wider, since
        the lists then say little about where its neighbours are.
        """
        lists, shortlist = self.default.lists, max(self.default.shortlist, 4 * k)
        if share * self.rows <= SCAN:
            lists = self.lists
        elif share < 1:
            lists = min(self.lists, int(lists * (1 + 1 / share)))
        near, order = self.nearest_lists(query, min(self.lists, lists * THIN))
        if near[0, 0] < self.thin:
            lists, shortlist = min(self.lists, lists * THIN), shortlist * 4
        width = Width(lists, min(shortlist, MAX_SHORTLIST))
        return width, (near[:, :lists], order[:, :lists])

    def shortlist(
        self, query: NDArray[np.float32], width: Width, lists: tuple[Any, Any], selector: Any = None
    ) -> NDArray[np.int64]:
        """Rows nearest by their codes, at most ``width.shortlist``."""
        self._params.nprobe, self._params.sel = width.lists, selector
        short, (near, order) = prefix(query[None]), (np.ascontiguousarray(one) for one in lists)
        scores = np.empty(width.shortlist, np.float32)
        rows = np.empty(width.shortlist, np.int64)
        pointer = self._faiss.swig_ptr  # the wrapper for Python takes no selector, so the call is made as in C++
        self._ivf.search_preassigned_c(
            1, pointer(short), width.shortlist, pointer(order), pointer(near), pointer(scores), pointer(rows), False,
            self._params,
        )  # fmt: skip
        return rows[rows >= 0]

    def nearest_lists(self, query: NDArray[np.float32], count: int) -> tuple[Any, Any]:
        """Cosines and numbers of the lists whose centres are nearest, each (1, count)."""
        return self._ivf.quantizer.search(prefix(query[None]), count)  # type: ignore[no-any-return]


def prefix(vectors: Vectors) -> Vectors:
    """The first coordinates, renormalised, as FAISS wants them; a row whose prefix is zero stays zero."""
    short = np.ascontiguousarray(vectors[:, :PREFIX], np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", short, short))[:, None]
    return np.asarray(np.divide(short, length, out=np.zeros_like(short), where=length > 0), np.float32)


def build(rows: Rows) -> Index:
    """Train centres on living rows and put every row into its list; dead rows too, so that row numbers agree."""
    import faiss

    faiss.omp_set_num_threads(max(1, faiss.omp_get_max_threads()))
    living = np.flatnonzero(rows.alive)
    lists = int(min(4096, 2 ** round(np.log2(4 * np.sqrt(len(living))))))
    sample = np.sort(np.random.default_rng(0).choice(living, min(len(living), lists * TRAIN_PER_LIST), replace=False))
    dim = min(PREFIX, rows.dim)
    centres = faiss.IndexFlatIP(dim)
    ivf = faiss.IndexIVFScalarQuantizer(
        centres, dim, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False
    )
    ivf.cp.spherical, ivf.cp.niter, ivf.cp.min_points_per_centroid = True, 10, 1
    ivf.train(prefix(rows.gather(sample)))
    made = Index(ivf, len(rows), {})
    made.extend(rows)
    return made


def write(index: Index, folder: Path) -> None:
    """Put the lists into a new folder. Raises NoSpace."""
    import faiss

    folder.mkdir(parents=True, exist_ok=True)
    try:
        faiss.write_index(index._ivf, str(folder / FILE))
    except RuntimeError as error:
        raise NoSpace(f"the vector index cannot be written, so the disk is probably full: {error}") from error


def read(folder: Path, about: Mapping[str, Any]) -> Index:
    """The lists of a folder. Raises Mismatch for damaged ones."""
    import faiss

    try:
        ivf = faiss.read_index(str(folder / FILE))
    except RuntimeError as error:
        raise Mismatch(f"{folder} is damaged; the index has to be rebuilt from the catalogue") from error
    faiss.omp_set_num_threads(1)  # a search is too short to be worth waking threads for
    return Index(ivf, int(about.get("built", ivf.ntotal)), about)
