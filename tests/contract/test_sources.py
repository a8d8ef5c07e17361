"""Every source keeps the contract; then what only one format can get wrong, and real catalogues."""

import csv
import json
from types import SimpleNamespace

import duckdb
import pytest
from PIL import Image

from snapshelf import plugins
from snapshelf.errors import BadInput, BadRow
from snapshelf.testing.sources import SourceContract, TableContract
from snapshelf.types import Product


def write_csv(folder, rows, name="p.csv"):
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0] if rows else ("sku", "title")))
        writer.writeheader()
        writer.writerows(rows)
    return folder / name


def write_jsonl(folder, rows):
    path = folder / "p.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_parquet(folder, rows):
    columns = list(rows[0] if rows else ("sku", "title"))
    with duckdb.connect() as connection:
        typed = ", ".join(f'"{name}" VARCHAR' for name in columns)
        connection.execute(f"CREATE TABLE p ({typed})")
        for row in rows:
            connection.execute(f"INSERT INTO p VALUES ({', '.join('?' * len(columns))})", list(row.values()))
        quoted = str(folder / "p.parquet").replace("'", "''")
        connection.execute(f"COPY p TO '{quoted}' (FORMAT parquet)")
    return folder / "p.parquet"


def write_pictures(folder, rows):
    (folder / "pictures").mkdir()
    for row in rows:
        Image.new("RGB", (4, 4)).save(folder / "pictures" / f"{row['sku']}.png")
    return folder / "pictures"


TABLES = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}
FOLDERS = {"images": write_pictures}


@pytest.mark.parametrize("name", TABLES)
class TestTables(TableContract):
    @pytest.fixture
    def module(self, name):
        return plugins.find("sources", name)

    @pytest.fixture
    def write(self, name):
        return TABLES[name]


@pytest.mark.parametrize("name", FOLDERS)
class TestFolders(SourceContract):
    @pytest.fixture
    def module(self, name):
        return plugins.find("sources", name)

    @pytest.fixture
    def write(self, name):
        return FOLDERS[name]


def test_every_source_is_tried_here():
    assert plugins.names("sources") == sorted({**TABLES, **FOLDERS})


def broken(rows):
    """The CSV source, except that its rows go through a function first."""

    class Reader:
        def __init__(self, path, columns, images):
            self.inner = plugins.find("sources", "csv").read(path, columns, images)
            self.columns, self.total = self.inner.columns, self.inner.total
            self.rows = rows(self.inner)

        def __iter__(self):
            return iter(self.rows)

    return SimpleNamespace(SUFFIXES=(".csv",), read=Reader)


@pytest.mark.parametrize(
    ("rows", "test", "rest"),
    [
        (iter, "test_can_be_read_again", ()),
        (lambda inner: [(1, one) for _, one in inner], "test_every_row_in_order", ()),
        (lambda inner: list(inner)[:-1], "test_every_row_in_order", ()),
        (
            lambda inner: [row for row in inner if isinstance(row[1], Product)],
            "test_a_bad_row_does_not_stop_the_rest",
            ("Price", "abc", "abc"),
        ),
        (
            lambda inner: list({one.sku: (row, one) for row, one in inner}.values()),
            "test_a_sku_twice_is_yielded_twice",
            (),
        ),
    ],
)
def test_the_contract_sees_a_broken_source(tmp_path, rows, test, rest):
    with pytest.raises(AssertionError):
        getattr(TableContract(), test)(broken(rows), write_csv, tmp_path, *rest)


def read(path):
    return plugins.find("sources", path.suffix[1:]).read(path, {}, None)


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


def faults(path, text):
    path.write_text(text)
    return [(row, one.reason) for row, one in read(path) if isinstance(one, BadRow)]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('sku,title\nA,x\nB,"never closed\nC,y\n', r"row 3 \(line 3\)"),
        ('sku;title;price\nA;x;1\nB;"never closed;2\n', r"row 3 \(line 3\)"),
        ('sku,title\nA,"two\nlines"\nB,"never closed\n', r"row 3 \(line 4\)"),
        ('sku,"title\nA,x\n', r"row 1 \(line 1\)"),
        ('sku;"title;price\nA;x;1\n', r"row 1 \(line 1\)"),
        ("sku,title\n" + "A,x\n" * 100 + 'B,"never closed\n' + "C,y\n" * 100_000, r"row 102 \(line 102\)"),
    ],
)
def test_a_quotation_mark_that_is_never_closed(tmp_path, text, where):
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match=rf"p.csv: a quotation mark opened in {where} is never closed"):
        list(read(path))


def test_a_quotation_mark_that_is_closed_rows_later(tmp_path):
    """What it swallowed cannot be told apart; the rows behind go on."""
    found = faults(tmp_path / "p.csv", 'sku,title\nA,"open\nB,"y"\nC,z\n')
    assert [row for row, _ in found] == [2]
    assert "begins in line 2, the mark is in line 3" in found[0][1]
    assert "quotation mark inside" in faults(tmp_path / "p.csv", 'sku,title\nA,"5" nail"\nB,y\n')[0][1]


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("sku;title;price\nA;lamp;1,50\n", ";"),
        ("sku\ttitle\tprice\nA\tlamp\t1,50\n", "tab"),
        ("sku|title|price\nA|lamp|1,50\n", "|"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le+mark"])
def test_delimiters_and_marks_of_encoding(tmp_path, content, delimiter, encoding):
    path = tmp_path / "p.csv"
    mark, encoding = (b"\xff\xfe", "utf-16-le") if encoding.endswith("+mark") else (b"", encoding)
    path.write_bytes(mark + content.encode(encoding))
    assert [one for _, one in read(path)] == [Product("A", "lamp", price=1.5)], delimiter


def test_a_row_of_another_width(tmp_path):
    found = faults(tmp_path / "p.csv", "sku,title\nA,x\nB\nC,y,z\nD,w\n")
    assert [row for row, _ in found] == [3, 4]
    assert "has 1 cell, but the header has 2" in found[0][1]
    assert "has 3 cells, but the header has 2; quote a cell that holds ','" in found[1][1]


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
    (tmp_path / ".cache").mkdir()
    for hidden in (".DS_Store", "._lamp.png", "Thumbs.db", ".cache/lamp.png"):
        Image.new("RGB", (4, 4)).save(tmp_path / hidden, format="png")
    assert len(list(plugins.find("sources", "images").read(tmp_path, {}, None))) == 2, "hidden files are no products"
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
