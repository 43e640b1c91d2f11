"""What the user gave, a path or something in memory, as a table."""

from pathlib import Path
from typing import Any

from .arrays import is_dataset, of_arrays, of_bunch, of_dataset
from .errors import DataError
from .image_folder import is_image_folder, open_image_folder
from .stored_files import MAGIC, is_dataset_folder, open_dataset_folder, open_stored
from .table import Table
from .text_files import open_text

LFS = b"version https://git-lfs"


def open_source(given: Any, *, split: str = "train", name: str = "") -> Table:
    """The table behind a path, a pair (X, y), a frame, a bunch, an array or a torch data set.

    `split`: which part of a data set on disk that has several. `name`: how the report calls what has no path. Raises `DataError`.
    """
    if isinstance(given, str | Path):
        return open_path(Path(given), str(given), split)
    if isinstance(given, tuple) and len(given) == 2:
        return of_arrays(given[0], given[1], name or "(X, y)", "arrays")
    if isinstance(given, dict) and "data" in given and "target" in given:
        return of_bunch(given, name or "bunch")
    if is_dataset(given):
        return of_dataset(given, name or type(given).__name__)
    return of_arrays(given, None, name or "X", "arrays")


def open_path(path: Path, source: str, split: str) -> Table:
    """A file by its content, a folder by what is in it. Raises `DataError`."""
    try:
        if path.is_dir():
            if is_dataset_folder(path):
                return open_dataset_folder(path, source, split)
            if is_image_folder(path):
                return open_image_folder(path, source)
            raise DataError("folder", path=source)
        with path.open("rb") as file:
            start = file.read(len(LFS))
        if not start:
            raise DataError("empty", path=source)
        if start.startswith(LFS):
            raise DataError("lfs-pointer", path=source)
        kind = next((kind for magic, kind in MAGIC.items() if start.startswith(magic)), None)
        return open_text(path, source) if kind is None else open_stored(path, source, kind)
    except FileNotFoundError as error:
        raise DataError("missing", path=source) from error
    except PermissionError as error:
        raise DataError("no-permission", path=source) from error
    except OSError as error:
        raise DataError("cannot-read", path=source, why=error.strerror or type(error).__name__) from error
