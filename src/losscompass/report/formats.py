"""The forms a diagnosis can take. Each is a module beside this one, loaded when it is asked for."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from ..text.catalogue import LANGUAGES, catalogue

if TYPE_CHECKING:
    from ..diagnose.diagnosis import Diagnosis

FORMATS = ("terminal", "json", "html", "markdown", "github")


def render(diagnosis: "Diagnosis", format: str, lang: str, **layout: bool | int) -> str:  # noqa: A002
    """The diagnosis in one of `FORMATS`, in one language; the page holds them all and opens in this one.

    `layout`: what the terminal needs to know of its screen (see `terminal.render`).
    """
    if format not in FORMATS:
        raise ValueError(f"no format {format!r}: choose one of {', '.join(FORMATS)}")
    show: Callable[..., str] = import_module(f"..{format}", __name__).render
    if format == "html":
        return show(diagnosis, {one: catalogue(one) for one in LANGUAGES}, lang)
    return show(diagnosis, catalogue(lang), **layout)
