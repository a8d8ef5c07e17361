"""A property that is made when first asked for, by one thread while the others wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Made = TypeVar("Made")


class once(Generic[Made]):
    """As `functools.cached_property`, under the lock ``turn`` of the object: two threads never open the same twice.

    The value lies in the object's dictionary afterwards, where it is read without a lock, and may be removed from.
    """

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self.make, self.name, self.__doc__ = make, make.__name__, make.__doc__

    @overload
    def __get__(self, owner: None, kind: type | None = None) -> once[Made]: ...
    @overload
    def __get__(self, owner: object, kind: type | None = None) -> Made: ...
    def __get__(self, owner: object | None, kind: type | None = None) -> once[Made] | Made:
        if owner is None:
            return self
        with owner.turn:  # type: ignore[attr-defined]
            if self.name not in owner.__dict__:
                owner.__dict__[self.name] = self.make(owner)
            found: Made = owner.__dict__[self.name]
            return found
