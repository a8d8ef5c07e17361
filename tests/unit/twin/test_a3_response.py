"""Sections A3 and A8: what an answer holds, and what its vectors are like."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from snapshelf.sample.goods.make import goods
from snapshelf.sample.shop import drawing
from snapshelf.sample.studio import shoot
from snapshelf.testing.twin import running
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.run import Options
from tests.clips import film, tone, wav
from tests.unit.twin.nova import MODEL, embed, file, invoke, picture, request, words

TOKENS = "x-amzn-bedrock-input-token-count"


@pytest.mark.parametrize(
    ("medium", "types"),
    [
        ({"text": words("apple")}, ["TEXT"]),
        ({"image": file("png", picture("png"))}, ["IMAGE"]),
        ({"audio": file("wav", wav(tone()))}, ["AUDIO"]),
        ({"video": file("mp4", film(["red"]), embeddingMode="AUDIO_VIDEO_COMBINED")}, ["AUDIO_VIDEO_COMBINED"]),
        ({"video": file("mp4", film(["red"]), embeddingMode="AUDIO_VIDEO_SEPARATE")}, ["VIDEO"]),
        (
            {"video": file("mp4", film(["red"], sound=tone(2, 48_000)), embeddingMode="AUDIO_VIDEO_SEPARATE")},
            ["VIDEO", "AUDIO"],
        ),
    ],
)
def test_a3_one_vector_or_two_of_a_video_that_is_embedded_separately(nova, medium, types):
    body, _ = invoke(nova, request(**medium))
    assert set(body) == {"embeddings"}
    assert [one["embeddingType"] for one in body["embeddings"]] == types
    assert all(set(one) == {"embeddingType", "embedding"} for one in body["embeddings"])
    assert all(np.linalg.norm(one["embedding"]) == pytest.approx(1, abs=1e-6) for one in body["embeddings"])


def test_a3_the_tokens_are_in_a_header_and_the_body_has_no_usage(nova):
    short = int(invoke(nova, request(text=words("apple")))[1][TOKENS])
    longer = int(invoke(nova, request(text=words("apple " * 100)))[1][TOKENS])
    assert (short, longer) == (1, 100)


def test_a3_numbers_are_as_short_as_float32_allows(nova):
    raw = nova.invoke_model(modelId=MODEL, body=json.dumps(request(dim=3072, text=words("apple"))))["body"].read()
    told = raw.decode().partition('"embedding":[')[2].partition("]")[0].split(",")
    assert len(told) == 3072
    assert all(text == str(np.float32(text)) for text in told)


def test_a8_a_shorter_vector_is_the_normalised_prefix_of_a_longer_one(nova):
    for medium in ({"text": words("blue denim jacket")}, {"image": file("png", picture("png", "navy"))}):
        longest = embed(nova, dim=3072, **medium)
        for dim in (256, 384, 1024):
            prefix = longest[:dim] / np.linalg.norm(longest[:dim])
            assert np.abs(prefix - embed(nova, dim=dim, **medium)).max() < 1e-6


def test_a8_the_same_content_gives_the_same_vector_whatever_the_company(nova):
    texts = [f"a red mug number {n}" for n in range(12)]
    media = [{"text": words(text)} for text in texts] + [{"image": file("jpeg", picture(colour="teal"))}] * 4
    alone = [embed(nova, **medium) for medium in media]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda medium: embed(nova, **medium), media * 3))
    assert all((one == alone[at % len(media)]).all() for at, one in enumerate(together))


def test_words_and_pictures_of_one_thing_are_near(nova):
    """Wares of the sample shop, each named: its own picture is nearer than those of the others."""
    wares = goods(600, 7)
    shown = {"red apple": ("apple", "red"), "chair": ("chair", ""), "banana": ("banana", ""), "teapot": ("teapot", "")}
    seen, said = {}, {}
    for name, (kind, colour) in shown.items():
        good = next(one for one in wares if one.kind.name == kind and one.plain in (colour or one.plain))
        seen[name] = embed(nova, image=file("png", saved(shoot(drawing(good), good.sku))))
        said[name] = embed(nova, "IMAGE_RETRIEVAL", text=words(name))
    for name in shown:
        assert max(seen, key=lambda other, name=name: said[name] @ seen[other]) == name


def saved(image):
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def test_an_animation_is_its_first_frame(nova):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "green")]
    moving = picture("gif", "red", (40, 40), save_all=True, append_images=frames[1:])
    still = picture("gif", "red", (40, 40))
    assert (embed(nova, image=file("gif", moving)) == embed(nova, image=file("gif", still))).all()


def test_a_long_text_points_where_all_of_it_does(nova):
    """The encoder reads a part at a time; what stands at the end counts as what stands at the beginning."""
    filler = "a plain thing for the house of good quality and fair price. " * 40
    ending = embed(nova, text=words(filler + "red apple " * 60))
    apple, plain = embed(nova, text=words("red apple")), embed(nova, text=words(filler))
    assert ending @ apple > plain @ apple + 0.05


def test_a2_purposes_change_nothing_unless_they_are_asked_to(nova):
    index, query = (embed(nova, purpose, text=words("apple")) for purpose in ("GENERIC_INDEX", "TEXT_RETRIEVAL"))
    assert (index == query).all()
    with running(Options(bedrock=Settings(purposes="differ"), s3=False)) as other:
        client = other.client("bedrock-runtime")
        purposes = ("GENERIC_INDEX", "TEXT_RETRIEVAL", "GENERIC_INDEX")
        first, second, again = (embed(client, purpose, text=words("apple")) for purpose in purposes)
    assert (first == again).all()
    assert 0.9 < first @ second < 0.9999
    assert first @ index > 0.99


def test_speech_is_heard(shared):
    """An order as somebody said it, with what may be ordered as the twin's phrases."""
    with zipfile.ZipFile(shared / "speech" / "orders_wav24.zip") as archive:
        order = archive.read("00e09cf0-a01d-453e-9b89-dc6e6d31d362.wav")
    drinks = ("light roast triple shot iced coffee", "dark roast espresso", "iced mocha", "single shot latte")
    with running(Options(bedrock=Settings(phrases=drinks), s3=False)) as other:
        client = other.client("bedrock-runtime")
        heard = embed(client, audio=file("wav", order))
        assert (embed(client, audio=file("wav", order)) == heard).all()
        hum = embed(client, audio=file("wav", wav(tone())))
        coffee = embed(client, text=words("iced coffee"))
    assert heard @ coffee > 0.5 > hum @ coffee


def test_sounds_without_words_differ_a_little(nova):
    low, high = (embed(nova, audio=file("wav", wav(tone(pitch=pitch)))) for pitch in (220.0, 880.0))
    again = embed(nova, audio=file("wav", wav(tone(pitch=220.0))))
    assert (low == again).all()
    assert 0.8 < low @ high < 0.99


def test_a_video_looks_like_its_frames(nova):
    red = embed(nova, image=file("png", picture("png", (220, 30, 30), (96, 64))))
    shown = {
        colour: embed(nova, video=file("mp4", film([colour]), embeddingMode="AUDIO_VIDEO_COMBINED"))
        for colour in ("red", "blue")
    }
    assert shown["red"] @ red > shown["blue"] @ red
