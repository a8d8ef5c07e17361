"""A request's body against a schema, in the words that Bedrock's own checker has.

Those words are known from a few recorded messages ("#: required key [messages] not found", "expected maxLength:
50000"); the rest follows the open JSON schema validator whose wording they are (everit-org/json-schema).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from snapshelf.twin.wire import Refusal

TYPES: tuple[tuple[str, type | tuple[type, ...]], ...] = (
    ("Boolean", bool),
    ("Integer", int),
    ("Double", float),
    ("String", str),
    ("JSONArray", list),
    ("JSONObject", dict),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A string: how long, or one of a few."""

    values: tuple[str, ...] = ()
    least: int = 0
    most: int = 0  # 0 for no limit
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number: in a range, or one of a few."""

    values: tuple[int, ...] = ()
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Object:
    """An object whose keys are all known; exactly one of ``either`` must be there."""

    keys: Mapping[str, Text | Whole | Object]
    required: Sequence[str] = ()
    either: Sequence[str] = field(default=())


Shape = Text | Whole | Object


def check(shape: Shape, value: Any) -> None:
    """Raise Refusal (ValidationException) for a value that does not fit."""
    found = list(problems(shape, value, "#"))
    if len(found) == 1:
        raise malformed(found[0])
    if found:
        raise malformed(f"{len(found)} schema violations found")


def malformed(why: str = "") -> Refusal:
    """ "Malformed input request: …, please reformat your input and try again."."""
    told = f": {why}" if why else ""
    text = f"Malformed input request{told}, please reformat your input and try again."
    return Refusal(400, "ValidationException", text)


def problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """What is wrong with a value, each with its place ("#/singleEmbeddingParams/text")."""
    wanted = {Text: "String", Whole: "Integer", Object: "JSONObject"}[type(shape)]
    given = kind_of(value)
    if given != wanted:
        yield f"{path}: expected type: {wanted}, found: {given}"
    elif isinstance(shape, Text):
        yield from _of_text(shape, value, path)
    elif isinstance(shape, Whole):
        yield from _of_number(shape, value, path)
    else:
        yield from _of_object(shape, value, path)


def _of_object(shape: Object, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required:
        if name not in value:
            yield f"{path}: required key [{name}] not found"
    for name in value:
        if name not in shape.keys:
            yield f"{path}: extraneous key [{name}] is not permitted"
    chosen = [name for name in shape.either if name in value]
    if shape.either and len(chosen) != 1:
        yield f"{path}: {len(chosen)} subschemas matched instead of one"
    for name, inner in shape.keys.items():
        if name in value:
            yield from problems(inner, value[name], f"{path}/{name}")


def _of_text(shape: Text, value: str, path: str) -> Iterator[str]:
    if shape.values and value not in shape.values:
        yield f"{path}: {value[:100]} is not a valid enum value"
    if len(value) < shape.least:
        yield f"{path}: expected minLength: {shape.least}, actual: {len(value)}"
    if shape.most and len(value) > shape.most:
        yield f"{path}: expected maxLength: {shape.most}, actual: {len(value)}"
    if shape.pattern and not re.fullmatch(shape.pattern, value, re.DOTALL):
        yield f"{path}: string [{value[:100]}] does not match pattern {shape.pattern}"


def _of_number(shape: Whole, value: int, path: str) -> Iterator[str]:
    if shape.values and value not in shape.values:
        yield f"{path}: {value} is not a valid enum value"
    if value < shape.least:
        yield f"{path}: {value} is not greater or equal to {shape.least}"
    if shape.most and value > shape.most:
        yield f"{path}: {value} is not less or equal to {shape.most}"


def kind_of(value: Any) -> str:
    """What JSON calls it, in the validator's words."""
    return next((name for name, kind in TYPES if isinstance(value, kind)), "Null")
