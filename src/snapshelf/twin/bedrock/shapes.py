"""What a request may hold, as the Amazon Nova User Guide has it ("Complete embeddings request and response schema")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from snapshelf.twin.bedrock.schema import Object, Text, Whole

MODEL = "amazon.nova-2-multimodal-embeddings-v1:0"
SCHEMA = "nova-multimodal-embed-v1"
DIMS = (256, 384, 1024, 3072)
SINGLE, SEGMENTED = "SINGLE_EMBEDDING", "SEGMENTED_EMBEDDING"
PARAMS = {SINGLE: "singleEmbeddingParams", SEGMENTED: "segmentedEmbeddingParams"}
RETRIEVAL = ("GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "VIDEO_RETRIEVAL", "DOCUMENT_RETRIEVAL")
PURPOSES = ("GENERIC_INDEX", *RETRIEVAL, "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING")
MODALITIES = ("text", "image", "audio", "video")
IMAGES = ("png", "jpeg", "gif", "webp")
SOUNDS = ("mp3", "wav", "ogg")
VIDEOS = ("mp4", "mov", "mkv", "webm", "flv", "mpeg", "mpg", "wmv", "3gp")
MOST_CHARS = 50_000  # of a text; the guide says 8,192, the service was seen to take this many
SEGMENT_CHARS, SEGMENT_SECONDS = (800, 50_000, 32_000), (1, 30, 5)  # least, most, default

LOCATION = Object(
    {"uri": Text(pattern=r"s3://[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]/.+"), "bucketOwner": Text(pattern=r"[0-9]{12}")},
    required=("uri",),
)
FILE = Object({"bytes": Text(least=1), "s3Location": LOCATION}, either=("bytes", "s3Location"))
STORED = Object({"s3Location": LOCATION}, required=("s3Location",))
TEXT = Object(
    {
        "truncationMode": Text(("START", "END", "NONE")),
        "value": Text(least=1, most=MOST_CHARS),
        "source": STORED,
    },
    required=("truncationMode",),
    either=("value", "source"),
)
IMAGE = Object(
    {"format": Text(IMAGES), "detailLevel": Text(("STANDARD_IMAGE", "DOCUMENT_IMAGE")), "source": FILE},
    required=("format", "source"),
)
AUDIO = Object({"format": Text(SOUNDS), "source": FILE}, required=("format", "source"))
VIDEO = Object(
    {
        "format": Text(VIDEOS),
        "embeddingMode": Text(("AUDIO_VIDEO_COMBINED", "AUDIO_VIDEO_SEPARATE")),
        "source": FILE,
    },
    required=("format", "embeddingMode", "source"),
)


def _segmented(shape: Object, unit: str, least: int, most: int) -> Object:
    """The same medium where it lies in S3 and is cut into segments."""
    config = Object({unit: Whole(least=least, most=most)})
    stored = _stored(shape)
    keys = {**stored.keys, "segmentationConfig": config}
    return replace(stored, keys=keys, required=(*stored.required, "segmentationConfig"))


def _stored(shape: Object) -> Object:
    """The same medium where it lies in S3."""
    keys = {name: STORED if name == "source" else inner for name, inner in shape.keys.items() if name != "value"}
    return replace(shape, keys=keys, required=tuple(dict.fromkeys((*shape.required, "source"))), either=())


def _request(task: str, media: Mapping[str, Object]) -> Object:
    params = Object(
        {"embeddingPurpose": Text(PURPOSES), "embeddingDimension": Whole(DIMS), **media},
        required=("embeddingPurpose",),
        either=MODALITIES,
    )
    return Object(
        {"schemaVersion": Text((SCHEMA,)), "taskType": Text((task,)), PARAMS[task]: params},
        required=("taskType", PARAMS[task]),
    )


REQUESTS = {
    SINGLE: _request(SINGLE, {"text": TEXT, "image": IMAGE, "audio": AUDIO, "video": VIDEO}),
    SEGMENTED: _request(
        SEGMENTED,
        {
            "text": _segmented(TEXT, "maxLengthChars", *SEGMENT_CHARS[:2]),
            "image": _stored(IMAGE),
            "audio": _segmented(AUDIO, "durationSeconds", *SEGMENT_SECONDS[:2]),
            "video": _segmented(VIDEO, "durationSeconds", *SEGMENT_SECONDS[:2]),
        },
    ),
}
