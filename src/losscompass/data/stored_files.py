"""Parquet, Arrow and NumPy files, and Hugging Face data sets on disk, as tables."""

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .arrays import of_arrays
from .errors import DataError
from .frame_table import of_frame
from .table import Table

if TYPE_CHECKING:
    import polars as pl

MAGIC = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\x93NUMPY": "npy", b"PK\x03\x04": "npz"}
"""How a file begins → what it is."""


def open_stored(path: Path, source: str, kind: str) -> Table:
    """A single file of one of the kinds of `MAGIC`."""
    import polars as pl

    try:
        if kind == "npy":
            return of_arrays(np.load(path, allow_pickle=False, mmap_mode="r"), None, source, "npy")
        if kind == "npz":
            return _of_archive(path, source)
        frame = pl.scan_parquet(path) if kind == "parquet" else pl.scan_ipc(path)
        return of_frame(frame, source, kind)
    except DataError:
        raise
    except (pl.exceptions.PolarsError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError("damaged", path=source, kind=kind) from error


def _of_archive(path: Path, source: str) -> Table:
    """An NPZ archive: X and y by their usual names, else the largest array and the first that is as long."""
    if not zipfile.is_zipfile(path):
        raise DataError("damaged", path=source, kind="npz")
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays = {name: array for name, array in arrays.items() if array.ndim >= 1}
    if not arrays:
        raise DataError("empty", path=source)
    inputs = next(
        (n for n in ("X", "x", "data", "features", "x_train", "X_train", "images", "train_images") if n in arrays), None
    )
    inputs = inputs or max(arrays, key=lambda name: arrays[name].size)
    known = ("y", "Y", "target", "targets", "labels", "label", "y_train", "train_labels")
    rows = len(arrays[inputs])
    target = next((n for n in known if n in arrays and n != inputs and len(arrays[n]) == rows), None)
    return of_arrays(arrays[inputs], None if target is None else arrays[target], source, "npz")


def is_dataset_folder(path: Path) -> bool:
    """Whether Hugging Face `datasets` saved a data set (or one split of it) here."""
    return (path / "dataset_info.json").is_file() or (path / "dataset_dict.json").is_file()


def open_dataset_folder(path: Path, source: str, split: str) -> Table:
    """A data set that `save_to_disk` wrote: Arrow streams. `split`: which one of several to take."""
    import polars as pl

    if (path / "dataset_dict.json").is_file():
        try:
            splits = json.loads((path / "dataset_dict.json").read_text("utf-8"))["splits"]
        except (ValueError, KeyError, OSError) as error:
            raise DataError("damaged", path=source, kind="datasets") from error
        wanted = (split, "valid", "val", "dev", "test") if split == "validation" else (split,)
        name = next((one for one in wanted if one in splits), None)
        if name is None:
            raise DataError("no-split", path=source, name=split, known=", ".join(map(str, splits)))
        path = path / name
    files = sorted(path.glob("*.arrow"))
    if not files:
        raise DataError("empty", path=source)
    try:
        frame = pl.concat([_arrow_stream(file) for file in files])
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError("damaged", path=source, kind="arrow") from error
    target, classes = _class_label(path / "dataset_info.json")
    return of_frame(frame, source, "datasets", target=target, classes=classes)


def _arrow_stream(file: Path) -> "pl.DataFrame":
    """One Arrow file: `datasets` writes streams, others write files."""
    import polars as pl

    with file.open("rb") as start:
        if start.read(6) == b"ARROW1":
            return pl.read_ipc(file)
    return pl.read_ipc_stream(file)


def _class_label(info: Path) -> tuple[str | None, tuple[str, ...]]:
    """The column that the data set itself declares to be class labels, and the classes' names."""
    try:
        features = json.loads(info.read_text("utf-8")).get("features") or {}
        for name, feature in features.items():
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel":
                return str(name), tuple(map(str, feature.get("names") or ()))
    except (ValueError, OSError, AttributeError):
        pass  # without it the user names the target
    return None, ()
