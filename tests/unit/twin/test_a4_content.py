"""Section A4: what the model refuses for its content, in jobs with the guide's reasons and in calls."""

from hashlib import sha256

import pytest

from snapshelf.protocols import Heard
from snapshelf.testing.twin import running
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.run import Options
from tests.clips import film, tone, wav
from tests.unit.twin.model import watched
from tests.unit.twin.nova import embed, ended, file, job, picture, refused, results, stored, words

TEXT, IMAGE = "RAI_VIOLATION_INPUT_TEXT_DEFLECTION", "RAI_VIOLATION_INPUT_IMAGE_DEFLECTION"
BAD, FILM, SOUND = picture("png", "black"), film(["red"], seconds=2.0), wav(tone(3))
HASHES = tuple(f"sha256:{sha256(data).hexdigest()}" for data in (BAD, FILM, SOUND))


@pytest.fixture(scope="module")
def twin():
    with running(Options(bedrock=Settings(blocked=("Forbidden Thing", *HASHES)))) as found:
        found.twin.services[1]._encoder._hear = lambda clip: Heard("", 0.0)
        yield found


@pytest.fixture(scope="module")
def nova(twin):
    return watched(twin.client("bedrock-runtime"))


@pytest.fixture(scope="module")
def s3(twin):
    found = twin.client("s3")
    found.create_bucket(Bucket="held")
    return found


@pytest.mark.parametrize(
    ("medium", "reason"),
    [
        ({"text": words("a forbidden THING for sale")}, TEXT),
        ({"image": file("png", BAD)}, IMAGE),
        ({"video": file("mp4", FILM, embeddingMode="AUDIO_VIDEO_COMBINED")}, IMAGE),
        ({"audio": file("wav", SOUND)}, "INVALID_CONTENT"),
    ],
)
def test_a4_a_call_is_refused_and_costs_nothing(twin, nova, medium, reason):
    before = twin.meter()["total"].get("dollars", 0)
    with refused("ValidationException", f"blocked by the model's content policy: {reason}"):
        embed(nova, **medium)
    assert twin.meter()["total"].get("dollars", 0) == before


def test_a4_all_else_is_embedded(nova):
    assert embed(nova, text=words("a thing that is not forbidden")).any()
    assert embed(nova, image=file("png", picture("png", "white"))).any()


def test_a4_a_job_leaves_out_the_segments_that_are_refused(nova, s3):
    story = " ".join([*("word",) * 300, "forbidden thing", *("word",) * 300])
    s3.put_object(Bucket="held", Key="story.txt", Body=story.encode())
    config = {"segmentationConfig": {"maxLengthChars": 800}}
    arn = job(nova, "s3://held/out", text=stored("s3://held/story.txt", truncationMode="END", **config))
    assert ended(nova, arn)["status"] == "Completed"
    told, lines = results(s3, arn, "s3://held/out")
    (result,) = told["embeddingResults"]
    assert (result["status"], result["failureReason"]) == ("PARTIAL_SUCCESS", TEXT)
    failed = [line for line in lines["TEXT"] if line["status"] == "FAILURE"]
    assert [line["failureReason"] for line in failed] == [TEXT]
    assert "embedding" not in failed[0]
    span = failed[0]["segmentMetadata"]
    assert "forbidden thing" in story[span["segmentStartCharPosition"] : span["segmentEndCharPosition"]]


@pytest.mark.parametrize(
    ("kind", "data", "more", "reason"),
    [
        ("image", BAD, {"format": "png"}, IMAGE),
        ("audio", SOUND, {"format": "wav", "segmentationConfig": {}}, "INVALID_CONTENT"),
        (
            "video",
            FILM,
            {"format": "mp4", "embeddingMode": "AUDIO_VIDEO_COMBINED", "segmentationConfig": {}},
            IMAGE,
        ),
    ],
)
def test_a4_a_file_that_is_refused_fails_in_every_segment(nova, s3, kind, data, more, reason):
    s3.put_object(Bucket="held", Key=f"bad.{kind}", Body=data)
    arn = job(nova, "s3://held/out", **{kind: stored(f"s3://held/bad.{kind}", **more)})
    assert ended(nova, arn)["status"] == "Failed"
    told, lines = results(s3, arn, "s3://held/out")
    assert {one["failureReason"] for one in told["embeddingResults"]} == {reason}
    assert {line["failureReason"] for listed in lines.values() for line in listed} == {reason}


def test_a4_content_is_looked_at_after_the_request(nova):
    with refused("ValidationException", "512 is not a valid enum value"):
        embed(nova, dim=512, text=words("a forbidden thing"))
