"""A Bedrock of a few lines behind the twin's server: hashed vectors, the checks that matter here, every body kept."""

import hashlib
import json
import threading
from urllib.parse import unquote

import numpy as np

from snapshelf.twin.wire import Answer, Refusal, encoded


class Bedrock:
    """InvokeModel with vectors drawn from a hash of the content, prefix-consistent over dimensions."""

    name = "bedrock"
    largest = 25_000_000

    def __init__(self):
        self.bodies, self.lock = [], threading.Lock()
        self.refuse = {}  # part of a text → message of the ValidationException
        self.raw = None  # replaces what is answered

    def operation(self, call):
        return "InvokeModel" if call.method == "POST" and call.path.startswith("/model/") else None

    def answer(self, operation, call):
        body = json.loads(call.body)
        with self.lock:
            self.bodies.append(body)
        if "nova-2-multimodal" not in unquote(call.path):
            raise Refusal(400, "ValidationException", "The provided model identifier is invalid.")
        params = dict(body["singleEmbeddingParams"])
        purpose, dim = params.pop("embeddingPurpose"), params.pop("embeddingDimension")
        ((kind, medium),) = params.items()
        for part, message in self.refuse.items():
            if part in json.dumps(medium, ensure_ascii=False):
                raise Refusal(400, "ValidationException", message)
        if self.raw is not None:
            return Answer(body=self.raw)
        mark = json.dumps([medium.get("value"), medium.get("source")])
        told = {"embeddingType": "AUDIO_VIDEO_COMBINED" if kind == "video" else kind.upper()}
        told["embedding"] = vector(f"{kind}{mark}", purpose, dim)
        value = medium.get("value", "")
        if len(value) > 30_000:
            told["truncatedCharLength"] = 30_000
        tokens = -(-len(value.encode()) // 4) if kind == "text" else 0
        charges = (("tokens", tokens), (f"{kind}s", 1.0))
        return Answer(
            body=encoded({"embeddings": [told]}),
            headers={"x-amzn-bedrock-input-token-count": str(tokens)},
            charges=charges,
        )


def vector(mark, purpose, dim):
    """Of one content at every dimension the same prefix; queries are turned a little from what is indexed."""

    def draw(text, size):
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
        return np.random.default_rng(seed).normal(size=size)

    row = (draw(mark, 3072) + (0 if purpose == "GENERIC_INDEX" else 0.1) * draw(purpose, 3072))[:dim]
    return (row / np.linalg.norm(row)).astype("float32").tolist()
