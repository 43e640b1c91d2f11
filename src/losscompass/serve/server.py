"""The server: it listens on loopback, and follows one source for as many viewers as come."""

import asyncio
import contextlib
import os
import secrets
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from ..diagnose.engine import Options
from ..text.catalogue import LANGUAGES, Catalogue, catalogue
from .app import application
from .guard import LOOPBACK
from .hub import Hub
from .source import source_of
from .story import Story

TOKEN = "LOSSCOMPASS_TOKEN"  # noqa: S105 - the name of the variable
"""An environment variable with a token to keep, so that a page that is open finds a server that was started anew."""


@dataclass(slots=True)
class Server:
    """A server that is not running yet. `url` is what the reader opens: it holds the token."""

    story: Story
    listener: socket.socket
    url: str
    inner: uvicorn.Server
    thread: threading.Thread | None = field(default=None)

    def run(self) -> None:
        """Serve until it is stopped, or interrupted with Ctrl-C."""
        self.story.start()
        try:
            self.inner.run(sockets=[self.listener])
        finally:
            self.story.stop()
            self.listener.close()

    def start(self) -> None:
        """Serve in the background."""
        self.thread = threading.Thread(target=self.run, name="losscompass-server", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End it; every viewer's line is closed."""
        self.inner.should_exit = self.inner.force_exit = True
        if self.thread is not None:
            self.thread.join(timeout=10)


def server_for(
    path: Path,
    *,
    host: str = LOOPBACK[0],
    port: int = 0,
    lang: str = "en",
    options: Options | None = None,
    expected: bool = False,
) -> Server:
    """A server for what is at `path`, or is `expected` there. `port` 0: any that is free.

    Raises `FileNotFoundError` where there is nothing, `OSError` where it cannot listen.
    """
    source = source_of(path, expected=expected)
    listener = _listen(host, port)
    port = int(listener.getsockname()[1])
    token = os.environ.get(TOKEN) or secrets.token_urlsafe(16)
    catalogues: Mapping[str, Catalogue] = {one: catalogue(one) for one in LANGUAGES}
    story = Story(source, catalogues, lang, options or Options())
    hub = Hub(story.whole)
    story.tell, story.mark = hub.tell, hub.now
    app = application(hub, catalogues, lang, token=token, hosts={*LOOPBACK, host})
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1, server_header=False
    )
    inner = _Inner(config)
    inner.hub = hub
    name = f"[{host}]" if ":" in host else host
    return Server(story, listener, f"http://{name}:{port}/?token={token}", inner)


class _Inner(uvicorn.Server):
    """Tells the hub on which loop the viewers wait."""

    hub: Hub

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.hub.loop = asyncio.get_running_loop()
        await super().startup(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # there, two servers could then listen at once
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        with contextlib.suppress(OSError):
            listener.close()
        raise
    return listener
