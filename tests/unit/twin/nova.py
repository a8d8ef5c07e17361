"""What the tests of the twin's Nova send, and what they send it."""

import base64
import contextlib
import io
import json
import time

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

MODEL = "amazon.nova-2-multimodal-embeddings-v1:0"
KINDS = {"accept": "application/json", "contentType": "application/json"}


def invoke(client, body, model=MODEL, **more):
    """(the parsed body, the headers) of an answer; ``body`` is a dict or bytes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = client.invoke_model(modelId=model, body=raw, **{**KINDS, **more})
    return json.loads(reply["body"].read()), reply["ResponseMetadata"]["HTTPHeaders"]


def request(purpose="GENERIC_INDEX", dim=256, **medium):
    """The body of InvokeModel for one medium; dim None leaves it out."""
    params = {"embeddingPurpose": purpose, **({} if dim is None else {"embeddingDimension": dim}), **medium}
    return {
        "schemaVersion": "nova-multimodal-embed-v1",
        "taskType": "SINGLE_EMBEDDING",
        "singleEmbeddingParams": params,
    }


def embed(client, purpose="GENERIC_INDEX", dim=256, **medium):
    """The one vector of a medium."""
    (found,) = invoke(client, request(purpose, dim, **medium))[0]["embeddings"]
    return np.array(found["embedding"], np.float64)


def words(value, mode="END"):
    return {"truncationMode": mode, "value": value}


def file(form, data, **more):
    return {"format": form, "source": {"bytes": base64.b64encode(data).decode()}, **more}


def stored(uri, **more):
    return {"source": {"s3Location": {"uri": uri}}, **more}


def picture(form="jpeg", colour="red", size=(64, 48), **more):
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, form, **more)
    return held.getvalue()


@contextlib.contextmanager
def refused(code, text, status=400):
    """Expect this refusal."""
    with pytest.raises(ClientError) as caught:
        yield caught
    told = caught.value.response
    assert (told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert text in told["Error"]["Message"]


def job(client, uri, purpose="GENERIC_INDEX", dim=256, model=MODEL, token=None, **medium):
    """Start a job; its ARN."""
    params = {"embeddingPurpose": purpose, "embeddingDimension": dim, **medium}
    given = {"taskType": "SEGMENTED_EMBEDDING", "segmentedEmbeddingParams": params}
    named = {} if token is None else {"clientRequestToken": token}
    output = {"s3OutputDataConfig": {"s3Uri": uri}}
    return client.start_async_invoke(modelId=model, modelInput=given, outputDataConfig=output, **named)["invocationArn"]


def ended(client, arn, patience=60):
    """The job once it has ended; the wire has no event for that."""
    until = time.monotonic() + patience
    while (told := client.get_async_invoke(invocationArn=arn))["status"] == "InProgress":
        assert time.monotonic() < until
        time.sleep(0.02)
    return told


def results(s3, arn, uri):
    """(segmented-embedding-result.json, {type: lines}) of a job, found as clients find them."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    base = f"{prefix.rstrip('/')}/{arn.rpartition('/')[2]}".lstrip("/")
    told = json.loads(s3.get_object(Bucket=bucket, Key=f"{base}/segmented-embedding-result.json")["Body"].read())
    lines = {}
    for one in told["embeddingResults"]:
        bucket, _, key = one["outputFileUri"].removeprefix("s3://").partition("/")
        raw = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        lines[one["embeddingType"]] = [json.loads(line) for line in raw.splitlines()]
    return told, lines
