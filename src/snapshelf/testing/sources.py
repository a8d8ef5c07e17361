"""What every source must do. A third party's source proves itself with a class of a few lines.

class TestMine(TableContract):
    @pytest.fixture
    def module(self):
        return my_package.my_source

    @pytest.fixture
    def write(self):
        return my_package.testing.write     # (folder, rows) → path of a catalogue that holds these rows

A source whose columns are its own, such as a folder of pictures, inherits `SourceContract` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from snapshelf.errors import BadInput, BadRow, NotHere
from snapshelf.protocols import Reader, SourceModule
from snapshelf.types import Product

Rows: TypeAlias = Sequence[Mapping[str, str]]  # column → cell; every row has the same columns
Write: TypeAlias = Callable[[Path, Rows], Path]  # into this folder, which exists; returns the catalogue's path

PLAIN: Rows = [{"sku": f"lamp{n}", "title": f"lamp {n}"} for n in (1, 2, 3)]
SHOP: Rows = [
    {"Item No.": "A1", "Name": "Red lamp", "Price": "$1,299.00", "qty": "3", "ean": "4006381333931", "colour": "red"},
    {"Item No.": "A2", "Name": "Blue lamp", "Price": "1.299,50 €", "qty": "0", "ean": "", "colour": "blue"},
]
READ = [
    Product(
        "A1", "Red lamp", price=1299.0, currency="USD", stock=3, gtin="4006381333931", attributes={"colour": "red"}
    ),
    Product("A2", "Blue lamp", price=1299.5, currency="EUR", stock=0, attributes={"colour": "blue"}),
]
BAD_CELLS = (
    ("Price", "abc", "abc"),
    ("Price", "NaN", "NaN"),
    ("Price", "inf", "inf"),
    ("Price", "-3", "-3"),
    ("qty", "many", "many"),
    ("qty", "1.5", "1.5"),
    ("ean", "4006381333932", "last digit should be 1"),
    ("Name", "", "empty"),
    ("Item No.", "", "empty"),
    ("Item No.", "\x01", "control character"),
)
ODD_TITLES = ('a "quoted" lamp', "a; b, c | d\te", "two\nlines", "  trimmed ", "Ünï 日本語 🙂👟", "{'a': [1]}", "=1+1")
ODD_NAME = "it's [1] * 100% #2 ü"


class SourceContract:
    """What a source of any kind does: the same rows each time, numbered, said what became of each column."""

    @pytest.fixture
    def module(self) -> SourceModule:
        """The source under test; a subclass returns its own."""
        raise NotImplementedError("return the source's module from a fixture called 'module'")

    @pytest.fixture
    def write(self) -> Write:
        """How a catalogue in its format is made; a subclass returns its own."""
        raise NotImplementedError("return a function (folder, rows) → path from a fixture called 'write'")

    def test_says_what_it_reads(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """``SUFFIXES`` are endings in small letters, or "/"; a file of its format has one of them."""
        assert module.SUFFIXES
        assert all(suffix == "/" or (suffix[0] == "." and suffix == suffix.lower()) for suffix in module.SUFFIXES)
        path = write(tmp_path, PLAIN)
        assert ("/" if path.is_dir() else path.suffix) in module.SUFFIXES

    def test_every_row_in_order(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """One product a row, in the order of the file, under rising numbers; ``total`` counts them or is None."""
        reader = module.read(write(tmp_path, PLAIN), {}, None)
        found = list(reader)
        assert [(one.sku, one.title) for one in _good(reader)] == [(row["sku"], row["title"]) for row in PLAIN]
        numbers = [number for number, _ in found]
        assert numbers == sorted(set(numbers))
        assert numbers[0] >= 1
        assert reader.total in (None, len(PLAIN))

    def test_can_be_read_again(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """Each iteration starts at the first row, also when the one before stopped half-way."""
        reader = module.read(write(tmp_path, PLAIN), {}, None)
        first = next(iter(reader))
        assert list(reader) == list(reader)
        assert next(iter(reader)) == first

    def test_says_what_became_of_each_column(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """``columns`` has a word for each column, and names those of the SKU and the title."""
        said = module.read(write(tmp_path, PLAIN), {}, None).columns
        assert all(said.values())
        assert {"sku", "title"} <= set(said.values())

    def test_leaves_the_catalogue_as_it_was(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """Reading writes nothing, neither into the catalogue nor beside it."""
        path = write(tmp_path, PLAIN)
        before = _contents(tmp_path)
        list(module.read(path, {}, None))
        assert _contents(tmp_path) == before

    def test_any_name_of_a_folder(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """Signs that mean something to a shell, a database or a URL mean nothing in a path."""
        folder = tmp_path / ODD_NAME
        folder.mkdir()
        assert len(_good(module.read(write(folder, PLAIN), {}, None))) == len(PLAIN)

    def test_nothing_there(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """A path without a catalogue is NotHere and named; a catalogue without a row is BadInput."""
        nowhere = tmp_path / f"nothing{module.SUFFIXES[0].strip('/')}"
        with pytest.raises(NotHere, match=nowhere.name):
            list(module.read(nowhere, {}, None))
        with pytest.raises(BadInput, match=r"no \w+"):
            list(module.read(write(tmp_path, []), {}, None))


class TableContract(SourceContract):
    """What a source of rows with columns does besides: guesses columns, refuses bad rows one by one."""

    def test_the_same_products_as_every_other(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """Prices, stock and codes are read as in every format, and other columns become attributes."""
        reader = module.read(write(tmp_path, SHOP), {}, None)
        assert _good(reader) == READ
        said = reader.columns
        assert [
            said[name] for name in ("Item No.", "Name", "Price", "qty", "ean")
        ] == "sku title price stock gtin".split()
        assert "text" in said["colour"]

    @pytest.mark.parametrize(("column", "cell", "reason"), BAD_CELLS)
    def test_a_bad_row_does_not_stop_the_rest(
        self, module: SourceModule, write: Write, tmp_path: Path, column: str, cell: str, reason: str
    ) -> None:
        """It is yielded in its place, naming file, row, column and, where it has one, its SKU."""
        path = write(tmp_path, [SHOP[0], {**SHOP[1], column: cell}, {**SHOP[1], "Item No.": "A3"}])
        found = list(module.read(path, {}, None))
        assert [type(one) for _, one in found] == [Product, BadRow, Product]
        number, bad = found[1]
        assert isinstance(bad, BadRow)
        assert (bad.file, bad.row, bad.column) == (path.name, number, column)
        assert reason in bad.reason
        assert bad.sku == ("" if column == "Item No." else "A2")

    def test_a_sku_twice_is_yielded_twice(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """Whoever takes the rows refuses the second, since only they know all rows; a source drops none."""
        assert [one.sku for one in _good(module.read(write(tmp_path, [SHOP[0], SHOP[0]]), {}, None))] == ["A1", "A1"]

    def test_columns_by_name(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """A named column feeds its field; one that is not there is refused, and so is a field that no product has."""
        path = write(tmp_path, [{"a": "X", "b": "Chair", "c": "9"}])
        (product,) = _good(module.read(path, {"sku": "a", "title": "b", "price": "c"}, None))
        assert (product.sku, product.title, product.price) == ("X", "Chair", 9.0)
        with pytest.raises(BadInput, match="zz"):
            list(module.read(path, {"sku": "a", "title": "b", "price": "zz"}, None))
        with pytest.raises(BadInput, match="prise"):
            list(module.read(path, {"sku": "a", "title": "b", "prise": "c"}, None))

    def test_no_column_for_a_sku(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """Without a column that looks like a SKU the catalogue is refused, naming those there are."""
        with pytest.raises(BadInput, match="sku.*'foo', 'bar'"):
            list(module.read(write(tmp_path, [{"foo": "1", "bar": "2"}]), {}, None))

    def test_text_arrives_as_it_was_written(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """Marks that mean something to the format, line breaks and every alphabet; only the ends are trimmed."""
        path = write(tmp_path, [{"sku": f"S{n}", "title": "t", "text": text} for n, text in enumerate(ODD_TITLES)])
        found = _good(module.read(path, {"description": "text"}, None))
        assert [one.description for one in found] == [text.strip() for text in ODD_TITLES]

    def test_pictures_stay_inside_their_folder(self, module: SourceModule, write: Write, tmp_path: Path) -> None:
        """Paths are relative to the catalogue's folder, or to the one named, and may not lead out of it."""
        cells = ["a.jpg|sub/b.jpg", "https://shop.example/c.jpg", "../secret.jpg", "/etc/passwd", ""]
        path = write(tmp_path, [{"sku": f"S{n}", "title": "t", "images": cell} for n, cell in enumerate(cells)])
        found = [one for _, one in module.read(path, {}, None)]
        pictures = [one.images if isinstance(one, Product) else one.column for one in found]
        inside = (str(tmp_path / "a.jpg"), str(tmp_path / "sub/b.jpg"))
        assert pictures == [inside, ("https://shop.example/c.jpg",), "images", "images", ()]
        (tmp_path / "photos").mkdir()
        elsewhere = _good(module.read(path, {}, tmp_path / "photos"))
        assert elsewhere[0].images[0] == str(tmp_path / "photos" / "a.jpg")
        with pytest.raises(NotHere, match="none"):
            list(module.read(path, {}, tmp_path / "none"))


def _good(reader: Reader) -> list[Product]:
    return [one for _, one in reader if isinstance(one, Product)]


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
