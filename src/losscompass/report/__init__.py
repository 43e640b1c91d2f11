"""How it is shown: terminal, json, html, markdown, github."""

from collections.abc import Callable
from importlib import import_module

FORMATS = ("terminal", "json", "html", "markdown", "github")
"""Each is a module here with `render(diagnosis, catalogue) -> str`."""


def renderer(format: str) -> Callable[..., str]:  # noqa: A002
    """The `render` of a format. Modules are loaded when asked for, so that one format does not wait for the others."""
    if format not in FORMATS:
        raise ValueError(f"no format {format!r}: choose one of {', '.join(FORMATS)}")
    render: Callable[..., str] = import_module(f".{format}", __name__).render
    return render
