"""How many items at once memory holds, found by trying."""

from __future__ import annotations

from collections.abc import Callable

from snapshelf.types import Vectors

# What libraries say, in lower case, where they have no error of their own for it.
_SIGNS = ("out of memory", "can't allocate memory", "not enough memory", "failed to allocate")


def fitting(encode: Callable[[int], Vectors], start: int, kept: int) -> tuple[Vectors, int]:
    """What ``encode(batch)`` returns for the first of start, start/2 … that memory holds, and the size to keep.

    kept: what was kept so far; it stays unless memory ran out. Raises MemoryError when it does at 1; other errors pass.
    """
    size = max(start, 1)
    while True:
        try:
            return encode(size), kept if size == max(start, 1) else size
        except Exception as error:
            if not _is_memory(error):
                raise
            if size == 1:
                raise MemoryError(str(error)) from error
        size //= 2  # outside the handler, which holds on to what filled the memory
        _release()


def _is_memory(error: Exception) -> bool:
    """torch.OutOfMemoryError is a RuntimeError, and on the processor torch raises a plain one."""
    told = str(error).lower()
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and any(sign in told for sign in _SIGNS))


def _release() -> None:
    """Give back what the graphics card's allocator still holds."""
    import sys

    torch = sys.modules.get("torch")  # not there: nothing of it can hold memory
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
