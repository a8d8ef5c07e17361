"""Which column of a catalogue feeds which field of a product, and what the other columns are called as attributes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from snapshelf.errors import BadInput, nearest
from snapshelf.types import FILTERABLE

# Field → names of columns that usually mean it, the surest first, written without case, spaces and underscores.
USUAL: Mapping[str, str] = {
    "sku": "sku productsku itemsku variantsku productid itemid itemnumber itemno articlenumber articleno articleid "
    "article productnumber productcode asin code id",
    "title": "title name productname producttitle itemname itemtitle articlename displayname",
    "description": "description longdescription productdescription bodyhtml body shortdescription desc summary",
    "brand": "brand brandname manufacturer vendor maker",
    "category": "category categories categoryname productcategory producttype type",
    "price": "price currentprice listprice saleprice regularprice retailprice unitprice variantprice",
    "currency": "currency currencycode pricecurrency",
    "stock": "stock quantity qty inventory currentstock stockquantity stocklevel inventoryquantity variantinventoryqty "
    "instock availability",
    "gtin": "gtin gtin13 gtin14 gtin12 gtin8 ean ean13 eancode upc upccode barcode variantbarcode",
    "mpn": "mpn partnumber manufacturerpartnumber modelnumber model modelname",
    "images": "images image imageurls imageurl imagelink imagesrc imagepath imagefile mainimage pictures picture "
    "pictureurl photos photo photourl iconicimage",
    "audios": "audios audio audiofile audiourl sounds sound soundfile soundurl",
    "videos": "videos video videofile videourl videolink clip clips",
    "family": "family parentsku itemgroupid parentid groupid parent",
}
NEEDED = ("sku", "title")


def guess(found: Sequence[str], wanted: Mapping[str, str], file: str) -> dict[str, str]:
    """Field → column, for the fields that have one.

    wanted: fields whose column is not to be guessed; "" leaves the field without one. Of several columns that could
    mean a field the surest is taken; the others stay attributes. Raises BadInput for a wanted field or column that
    there is none of, and when no column feeds ``sku`` or ``title``.
    """
    feeds: dict[str, str] = {}
    for field, column in wanted.items():
        if field not in USUAL:
            raise BadInput(f"columns: a product has no field {field!r}.{nearest(field, USUAL)}")
        if column and column not in found:
            raise BadInput(f"{file} has no column {column!r}, which is to be its {field}.{nearest(column, found)}")
        if column:
            feeds[field] = column
    taken = set(feeds.values())
    for field, names in USUAL.items():
        if field in wanted:
            continue
        candidates = {plain(column): column for column in reversed(found) if column not in taken}
        column = next((candidates[name] for name in names.split() if name in candidates), "")
        if column:
            feeds[field] = column
            taken.add(column)
    for field in NEEDED:
        if field not in feeds:
            known = ", ".join(repr(column) for column in found[:30])
            raise BadInput(
                f"{file} has no column that looks like a product's {field}; it has {known or 'no columns at all'}. "
                f'Name the right one in the settings: [columns] {field} = "…"'
            )
    return feeds


def plain(column: str) -> str:
    """A column's name without case, spaces, underscores and signs: "Product ID" → "productid"."""
    return re.sub(r"[\W_]+", "", column.casefold())


def snake(name: str) -> str:
    """A name as a filter can hold it: "Screen size (in)" → "screen_size_in"; "attribute" where nothing is left."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    joined = re.sub(r"\W+|_+", "_", parted.casefold()).strip("_")
    joined = re.sub(r"_+", "_", joined)
    if joined[:1].isdigit() or joined in WORDS:
        joined = f"attribute_{joined}"
    return joined or "attribute"


WORDS = frozenset({"and", "or", "not", "in", "exists", "true", "false"})  # what a filter reads otherwise


class Names:
    """The attribute names of one catalogue: each key has its own, and none is that of a field of every product."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set(FILTERABLE)

    def of(self, key: tuple[str, ...]) -> str:
        """The name of a key, the same one each time; a name that is taken becomes "name_2", "name_3" …"""
        if key not in self._given:
            name = first = snake("_".join(key[1:]) or key[0])
            number = 1
            while name in self._taken:
                number += 1
                name = f"{first}_{number}"
            self._given[key] = name
            self._taken.add(name)
        return self._given[key]

    def reserve(self, columns: Iterable[str]) -> None:
        """Name plain columns before what is found inside of others, so that they keep their own names."""
        for column in columns:
            self.of((column,))
