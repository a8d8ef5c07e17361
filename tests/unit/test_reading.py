"""Words in rendered photos of packages, read by the extra ``ocr``."""

import json

import pytest
from PIL import Image, ImageDraw, ImageFont

import snapshelf
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import Outside
from snapshelf.media import printed as reader
from snapshelf.media.printed import read_lines
from snapshelf.types import Product

rapidocr = pytest.importorskip("rapidocr", reason="the extra ocr is not installed")
TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))


def package(*lines, size=70, ground="white", ink="black", shape=(800, 600)):
    """A package from the front: lines of print below each other."""
    face = Image.new("RGB", shape, ground)
    draw, font = ImageDraw.Draw(face), ImageFont.load_default(size)
    for n, line in enumerate(lines):
        draw.text((shape[0] // 8, shape[1] // 8 + n * size * 1.5), line, ink, font)
    return face


def texts(picture):
    return [line.text for line in read_lines(picture)]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with snapshelf.open(tmp_path_factory.mktemp("reading") / "shelf", TOY) as opened:
        opened.index(
            [
                Product("A", "Arla fresh milk", brand="Arla", category="Milk"),
                Product("V", "Valio vanilla yoghurt", brand="Valio", category="Yoghurt"),
            ]
        )
        yield opened


def test_lines_are_read_with_their_places():
    first, second = read_lines(package("Valio", "Vanilla yoghurt"))
    assert (first.text, second.text) == ("Valio", "Vanilla yoghurt")
    assert min(first.confidence, second.confidence) > 0.9
    left, top, right, bottom = first.box
    assert 80 <= left <= 110
    assert 60 <= top < bottom <= second.box[1] + 20
    assert right < second.box[2] <= 800


@pytest.mark.parametrize("angle", [7, 90, 180, 270])
def test_a_turned_package_is_read(angle):
    turned = package("Valio", "Vanilla").rotate(angle, expand=True, fillcolor="white")
    assert {"Valio", "Vanilla"} <= set(texts(turned))


def test_small_and_large_pictures_are_read():
    small = package("Valio", "Vanilla").resize((160, 120), Image.Resampling.LANCZOS)
    assert "Valio" in texts(small)
    large = package("Valio", size=300, shape=(4000, 3000))
    (line,) = read_lines(large)
    assert line.text == "Valio"
    assert line.box[2] > 900  # in pixels of the large one


def test_light_print_on_a_dark_package_is_read():
    assert "Valio" in texts(package("Valio", ground="navy", ink="yellow"))


@pytest.mark.parametrize("shape", [(1, 1), (300, 200), (3000, 4), (4, 900)])
def test_nothing_is_read_where_nothing_is(shape):
    assert texts(Image.new("RGB", shape, "white")) == []


def test_a_damaged_install_is_said_and_nothing_fetched(monkeypatch, tmp_path):
    reader._loaded.cache_clear()
    monkeypatch.setattr(rapidocr, "__file__", str(tmp_path / "__init__.py"))
    try:
        with pytest.raises(Outside, match="holds no model"):
            read_lines(package("Valio"))
    finally:
        reader._loaded.cache_clear()


def test_from_a_file_to_the_answer(shelf, tmp_path):
    path = tmp_path / "photo.jpg"
    package("Valio", "Vanilla", size=180, shape=(2000, 1500)).save(path)
    found = shelf.search(image=path, read_text=True)
    assert found[0].sku == "V"
    assert max(line.box[2] for line in found.printed["image"]) > 700
    cut = shelf.search(image=path, crop=(0, 0, 1900, 400), read_text=True)
    assert [line.text for line in cut.printed["image"]] == ["Valio"]


def test_the_command_line(shelf, tmp_path):
    from typer.testing import CliRunner

    from snapshelf.cli.app import app

    path = tmp_path / "photo.png"
    package("Valio", "Vanilla").save(path)
    settings = tmp_path / "snapshelf.toml"
    settings.write_text('[embedder]\nname = "toy"\n[store]\nname = "exact"\n')
    base = ["search", "--image", str(path), "--shelf", str(shelf.stack.folder), "--settings", str(settings)]
    done = CliRunner().invoke(app, [*base, "--read-text", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert [line["text"] for line in said["printed"]["image"]] == ["Valio", "Vanilla"]
    assert said["hits"][0]["sku"] == "V"
    assert "words read in the photo" not in CliRunner().invoke(app, [*base, "--no-read-text"]).stdout
    assert "words read in the photo" in CliRunner().invoke(app, [*base, "--read-text", "--why"]).stdout
