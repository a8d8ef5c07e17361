"""Weights and crops as people write them, on the command line and in addresses."""

from __future__ import annotations

from snapshelf.errors import BadQuery


def names(text: str) -> list[str]:
    """ "brand, color" as a list."""
    return [name.strip() for name in text.split(",") if name.strip()]


def weights(text: str) -> dict[str, float]:
    """ "text=0.7,image=1" as a mapping. Raises BadQuery."""
    found = {}
    for one in names(text):
        name, _, number = one.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError as error:
            raise BadQuery(f"the weight {one!r} is not of the form part=number, such as text=0.7,image=1") from error
    return found


def crop(text: str) -> list[int] | str | None:
    """ "10,20,200,300" as numbers, "auto", "whole" as "" for all of it, "" as None for the usual. Raises BadQuery."""
    if text.strip() in ("", "auto", "whole"):
        return {"": None, "auto": "auto", "whole": ""}[text.strip()]
    try:
        return [int(piece) for piece in text.split(",")]
    except ValueError as error:
        raise BadQuery(f"the crop {text!r} is none; give left,top,right,bottom in pixels, auto, or whole") from error
