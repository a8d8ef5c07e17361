"""Requests checked against the service model that botocore ships, in the words of AWS's own framework.

New operations and new limits are therefore checked as soon as botocore knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from snapshelf.extras import need
from snapshelf.twin.wire import Call, Refusal

KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("structure", "map"), (dict,)),
    **dict.fromkeys(("document",), (dict, list, str, int, float, bool)),
    **dict.fromkeys(("integer", "long"), (int,)),
    **dict.fromkeys(("float", "double", "timestamp"), (int, float)),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
}
NOT_FINITE = ("NaN", "Infinity", "-Infinity")
# What Python's expressions lack of the classes that the models use.
CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r" \u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"}


class Problem(NamedTuple):
    """Where ("/vectors/1/member/key"), what stands there ("Value with length 0"), and the rule that it breaks."""

    path: str
    subject: str
    rule: str


class Model:
    """The operations of one service: where each is found, what goes in and what comes out."""

    def __init__(self, service: str) -> None:
        loader = need("botocore.loaders", "twin").create_loader()
        described = loader.load_service_model(service, "service-2")
        self.shapes: Mapping[str, Any] = described["shapes"]
        self.operations: Mapping[str, Any] = described["operations"]
        self._routes = [
            (found["http"]["method"], re.compile(_route(found["http"]["requestUri"])), name)
            for name, found in self.operations.items()
        ]

    def operation(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """(operation, parameters that stand in the path) of a method and a decoded path; None for nobody's."""
        for wanted, pattern, name in self._routes:
            if wanted == method and (found := pattern.fullmatch(path)):
                return name, found.groupdict()
        return None

    def given(self, operation: str, call: Call) -> dict[str, Any]:
        """The parameters of a call: those of its body, path and query together. Raises Refusal.

        Members that the model does not know are dropped, as AWS drops them; a JSON null counts as not given.
        """
        shape = self.shapes[self.operations[operation]["input"]["shape"]]
        found = call.document() if any("location" not in m for m in shape["members"].values()) else {}
        values = {name: found[name] for name in shape["members"] if found.get(name) is not None}
        route = self.operation(call.method, call.path)
        for name, member in shape["members"].items():
            if member.get("location") == "uri" and route:
                values[name] = route[1][member["locationName"]]
            elif member.get("location") == "querystring" and member["locationName"] in call.query:
                values[name] = list(call.query[member["locationName"]])
        problems = list(self.problems(shape, values, ""))
        if problems:
            raise invalid(problems)
        return values

    def problems(self, shape: Mapping[str, Any], value: Any, path: str) -> Iterator[Problem]:
        """What the framework has against a value, in the model's order. Raises Refusal for a value of another type."""
        kind = "document" if shape.get("document") else shape["type"]
        if not _fits(kind, value):
            raise Refusal(400, "SerializationException", f"{path or '/'}: a {kind} was expected")
        if kind == "structure":
            yield from self._of_structure(shape, value, path)
        elif kind == "list":
            yield from _of_size(shape, len(value), path)
            member = self.shapes[shape["member"]["shape"]]
            if member["type"] == "float":
                numbers(value, path)
            else:
                for at, one in enumerate(value, start=1):
                    yield from self.problems(member, one, f"{path}/{at}/member")
        elif kind == "map":
            for key, one in value.items():
                yield from self.problems(self.shapes[shape["key"]["shape"]], key, f"{path}/{key}/key")
                yield from self.problems(self.shapes[shape["value"]["shape"]], one, f"{path}/{key}/value")
        elif kind == "string":
            yield from _of_text(shape, value, path)
        elif kind in ("integer", "long"):
            yield from _of_number(shape, value, path)

    def _of_structure(self, shape: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[Problem]:
        members = shape["members"]
        for name in shape.get("required", ()):
            if value.get(name) is None:
                yield Problem(f"{path}/{name}", "Value", "Member must not be null")
        if shape.get("union") and sum(value.get(name) is not None for name in members) != 1:
            raise Refusal(400, "SerializationException", f"{path}: exactly one member of a union must be set")
        for name, member in members.items():
            if value.get(name) is not None:
                yield from self.problems(self.shapes[member["shape"]], value[name], f"{path}/{name}")


@cache
def model(service: str) -> Model:
    """The newest model of a service that the installed botocore has. Raises MissingExtra."""
    return Model(service)


def invalid(problems: Sequence[Problem]) -> Refusal:
    """ "1 validation error detected. Value … at '/path' failed to satisfy constraint: Member must …"."""
    texts = [f"{p.subject} at '{p.path}' failed to satisfy constraint: {p.rule}" for p in problems]
    count = len(problems)
    message = f"{count} validation error{'s' if count > 1 else ''} detected. {'; '.join(texts)}"
    fields = [(problem.path, text) for problem, text in zip(problems, texts, strict=True)]
    return Refusal(400, "ValidationException", message, fields)


def numbers(value: Sequence[Any], path: str) -> None:
    """Check that a list holds numbers, or a word that stands for what is none. Raises Refusal."""
    if set(map(type, value)) <= {int, float}:
        return
    for one in value:
        if type(one) not in (int, float) and one not in NOT_FINITE:
            raise Refusal(400, "SerializationException", f"{path}: a list of numbers was expected")


def _fits(kind: str, value: Any) -> bool:
    return isinstance(value, KINDS[kind]) and (kind in ("boolean", "document") or not isinstance(value, bool))


def _of_size(shape: Mapping[str, Any], length: int, path: str) -> Iterator[Problem]:
    least, most = shape.get("min", 0), shape.get("max")
    if length < least or (most is not None and length > most):
        yield Problem(path, f"Value with length {length}", f"Member must have length {_between(least, most)}")


def _of_text(shape: Mapping[str, Any], value: str, path: str) -> Iterator[Problem]:
    yield from _of_size(shape, len(value), path)
    if "enum" in shape and value not in shape["enum"]:
        yield Problem(path, "Value", f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]")
    if "pattern" in shape and not expression(shape["pattern"]).fullmatch(value):
        yield Problem(path, "Value", f"Member must satisfy regular expression pattern: {shape['pattern']}")


def _of_number(shape: Mapping[str, Any], value: int, path: str) -> Iterator[Problem]:
    least, most = shape.get("min"), shape.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        rule = f"greater than or equal to {least}" if most is None else _between(least, most)
        yield Problem(path, "Value", f"Member must be {rule}")


def _between(least: int | None, most: int | None) -> str:
    return f"greater than or equal to {least}" if most is None else f"between {least} and {most}, inclusive"


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """A pattern of a model as Python reads it."""
    for theirs, ours in CLASSES.items():
        pattern = pattern.replace(theirs, ours)
    return re.compile(pattern.replace("[a-z0-9-.]", r"[a-z0-9\-.]"))


def _route(uri: str) -> str:
    """ "/tags/{resourceArn}" as an expression with a named group for each parameter."""
    path = uri.partition("?")[0]
    return "".join(
        f"(?P<{part[1:-1].rstrip('+')}>.+)" if part[:1] == "{" else re.escape(part)
        for part in re.split(r"(\{[^}]+\})", path)
    )
