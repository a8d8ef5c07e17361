"""What an address of the storefront asks for, and the address that asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from snapshelf.http.problem import Problem
from snapshelf.http.question import LAST_PAGE
from snapshelf.search import written

CHOSEN = "f."  # before the name of an attribute: f.brand=Acme
SORTS: Mapping[str, str] = {"": "best match", "price": "lowest price", "-price": "highest price"}
LONGEST = 400  # characters of a value that is only handed on


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the storefront.

    ``chosen``: attribute → its values, of which a product has any. ``least`` and ``most`` are prices. ``off``: kinds of
    meaning to leave alone. ``photo``: the browser's own ids of the photos, which are never read here.
    """

    q: str = ""
    where: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    in_stock: bool = False
    sort: str = ""
    page: int = 1
    off: tuple[str, ...] = ()
    weights: str = ""
    photo: tuple[str, ...] = ()
    crop: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is searched for: the words, or what was chosen where there are none ("Clothing > Tops" is "Tops")."""
        return self.q or " ".join(one.rpartition(">")[2].strip() for values in self.chosen.values() for one in values)

    @property
    def browses(self) -> bool:
        """Whether there are no words, and everything that was chosen is to be shown."""
        return not self.q and bool(self.chosen)


def read(pairs: Iterable[tuple[str, object]]) -> Asked:
    """The query in an address or a form; names that are not ours are passed over. Raises Problem 400."""
    plain: dict[str, list[str]] = {}
    for name, value in pairs:
        if isinstance(value, str):
            plain.setdefault(name, []).append(value.strip())
    one = {name: values[-1] for name, values in plain.items()}
    chosen = {
        name.removeprefix(CHOSEN): tuple(dict.fromkeys(value for value in values if value))
        for name, values in plain.items()
        if name.startswith(CHOSEN) and any(values)
    }
    sort = one.get("sort", "")
    if sort not in SORTS:
        raise Problem(400, "bad_parameter", f"results are sorted by price or -price, not by {sort[:40]!r}", "sort")
    return Asked(
        q=" ".join(one.get("q", "").split()),
        where=one.get("where", ""),
        chosen=chosen,
        least=_price(one.get("min", ""), "min"),
        most=_price(one.get("max", ""), "max"),
        in_stock=one.get("stock", "") == "1",
        sort=sort,
        page=_page(one.get("page", "")),
        off=tuple(dict.fromkeys(written.names(one.get("off", "")))),
        weights=one.get("weights", "")[:LONGEST],
        photo=tuple(value[:LONGEST] for value in plain.get("photo", [])),
        crop=tuple(value[:LONGEST] for value in plain.get("crop", [])),
    )


def pairs(asked: Asked) -> list[tuple[str, str]]:
    """A query as names and values, those that are not as usual."""
    found = [("q", asked.q), ("where", asked.where)]
    found += [(CHOSEN + name, value) for name, values in asked.chosen.items() for value in values]
    found += [("min", short(asked.least)), ("max", short(asked.most)), ("stock", "1" if asked.in_stock else "")]
    found += [("off", ",".join(asked.off)), ("weights", asked.weights), ("sort", asked.sort)]
    found += [("photo", one) for one in asked.photo] + [("crop", one) for one in asked.crop]
    found.append(("page", str(asked.page) if asked.page > 1 else ""))
    return [(name, value) for name, value in found if value]


def address(asked: Asked) -> str:
    """Where the query is answered."""
    found = pairs(asked)
    return "/?" + urlencode(found, quote_via=quote) if found else "/"


def short(price: float | None) -> str:
    """A price without needless places, "" for none."""
    return "" if price is None else f"{price:.2f}".removesuffix(".00")


def _price(text: str, name: str) -> float | None:
    if not text:
        return None
    try:
        found = float(text.replace(",", ".") if "." not in text else text.replace(",", ""))
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e12:
        which = "lowest" if name == "min" else "highest"
        raise Problem(400, "bad_parameter", f"the {which} price is {text[:40]!r}; give a number, such as 80", name)
    return found


def _page(text: str) -> int:
    if text and not (text.isdecimal() and len(text) < 6 and 1 <= int(text) <= LAST_PAGE):
        raise Problem(400, "bad_parameter", f"page is a number from 1 to {LAST_PAGE:,}, not {text[:40]!r}", "page")
    return int(text or 1)
