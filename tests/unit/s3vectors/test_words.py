"""The service's own full-text and hybrid search, where the SDK can ask for it."""

import pytest

from snapshelf.errors import BadInput, Unsupported
from snapshelf.filters import parse
from snapshelf.testing.stores import DIM, some


@pytest.fixture
def store(wired, tmp_path):
    opened = wired.connect(tmp_path / "store", DIM, {"text": "title"})
    ids, vectors, attributes = some(60)
    words = ("red running shoe", "blue coffee mug", "leather boot")
    opened.add(ids, vectors, [one | {"title": words[n % 3]} for n, one in enumerate(attributes)])
    opened.flush()
    yield opened
    opened.close()


def test_words_alone(store):
    found = store.search_text({"title": "coffee"}, None, 30)
    assert {int(id[1:].split("#")[0]) % 3 for id in found.ids[0]} == {1}
    assert len(found.ids[0]) == 20
    assert "full text" in found.path


def test_words_and_a_vector(store):
    _, vectors, _ = some(60)
    found = store.search_text({"title": "boot"}, vectors[2], 10)
    assert found.ids[0][0] == "P2#text"
    assert "hybrid" in found.path


def test_words_under_a_filter(store):
    found = store.search_text({"title": "coffee"}, None, 30, parse("price < 10"))
    assert set(found.ids[0]) == {"P1#text", "P4#text", "P7#text"}
    loose = store.search_text({"title": "coffee"}, None, 30, parse('tags != "new" and price < 10'))
    assert set(loose.ids[0]) == {id for id in found.ids[0] if int(id[1:].split("#")[0]) % 3 == 0}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"brand": "x"}, "has the text of title, not of brand"),
        ({}, "has the text of title"),
        ({"title": "x" * 1_025}, "1,025 characters"),
        ({"title": ""}, "0 characters"),
    ],
)
def test_what_cannot_be_asked(store, texts, said):
    with pytest.raises(BadInput, match=said):
        store.search_text(texts, None, 5)


def test_an_sdk_without_it(store, monkeypatch):
    monkeypatch.setattr(store.calls, "words", False)
    with pytest.raises(Unsupported, match="lexical lane"):
        store.search_text({"title": "mug"}, None, 5)


def test_an_sdk_without_pages(store, monkeypatch):
    """The pages are told by the service model of the SDK; without them a search ends at 100."""
    monkeypatch.setattr(store.calls, "pages", False)
    ids, vectors, attributes = some(300)
    store.add(ids, vectors, attributes)
    found = store.search(vectors[:1], 250)
    assert len(found.ids[0]) == 100
    assert "at most 100 results" in found.path


def test_texts_cannot_be_filtered_by(store):
    with pytest.raises(Unsupported, match="'title' is listed"):
        store.search(some(1)[1], 5, parse('title == "a"'))
