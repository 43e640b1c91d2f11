"""The beginning of a file, read once for all readers."""

from pathlib import Path

from .base import Head
from .encoding import decode_head

HEAD_BYTES = 1 << 16


def head_of(path: Path) -> Head:
    """Read the first 64 KiB of `path`. Raises `OSError` if it cannot be read."""
    with path.open("rb") as file:
        data = file.read(HEAD_BYTES)
        size = path.stat().st_size
    return Head(path, size, data, decode_head(data))
