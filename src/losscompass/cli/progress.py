"""How far a long reading is, on standard error, where a person watches."""

import time
from typing import Self, TextIO

from ..report.plain import plain
from ..text.catalogue import Catalogue
from ..text.wrap import cells

PATIENCE = 1.0
"""Seconds that may pass in silence. A reading that ends sooner shows nothing."""

EVERY = 0.1
"""Seconds between two lines."""


class Progress:
    """Called with (path, bytes done, bytes in all); draws one line over itself and takes it away at the end."""

    def __init__(self, words: Catalogue, stream: TextIO) -> None:
        self._words = words
        self._stream = stream
        self._watched = stream.isatty()
        self._due = time.monotonic() + PATIENCE
        self._drawn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._stream.flush()

    def __call__(self, path: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._watched or now < self._due:
            return
        self._due = now + EVERY
        share = f"{100 * done // total if total > 0 else 0} %"
        line = self._words.ui("read.progress", path=plain(path)[-50:], share=share)
        self._stream.write("\r" + line + " " * max(0, self._drawn - cells(line)))
        self._stream.flush()
        self._drawn = cells(line)
