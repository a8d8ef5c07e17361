"""Bedrock Runtime behind the twin's port, as far as Nova Multimodal Embeddings goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from snapshelf.twin.bedrock import words
from snapshelf.twin.bedrock.asking import Asking, typed
from snapshelf.twin.bedrock.encode import Encoder
from snapshelf.twin.bedrock.invoke import invoke
from snapshelf.twin.bedrock.jobs import Jobs
from snapshelf.twin.bedrock.price import Charges
from snapshelf.twin.bedrock.settings import Settings
from snapshelf.twin.bedrock.shapes import MODEL
from snapshelf.twin.bedrock.sources import Objects, invalid
from snapshelf.twin.bedrock.work import SEGMENT, Worker
from snapshelf.twin.sign import read
from snapshelf.twin.trouble import Trouble
from snapshelf.twin.validate import invalid as not_valid
from snapshelf.twin.validate import model
from snapshelf.twin.wire import REGION, Answer, Call, Load, Need, Refusal, encoded

NO_MODEL = "The provided model identifier is invalid."
STREAMS = frozenset({"InvokeModelWithResponseStream", "InvokeModelWithBidirectionalStream"})
ASYNC = frozenset({"StartAsyncInvoke", "GetAsyncInvoke", "ListAsyncInvokes"})


class Bedrock:
    """The service."""

    name = "bedrock"
    largest = 25_000_000  # bytes of a body

    def __init__(
        self,
        objects: Objects | None = None,
        settings: Settings | None = None,
        folder: Path | None = None,
        trouble: Trouble | None = None,
        charge: Callable[[str, Charges], None] = lambda name, charges: None,
    ) -> None:
        """``objects`` is S3, None for a twin without; ``folder`` keeps jobs; ``charge`` is told what they cost.

        Models are loaded at the first call that needs them. Raises MissingExtra, Outside.
        """
        self._model = model("bedrock-runtime")
        self._objects, self._settings = objects, settings or Settings()
        self._encoder = Encoder(self._settings.phrases)
        costs: Callable[[Charges], None] = lambda charges: charge(f"{self.name}:{SEGMENT}", charges)  # noqa: E731
        worker = Worker(self._encoder, objects, self._settings, trouble or Trouble(), costs)
        self._asking = Asking(Jobs(folder), worker, objects, self._settings.job_seconds)

    def operation(self, call: Call) -> str | None:
        """The operation of a method and a path."""
        found = self._model.operation(call.method, call.path)
        return found[0] if found else None

    def needs(self, operation: str, call: Call) -> Sequence[Need]:
        """The permissions that a call needs: on the model, and on what it names in S3."""
        if operation == "InvokeModel":
            return [Need("bedrock:InvokeModel", model_arn(region(call))), *_objects_of(call)]
        if operation == "StartAsyncInvoke":
            return [Need("bedrock:InvokeModel", model_arn(region(call))), *_objects_of(call)]
        if operation == "GetAsyncInvoke":
            return [Need("bedrock:GetAsyncInvoke", call.path.removeprefix("/async-invoke/"))]
        return [Need(f"bedrock:{operation}", "*")]

    def load(self, operation: str, call: Call) -> Load | None:
        """Requests and tokens, which AWS limits by the minute, account and region; nobody says by how many."""
        if operation not in ("InvokeModel", "StartAsyncInvoke"):
            return None
        return Load(
            f"{region(call)} {MODEL}",
            {"requests": 1, "tokens": sum(min(words.tokens(text), words.MOST_TOKENS) for text in _texts(call))},
        )

    def answer(self, operation: str, call: Call) -> Answer:
        """Carry it out. Raises Refusal, which here has no list of fields."""
        try:
            return self._answer(operation, call, region(call))
        except Refusal as refusal:
            raise Refusal(refusal.status, refusal.code, refusal.message, more=refusal.more) from refusal

    def _answer(self, operation: str, call: Call, where: str) -> Answer:
        if operation == "InvokeModel":
            given = self._beside(operation, call)
            self._check_model(given["modelId"], where)
            return invoke(_body(call), self._encoder, self._objects, self._settings)
        if operation in ASYNC:
            return Answer(body=encoded(self._answered(operation, call, where)))
        if operation in STREAMS:
            raise invalid("The model is unsupported for streaming.")
        raise invalid(f"The model {MODEL} does not support {operation}")

    def standing(self) -> Mapping[str, float]:
        """Nothing: what jobs cost is charged as they go."""
        return {}

    def close(self) -> None:
        """Stop working on jobs."""
        self._asking.close()

    def _answered(self, operation: str, call: Call, where: str) -> Mapping[str, Any]:
        if operation == "StartAsyncInvoke":
            given = self._model.given(operation, call)
            self._check_model(given["modelId"], where)
            return self._asking.start(given, model_arn(where), where)
        beside = self._beside(operation, call)
        return self._asking.get(beside, where) if operation == "GetAsyncInvoke" else self._asking.listed(beside, where)

    def _check_model(self, given: str, region: str) -> None:
        if given not in (MODEL, model_arn(region)) or region not in self._settings.regions:
            raise invalid(NO_MODEL)

    def _beside(self, operation: str, call: Call) -> Mapping[str, Any]:
        """What a call says in its path, query and headers. Raises Refusal for what does not fit the model."""
        shape = self._model.shapes[self._model.operations[operation]["input"]["shape"]]
        route = self._model.operation(call.method, call.path)
        values: dict[str, Any] = {**(route[1] if route else {}), **typed(call.query)}
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


def _objects_of(call: Call) -> Iterator[Need]:
    """Leave to read what a request names in S3, and to write where a job writes."""
    for name, uri in _named(_body(call)):
        action = {"uri": "s3:GetObject", "s3Uri": "s3:PutObject"}.get(name)
        if action and isinstance(uri, str) and uri.startswith("s3://"):
            end = "/*" if action == "s3:PutObject" else ""
            yield Need(action, f"arn:aws:s3:::{uri.removeprefix('s3://').rstrip('/')}{end}")


def _texts(call: Call) -> Iterator[str]:
    return (text for name, text in _named(_body(call)) if name == "value" and isinstance(text, str))


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    """Every (key, value) of a nested object, without its lists."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _named(inner)


def _body(call: Call) -> Any:
    """The body as JSON, read once; None for what is none, which is refused later."""
    if "bedrock" not in call.memory:
        try:
            call.memory["bedrock"] = json.loads(call.body, parse_constant=_no_constant)
            if b"\\ud" in call.body or b"\\uD" in call.body:  # perhaps half a character
                json.dumps(call.memory["bedrock"], ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            call.memory["bedrock"] = None
    return call.memory["bedrock"]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
