"""The live page, on loopback. Needs the extra `serve` (starlette, uvicorn); nothing else of losscompass does.

server = serve.start_in_background(".losscompass/run.journal")
print(server.url)
…
server.stop()
"""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..diagnose.engine import Options
    from .server import Server

__all__ = ["start_in_background"]


def start_in_background(
    path: str | PathLike[str], *, port: int = 0, lang: str = "en", options: "Options | None" = None
) -> "Server":
    """Show what is at `path` (a journal, also one still to be written; a `.losscompass` folder; any log or folder of logs).

    The server runs in a thread of this process: `url` is the link to open, `stop()` ends it. Raises `ImportError` where the
    extra is not installed, `FileNotFoundError` where there is nothing, `OSError` where it cannot listen.
    """
    from .server import server_for

    server = server_for(Path(path), port=port, lang=lang, options=options, expected=True)
    server.start()
    return server
