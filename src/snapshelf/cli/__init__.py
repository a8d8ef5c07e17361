"""The command line: parse, call a verb, print. One file per command; errors become a sentence and an exit status."""

from __future__ import annotations

import os
import sys

from snapshelf.cli.app import app
from snapshelf.errors import Interrupted, SnapshelfError, of_system


def main() -> None:
    """Run a command; the process ends with its exit status."""
    try:
        app()
    except SnapshelfError as error:
        _leave(error)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _leave(of_system(error))
    except KeyboardInterrupt:
        _leave(Interrupted("stopped"))


def _leave(error: SnapshelfError) -> None:
    print(f"snapshelf: {error}", file=sys.stderr)  # noqa: T201
    sys.exit(error.exit_code)
