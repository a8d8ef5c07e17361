"""Bad input through the real command and from Python: one sentence, its own status, and nothing half-written."""

import json
import math
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import snapshelf
from snapshelf.cli import show
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadFilter, BadInput, BadMedia, BadQuery, BadSettings, NoSpace, Outside
from snapshelf.shelf import open_shelf
from snapshelf.types import Product
from tests.unit.conftest import TOY

COMMAND = Path(sys.executable).with_name("snapshelf")
HEAD = "sku,title,price,image\nA,red shoe,5,images/red.png\n"


@pytest.fixture(scope="module")
def huge(tmp_path_factory):
    """A PNG of 20,000 × 20,000 pixels in 50 kB."""
    path = tmp_path_factory.mktemp("huge") / "huge.png"
    Image.new("1", (20_000, 20_000)).save(path)
    return path


@pytest.fixture
def bad(home, run, monkeypatch):
    """Index a catalogue of these bytes: (status, the refused rows printed, the complaint)."""
    monkeypatch.setattr(show.console, "width", 400)  # else a sentence is broken where the terminal ends

    def call(content, name="bad.csv"):
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        status, said, complaint = run("index", name)
        assert "Traceback" not in said + complaint
        assert complaint.count("\n") <= 1, "one sentence"
        shown = " ".join(said.split())
        return status, shown.partition("refused:")[2], complaint

    return call


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("bad.csv", b"", "bad.csv holds no rows; its first row should name the columns"),
        ("bad.csv", "sku,title\n", "bad.csv holds no rows, so there are no products in it"),
        ("bad.jsonl", b"", "bad.jsonl holds no rows"),
        ("bad.parquet", b"", "bad.parquet cannot be read as Parquet"),
        ("bad.parquet", b"\xff" * 500, "bad.parquet cannot be read as Parquet"),
        (
            "bad.txt",
            "sku,title\nA,x\n",
            "bad.txt is no catalogue that can be read; give a folder of pictures or one of",
        ),
        ("bad.csv", "sku,title\nA,x\nB,café\n".encode("latin-1"), "bad.csv is not written in UTF-8 (line 3); save it"),
        ("bad.csv", "sku,title\nA,x\n".encode("utf-16-le"), "UTF-16 without its mark?"),
        ("bad.csv", b"PK\x03\x04" + b"x" * 50, "bad.csv is a spreadsheet or an archive; save it as CSV UTF-8"),
        ("bad.csv", 'sku,title\nA,x\nB,"never closed\n', "opened in row 3 (line 3) is never closed"),
        ("bad.csv", "name,price\nx,1\n", "no column that looks like a product's sku"),
        ("bad.csv", "sku,title,title\nA,x,y\n", "several columns called 'title'"),
        ("bad.jsonl", '{"sku": "A"}'.encode("utf-16"), "row 1 is not written in UTF-8"),
        ("bad.jsonl", "[1]\n", "row 1 is no object in braces"),
    ],
)
def test_catalogues_that_cannot_be_read(bad, name, content, complaint):
    status, _, said = bad(content, name)
    assert status == 2
    assert complaint in said
    assert not Path("shelf").exists(), "a shelf is not made for nothing"


@pytest.mark.parametrize(
    ("row", "place", "reason"),
    [
        ("B,x,abc,", "column 'price' (SKU B)", "'abc' is no price; give a number such as 12.50"),
        ("B,x,nan,", "column 'price' (SKU B)", "'nan' is no price"),
        ("B,x,inf,", "column 'price' (SKU B)", "'inf' is no price"),
        ("B,x,-5,", "column 'price' (SKU B)", "a price is never negative"),
        ("A,x,5,", "column 'sku' (SKU A)", "SKU A is already in row 2; each product needs its own"),
        (",x,5,", "column 'sku'", "the SKU is empty; each product needs one of its own"),
        ("B,,5,", "column 'title' (SKU B)", "the title is empty"),
        ("B,x", "row 3", "has 2 cells, but the header has 4"),
        ("B,x,5,,,", "row 3", "has 6 cells, but the header has 4; quote a cell that holds ','"),
        ("B,x,5,images/none.png", "column 'image' (SKU B)", "images/none.png is not there"),
        ("B,x,5,images", "column 'image' (SKU B)", "images is a folder, not a picture"),
        ("B,x,5,images/words.jpg", "column 'image' (SKU B)", "words.jpg is no picture"),
        ("B,x,5,images/huge.png", "column 'image' (SKU B)", "400,000,000 pixels; at most 50,000,000 are read"),
        ("B,x,5,../../etc/passwd", "column 'image' (SKU B)", "lies outside of"),
        ("B,x,5,/etc/passwd", "column 'image' (SKU B)", "lies outside of"),
        ("B,x,5,file:///etc/passwd", "column 'image' (SKU B)", "begins with 'file:'"),
        ("B,x,5,http://127.0.0.1/a.png", "column 'image' (SKU B)", "leads into a private network (127.0.0.1)"),
        ("B,x,5,http://[::1]/a.png", "column 'image' (SKU B)", "leads into a private network (::1)"),
        ("B,x,5,http://169.254.169.254/a", "column 'image' (SKU B)", "leads into a private network"),
        ("B,x,5,http://nowhere.invalid/a.png", "column 'image' (SKU B)", "'nowhere.invalid' cannot be found"),
    ],
)
def test_rows_that_are_refused(bad, run, huge, row, place, reason):
    Path("images/words.jpg").write_text("only words")
    shutil.copy(huge, "images/huge.png")
    status, refused, complaint = bad(f"{HEAD}{row}\nC,blue shoe,6,images/blue.png\n")
    assert status == 10
    assert complaint == "snapshelf: 1 row was refused, see shelf/refused.csv\n"
    assert refused.strip().startswith("bad.csv, row 3")
    assert place in refused
    assert reason in refused
    found = json.loads(run("search", "shoe", "--json")[1])
    assert [hit["sku"] for hit in found["hits"]] in (["A", "C"], ["C", "A"]), "the others went in"


def test_the_sku_column_goes_by_its_own_name(bad):
    assert "row 3, column 'Item No.' (SKU A)" in bad("Item No.,title\nA,x\nA,y\n")[1]


def test_gaps_and_infinities_among_numbers(bad, run):
    """A column stays one of numbers: "nan" is a gap, and what is endless is refused."""
    status, refused, _ = bad("sku,title,watts\nA,x,5\nB,y,nan\nC,z,inf\nD,w,NaN\n")
    assert status == 10
    assert "row 4, column 'watts' (SKU C): 'inf' stands where the other rows have a finite number" in refused
    assert run("info", "--json")[0] == 0
    assert json.loads(run("search", "x", "--where", "watts > 1", "--json")[1])["matching"] == 1
    assert json.loads(run("search", "x", "--where", "not exists(watts)", "--json")[1])["matching"] == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_other_marks_are_no_fault(bad, encoding, mark):
    assert bad(HEAD.replace(",", mark).encode(encoding))[0] == 0


@pytest.mark.parametrize(
    ("line", "status", "complaint"),
    [
        (["search", "red", "--where", "prise < 3"], 2, "no product has an attribute 'prise'. Did you mean 'price'?"),
        (["search", "red", "--where", "(" * 500], 2, "nested more than 64 deep"),
        (["search", "red", "--where", "price > 1 or " * 900 + "price > 1"], 2, "more than 500 comparisons"),
        (["search"], 2, "nothing to search for"),
        (["search", "red", "-k", "-1"], 2, "k is the number of hits, from 1 to 1000, not -1"),
        (["search", "red", "--page", "99999999"], 2, "from 0 to 10000"),
        (["search", "red", "--lanes", "vektor"], 2, "lanes are vector, lexical, exact, not vektor"),
        (["search", "red", "--weights", "text=nan"], 2, "the weight of 'text' is nan"),
        (["search", "red", "--weights", "imge=1"], 2, "no such part"),
        (["search", "--image", "none.jpg"], 2, "there is no picture none.jpg"),
        (["search", "--image", "products.csv"], 2, "products.csv is no picture"),
        (["search", "--image", "images"], 2, "images is a folder, not a picture"),
        (["search", "--image", "http://localhost/a.png"], 2, "leads into a private network"),
        (["search", "--audio", "a.wav"], 2, "there is no sound a.wav"),
        (["show", "NOBODY"], 3, "there is no product 'NOBODY' in this shelf"),
        (["index", "products.csv", "--shelf", "products.csv"], 2, "products.csv is a file, and a shelf is a folder"),
        (["index", "products.csv", "--shelf", "products.csv/x"], 7, "products.csv/x cannot be used: Not a directory"),
    ],
)
def test_requests_that_make_no_sense(home, run, line, status, complaint):
    run("index", "products.csv")
    found, _, said = run(*line)
    assert found == status
    assert complaint in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("settings", "line", "status", "complaint"),
    [
        (
            '[embedder]\nname = "compact"\n',
            "search red",
            4,
            "built with toy (revision 1, 16 dimensions), not with compact",
        ),
        ('[embedder]\nname = "compact"\n', "index products.csv", 4, "not with compact"),
        ('[embedder]\nname = "toy"\ndim = 32\n', "search red", 4, "which cannot give 32"),
        ('[embedder]\nname = "toi"\n', "search red", 2, "no embedder called 'toi'. Did you mean 'toy'?"),
        ('[store]\nname = "fanel"\n', "search red", 2, "no store called 'fanel'. Did you mean 'funnel'?"),
        ("[store.options]\ncolour = 3\n", "search red", 2, "has no setting 'colour'"),
        ("[search]\nk = 0\n", "search red", 2, "search.k is at least 1, not 0"),
        ("[media]\nmax_pixels = -3\n", "index products.csv", 2, "media.max_pixels is at least 1, not -3"),
        ("[media]\ntimeout = nan\n", "index products.csv", 2, "media.timeout is at least 0.001, not nan"),
        ('[catalogue]\nurl = "nonsense"\n', "search red", 2, "catalogue.url is 'nonsense', which is no address"),
        ('[catalogue]\nurl = "nosuch://x/y"\n', "search red", 2, "which is no address of a database"),
    ],
)
def test_settings_that_cannot_be(home, run, settings, line, status, complaint):
    run("index", "products.csv")
    Path("other.toml").write_text(settings)
    found, _, said = run(*line.split(), "--settings", "other.toml")
    assert found == status
    assert complaint in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("lost", ["gone", "damaged"])
@pytest.mark.parametrize("lanes", ["vector", "lexical", "vector,lexical"])
def test_lost_indexes_are_rebuilt_whichever_lane_is_asked(home, run, lost, lanes):
    run("index", "products.csv")
    before = run("search", "green shoe", "--lanes", lanes, "--json")[1]
    for folder in ("exact-16", "lexical"):
        for file in [path for path in Path("shelf", folder).rglob("*") if path.is_file()]:
            file.write_bytes(b"\x07" * 100)
        if lost == "gone":
            shutil.rmtree(Path("shelf", folder))
    again = run("search", "green shoe", "--lanes", lanes, "--json")[1]
    assert json.loads(again)["hits"] == json.loads(before)["hits"]
    assert len(json.loads(again)["hits"]) >= 1


def test_a_damaged_catalogue(home, run):
    run("index", "products.csv")
    for file in Path("shelf").glob("catalogue.sqlite*"):
        file.write_bytes(b"\x07" * 5_000)
    status, _, said = run("search", "red")
    assert status == Outside.exit_code
    assert "the catalogue is damaged" in said
    assert said.count("\n") == 1


# --- from Python ------------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path):
    settings = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
    with snapshelf.open(tmp_path / "shelf", settings) as opened:
        opened.index([Product("GOOD", "red shoe", price=1, attributes={"watts": 5, "tags": ("a",)})])
        yield opened


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        *(({"price": price}, "price") for price in (math.nan, math.inf, -1.0, "abc", True)),
        *(({"stock": stock}, "stock") for stock in (-1, 1.5, 2**80, True)),
        *(({"attributes": {"watts": value}}, "watts") for value in (math.nan, math.inf, None, "five", [1], 10**400)),
        *(({"attributes": {"tags": value}}, "tags") for value in (["a"], (1,), {"a": 1}, b"a")),
        *(({"attributes": {name: 1}}, "attributes") for name in (3, "", None)),
        ({"attributes": {"price": 1}}, "price"),
        ({"attributes": [1]}, "attributes"),
        *(({"sku": sku}, "sku") for sku in ("", None, 5, " x ", "a\0b", "\ud800", "x" * 201)),
        *(({"title": title}, "title") for title in ("", " ", None, 5, "\ud800", "x" * 1_001)),
        ({"description": "x" * 100_001}, "description"),
        *(({"images": images}, "images") for images in ("a.png", (1,), None, ("/none.png",), ("/tmp",))),
        ({"currency": "XYZ"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"gtin": "4006381333932"}, "gtin"),
    ],
)
def test_products_that_are_none(shelf, changed, column):
    summary = shelf.index([replace(Product("A", "lamp"), **changed), Product("B", "lamp")])
    (refused,) = summary.refused
    assert (refused.row, refused.column) == (1, column)
    assert str(refused).startswith(f"row 1, column {column!r}")
    assert summary.added == 1
    assert shelf.info().products == 2


@pytest.mark.parametrize("given", ["A", {"sku": "A"}, None, 5])
def test_what_is_no_product(shelf, given):
    with pytest.raises(BadInput, match=r"number 1 .* not a Product"):
        shelf.index([given])
    if not isinstance(given, str | dict):
        with pytest.raises(BadInput, match="give the path of a catalogue, or products"):
            shelf.index(given)
    assert shelf.info().products == 1


@pytest.mark.parametrize(
    ("asked", "error", "reason"),
    [
        ({"text": 5}, BadQuery, "text is words, not int"),
        ({"text": "a", "k": "3"}, BadQuery, "not '3'"),
        ({"text": "a", "k": 2.5}, BadQuery, "not 2.5"),
        ({"text": "a", "where": 5}, BadFilter, "a filter is a text"),
        ({"text": "a", "weights": [1]}, BadQuery, "weights go by part"),
        ({"text": "a", "weights": {"text": "1"}}, BadQuery, "plain number"),
        ({"text": "a", "weights": {"text": 0}}, BadQuery, "weight 0"),
        ({"text": "a", "lanes": ["x"]}, BadQuery, "lanes are"),
        ({"text": "x " * 500_000}, BadQuery, "1,000,000 characters"),
        ({"image": 5}, BadMedia, "a path, bytes or a PIL image"),
        ({"image": b""}, BadMedia, "empty"),
        ({"image": Path("/")}, BadMedia, "a folder"),
    ],
)
def test_searches_that_make_no_sense(shelf, asked, error, reason):
    with pytest.raises(error, match=reason):
        shelf.search(**asked)


def test_one_text_where_several_may_stand(shelf):
    assert [hit.sku for hit in shelf.search(text="red shoe", lanes="lexical")] == ["GOOD"]
    assert shelf.remove("GOOD") == ["GOOD"], "a text is one SKU, not one for each of its letters"


def test_settings_of_another_kind(tmp_path):
    with pytest.raises(BadSettings, match="not a dict"):
        snapshelf.open(tmp_path / "other", {"store": "exact"})


# --- disks ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(home):
    """A folder with a file system of its own: (folder, function that changes its mount options)."""
    folder = home / "disk"
    folder.mkdir()

    def mount(*options):
        return subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", folder], capture_output=True, check=False)

    if shutil.which("mount") is None or mount("-o", "size=3m").returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield folder, lambda options: mount("-o", f"remount,{options}").check_returncode()
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def command(*line):
    ended = subprocess.run([COMMAND, *map(str, line)], capture_output=True, text=True, check=False)
    assert "Traceback" not in ended.stderr
    return ended


@pytest.mark.parametrize("size", ["500k", "3m"])
def test_a_full_disk(disk, size):
    """It says so, keeps what was finished, and with more room goes on without embedding anything twice."""
    folder, change = disk
    change(f"size={size}")
    rows = "".join(f"P{n},thing number {n} with a title of some length,{n}\n" for n in range(5_000))
    Path("many.csv").write_text(f"sku,title,price\n{rows}")
    ended = command("index", "many.csv", "--shelf", folder / "shelf")
    assert ended.returncode == NoSpace.exit_code
    assert ended.stderr == (
        "snapshelf: the disk is full; what was finished before is kept, so free space and run it again\n"
    )
    change("size=80m")
    with open_shelf(folder / "shelf", "snapshelf.toml") as shelf:
        before = shelf.info().embeddings
    ended = command("index", "many.csv", "--shelf", folder / "shelf", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["embedded"] == 5_000 - before
    found = command("search", "thing number 7", "--shelf", folder / "shelf", "--lanes", "vector,lexical")
    assert "5,000 products match" in found.stdout


def test_a_disk_that_cannot_be_written_to(disk):
    """What is there can be searched; what would write says that it cannot."""
    folder, change = disk
    shelf = folder / "shelf"
    assert command("index", "products.csv", "--shelf", shelf).returncode == 0
    change("ro")
    found = command("search", "red shoe", "--where", "price < 80", "--shelf", shelf, "--json")
    assert json.loads(found.stdout)["hits"][0]["sku"] == "A"
    assert command("info", "--shelf", shelf).returncode == 0
    for line in (
        ("index", "products.csv", "--shelf", shelf),
        ("remove", "A", "--shelf", shelf),
        ("index", "products.csv", "--shelf", folder / "other"),
        ("search", "red", "--lanes", "lexical", "--shelf", shelf),
    ):
        ended = command(*line)
        assert ended.returncode == Outside.exit_code
        assert ended.stderr.startswith(f"snapshelf: {folder}")
        assert ended.stderr.count("\n") == 1
    assert TOY in Path("snapshelf.toml").read_text()
