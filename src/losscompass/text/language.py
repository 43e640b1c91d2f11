"""Which language to speak: `--lang`, else the project's setting, else the system's, else English."""

import os
from collections.abc import Mapping

LANGUAGES = ("en", "ja")


def choose(explicit: str | None = None, configured: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """One of `LANGUAGES`. `explicit` and `configured` are taken as given if they are among them, else passed over."""
    for wish in (explicit, configured):
        if wish is not None and (known := _known(wish)):
            return known
    return _known(_system(environ)) or "en"


def _system(environ: Mapping[str, str]) -> str:
    """The locale of messages, by POSIX: the first of these that is set and not empty decides."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            return value
    import locale  # no such variables on Windows: ask the system

    try:
        return locale.getlocale()[0] or ""
    except ValueError:  # a locale name that Python does not know
        return ""


def _known(tag: str) -> str | None:
    """The language of "ja_JP.UTF-8", "ja-JP", "Japanese_Japan.932", if it is one of ours."""
    tag = tag.strip().lower().replace("-", "_").split(".")[0].split("_")[0]
    tag = {"japanese": "ja", "english": "en"}.get(tag, tag)
    return tag if tag in LANGUAGES else None
