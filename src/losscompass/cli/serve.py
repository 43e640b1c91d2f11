"""`losscompass serve [PATH]`: the page, live, on loopback."""

import contextlib
import webbrowser
from pathlib import Path

import click

from ..report.plain import plain
from ..text.catalogue import Catalogue
from .settings import Settings
from .wording import Complaint, Verb

LOOPBACK = "127.0.0.1"
NEEDED = ("starlette", "uvicorn", "anyio", "h11")  # a missing one of these is a missing extra, not a fault of ours


def command(words: Catalogue, settings: Settings) -> click.Command:  # noqa: ARG001 - every verb is made alike
    """The verb, its help in the user's language."""

    def serve(path: str | None, host: str, port: int, open: bool) -> int:  # noqa: A002 - as the option is called
        return _serve(words, path, host, port, visit=open)

    return Verb(
        "serve",
        words=words,
        callback=serve,
        help=words.ui("help.serve.long"),
        epilog=words.ui("help.serve.examples"),
        params=[
            click.Argument(["path"], required=False, metavar="[PATH]"),
            click.Option(
                ["--port"],
                type=click.IntRange(min=0, max=65535, clamp=False),
                default=0,
                metavar="N",
                help=words.ui("help.serve.port"),
            ),
            click.Option(["--host"], default=LOOPBACK, metavar="NAME", help=words.ui("help.serve.host")),
            click.Option(["--open"], is_flag=True, help=words.ui("help.serve.open")),
            click.Option(["--lang"], expose_value=False, help=words.ui("help.lang"), type=click.Choice(("en", "ja"))),
        ],
    )


def _serve(words: Catalogue, path: str | None, host: str, port: int, *, visit: bool) -> int:
    chosen = Path(path or ".")
    try:
        from ..serve.server import server_for
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in NEEDED:
            raise
        raise Complaint("serve-extra") from None
    try:
        server = server_for(chosen, host=host, port=port, lang=words.lang)
    except FileNotFoundError:
        raise Complaint("serve-nothing", path=str(chosen)) from None
    except OSError as error:
        raise Complaint("serve-port", host=host, port=str(port), why=error.strerror or str(error)) from None
    click.echo(words.ui("serve.open", url=server.url))
    click.echo(words.ui("serve.stop", path=plain(str(chosen))), err=True)
    if visit:
        webbrowser.open(server.url)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0
