"""Several processes on one port: each has a socket of its own, among which the kernel shares out the callers.

With one socket for all, whoever wakes first takes every caller that waits, and the others have nothing to do.
"""

from __future__ import annotations

import socket

from uvicorn import Config
from uvicorn.supervisors import Multiprocess


def spread(listening: socket.socket, processes: int) -> list[socket.socket]:
    """As many sockets on the port of one that is listening, which is closed; that one alone where a system cannot."""
    if not hasattr(socket, "SO_REUSEPORT"):
        return [listening] * processes
    place, family = listening.getsockname(), listening.family
    listening.close()
    made = []
    for _ in range(processes):
        one = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(place)
        one.listen(1024)
        one.set_inheritable(True)
        made.append(one)
    return made


class Spread(Multiprocess):
    """uvicorn's own, which starts, watches and replaces the processes; the n-th always has the n-th socket."""

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        self._each = sockets
        super().__init__(config, sockets)

    @property
    def sockets(self) -> list[socket.socket]:
        """That of the process which is started next: of one that has ended, or else of a new one."""
        ended = (number for number, process in enumerate(self.processes) if process.exitcode is not None)
        return [self._each[next(ended, len(self.processes))]]

    @sockets.setter
    def sockets(self, _: list[socket.socket]) -> None:
        """Known already."""

    def handle_hup(self) -> None:
        """Processes are replaced by starting the server again; there is one socket for each and no more."""

    handle_ttin = handle_ttou = handle_hup
