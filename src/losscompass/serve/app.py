"""The live page: one page, one stream of events."""

from collections.abc import Collection, Mapping

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from ..report.html import page, policy_of_live_page
from ..text.catalogue import Catalogue
from .guard import Guard
from .hub import Hub


def application(
    hub: Hub, catalogues: Mapping[str, Catalogue], lang: str, *, token: str, hosts: Collection[str]
) -> Starlette:
    """The ASGI application. `hosts`: the names by which it may be asked."""

    def show(_: Request) -> Response:  # not async: made in a thread, while the events go on
        return HTMLResponse(page(hub.whole(), catalogues, lang, live=True))

    async def events(request: Request) -> Response:
        since = request.headers.get("last-event-id") or request.query_params.get("since", "")
        return StreamingResponse(hub.follow(since), media_type="text/event-stream")

    return Starlette(
        routes=[Route("/", show), Route("/events", events)],
        middleware=[Middleware(Guard, token=token, hosts=hosts, policy=policy_of_live_page())],
    )
