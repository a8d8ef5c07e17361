"""What a shop does not sell is said of words and photos, also in a small shop, and hardly ever of what it does sell."""

import numpy as np
import pytest
from scipy.stats import nct, norm

import snapshelf
from snapshelf.config import SearchSettings, Settings, StoreSettings
from snapshelf.sample.goods.make import goods
from snapshelf.sample.shop import drawing
from snapshelf.sample.street import snap
from snapshelf.sample.studio import shoot
from snapshelf.search import confidence, leftout
from snapshelf.types import Product

COMPACT = Settings(store=StoreSettings(name="exact"))
FRUIT = """Gala apple;Anjou pear;Conference pear;Cavendish banana;Valencia orange;Eureka lemon;Kesar mango;Hass avocado
Muscat grapes;Bing cherry;Albion strawberry;Hayward kiwi;Galia melon;Regina plum;Elberta peach;Smith apple;Roma tomato
Nantes carrot;Bintje potato;Stuttgart onion;Lollo lettuce;Savoy cabbage;Waltham squash;Cremini mushroom"""


def plain(good, folder):
    file = folder / f"{good.sku}.jpg"
    shoot(drawing(good), good.sku).save(file)
    return Product(good.sku, good.title, good.description, family=good.family, images=(str(file),))


@pytest.fixture(scope="module")
def clothes(tmp_path_factory):
    """A shop of garments, fewer than 100, most in two variants; and goods of kinds that it does not sell."""
    folder = tmp_path_factory.mktemp("clothes")
    made = goods(320, 5)
    worn = [good for good in made if good.kind.category.startswith("Clothing")]
    sold = [good for n, good in enumerate(worn) if good.family not in {other.family for other in worn[: max(0, n - 1)]}]
    foreign = [good for good in made if "Kitchen" in good.kind.category or good.kind.category == "Bags"]
    with snapshelf.open(folder / "shelf", COMPACT) as shelf:
        shelf.index([plain(good, folder) for good in sold])
        yield shelf, sold, foreign


@pytest.fixture(scope="module")
def fruit(tmp_path_factory):
    """A shop of 24 products in words, each called by one name that no other has."""
    with snapshelf.open(tmp_path_factory.mktemp("fruit") / "shelf", COMPACT) as shelf:
        kinds = FRUIT.replace("\n", ";").split(";")
        shelf.index([Product(f"F{n}", name, f"fresh {name.split()[1]}, by the piece") for n, name in enumerate(kinds)])
        yield shelf, kinds


def denied(found):
    return sum(bool(one.nothing) for one in found) / len(found)


def test_a_small_shop_does_not_deny_its_own_names(fruit):
    shelf, names = fruit
    asked = [*names, *(name.split()[0] for name in names), *(f"{name.split()[1]} {name.split()[0]}" for name in names)]
    assert denied([shelf.search(name) for name in asked]) <= 0.02


@pytest.mark.parametrize("foreign", ["torque wrench", "mortgage advice", "laser printer toner", "ski goggles"])
def test_a_small_shop_says_what_it_does_not_sell(fruit, foreign):
    found = fruit[0].search(foreign)
    assert foreign in found.nothing
    assert found.confidence < 0.5
    assert found.nearest


def test_photos_of_other_things_are_said_to_be_such(clothes):
    shelf, _, foreign = clothes
    found = [shelf.search(image=snap(drawing(good), f"other/{good.sku}")) for good in foreign[:20]]
    assert denied(found) >= 0.3
    told = next(one for one in found if one.nothing)
    assert told.nothing == "nothing here looks like this photo; what comes nearest is offered instead"
    assert len(told) == 0
    assert told.total == 0
    assert told.nearest
    assert told.confidence < 0.5


def test_customers_photos_are_not_denied(clothes):
    shelf, sold, _ = clothes
    photos = [snap(drawing(good), f"mine/{good.sku}") for good in sold[::2]]
    found = [shelf.search(image=photo) for photo in photos]
    assert denied(found) <= 0.02
    assert np.median([one.confidence for one in found]) > 0.5
    hits = shelf.search(image=photos[0], cutoff=False)
    assert hits.confidence is None, "nothing is denied where everything is asked for"


def test_a_photo_with_a_filter_or_words_is_asked_as_before(clothes):
    shelf, _, foreign = clothes
    photos = (snap(drawing(good), f"other/{good.sku}") for good in foreign)
    photo = next(one for one in photos if shelf.search(image=one).nothing)
    assert shelf.search("in red", photo).nothing == "", "of a photo and words nothing is known"
    inside = shelf.search(image=photo, where='family != "none"')
    assert "among the products that pass the filter" in inside.nothing


def test_more_false_alarms_deny_more(clothes):
    shelf, sold, _ = clothes
    photos = [snap(drawing(good), f"mine/{good.sku}") for good in sold[:16]]
    with snapshelf.open(
        shelf.stack.folder, Settings(store=COMPACT.store, search=SearchSettings(false_alarms=0.5))
    ) as other:
        assert denied([other.search(image=photo) for photo in photos]) >= denied(
            [shelf.search(image=photo) for photo in photos]
        )


def test_bounds_are_wider_where_fewer_things_speak():
    values = np.random.default_rng(3).normal(0.8, 0.1, 400)
    few, many = confidence.bounds(values, 25), confidence.bounds(values, 100_000)
    assert all(a < b for a, b in zip(few, many, strict=True))
    assert list(few) == sorted(few)
    assert many[3] == pytest.approx(np.quantile(values, 0.02), abs=0.03)
    exact = nct.ppf(confidence.SURE, 24, norm.ppf(0.98) * 25**0.5) / 25**0.5
    assert (values.mean() - few[3]) / values.std(ddof=1) == pytest.approx(exact, abs=0.05)


def test_bounds_hold_as_often_as_they_say():
    """Of 400 small samples, close to nine in ten bounds leave no more than the share below them."""
    chance = np.random.default_rng(7)
    kept = [confidence.bounds(chance.normal(0, 1, 40), 40, shares=[0.02])[0] <= -2.0537 for _ in range(400)]
    assert np.mean(kept) >= 0.87


def test_a_product_is_left_out_with_its_variants(fruit, clothes):
    shelf, _ = fruit
    with shelf.stack.catalogue.read() as connection:
        asked = [leftout.Phrase("gala", "F0"), leftout.Phrase("gala")]
        without, with_it = leftout.of_phrases(shelf.stack, connection, asked)
        assert without < with_it - 0.1, "its own name is no word of the shop's without it"
        assert leftout.of_pictures(shelf.stack, connection)[2] == 0
    stack, sold = clothes[0].stack, clothes[1]
    with stack.catalogue.read() as connection:
        own, beyond, things = leftout.of_pictures(stack, connection)
    assert len(own) == len(sold)
    assert things == len({good.family for good in sold})
    assert np.all(own >= beyond)
    assert own.max() < 1.9, "no picture finds itself"


def test_what_another_process_measured_is_known_at_once(tmp_path):
    kinds = FRUIT.replace("\n", ";").split(";")
    goods_ = [Product(f"F{n}", name, f"fresh {name.split()[1]}, by the piece") for n, name in enumerate(kinds)]
    unmeasured = Settings(store=StoreSettings(name="exact"), search=SearchSettings(cutoff=False))
    with snapshelf.open(tmp_path / "shelf", unmeasured) as shelf:
        shelf.index(goods_)
    with (
        snapshelf.open(tmp_path / "shelf", COMPACT) as serving,
        snapshelf.open(tmp_path / "shelf", COMPACT) as other,
    ):
        assert serving.search("torque wrench").confidence is None, "nothing was measured yet"
        assert confidence.calibrate(other.stack)
        assert serving.search("torque wrench").nothing
        assert other.search("torque wrench").nothing
