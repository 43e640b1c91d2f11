"""The text of the user's own files that took part, so that rules can read what leaves nothing in tensors.

Files that a place lies in, and the modules loaded from beside them: never Python's, never those of installed packages.
"""

import linecache
import os
import sys
from collections.abc import Iterator
from typing import Final

from .places import Places, own_file
from .telling import Telling

MOST: Final = 10
"""Files."""

MOST_BYTES: Final = 200_000
"""Of all files together, as the journal holds them: other letters than those of ASCII take six."""

_MODULES: Final = 20_000
"""Loaded modules that are looked through."""

_INSTALLED: Final = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class Sources:
    """Tells each file once, as soon as it is known."""

    def __init__(self, places: Places, telling: Telling) -> None:
        self._places = places
        self._telling = telling
        self._told: set[str] = set()
        self._left = MOST_BYTES

    def tell(self) -> None:
        """The files that are new since the last time."""
        for file in self._files():
            if file in self._told or len(self._told) >= MOST:
                continue
            self._told.add(file)
            text = "".join(linecache.getlines(file))
            size = (
                len(text) + 5 * sum(not letter.isascii() for letter in text) if len(text) <= self._left else len(text)
            )
            if text and size <= self._left:
                self._left -= size
                self._telling.event("source", {"file": self._places.shown(file), "text": text})

    def _files(self) -> Iterator[str]:
        seen = [file for file in self._places.files() if not _installed(file)]
        yield from seen
        folders = tuple({os.path.dirname(file) + os.sep for file in seen if os.path.isabs(file)})  # noqa: PTH117, PTH120 - strings, as frames have them
        if not folders or len(self._told) >= MOST:
            return
        for module in list(sys.modules.values())[:_MODULES]:
            file = getattr(module, "__file__", None)
            if not isinstance(file, str):
                continue
            if file.endswith(".py") and file.startswith(folders) and own_file(file) and not _installed(file):
                yield file


def _installed(file: str) -> bool:
    return any(part in file for part in _INSTALLED)
