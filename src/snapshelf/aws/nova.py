"""Amazon Nova Multimodal Embeddings on the wire: the body of a request, and what its answer holds.

Source: the request and response schema of the Amazon Nova User Guide ("Complete embeddings request and response
schema") and the service model that botocore ships.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from snapshelf.errors import Outside

MODEL = "amazon.nova-2-multimodal-embeddings-v1:0"
SCHEMA = "nova-multimodal-embed-v1"
DIMS = (3072, 1024, 384, 256)
RETRIEVAL = ("GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "DOCUMENT_RETRIEVAL", "VIDEO_RETRIEVAL")
PURPOSES = ("GENERIC_INDEX", *RETRIEVAL, "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING")
TOKENS = "x-amzn-bedrock-input-token-count"  # the header with the tokens that were counted
MOST_CHARS = 50_000  # characters of an inline text; the guide says 8,192, and the service was seen to take this many
MOST_INLINE = 25_000_000  # bytes of a request; a file in it is a third larger, for it travels as base64
SYNC_SECONDS = 30.0  # of sound or video in one call
Kind: TypeAlias = Literal["text", "image", "audio", "video"]


@dataclass(frozen=True, slots=True)
class Medium:
    """What is embedded: words, or a file (``data``, or ``uri`` where it lies in S3) of a ``format`` such as "jpeg".

    ``detail`` of an image is STANDARD_IMAGE or DOCUMENT_IMAGE, ``truncation`` of a text START, END or NONE, ``mode`` of
    a video AUDIO_VIDEO_COMBINED or AUDIO_VIDEO_SEPARATE.
    """

    kind: Kind
    text: str = ""
    data: bytes = b""
    uri: str = ""
    owner: str = ""  # account that owns the bucket of ``uri``, where it is another's
    format: str = ""
    seconds: float = 0.0
    detail: str = "STANDARD_IMAGE"
    truncation: str = "END"
    mode: str = "AUDIO_VIDEO_COMBINED"

    @property
    def inline_bytes(self) -> int:
        """Bytes that it takes in a request."""
        return -(-len(self.data) // 3) * 4 + 1_000 if self.data else len(self.text.encode())


@dataclass(frozen=True, slots=True)
class Answered:
    """The vectors by type ("TEXT", "IMAGE", "VIDEO", "AUDIO", "AUDIO_VIDEO_COMBINED"), as AWS gave them.

    ``tokens``: as counted by the service, None where it did not say. ``cut``: characters of a text that were read, None
    where all were.
    """

    vectors: Mapping[str, list[float]]
    tokens: int | None
    cut: int | None


def body(medium: Medium, purpose: str, dim: int) -> bytes:
    """The body of InvokeModel for one medium."""
    asked = {
        "schemaVersion": SCHEMA,
        "taskType": "SINGLE_EMBEDDING",
        "singleEmbeddingParams": {
            "embeddingPurpose": purpose,
            "embeddingDimension": dim,
            medium.kind: _described(medium),
        },
    }
    return json.dumps(asked, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def job(medium: Medium, purpose: str, dim: int, seconds: int) -> dict[str, Any]:
    """The ``modelInput`` of StartAsyncInvoke for a sound or video in S3, in segments of so many seconds (1 to 30)."""
    return {
        "schemaVersion": SCHEMA,
        "taskType": "SEGMENTED_EMBEDDING",
        "segmentedEmbeddingParams": {
            "embeddingPurpose": purpose,
            "embeddingDimension": dim,
            medium.kind: _described(medium) | {"segmentationConfig": {"durationSeconds": seconds}},
        },
    }


def invoke(client: Any, model: str, payload: bytes) -> Answered:
    """One call of InvokeModel. Raises what boto3 raises, and Outside for an answer that holds no vectors."""
    reply = client.invoke_model(modelId=model, body=payload, contentType="application/json", accept="application/json")
    raw = reply["body"].read()
    tokens = reply["ResponseMetadata"]["HTTPHeaders"].get(TOKENS, "")
    try:
        found = json.loads(raw)["embeddings"]
        vectors = {str(one["embeddingType"]): list(one["embedding"]) for one in found}
        cut = next((int(one["truncatedCharLength"]) for one in found if "truncatedCharLength" in one), None)
    except (ValueError, KeyError, TypeError) as error:
        raise Outside(f"the model's answer holds no embeddings: {raw[:200]!r}") from error
    if not vectors:
        raise Outside("the model's answer holds no embeddings; run it again, and report it if it stays so")
    return Answered(vectors, int(tokens) if tokens.isdecimal() else None, cut)


def _described(medium: Medium) -> dict[str, Any]:
    if medium.kind == "text":
        return {"truncationMode": medium.truncation, "value": medium.text}
    told: dict[str, Any] = {"format": medium.format, "source": _source(medium)}
    if medium.kind == "image":
        return {"detailLevel": medium.detail, **told}
    return {"embeddingMode": medium.mode, **told} if medium.kind == "video" else told


def _source(medium: Medium) -> dict[str, Any]:
    if medium.uri:
        return {"s3Location": {"uri": medium.uri} | ({"bucketOwner": medium.owner} if medium.owner else {})}
    return {"bytes": base64.b64encode(medium.data).decode("ascii")}
