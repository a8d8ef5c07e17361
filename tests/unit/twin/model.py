"""Responses against the service model that botocore ships: unknown members, missing ones and wrong types fail."""

import json
import math
import re
from datetime import datetime

from snapshelf.twin.validate import expression

TYPES = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
}


def watched(client):
    """The client; every answer it gets from now on is compared with the model."""
    service = client.meta.service_model.service_name

    def look(http_response, parsed, model, **_):
        body = (
            {} if model.has_streaming_output and http_response.status_code < 300 else json.loads(http_response.content)
        )
        compare(model, http_response.status_code, dict(http_response.headers), body)

    client.meta.events.register(f"after-call.{service}", look)
    return client


def compare(operation, status, headers, body):
    """Fail unless an answer is one that the model allows."""
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower["content-type"] == "application/json"
    assert re.fullmatch(r"[0-9a-f-]{36}", lower["x-amzn-requestid"])
    assert lower["date"]
    if status < 300:
        assert status == operation.http.get("responseCode", 200)
        if operation.output_shape is not None and not operation.has_streaming_output:
            check(operation.output_shape, body, operation.name)
        return
    errors = {shape.name: shape for shape in operation.error_shapes}
    code = lower["x-amzn-errortype"]
    if code in errors:
        assert errors[code].metadata.get("error", {}).get("httpStatusCode", 400) == status
        check(errors[code], body, code)


def check(shape, value, path):
    """Fail where a value is not what a shape says."""
    if getattr(shape, "is_document_type", False):
        return
    kind = shape.type_name
    if shape.serialization.get("timestampFormat") == "iso8601":
        value = datetime.fromisoformat(value).timestamp()
    assert isinstance(value, TYPES[kind]), f"{path}: {value!r} is no {kind}"
    assert kind == "boolean" or not isinstance(value, bool), f"{path}: {value!r} is no {kind}"
    if kind == "structure":
        assert set(value) <= set(shape.members), f"{path}: unknown {set(value) - set(shape.members)}"
        assert set(shape.required_members) <= set(value), f"{path}: lacks {set(shape.required_members) - set(value)}"
        for name, one in value.items():
            check(shape.members[name], one, f"{path}.{name}")
    elif kind == "list":
        for at, one in enumerate(value):
            check(shape.member, one, f"{path}[{at}]")
    elif kind == "map":
        for key, one in value.items():
            check(shape.key, key, f"{path} key")
            check(shape.value, one, f"{path}[{key!r}]")
    elif kind == "string":
        rules = shape.metadata
        assert rules.get("min", 0) <= len(value) <= rules.get("max", math.inf), f"{path}: {value!r} has no such length"
        assert value in rules.get("enum", [value]), f"{path}: {value!r}"
        assert "pattern" not in rules or expression(rules["pattern"]).fullmatch(value), f"{path}: {value!r}"
