"""A photo and words in one query: what they change, what stays, what is steered away from."""

import numpy as np
import pytest
from PIL import Image

import snapshelf
from snapshelf import fusion
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.errors import BadInput, BadQuery
from snapshelf.types import Product

TOY = Settings(embedder=EmbedderSettings(name="toy"), store=StoreSettings(name="exact"))
COLOURS = {"red": (220, 30, 30), "green": (30, 160, 60), "blue": (40, 80, 220)}
X, Y, Z = np.eye(3, dtype=np.float32)


# --- the parts, by hand -----------------------------------------------------------------------------------------------


def test_an_edit_moves_by_the_difference_of_the_words():
    assert fusion.edited(X, Y, X) == pytest.approx(Y)
    assert fusion.edited(X, Y, Y) == pytest.approx(X)
    assert fusion.edited(X, Y, Z, 0.5) == pytest.approx(np.array([1, 0.5, -0.5]) / np.sqrt(1.5), abs=1e-6)


@pytest.mark.parametrize(("strength", "reason"), [(float("nan"), "finite"), (1.0, "takes away all")])
def test_an_edit_that_leaves_nothing_is_refused(strength, reason):
    with pytest.raises(BadQuery, match=reason):
        fusion.edited(X, np.zeros(3, np.float32), X, strength)


def test_turning_away_stops_at_the_usual_cosine():
    query = (X + Y) / np.sqrt(2)
    for usual in (-0.3, 0.0, 0.4):
        turned = fusion.away(query, Y, usual)
        assert turned @ Y == pytest.approx(usual, abs=1e-6)
        assert np.linalg.norm(turned) == pytest.approx(1)
    assert fusion.away(query, Y, 0.9) == pytest.approx(query)
    with pytest.raises(BadQuery, match="is what it steers away from"):
        fusion.away(Y, Y)


def test_a_prefix_of_the_vectors_fuses_as_they_do():
    """Matryoshka: cut then fused is of length 1, as fused in full."""
    rows = np.random.default_rng(0).standard_normal((3, 64)).astype(np.float32)
    for row in (
        fusion.mean(rows[:, :16]),
        fusion.edited(*rows[:, :16]),
        fusion.weighted_mean(rows[:, :16], [1, 1, -0.5]),
    ):
        assert row.shape == (16,)
        assert np.linalg.norm(row) == pytest.approx(1, abs=1e-6)


PRODUCTS = (
    {"color": ("forest green",), "size": ("M",)},
    {"color": ("Red",), "pattern": ("striped",)},
    {"size": ("L", "in")},
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("this, but in GREEN!", {"color": {"forest green"}}),
        ("in forest green", {"color": {"forest green"}}),
        ("the same in red, striped", {"color": {"Red"}, "pattern": {"striped"}}),
        ("this in size M", {"size": {"M"}}),
        ("evergreen reddish", {}),
        ("", {}),
    ],
)
def test_values_that_words_name(words, expected):
    assert fusion.named(words, PRODUCTS) == expected


def test_the_nearest_products_say_what_a_photo_shows():
    shown = fusion.votes(PRODUCTS, np.array([0.9, 0.6, 0.9]))
    assert shown.share("color", {"forest green"}) > 0.99
    assert shown.share("size", {"M"}) == pytest.approx(0.5, abs=0.01)
    assert shown.share("brand", {"Acme"}) == 0
    assert fusion.changed({"color": frozenset({"Red"}), "brand": frozenset({"Acme"})}, shown) == {"color": {"Red"}}
    assert fusion.changed({"color": frozenset({"forest green"})}, shown) == {}
    assert shown.having["color"] == pytest.approx(0.5, abs=0.01)
    assert shown.kept({"size": ("M",), "brand": ("Acme",)}, {"color", "pattern"}) == pytest.approx(0.5, abs=0.01)
    assert shown.kept({"color": ("forest green",)}, {"size", "pattern"}) == pytest.approx(0.5, abs=0.01)
    assert fusion.votes([], np.empty(0)).shares == {}


@pytest.mark.parametrize(
    ("text", "words", "speaks"),
    [
        ("Warm Hoodie", "hood", True),
        ("hooded coat", "the hood", True),
        ("with two stripes", "striped", True),
        ("floral dress", "flowers", False),
        ("neighbourhood", "hood", False),
        ("a red scarf", "no", False),
        ("red wool scarf", "wool, red", True),
        ("red scarf", "wool, red", False),
    ],
)
def test_what_a_text_speaks_of(text, words, speaks):
    assert fusion.mentions(text, words) is speaks


def test_the_order_is_the_sum_that_is_written_down():
    cosines = fusion.Cosines(
        photo=np.array([0.9, 0.2]),
        family=np.array([0.9, 0.9]),
        words=np.array([0.1, 0.5]),
        value=np.array([0.0, 1.0]),
        kept=np.array([1.0, 0.5]),
        edited=np.array([0.3, 0.4]),
        alone=np.array([False, True]),
    )
    counts = fusion.Counts(words=0.2, value=0.3, kept=0.1)
    assert fusion.composed(cosines, counts, False, 2, 3) == pytest.approx([1.8 + 0.06 + 0.1, 0.4 + 0.3 + 0.9 + 0.05])
    assert fusion.composed(cosines, counts, True) == pytest.approx([0.9 + 0.02 + 0.1, 0.4 + 0.1 + 0.3 + 0.05])


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(BadInput, match="different numbers of products"):
        fusion.composed(fusion.Cosines(*[np.zeros(n) for n in (2, 2, 2, 2, 3)]), fusion.CHANGE, True)


# --- in a search ------------------------------------------------------------------------------------------------------


def stripes(*colours):
    """A picture of these colours side by side."""
    made = Image.new("RGB", (32, 32))
    for n, colour in enumerate(colours):
        made.paste(COLOURS[colour], (32 * n // len(colours), 0, 32, 32))
    return made


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Shirts of one family in three colours and two sizes, a striped one without a family, and mugs."""
    folder = tmp_path_factory.mktemp("composed")
    made = []
    for colour in COLOURS:
        file = folder / f"{colour}.png"
        stripes(colour).save(file)
        for size in ("M", "L"):
            made.append(
                Product(
                    f"shirt-{colour}-{size}",
                    f"{colour} shirt",
                    family="shirt",
                    price=10.0,
                    images=(str(file),),
                    attributes={"color": colour, "size": size},
                )
            )
        made.append(Product(f"mug-{colour}", f"{colour} mug", images=(str(file),), attributes={"color": colour}))
    both = folder / "both.png"
    stripes("red", "green").save(both)
    made.append(
        Product("hoodie", "striped hoodie", images=(str(both),), attributes={"color": "red", "pattern": "striped"})
    )
    with snapshelf.open(folder / "shelf", TOY) as opened:
        opened.index(made)
        yield opened


def skus(results):
    return [hit.sku for hit in results]


@pytest.mark.parametrize("words", ["in blue", "this, but in Blue", "do you have it in blue?"])
def test_another_colour_finds_the_variants_in_it_first(shelf, words):
    found = skus(shelf.search(words, stripes("red"), k=3))
    assert set(found[:2]) == {"shirt-blue-M", "shirt-blue-L"}
    assert found[2] == "mug-blue"


def test_another_size_keeps_the_colour(shelf):
    assert skus(shelf.search("this in size L", stripes("green"), k=1)) == ["shirt-green-L"]


def test_words_that_say_what_is_there_change_nothing(shelf):
    found = skus(shelf.search("red mug", stripes("red"), k=3))
    assert found[0] == "mug-red"
    assert all("red" in sku for sku in found)


def test_a_filter_holds_for_the_variants_too(shelf):
    found = shelf.search("in blue", stripes("red"), where='size == "M"', k=9)
    assert skus(found)[0] == "shirt-blue-M"
    assert all(hit.product.attributes["size"] == "M" for hit in found)


def test_a_weight_moves_the_balance(shelf):
    photo = skus(shelf.search("in blue", stripes("red"), weights={"text": 0.01}, k=3))
    words = skus(shelf.search("blue mug", stripes("red"), weights={"text": 100}, k=1))
    assert all(sku.startswith("shirt") for sku in photo)
    assert words == ["mug-blue"]


def test_every_part_keeps_its_own_score(shelf):
    hit = shelf.search("in blue", stripes("red"), k=1)[0]
    assert set(hit.scores) == {"text", "image"}
    assert hit.scores["text"] > 0.9
    assert hit.scores["image"] < 0.1


def test_pages_are_cut_from_one_list(shelf):
    whole = skus(shelf.search("in blue", stripes("red"), k=10))
    assert whole == [
        *skus(shelf.search("in blue", stripes("red"), k=4)),
        *skus(shelf.search("in blue", stripes("red"), k=6, offset=4)),
    ]
    assert len(set(whole)) == 10


def test_what_is_not_wanted_comes_last(shelf):
    photo = stripes("red", "green")
    assert skus(shelf.search(image=photo, k=1)) == ["hoodie"]
    without = skus(shelf.search("hood", photo, weights={"text": -0.3}, k=10))
    assert without[-1] == "hoodie"
    both = skus(shelf.search(["in green", "mug"], photo, weights={"text2": -0.3}, k=10))
    assert {sku for sku in both if "mug" in sku} == set(both[-3:])


def test_two_photos_of_one_thing_count_as_one(shelf):
    found = skus(shelf.search("in blue", [stripes("red"), stripes("red", "red", "green")], k=2))
    assert set(found) == {"shirt-blue-M", "shirt-blue-L"}
