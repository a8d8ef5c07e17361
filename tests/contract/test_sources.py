"""Every source reads the same catalogue the same way, refuses bad rows one by one, and says what each column became."""

import csv
import json

import duckdb
import pytest
from PIL import Image

from snapshelf import plugins
from snapshelf.errors import BadInput, BadRow
from snapshelf.types import Product

GTIN = "4006381333931"
ROWS = [
    {
        "Item Number": "A1",
        "Name": "Red lamp",
        "Price": "$1,299.00",
        "qty": "3",
        "ean": "4006381333931",
        "colour": "red",
    },
    {"Item Number": "A2", "Name": "Blue lamp", "Price": "1.299,50 €", "qty": "0", "ean": "", "colour": "blue"},
]
EXPECTED = [
    Product("A1", "Red lamp", price=1299.0, currency="USD", stock=3, gtin=GTIN, attributes={"colour": "red"}),
    Product("A2", "Blue lamp", price=1299.5, currency="EUR", stock=0, attributes={"colour": "blue"}),
]


def write(path, rows):
    """The rows in the format of the file's ending."""
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path
    table = path.with_suffix(".csv")
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            found = f"read_csv('{table}', all_varchar=true)"
            connection.execute(f"COPY (SELECT * FROM {found}) TO '{path}' (FORMAT parquet)")
    return path


def read(path, columns=None, images=None):
    kind = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}[path.suffix]
    return plugins.find("sources", kind).read(path, columns or {}, images)


formats = pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])


def test_every_source_is_tried_here():
    assert plugins.names("sources") == ["csv", "images", "jsonl", "parquet"]


@formats
def test_the_same_products(tmp_path, suffix):
    reader = read(write(tmp_path / f"p{suffix}", ROWS))
    assert [product for _, product in reader] == EXPECTED
    assert [product for _, product in reader] == EXPECTED, "it can be read twice"
    assert reader.total == 2
    said = reader.columns
    assert (said["Item Number"], said["Name"], said["qty"], said["ean"]) == ("sku", "title", "stock", "gtin")
    assert "text" in said["colour"]


@formats
@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Price", "abc", "abc"),
        ("Price", "NaN", "NaN"),
        ("Price", "-3", "-3"),
        ("qty", "many", "many"),
        ("qty", "1.5", "1.5"),
        ("ean", "4006381333932", "last digit should be 1"),
        ("Name", "", ""),
        ("Item Number", "", "empty"),
        ("Item Number", "A1", "already in row"),
    ],
)
def test_a_bad_row_does_not_stop_the_rest(tmp_path, suffix, column, cell, reason):
    rows = [ROWS[0], ROWS[1] | {column: cell}, ROWS[1] | {"Item Number": "A3"}]
    found = list(read(write(tmp_path / f"p{suffix}", rows)))
    assert [one.sku for _, one in found if isinstance(one, Product)] == ["A1", "A3"]
    (bad,) = [one for _, one in found if isinstance(one, BadRow)]
    assert bad.column == column
    assert reason in bad.reason
    assert bad.row == {".csv": 3}.get(suffix, 2)
    assert bad.file == f"p{suffix}"


@formats
def test_columns_by_name(tmp_path, suffix):
    path = write(tmp_path / f"p{suffix}", [{"a": "X", "b": "Chair", "c": "9"}])
    ((_, product),) = read(path, {"sku": "a", "title": "b", "price": "c"})
    assert (product.sku, product.title, product.price) == ("X", "Chair", 9.0)
    with pytest.raises(BadInput, match="zz"):
        list(read(path, {"sku": "a", "title": "b", "price": "zz"}))


@formats
def test_pictures_stay_inside_their_folder(tmp_path, suffix):
    cells = ["a.jpg|sub/b.jpg", "https://shop.example/c.jpg", "../secret.jpg", "/etc/passwd", ""]
    rows = [{"sku": f"S{n}", "title": "t", "images": cell} for n, cell in enumerate(cells)]
    found = dict(read(write(tmp_path / f"p{suffix}", rows)))
    first = min(found)
    assert found[first].images == (str(tmp_path / "a.jpg"), str(tmp_path / "sub/b.jpg"))
    assert found[first + 1].images == ("https://shop.example/c.jpg",)
    assert all(isinstance(found[first + n], BadRow) and "outside" in found[first + n].reason for n in (2, 3))
    assert found[first + 4].images == ()


@formats
def test_no_rows_and_no_such_columns(tmp_path, suffix):
    path = write(tmp_path / f"p{suffix}", [{"foo": "1", "bar": "2"}])
    with pytest.raises(BadInput, match="sku"):
        list(read(path))
    path.write_bytes(b"")
    with pytest.raises(BadInput, match="no rows|no products|cannot be read"):
        list(read(path))


def test_lines_that_are_no_json(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text('{"sku": "A", "title": "x"}\n{"sku": \n[1]\n{"sku": "B", "title": "y"}\n')
    found = list(read(path))
    assert [row for row, one in found if isinstance(one, BadRow)] == [2, 3]
    assert [one.sku for _, one in found if isinstance(one, Product)] == ["A", "B"]


def test_times_and_names_in_parquet(tmp_path):
    path = tmp_path / "p [1]*.parquet"
    with duckdb.connect() as connection:
        made = (
            "SELECT 'A' AS sku, 'lamp' AS title, TIMESTAMPTZ '2026-01-02 03:04:05+00' AS since, [1.5, 2] AS \"a\"\"b\""
        )
        connection.execute(f"COPY ({made}) TO '{tmp_path / 'plain.parquet'}' (FORMAT parquet)")
    (tmp_path / "plain.parquet").rename(path)
    ((_, product),) = read(path)
    assert product.attributes["since"].startswith("2026-01-02")


def test_csv_with_other_marks_and_broken_rows(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text('sku;title;price\nA;"a; b";1,50\nB;too few\nC;fine;2\n', encoding="utf-8-sig")
    found = list(read(path))
    assert found[0][1] == Product("A", "a; b", price=1.5)
    assert isinstance(found[1][1], BadRow)
    assert found[1][0] == 3
    assert found[2][1].sku == "C"
    path.write_bytes("sku,title\nA,café\n".encode("cp1252"))
    with pytest.raises(BadInput, match="UTF-8"):
        list(read(path))


def test_a_folder_of_pictures(tmp_path):
    (tmp_path / "Shoes").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "Shoes" / "red-runningShoe.jpg")
    Image.new("RGB", (4, 4)).save(tmp_path / "lamp.png")
    (tmp_path / "readme.txt").write_text("no picture")
    found = [product for _, product in plugins.find("sources", "images").read(tmp_path, {}, None)]
    by_sku = {product.sku: product for product in found}
    assert set(by_sku) == {"lamp", "Shoes/red-runningShoe"}
    assert by_sku["Shoes/red-runningShoe"].category == "Shoes"
    assert by_sku["Shoes/red-runningShoe"].title.lower() == "red running shoe"
    assert by_sku["lamp"].images == (str(tmp_path / "lamp.png"),)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no pictures"):
        list(plugins.find("sources", "images").read(tmp_path / "empty", {}, None))


@pytest.mark.parametrize(
    ("file", "columns", "least"),
    [
        ("eshop/products.csv", {}, 101),
        ("grocery/products.csv", {}, 81),
        ("magento/products.parquet", {}, 1800),
        ("icecat/products.parquet", {}, 19_000),
        ("bestbuy/products.parquet", {}, 3_200),
        ("aws_retail/products.parquet", {}, 2_400),
    ],
)
def test_real_catalogues(shared, file, columns, least, capsys):
    path = shared / file
    read_with = plugins.find("sources", path.suffix[1:]).read
    found = [one for _, one in read_with(path, columns, None)]
    good = [one for one in found if isinstance(one, Product)]
    with capsys.disabled():
        print(f"\n{file}: {len(good)} products, {len(found) - len(good)} refused")
    assert len(good) >= least
    assert all(product.sku and product.title for product in good)
