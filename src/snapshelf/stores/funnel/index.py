"""Inverted lists over 8-bit codes of the prefix (FAISS): IVF after Jégou, Douze & Schmid 2011, PAMI 33:1.

The lists are many and short, so that few codes are scanned; their centres are found through a graph (Malkov & Yashunin
2018, PAMI 42:4), since comparing a query with all of them would take longer than the scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snapshelf.segments import Rows
from snapshelf.types import Vectors

PREFIX = 256  # coordinates of the shortlist's codes
AMONG = 1_500  # passing rows among which the shortlist of a filtered search is found, at least
THIN = 8  # how much wider a query is searched that lies far from every centre
MAX_SHORTLIST = 4_000
BESIDE = 16  # centres that the walk through the graph keeps beside those asked for
K = 10  # neighbours that the width was measured for


class Answer:
    """Arrays that FAISS writes an answer into, and their addresses, which cost more to ask for than to use."""

    def __init__(self, capacity: int = 512) -> None:
        import faiss

        self.scores, self.rows = np.empty(capacity, np.float32), np.empty(capacity, np.int64)
        self.to_scores, self.to_rows = faiss.swig_ptr(self.scores), faiss.swig_ptr(self.rows)

    def room(self, count: int) -> Answer:
        """This one, or a larger one if it is too small."""
        return self if count <= len(self.rows) else Answer(2 * count)


@dataclass(frozen=True, slots=True)
class Width:
    """How far one query is searched: lists visited, rows scored exactly."""

    lists: int
    shortlist: int


class Index:
    """The lists, how wide to search them by default, and the recall@10 that was measured with it."""

    def __init__(self, ivf: Any, about: Mapping[str, Any]) -> None:
        import faiss

        lib: Any = faiss  # its stubs lack half of it
        self.ivf, self._bitmap = ivf, lib.IDSelectorBitmap
        self._pointer, self._view = lib.swig_ptr, lib.rev_swig_ptr
        self._graph = lib.downcast_index(ivf.quantizer)
        self.built = int(about.get("built", ivf.ntotal))
        self.scale = float(about["scale"])  # coordinates × scale are whole numbers from -127 to 127
        self.default = Width(int(about.get("lists", 8)), int(about.get("shortlist", 50)))
        self.thin = float(about.get("thin", -1.0))  # a query is far off below this product with the nearest centre
        self.recall: float | None = about.get("recall")
        self._scan, self._walk = lib.SearchParametersIVF(), lib.SearchParametersHNSW()
        self._scanned, self._walked = (0, None), 0  # what the parameters are set to
        self._near, self._found = Answer(), Answer()
        self.lists = int(ivf.nlist)
        self._visited, self._list_of = Answer(self.lists), np.empty(0, np.int32)
        self._visited.scores[:] = 0
        self.centres: Vectors = self._graph.reconstruct_n(0, self.lists)

    @property
    def rows(self) -> int:
        """How many rows are in the lists."""
        return int(self.ivf.ntotal)

    def about(self) -> dict[str, Any]:
        """What to keep beside the lists."""
        width = {"lists": self.default.lists, "shortlist": self.default.shortlist}
        return width | {"thin": self.thin, "recall": self.recall, "built": self.built, "scale": self.scale}

    def extend(self, rows: Rows) -> None:
        """Put the rows that came after the lists were built into them."""
        self._graph.hnsw.efSearch = 48  # a row in the wrong list is not found
        for _, chunk in rows.chunks(self.rows, PREFIX):
            self.ivf.add(whole(prefix(chunk), self.scale))

    def selector(self, passing: NDArray[np.bool_]) -> tuple[Any, Any]:
        """A filter for `shortlist`, and the bits it points into, which have to be kept as long."""
        bits = np.packbits(passing, bitorder="little")
        return self._bitmap(len(bits), self._pointer(bits)), bits

    def spread(self, passing: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many passing rows each list holds."""
        if len(self._list_of) < self.rows:
            self._list_of = np.zeros(self.rows, np.int32)
            for number in range(self.lists):
                size = self.ivf.invlists.list_size(number)
                if size:
                    self._list_of[self._view(self.ivf.invlists.get_ids(number), size)] = number
        return np.bincount(self._list_of[passing], minlength=self.lists)

    def width(self, k: int) -> Width:
        """How far to search for k neighbours: more than the width was measured for lie in more lists."""
        if k <= K:
            return self.default
        lists = min(self.lists, int(self.default.lists * (k / K) ** 0.75))
        return Width(lists, min(self.default.shortlist * k // K, MAX_SHORTLIST))

    def shortlist(self, query: NDArray[np.float32], width: Width, selector: Any) -> tuple[NDArray[np.int64], Width]:
        """Rows nearest by their codes, at most ``width.shortlist``, and the width that was used in the end.

        A query far from every centre (words asking pictures, say) is searched `THIN` times wider, since the lists
        then say little about where its neighbours are.
        """
        code, length = self.code(query)
        near = self.nearest_lists(code, width.lists)
        if near.scores[0] < self.thin * length:
            width = Width(min(self.lists, width.lists * THIN), min(width.shortlist * 4, MAX_SHORTLIST))
            near = self.nearest_lists(code, width.lists)
        return self.scan(code, width, near, selector), width

    def filtered(
        self, query: NDArray[np.float32], width: Width, selector: Any, held: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], Width]:
        """The same among rows that pass a filter. held: passing rows of each list.

        Lists are visited from the nearest on until they hold enough passing rows, wherever those are: the passing
        ones of a filter that goes with the clusters ("shoes" for the picture of a bag) lie in few lists far away.
        """
        code, length = self.code(query)
        nearness = np.vecdot(self.centres, code)
        order = np.argsort(-nearness)
        enough = max(AMONG, 2 * width.lists * self.rows // self.lists)
        if nearness[order[0]] < self.thin * length:
            enough, width = enough * THIN, Width(width.lists, width.shortlist * 4)
        last = int(np.searchsorted(np.cumsum(held[order]), enough)) + 1
        order = order[:last][held[order[:last]] > 0]
        self._visited.rows[: len(order)] = order  # its scores stay zero: nobody asks how near a list is
        width = Width(len(order), min(3 * width.shortlist, MAX_SHORTLIST))
        return self.scan(code, width, self._visited, selector), width

    def scan(self, code: Any, width: Width, near: Answer, selector: Any = None) -> NDArray[np.int64]:
        """Rows of these lists nearest by their codes, at most ``width.shortlist``; valid until the next call."""
        if self._scanned != (width.lists, selector):
            self._scan.nprobe, self._scan.sel = self._scanned = width.lists, selector
        count, found = width.shortlist, self._found.room(width.shortlist)
        self._found = found
        self.ivf.search_preassigned_c(  # the wrapper for Python takes no selector, so the call is made as in C++
            1,
            self._pointer(code),
            count,
            near.to_rows,
            near.to_scores,
            found.to_scores,
            found.to_rows,
            False,
            self._scan,
        )
        rows = found.rows[:count]
        return rows if rows[-1] >= 0 else rows[rows >= 0]

    def nearest_lists(self, code: Any, count: int) -> Answer:
        """Products with the nearest centres, nearest first, and the numbers of their lists; valid until the next."""
        if self._walked != count:
            self._walk.efSearch, self._walked = count + BESIDE, count
        self._near = near = self._near.room(count)
        self._graph.search_c(1, self._pointer(code), count, near.to_scores, near.to_rows, self._walk)
        return near

    @staticmethod
    def code(query: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
        """The query's prefix in whole numbers from -127 to 127, and its length."""
        short = query[:PREFIX]
        largest = float(np.abs(short).max())
        code = np.rint(short * (127 / largest)) if largest > 0 else np.zeros_like(short)
        return code, float(code @ code) ** 0.5


def prefix(vectors: Vectors) -> Vectors:
    """The first coordinates, renormalised, as FAISS wants them; a row whose prefix is zero stays zero."""
    short = np.ascontiguousarray(vectors[:, :PREFIX], np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", short, short))[:, None]
    return np.asarray(np.divide(short, length, out=np.zeros_like(short), where=length > 0), np.float32)


def scale_of(vectors: Vectors) -> float:
    """What they are multiplied by so that their largest coordinate becomes 127."""
    return 127 / max(1e-6, float(np.abs(vectors).max()))


def whole(vectors: Vectors, scale: float) -> Vectors:
    """Coordinates × scale as whole numbers from -127 to 127: FAISS multiplies such codes twice as fast as others."""
    return np.asarray(np.clip(np.rint(vectors * np.float32(scale)), -127, 127), np.float32)
