"""Section A4: jobs, what they write, and how they are asked for."""

import itertools
import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from botocore.exceptions import ParamValidationError

from snapshelf.testing.twin import running
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.run import Options
from tests.clips import film, tone, wav
from tests.unit.twin.model import watched
from tests.unit.twin.nova import MODEL, embed, ended, file, job, picture, refused, results, stored, words

STORY = " ".join(f"word{n}" for n in range(400))


@pytest.fixture(scope="module")
def held(s3):
    """A bucket with a file of each kind."""
    s3.create_bucket(Bucket="held")
    for key, data in (
        ("story.txt", STORY.encode()),
        ("red.png", picture("png")),
        ("tone.wav", wav(tone(12))),
        ("film.mp4", film(["red", "blue", "green"], seconds=4, rate=5, sound=tone(12, 48_000))),
        ("silent.mp4", film(["red"])),
        ("text.wav", b"no sound at all"),
    ):
        s3.put_object(Bucket="held", Key=key, Body=data)
    return "s3://held"


def text(held, most=None, mode="END"):
    return stored(f"{held}/story.txt", truncationMode=mode, segmentationConfig={"maxLengthChars": most} if most else {})


def sound(held, seconds=5):
    return stored(f"{held}/tone.wav", format="wav", segmentationConfig={"durationSeconds": seconds})


def video(held, mode="AUDIO_VIDEO_COMBINED", key="film.mp4", seconds=5):
    config = {"durationSeconds": seconds}
    return stored(f"{held}/{key}", format="mp4", embeddingMode=mode, segmentationConfig=config)


def test_a4_a_text_in_segments(nova, s3, held, store):
    out = f"s3://{store}/of/texts"
    arn = job(nova, out, text=text(held, 800))
    told = ended(nova, arn)
    assert (told["status"], "failureMessage" in told) == ("Completed", False)
    assert told["outputDataConfig"] == {"s3OutputDataConfig": {"s3Uri": out}}
    assert told["submitTime"] <= told["endTime"]
    assert told["modelArn"].endswith(f"::foundation-model/{MODEL}")
    found, lines = results(s3, arn, out)
    uri = f"{out}/{arn.rpartition('/')[2]}/embedding-text.jsonl"
    assert found == {
        "sourceFileUri": f"{held}/story.txt",
        "embeddingDimension": 256,
        "embeddingResults": [{"embeddingType": "TEXT", "status": "SUCCESS", "outputFileUri": uri}],
    }
    spans = []
    for at, line in enumerate(lines["TEXT"]):
        assert line["status"] == "SUCCESS"
        about = line["segmentMetadata"]
        assert about["segmentIndex"] == at
        spans.append((about["segmentStartCharPosition"], about["segmentEndCharPosition"]))
        assert (np.array(line["embedding"]) == embed(nova, text=words(STORY[slice(*spans[-1])]))).all()
    assert spans[0][0] == 0
    assert spans[-1][1] == len(STORY)
    assert all(one[1] == other[0] for one, other in itertools.pairwise(spans))
    assert all(end - start <= 800 for start, end in spans)
    assert all(STORY[end - 1] == " " for _, end in spans[:-1])
    names = {one["Key"].rpartition("/")[2] for one in s3.list_objects_v2(Bucket=store)["Contents"]}
    assert names == {"manifest.json", "segmented-embedding-result.json", "embedding-text.jsonl"}


def test_a4_the_default_length_takes_a_short_text_whole(nova, s3, held, store):
    arn = job(nova, f"s3://{store}", text=text(held))
    assert ended(nova, arn)["status"] == "Completed"
    (line,) = results(s3, arn, f"s3://{store}")[1]["TEXT"]
    assert line["segmentMetadata"]["segmentEndCharPosition"] == len(STORY)


def test_a4_a_segment_beyond_the_context_is_cut_and_says_so(nova, s3, store):
    s3.put_object(Bucket=store, Key="dense.txt", Body="+-" * 10_000)  # a token for each sign
    source = {"segmentationConfig": {"maxLengthChars": 10_000}}
    arn = job(nova, f"s3://{store}", text=stored(f"s3://{store}/dense.txt", truncationMode="END", **source))
    ended(nova, arn)
    for line in results(s3, arn, f"s3://{store}")[1]["TEXT"]:
        assert line["segmentMetadata"]["truncatedCharLength"] == 8_172
    arn = job(nova, f"s3://{store}", text=stored(f"s3://{store}/dense.txt", truncationMode="NONE", **source))
    told = ended(nova, arn)
    assert told["status"] == "Failed"
    assert "8172 tokens" in told["failureMessage"]


def test_a4_a_picture_is_one_segment_in_a_json_file(nova, s3, held, store):
    out = f"s3://{store}/x/"
    arn = job(nova, out, image=stored(f"{held}/red.png", format="png"))
    assert ended(nova, arn)["status"] == "Completed"
    found, lines = results(s3, arn, out)
    assert found["embeddingResults"][0]["outputFileUri"].endswith("/embedding-image.json")
    (line,) = lines["IMAGE"]
    assert (np.array(line["embedding"]) == embed(nova, image=file("png", picture("png")))).all()


def test_a4_a_sound_in_seconds(nova, s3, held, store):
    arn = job(nova, f"s3://{store}", audio=sound(held))
    assert ended(nova, arn)["status"] == "Completed"
    spans = [line["segmentMetadata"] for line in results(s3, arn, f"s3://{store}")[1]["AUDIO"]]
    seconds = [(one["segmentIndex"], one["segmentStartSeconds"], one["segmentEndSeconds"]) for one in spans]
    assert seconds == [(0, 0.0, 5.0), (1, 5.0, 10.0), (2, 10.0, 12.0)]


def test_a4_five_seconds_where_nothing_is_said(nova, s3, held, store):
    arn = job(nova, f"s3://{store}", audio=stored(f"{held}/tone.wav", format="wav", segmentationConfig={}))
    ended(nova, arn)
    assert len(results(s3, arn, f"s3://{store}")[1]["AUDIO"]) == 3


def test_a4_a_video_together_and_apart(nova, s3, held, store):
    arn = job(nova, f"s3://{store}", video=video(held, seconds=4))
    assert ended(nova, arn)["status"] == "Completed"
    lines = results(s3, arn, f"s3://{store}")[1]
    assert set(lines) == {"AUDIO_VIDEO_COMBINED"}
    rows = [np.array(line["embedding"]) for line in lines["AUDIO_VIDEO_COMBINED"]]
    for colour, row in zip(((220, 30, 30), (40, 80, 220), (30, 160, 60)), rows, strict=True):
        seen = embed(nova, image=file("png", picture("png", colour, (96, 64))))
        assert max(range(3), key=lambda at, seen=seen: rows[at] @ seen) == [r is row for r in rows].index(True)
    arn = job(nova, f"s3://{store}", video=video(held, "AUDIO_VIDEO_SEPARATE"))
    ended(nova, arn)
    lines = results(s3, arn, f"s3://{store}")[1]
    assert {kind: len(listed) for kind, listed in lines.items()} == {"VIDEO": 3, "AUDIO": 3}
    arn = job(nova, f"s3://{store}", video=video(held, "AUDIO_VIDEO_SEPARATE", "silent.mp4"))
    ended(nova, arn)
    assert set(results(s3, arn, f"s3://{store}")[1]) == {"VIDEO"}


@pytest.mark.parametrize(
    ("medium", "why"),
    [
        ({"audio": stored("s3://held/text.wav", format="wav", segmentationConfig={})}, "no known format"),
        ({"audio": stored("s3://held/none.wav", format="wav", segmentationConfig={})}, "does not exist"),
        ({"image": stored("s3://held/red.png", format="jpeg")}, "the content is png"),
    ],
)
def test_a4_what_cannot_be_read_fails_the_job_and_says_why(nova, held, store, medium, why):
    told = ended(nova, job(nova, f"s3://{store}", **medium))
    assert told["status"] == "Failed"
    assert why in told["failureMessage"]


def test_a5_too_many_segments_fail_the_job(nova, s3, store):
    s3.put_object(Bucket=store, Key="long.txt", Body="x" * (800 * 1_900 + 1))
    source = stored(f"s3://{store}/long.txt", truncationMode="END", segmentationConfig={"maxLengthChars": 800})
    told = ended(nova, job(nova, f"s3://{store}", text=source))
    assert (told["status"], "1901 segments; at most 1900" in told["failureMessage"]) == ("Failed", True)


@pytest.mark.parametrize(
    ("seconds", "why"), [(1_435, "1435 segments; at most 1434"), (7_201, "longer than 7200 seconds")]
)
def test_a5_how_long_a_sound_may_be(nova, s3, store, seconds, why):
    s3.put_object(Bucket=store, Key="long.wav", Body=wav(tone(seconds, 1_000, loudness=0.0), 1_000))
    source = stored(f"s3://{store}/long.wav", format="wav", segmentationConfig={"durationSeconds": 1})
    told = ended(nova, job(nova, f"s3://{store}", audio=source))
    assert (told["status"], why in told["failureMessage"]) == ("Failed", True)


@pytest.mark.parametrize(
    ("medium", "said"),
    [
        ({"text": {**words("inline"), "segmentationConfig": {}}}, "schema violations found"),
        ({"text": stored("s3://held/story.txt", truncationMode="END")}, "required key [segmentationConfig] not found"),
        ({"text": text("s3://held", 799)}, "maxLengthChars: 799 is not greater or equal to 800"),
        ({"text": text("s3://held", 50_001)}, "maxLengthChars: 50001 is not less or equal to 50000"),
        ({"audio": sound("s3://held", 31)}, "durationSeconds: 31 is not less or equal to 30"),
        ({"audio": sound("s3://held", 0)}, "durationSeconds: 0 is not greater or equal to 1"),
        ({"audio": {**file("wav", wav(tone())), "segmentationConfig": {}}}, "schema violations found"),
        ({"image": stored("s3://held/red.png", format="png", segmentationConfig={})}, "extraneous key"),
        ({}, "0 subschemas matched"),
    ],
)
def test_a4_a_job_is_checked_before_it_begins(nova, held, store, medium, said):
    with refused("ValidationException", said):
        job(nova, f"s3://{store}", **medium)


def test_a4_a_single_embedding_is_no_job(nova, store):
    given = {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": {}}
    output = {"s3OutputDataConfig": {"s3Uri": f"s3://{store}"}}
    with refused("ValidationException", "Malformed input request"):
        nova.start_async_invoke(modelId=MODEL, modelInput=given, outputDataConfig=output)


def test_a4_the_output_bucket_must_be_there_and_ones_own(nova, held, store):
    with refused("ValidationException", "no-such-bucket does not exist"):
        job(nova, "s3://no-such-bucket/x", text=text(held))
    with refused("ValidationException", "s3Uri"):
        job(nova, "https://shop.example/x", text=text(held))
    with refused("ValidationException", "The provided model identifier is invalid"):
        job(nova, f"s3://{store}", text=text(held), model="amazon.nova-reel-v1:0")
    given = {"taskType": "SEGMENTED_EMBEDDING", "segmentedEmbeddingParams": {"embeddingPurpose": "GENERIC_INDEX"}}
    given["segmentedEmbeddingParams"]["text"] = text(held)
    output = {"s3OutputDataConfig": {"s3Uri": f"s3://{store}", "bucketOwner": "999999999999"}}
    with refused("AccessDeniedException", "another account", 403):
        nova.start_async_invoke(modelId=MODEL, modelInput=given, outputDataConfig=output)


def test_a4_the_same_token_is_the_same_job(nova, held, store):
    token = str(uuid.uuid4())
    first = job(nova, f"s3://{store}", token=token, text=text(held))
    assert job(nova, f"s3://{store}", token=token, text=text(held)) == first
    assert job(nova, f"s3://{store}", text=text(held)) != first
    with refused("ConflictException", "other parameters"):
        job(nova, f"s3://{store}", token=token, text=text(held, 900))
    assert ended(nova, first)["clientRequestToken"] == token


def test_a4_a_job_that_is_not_there(nova, store):
    with refused("ValidationException", "was not found"):
        nova.get_async_invoke(invocationArn="arn:aws:bedrock:us-east-1:123456789012:async-invoke/abcdefghijkl")
    with refused("ValidationException", "Member must satisfy regular expression pattern"):
        nova.get_async_invoke(invocationArn="arn:aws:bedrock:us-east-1:123456789012:async-invoke/x")


def test_a4_jobs_are_listed_in_pages_by_state_and_time():
    before = datetime.now(UTC)
    with running() as other:
        client, s3 = watched(other.client("bedrock-runtime")), other.client("s3")
        s3.create_bucket(Bucket="list")
        s3.put_object(Bucket="list", Key="story.txt", Body=STORY)
        arns = [job(client, "s3://list/out", text=text("s3://list")) for _ in range(5)]
        arns += [job(client, "s3://list/out", image=stored("s3://list/none.png", format="png"))]
        assert [ended(client, arn)["status"] for arn in arns] == ["Completed"] * 5 + ["Failed"]

        def listed(**given):
            pages = client.get_paginator("list_async_invokes").paginate(**given)
            return [one["invocationArn"] for page in pages for one in page["asyncInvokeSummaries"]]

        assert set(listed()) == set(arns)
        assert listed(sortOrder="Ascending") == listed(sortBy="SubmissionTime")[::-1]
        assert listed(PaginationConfig={"PageSize": 2}) == listed()
        assert listed(statusEquals="Failed") == arns[-1:]
        assert listed(statusEquals="InProgress") == []
        assert listed(submitTimeAfter=before - timedelta(hours=1), submitTimeBefore=before) == []
        assert len(listed(submitTimeAfter=before - timedelta(seconds=1))) == 6
        token = client.list_async_invokes(maxResults=2)["nextToken"]
        with refused("ValidationException", "nextToken is not valid"):
            client.list_async_invokes(statusEquals="Failed", nextToken=token)
        with refused("ValidationException", "at '/maxResults'"):
            client.list_async_invokes(maxResults=1001)
        with pytest.raises(ParamValidationError):
            client.list_async_invokes(maxResults="two")
        elsewhere = datetime.now(UTC) + timedelta(hours=1)
        assert listed(submitTimeBefore=elsewhere) == listed()


def test_a4_a_job_takes_as_long_as_it_is_told_to():
    with running(Options(bedrock=Settings(job_seconds=1.5))) as other:
        client, s3 = watched(other.client("bedrock-runtime")), other.client("s3")
        s3.create_bucket(Bucket="slow")
        s3.put_object(Bucket="slow", Key="story.txt", Body=STORY)
        arn = job(client, "s3://slow", text=text("s3://slow"))
        told = client.get_async_invoke(invocationArn=arn)
        assert (told["status"], "endTime" in told) == ("InProgress", False)
        assert client.list_async_invokes(statusEquals="InProgress")["asyncInvokeSummaries"][0]["invocationArn"] == arn
        told = ended(client, arn)
        assert (told["endTime"] - told["submitTime"]).total_seconds() >= 1.5


@pytest.mark.parametrize(
    ("status", "reason"), [(429, "RATE_LIMIT_EXCEEDED"), (424, "INVALID_CONTENT"), (500, "INTERNAL_SERVER_EXCEPTION")]
)
def test_a4_segments_fail_on_request(shop, nova, s3, held, store, status, reason):
    shop.faults({"operation": "Segment", "status": status, "times": 1}, {"operation": "*", "latency_ms": 1})
    arn = job(nova, f"s3://{store}", audio=sound(held))
    assert ended(nova, arn)["status"] == "Completed"
    found, lines = results(s3, arn, f"s3://{store}")
    assert found["embeddingResults"][0]["status"] == "PARTIAL_SUCCESS"
    assert found["embeddingResults"][0]["failureReason"] == reason
    first, *rest = lines["AUDIO"]
    assert [line["status"] for line in rest] == ["SUCCESS"] * 2
    assert (first["status"], first["failureReason"], "embedding" in first) == ("FAILURE", reason, False)
    assert first["segmentMetadata"]["segmentEndSeconds"] == 5.0
    shop.faults({"operation": "Segment", "status": status})
    arn = job(nova, f"s3://{store}", audio=sound(held))
    told = ended(nova, arn)
    shop.faults()
    assert told["status"] == "Failed"
    assert results(s3, arn, f"s3://{store}")[0]["embeddingResults"][0]["status"] == "FAILURE"


CHILD = """
import sys
from pathlib import Path
from snapshelf.twin.run import Options, start
twin = start(Options(data=Path(sys.argv[1])))
print(twin.endpoint, twin.objects.endpoint, flush=True)
sys.stdin.read()
"""


def test_jobs_and_objects_outlive_a_twin_that_is_killed(tmp_path):
    import boto3

    kept = tmp_path / "kept"
    named = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    child = [sys.executable, "-c", CHILD, str(kept)]
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        endpoint, objects = process.stdout.readline().split()
        client = boto3.client("bedrock-runtime", endpoint_url=endpoint, **named)
        s3 = boto3.client("s3", endpoint_url=objects, **named)
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="a/ü?.wav", Body=wav(tone(12)), ContentType="audio/wav", Metadata={"of": "x"})
        s3.put_object(Bucket="kept", Key="gone", Body=b"x")
        s3.delete_object(Bucket="kept", Key="gone")
        medium = {"audio": stored("s3://kept/a/ü?.wav", format="wav", segmentationConfig={})}
        done = job(client, "s3://kept/out", **medium)
        before = ended(client, done)
        connection(endpoint, {"rules": [{"operation": "Segment", "latency_ms": 600_000}]})
        under_way = job(
            client, "s3://kept/out", audio=stored("s3://kept/a/ü?.wav", format="wav", segmentationConfig={})
        )
        assert client.get_async_invoke(invocationArn=under_way)["status"] == "InProgress"
        process.kill()
        client.close()
        s3.close()
    with running(Options(data=kept)) as again:
        client, s3 = again.client("bedrock-runtime"), again.client("s3")
        found = s3.get_object(Bucket="kept", Key="a/ü?.wav")
        assert (found["ContentType"], found["Metadata"]) == ("audio/wav", {"of": "x"})
        assert found["Body"].read() == wav(tone(12))
        assert "gone" not in {one["Key"] for one in s3.list_objects_v2(Bucket="kept")["Contents"]}
        after = client.get_async_invoke(invocationArn=done)
        assert {name: after[name] for name in ("status", "endTime")} == {n: before[n] for n in ("status", "endTime")}
        assert ended(client, under_way)["status"] == "Completed"
        assert results(s3, under_way, "s3://kept/out")[1] == results(s3, done, "s3://kept/out")[1]


def connection(endpoint, rules):
    from http.client import HTTPConnection

    opened = HTTPConnection(endpoint.removeprefix("http://"))
    opened.request("POST", "/_twin/faults", json.dumps(rules))
    assert opened.getresponse().status == 200
    opened.close()
