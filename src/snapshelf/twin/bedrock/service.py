"""Bedrock Runtime behind the twin's port, as far as Nova Multimodal Embeddings goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from snapshelf.twin.bedrock.encode import Encoder
from snapshelf.twin.bedrock.invoke import invoke
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.bedrock.shapes import MODEL
from snapshelf.twin.bedrock.sources import Objects, invalid
from snapshelf.twin.sign import read
from snapshelf.twin.validate import invalid as not_valid
from snapshelf.twin.validate import model
from snapshelf.twin.wire import REGION, Answer, Call, Need

NO_MODEL = "The provided model identifier is invalid."
STREAMS = frozenset({"InvokeModelWithResponseStream", "InvokeModelWithBidirectionalStream"})


class Bedrock:
    """The service; ``objects`` is S3, None for a twin without."""

    name = "bedrock"
    largest = 25_000_000

    def __init__(self, objects: Objects | None = None, settings: Settings | None = None) -> None:
        """Nothing is loaded before the first call. Raises MissingExtra."""
        self._model = model("bedrock-runtime")
        self._objects, self._settings = objects, settings or Settings()
        self._encoder = Encoder()

    def operation(self, call: Call) -> str | None:
        """The operation of a method and a path."""
        found = self._model.operation(call.method, call.path)
        return found[0] if found else None

    def needs(self, operation: str, call: Call) -> Sequence[Need]:
        """The permissions that a call needs."""
        if operation == "InvokeModel":
            return [Need("bedrock:InvokeModel", model_arn(region(call)))]
        return [Need(f"bedrock:{operation}", "*")]

    def answer(self, operation: str, call: Call) -> Answer:
        """Carry it out. Raises Refusal."""
        if operation == "InvokeModel":
            given = self._headers(operation, call)
            self._check_model(given["modelId"], region(call))
            return invoke(call.body, self._encoder, self._objects, self._settings)
        if operation in STREAMS:
            raise invalid("The model is unsupported for streaming.")
        raise invalid(f"The model {MODEL} does not support {operation}")

    def _check_model(self, given: str, region: str) -> None:
        if given not in (MODEL, model_arn(region)) or region not in self._settings.regions:
            raise invalid(NO_MODEL)

    def _headers(self, operation: str, call: Call) -> Mapping[str, Any]:
        """What a call says beside its body. Raises Refusal for what does not fit the model."""
        shape = self._model.shapes[self._model.operations[operation]["input"]["shape"]]
        route = self._model.operation(call.method, call.path)
        values: dict[str, Any] = dict(route[1]) if route else {}
        for name, member in shape["members"].items():
            if member.get("location") == "header" and member["locationName"].lower() in call.headers:
                values[name] = call.headers[member["locationName"].lower()]
        problems = list(self._model.problems(shape, values, ""))
        if problems:
            raise not_valid(problems)
        return values


def region(call: Call) -> str:
    """The region that a call was signed for."""
    signature = read(call)
    return signature.region if signature else REGION


def model_arn(region: str) -> str:
    """The model's ARN, as policies name it."""
    partition = "aws-us-gov" if region.startswith("us-gov") else "aws"
    return f"arn:{partition}:bedrock:{region}::foundation-model/{MODEL}"
