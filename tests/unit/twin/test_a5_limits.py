"""Section A5: how much is too much."""

import itertools
import json
import random

import pytest

from snapshelf.twin.bedrock import words as counted
from snapshelf.twin.wire import LARGEST
from tests.clips import film, tone, wav
from tests.unit.twin.nova import embed, file, invoke, picture, refused, request, stored, words


def long_text(count):
    """So many words of one token each, all different, so that where it is cut can be seen."""
    return " ".join(f"{n:05d}" for n in range(count))


def test_a5_texts_up_to_fifty_thousand_characters(nova):
    assert len(invoke(nova, request(text=words("a " * 25_000)))[0]["embeddings"]) == 1
    with refused("ValidationException", "#/singleEmbeddingParams/text/value: expected maxLength: 50000, actual: 50001"):
        invoke(nova, request(text=words("a " * 25_000 + "a")))


def test_a5_none_does_not_refuse_8192_characters(nova):
    text = ("apple and pear " * 600)[:8_192]
    (found,) = invoke(nova, request(text=words(text, "NONE")))[0]["embeddings"]
    assert "truncatedCharLength" not in found


@pytest.mark.parametrize(("mode", "kept"), [("END", slice(None, 8_172)), ("START", slice(-8_172, None))])
def test_a3_what_is_beyond_the_context_is_cut_on_the_side_that_was_named(nova, mode, kept):
    text = long_text(8_200)
    (found,) = invoke(nova, request(text=words(text, mode)))[0]["embeddings"]
    left = " ".join(text.split()[kept])
    assert found["truncatedCharLength"] == len(left)
    (whole,) = invoke(nova, request(text=words(left, mode)))[0]["embeddings"]
    assert "truncatedCharLength" not in whole
    assert whole["embedding"] == found["embedding"]


def test_a3_none_refuses_what_is_beyond_the_context(nova):
    with refused("ValidationException", "more than 8172 tokens"):
        invoke(nova, request(text=words(long_text(8_173), "NONE")))
    assert invoke(nova, request(text=words(long_text(8_172), "NONE")))[0]


def test_a5_a_body_above_25_million_bytes_is_refused(nova):
    body = json.dumps(request(text=words("apple"))).encode()
    assert invoke(nova, body + b" " * (LARGEST - len(body)))[0]
    with refused("ValidationException", ""):
        invoke(nova, body + b" " * (LARGEST - len(body) + 1))


def test_a5_texts_in_s3_up_to_a_million_bytes_and_fifty_thousand_characters(nova, s3, store):
    for key, text in (("long.txt", "x" * 50_001), ("large.txt", "x" * 1_000_001)):
        s3.put_object(Bucket=store, Key=key, Body=text)
    with refused("ValidationException", "expected maxLength: 50000, actual: 50001"):
        embed(nova, text=stored(f"s3://{store}/long.txt", truncationMode="END"))
    with refused("ValidationException", "has 1000001 bytes; at most 1000000 are read"):
        embed(nova, text=stored(f"s3://{store}/large.txt", truncationMode="END"))
    s3.put_object(Bucket=store, Key="bytes.txt", Body=b"\xff\xfe")
    with refused("ValidationException", "not valid UTF-8"):
        embed(nova, text=stored(f"s3://{store}/bytes.txt", truncationMode="END"))


def test_a5_pictures_in_s3_up_to_50_million_bytes(nova, s3, store):
    small = picture("png")
    s3.put_object(Bucket=store, Key="large.png", Body=small + bytes(50_000_001 - len(small)))
    with refused("ValidationException", "has 50000001 bytes; at most 50000000 are read"):
        embed(nova, image=stored(f"s3://{store}/large.png", format="png"))


def test_a5_sound_and_video_up_to_thirty_seconds(nova):
    silence = tone(30, loudness=0.0)
    assert embed(nova, audio=file("wav", wav(silence))).shape == (256,)
    with refused("ValidationException", "longer than 30 seconds"):
        embed(nova, audio=file("wav", wav(tone(30.1, loudness=0.0))))
    with refused("ValidationException", "longer than 30 seconds"):
        embed(nova, video=file("mp4", film(["red"], seconds=31, rate=2), embeddingMode="AUDIO_VIDEO_COMBINED"))


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("apple", 1), ("apples", 2), ("red, apple!", 4), ("りんご", 3), (" \n\t", 0), ("a1b2c3", 2)],
)
def test_the_estimate_of_tokens(text, count):
    assert counted.tokens(text) == count


def test_segments_cover_a_text_and_end_after_spaces():
    chance = random.Random(3)
    text = "".join(chance.choice("abcdefg   \n") for _ in range(5_000))
    for most in (1, 7, 100, 800, 10_000):
        parts = list(counted.segments(text, most))
        assert "".join(text[start:end] for start, end in parts) == text
        assert all(0 < end - start <= most for start, end in parts)
        for (start, end), (following, _) in itertools.pairwise(parts):
            assert end == following
            assert text[end - 1].isspace() or not any(letter.isspace() for letter in text[start + 1 : end])


def test_a5_the_model_takes_every_modality_in_s3(nova, s3, store):
    s3.put_object(Bucket=store, Key="a.wav", Body=wav(tone()))
    s3.put_object(Bucket=store, Key="a.mp4", Body=film(["green"]))
    sound = embed(nova, audio=stored(f"s3://{store}/a.wav", format="wav"))
    assert (sound == embed(nova, audio=file("wav", wav(tone())))).all()
    given = {"format": "mp4", "embeddingMode": "AUDIO_VIDEO_COMBINED"}
    assert embed(nova, video=stored(f"s3://{store}/a.mp4", **given)).shape == (256,)
