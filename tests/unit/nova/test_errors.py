"""Every error of AWS: how often it is tried, what it becomes, what the ledger has of it."""

import socket

import pytest

from snapshelf.embedders import nova
from snapshelf.errors import BadInput, BadSettings, Mismatch, NotHere, Outside
from snapshelf.twin.wire import Refusal


def spent(embedder, what):
    return [one for one in embedder.charges() if one.what == what]


@pytest.mark.parametrize(
    ("status", "attempts"), [(429, 8), (503, 8), (500, 8), (408, 4), (424, 3)]
)  # the last two boto3 never repeats
def test_what_passes_is_tried_again(wire, status, attempts):
    embedder = wire.embedder()
    wire.faults({"operation": "InvokeModel", "status": status, "times": attempts - 1})
    assert embedder.embed(["red"], "index", 256).shape == (1, 256)
    assert wire.met() == attempts == len(embedder.charges())
    assert len(spent(embedder, "calls refused")) == attempts - 1
    wire.faults({"operation": "InvokeModel", "status": status})
    with pytest.raises((Outside, BadInput)) as caught:
        embedder.embed(["blue"], "index", 256)
    assert wire.met() == 2 * attempts
    assert isinstance(caught.value, BadInput) == (status in (408, 424))  # these are set aside, the rest goes on
    assert "InvokeModel" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "said"),
    [
        (400, "ValidationException", "Malformed input request: #: bad", BadInput, "AWS refuses it"),
        (400, "ValidationException", "The provided model identifier is invalid.", BadSettings, 'region = "us-east-1"'),
        (400, "ServiceQuotaExceededException", "Too many", Outside, "Service Quotas"),
        (
            403,
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:InvokeModel on resource: y",
            BadSettings,
            "must allow bedrock:InvokeModel",
        ),
        (403, "ExpiredTokenException", "The security token included in the request is expired", BadSettings, "sign in"),
        (403, "UnrecognizedClientException", "The security token is invalid", BadSettings, "AWS_ACCESS_KEY_ID"),
        (403, "InvalidSignatureException", "Signature expired: 2020 is now earlier", BadSettings, "clock"),
        (403, "InvalidSignatureException", "does not match", BadSettings, "secret access key"),
        (403, "RequestTimeTooSkewed", "The difference is too large", BadSettings, "clock"),
        (404, "ResourceNotFoundException", "no such model", NotHere, "nothing of that name"),
        (400, "ConflictException", "it is being changed", Mismatch, "something else"),
        (404, "UnknownOperationException", "", BadSettings, "knows no InvokeModel"),
        (400, "KmsDisabledException", "key x is disabled", BadSettings, "KMS key"),
    ],
)
def test_what_stays_is_tried_once(wire, status, code, message, kind, said):
    embedder = wire.embedder()
    wire.bedrock.refuse["red"] = Refusal(status, code, message)
    with pytest.raises(kind, match=said) as caught:
        embedder.embed(["red"], "index", 256)
    assert wire.met() == 1
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is not None
    assert [one.dollars for one in embedder.charges()] == [0.0]


def test_a_lost_reply_is_repeated_and_counted_as_spent(wire):
    embedder = wire.embedder()
    wire.faults({"operation": "InvokeModel", "drop": True, "after": True, "times": 1})
    embedder.embed(["red"], "index", 256)
    assert wire.met() == 2 == sum(one.calls for one in embedder.charges())
    (lost,) = spent(embedder, "replies lost")
    assert lost.dollars > 0
    assert any("1 call was lost" in note for note in embedder.notes())


def test_an_answer_that_does_not_come_in_time_is_a_lost_reply(wire):
    embedder = wire.embedder(timeout=2)
    wire.faults({"operation": "InvokeModel", "latency_ms": 3_500, "times": 1})
    embedder.embed(["red"], "index", 256)
    assert spent(embedder, "replies lost")


def test_throttling_to_the_end_says_how_to_go_on(wire):
    wire.faults({"operation": "InvokeModel", "status": 429})
    with pytest.raises(Outside, match="requests_per_minute"):
        wire.embedder(attempts=2).embed(["red"], "index", 256)
    assert wire.met() == 2


def test_one_bad_item_leaves_the_others_unharmed(wire):
    embedder, got = wire.embedder(), {}
    wire.bedrock.refuse["poison"] = "Malformed input request: #: no, please reformat your input and try again."
    embedder.embed_each(["red", "poison", "blue"], "index", 256, lambda some: got.update(some))
    assert sorted(got) == [0, 1, 2]
    assert isinstance(got[1], BadInput)
    assert "the text 'poison'" in str(got[1])
    assert got[0].shape == got[2].shape == (256,)
    assert wire.met() == 3


def test_what_ends_everything_hands_over_what_was_paid_for(wire):
    embedder, got = wire.embedder(concurrency=2), {}
    wire.bedrock.refuse["word7"] = Refusal(403, "ExpiredTokenException", "expired")
    with pytest.raises(BadSettings, match="expired"):
        embedder.embed_each([f"word{n}" for n in range(40)], "index", 256, lambda some: got.update(some))
    assert wire.met() < 40
    assert len(got) == wire.met() - 1  # every other call brought a row, and no row was dropped


def test_an_interruption_hands_over_what_was_paid_for(wire):
    embedder, got = wire.embedder(concurrency=4), {}

    def keep(some):
        if len(got) >= 5 and not keep.hit:
            keep.hit = True
            raise KeyboardInterrupt
        got.update(some)

    keep.hit = False
    with pytest.raises(KeyboardInterrupt):
        embedder.embed_each([f"word {n}" for n in range(200)], "index", 256, keep)
    assert len(got) == wire.met() < 200


@pytest.mark.parametrize(
    "raw", [b"{}", b"no json", b'{"embeddings": []}', b'{"embeddings": [{"embeddingType": "TEXT", "embedding": [1]}]}']
)
def test_an_answer_without_a_vector_fails_at_once(wire, raw):
    wire.bedrock.raw = raw
    with pytest.raises(Outside, match="embeddings|coordinates"):
        wire.embedder().embed(["red"], "index", 256)
    assert wire.met() == 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "0.0"])
def test_a_vector_that_points_nowhere_is_not_kept(wire, number):
    wire.bedrock.raw = (
        f'{{"embeddings": [{{"embeddingType": "TEXT", "embedding": [{",".join([number] * 256)}]}}]}}'.encode()
    )
    with pytest.raises(Outside, match="zero or not finite"):
        wire.embedder().embed(["red"], "index", 256)


def test_an_unsupported_region_is_explained(wire):
    with pytest.raises(BadSettings, match="does not know the model in this region"):
        wire.embedder(region="eu-central-1").embed(["red"], "index", 256)


def test_no_credentials(wire, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(BadSettings, match="no AWS credentials.*aws configure"):
        wire.embedder().embed(["red"], "index", 256)
    assert wire.met() == 0


def test_no_region(credentials):
    with pytest.raises(BadSettings, match="no AWS region"):
        nova.load(nova.CARD, {})


def test_no_such_profile(credentials):
    with pytest.raises(BadSettings, match="no such AWS profile"):
        nova.load(nova.CARD, {"profile": "nobody", "region": "us-east-1"})


def test_an_address_that_is_none(credentials):
    with pytest.raises(BadSettings, match="http://host:port"):
        nova.load(nova.CARD, {"endpoint_url": "no address", "region": "us-east-1"})


def test_nobody_at_the_address(credentials):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"endpoint_url": f"http://127.0.0.1:{port}", "region": "us-east-1", "backoff_cap": 0.0}
    embedder = nova.load(nova.CARD, options)
    with pytest.raises(Outside, match="cannot be reached.*endpoint_url"):
        embedder.embed(["red"], "index", 256)
    assert embedder.charges() == []
    embedder.close()


def test_the_address_may_come_from_awss_own_variable(wire, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", wire.twin.endpoint)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    embedder = nova.load(nova.CARD, {})
    embedder.embed(["red"], "index", 256)
    embedder.close()
    assert wire.met() == 1


def test_a_query_that_is_interrupted_counts_as_spent(wire, monkeypatch):
    embedder = wire.embedder()

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(embedder.buyer.client, "invoke_model", interrupted)
    with pytest.raises(KeyboardInterrupt):
        embedder.embed(["a query"], "query", 256)
    (charge,) = embedder.charges()
    assert (charge.what, charge.calls) == ("replies lost", 1)
    assert charge.dollars > 0


def test_a_query_that_is_refused_raises_its_sentence(wire):
    wire.bedrock.refuse["bad query"] = "Malformed input request: #: no"
    with pytest.raises(BadInput, match="AWS refuses it"):
        wire.embedder().embed(["a bad query"], "query", 256)
