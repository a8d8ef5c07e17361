"""Sections A6 and A7: what calls cost, who may make them, and how clients take errors."""

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from snapshelf.testing.twin import running
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.run import Options
from tests.clips import film, tone, wav
from tests.unit.twin.nova import embed, ended, file, job, picture, refused, stored, words


@pytest.mark.parametrize(
    ("medium", "what", "amount", "dollars"),
    [
        ({"text": words("apple " * 1_000)}, "tokens", 1_000, 0.000135),
        ({"image": file("png", picture("png"))}, "images", 1, 0.00006),
        ({"image": file("png", picture("png"), detailLevel="DOCUMENT_IMAGE")}, "document_images", 1, 0.0003),
        ({"audio": file("wav", wav(tone(2.5, loudness=0.0)))}, "audio_seconds", 2.5, 2.5 * 0.00014),
        ({"video": file("mp4", film(["red"]), embeddingMode="AUDIO_VIDEO_COMBINED")}, "video_seconds", 2, 0.0014),
    ],
)
def test_a6_prices(priced, medium, what, amount, dollars):
    priced.twin.gate.meter.clear()
    embed(priced.client("bedrock-runtime"), **medium)
    sums = priced.meter()["operations"]["bedrock:InvokeModel"]
    assert sums["calls"] == 1
    assert sums[what] == pytest.approx(amount)
    assert sums["dollars"] == pytest.approx(dollars)


@pytest.fixture(scope="module")
def priced():
    with running(Options(bedrock=Settings(document_image=0.0003))) as found:
        yield found


def test_a6_a_refused_call_costs_nothing(priced):
    priced.twin.gate.meter.clear()
    with refused("ValidationException", "enum"):
        embed(priced.client("bedrock-runtime"), dim=512, text=words("apple"))
    assert "dollars" not in priced.meter()["total"]


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 503}])
@pytest.mark.parametrize(("after", "images"), [(True, 1), (False, 0)])
def test_a6_an_answer_that_is_lost_is_charged_if_the_work_was_done(priced, fault, after, images):
    priced.twin.gate.meter.clear()
    priced.faults({"operation": "InvokeModel", "after": after, **fault})
    with pytest.raises((ClientError, HTTPClientError)):
        embed(priced.client("bedrock-runtime"), image=file("png", picture("png")))
    priced.faults()
    assert priced.meter()["total"].get("images", 0) == images


def test_a6_jobs_cost_what_calls_do(priced):
    client, s3 = priced.client("bedrock-runtime"), priced.client("s3")
    s3.create_bucket(Bucket="priced")
    s3.put_object(Bucket="priced", Key="a.wav", Body=wav(tone(12, loudness=0.0)))
    priced.twin.gate.meter.clear()
    given = stored("s3://priced/a.wav", format="wav", segmentationConfig={})
    ended(client, job(client, "s3://priced/out", audio=given))
    assert priced.meter()["total"]["audio_seconds"] == pytest.approx(12)
    assert priced.meter()["total"]["dollars"] == pytest.approx(12 * 0.00014)


@pytest.mark.parametrize(
    ("status", "code", "tries"),
    [
        (429, "ThrottlingException", 2),
        (500, "InternalServerException", 2),
        (503, "ServiceUnavailableException", 2),
        (408, "ModelTimeoutException", 1),
        (424, "ModelErrorException", 1),
    ],
)
def test_a7_what_boto3_tries_again(shop, status, code, tries):
    client = shop.client("bedrock-runtime", attempts=2)
    shop.twin.gate.meter.clear()
    shop.faults({"operation": "InvokeModel", "status": status})
    with refused(code, "", status):
        embed(client, text=words("apple"))
    shop.faults()
    assert shop.meter()["operations"]["bedrock:InvokeModel"]["calls"] == tries


def test_a7_without_the_extra_sound_and_video_are_a_model_error(nova, monkeypatch):
    from snapshelf.media import container

    def missing(module, extra):
        from snapshelf.errors import MissingExtra

        raise MissingExtra(f"{module} is not installed; run: pip install 'snapshelf[{extra}]'")

    monkeypatch.setattr(container, "need", missing)
    with refused("ModelErrorException", "snapshelf[media]", 424) as caught:
        embed(nova, audio=file("wav", wav(tone())))
    assert caught.value.response["originalStatusCode"] == 501


def policy(*statements):
    listed = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in statements]
    return {"AKIAONE": {"secret": "secret", "policy": {"Statement": listed}}}


def test_b10_what_a_key_may_do(tmp_path):
    import json

    keys = tmp_path / "keys.json"
    model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-multimodal-embeddings-v1:0"
    keys.write_text(json.dumps(policy(("bedrock:InvokeModel", model), ("s3:GetObject", "arn:aws:s3:::open/*"))))
    with running(Options(keys=keys)) as guarded:
        client = guarded.client("bedrock-runtime", key="AKIAONE")
        s3 = guarded.client("s3")
        for bucket in ("open", "shut"):
            s3.create_bucket(Bucket=bucket)
            s3.put_object(Bucket=bucket, Key="a.png", Body=picture("png"))
        assert embed(client, image=stored("s3://open/a.png", format="png")).shape == (256,)
        with refused("AccessDeniedException", "perform: s3:GetObject on resource: arn:aws:s3:::shut/a.png", 403):
            embed(client, image=stored("s3://shut/a.png", format="png"))
        with refused("AccessDeniedException", "perform: s3:PutObject on resource: arn:aws:s3:::open/out/*", 403):
            job(client, "s3://open/out", image=stored("s3://open/a.png", format="png"))
        with refused("AccessDeniedException", "perform: bedrock:ListAsyncInvokes", 403):
            client.list_async_invokes()
        with refused("UnrecognizedClientException", "", 403):
            embed(guarded.client("bedrock-runtime", key="AKIATWO"), text=words("apple"))
