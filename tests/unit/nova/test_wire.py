"""What goes over the wire: every modality, purposes by what is searched, dimensions, details, sizes."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from snapshelf.aws.nova import MOST_CHARS, MOST_INLINE
from snapshelf.embedders import nova
from snapshelf.errors import BadInput, BadMedia, BadSettings
from snapshelf.types import RATE, Clip, Segment

SOUND = Clip(np.sin(np.arange(2 * RATE) / 20).astype(np.float32), 0.0, 2.0)
PICTURE = Image.new("RGB", (90, 60), "red")
SCENE = Segment((PICTURE, Image.new("RGB", (90, 60), "blue")), 3.0, 5.0, Clip(SOUND.samples, 3.0, 5.0))
ITEMS = {"text": "red shoe", "image": PICTURE, "audio": SOUND, "video": SCENE}


def sent(wire):
    return [body["singleEmbeddingParams"] for body in wire.bedrock.bodies]


@pytest.mark.parametrize("kind", ITEMS)
def test_every_modality_is_answered(wire, kind):
    rows = wire.embedder().embed([ITEMS[kind]], "index", 256)
    assert rows.shape == (1, 256)
    (asked,) = sent(wire)
    assert asked["embeddingPurpose"] == "GENERIC_INDEX"
    assert asked["embeddingDimension"] == 256
    assert set(asked) - {"embeddingPurpose", "embeddingDimension"} == {kind}


def test_a_picture_is_resized_and_encoded_below_the_limits(wire):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), np.uint8))
    wire.embedder().embed([noise], "index", 256)
    told = sent(wire)[0]["image"]
    assert told["format"] == "jpeg"
    assert told["detailLevel"] == "STANDARD_IMAGE"
    raw = base64.b64decode(told["source"]["bytes"])
    assert Image.open(io.BytesIO(raw)).size == (1024, 768)
    assert len(told["source"]["bytes"]) < MOST_INLINE


def test_a_scene_is_a_video_with_its_sound(wire):
    wire.embedder().embed([SCENE], "index", 256)
    told = sent(wire)[0]["video"]
    assert (told["format"], told["embeddingMode"]) == ("mp4", "AUDIO_VIDEO_COMBINED")
    from snapshelf.media.video import open_video

    found = open_video(base64.b64decode(told["source"]["bytes"])).segments
    assert found[-1].end == pytest.approx(2.0, abs=0.3)
    assert any(one.sound is not None for one in found)


def test_the_same_item_is_the_same_bytes(wire):
    for item in ITEMS.values():
        wire.bedrock.bodies.clear()
        wire.embedder().embed([item, item], "index", 256)
        assert sent(wire)[0] == sent(wire)[1]


@pytest.mark.parametrize(
    ("asks", "purpose"),
    [
        ("query", "GENERIC_RETRIEVAL"),
        ("query text", "TEXT_RETRIEVAL"),
        ("query image", "IMAGE_RETRIEVAL"),
        ("query audio", "AUDIO_RETRIEVAL"),
        ("query video", "VIDEO_RETRIEVAL"),
        ("index", "GENERIC_INDEX"),
    ],
)
def test_the_purpose_follows_what_is_searched_and_never_the_query(wire, asks, purpose):
    wire.embedder().embed(list(ITEMS.values()), asks, 256)
    assert [one["embeddingPurpose"] for one in sent(wire)] == [purpose] * len(ITEMS)


def test_pictures_read_closely_are_searched_as_documents(wire):
    embedder = wire.embedder(detail="DOCUMENT_IMAGE")
    embedder.embed([PICTURE], "index", 256)
    embedder.embed(["invoice"], "query image", 256)
    assert sent(wire)[0]["image"]["detailLevel"] == "DOCUMENT_IMAGE"
    assert sent(wire)[1]["embeddingPurpose"] == "DOCUMENT_RETRIEVAL"
    assert embedder.card.revision != nova.CARD.revision  # other vectors, which must not be mixed
    assert next((one.what, one.dollars) for one in embedder.charges()) == ("document images", 0.0006)


def test_a_purpose_may_be_set_and_others_asked_for(wire):
    embedder = wire.embedder(query_purpose="VIDEO_RETRIEVAL")
    embedder.embed(["a"], "query text", 256)
    embedder.embed_as(["a"], "CLUSTERING", 256)
    assert [one["embeddingPurpose"] for one in sent(wire)] == ["VIDEO_RETRIEVAL", "CLUSTERING"]


def test_a_text_beyond_the_limit_is_cut_on_the_side_that_is_set(wire):
    text = "a" + "b" * MOST_CHARS + "c"
    wire.embedder(truncation="END").embed([text], "index", 256)
    wire.embedder(truncation="START").embed([text], "index", 256)
    with pytest.raises(BadInput, match="50,002 characters"):
        wire.embedder(truncation="NONE").embed([text], "index", 256)
    first, second = (one["text"] for one in sent(wire))
    assert (first["truncationMode"], second["truncationMode"]) == ("END", "START")
    assert first["value"] == text[:MOST_CHARS]
    assert second["value"] == text[-MOST_CHARS:]


def test_a_text_that_nova_cut_is_noted(wire):
    embedder = wire.embedder()
    embedder.embed(["one, two, " * 4_900], "index", 256)
    assert any("1 text was longer than Nova reads" in note for note in embedder.notes())
    embedder.begin(0.0)
    assert embedder.notes() == []


def test_pictures_and_sound_apart_give_the_pictures(wire):
    together = wire.embedder().embed([SCENE], "index", 256)
    apart = wire.embedder(video_mode="AUDIO_VIDEO_SEPARATE")
    assert sent(wire)[0]["video"]["embeddingMode"] == "AUDIO_VIDEO_COMBINED"
    rows = apart.embed([SCENE], "index", 256)
    assert sent(wire)[1]["video"]["embeddingMode"] == "AUDIO_VIDEO_SEPARATE"
    silent = wire.embedder().embed([Segment(SCENE.frames, 3.0, 5.0)], "index", 256)
    assert rows[0] @ silent[0] > 0.99
    assert together.shape == rows.shape


def test_what_is_too_long_or_empty_is_refused_in_words(wire):
    embedder = wire.embedder()
    with pytest.raises(BadMedia, match=r"31\.0 seconds long.*s3_bucket"):
        embedder.embed([Clip(np.zeros(31 * RATE, np.float32), 0, 31)], "index", 256)
    with pytest.raises(BadInput, match="the text is empty"):
        embedder.embed([" "], "index", 256)
    with pytest.raises(BadMedia, match="the sound is empty"):
        embedder.embed([Clip(np.zeros(0, np.float32), 0, 0)], "index", 256)
    assert wire.met() == 0


def test_a_query_is_bought_once_and_said_to_be_remembered(wire):
    embedder = wire.embedder(remembered=2)
    first = embedder.embed(["red shoe"], "query text", 256)
    again = embedder.embed(["red shoe"], "query text", 256)
    assert np.array_equal(first, again)
    assert wire.met() == 1
    assert [(one.what, one.calls, one.dollars) for one in embedder.charges()][-1] == ("queries remembered", 0, 0.0)
    embedder.embed(["red shoe"], "query image", 256)  # another purpose, another vector
    embedder.embed(["red shoe"], "query text", 384)
    assert wire.met() == 3
    embedder.embed(["red shoe"], "query text", 256)  # two newer ones have taken its place
    assert wire.met() == 4


def test_indexing_remembers_nothing(wire):
    embedder = wire.embedder()
    embedder.embed(["a"], "index", 256)
    embedder.embed(["a"], "index", 256)
    assert wire.met() == 2


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"colour": "red"}, r"no setting 'colour'"),
        ({"detail": "HIGH"}, r"detail is one of STANDARD_IMAGE, DOCUMENT_IMAGE"),
        ({"concurrency": 0}, r"concurrency is from 1 to 64"),
        ({"concurrency": "8"}, r"concurrency is a whole number"),
        ({"budget_dollars": -1}, r"budget_dollars is from 0"),
        ({"requests_per_minute": True}, r"requests_per_minute is a number"),
        ({"region": 7}, r"region is a text in quotes"),
        ({"video": "whole"}, r'needs a bucket.*s3_bucket = "…"'),
        ({"s3_owner": "me"}, r"twelve digits"),
        ({"same_prefix": "maybe"}, r"same_prefix is one of unknown, true, false"),
        ({"query_purpose": "SEARCH"}, r"query_purpose is one of GENERIC_INDEX"),
        ({"price_image": float("nan")}, r"price_image is from 0"),
    ],
)
def test_a_wrong_option_is_one_sentence(option, said):
    with pytest.raises(BadSettings, match=said) as caught:
        nova.card("", option, "")
    assert "\n" not in str(caught.value)


def test_what_the_check_wrote_is_no_mistake():
    assert nova.card("", {"same_prefix": True, "unit_norm": True, "checked": "2026-11-25"}, "").matryoshka
