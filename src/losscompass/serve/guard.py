"""Who may ask. The page is for the person at this machine: not for other machines, nor for other pages in the browser.

A web page that somebody visits can make the browser ask this server. It cannot know the token; and if it pretends that
its own name is this machine's (DNS rebinding), the name is not one of ours.
"""

import hmac
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Lets a request through that asks with the token, for one of our names, and from no other page."""

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str], policy: str) -> None:
        self.app = app
        self.token = token
        self.hosts = frozenset(hosts)
        self.headers = HEADERS | {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI wants it."""
        if scope["type"] != "http":
            return  # neither web sockets nor anything else

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
            await send(message)

        request = Request(scope)
        why = self.refusal(request.method, request.headers, request.query_params.get("token", ""))
        if why:
            await PlainTextResponse(why, 403)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)

    def refusal(self, method: str, headers: Headers, token: str) -> str:
        """Why not; empty where it may."""
        if method not in {"GET", "HEAD"}:
            return "method"
        if _host(f"//{headers.get('host', '')}") not in self.hosts:
            return "host"
        origin = headers.get("origin")
        if origin is not None and (_host(origin) not in self.hosts or urlsplit(origin).netloc != headers.get("host")):
            return "origin"
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            return "site"
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
            return "token"
        return ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
