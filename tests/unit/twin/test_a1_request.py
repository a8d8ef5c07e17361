"""Section A1: what a request may hold, and how what it may not hold is refused."""

import base64
import json

import pytest

from snapshelf.twin.bedrock.shapes import PURPOSES
from tests.clips import film, tone, wav
from tests.unit.twin.nova import MODEL, embed, file, invoke, picture, refused, request, stored, words


def changed(path, value):
    """A good request of a text with one value replaced, or, for None, removed."""
    body = request(text=words("red apple"))
    *way, last = path.split(".")
    at = body
    for name in way:
        at = at[name]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return body


P = "singleEmbeddingParams"


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("schemaVersion", "nova-multimodal-embed-v2", "#/schemaVersion: nova-multimodal-embed-v2 is not a valid enum"),
        ("taskType", None, "#: required key [taskType] not found"),
        ("taskType", "SEGMENTED_EMBEDDING", "#/taskType: SEGMENTED_EMBEDDING is not a valid enum value"),
        (P, None, f"#: required key [{P}] not found"),
        (P, [], f"#/{P}: expected type: JSONObject, found: JSONArray"),
        (f"{P}.embeddingPurpose", None, f"#/{P}: required key [embeddingPurpose] not found"),
        (f"{P}.embeddingPurpose", "SEARCH", f"#/{P}/embeddingPurpose: SEARCH is not a valid enum value"),
        (f"{P}.embeddingDimension", 512, f"#/{P}/embeddingDimension: 512 is not a valid enum value"),
        (f"{P}.embeddingDimension", "256", f"#/{P}/embeddingDimension: expected type: Integer, found: String"),
        (f"{P}.embeddingDimension", True, f"#/{P}/embeddingDimension: expected type: Integer, found: Boolean"),
        (f"{P}.text", None, f"#/{P}: 0 subschemas matched instead of one"),
        (f"{P}.text.truncationMode", None, f"#/{P}/text: required key [truncationMode] not found"),
        (f"{P}.text.truncationMode", "LEFT", f"#/{P}/text/truncationMode: LEFT is not a valid enum value"),
        (f"{P}.text.value", "", f"#/{P}/text/value: expected minLength: 1, actual: 0"),
        (f"{P}.text.value", 5, f"#/{P}/text/value: expected type: String, found: Integer"),
        (f"{P}.text.value", None, f"#/{P}/text: 0 subschemas matched instead of one"),
        (f"{P}.text.source", {"s3Location": {"uri": "s3://abc/d"}}, f"#/{P}/text: 2 subschemas matched"),
        (f"{P}.text.lang", "en", f"#/{P}/text: extraneous key [lang] is not permitted"),
    ],
)
def test_a1_each_wrong_field_is_named(nova, path, value, text):
    with refused("ValidationException", f"Malformed input request: {text}"):
        invoke(nova, changed(path, value))


def test_a1_several_wrong_fields_are_counted(nova):
    body = changed(f"{P}.embeddingDimension", 512)
    body[P]["embeddingPurpose"] = "SEARCH"
    with refused("ValidationException", "Malformed input request: 2 schema violations found, please reformat"):
        invoke(nova, body)


def test_a1_two_modalities_in_one_request_are_refused(nova):
    with refused("ValidationException", f"#/{P}: 2 subschemas matched instead of one"):
        invoke(nova, request(text=words("apple"), image=file("jpeg", picture())))


@pytest.mark.parametrize("body", [{"inputText": "a Titan body"}, {"texts": ["a Cohere body"]}, {}])
def test_a7_a_body_without_the_envelope_is_taken_for_a_chat(nova, body):
    with refused("ValidationException", "Malformed input request: #: required key [messages] not found"):
        invoke(nova, body)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b'{"taskType": NaN}', b'{"taskType": "\\ud800"}', b"\xff\xfe"])
def test_a1_what_is_no_json_is_malformed(nova, body):
    with refused("ValidationException", "Malformed input request, please reformat your input and try again."):
        invoke(nova, body)


def test_a1_a_body_that_is_no_object_is_named(nova):
    with refused("ValidationException", "#: expected type: JSONObject, found: JSONArray"):
        invoke(nova, b"[]")


def test_a1_schema_version_and_dimension_may_be_left_out(nova):
    body = request(dim=None, text=words("red apple"))
    del body["schemaVersion"]
    (found,) = invoke(nova, body)[0]["embeddings"]
    assert len(found["embedding"]) == 3072


@pytest.mark.parametrize("dim", [256, 384, 1024, 3072])
def test_a1_the_four_dimensions(nova, dim):
    assert embed(nova, dim=dim, text=words("red apple")).shape == (dim,)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a2_the_nine_purposes(nova, purpose):
    assert len(PURPOSES) == len(set(PURPOSES)) == 9
    assert embed(nova, purpose, text=words("red apple")).shape == (256,)


@pytest.mark.parametrize("form", ["png", "jpeg", "gif", "webp"])
def test_a1_image_formats(nova, form):
    (found,) = invoke(nova, request(image=file(form, picture(form))))[0]["embeddings"]
    assert found["embeddingType"] == "IMAGE"


@pytest.mark.parametrize("form", ["jpg", "JPEG", "bmp", ""])
def test_a1_image_formats_are_lower_case_and_jpg_is_none(nova, form):
    with refused("ValidationException", f"image/format: {form} is not a valid enum value"):
        invoke(nova, request(image=file(form, picture())))


def test_a1_detail_level_is_one_of_two(nova):
    for level in ("STANDARD_IMAGE", "DOCUMENT_IMAGE"):
        embed(nova, image=file("jpeg", picture(), detailLevel=level))
    with refused("ValidationException", "image/detailLevel: HIGH is not a valid enum value"):
        embed(nova, image=file("jpeg", picture(), detailLevel="HIGH"))


@pytest.mark.parametrize(
    ("kind", "medium", "said"),
    [
        ("image", file("png", picture("jpeg")), "png was specified, but the content is jpeg"),
        ("image", file("webp", wav(tone())), "webp was specified, but the content is wav"),
        ("image", file("jpeg", b"not a picture"), "jpeg was specified, but the content is of no known format"),
        ("audio", file("mp3", wav(tone())), "mp3 was specified, but the content is wav"),
        (
            "video",
            file("mkv", film(["red"]), embeddingMode="AUDIO_VIDEO_COMBINED"),
            "mkv was specified, but the",
        ),
    ],
)
def test_a1_a_format_other_than_announced_is_refused(nova, kind, medium, said):
    with refused("ValidationException", said):
        embed(nova, **{kind: medium})


def test_a1_a_picture_that_is_cut_off_is_refused(nova):
    with refused("ValidationException", "The content could not be processed"):
        embed(nova, image=file("png", picture("png", size=(300, 300))[:150]))


@pytest.mark.parametrize("text", ["%%%%", "abc", "data:image/jpeg;base64,AAAA"])
def test_a1_base64_is_checked(nova, text):
    with refused("ValidationException", "The image source is not valid base64"):
        embed(nova, image={"format": "jpeg", "source": {"bytes": text}})


def test_a1_bytes_are_no_source_of_a_text(nova):
    source = {"bytes": base64.b64encode(b"apple").decode()}
    with refused("ValidationException", "2 schema violations found"):  # s3Location is missing, bytes are unknown
        embed(nova, text={"truncationMode": "END", "source": source})


def test_a1_bytes_and_s3_together_are_refused(nova):
    medium = file("jpeg", picture())
    medium["source"]["s3Location"] = {"uri": "s3://abc/d"}
    with refused("ValidationException", "image/source: 2 subschemas matched instead of one"):
        embed(nova, image=medium)


def test_a1_a_video_needs_its_mode(nova):
    with refused("ValidationException", "video: required key [embeddingMode] not found"):
        embed(nova, video=file("mp4", film(["red"])))


def test_a1_sources_in_s3_give_what_inline_ones_do(nova, s3, store):
    data = picture("png", "navy")
    s3.put_object(Bucket=store, Key="a/b ü.png", Body=data)
    s3.put_object(Bucket=store, Key="words.txt", Body="navy blue mug ü".encode())
    inline = embed(nova, image=file("png", data))
    assert (embed(nova, image=stored(f"s3://{store}/a/b ü.png", format="png")) == inline).all()
    inline = embed(nova, text=words("navy blue mug ü"))
    assert (embed(nova, text=stored(f"s3://{store}/words.txt", truncationMode="END")) == inline).all()


def test_a1_an_object_that_is_not_there_is_named(nova, store):
    for uri in (f"s3://{store}/none.png", "s3://no-such-bucket-here/none.png"):
        with refused("ValidationException", f"{uri} does not exist or cannot be read"):
            embed(nova, image=stored(uri, format="png"))
    with refused("ValidationException", "image/source/s3Location/uri: string"):
        embed(nova, image=stored("https://shop.example/a.png", format="png"))


def test_a1_a_bucket_of_another_account_is_refused(nova, s3, store):
    s3.put_object(Bucket=store, Key="a.png", Body=picture("png"))
    medium = stored(f"s3://{store}/a.png", format="png")
    medium["source"]["s3Location"]["bucketOwner"] = "123456789012"
    embed(nova, image=medium)
    medium["source"]["s3Location"]["bucketOwner"] = "999999999999"
    with refused("AccessDeniedException", "belongs to another account", 403):
        embed(nova, image=medium)


@pytest.mark.parametrize("model", [MODEL, f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"])
def test_a1_the_model_by_id_and_by_arn(nova, model):
    assert invoke(nova, request(text=words("apple")), model)[0]["embeddings"]


@pytest.mark.parametrize("model", ["amazon.nova-2-multimodal-embeddings-v1", "amazon.titan-embed-text-v2:0", "nova"])
def test_a7_an_unknown_model(nova, model):
    with refused("ValidationException", "The provided model identifier is invalid"):
        invoke(nova, request(text=words("apple")), model)


def test_a6_elsewhere_the_model_is_unknown(shop):
    import boto3

    given = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "endpoint_url": shop.endpoint}
    client = boto3.session.Session().client("bedrock-runtime", region_name="eu-central-1", **given)
    with refused("ValidationException", "The provided model identifier is invalid"):
        invoke(client, request(text=words("apple")))
    client.close()


def test_a1_the_colon_of_the_model_may_come_as_it_is(shop):
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", shop.twin.port)
    connection.request("POST", f"/model/{MODEL}/invoke", json.dumps(request(text=words("apple"))))
    reply = connection.getresponse()
    assert (reply.status, len(json.loads(reply.read())["embeddings"])) == (200, 1)
    connection.close()


def test_a1_optional_headers_are_taken(nova):
    more = {"trace": "ENABLED", "guardrailIdentifier": "abc", "guardrailVersion": "1", "serviceTier": "flex"}
    assert invoke(nova, request(text=words("apple")), **more, performanceConfigLatency="standard")[0]
    with refused("ValidationException", "Member must satisfy enum value set: [priority, default, flex, reserved]"):
        invoke(nova, request(text=words("apple")), serviceTier="cheap")


@pytest.mark.parametrize("operation", ["converse", "invoke_model_with_response_stream"])
def test_a_other_ways_to_ask_are_refused_as_unsupported(nova, operation):
    given = {"converse": {"messages": []}}.get(operation, {"body": b"{}"})
    with refused("ValidationException", "support"):
        getattr(nova, operation)(modelId=MODEL, **given)
