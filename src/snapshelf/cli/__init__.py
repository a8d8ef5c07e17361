"""The command line: parse, call a verb, print. One file per command; errors become a sentence and an exit status."""

from __future__ import annotations

import sys

from snapshelf.cli.app import app
from snapshelf.errors import NoSpace, SnapshelfError


def main() -> None:
    """Run a command; the process ends with its exit status."""
    try:
        app()
    except SnapshelfError as error:
        _leave(str(error), error.exit_code)
    except OSError as error:
        import errno

        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        _leave(f"the disk is full ({error.filename or error.strerror}); what was finished is kept", NoSpace.exit_code)


def _leave(message: str, status: int) -> None:
    print(f"snapshelf: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(status)
