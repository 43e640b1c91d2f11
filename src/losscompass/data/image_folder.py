"""A folder of images, one folder a class below it, as a table of small grey pictures and what the files say of themselves."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..evidence.records import Skipped
from .errors import DataError
from .extra import require_pillow
from .table import Column, Table, rows_a_batch

if TYPE_CHECKING:
    import polars as pl

ENDINGS = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"))
SIDE = 16
"""Pixels of a side to which every picture is brought: enough to know it again, small enough to compare all."""

MOST = 50_000
"""Pictures that are opened: of a larger folder, evenly spread ones."""


def is_image_folder(path: Path) -> bool:
    """Whether folders of classes with pictures in them lie here."""
    return any(one.suffix.lower() in ENDINGS for folder in path.iterdir() if folder.is_dir() for one in _some(folder))


def open_image_folder(path: Path, source: str) -> Table:
    """One row a picture: `SIDE`² grey values 0–255, width, height, and its class. Damaged files are counted."""
    require_pillow(source)
    files = sorted(one for one in path.glob("*/**/*") if one.suffix.lower() in ENDINGS and one.is_file())
    if len(files) > MOST:
        files = [files[place] for place in np.unique(np.linspace(0, len(files) - 1, MOST).astype(np.int64))]
    rows, labels, broken = _pictures(path, files)
    if not rows:
        raise DataError("no-rows", path=source)
    matrix, names = np.array(rows, dtype=np.float64), [f"pixel {y},{x}" for y in range(SIDE) for x in range(SIDE)]
    names += ["width", "height"]

    def batches() -> Iterator["pl.DataFrame"]:
        import polars as pl

        size = rows_a_batch(len(names))
        for start in range(0, len(matrix), size):
            frame = pl.from_numpy(matrix[start : start + size], schema=names)
            yield frame.with_columns(pl.Series("class", labels[start : start + size]))

    columns = (*(Column(name, "number") for name in names), Column("class", "text"))
    skipped = (Skipped("damaged-picture", len(broken), broken[0]),) if broken else ()
    return Table(source, "images", columns, batches, skipped, target="class")


def _pictures(path: Path, files: list[Path]) -> tuple[list[np.ndarray], list[str], list[str]]:
    from PIL import Image

    rows, labels, broken = [], [], []
    for file in files:
        try:
            with Image.open(file) as picture:
                grey = np.asarray(
                    picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR), dtype=np.float64
                )
                rows.append(np.append(grey.ravel(), picture.size))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            broken.append(str(file.relative_to(path)))
            continue
        labels.append(file.relative_to(path).parts[0])
    return rows, labels, broken


def _some(folder: Path, most: int = 50) -> Iterator[Path]:
    for count, one in enumerate(folder.rglob("*")):
        if count >= most:
            return
        yield one
